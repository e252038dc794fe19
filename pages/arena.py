"""Learners race on two-dimensional data from the same seed set."""

from functools import partial

import streamlit as st

from alcore.datasets.tables.question import Ambiguous
from alcore.report.curves import curve_frame
from alcore.report.text.race import describe_comparison
from pages.screens.arena import cached, figure, starting_points
from pages.screens.arena import verdict as evidence
from pages.screens.arena.as_python import as_python
from pages.screens.arena.controls import arena_controls, exported_config
from pages.screens.arena.export import paired_frame, rows_of
from pages.screens.arena.play_yourself import play_yourself
from pages.screens.arena.point_inspector import inspect_point
from pages.shared import address, controls
from pages.shared.errors import sentences
from pages.shared.export_panel import export_buttons
from pages.shared.frame import page
from pages.shared.markdown import plain
from pages.shared.planar_scene import PlanarScene
from pages.shared.progress import working

SECTIONS = {
    "numbers": "The numbers",
    "why": "Why this point?",
    "you": "You against the machine",
    "table": "The curve as a table",
}

page(
    "arena",
    "Arena",
    "Learners start from the same few labels and query by their own strategies. **Press play: does one beat random?**",
    ":material/swords:",
)
starting_points.draw_starting_points()

with sentences():
    try:
        chosen = arena_controls()
    except Ambiguous as error:
        # A file with several readings is no mistake: the choice between them is in the sidebar.
        st.info(plain(str(error)), icon=":material/help:")
        address.close_page()
        st.stop()
    if chosen is None:
        st.info(
            "Choose a CSV file in the sidebar: two columns of numbers and one of labels, a header in its "
            "first row, up to 20,000 rows.",
            icon=":material/upload_file:",
        )
        address.close_page()
        st.stop()
    setup, view = chosen
    shown = cached.shown_race(setup, view)
    # Places in the order of the page; fast parts are drawn first. A container, unlike an empty place, keeps its
    # former content until it is drawn again: nothing below it jumps.
    verdict_place, more_place, figure_place, row = (st.container() for _ in range(4))
    with row:
        tools = st.container(horizontal=True)
    with tools:
        target = evidence.target_of(setup, view)
    catch_up = evidence.offer(shown, more_place)
    with figure_place:
        figure.first_look(shown, evidence.judge(shown, evidence.known_races(shown), target))
    races = evidence.paired_races(shown)
    comparison = working("Comparing the races.", lambda on_step: evidence.judge(shown, races, target))
    verdict = describe_comparison(comparison)
    verdict_place.info(plain(verdict), icon=":material/flag:")
    with figure_place:
        figure.playback(shown, comparison)
        raced = len(shown.racers[0].rounds) - 1
        if raced < setup.rounds:
            st.caption(f"The pool ran out of points after {raced} rounds.")
        if view.boundary and not isinstance(setup.scene, PlanarScene):
            st.caption("The best possible boundary is drawn for generated data only; your own has none known.")
        st.caption(figure.legend(shown, comparison))
    frame = curve_frame(rows_of(shown.racers, view.seed))
    with tools:
        # With paired races their curves, means and bands are exported, otherwise the race shown.
        export_buttons(
            frame if races is None else paired_frame(races),
            exported_config(setup, view),
            as_python(setup, view),
            key="arena",
            title=f"{setup.title()}, seed {view.seed}" if races is None else setup.title(),
            names=setup.names(),
            animation=partial(figure.animation_of, shown, comparison),
            bands=races is not None,
            words=verdict,
        )

    section = controls.segmented("arena", "show", "Look closer", SECTIONS, "numbers")
    if section == "numbers":
        evidence.draw_numbers(comparison)
    elif section == "why":
        inspect_point(shown)
    elif section == "you":
        play_yourself(shown)
    else:
        st.dataframe(frame.drop(columns=["run", "seconds"]), hide_index=True)
    address.close_page()
    if catch_up is not None:
        catch_up()
