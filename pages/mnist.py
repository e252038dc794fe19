"""The MNIST lab: networks on handwritten digits, trained in the background while the page shows their progress."""

from functools import partial

import streamlit as st

from alcore.report.curves import curve_frame
from alcore.runs.config import ConfigError
from alcore.runs.feasibility import on_digits
from alcore.runs.store.store import Store
from alcore.runs.worker import launcher
from pages.screens.mnist_lab import controls as setup
from pages.screens.mnist_lab import selection, texts
from pages.screens.mnist_lab.past_runs import table
from pages.screens.mnist_lab.run import dataset_download, live_charts, start, steer, summary
from pages.screens.mnist_lab.run.live import follow_run, with_seeds
from pages.shared import address, controls
from pages.shared.errors import sentences
from pages.shared.export_panel import export_panel
from pages.shared.frame import home, page

page(
    "mnist",
    "MNIST lab",
    "A network is trained on few labelled digits and queries others. **Press Start: which ones, and is random worse?**",
    ":material/edit_note:",
)
folder = home()

with st.container(border=True), sentences():
    try:
        experiment, config = setup.experiment_controls()
    except ConfigError:
        start.refused()
        raise
    stock = dataset_download.supply(config.dataset, folder)
    dataset_download.notice(stock, folder)
    if stock.falls_back:
        config = on_digits(config)
        st.markdown(
            f"Start runs **{texts.start(config)}** instead: a tenth of the labels and ten times the epochs, so that a "
            "round has about as many training steps. Numbers given for MNIST do not apply."
        )
    start.start_panel(config, setup.how_long(experiment, on_digits=config.dataset == "digits"), folder, stock.missing)

with sentences(stop=True), Store(folder) as store:
    found = store.listing()
infos = selection.some(found.runs)
with sentences():
    # Runs that a reboot or a kill left in the queue are resumed.
    launcher.ensure_worker(folder)

with sentences():
    steer.queue(found.runs)

st.subheader("The run", anchor=False)
with sentences():
    info = selection.choose_run(infos)
    if info is None:
        st.caption(
            "Nothing has been run yet. After Start, test accuracy, training loss and the number of labels appear here "
            "round by round, with the queried digits below."
        )
    else:
        race = selection.race_of(info, infos)
        seeds = with_seeds(race, infos)
        with Store(folder) as store:
            rows = store.curve([one.id for one in seeds])
        # Not in a row with the others, where a narrow screen would cut it off instead of wrapping it.
        metric = controls.segmented("mnist", "measure", "Measure", live_charts.MEASURES, "accuracy")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            axis = controls.segmented("mnist", "x", "Curves against", {"labels": "Labels", "round": "Rounds"}, "labels")
            if len(race) == 1 and info.config.strategy != "random":
                start.random_button(info, folder)
            steer.changes(info, folder)
            if all(one.state not in texts.ACTIVE for one in race):
                export_panel(
                    curve_frame(rows),
                    [texts.exported(one) for one in seeds],
                    key="mnist",
                    title=texts.race(seeds),
                    names=texts.STRATEGY_NAMES,
                    chart=partial(live_charts.chart_of, seeds, rows, metric, axis),
                    words=summary.verdict(seeds, rows) if rows else None,
                )
        follow_run(race, seeds, found.runs, metric, axis, folder)

with sentences():
    table.past_runs(infos, st.session_state.get("mnist_x", "labels"), folder)
with sentences():
    table.damaged_runs(found.damaged, folder)
address.close_page()
