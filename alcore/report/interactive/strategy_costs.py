"""Measured time against pool size: a strategy among all others."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from alcore.report.interactive.curves import UNWANTED_BUTTONS, PreparedFigure, typed_array
from alcore.report.style import strategy_style, translucent

_TEXT = {False: "#31333F", True: "#FAFAFA"}
_GRID = "rgba(128, 128, 128, 0.25)"
_FONT = '"Source Sans", "Source Sans Pro", system-ui, sans-serif'

Times = Mapping[str, tuple[tuple[int, ...], tuple[float, ...]]]


def costs_figure(
    times: Times, chosen: str, *, names: Mapping[str, str], dark: bool = False, height: int = 300
) -> PreparedFigure:
    """Seconds per batch against points in the pool, on logarithmic axes.

    Args:
        times: pool sizes and seconds of each strategy.
        chosen: strategy drawn in its own style; the others are thin and grey.
        names: display names of strategies.
        dark: for a dark page; the background is transparent in both.
        height: in pixels.
    """
    order = [*(name for name in times if name != chosen), *([chosen] if chosen in times else [])]
    axis: dict[str, Any] = {
        "type": "log",
        "gridcolor": _GRID,
        "zeroline": False,
        "automargin": True,
        "dtick": 1,
        "tickformat": ",~g",
    }
    return PreparedFigure(
        {
            "data": [_trace(name, *times[name], names.get(name, name), name == chosen) for name in order],
            "layout": {
                "height": height,
                "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
                "paper_bgcolor": "rgba(0, 0, 0, 0)",
                "plot_bgcolor": "rgba(0, 0, 0, 0)",
                "font": {"family": _FONT, "size": 13, "color": _TEXT[dark]},
                "hovermode": "closest",
                "hoverlabel": {"bgcolor": "#1A242F" if dark else "#FFFFFF", "namelength": -1},
                "showlegend": False,
                "modebar": {
                    "bgcolor": "rgba(0, 0, 0, 0)",
                    "color": "#808080",
                    "activecolor": _TEXT[dark],
                    "remove": list(UNWANTED_BUTTONS),
                },
                "xaxis": axis | {"title": {"text": "Points in the pool, n", "standoff": 6}},
                "yaxis": axis | {"title": {"text": "Seconds a batch", "standoff": 6}},
            },
        }
    )


def _trace(name: str, sizes: tuple[int, ...], seconds: tuple[float, ...], said: str, chosen: bool) -> dict[str, Any]:
    look = strategy_style(name)
    color = look.color if chosen else translucent("#808080", 0.4)
    return {
        "type": "scatter",
        "mode": "lines+markers" if chosen else "lines",
        "name": escape(said, quote=False),
        "x": typed_array(np.array(sizes)),
        "y": typed_array(np.array(seconds)),
        "hovertemplate": "%{x:,} points: %{y:.2g} s",
        "line": {"color": color, "dash": look.dash if chosen else "solid", "width": 3 if chosen else 1.2},
        "marker": {"symbol": look.symbol, "size": 9, "color": color},
    }
