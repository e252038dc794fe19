"""The race as one figure with its player, and the words under it."""

from functools import partial

from alcore.report.contours import tie_lines
from alcore.report.html.player.page import player_page
from alcore.report.interactive.animation_payload import LOOKS, page_payload
from alcore.report.interactive.arena.figure import arena_figure
from alcore.report.interactive.arena.surfaces import surface_words
from alcore.report.interactive.arena.traces import CurveBand
from alcore.report.interactive.render import PreparedFigure
from alcore.report.text.race import Comparison, describe_comparison
from pages.screens.arena.cached import ShownRace
from pages.screens.arena.controls import exported_config
from pages.shared.planar_scene import PlanarScene
from pages.shared.player.player import animate, draw_player
from pages.shared.progress import working
from pages.shared.viewport import is_dark, is_narrow

_KEY, _FILE = "arena_figure", "alcore-arena"


def first_look(shown: ShownRace, comparison: Comparison) -> None:
    """Draw the last round of the race with its player, before slower results are known."""
    still = working("Drawing the race.", lambda on_step: figure_of(shown, comparison, still=True))
    draw_player(still, key=_KEY, alt=_words(shown, comparison), filename=_FILE)


def playback(shown: ShownRace, comparison: Comparison) -> None:
    """Add all rounds to the figure; playing and scrubbing happen in the browser."""
    figure = working("Drawing every round.", lambda on_step: figure_of(shown, comparison))
    animate(figure, key=_KEY, alt=_words(shown, comparison), filename=_FILE)


def _words(shown: ShownRace, comparison: Comparison) -> str:
    names = ", ".join(shown.setup.names().values())
    return f"Decision surfaces and learning curves of {names}. {describe_comparison(comparison)}"


def figure_of(
    shown: ShownRace,
    comparison: Comparison,
    *,
    still: bool = False,
    narrow: bool | None = None,
    dark: bool | None = None,
) -> PreparedFigure:
    """The animated figure of a race, or only its last round; by default for the reader's width and theme."""
    setup, data, grid = shown.setup, shown.data.dataset, shown.grid
    boundary = None
    if shown.view.boundary and isinstance(setup.scene, PlanarScene):
        boundary = tie_lines(grid.x, grid.y, setup.scene.posterior(grid))
    several = len(comparison.seeds) > 1
    return arena_figure(
        data.x_pool,
        data.y_pool,
        data.class_names,
        grid.x,
        grid.y,
        shown.racers,
        names=setup.names(),
        surface=shown.view.surface,
        boundary_V_2=boundary,
        curve_bands=[
            CurveBand(comparison.labels_T, one.low_T, one.high_T, one.phases.labels if one.phases else None)
            for one in comparison.standings
            if several
        ],
        narrow=is_narrow() if narrow is None else narrow,
        dark=is_dark() if dark is None else dark,
        still=still,
    )


def animation_of(shown: ShownRace, comparison: Comparison) -> bytes:
    """The race as an HTML page: the same player as on the screen, at any width and in both themes."""
    drawn = partial(figure_of, shown, comparison)
    looks = {name: drawn(still=True, narrow=narrow, dark=dark) for name, (narrow, dark) in LOOKS.items()}
    alt = _words(shown, comparison)
    return player_page(
        page_payload(drawn(), looks, alt=alt, filename=_FILE),
        title=f"{shown.setup.title()}, seed {shown.view.seed}",
        alt=alt,
        verdict=describe_comparison(comparison),
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
        [str(number), f"{ones[0].labels:,}", *(f"{one.accuracy:.1%}" for one in ones)]
        for number, ones in enumerate(together)
    ]


def legend(shown: ShownRace, comparison: Comparison) -> str:
    """What the marks in the figure mean."""
    data = shown.data
    parts = [
        "Small grey dots are the pool. A coloured marker is a labelled point, numbered in the order of the queries; "
        "those without a number are the seed set; rings mark the newest. Hover over a point for its scores.",
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
