"""A map of the plane as SVG paths, for a screen that redraws it many times a second.

Coordinates are whole units of a square of 1,000, y downwards: a third of a pixel at 300 pixels.
"""

from collections.abc import Sequence
from math import cos, pi, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.report.contours import bands
from alcore.report.style import class_style, ink_on, strategy_style

SIDE = 1000
SHARES = (0.2, 0.4, 0.6, 0.8, 0.95)  # of a surface's maximum

Spec = dict[str, Any]


def place_points(points_K_2: NDArray, x: NDArray, y: NDArray) -> NDArray[np.int64]:
    """Positions of points in units of the map (K, 2).

    Args:
        points_K_2: points of the plane.
        x: ascending positions whose ends are the map's left and right edge.
        y: ascending positions whose ends are its lower and upper edge.
    """
    share_K_2 = (points_K_2 - [x[0], y[0]]) / [x[-1] - x[0], y[-1] - y[0]]
    return np.rint(SIDE * np.stack([share_K_2[:, 0], 1 - share_K_2[:, 1]], axis=1)).astype(np.int64)


def surface_paths(x: NDArray, y: NDArray, z_Y_X: NDArray) -> list[str]:
    """Regions where a surface is at or above each of `SHARES` of its maximum, as path data; "" if empty.

    Args:
        x: ascending positions of the columns.
        y: ascending positions of the rows.
        z_Y_X: the surface, non-negative.
    """
    top = float(z_Y_X.max())
    if top <= 0:
        return [""] * len(SHARES)
    return [_rings(polygons, x, y) for polygons in bands(x, y, z_Y_X, [share * top for share in SHARES])]


def dots(points_K_2: NDArray, x: NDArray, y: NDArray) -> str:
    """Points as a path of zero-length lines, drawn as dots by round caps."""
    return "".join(f"M{across} {down}h0" for across, down in place_points(points_K_2, x, y).tolist())


def background(
    points_N_2: NDArray,
    y_N: NDArray[np.int64],
    class_names: Sequence[str],
    labeled: NDArray[np.int64],
    x: NDArray,
    y: NDArray,
) -> Spec:
    """The common layer of all maps of a pool: its points, with labelled points shaped by class.

    Args:
        points_N_2: the pool, labelled points included.
        y_N: its labels; read for labelled points only.
        class_names: one per class.
        labeled: indices labelled before.
        x: see `place_points`.
        y: see `place_points`.
    """
    return {
        "pool": dots(np.delete(points_N_2, labeled, axis=0), x, y),
        "labelled": [
            {
                "name": name,
                "shape": symbol_path(class_style(label).symbol),
                "at": place_points(points_N_2[labeled[y_N[labeled] == label]], x, y).tolist(),
            }
            for label, name in enumerate(class_names)
        ],
    }


def marker(strategy: str) -> Spec:
    """The style of a strategy's picks: colour, colour of a number on it, shape and dash."""
    style = strategy_style(strategy)
    return {
        "color": style.color,
        "ink": ink_on(style.color),
        "shape": symbol_path(style.symbol),
        "dash": _SVG_DASHES[style.dash],
    }


def symbol_path(symbol: str) -> str:
    """A symbol of `style` as path data around the origin, with about the area of the unit circle."""
    if symbol == "circle":
        return "M-1 0A1 1 0 1 1 1 0A1 1 0 1 1 -1 0Z"
    if symbol in ("cross", "x"):
        arm, reach = 0.42, 1.15
        corners = [(-arm, -reach), (arm, -reach), (arm, -arm), (reach, -arm)]
        turned = [(x, y) for quarter in range(4) for x, y in (_turn(c, quarter * pi / 2) for c in corners[1:])]
        return _polygon([_turn(c, pi / 4) for c in turned] if symbol == "x" else turned)
    if symbol == "star":
        return _polygon([_turn((0, -1.4 if i % 2 == 0 else -0.85), i * pi / 5) for i in range(10)])
    corners_and_radius = {
        "square": (4, 1.25, pi / 4),
        "diamond": (4, 1.3, 0.0),
        "triangle-up": (3, 1.45, 0.0),
        "triangle-down": (3, 1.45, pi),
        "pentagon": (5, 1.15, 0.0),
        "hexagon": (6, 1.1, 0.0),
    }
    count, radius, start = corners_and_radius[symbol]
    return _polygon([_turn((0, -radius), start + i * 2 * pi / count) for i in range(count)])


# plotly's name of a dash -> SVG's, in pixels.
_SVG_DASHES = {
    "solid": "",
    "dash": "7 4",
    "dot": "2 3",
    "dashdot": "7 3 2 3",
    "longdash": "12 4",
    "longdashdot": "12 3 2 3",
}


def _rings(polygons_V_2: NDArray[np.float32], x: NDArray, y: NDArray) -> str:
    """Closed rings, separated by rows of NaN, as path data."""
    ends = np.flatnonzero(np.isnan(polygons_V_2[:, 0]))
    parts = []
    for ring_V_2 in np.split(polygons_V_2, ends):
        at = place_points(ring_V_2[~np.isnan(ring_V_2[:, 0])], x, y).tolist()
        if at:
            parts.append("M" + "L".join(f"{across} {down}" for across, down in at) + "Z")
    return "".join(parts)


def _polygon(corners: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.3f} {y:.3f}" for x, y in corners) + "Z"


def _turn(point: tuple[float, float], angle: float) -> tuple[float, float]:
    x, y = point
    return x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle)
