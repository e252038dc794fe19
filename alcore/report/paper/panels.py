"""Small pictures with marks for print, drawn with matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import numpy as np

from alcore.extras import optional_imports
from alcore.report.paper.render import MM, PT_MM, TWO_COLUMNS_MM, settings
from alcore.report.svg.panels import Mark, Panel

with optional_imports():
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

SMALLEST_MM = 40.0
_INK, _FAINT = "#222222", "#8A8A8A"
_MARKERS = ("o", "s")
_DASHES: dict[str, Any] = {"solid": "-", "dot": (0, (1.5, 1.5))}


def print_panels(
    panes: Sequence[Panel],
    marks: Sequence[Mark],
    *,
    width_mm: float = TWO_COLUMNS_MM,
    font_pt: float = 8.0,
) -> Figure:
    """Panels on white at final size, as many per row as fit; `to_bytes` saves them.

    Raises:
        ValueError: without a panel.
    """
    if not panes:
        raise ValueError("there is nothing to print: give at least one pane")
    most = int(np.clip(width_mm // SMALLEST_MM, 1, len(panes)))
    rows = -(-len(panes) // most)
    columns = -(-len(panes) // rows)
    side_mm = width_mm / columns - 2
    line_mm = 1.45 * font_pt * PT_MM
    # A character is about half as wide as it is high.
    most_signs = int(side_mm / (0.5 * 0.85 * font_pt * PT_MM))
    below_P = [[part for line in pane.words for part in wrap(line, most_signs)] for pane in panes]
    below = max(map(len, below_P))
    tall_mm = side_mm + (2.1 + 1.1 * below) * line_mm
    height_mm = rows * tall_mm
    with settings(font_pt):
        figure = Figure(figsize=(width_mm * MM, height_mm * MM))
        FigureCanvasAgg(figure)
        for number, (pane, words) in enumerate(zip(panes, below_P, strict=True)):
            row, column = divmod(number, columns)
            left_mm = column * width_mm / columns + 1
            low_mm = height_mm - row * tall_mm - 1.5 * line_mm - side_mm
            axes = figure.add_axes((left_mm / width_mm, low_mm / height_mm, side_mm / width_mm, side_mm / height_mm))
            _draw(axes, pane, words, marks, font_pt)
    return figure


def _draw(axes: Axes, pane: Panel, words: list[str], marks: Sequence[Mark], font_pt: float) -> None:
    for layer in pane.layers:
        if layer.fill == "hatch":
            look: dict[str, Any] = {"fill": False, "hatch": "////", "edgecolor": layer.color}
        else:
            look = {"facecolor": layer.color, "edgecolor": "none", "alpha": layer.opacity}
        axes.add_patch(PathPatch(_path(layer.polygons_V_2), linewidth=0, **look))
    for line in pane.lines:
        axes.add_patch(
            PathPatch(
                _path(line.at_V_2, closed=line.closed),
                fill=False,
                edgecolor=_INK,
                linewidth=font_pt / 9,
                linestyle=_DASHES[line.dash],
            )
        )
    if pane.dots_N_2 is not None:
        axes.plot(*pane.dots_N_2.T, "o", color=_FAINT, markersize=font_pt / 4, markeredgewidth=0)
    for x, y, text in pane.labels:
        axes.text(x, y, text, ha="center", va="center", fontsize=0.85 * font_pt)
    for mark, marker in zip(marks, _MARKERS, strict=True):
        axes.plot(*mark.at, marker, color=_INK, markeredgecolor="white", markersize=1.25 * font_pt)
        axes.annotate(
            mark.letter,
            mark.at,
            ha="center",
            va="center_baseline",
            color="white",
            fontsize=0.75 * font_pt,
            fontweight="bold",
        )
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_axis_off()
    axes.set_title(pane.title, fontweight="bold", pad=font_pt / 3)
    axes.text(0.5, -0.04, "\n".join(words), ha="center", va="top", fontsize=0.85 * font_pt)


def _path(at_V_2: Any, *, closed: bool = True) -> Path:
    """Rings or lines, separated by rows of NaN; holes run in the opposite direction."""
    vertices: list[Any] = [np.empty((0, 2))]
    codes: list[int] = []
    for part in np.split(at_V_2, np.flatnonzero(np.isnan(at_V_2[:, 0]))):
        part = part[~np.isnan(part[:, 0])]
        if len(part) < 2:
            continue
        vertices.append(np.concatenate([part, part[:1]]) if closed else part)
        lines = [int(Path.LINETO)] * (len(part) - 1)
        codes += [int(Path.MOVETO), *lines, *([int(Path.CLOSEPOLY)] if closed else [])]
    return Path(np.concatenate(vertices), codes)
