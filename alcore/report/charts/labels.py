"""Places of names beside the points of a chart, where they cover little."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import product

from alcore.report.charts.chart import Label

_LETTER, _LINE = 6.0, 14.0  # pixels
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (0.75, 1), (-0.75, 1), (0.75, -1), (-0.75, -1))
_REACHES = (0.0, 8.0, 18.0, 30.0, 44.0, 60.0)
# From this reach on a line joins a name to its point.
_FAR = 18.0
# A name that would cover others by more than this share of its own area is left out.
_MOST_COVERED = 0.12


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
    size: float = 11.5,
    first: Collection[str] = (),
    crowded: bool = False,
) -> list[Label]:
    """A label per point, larger points first, each at the first of several places where it covers the least.

    Args:
        points: all points, which labels avoid.
        width: nominal width of the plot in pixels.
        height: likewise.
        size: of the text.
        first: names that are placed before all others.
        crowded: other names for which there is no place are left out.
    """
    taken = [
        (x - one.radius, x + one.radius, y - one.radius, y + one.radius)
        for one in points
        for x, y in [(one.across * width, one.up * height)]
    ]
    labels = []
    for one in sorted(points, key=lambda one: (one.name not in first, -one.radius)):
        x, y, r, half = one.across * width, one.up * height, one.radius, _LETTER * len(one.name) / 2
        best: tuple[float, float, float, float, float, tuple[float, float, float, float]] | None = None
        for reach, (right, up) in product(_REACHES, _SIDES):
            dx, dy = right * (r + half + 3 + reach), up * (r + _LINE / 2 + 1 + reach)
            box = (x + dx - half, x + dx + half, y + dy - _LINE / 2, y + dy + _LINE / 2)
            outside = max(0.0, box[1] - width, -box[0]) + max(0.0, box[3] - height, -box[2])
            covered = sum(_overlap(box, other) for other in taken) + 60 * outside
            if best is None or covered + 2 * reach < best[0]:
                best = covered + 2 * reach, covered, reach, dx, dy, box
        assert best is not None  # there are sides
        _, covered, reach, dx, dy, box = best
        if crowded and covered > _MOST_COVERED * 2 * half * _LINE and one.name not in first:
            continue
        taken.append(box)
        labels.append(Label(one.x, one.y, one.name, dx, dy, size=size, leader=reach >= _FAR))
    return labels


def _overlap(a: Sequence[float], b: Sequence[float]) -> float:
    across = min(a[1], b[1]) - max(a[0], b[0])
    up = min(a[3], b[3]) - max(a[2], b[2])
    return max(0.0, across) * max(0.0, up)
