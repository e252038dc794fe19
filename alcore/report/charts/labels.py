"""Places of names beside the points of a chart, where they cover little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from alcore.report.charts.chart import Label

_LETTER, _LINE = 6.4, 14.0  # pixels
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (0.75, 1), (-0.75, 1), (0.75, -1), (-0.75, -1))
_REACHES = (0.0, 10.0, 22.0)


@dataclass(frozen=True)
class Named:
    """A point with a name: its position, the same as shares of the plot, its radius in pixels and its name."""

    x: float
    y: float
    across: float
    up: float
    radius: float
    name: str


def labels_beside(points: Sequence[Named], *, width: float, height: float, size: float = 11.5) -> list[Label]:
    """A label per point, larger points first, each at the first of several places where it covers the least.

    Args:
        points: all points, which labels avoid.
        width: nominal width of the plot in pixels.
        height: likewise.
        size: of the text.
    """
    taken = [
        (x - one.radius, x + one.radius, y - one.radius, y + one.radius)
        for one in points
        for x, y in [(one.across * width, one.up * height)]
    ]
    labels = []
    for one in sorted(points, key=lambda one: -one.radius):
        x, y, r, half = one.across * width, one.up * height, one.radius, _LETTER * len(one.name) / 2
        best: tuple[float, float, float, tuple[float, float, float, float]] | None = None
        for reach, (right, up) in product(_REACHES, _SIDES):
            dx, dy = right * (r + half + 3 + reach), up * (r + _LINE / 2 + 1 + reach)
            box = (x + dx - half, x + dx + half, y + dy - _LINE / 2, y + dy + _LINE / 2)
            outside = max(0.0, box[1] - width, -box[0]) + max(0.0, box[3] - height, -box[2])
            covered = sum(_overlap(box, other) for other in taken) + 60 * outside + 2 * reach
            if best is None or covered < best[0]:
                best = covered, dx, dy, box
        assert best is not None  # there are sides
        taken.append(best[3])
        labels.append(Label(one.x, one.y, one.name, best[1], best[2], size=size))
    return labels


def _overlap(a: Sequence[float], b: Sequence[float]) -> float:
    across = min(a[1], b[1]) - max(a[0], b[0])
    up = min(a[3], b[3]) - max(a[2], b[2])
    return max(0.0, across) * max(0.0, up)
