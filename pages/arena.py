"""Learners race on two-dimensional data from the same seed set."""

from functools import cache, partial

import streamlit as st

from alcore.datasets.tables.question import Ambiguous
from alcore.loops.races.paired import PairedRaces
from alcore.report.curves import curve_frame
from alcore.report.phrases import plural
from alcore.report.statistics.comparison import Comparison
from alcore.report.statistics.labels_to_target import Target
from pages.screens.arena import cached, figure, play_yourself, starting_points
from pages.screens.arena import verdict as evidence
from pages.screens.arena.as_python import as_python
from pages.screens.arena.controls import ArenaSettings, ArenaView, arena_controls, exported_config
from pages.screens.arena.export import paired_frame, rows_of
from pages.screens.arena.point_inspector import inspect_point
from pages.screens.arena.prediction import ask_for_prediction, judged
from pages.screens.arena.presenter import presenter_button
from pages.screens.arena.seed_strip import draw_seed_strip
from pages.shared import address, controls
from pages.shared.copy_buttons import which_strategy_link
from pages.shared.errors import sentences
from pages.shared.export_panel import export_buttons
from pages.shared.frame import open_page
from pages.shared.markdown import plain
from pages.shared.player.player import picked
from pages.shared.progress import let_draw, meanwhile
from pages.shared.toolbar import main_visual, picture_head
from pages.shared.viewport import is_narrow

SECTIONS = {
    "numbers": "The numbers",
    "why": "Why this point?",
    "you": "You against the machine",
    "table": "The curve as a table",
}


def plain_race() -> tuple[ArenaSettings, ArenaView]:
    """The settings of a race without a game, a question or a target of its own; for `controls.foreseen`."""
    chosen = arena_controls()
    section = controls.segmented("arena", "show", "Look closer", SECTIONS, "numbers")
    if chosen is None or chosen[1].predict or section == "you" or evidence.kind_of_target() != "auto":
        raise controls.Unforeseen
    return chosen


draw_head = open_page(
    "arena",
    "Arena",
    "Two learners start from the same labels. **Does one that chooses its points beat random?**",
    ":material/swords:",
)
left, tools = picture_head()


@cache
def settings() -> tuple[ArenaSettings, ArenaView] | None:
    """Draw, once, what stands around the picture, and the controls: what they are set to."""
    draw_head()
    with left:
        starting_points.draw_starting_points()
    return arena_controls()


def draw_picture(
    shown: cached.ShownRace,
    target: Target | None,
    game: play_yourself.Game | None = None,
    guess: str | None = None,
    *,
    opens: bool = False,
) -> tuple[PairedRaces | None, Comparison]:
    """Draw the race, its player and its verdict; if the page opens, the controls after the first look."""
    hold = shown.view.predict and guess is None
    with figure_place:
        figure.first_look(
            shown,
            evidence.judge(shown, evidence.known_races(shown), target),
            game,
            hold=hold,
            on_pick=lambda: play_yourself.query(shown, picked(figure.KEY)),
        )
    let_draw()
    if opens:
        settings()
    races, comparison = evidence.compared(shown, target)
    with verdict_place:
        if game is not None:
            play_yourself.draw_standing(shown, game)
            if not is_narrow():
                play_yourself.draw_moves(shown, game)
        elif not hold:
            with st.container(key="arena_outcome"):
                evidence.show(comparison, shown)
                if guess is not None:
                    st.markdown(judged(guess, comparison))
    with figure_place:
        figure.playback(shown, comparison, game)
    return races, comparison


with sentences():
    # Places in the order of the page; fast parts are drawn first. A container, unlike an empty place, keeps its
    # former content until it is drawn again: nothing below it jumps.
    with main_visual():
        verdict_place, figure_place = st.container(key="arena_verdict"), st.container()
    # The picture comes before its controls: going through these takes a browser longer than a race takes the server.
    early = None
    if (expected := controls.foreseen(plain_race)) is not None:
        opens = "arena_seed" not in st.session_state
        try:
            with meanwhile(settings):
                early = cached.shown_race(*expected)
                races, comparison = draw_picture(early, None, opens=opens)
        except Exception:
            settings()
            raise
    try:
        chosen = settings()
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
    if early is not None:
        controls.correct(expected, chosen)
    setup, view = chosen
    shown = early or cached.shown_race(setup, view)
    hint_place, more_place, strip_place, section_place = (st.container() for _ in range(4))
    with hint_place:
        starting_points.draw_hint()
    with section_place:
        section = controls.segmented("arena", "show", "Look closer", SECTIONS, "numbers")
    game = play_yourself.game_of(shown) if section == "you" else None
    guess = None
    if view.predict and game is None:
        with verdict_place:
            guess = ask_for_prediction(shown)
    with tools:
        target = evidence.target_of(setup, view)
    catch_up = evidence.offer(shown, more_place)
    if early is None:
        races, comparison = draw_picture(shown, target, game, guess)
    with strip_place:
        # A phone has no room for them above the map.
        if game is not None and is_narrow():
            play_yourself.draw_moves(shown, game)
        draw_seed_strip(comparison, view.seed)
        raced = len(shown.racers[0].rounds) - 1
        if raced < setup.rounds:
            st.caption(f"The pool ran out of points after {plural(raced, 'round')}.")
        with st.popover("What the marks mean", icon=":material/help:"):
            st.markdown(figure.legend(shown, comparison))
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
            chart=None if races is None else partial(figure.mean_chart, comparison),
            words=evidence.words_of(comparison),
            brief=evidence.brief_of(comparison),
        )
        presenter_button()
    if section == "numbers":
        evidence.draw_numbers(comparison)
        which_strategy_link()
    elif section == "why":
        inspect_point(shown)
    elif section == "table":
        st.dataframe(frame.drop(columns=["run", "seconds"]), hide_index=True)
    address.close_page()
    if catch_up is not None:
        catch_up()
