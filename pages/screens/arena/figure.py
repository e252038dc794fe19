"""The race as one figure with its player, and the words under it."""

from functools import partial

from numpy.typing import NDArray

from alcore.datasets.planar.generate import CorruptedDataset
from alcore.loops.races.grid import Grid
from alcore.loops.races.race import RaceTrace
from alcore.report.contours import tie_lines
from alcore.report.html.player.page import player_page
from alcore.report.interactive.animation_payload import LOOKS, page_payload
from alcore.report.interactive.arena.figure import arena_figure
from alcore.report.interactive.arena.surfaces import surface_words
from alcore.report.interactive.arena.traces import CurveBand
from alcore.report.interactive.render import PreparedFigure
from alcore.report.text.race import Comparison, describe_comparison
from pages.screens.arena import cached
from pages.screens.arena.settings import OWN, ArenaSettings, ArenaView, exported_config
from pages.shared.player.player import animate, draw_player
from pages.shared.progress import working
from pages.shared.viewport import is_dark, is_narrow

_KEY, _FILE = "arena_figure", "alcore-arena"


def first_look(
    setup: ArenaSettings,
    shown: ArenaView,
    data: CorruptedDataset,
    grid: Grid,
    racers: list[RaceTrace],
    comparison: Comparison,
) -> None:
    """Draw the race as it ends, with its player; nothing that takes longer is waited for."""
    still = working(
        "Drawing the race.",
        lambda on_step: figure_of(setup, shown, data, grid, racers, comparison, still=True),
    )
    draw_player(still, key=_KEY, alt=_words(setup, comparison), filename=_FILE)


def playback(
    setup: ArenaSettings,
    shown: ArenaView,
    data: CorruptedDataset,
    grid: Grid,
    racers: list[RaceTrace],
    comparison: Comparison,
) -> None:
    """Give the race that is drawn all its rounds; playing and scrubbing happen in the browser."""
    figure = working("Drawing every round.", lambda on_step: figure_of(setup, shown, data, grid, racers, comparison))
    animate(figure, key=_KEY, alt=_words(setup, comparison), filename=_FILE)


def _words(setup: ArenaSettings, comparison: Comparison) -> str:
    names = ", ".join(setup.names().values())
    return f"Decision surfaces and learning curves of {names}. {describe_comparison(comparison)}"


def figure_of(
    setup: ArenaSettings,
    shown: ArenaView,
    data: CorruptedDataset,
    grid: Grid,
    racers: list[RaceTrace],
    comparison: Comparison,
    *,
    still: bool = False,
    narrow: bool | None = None,
    dark: bool | None = None,
) -> PreparedFigure:
    """The animated figure of a race, or only its last round; by default for the reader's width and theme."""
    several = len(comparison.seeds) > 1
    return arena_figure(
        data.dataset.x_pool,
        data.dataset.y_pool,
        data.dataset.class_names,
        grid.x,
        grid.y,
        racers,
        names=setup.names(),
        surface=shown.surface,
        boundary_V_2=_boundary(setup, grid) if shown.boundary and setup.data != OWN else None,
        curve_bands=[
            CurveBand(comparison.labels_T, one.low_T, one.high_T, one.phases.labels if one.phases else None)
            for one in comparison.standings
            if several
        ],
        narrow=is_narrow() if narrow is None else narrow,
        dark=is_dark() if dark is None else dark,
        still=still,
    )


def animation_of(
    setup: ArenaSettings,
    shown: ArenaView,
    data: CorruptedDataset,
    grid: Grid,
    racers: list[RaceTrace],
    comparison: Comparison,
) -> bytes:
    """The race as a page of its own: the same player as on the screen, at any width and in both themes."""
    drawn = partial(figure_of, setup, shown, data, grid, racers, comparison)
    looks = {name: drawn(still=True, narrow=narrow, dark=dark) for name, (narrow, dark) in LOOKS.items()}
    alt = _words(setup, comparison)
    return player_page(
        page_payload(drawn(), looks, alt=alt, filename=_FILE),
        title=f"{setup.title()}, seed {shown.seed}",
        alt=alt,
        verdict=describe_comparison(comparison),
        legend=legend(shown, data, racers, comparison),
        rounds=_rounds(setup, racers),
        config=exported_config(setup, shown),
    )


def _rounds(setup: ArenaSettings, racers: list[RaceTrace]) -> list[list[str]]:
    """Labels and every racer's test accuracy after each round, under a heading."""
    names = setup.names()
    heading = ["Round", "Labels", *(names.get(racer.strategy, racer.strategy) for racer in racers)]
    together = zip(*(racer.rounds for racer in racers), strict=True)
    return [heading] + [
        [str(number), f"{ones[0].labels:,}", *(f"{one.accuracy:.1%}" for one in ones)]
        for number, ones in enumerate(together)
    ]


def legend(shown: ArenaView, data: CorruptedDataset, racers: list[RaceTrace], comparison: Comparison) -> str:
    """What the marks in the figure mean."""
    parts = [
        "Small grey dots are the pool. A coloured marker is a labelled point; its number is its turn, "
        "without a number it was a first label; rings mark the newest. Hover over a point to see why.",
        surface_words(shown.surface, racers),
    ]
    if (races := len(comparison.seeds)) > 1:
        parts.append(
            f"The bold curve is the race drawn; the band is the 95 % interval of the mean of {races} paired "
            "races. An upright bar on a band is where its sharp rise ends and the plateau begins."
        )
    parts.append(
        f"Accuracy is measured on {len(data.dataset.y_test):,} test points that no racer sees"
        f"{', without outliers and wrong answers' if len(data.flipped) + len(data.outliers) else ''}."
    )
    return " ".join(parts)


def _boundary(setup: ArenaSettings, grid: Grid) -> NDArray:
    return tie_lines(grid.x, grid.y, cached.best_possible(setup.data, setup.overlap, setup.classes, grid))
