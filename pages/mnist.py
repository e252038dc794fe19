"""The MNIST lab: a real network on handwritten digits, in the background, while the page looks on."""

import streamlit as st

from alcore.report.curves import curve_frame
from alcore.runs.config import ConfigError
from alcore.runs.feasibility import on_digits
from alcore.runs.store.store import Store
from alcore.runs.worker import launcher
from pages.shared import address, controls
from pages.shared.errors import sentences
from pages.shared.export import export_panel
from pages.shared.frame import home, page
from pages.shared.lab import curves, damage, live, past, setup, shown, start, steer, supply, words
from pages.shared.lab.watch import watch, with_seeds

page(
    "mnist",
    "MNIST lab",
    "A network is trained on a few labelled digits, asks which others to label, and is trained again. "
    "**Press Start, then see in the gallery which digits it found hard, and whether random did worse.**",
    ":material/edit_note:",
)
folder = home()

with st.container(border=True), sentences():
    try:
        experiment, config = setup.choose()
    except ConfigError:
        start.refused()
        raise
    stock = supply.supply(config.dataset, folder)
    supply.notice(stock, folder)
    if stock.falls_back:
        config = on_digits(config)
        st.markdown(
            f"Start runs **{words.start(config)}** instead: a tenth of the labels, and ten times the epochs, "
            "so that a round has about as many training steps. Figures given for MNIST do not apply."
        )
    start.start_panel(config, setup.how_long(experiment, on_digits=config.dataset == "digits"), folder, stock.missing)

with sentences(stop=True), Store(folder) as store:
    found = store.listing()
infos = shown.some(found.runs)
with sentences():
    # Whatever a reboot or a kill left in the queue goes on.
    launcher.ensure_worker(folder)

with sentences():
    steer.queue(found.runs)

st.subheader("The run", anchor=False)
with sentences():
    info = shown.choose(infos)
    if info is None:
        st.caption(
            "Nothing has been run yet. After Start this is where test accuracy, training loss and the number "
            "of labels grow round by round, with the digits that were asked about below."
        )
    else:
        race = shown.race_of(info, infos)
        seeds = with_seeds(race, infos)
        with Store(folder) as store:
            rows = store.curve([one.id for one in seeds])
        # Not in a row with the others, where a narrow screen would cut it off instead of wrapping it.
        metric = controls.segmented(
            "mnist",
            "measure",
            "Measure",
            list(live.MEASURES),
            "accuracy",
            labels=live.MEASURES.__getitem__,
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            axis = controls.segmented(
                "mnist",
                "x",
                "Curves against",
                ["labels", "round"],
                "labels",
                labels={"labels": "Labels", "round": "Rounds"}.__getitem__,
            )
            if len(race) == 1 and info.config.strategy != "random":
                start.random_button(info, folder)
            steer.changes(info, folder)
            if all(one.state not in words.ACTIVE for one in race):
                export_panel(
                    curve_frame(rows),
                    [one.config.model_dump(mode="json") | {"run": one.id, **one.record} for one in seeds],
                    key="mnist",
                    title=words.race(seeds),
                    names=words.STRATEGY_NAMES,
                    metric=metric,
                    x=axis,
                    bands=True,
                    words=curves.verdict(seeds, rows) if rows else None,
                )
        watch(race, seeds, found.runs, metric, axis, folder)

with sentences():
    past.past_runs(infos, st.session_state.get("mnist_x", "labels"), folder)
with sentences():
    damage.damaged_runs(found.damaged, folder)
address.close_page()
