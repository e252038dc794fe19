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
from pages.screens.mnist_lab.ready import ready_pair
from pages.screens.mnist_lab.run import dataset_download, live_charts, start, steer, summary
from pages.screens.mnist_lab.run.live import follow_run, with_seeds
from pages.shared import address, controls, viewport
from pages.shared.copy_buttons import copy_link
from pages.shared.errors import sentences
from pages.shared.export_panel import export_panel
from pages.shared.frame import home, page
from pages.shared.markdown import plain
from pages.shared.toolbar import full_screen, picture_head

page(
    "mnist",
    "MNIST lab",
    "A network is trained on few labelled digits and queries others. **Which ones, and is random worse?**",
    ":material/edit_note:",
)
folder = home()

_STYLE = """<style>
.st-key-mnist_choices > *, .st-key-mnist_which > * { flex: 0 1 auto; width: auto; }
.st-key-mnist_which > * { min-width: 8rem; }
.st-key-mnist_look [data-testid="stWidgetLabel"] { clip-path: inset(50%); height: 1px; overflow: hidden;
  position: absolute; width: 1px; }
/* Keys that the buttons show already, and those of a keyboard that a phone lacks. */
.st-key-mnist_oracle_numbers kbd { display: none; }
@media (max-width: 640px) { .st-key-mnist_oracle_names kbd { display: none; } }
/* Apart from the bars of the progress above it. */
[class*="st-key-mnist_training_"] { padding-top: 0.6rem; }
/* On a phone the runs have a line, and Start, the form and the toolbar another. */
@media (max-width: 640px) {
  .st-key-picture_head:has(.st-key-mnist_choices) { gap: 0.4rem; }
  .st-key-picture_head:has(.st-key-mnist_choices) > :first-child, .st-key-picture_left:has(.st-key-mnist_choices),
  :has(> .st-key-mnist_choices), .st-key-mnist_choices { display: contents; }
  :has(> .st-key-mnist_which) { flex: 1 0 100%; }
  .st-key-mnist_which p { font-size: 0.86rem; line-height: 1.3; }
}
/* Streamlit writes a largest width into the element itself. */
[data-testid="stPopoverBody"]:has(.st-key-mnist_form) { width: min(64rem, 96vw); max-width: none !important; }
</style>"""

left, tools = picture_head()
with left, st.container(horizontal=True, vertical_alignment="center", key="mnist_choices"):
    choices = st.container(horizontal=True, vertical_alignment="center", key="mnist_which")
    go, fold = st.container(width="content"), st.popover("Set up", icon=":material/tune:", key=start.form_key())
notes, picture = st.container(gap=None), st.container(gap=None)

with notes, sentences():
    st.html(_STYLE)
    try:
        with fold, st.container(key="mnist_form"):
            experiment, config = setup.experiment_controls()
            more = st.container()
    except ConfigError:
        start.refused(go)
        raise
    stock = dataset_download.supply(config.dataset, folder)
    with more:
        dataset_download.notice(stock, folder)
        if stock.falls_back:
            config = on_digits(config)
            st.markdown(
                f"Start runs **{texts.start(config)}** instead: a tenth of the labels and ten times the epochs, so "
                "that a round has about as many training steps. Numbers given for MNIST do not apply."
            )
        how_long = setup.how_long(experiment, on_digits=config.dataset == "digits")
        wanted = start.race_panel(config, how_long, stock.missing)
    start.start_button(wanted, config, folder, go)

with sentences(stop=True), Store(folder) as store:
    found = store.listing()
infos = selection.some(found.runs)
with sentences():
    # Runs that a reboot or a kill left in the queue are resumed.
    launcher.ensure_worker(folder)

with picture, sentences():
    steer.queue(found.runs)
    with choices:
        chosen = selection.choose_run(infos)
    # Until the reader has runs of their own, the pair that came with the program.
    if chosen is None:
        pair = ready_pair()
        info, race, everyone, place = pair.infos[0], list(pair.infos), list(pair.infos), pair.home
        choices.markdown(f"Ready-made runs: {plain(texts.start(info.config))}")
    else:
        info, race, everyone, place = chosen, selection.race_of(chosen, infos), found.runs, folder
    seeds = with_seeds(race, everyone if chosen is None else infos)
    with Store(place) as store:
        rows = store.curve([one.id for one in seeds])
    # On a phone the picture comes before the choices of what it shows.
    with fold if viewport.is_narrow() else choices:
        metric = controls.selectbox("mnist", "measure", "Measure", live_charts.MEASURES, "accuracy")
        axis = controls.segmented("mnist", "x", "Curves against", {"labels": "Labels", "round": "Rounds"}, "labels")
        if chosen is not None:
            if len(race) == 1 and info.config.strategy != "random":
                start.random_button(info, folder)
            steer.changes(info, folder)
    with tools:
        if all(one.state not in texts.ACTIVE for one in race):
            export_panel(
                curve_frame(rows),
                [texts.exported(one) for one in seeds],
                key="mnist",
                title=texts.race(seeds),
                names=texts.STRATEGY_NAMES,
                metric=metric,
                x=axis,
                chart=partial(live_charts.chart_of, seeds, rows, metric, axis),
                words=summary.verdict(seeds, rows) if rows else None,
            )
        copy_link()
        full_screen()
    follow_run(race, seeds, everyone, metric, axis, place)

with sentences():
    table.past_runs(infos, st.session_state.get("mnist_x", "labels"), folder)
with sentences():
    table.damaged_runs(found.damaged, folder)
address.close_page()
