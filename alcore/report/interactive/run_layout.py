"""What the lab's charts share."""

from __future__ import annotations

from typing import Any

from alcore.report.interactive.curves import UNWANTED_BUTTONS

TEXT = {False: "#31333F", True: "#FAFAFA"}
GRID = "rgba(128, 128, 128, 0.25)"
GREY = "#7F7F7F"
FONT = '"Source Sans", "Source Sans Pro", system-ui, sans-serif'


def layout(dark: bool, height: int) -> dict[str, Any]:
    """The layout that the lab's charts share, without axes."""
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
