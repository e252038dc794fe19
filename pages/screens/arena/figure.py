"""The race as an animated figure, with the text below it."""

from numpy.typing import NDArray

from alcore.datasets.planar.generate import CorruptedDataset
from alcore.loops.races.grid import Grid
from alcore.loops.races.race import RaceTrace
from alcore.report.contours import tie_lines
from alcore.report.interactive.arena.animation import animation_html
from alcore.report.interactive.arena.figure import arena_figure
from alcore.report.interactive.arena.surfaces import surface_words
from alcore.report.interactive.arena.traces import CurveBand
from alcore.report.interactive.curves import PreparedFigure
from alcore.report.text.race import Comparison, describe_comparison
from pages.screens.arena import cached
from pages.screens.arena.settings import OWN, ArenaSettings, ArenaView
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
    """Draw the last round of a race in its player, without waiting for slower parts."""
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
    """Add all rounds to the race drawn; playing and scrubbing happen in the browser."""
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
) -> PreparedFigure:
    """The animated figure of a race, or its last round only."""
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
        narrow=is_narrow(),
        dark=is_dark(),
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
    """The race as an HTML page that plays in any browser."""
    figure = figure_of(setup, shown, data, grid, racers, comparison)
    caption = f"{describe_comparison(comparison)} {legend(shown, data, racers, comparison)}"
    return animation_html(
        figure, f"{setup.title()}, seed {shown.seed}", caption=caption, narrow=is_narrow(), dark=is_dark()
    )


def legend(shown: ArenaView, data: CorruptedDataset, racers: list[RaceTrace], comparison: Comparison) -> str:
    """The legend of the figure's marks."""
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
