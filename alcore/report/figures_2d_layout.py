"""Where the arena's panels, words, legend and player stand."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from alcore.report.figures import UNWANTED_BUTTONS

GRID_COLOUR = "rgba(127, 127, 127, 0.25)"
FONT = '"Source Sans", "Source Sans Pro", system-ui, sans-serif'
INK = "#7A7A7A"  # readable on white and on near-black
MARGINS = {"l": 44, "r": 12, "t": 26, "b": 108}

Spec = dict[str, Any]


class OneRound(Protocol):
    """What is drawn of a round."""

    @property
    def labels(self) -> int: ...  # noqa: D102
    @property
    def accuracy(self) -> float: ...  # noqa: D102


class OneRacer(Protocol):
    """What is drawn of a racer; `alcore.loops.race.Racer` is one."""

    @property
    def strategy(self) -> str: ...  # noqa: D102
    @property
    def rounds(self) -> Sequence[Any]: ...  # noqa: D102
    @property
    def order(self) -> NDArray[np.int64]: ...  # noqa: D102
    @property
    def surfaces_R_Y_X_C(self) -> NDArray[np.float32]: ...  # noqa: D102


def axis_pair(panel: int) -> Spec:
    """The axes of a panel, counted from 1; plotly.js calls the first pair x and y, without a number."""
    number = "" if panel == 1 else str(panel)
    return {"xaxis": f"x{number}", "yaxis": f"y{number}"}


def layout_of(
    x: NDArray, y: NDArray, racers: Sequence[OneRacer], names: Mapping[str, str], narrow: bool, dark: bool
) -> Spec:
    """The layout of `figures_2d.arena_figure`; see there for the arguments."""
    surface_height, curve_height, gap = (255, 200, 40) if narrow else (350, 190, 40)
    entries = len(racers) + racers[0].surfaces_R_Y_X_C.shape[-1]
    # A phone has room for two words of the legend in a row, a wide screen for eight.
    legend_gap = 40 + 22 * math.ceil(entries / (2 if narrow else 8))
    count = len(racers)
    rows = count if narrow else 1
    inner = rows * surface_height + (rows - 1) * gap + legend_gap + curve_height
    layout: Spec = {
        "height": inner + MARGINS["t"] + MARGINS["b"],
        "margin": MARGINS,
        "hovermode": "closest",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "legend": {
            "orientation": "h",
            "x": 1,
            "xanchor": "right",
            "y": (curve_height + (26 if narrow else 2)) / inner,
            "yanchor": "bottom",
        },
        "font": {"color": "#FAFAFA" if dark else "#31333F", "family": FONT},
        "modebar": {
            "remove": list(UNWANTED_BUTTONS),
            "bgcolor": "rgba(0,0,0,0)",
            "color": INK,
            "activecolor": "#FAFAFA" if dark else "#31333F",
        },
        "annotations": [],
    }
    spread = 0.04
    for panel, racer in enumerate(racers, start=1):
        row = panel - 1 if narrow else 0
        top = 1 - row * (surface_height + gap) / inner
        width = 1.0 if narrow else (1 - spread * (count - 1)) / count
        left = 0.0 if narrow else (panel - 1) * (width + spread)
        across, up = axis_pair(panel).values()
        layout[across.replace("x", "xaxis")] = _plain_axis(x, up, [left, left + width])
        layout[up.replace("y", "yaxis")] = _plain_axis(y, across, [top - surface_height / inner, top]) | {
            "scaleanchor": across
        }
        title = f"<b>{names.get(racer.strategy, racer.strategy)}</b>"
        layout["annotations"].append(_note(title, left + width / 2, top, size=15))
    every = [r for racer in racers for r in racer.rounds]
    low = min(r.accuracy for r in every)
    # The legend sits on the curves' upper edge, right of what the axis measures; a title along the axis would
    # cost a phone a quarter of its width.
    layout["annotations"].append(
        _note("<b>Test accuracy</b>", 0, (curve_height + 8) / inner, xanchor="left", size=13)
    )
    layout[f"xaxis{count + 1}"] = {
        "anchor": f"y{count + 1}",
        "domain": [0, 1],
        "title": {"text": "Labelled points", "standoff": 6},
        "range": [min(r.labels for r in every) - 0.5, max(r.labels for r in every) + 0.5],
        "gridcolor": GRID_COLOUR,
        "zeroline": False,
    }
    layout[f"yaxis{count + 1}"] = {
        "anchor": f"x{count + 1}",
        "domain": [0, curve_height / inner],
        "tickformat": ".0%",
        "range": [max(0.0, low - 0.05), min(1.0, max(r.accuracy for r in every) + 0.03)],
        "gridcolor": GRID_COLOUR,
        "zeroline": False,
    }
    return layout | player(len(racers[0].rounds), inner, start=0.36 if narrow else 0.12)


def _note(text: str, x: float, y: float, *, size: int, xanchor: str = "center") -> Spec:
    """Words on the paper, their lower edge at y."""
    return {
        "text": text,
        "font": {"size": size},
        "x": x,
        "y": y,
        "xref": "paper",
        "yref": "paper",
        "xanchor": xanchor,
        "yanchor": "bottom",
        "showarrow": False,
    }


def _plain_axis(values: NDArray, anchor: str, domain: list[float]) -> Spec:
    return {
        "anchor": anchor,
        "domain": domain,
        "range": [float(values[0]), float(values[-1])],
        "constrain": "domain",
        "showticklabels": False,
        "showgrid": False,
        "zeroline": False,
    }


def player(rounds: int, inner_height: int, *, start: float) -> Spec:
    """A round slider with play and pause, as parts of a layout; frames are named by their number."""
    hold = {"frame": {"duration": 0, "redraw": False}, "transition": {"duration": 0}}
    steps = [
        {"label": str(n), "method": "animate", "args": [[str(n)], hold | {"mode": "immediate"}]}
        for n in range(rounds)
    ]
    play = {
        "frame": {"duration": 250, "redraw": False},
        "transition": {"duration": 0},
        "fromcurrent": True,
        "mode": "immediate",
    }
    below = -52 / inner_height
    return {
        "sliders": [
            {
                "active": rounds - 1,
                "steps": steps,
                "x": start,
                "len": 1 - start,
                "y": below,
                "pad": {"t": 0},
                "currentvalue": {"prefix": "Round ", "xanchor": "left", "font": {"size": 13}},
                "tickcolor": INK,
                "bordercolor": INK,
                "bgcolor": "rgba(127, 127, 127, 0.3)",
                "activebgcolor": "#0072B2",
            }
        ],
        "updatemenus": [
            {
                "type": "buttons",
                "direction": "right",
                "showactive": False,
                "x": 0,
                "xanchor": "left",
                "y": below,
                "yanchor": "top",
                "pad": {"t": 12, "r": 4},
                "bgcolor": "rgba(127, 127, 127, 0.15)",
                "bordercolor": GRID_COLOUR,
                "buttons": [
                    {"label": "▶", "method": "animate", "args": [None, play]},
                    {"label": "❚❚", "method": "animate", "args": [[None], hold | {"mode": "immediate"}]},
                ],
            }
        ],
    }
