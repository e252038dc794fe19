"""Where the arena's panels, words and legend stand, as far as the player reads it."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from alcore.report.interactive.render import FONT, GRID_COLOUR, UNWANTED_BUTTONS, text_colour

INK = "#7A7A7A"  # readable on white and on near-black
MARGINS = {"l": 4, "r": 8, "t": 30, "b": 46}
TICKS = {False: 0.042, True: 0.115}  # share of the width left of the curves for their tick labels; by narrow
GAP = 44  # between two panels under one another, with room for a title
SPREAD = 0.03  # between two panels beside one another, as a share of the width
# Heights of the panels by their number: up to what 950 px of width can fill, but low enough that the curves
# below stay on a laptop's screen.
PANEL_HEIGHTS = {1: 284, 2: 284, 3: 226, 4: 172, 5: 136}
NARROW_PANEL_HEIGHT = 260
TITLE_SIZES = {4: 13, 5: 11}  # of as many panels beside one another
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


class Ends(Protocol):
    """What lies behind a curve; `alcore.report.interactive.arena.traces.CurveBand` is one."""

    @property
    def low_T(self) -> NDArray: ...  # noqa: D102, N802
    @property
    def high_T(self) -> NDArray: ...  # noqa: D102, N802


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


def panel_height(panels: int, narrow: bool) -> int:
    """Of a surface, in pixels."""
    return NARROW_PANEL_HEIGHT if narrow else PANEL_HEIGHTS[min(panels, max(PANEL_HEIGHTS))]


def marker_size(panels: int, narrow: bool, labels: int) -> float:
    """Width of a labelled point in pixels; large ones would hide small panels, or one another if many."""
    size = 15.0 if panels < 3 and not narrow else 13.0 if panels < 4 else 12.0
    return size if labels <= CROWD else 0.8 * size


def layout_of(
    x: NDArray,
    y: NDArray,
    racers: Sequence[OneRacer],
    titles: Sequence[str],
    entries: Sequence[str],
    curve_bands: Sequence[Ends],
    *,
    narrow: bool,
    dark: bool,
) -> Spec:
    """The layout of `arena_figure`; see there for the arguments.

    Args:
        x: columns of the surfaces.
        y: rows of the surfaces.
        racers: one a panel.
        titles: of the panels.
        entries: the words of the legend.
        curve_bands: behind the curves.
        narrow: panels under one another.
        dark: for a dark page.
    """
    count = len(racers)
    height = panel_height(count, narrow)
    curve_height = 190 if narrow or count > 2 else 150
    legend_gap = 38 + 22 * _legend_rows(entries, narrow)
    rows = count if narrow else 1
    # A title of several lines takes more room above the panels.
    above = MARGINS | {"t": MARGINS["t"] + 17 * max(title.count("<br>") for title in titles)}
    inner = rows * height + (rows - 1) * GAP + legend_gap + curve_height
    ink = text_colour(dark)
    layout: Spec = {
        "height": inner + above["t"] + above["b"],
        "margin": above,
        # A finger moves the page, not the axes.
        "dragmode": False if narrow else "zoom",
        "hoverlabel": hover_label(dark),
        # Its lower edge; it fills rows from the right.
        "legend": {"y": (curve_height + (24 if narrow else 2)) / inner},
        "font": {"color": ink, "family": FONT},
        "annotations": [],
    }
    width = 1.0 if narrow else (1 - SPREAD * (count - 1)) / count
    for panel, title in enumerate(titles, start=1):
        row, column = (panel - 1, 0) if narrow else (0, panel - 1)
        top = 1 - row * (height + GAP) / inner
        left = column * (width + SPREAD)
        across, up = axis_pair(panel).values()
        layout[across.replace("x", "xaxis")] = _plain_axis(x, up, [left, min(1.0, left + width)])
        layout[up.replace("y", "yaxis")] = _plain_axis(y, across, [top - height / inner, top]) | {
            "scaleanchor": across,
        }
        size = 15 if narrow else TITLE_SIZES.get(count, 15)
        layout["annotations"].append(_note(title, left + width / 2, top, size=size))
    # The legend sits on the curves' upper edge, right of what the axis measures; a title along the axis would
    # cost a phone a quarter of its width.
    layout["annotations"].append(_note("<b>Test accuracy</b>", 0, (curve_height + 6) / inner, xanchor="left", size=13))
    return layout | _curve_axes(racers, curve_bands, left=TICKS[narrow], top=curve_height / inner)


def _legend_rows(entries: Sequence[str], narrow: bool) -> int:
    """How many rows the words of the legend take, the signs beside them included; rather one too many."""
    room = 320 if narrow else 780
    rows, used = 1, 0
    for words in entries:
        wide = 46 + 7 * len(words)
        rows, used = (rows + 1, wide) if used and used + wide > room else (rows, used + wide)
    return rows


def _curve_axes(racers: Sequence[OneRacer], curve_bands: Sequence[Ends], *, left: float, top: float) -> Spec:
    every = [one for racer in racers for one in racer.rounds]
    lows = [one.accuracy for one in every] + [float(np.min(band.low_T)) for band in curve_bands]
    highs = [one.accuracy for one in every] + [float(np.max(band.high_T)) for band in curve_bands]
    labels = [one.labels for one in every]
    number = len(racers) + 1
    room = 0.015 * (max(labels) - min(labels)) + 0.5  # half a marker
    return {
        f"xaxis{number}": {
            "anchor": f"y{number}",
            "domain": [left, 1],
            "title": {"text": "Labelled points"},
            "range": [min(labels) - room, max(labels) + room],
            "gridcolor": GRID_COLOUR,
        },
        f"yaxis{number}": {
            "anchor": f"x{number}",
            "domain": [0, top],
            "range": [max(-0.02, min(lows) - 0.04), min(1.02, max(highs) + 0.03)],
            "nticks": 6,
            "gridcolor": GRID_COLOUR,
        },
    }


def _note(text: str, x: float, y: float, *, size: int, xanchor: str = "center") -> Spec:
    """Words on the paper, their lower edge at y."""
    return {
        "text": text,
        "font": {"size": size},
        "x": x,
        "y": y,
        "xanchor": xanchor,
    }


def _plain_axis(values: NDArray, anchor: str, domain: list[float]) -> Spec:
    return {
        "anchor": anchor,
        "domain": domain,
        "range": [float(values[0]), float(values[-1])],
        "showticklabels": False,
        "linecolor": GRID_COLOUR,
    }
