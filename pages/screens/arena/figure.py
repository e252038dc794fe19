"""The race as one figure with its player, and the words under it."""

from collections.abc import Callable, Sequence
from functools import partial
from uuid import uuid4

import streamlit as st

from alcore.loops.races.trace import RaceTrace
from alcore.report.charts.chart import Chart
from alcore.report.charts.curves import mean_curves
from alcore.report.contours import tie_lines
from alcore.report.html.player.page import player_page
from alcore.report.interactive.animation_payload import LOOKS, page_payload
from alcore.report.interactive.arena.figure import Drawing, arena_figure
from alcore.report.interactive.arena.surfaces import surface_words
from alcore.report.interactive.arena.traces import CurveBand
from alcore.report.interactive.render import PreparedFigure
from alcore.report.phrases import percent
from alcore.report.statistics.comparison import Comparison
from pages.screens.arena.cached import ShownRace
from pages.screens.arena.controls import exported_config
from pages.screens.arena.play_yourself import YOU, Game
from pages.screens.arena.verdict import words_of
from pages.shared.planar_scene import PlanarScene
from pages.shared.player.player import animate, draw_player
from pages.shared.progress import working
from pages.shared.viewport import is_dark

KEY, _FILE = "arena_figure", "alcore-arena"
_OPENING = "_arena_opening"


def first_look(
    shown: ShownRace,
    comparison: Comparison,
    game: Game | None,
    *,
    hold: bool = False,
    on_pick: Callable[[], None] | None = None,
) -> None:
    """Draw the last round of the race with its player, before slower results are known.

    Args:
        shown: the race.
        comparison: of its racers.
        game: the reader's own game; None while there is none.
        hold: stay on the first round of a race that opens.
        on_pick: called after a click on a point of the reader's own map.
    """
    still = working("Drawing the race.", lambda on_step: _figure(shown, comparison, game, still=True))
    draw_player(
        still,
        key=KEY,
        alt=_words(shown, comparison),
        filename=_FILE,
        # A game is drawn as it stands; what is opened plays once.
        opening="" if game is not None else st.session_state.setdefault(_OPENING, uuid4().hex),
        hold=hold,
        on_pick=on_pick,
    )


def playback(shown: ShownRace, comparison: Comparison, game: Game | None) -> None:
    """Add all rounds to the figure; playing and scrubbing happen in the browser."""
    figure = working("Drawing every round.", lambda on_step: _figure(shown, comparison, game))
    animate(figure, key=KEY, alt=_words(shown, comparison), filename=_FILE)


def play_again() -> None:
    """Let the race open anew: it plays from its first round."""
    st.session_state[_OPENING] = uuid4().hex


def _words(shown: ShownRace, comparison: Comparison) -> str:
    names = ", ".join(shown.setup.names().values())
    return f"Decision surfaces and learning curves of {names}. {words_of(comparison)}"


def _figure(shown: ShownRace, comparison: Comparison, game: Game | None, *, still: bool = False) -> PreparedFigure:
    if game is None:
        return figure_of(shown, comparison, still=still, dark=is_dark())
    how = Drawing(
        names=shown.setup.names() | {YOU: "You"},
        surface=shown.view.surface,
        test_T_2=shown.data.dataset.x_test if shown.view.errors else None,
        until=game.until,
        # Those of the whole race: the axis stays as the game goes on.
        accuracies=[one.accuracy for racer in shown.racers for one in racer.rounds],
        pick=YOU if game.left else None,
        dark=is_dark(),
    )
    return _drawn(shown, game.racers, how, still=still)


def figure_of(shown: ShownRace, comparison: Comparison, *, still: bool = False, dark: bool = False) -> PreparedFigure:
    """The animated figure of a race, or only its last round."""
    setup, grid = shown.setup, shown.grid
    boundary = None
    if shown.view.boundary and isinstance(setup.scene, PlanarScene):
        boundary = tie_lines(grid.x, grid.y, setup.scene.posterior(grid))
    several = len(comparison.seeds) > 1
    how = Drawing(
        names=setup.names(),
        surface=shown.view.surface,
        boundary_V_2=boundary,
        test_T_2=shown.data.dataset.x_test if shown.view.errors else None,
        curve_bands=[
            CurveBand(comparison.labels_T, one.low_T, one.high_T, one.phases.labels if one.phases else None)
            for one in comparison.standings
            if several
        ],
        dark=dark,
    )
    return _drawn(shown, shown.racers, how, still=still)


def _drawn(shown: ShownRace, racers: Sequence[RaceTrace], how: Drawing, *, still: bool) -> PreparedFigure:
    data, grid = shown.data.dataset, shown.grid
    return arena_figure(data.x_pool, data.y_pool, data.class_names, grid.x, grid.y, racers, how, still=still)


def mean_chart(comparison: Comparison) -> Chart:
    """The mean curves of the paired races, for print."""
    return mean_curves(comparison.labels_T, comparison.standings, seeds=len(comparison.seeds))


def animation_of(shown: ShownRace, comparison: Comparison) -> bytes:
    """The race as an HTML page: the same player as on the screen, at any width and in both themes."""
    drawn = partial(figure_of, shown, comparison)
    looks = {name: drawn(still=True, dark=dark) for name, dark in LOOKS.items()}
    alt = _words(shown, comparison)
    return player_page(
        page_payload(drawn(), looks, alt=alt, filename=_FILE),
        title=f"{shown.setup.title()}, seed {shown.view.seed}",
        alt=alt,
        verdict=words_of(comparison),
        legend=legend(shown, comparison),
        rounds=_rounds(shown),
        config=exported_config(shown.setup, shown.view),
    )


def _rounds(shown: ShownRace) -> list[list[str]]:
    """Labels and every racer's test accuracy after each round, under a heading."""
    names = shown.setup.names()
    heading = ["Round", "Labels", *(names.get(racer.strategy, racer.strategy) for racer in shown.racers)]
    together = zip(*(racer.rounds for racer in shown.racers), strict=True)
    return [heading] + [
        [str(number), f"{ones[0].labels:,}", *(percent(one.accuracy) for one in ones)]
        for number, ones in enumerate(together)
    ]


def legend(shown: ShownRace, comparison: Comparison) -> str:
    """What the marks in the figure mean."""
    data = shown.data
    parts = [
        "Small grey dots are the pool. A coloured marker is a labelled point, numbered in the order of the queries; "
        "those without a number are the seed set; rings mark the newest, thin circles what is queried next. Hover over "
        "a point for its scores.",
        surface_words(shown.view.surface, shown.racers),
    ]
    if (races := len(comparison.seeds)) > 1:
        parts.append(
            f"The bold curve is the race drawn; the band is the 95 % interval of the mean of {races} paired "
            "races. An upright bar on a band is where its sharp rise ends and the plateau begins."
        )
    parts.append(
        f"Accuracy is measured on {len(data.dataset.y_test):,} test points, separate from the pool"
        f"{' and without outliers and label noise' if len(data.flipped) + len(data.outliers) else ''}."
    )
    return " ".join(parts)
