"""What the player reads beside the traces of the arena's figure: axes, titles, fonts.

Where panels, words and legend stand is computed in the browser, from the room there is (`figure_layout.js`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from alcore.report.interactive.render import FONT, GRID_COLOUR, UNWANTED_BUTTONS, text_colour

INK = "#7A7A7A"  # readable on white and on near-black
MAP_HEIGHT = 340  # pixels of a map for which sizes are given; the browser scales them with the map
CROWD = 150  # labels in a panel beyond which they are drawn smaller

Spec = dict[str, Any]


class OneRound(Protocol):
    """What is drawn of a round."""

    @property
    def labels(self) -> int: ...  # noqa: D102
    @property
    def accuracy(self) -> float: ...  # noqa: D102


class OneRacer(Protocol):
    """What is drawn of a racer; `alcore.loops.races.race.RaceTrace` is one."""

    @property
    def strategy(self) -> str: ...  # noqa: D102
    @property
    def rounds(self) -> Sequence[Any]: ...  # noqa: D102
    @property
    def order(self) -> NDArray[np.int64]: ...  # noqa: D102
    @property
    def surfaces_R_Y_X_C(self) -> NDArray[np.float32]: ...  # noqa: D102


class Behind(Protocol):
    """What lies behind a curve; `alcore.report.interactive.arena.traces.CurveBand` is one."""

    @property
    def labels_T(self) -> NDArray: ...  # noqa: D102, N802
    @property
    def low_T(self) -> NDArray: ...  # noqa: D102, N802
    @property
    def high_T(self) -> NDArray: ...  # noqa: D102, N802


@dataclass(frozen=True)
class Ends:
    """What the axes of the curves must hold beside the curves.

    Attributes:
        curve_bands: behind the curves.
        accuracies: further heights.
        until: the last number of labels; None: that of the race.
    """

    curve_bands: Sequence[Behind] = ()
    accuracies: Sequence[float] = ()
    until: int | None = None


def axis_pair(panel: int) -> Spec:
    """The axes of a panel, counted from 1; plotly.js calls the first pair x and y, without a number."""
    number = "" if panel == 1 else str(panel)
    return {"xaxis": f"x{number}", "yaxis": f"y{number}"}


def hover_label(dark: bool) -> Spec:
    """The look of what hovering tells."""
    return {
        "align": "left",
        "bgcolor": "#1F2B37" if dark else "#FFFFFF",
        "bordercolor": INK,
        "font": {"family": FONT, "size": 13, "color": text_colour(dark)},
    }


def plane_layout(x: NDArray, y: NDArray, *, height: int, dark: bool) -> Spec:
    """The layout of a single map, without axes.

    Args:
        x: columns of its surface; the ends are those of the map.
        y: rows of its surface.
        height: in pixels.
        dark: for a dark page.
    """
    across, up = ({"visible": False, "range": [float(ends[0]), float(ends[-1])]} for ends in (x, y))
    return {
        "height": height,
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
        "paper_bgcolor": "rgba(0, 0, 0, 0)",
        "plot_bgcolor": "rgba(0, 0, 0, 0)",
        "font": {"color": text_colour(dark), "family": FONT, "size": 13},
        "hovermode": "closest",
        "legend": {"orientation": "h", "y": -0.02, "yanchor": "top", "itemsizing": "constant", "maxheight": 800},
        "modebar": {"bgcolor": "rgba(0, 0, 0, 0)", "color": "#808080", "remove": list(UNWANTED_BUTTONS)},
        "xaxis": across,
        "yaxis": up | {"scaleanchor": "x", "constrain": "domain"},
    }


def marker_size(labels: int) -> float:
    """Width of a labelled point in pixels; many large ones would hide one another."""
    return 15.0 if labels <= CROWD else 12.0


def layout_of(
    x: NDArray,
    y: NDArray,
    racers: Sequence[OneRacer],
    titles: Sequence[Spec],
    ends: Ends,
    *,
    dark: bool,
) -> Spec:
    """The layout of `arena_figure`; see there for the arguments.

    Args:
        x: columns of the surfaces.
        y: rows of the surfaces.
        racers: one a panel.
        titles: of the panels: their text and the marker of their curve.
        ends: what the axes of the curves must hold.
        dark: for a dark page.
    """
    layout: Spec = {
        "hoverlabel": hover_label(dark),
        "font": {"color": text_colour(dark), "family": FONT},
        "meta": {"titles": list(titles), "labels": [one.labels for one in racers[0].rounds]},
    }
    for panel in range(1, len(racers) + 1):
        across, up = axis_pair(panel).values()
        layout[across.replace("x", "xaxis")] = _plain_axis(x)
        layout[up.replace("y", "yaxis")] = _plain_axis(y)
    return layout | _curve_axes(racers, ends)


def _curve_axes(racers: Sequence[OneRacer], ends: Ends) -> Spec:
    every = [one for racer in racers for one in racer.rounds]
    labels = [one.labels for one in every]
    first, last = min(labels), max(labels) if ends.until is None else ends.until
    heights = [one.accuracy for one in every] + list(ends.accuracies)
    lows = heights + [float(np.min(band.low_T)) for band in ends.curve_bands]
    highs = heights + [float(np.max(band.high_T)) for band in ends.curve_bands]
    number = len(racers) + 1
    room = 0.015 * (last - first) + 0.5  # half a marker
    return {
        f"xaxis{number}": {
            "title": {"text": "Labelled points"},
            "range": [first - room, last + room],
            "gridcolor": GRID_COLOUR,
        },
        f"yaxis{number}": {
            "range": [max(-0.02, min(lows) - 0.04), min(1.02, max(highs) + 0.03)],
            "nticks": 6,
            "gridcolor": GRID_COLOUR,
        },
    }


def _plain_axis(values: NDArray) -> Spec:
    return {
        "range": [float(values[0]), float(values[-1])],
        "showticklabels": False,
        "linecolor": GRID_COLOUR,
    }
