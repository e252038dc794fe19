"""Learners race on two-dimensional data from the same first labels."""

from functools import partial

import streamlit as st

from alcore.datasets.tables.question import Ambiguous
from alcore.report.curves import curve_frame
from alcore.report.text.race import describe_comparison
from pages.screens.arena import cached, figure, starting_points
from pages.screens.arena import verdict as evidence
from pages.screens.arena.controls import arena_controls
from pages.screens.arena.export import take_away
from pages.screens.arena.play_yourself import play_yourself, rows_of
from pages.screens.arena.point_inspector import inspect_point
from pages.screens.arena.settings import OWN
from pages.shared import address, controls
from pages.shared.errors import sentences
from pages.shared.frame import page
from pages.shared.markdown import plain
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
    "Learners start from the same few labels; each may ask for the labels it wants. "
    "**Press play and watch where each one asks. Is asking really better than random?**",
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
    setup, shown = chosen
    data = cached.data_of(setup, shown.seed)
    grid, racers = cached.shown_race(setup, shown.seed, acquisition=shown.surface == "score")
    # Places in the order of the page; what is quick is drawn first. A container, unlike an empty place, keeps
    # what it held until it is drawn anew: nothing below it jumps.
    verdict_place, more_place, figure_place, row = (st.container() for _ in range(4))
    with row:
        tools = st.container(horizontal=True)
    with tools:
        target = evidence.target_of(setup, shown)
    judged = partial(
        evidence.judge,
        racers=racers,
        setup=setup,
        shown=shown,
        target=target,
        test_points=len(data.dataset.y_test),
    )
    catch_up = evidence.offer(setup, shown, racers, more_place)
    with figure_place:
        before = evidence.known_races(setup, shown)
        figure.first_look(setup, shown, data, grid, racers, judged(before))
    races = evidence.paired_races(setup, shown, racers)
    comparison = working("Comparing the races.", lambda on_step: judged(races))
    verdict = describe_comparison(comparison)
    verdict_place.info(plain(verdict), icon=":material/flag:")
    with figure_place:
        figure.playback(setup, shown, data, grid, racers, comparison)
        raced = len(racers[0].rounds) - 1
        if raced < setup.rounds:
            st.caption(f"The pool ran out of points after {raced} rounds.")
        if setup.data == OWN and shown.boundary:
            st.caption("Nobody knows the best boundary of your own points: it is drawn for made-up data only.")
        st.caption(figure.legend(shown, data, racers, comparison))
    frame = curve_frame(rows_of(racers, shown.seed))
    with tools:
        animation = partial(figure.animation_of, setup, shown, data, grid, racers, comparison)
        take_away(setup, shown, frame, races, verdict, animation)

    section = controls.segmented("arena", "show", "Look closer", list(SECTIONS), "numbers", labels=SECTIONS.__getitem__)
    if section == "numbers":
        evidence.draw_numbers(comparison)
    elif section == "why":
        inspect_point(setup, shown.seed, data.dataset, grid, racers)
    elif section == "you":
        play_yourself(setup, shown.seed, data.dataset, grid, racers)
    else:
        st.dataframe(frame.drop(columns=["run", "seconds"]), hide_index=True)
    address.close_page()
    if catch_up is not None:
        catch_up()
