"""Learning curves of paired races: means with intervals."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from alcore.report.interactive.curves import PreparedFigure, typed_array
from alcore.report.intervals import Floats
from alcore.report.style import strategy_style, translucent
from alcore.report.text.batch_savings import LabelSavings, StrategySavings

_TEXT = {False: "#31333F", True: "#FAFAFA"}
_GRID = "rgba(128, 128, 128, 0.25)"
_FONT = '"Source Sans", "Source Sans Pro", system-ui, sans-serif'


def savings_figure(buys: LabelSavings, *, dark: bool = False, height: int = 380) -> PreparedFigure:
    """Accuracy against labels: means over the seeds, their 95 % intervals, and the target accuracy.

    Args:
        buys: results of the races.
        dark: for a dark page; the background is transparent in both.
        height: in pixels.
    """
    traces: list[dict[str, Any]] = []
    for one in buys.bought:
        traces += _curve(one, buys)
    shown = np.concatenate([[buys.target.accuracy], *(_ends(savings) for savings in buys.bought)])
    low, high = float(shown.min()), float(shown.max())
    room = 0.04 * (high - low) or 0.05
    few = buys.labels_T[-1] - buys.labels_T[0] < 10
    axis = {"gridcolor": _GRID, "zeroline": False, "automargin": True}
    layout: dict[str, Any] = {
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 12, "b": 8},
        "paper_bgcolor": "rgba(0, 0, 0, 0)",
        "plot_bgcolor": "rgba(0, 0, 0, 0)",
        "font": {"family": _FONT, "size": 14, "color": _TEXT[dark]},
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": "#1A242F" if dark else "#FFFFFF", "namelength": -1},
        "legend": {"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"},
        "xaxis": axis
        | {"title": {"text": "Labelled points", "standoff": 8}}
        | ({"dtick": 1} if few else {}),  # labels are whole numbers
        "yaxis": axis
        | {
            "title": {"text": "Test accuracy", "standoff": 8},
            "tickformat": ".1~%",
            "range": [max(low - room, 0.0), min(high + room, 1.005)],
        },
    }
    height_of_target = buys.target.accuracy
    across = {"xref": "paper", "x0": 0, "x1": 1, "y0": height_of_target, "y1": height_of_target}
    layout["shapes"] = [across | {"type": "line", "line": {"color": _TEXT[dark], "width": 1, "dash": "dot"}}]
    layout["annotations"] = [
        {
            "text": "target, on average",
            "xref": "paper",
            "x": 1,
            "xanchor": "right",
            "y": height_of_target,
            "yanchor": "bottom" if height_of_target == low else "top",  # otherwise on the axis
            "showarrow": False,
            "font": {"size": 12},
        }
    ]
    return PreparedFigure({"data": traces, "layout": layout})


def _curve(one: StrategySavings, buys: LabelSavings) -> list[dict[str, Any]]:
    style, name = strategy_style(one.strategy), escape(one.name, quote=False)
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "legendgroup": one.strategy,
        "x": typed_array(buys.labels_T),
        "y": typed_array(one.mean_T),
        "hovertemplate": "%{y:.1%}",
        "line": {"color": style.color, "dash": style.dash, "width": 2.5},
        "marker": {"symbol": style.symbol, "size": 8, "color": style.color},
    }
    if not _has_band(one):
        return [line]
    band = {
        "type": "scatter",
        "mode": "lines",
        "legendgroup": one.strategy,
        "showlegend": False,
        "hoverinfo": "skip",
        "x": typed_array(np.concatenate([buys.labels_T, buys.labels_T[::-1]])),
        "y": typed_array(np.concatenate([one.low_T, one.high_T[::-1]])),
        "fill": "toself",
        "fillcolor": translucent(style.color, 0.14),
        "line": {"width": 0},
    }
    return [band, line]


def _has_band(one: StrategySavings) -> bool:
    return bool(np.isfinite(one.low_T).all())


def _ends(one: StrategySavings) -> Floats:
    """Range of accuracies of a curve and its band."""
    return np.concatenate([one.low_T, one.high_T]) if _has_band(one) else one.mean_T
