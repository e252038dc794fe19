"""Figures of the scenarios: means over paired seeds, and a stream over time."""

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.report.interactive.arena.layout import FONT, GRID_COLOUR, Spec, text_colour
from alcore.report.interactive.curves import UNWANTED_BUTTONS, PreparedFigure, typed_array
from alcore.report.statistics.comparison import Comparison
from alcore.report.style import strategy_style, translucent

FAINT = "rgba(127, 127, 127, 0.55)"
NOW = "rgba(127, 127, 127, 0.9)"


def mean_figure(comparison: Comparison, *, x_title: str, dark: bool = False, height: int = 380) -> PreparedFigure:
    """Mean accuracy of each strategy over the seeds, with its 95 % interval.

    Args:
        comparison: the compared strategies.
        x_title: title of the axis of `comparison.labels_T`.
        dark: light text, for a dark page.
        height: in pixels.
    """
    data: list[Spec] = []
    shown = [standing.mean_T for standing in comparison.standings]
    for one in comparison.standings:
        style = strategy_style(one.strategy)
        if np.isfinite(one.low_T).all():
            shown += [one.low_T, one.high_T]
            data.append(
                {
                    "type": "scatter",
                    "mode": "none",
                    "legendgroup": one.strategy,
                    "showlegend": False,
                    "hoverinfo": "skip",
                    "x": typed_array(np.concatenate([comparison.labels_T, comparison.labels_T[::-1]])),
                    "y": typed_array(np.concatenate([one.low_T, one.high_T[::-1]])),
                    "fill": "toself",
                    "fillcolor": translucent(style.color, 0.14),
                }
            )
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": escape(one.name, quote=False),
                "legendgroup": one.strategy,
                "x": typed_array(comparison.labels_T),
                "y": typed_array(one.mean_T),
                "hovertemplate": "%{y:.1%}",
                "line": {"color": style.color, "dash": style.dash, "width": 2.5},
                "marker": {"symbol": style.symbol, "size": 6, "color": style.color},
            }
        )
    low, high = min(float(y.min()) for y in shown), max(float(y.max()) for y in shown)
    room = 0.05 * (high - low) or 0.05
    accuracy = _axis("Test accuracy") | {
        "tickformat": ".0%",
        "range": [max(low - room, -0.01), min(high + room, 1.01)],
    }
    return PreparedFigure(
        {"data": data, "layout": _layout(height, dark) | {"xaxis": _axis(x_title), "yaxis": accuracy}}
    )


def stream_figure(
    uncertainty_T: NDArray,
    threshold_T: NDArray,
    asked_T: NDArray[np.bool_],
    earned_T: NDArray[np.int64],
    spent_T: NDArray[np.int64],
    prequential_T: Mapping[str, NDArray],
    *,
    policy: str,
    names: Mapping[str, str],
    now: int,
    looked_Q: NDArray[np.int64],
    accuracy_Q: NDArray,
    dark: bool = False,
    height: int = 620,
) -> PreparedFigure:
    """A stream over time: uncertainty against the threshold, labels spent against the budget, accuracy.

    Args:
        uncertainty_T: uncertainty of each arrival.
        threshold_T: threshold it was compared with.
        asked_T: whether the arrival was queried.
        earned_T: budget accrued by then, in labels.
        spent_T: labels spent by then.
        prequential_T: policy -> prequential accuracy over a window of recent arrivals.
        policy: policy of this stream.
        names: display names of the policies.
        now: the current arrival, from 0.
        looked_Q: arrivals before each test evaluation.
        accuracy_Q: test accuracy at each.
        dark: light text, for a dark page.
        height: in pixels.
    """
    style = strategy_style(policy)
    arrival_T = np.arange(1, len(uncertainty_T) + 1)
    over_T = uncertainty_T >= threshold_T
    kinds = (
        (asked_T, "Asked", {"size": 8, "color": style.color, "symbol": style.symbol}),
        (
            over_T & ~asked_T,
            "No budget left",
            {
                "size": 7,
                "color": text_colour(dark),
                "symbol": "x-thin",
                "line": _line(text_colour(dark), 1.5),
            },
        ),
        (~over_T & ~asked_T, "Skipped", {"size": 4, "color": FAINT}),
    )
    data: list[Spec] = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": typed_array(arrival_T[which_T]),
            "y": typed_array(uncertainty_T[which_T]),
            "marker": marker,
            "hovertemplate": f"{name.lower()}<br>arrival %{{x}}, uncertainty %{{y:.2f}}<extra></extra>",
            "yaxis": "y",
        }
        for which_T, name, marker in kinds
    ]
    data.append(_path("Threshold", arrival_T, threshold_T, "y", _line(style.color, 1.5), ".2f"))
    data.append(_path("Earned", arrival_T, earned_T, "y2", _line(NOW, 2, "dot"), "d", step=True))
    data.append(_path("Spent", arrival_T, spent_T, "y2", _line(style.color, 2.5), "d", step=True))
    for name, share_T in prequential_T.items():
        own = strategy_style(name)
        label = "Running accuracy" if name == policy else f"Running accuracy, {names[name]}"
        data.append(_path(label, arrival_T, share_T, "y3", _line(own.color, 2, own.dash), ".1%"))
    data.append(
        _path("Test accuracy", looked_Q, accuracy_Q, "y3", _line(style.color, 1), ".1%")
        | {"mode": "markers", "marker": {"size": 8, "color": style.color, "symbol": f"{style.symbol}-open"}}
    )
    layout = _layout(height, dark)
    layout["xaxis"] = _axis("Arrivals") | {"anchor": "y3", "range": [0, len(arrival_T) + 1]}
    layout["yaxis"] = _axis("Uncertainty") | {"domain": [0.62, 1], "rangemode": "tozero"}
    layout["yaxis2"] = _axis("Labels") | {"domain": [0.36, 0.57], "rangemode": "tozero"}
    layout["yaxis3"] = _axis("Accuracy") | {"domain": [0, 0.31], "tickformat": ".0%"}
    layout["hovermode"] = "closest"
    layout["shapes"] = [
        {
            "type": "line",
            "xref": "x",
            "yref": "paper",
            "x0": now + 1,
            "x1": now + 1,
            "y0": 0,
            "y1": 1,
            "line": _line(NOW, 1.5, "dash"),
        }
    ]
    return PreparedFigure({"data": data, "layout": layout})


def _path(name: str, x: NDArray, y: NDArray, axis: str, line: Spec, form: str, *, step: bool = False) -> Spec:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": escape(name, quote=False),
        "x": typed_array(x),
        "y": typed_array(y),
        "yaxis": axis,
        "line": line | ({"shape": "hv"} if step else {}),
        "hovertemplate": f"{escape(name, quote=False)}<br>arrival %{{x}}: %{{y:{form}}}<extra></extra>",
    }


def _line(colour: str, width: float, dash: str = "solid") -> Spec:
    return {"color": colour, "width": width, "dash": dash}


def _axis(title: str) -> Spec:
    return {
        "gridcolor": GRID_COLOUR,
        "zeroline": False,
        "automargin": True,
        "title": {"text": title, "standoff": 8},
    }


def _layout(height: int, dark: bool) -> dict[str, Any]:
    return {
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 12, "b": 8},
        "paper_bgcolor": "rgba(0, 0, 0, 0)",
        "plot_bgcolor": "rgba(0, 0, 0, 0)",
        "font": {"family": FONT, "size": 13, "color": text_colour(dark)},
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": "#1A242F" if dark else "#FFFFFF", "namelength": -1},
        "modebar": {"bgcolor": "rgba(0, 0, 0, 0)", "color": "#808080", "remove": list(UNWANTED_BUTTONS)},
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 0,
            "xref": "container",
            "yref": "container",
            "yanchor": "bottom",
        },
    }
