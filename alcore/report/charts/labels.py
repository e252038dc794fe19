"""Places of names beside the points of a chart, where they cover little."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from alcore.report.charts.chart import Label

LETTER, _LINE = 6.2, 15.0  # pixels
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (0.75, 1), (-0.75, 1), (0.75, -1), (-0.75, -1))
_REACHES = (0.0, 8.0, 18.0, 30.0, 44.0, 60.0)
_REACH_P, _RIGHT_P, _UP_P = np.array([(reach, *side) for reach, side in product(_REACHES, _SIDES)]).T  # every place
# From this reach on a line joins a name to its point.
_FAR = 18.0
# A name without a line is nearer to its point than to any other, by this many pixels, or counts as covering so much.
_NEARER, _MISTAKEN = 6.0, 150.0
# A name that would cover others by more than this share of its own area is left out.
_MOST_COVERED = 0.04


@dataclass(frozen=True)
class Named:
    """A point with a name: its position, the same as shares of the plot, its radius in pixels and its name."""

    x: float
    y: float
    across: float
    up: float
    radius: float
    name: str


def labels_beside(
    points: Sequence[Named],
    *,
    width: float,
    height: float,
    size: float = 12.0,
    first: Collection[str] = (),
    crowded: bool = False,
    lines: Collection[tuple[float, float, float, float]] = (),
) -> list[Label]:
    """A label per point, larger points first, each at the first of several places where it covers the least.

    Args:
        points: all points, which labels avoid.
        width: nominal width of the plot in pixels.
        height: likewise.
        size: of the text.
        first: names that are placed before all others.
        crowded: other names for which there is no place near their point are left out.
        lines: horizontal and vertical lines that labels avoid: left, right, lower and upper end as shares of the plot.
    """
    # Boxes as left, right, lower and upper end.
    taken = [
        (x - one.radius, x + one.radius, y - one.radius, y + one.radius)
        for one in points
        for x, y in [(one.across * width, one.up * height)]
    ]
    taken += [
        (left * width - 1, right * width + 1, lower * height - 1, upper * height + 1)
        for left, right, lower, upper in lines
    ]
    labels = []
    for one in sorted(points, key=lambda one: (one.name not in first, -one.radius)):
        r, half = one.radius, LETTER * len(one.name) / 2
        dx_P = _RIGHT_P * (r + half + 3 + _REACH_P)
        dy_P = _UP_P * (r + _LINE / 2 + 1 + _REACH_P)
        x_P, y_P = one.across * width + dx_P, one.up * height + dy_P
        boxes_P_4 = np.stack([x_P - half, x_P + half, y_P - _LINE / 2, y_P + _LINE / 2], axis=1)
        outside_P = sum(
            np.maximum(0, np.maximum(boxes_P_4[:, end] - room, -boxes_P_4[:, end - 1]))
            for end, room in ((1, width), (3, height))
        )
        others = [(other.across * width, other.up * height, other.radius) for other in points if other is not one]
        near_P = _nearest(boxes_P_4, np.array(others)) if others else np.full(len(boxes_P_4), np.inf)
        mistaken_P = (near_P < _REACH_P + _NEARER) & (_REACH_P < _FAR)
        covered_P = _overlaps(boxes_P_4, np.array(taken)) + 60 * outside_P + _MISTAKEN * mistaken_P
        best = int(np.argmin(covered_P + 2 * _REACH_P))
        covered = covered_P[best] > _MOST_COVERED * 2 * half * _LINE
        if crowded and one.name not in first and (covered or _REACH_P[best] >= _FAR):
            continue
        taken.append(tuple(boxes_P_4[best].tolist()))
        leader = bool(_REACH_P[best] >= _FAR)
        labels.append(Label(one.x, one.y, one.name, float(dx_P[best]), float(dy_P[best]), size=size, leader=leader))
    return labels


def _nearest(boxes_P_4: NDArray[np.float64], circles_O_3: NDArray[np.float64]) -> NDArray[np.float64]:
    """The distance from each box to the edge of the nearest circle, given as its middle and its radius; 0 if within."""
    a, (x_O, y_O, radius_O) = boxes_P_4[:, None], circles_O_3.T
    across = np.maximum(0, np.maximum(a[..., 0] - x_O, x_O - a[..., 1]))
    up = np.maximum(0, np.maximum(a[..., 2] - y_O, y_O - a[..., 3]))
    nearest: NDArray[np.float64] = np.maximum(0, np.hypot(across, up) - radius_O).min(axis=1)
    return nearest


def _overlaps(boxes_P_4: NDArray[np.float64], others_T_4: NDArray[np.float64]) -> NDArray[np.float64]:
    """The area of each box that others cover; twice where two do."""
    a, b = boxes_P_4[:, None], others_T_4[None]
    across = np.minimum(a[..., 1], b[..., 1]) - np.maximum(a[..., 0], b[..., 0])
    up = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 2], b[..., 2])
    covered: NDArray[np.float64] = (np.maximum(0, across) * np.maximum(0, up)).sum(axis=1)
    return covered
