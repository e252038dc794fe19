"""The MNIST lab's learning curves with published results, and the difference between two groups of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from alcore.report.interactive.curves import UNWANTED_BUTTONS, PreparedFigure, learning_curves, typed_array
from alcore.report.statistics.paired_difference import Difference
from alcore.report.style import AXES, SHARES, strategy_style, translucent

TEXT = {False: "#31333F", True: "#FAFAFA"}
GRID = "rgba(128, 128, 128, 0.25)"
GREY = "#7F7F7F"
FONT = '"Source Sans", "Source Sans Pro", system-ui, sans-serif'


def layout(dark: bool, height: int) -> dict[str, Any]:
    """The common layout of the lab's charts, without axes."""
    return {
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 12, "b": 8},
        "paper_bgcolor": "rgba(0, 0, 0, 0)",
        "plot_bgcolor": "rgba(0, 0, 0, 0)",
        "font": {"family": FONT, "size": 14, "color": TEXT[dark]},
        "hovermode": "closest",
        "hoverlabel": {"align": "left", "namelength": -1, "font": {"family": FONT, "size": 14}},
        "legend": {"orientation": "h", "x": 0, "xref": "container", "yref": "container", "y": 0}
        | {"yanchor": "bottom", "traceorder": "normal"},
        "showlegend": True,
        "modebar": {
            "bgcolor": "rgba(0, 0, 0, 0)",
            "color": "#808080",
            "activecolor": TEXT[dark],
            "remove": list(UNWANTED_BUTTONS),
        },
    }


def axis(title: str) -> dict[str, Any]:
    """An axis with this title."""
    return {
        "title": {"text": title, "standoff": 8},
        "gridcolor": GRID,
        "zeroline": False,
        "automargin": True,
    }


def lab_curves(
    frame: pd.DataFrame,
    *,
    metric: str = "accuracy",
    x: str = "labels",
    dark: bool = False,
    names: Mapping[str, str] | None = None,
    x_range: Sequence[float] | None = None,
    y_range: Sequence[float] | None = None,
    height: int = 400,
    published: Mapping[str, Sequence[tuple[float, float]]] | None = None,
    knee: float | None = None,
    bands: bool = True,
) -> PreparedFigure:
    """Learning curves of a race; for a strategy with several seeds, their mean and its interval.

    Args:
        frame: from `curves.curve_frame`.
        metric: a key of `style.METRICS`.
        x: "labels" or "round".
        dark: for a dark page.
        names: display names by run id or strategy key.
        x_range: limits of the x axis, for a chart that is redrawn while it grows.
        y_range: limits of the y axis.
        height: in pixels.
        published: published results: name -> points of (x, y), drawn dotted in grey.
        knee: x position of the knee, where the sharp rise ends and the plateau begins; marked with a line.
        bands: see `learning_curves`.
    """
    spec: dict[str, Any] = learning_curves(
        frame,
        metric=metric,
        x=x,
        dark=dark,
        names=names,
        x_range=x_range,
        y_range=y_range,
        height=height,
        bands=bands,
    ).to_dict()
    form = ".1%" if metric in SHARES else ".4g"
    for name, points in (published or {}).items():
        at, heights = zip(*points, strict=True)
        text = escape(name, quote=False)
        spec["data"].append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": text,
                "x": typed_array(at),
                "y": typed_array(heights),
                "hovertemplate": f"<b>{text}</b><br>{AXES[x]}: %{{x:,}}<br>%{{y:{form}}}<extra></extra>",
                "line": {"color": GREY, "dash": "dot", "width": 2},
                "marker": {"symbol": "circle-open", "size": 7, "color": GREY},
            }
        )
        if not y_range:
            ends = spec["layout"]["yaxis"]["range"]
            low, high = min(ends[0], *heights), max(ends[1], *heights)
            room = 0.03 * (high - low)
            spec["layout"]["yaxis"]["range"] = [low - room, high + room]
    if published:
        spec["layout"]["showlegend"] = True
    if knee is not None:
        spec["layout"]["shapes"] = [_upright(knee)]
        spec["layout"]["annotations"] = [
            {
                "x": knee,
                "yref": "paper",
                "y": 0.02,
                "yanchor": "bottom",
                "xanchor": "left",
                "xshift": 4,
                "text": "sharp rise | plateau",
                "showarrow": False,
            }
        ]
    return PreparedFigure(spec)


def difference_figure(
    difference: Difference,
    names: Sequence[str],
    *,
    key: str = "",
    dark: bool = False,
    height: int = 340,
) -> PreparedFigure:
    """A paired difference with its 95 % interval at each x, and the zero line.

    Args:
        difference: from `paired_difference`; a single pair has no interval.
        names: names of the two groups, minuend first.
        key: strategy of the first group, which sets the style.
        dark: for a dark page.
        height: in pixels.
    """
    style = strategy_style(key or names[0])
    share = difference.metric in SHARES
    scale = 100.0 if share else 1.0
    mean_T, low_T, high_T = (scale * part for part in (difference.mean_T, difference.low_T, difference.high_T))
    data: list[dict[str, Any]] = []
    told = ""
    if np.isfinite(low_T).all():
        told = "<br>95 % interval %{customdata[0]:+.3g} to %{customdata[1]:+.3g}"
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": f"95 % interval, {len(difference.seeds)} paired seeds",
                "hoverinfo": "skip",
                "x": typed_array(np.concatenate([difference.x_T, difference.x_T[::-1]])),
                "y": typed_array(np.concatenate([high_T, low_T[::-1]])),
                "line": {"width": 0},
                "fill": "toself",
                "fillcolor": translucent(style.color, 0.18),
            }
        )
    label = f"{escape(names[0], quote=False)} less {escape(names[1], quote=False)}"
    data.append(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": label,
            "x": typed_array(difference.x_T),
            "y": typed_array(mean_T),
            "customdata": np.column_stack([low_T, high_T]).tolist() if told else None,
            "hovertemplate": f"{AXES[difference.x]}: %{{x:,}}<br>%{{y:+.3g}}{told}<extra></extra>",
            "line": {"color": style.color, "dash": style.dash, "width": 2.5},
            "marker": {"symbol": style.symbol, "size": 7, "color": style.color},
        }
    )
    unit = " (percentage points)" if share else " (nats)" if difference.metric == "nll" else ""
    axes = {
        "xaxis": axis(AXES[difference.x]) | {"separatethousands": True},
        "yaxis": axis(f"Difference{unit}") | {"tickformat": "+"},
    }
    level = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0}
    shapes = [level | {"line": {"color": TEXT[dark], "width": 1.5}}]
    return PreparedFigure({"data": data, "layout": layout(dark, height) | axes | {"shapes": shapes}})


def _upright(x: float) -> dict[str, Any]:
    line = {"color": GREY, "width": 1.5, "dash": "dot"}
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": line,
    }
