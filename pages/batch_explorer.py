"""One pool, one model: the batches of top-k, k-center, hybrid and others, and the labels that they save."""

from dataclasses import replace
from functools import cache

import streamlit as st

from alcore.loops.batch_explorer import BatchExperiment
from alcore.report.statistics.batch_quality import BatchSummary
from alcore.report.svg.paths import Spec
from alcore.report.svg.plane import BatchPanel, PoolMap2D
from alcore.report.svg.trade_off_slider import SliderPosition, trade_off_slider
from pages.screens.batch_explorer import cached, label_savings, maps
from pages.screens.batch_explorer.controls import ALPHA, PAGE, BatchSettings, batch_controls
from pages.screens.batch_explorer.export import take_away
from pages.screens.batch_explorer.manual_batch import own_batch, own_map, own_panel, picks_of
from pages.screens.batch_explorer.side_by_side import BLUE, explain, legend, side_by_side, work_out
from pages.shared import address, controls
from pages.shared.errors import sentences
from pages.shared.frame import open_page
from pages.shared.progress import let_draw, meanwhile
from pages.shared.toolbar import main_visual, picture_head

SECTIONS = {"panels": "Strategies", "own": "Choose yourself", "buys": "Label savings"}


draw_head = open_page(
    PAGE,
    "Batch explorer",
    "What are the labels of a batch worth if its points are alike? **Drag the slider from uncertainty to coverage.**",
    ":material/scatter_plot:",
)
left, tools = picture_head()


def choices() -> tuple[BatchSettings, str]:
    """Draw the controls: what they are set to, and the section."""
    setup = batch_controls()
    with left:
        return setup, controls.segmented(PAGE, "show", "Look closer", SECTIONS, "panels")


@cache
def settings() -> tuple[BatchSettings, str]:
    """Draw, once, what stands around the maps, and the controls."""
    draw_head()
    return choices()


@cache
def batches(setup: BatchSettings) -> tuple[BatchExperiment, PoolMap2D, list[BatchPanel]]:
    """The model's view of the pool, the plane it is drawn on, and the batches of the strategies; once in a run."""
    found, plane = cached.explored(setup.pool)
    return found, plane, work_out(setup, found, plane)


def token_of(setup: BatchSettings) -> str:
    """The same for the same positions of the slider, wherever it stands: they need not come again."""
    return repr(replace(setup, alpha=ALPHA))


def slider_of(setup: BatchSettings, stops: list[SliderPosition], own: BatchSummary | None = None) -> Spec:
    """The slider with some of its positions, or all, beside the batches of the strategies."""
    found, plane, panels = batches(setup)
    return trade_off_slider(plane, stops, panels, now=found.accuracy, alpha=setup.alpha, step=cached.STEP, own=own)


def draw_slider(setup: BatchSettings) -> None:
    """Draw the slider with the position at which it stands."""
    found, _, _ = batches(setup)
    scene = slider_of(setup, [cached.stop_of(setup.pool, setup.size, setup.alpha, found)])
    with picture:
        maps.dial(scene, lambda alpha: controls.keep_own_number(PAGE, "alpha", alpha, ALPHA), token=token_of(setup))
    legend_place.caption(legend(setup, found))


def draw_panels(setup: BatchSettings) -> None:
    """Draw the batches of the strategies side by side."""
    _, plane, panels = batches(setup)
    with section_place:
        side_by_side(plane, panels)


with sentences():
    with main_visual():
        picture = st.container()
    legend_place, section_place = st.container(), st.container()
    # The picture comes before its controls, and the other positions of its slider after them.
    expected = controls.foreseen(choices)
    early = expected[0] if expected is not None and expected[1] == "panels" else None
    if early is not None:
        try:
            with meanwhile(settings):
                draw_slider(early)
                let_draw()
                draw_panels(early)
            let_draw()
        except Exception:
            settings()
            raise
    setup, section = settings()
    if early is not None:
        controls.correct(expected, (setup, section))
    found, plane, panels = batches(setup)
    if early is None and section != "own":
        draw_slider(setup)
    picks = picks_of(setup, found)
    own = own_panel(setup, found, plane, picks) if len(picks) else None
    stops = cached.stops_of(setup.pool, setup.size, setup.alpha, found)
    scene = slider_of(setup, stops, own.summary if section == "own" and own is not None else None)
    savings = None
    with section_place:
        if section == "own":
            with picture:
                own_map(setup, found, plane, picks, scene["trade"])
            legend_place.caption(legend(setup, found, BLUE))
            own_batch(setup, found, picks, own, panels)
        elif section == "buys":
            savings = label_savings.savings_controls(setup, found)
        elif early is None:
            draw_panels(setup)
    every = [*panels, *([] if own is None else [own])]
    if section != "buys":
        explain(every)
    with tools:
        take_away(setup, found, plane, scene, every, picks.tolist(), savings)
    address.close_page()
    if section != "own":
        maps.positions(scene, token=token_of(setup))
    # Last, because it takes longest: everything else is on screen by now.
    if savings is not None:
        label_savings.race(setup, savings)
