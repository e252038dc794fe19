"""What a chart is made of: marks, axes and a legend.

Lengths are pixels on a screen whose text is `FONT_PX` high; on paper they keep their proportion to the text. A colour
is "#RRGGBB", or `TEXT`, the colour of the text, which depends on the theme.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import inf

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.report.style import BAND_OPACITY, GREY

FONT_PX = 14
TEXT = "text"


@dataclass(frozen=True)
class Axis:
    """An axis.

    Attributes:
        title: its title; a line break stays one on the screen.
        form: of the numbers at its ticks: "share" in percent, "whole" for whole numbers, "signed" with a sign.
        ends: its limits; None: around the marks.
        log: logarithmic; needs `ends`.
        categories: names of the positions 0, 1, ... on it.
        reverse: the first category is on top.
        from_zero: starts at 0.
        hidden: without ticks and grid.
        grid: lines at the ticks.
        height: of the panel with this y axis, relative to the other panels.
    """

    title: str = ""
    form: str = ""
    ends: tuple[float, float] | None = None
    log: bool = False
    categories: Sequence[str] = ()
    reverse: bool = False
    from_zero: bool = False
    hidden: bool = False
    grid: bool = True
    height: float = 1.0


@dataclass(frozen=True)
class Stroke:
    """A line's colour, width, dash (a key of `style.DASHES`) and opacity."""

    color: str
    width: float = 2.5
    dash: str = "solid"
    opacity: float = 1.0


@dataclass(frozen=True, eq=False)
class Marker:
    """The marker of a point.

    Attributes:
        color: its colour.
        symbol: a key of `style.SYMBOLS` or `style.STROKED_SYMBOLS`.
        size: diameter, one or one per point.
        fill: "" filled, "open", "dot" or "open-dot".
        opacity: in [0, 1].
        edge: its outline; of a stroked symbol, the stroke.
    """

    color: str
    symbol: str = "circle"
    size: float | NDArray[np.float64] = 7.0
    fill: str = ""
    opacity: float = 1.0
    edge: Stroke | None = None


@dataclass(frozen=True, eq=False)
class Series:
    """Points in order, joined by a line if there is a stroke, marked if there is a marker.

    Attributes:
        x: positions.
        y: heights; NaN is not drawn.
        stroke: line between the points.
        marker: at the points.
        name: entry of the legend; "": none.
        group: shown and hidden together by a click on the legend's entry of one of them.
        hover: text under the pointer on the screen, a `hovertemplate` of plotly; "": none.
        facts: numbers of each point for `hover`, as `customdata`.
        texts: a text of each point for `hover`, as `text`.
        step: the line goes on level and then jumps.
        above: the legend's entry is above the chart, not below it.
        row: panel, from the top.
    """

    x: ArrayLike
    y: ArrayLike
    stroke: Stroke | None = None
    marker: Marker | None = None
    name: str = ""
    group: str = ""
    hover: str = ""
    facts: ArrayLike | None = None
    texts: Sequence[str] = ()
    step: bool = False
    above: bool = False
    row: int = 0


@dataclass(frozen=True, eq=False)
class Band:
    """The area between two heights at each position, such as an interval; `name` and `group` as in `Series`."""

    x: ArrayLike
    low: ArrayLike
    high: ArrayLike
    color: str
    opacity: float = BAND_OPACITY
    name: str = ""
    group: str = ""


@dataclass(frozen=True, eq=False)
class Bars:
    """Bars on top of those described before; `hatch` is "", "/", ".", "x" or "-", the rest as in `Series`."""

    x: ArrayLike
    heights: ArrayLike
    color: str
    hatch: str
    name: str
    hover: str
    texts: Sequence[str] = ()


@dataclass(frozen=True)
class Whiskers:
    """An estimate with its interval, drawn if it is finite.

    Attributes:
        at: position on the axis across the interval.
        estimate: the mark in it.
        low: lower end.
        high: upper end.
        marker: of the estimate, in the colour of the interval too.
        upright: the interval is along y, not x.
        width: of the line.
        name: see `Series`.
        hover: text under the pointer on the screen, as HTML.
    """

    at: float
    estimate: float
    low: float
    high: float
    marker: Marker
    upright: bool = False
    width: float = 2.0
    name: str = ""
    hover: str = ""


@dataclass(frozen=True, eq=False)
class Matrix:
    """Cells by row and column, the first row on top.

    Attributes:
        shades_R_C: depth of colour, from 0 (none) to `deepest`; below 0, of the colour `below`.
        deepest: value of full colour.
        color: of the cells, at an opacity of `style.CELL_OPACITY` or less: texts stay readable in both themes.
        texts_R_C: a text in each cell.
        bold_R_C: whether it is bold.
        hover_R_C: texts under the pointer on the screen, as HTML.
        below: colour of cells below 0; "": there are none.
    """

    shades_R_C: NDArray[np.float64]
    deepest: float
    color: str
    texts_R_C: Sequence[Sequence[str]]
    bold_R_C: NDArray[np.bool_]
    hover_R_C: Sequence[Sequence[str]]
    below: str = ""


@dataclass(frozen=True)
class Reference:
    """A line across all panels: upright at `x`, level at `y`, or the diagonal from (0, 0) to (1, 1) if both are None.

    Attributes:
        x: position of an upright line.
        y: height of a level line.
        color: its colour.
        dash: a key of `style.DASHES`.
        label: text at the right end of a level line, or the lower end of an upright one.
        label_above: the label of a level line is above it, not below it; that of an upright one is at its upper end.
        label_left: the label of a level line is at its left end.
    """

    x: float | None = None
    y: float | None = None
    color: str = GREY
    dash: str = "dot"
    label: str = ""
    label_above: bool = False
    label_left: bool = False


@dataclass(frozen=True)
class Label:
    """A text beside a point.

    Attributes:
        x: position of the point.
        y: its height.
        text: on one line.
        right: offset of the text's centre from the point; below 0 to the left.
        up: likewise; below 0 under the point.
        color: of the text.
        size: of the text.
        leader: a thin line joins it to the point.
    """

    x: float
    y: float
    text: str
    right: float = 0.0
    up: float = 0.0
    color: str = TEXT
    size: float = 12.0
    leader: bool = False


Drawn = Series | Band | Bars | Whiskers | Matrix
Mark = Drawn | Reference | Label


@dataclass(frozen=True, eq=False)
class Chart:
    """A chart.

    Attributes:
        marks: in the order they are drawn.
        x: the x axis.
        y: the y axis; several: of panels under one another, with a common x axis.
        title: above the chart.
        height: on the screen.
        ratio: height over width on paper, without title and legend; None: as high as on the screen beside its text.
        together: the pointer shows all series at its x position, not the nearest point alone.
        square: one scale for both axes.
        lasso: points can be selected on the screen by drawing around them.
        revision: on the screen, zoom and selection are kept as long as this stays the same; "": until redrawn.
    """

    marks: Sequence[Mark]
    x: Axis
    y: Axis | Sequence[Axis]
    title: str = ""
    height: int = 400
    ratio: float | None = 0.62
    together: bool = False
    square: bool = False
    lasso: bool = False
    revision: str = ""

    @property
    def panels(self) -> Sequence[Axis]:
        """The y axis of each panel, from the top."""
        return [self.y] if isinstance(self.y, Axis) else self.y


def around(values: Sequence[ArrayLike], room: float, *, low: float = -inf, high: float = inf) -> tuple[float, float]:
    """Limits of an axis: the values with a margin at both ends.

    Args:
        values: arrays of what is drawn; NaN and infinity are left out.
        room: the margin as a share of the range of the values.
        low: the lower limit is at least this.
        high: the upper limit is at most this.

    Returns:
        the limits; 0 and 1 without a value.
    """
    given = np.concatenate([np.empty(0), *(np.ravel(np.asarray(one, dtype=np.float64)) for one in values)])
    given = given[np.isfinite(given)]
    if not len(given):
        return 0.0, 1.0
    least, most = float(given.min()), float(given.max())
    pad = room * (most - least) if most > least else 0.5 * abs(most) or 1.0
    return max(least - pad, low), min(most + pad, high)


def text_of(name: str) -> str:
    """A name inside hover text, which is HTML."""
    return escape(name, quote=False)


def around_log(values: Sequence[ArrayLike]) -> tuple[float, float]:
    """Limits of a logarithmic axis: the values, all above 0, with a margin at both ends; see `around`."""
    low, high = around([np.log10(one) for one in values], 0.04)
    return 10**low, 10**high
