"""One pool, one model: the batches of top-k, k-center, hybrid and others, and the labels that they save."""

import streamlit as st

from alcore.report.svg.trade_off_slider import trade_off_slider
from pages.screens.batch_explorer import cached, label_savings, maps
from pages.screens.batch_explorer.controls import ALPHA, PAGE, batch_controls
from pages.screens.batch_explorer.export import take_away
from pages.screens.batch_explorer.manual_batch import own_batch, own_map, own_panel, picks_of
from pages.screens.batch_explorer.side_by_side import explain, legend, side_by_side, work_out
from pages.shared import address, controls
from pages.shared.errors import sentences
from pages.shared.frame import page
from pages.shared.toolbar import main_visual, picture_head

page(
    PAGE,
    "Batch explorer",
    "What are the labels of a batch worth if its points are alike? **Drag the slider from uncertainty to coverage.**",
    ":material/scatter_plot:",
)

SECTIONS = {"panels": "Strategies", "own": "Choose yourself", "buys": "Label savings"}

setup = batch_controls()
left, tools = picture_head()
with left:
    section = controls.segmented(PAGE, "show", "Look closer", SECTIONS, "panels")
with sentences():
    found, plane = cached.explored(setup.pool)
    stops = cached.stops_of(setup.pool, setup.size, setup.alpha, found)
    panels = work_out(setup, found, plane)
    picks = picks_of(setup, found)
    own = own_panel(setup, found, plane, picks) if len(picks) else None
    mine = own.summary if section == "own" and own is not None else None
    scene = trade_off_slider(plane, stops, panels, now=found.accuracy, alpha=setup.alpha, step=cached.STEP, own=mine)
    with main_visual():
        if section == "own":
            own_map(setup, found, plane, picks, scene["trade"])
        else:
            maps.dial(scene, lambda alpha: controls.keep_own_number(PAGE, "alpha", alpha, ALPHA))
    st.caption(legend(setup, found))
    savings = None
    if section == "own":
        own_batch(setup, found, picks, own, panels)
    elif section == "panels":
        side_by_side(plane, panels)
    else:
        savings = label_savings.savings_controls(setup, found)
    every = [*panels, *([] if own is None else [own])]
    if section != "buys":
        explain(every)
    with tools:
        take_away(setup, found, plane, scene, every, picks.tolist(), savings)
    address.close_page()
    # Last, because it takes longest: everything else is on screen by now.
    if savings is not None:
        label_savings.race(setup, savings)
