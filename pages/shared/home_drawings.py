"""Small drawings for the home screen, in colours readable on light and dark backgrounds."""

from typing import NamedTuple

_BLUE, _ORANGE, _GREEN, _GRAY = "#0A84C6", "#E08F00", "#00996F", "#8A97A3"


class Picture(NamedTuple):
    """A drawing with its alternative text."""

    svg: str
    alt: str


def _dots(points: list[tuple[int, int]], color: str, radius: float = 4) -> str:
    return "".join(f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{color}"/>' for x, y in points)


def _squares(points: list[tuple[int, int]], color: str) -> str:
    return "".join(f'<rect x="{x - 4}" y="{y - 4}" width="8" height="8" fill="{color}"/>' for x, y in points)


def _rings(points: list[tuple[int, int]]) -> str:
    return "".join(
        f'<circle cx="{x}" cy="{y}" r="8.5" fill="none" stroke="#8A97A3" stroke-width="2"/>' for x, y in points
    )


def _picture(alt: str, *parts: str) -> Picture:
    head = '<svg viewBox="0 0 240 96" width="240" height="96" xmlns="http://www.w3.org/2000/svg">'
    return Picture(f"{head}{''.join(parts)}</svg>", alt)


_LEFT = [(38, 30), (58, 60), (74, 24), (84, 74), (98, 46), (30, 76)]
_RIGHT = [(150, 32), (166, 70), (186, 22), (204, 54), (138, 58), (214, 82)]

ARENA = _picture(
    "Two groups of points, a dashed boundary between them, and circles around the points beside it",
    '<path d="M136 4 C100 34 140 58 108 92" fill="none" stroke="#8A97A3" stroke-width="2" stroke-dasharray="5 4"/>',
    _dots(_LEFT, _BLUE),
    _squares(_RIGHT, _ORANGE),
    _rings([(98, 46), (138, 58)]),
)

_CROWD = [(40, 42), (48, 50), (38, 54), (50, 38), (58, 46)]
_SPREAD = [(96, 20), (112, 76), (150, 44), (196, 22), (206, 74), (76, 80), (170, 82), (128, 16)]

BATCH = _picture(
    "A cluster of near-duplicates and scattered points; circles mark a batch that covers them all",
    _dots(_CROWD + _SPREAD, _GRAY),
    _dots([(48, 46), (112, 76), (150, 44), (196, 22)], _GREEN),
    _rings([(48, 46), (112, 76), (150, 44), (196, 22)]),
)

MNIST = _picture(
    "Two learning curves: one rises faster than the other",
    '<path d="M24 8 V84 H222" fill="none" stroke="#8A97A3" stroke-width="1.5" opacity=".55"/>',
    f'<path d="M28 78 C52 30 84 22 216 16" fill="none" stroke="{_BLUE}" stroke-width="3"/>',
    f'<path d="M28 78 C80 52 120 36 216 28" fill="none" stroke="{_ORANGE}" stroke-width="3" stroke-dasharray="7 5"/>',
    _dots([(70, 33), (118, 23), (166, 19), (216, 16)], _BLUE, 4.5),
)
