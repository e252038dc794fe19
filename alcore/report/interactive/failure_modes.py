"""Charts of the failure modes: a few lines, each a mean with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.report.bounded import bounded_band, difference_band
from alcore.report.interactive.curves import UNWANTED_BUTTONS, PreparedFigure, typed_array
from alcore.report.style import strategy_style, translucent

_TEXT = {False: "#31333F", True: "#FAFAFA"}
_GRID = "rgba(128, 128, 128, 0.25)"
_FONT = '"Source Sans", "Source Sans Pro", system-ui, sans-serif'


@dataclass(frozen=True, eq=False)
class Series:
    """A line of a chart.

    Attributes:
        key: its meaning; sets its style, see `strategy_style`.
        name: legend entry.
        x: x positions.
        y: y values.
        low: lower edge of its band, if any.
        high: upper edge.
    """

    key: str
    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    low: NDArray[np.float64] | None = None
    high: NDArray[np.float64] | None = None


def mean_series(key: str, name: str, x: ArrayLike, values_S_T: ArrayLike, *, differences: bool = False) -> Series:
    """Mean over seeds with its 95 % interval; a single seed has no band.

    Args:
        key: its meaning; sets its style.
        name: legend entry.
        x: x positions.
        values_S_T: shares, one row per seed.
        differences: the values are differences of shares.
    """
    values = np.asarray(values_S_T, dtype=np.float64)
    at = np.asarray(x, dtype=np.float64)
    mean, low, high = difference_band(values) if differences else bounded_band(values)
    return Series(key, name, at, mean) if len(values) == 1 else Series(key, name, at, mean, low, high)


def lines_figure(
    series: Sequence[Series],
    *,
    x: str,
    y: str,
    percent: bool = True,
    x_percent: bool = False,
    diagonal: bool = False,
    mark: float | None = None,
    dark: bool = False,
    height: int = 340,
) -> PreparedFigure:
    """Lines with their bands.

    Args:
        series: the lines; the last is drawn on top.
        x: title of the x axis.
        y: title of the y axis.
        percent: y values are shares.
        x_percent: x values are shares.
        diagonal: draw the line x = y from 0 to 1.
        mark: x position of a dotted vertical line.
        dark: for a dark page.
        height: in pixels.

    Raises:
        ValueError: without a line.
    """
    if not series:
        raise ValueError("a chart needs a line, got none")
    axis: dict[str, Any] = {"gridcolor": _GRID, "zeroline": False, "automargin": True}
    shapes: list[dict[str, Any]] = []
    thin = {"type": "line", "layer": "below", "line": {"color": "#7F7F7F", "width": 1.5, "dash": "dot"}}
    if diagonal:
        shapes.append(thin | {"x0": 0, "x1": 1, "y0": 0, "y1": 1})
    if mark is not None:
        shapes.append(thin | {"x0": mark, "x1": mark, "yref": "paper", "y0": 0, "y1": 1})
    return PreparedFigure(
        {
            "data": [trace for line in series for trace in _traces(line, percent)],
            "layout": {
                "height": height,
                "margin": {"l": 8, "r": 12, "t": 12, "b": 8},
                "paper_bgcolor": "rgba(0, 0, 0, 0)",
                "plot_bgcolor": "rgba(0, 0, 0, 0)",
                "font": {"family": _FONT, "size": 14, "color": _TEXT[dark]},
                "hovermode": "closest" if diagonal else "x unified",
                "hoverlabel": {"bgcolor": "#1A242F" if dark else "#FFFFFF", "namelength": -1},
                "legend": {"orientation": "h", "x": 0, "y": -0.22, "yanchor": "top"},
                "modebar": {
                    "bgcolor": "rgba(0, 0, 0, 0)",
                    "color": "#808080",
                    "activecolor": _TEXT[dark],
                    "remove": list(UNWANTED_BUTTONS),
                },
                "shapes": shapes,
                "xaxis": axis | {"title": {"text": x, "standoff": 8}} | ({"tickformat": ".0%"} if x_percent else {}),
                "yaxis": axis | {"title": {"text": y, "standoff": 8}} | ({"tickformat": ".0%"} if percent else {}),
            },
        }
    )


def _traces(one: Series, percent: bool) -> list[dict[str, Any]]:
    style = strategy_style(one.key)
    line: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines+markers" if len(one.x) <= 60 else "lines",
        "name": escape(one.name, quote=False),
        "legendgroup": one.key,
        "x": typed_array(one.x),
        "y": typed_array(one.y),
        "hovertemplate": "%{y:.1%}" if percent else "%{y:.3g}",
        "line": {"color": style.color, "dash": style.dash, "width": 2.5},
        "marker": {"symbol": style.symbol, "size": 6, "color": style.color},
    }
    if one.low is None or one.high is None:
        return [line]
    band: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "legendgroup": one.key,
        "showlegend": False,
        "hoverinfo": "skip",
        "x": typed_array(np.concatenate([one.x, one.x[::-1]])),
        "y": typed_array(np.concatenate([one.high, one.low[::-1]])),
        "line": {"width": 0},
        "fill": "toself",
        "fillcolor": translucent(style.color, 0.18),
    }
    return [band, line]
