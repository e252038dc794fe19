"""Small pictures side by side with shared marks, for the screen and for print.

Coordinates are in the unit square, y upwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from alcore.report.contours import Polygons
from alcore.report.svg.paths import Spec, place_points, symbol_path

_UNIT = np.array([0.0, 1.0])
# The first mark is a circle, the second a square, each with its letter inside.
MARK_SYMBOLS = ("circle", "square")


@dataclass(frozen=True, eq=False)
class Layer:
    """A coloured area; hatching distinguishes it without colour."""

    polygons_V_2: Polygons
    color: str
    opacity: float
    fill: Literal["plain", "hatch"] = "plain"


@dataclass(frozen=True, eq=False)
class Line:
    """Rings or lines in the text colour, separated by rows of NaN."""

    at_V_2: Polygons
    closed: bool
    dash: Literal["solid", "dot"] = "solid"


@dataclass(frozen=True, eq=False)
class Panel:
    """A picture.

    Attributes:
        title: above it.
        words: lines below it, most important first.
        alt: alternative text.
        layers: areas, lowest first.
        lines: drawn over them.
        dots_N_2: points.
        labels: positions and their texts.
    """

    title: str
    words: tuple[str, ...]
    alt: str
    layers: tuple[Layer, ...]
    lines: tuple[Line, ...] = ()
    dots_N_2: NDArray | None = None
    labels: tuple[tuple[float, float, str], ...] = ()


@dataclass(frozen=True)
class Mark:
    """A movable mark: its letter, position, and description."""

    letter: str
    at: tuple[float, float]
    says: str


def nested(polygons_L: Sequence[Polygons], color: str) -> tuple[Layer, ...]:
    """Stacked translucent bands that add up to darker colours."""
    return tuple(Layer(polygons, color, 0.16) for polygons in polygons_L)


def ring(corners_V_2: NDArray) -> Line:
    """A closed outline."""
    return Line(np.asarray(corners_V_2, dtype=np.float32), closed=True)


def scene(panes: Sequence[Panel], marks: Sequence[Mark], region_V_2: NDArray, step: float) -> Spec:
    """Panels as JSON for the browser.

    Args:
        panes: side by side, as many per row as fit.
        marks: on all of them.
        region_V_2: corners, counter-clockwise, of the convex region that contains the marks.
        step: distance that an arrow key moves a mark.
    """
    return {
        "panes": [
            {
                "title": pane.title,
                "words": list(pane.words),
                "alt": pane.alt,
                "layers": [
                    {
                        "d": path(layer.polygons_V_2, closed=True),
                        "color": layer.color,
                        "opacity": layer.opacity,
                        "fill": layer.fill,
                    }
                    for layer in pane.layers
                ],
                "lines": [{"d": path(line.at_V_2, closed=line.closed), "dash": line.dash} for line in pane.lines],
                "dots": ""
                if pane.dots_N_2 is None
                else "".join(f"M{x} {y}h0" for x, y in place_points(pane.dots_N_2, _UNIT, _UNIT).tolist()),
                "labels": [
                    [*place_points(np.array([[x, y]]), _UNIT, _UNIT)[0].tolist(), text] for x, y, text in pane.labels
                ],
            }
            for pane in panes
        ],
        "marks": [
            {"letter": mark.letter, "at": list(mark.at), "says": mark.says, "shape": symbol_path(symbol)}
            for mark, symbol in zip(marks, MARK_SYMBOLS, strict=True)
        ],
        "region": np.asarray(region_V_2).tolist(),
        "step": step,
    }


def path(at_V_2: Polygons, *, closed: bool) -> str:
    """Lines or rings, separated by rows of NaN, as path data."""
    parts = []
    for part_V_2 in np.split(at_V_2, np.flatnonzero(np.isnan(at_V_2[:, 0]))):
        at = place_points(part_V_2[~np.isnan(part_V_2[:, 0])], _UNIT, _UNIT).tolist()
        if at:
            parts.append("M" + "L".join(f"{x} {y}" for x, y in at) + ("Z" if closed else ""))
    return "".join(parts)
