"""A batch on its pool as one small picture."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from alcore.report.style import DARK, LIGHT, class_style
from alcore.report.svg.paths import SIDE, background, marker, place_points, surface_paths

# Pixels, and units of the map.
_WIDE = 400
_DOT, _LABELLED, _PICK, _LETTERS = 6, 15, 32, 36


def batch_thumbnail(
    points_N_2: NDArray,
    y_N: NDArray[np.int64],
    labeled: NDArray[np.int64],
    picks: NDArray[np.int64],
    surface: tuple[NDArray, NDArray, NDArray],
    *,
    strategy: str,
    dark: bool,
) -> str:
    """The pool, the labelled points by class, and the numbered picks over the model's uncertainty, as SVG.

    Args:
        points_N_2: the pool, labelled points included.
        y_N: its labels; read for labelled points only.
        labeled: indices labelled before.
        picks: indices in picking order.
        surface: columns x and rows y, ascending, and the uncertainty (Y, X) over them.
        strategy: sets the style of the picks.
        dark: light dots, for a dark page.
    """
    x, y, z_Y_X = surface
    names = [str(label) for label in range(int(y_N.max()) + 1)]
    behind, look = background(points_N_2, y_N, names, labeled, x, y), marker(strategy)
    bands = "".join(
        f'<path d="{path}" fill="#8A97A3" fill-opacity=".13"/>' for path in surface_paths(x, y, z_Y_X) if path
    )
    shapes = [
        _mark(place, one["shape"], class_style(label).color, _LABELLED)
        for label, one in enumerate(behind["labelled"])
        for place in one["at"]
    ]
    numbers = [
        _mark(place, look["shape"], look["color"], _PICK)
        + f'<text x="{place[0]}" y="{place[1]}" dy=".35em" fill="{look["ink"]}">{number}</text>'
        for number, place in enumerate(place_points(points_N_2[picks], x, y).tolist(), 1)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{_WIDE}" height="{_WIDE}">{bands}'
        f'<path d="{behind["pool"]}" stroke="{LIGHT if dark else DARK}" stroke-opacity=".5" stroke-width="{2 * _DOT}" '
        f'stroke-linecap="round"/>{"".join(shapes)}'
        f'<g font-family="sans-serif" font-size="{_LETTERS}" text-anchor="middle" font-weight="600">'
        f"{''.join(numbers)}</g></svg>"
    )


def _mark(place: Sequence[int], shape: str, color: str, size: int) -> str:
    across, down = place
    return (
        f'<path transform="translate({across} {down}) scale({size})" d="{shape}" fill="{color}" stroke="#fff" '
        'stroke-width="1.5" vector-effect="non-scaling-stroke"/>'
    )
