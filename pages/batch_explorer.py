"""One pool, one model: the batches of top-k, k-center, hybrid and others, and the labels that they save."""

import streamlit as st

from alcore.report.svg.trade_off_slider import trade_off_slider
from pages.screens.batch_explorer import cached, label_savings, maps
from pages.screens.batch_explorer.controls import ALPHA, PAGE, batch_controls
from pages.screens.batch_explorer.export import take_away
from pages.screens.batch_explorer.manual_batch import own_batch, own_panel, picks_of
from pages.screens.batch_explorer.side_by_side import explain, legend, side_by_side, work_out
from pages.shared import address, controls
from pages.shared.errors import sentences
from pages.shared.frame import page
from pages.shared.toolbar import main_visual, picture_head

page(
    PAGE,
    "Batch explorer",
    "Which points should one query contain? **Drag the slider from uncertainty to coverage to find the best batch.**",
    ":material/scatter_plot:",
)

SECTIONS = {"panels": "Side by side", "own": "Choose a batch yourself", "buys": "Label savings"}

setup = batch_controls()
left, tools = picture_head()
with sentences():
    found, plane = cached.explored(setup.pool)
    stops = cached.stops_of(setup.pool, setup.size, setup.alpha, found)
    scene = trade_off_slider(plane, stops, alpha=setup.alpha, step=cached.STEP)
    with main_visual():
        maps.dial(scene, lambda alpha: controls.keep_own_number(PAGE, "alpha", alpha, ALPHA))
    words = legend(setup, found)
    st.caption(words)
    section = controls.segmented(PAGE, "show", "Look closer", SECTIONS, "panels")
    panels, late = work_out(setup, found, plane)
    picks = picks_of(setup, found)
    savings = None
    if section == "panels":
        side_by_side(setup, plane, panels, late)
    elif section == "own":
        own_batch(setup, found, plane, picks)
    else:
        savings = label_savings.savings_controls(setup, found)
    own = [own_panel(found, plane, picks)] if len(picks) else []
    explain([*panels, *own])
    with tools:
        take_away(setup, plane, scene, [*panels, *own], picks.tolist(), savings, legend=words.replace("**", ""))
    address.close_page()
    # Last, because it takes longest: everything else is on screen by now.
    if savings is not None:
        label_savings.race(setup, savings)
