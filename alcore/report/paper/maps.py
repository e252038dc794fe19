"""Small square maps side by side for print, drawn with matplotlib on white, at final size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.extras import optional_imports
from alcore.report.contours import bands
from alcore.report.paper.render import MM, PROSE, PT_MM, TWO_COLUMNS_MM, settings, wrapped
from alcore.report.phrases import format_labels, percent
from alcore.report.statistics.batch_quality import repeats
from alcore.report.style import DASHES, SYMBOLS, class_style, ink_on, strategy_style
from alcore.report.svg.panels import MARK_SYMBOLS, Mark, Panel
from alcore.report.svg.paths import SHARES
from alcore.report.svg.plane import BatchPanel, PoolMap2D

with optional_imports():
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Circle, PathPatch
    from matplotlib.path import Path

# Smallest width of a map at which its numbers are readable.
SMALLEST_MM = 40.0
# The same in units of the font size, which is also that of the numbers.
_SMALLEST_EM = 10.0
# Size of the texts below a map, in units of the font size.
_SMALL = 0.85
_INK, _FAINT = "#333333", "#9A9A9A"
# The ring of a near-duplicate.
_REPEAT = "#D55E00"
# Inner radius of a star as a share of the outer one: as wide as those on the screen, for the number in it.
_STAR = 0.61


def print_panels(
    panes: Sequence[Panel],
    marks: Sequence[Mark],
    *,
    width_mm: float = TWO_COLUMNS_MM,
    font_pt: float = 8.0,
    title: str = "",
    words: str = "",
) -> Figure:
    """Panels with the same marks in each, as many per row as fit; `to_bytes` saves them.

    Args:
        panes: one or more.
        marks: the marks.
        width_mm: width of the whole figure.
        font_pt: font size in points, as printed.
        title: above all.
        words: what the marks mean, under the title.

    Raises:
        ValueError: without a panel.
    """
    if not panes:
        raise ValueError("there is nothing to print: give at least one pane")
    draws = [partial(_draw_panel, pane, marks, font_pt) for pane in panes]
    texts = [(pane.title, pane.words) for pane in panes]
    return _print_maps(texts, draws, width_mm, font_pt, title, words)


def print_batches(
    plane: PoolMap2D,
    panels: Sequence[BatchPanel],
    *,
    width_mm: float = TWO_COLUMNS_MM,
    font_pt: float = 8.0,
    title: str = "",
    words: str = "",
) -> Figure:
    """Batches on the map of their pool, with numbered picks; `to_bytes` saves them.

    Args:
        plane: the pool.
        panels: one or more.
        width_mm: width of the whole figure.
        font_pt: font size in points, as printed.
        title: above all.
        words: what the marks mean, under the title.

    Raises:
        ValueError: without a panel.
    """
    if not panels:
        raise ValueError("There is no batch to print: choose at least one way to fill it.")
    draws = [partial(_draw_batch, plane, panel, font_pt) for panel in panels]
    return _print_maps([(panel.label, _words(panel)) for panel in panels], draws, width_mm, font_pt, title, words)


def _print_maps(
    texts: Sequence[tuple[str, Sequence[str]]],
    draws: Sequence[Callable[[Axes, float], None]],
    width_mm: float,
    font_pt: float,
    heading: str,
    legend: str,
) -> Figure:
    """Maps in rows: above each its title, below it lines of words, wrapped to its width; above all a heading."""
    em_mm = font_pt * PT_MM
    # A character is about half as wide as it is high; a title is in one line.
    longest_mm = 0.6 * em_mm * max(len(title) for title, _ in texts)
    smallest_mm = max(SMALLEST_MM, _SMALLEST_EM * em_mm, longest_mm + 2)
    most = int(np.clip(width_mm // smallest_mm, 1, len(texts)))
    rows = -(-len(texts) // most)
    columns = -(-len(texts) // rows)
    side_mm, line_mm = width_mm / columns - 2, 1.45 * em_mm
    room_em = side_mm / (_SMALL * em_mm)
    below_P = [[part for line in words for part in wrapped(line, room_em, PROSE)] for _, words in texts]
    tall_mm = side_mm + (2.1 + _SMALL * max(map(len, below_P))) * line_mm
    above = [
        *((line, "bold") for line in (wrapped(heading, width_mm / em_mm) if heading else [])),
        *((line, "normal") for line in (wrapped(legend, width_mm / em_mm - 1, PROSE) if legend else [])),
    ]
    top_mm = line_mm * len(above)
    height_mm = rows * tall_mm + top_mm
    with settings(font_pt):
        figure = Figure(figsize=(width_mm * MM, height_mm * MM))
        FigureCanvasAgg(figure)
        for number, (line, weight) in enumerate(above):
            place = (1 / width_mm, 1 - (number + 0.75) * line_mm / height_mm)
            figure.text(*place, line, va="center", fontweight=weight, fontsize=font_pt)
        for number, ((title, _), below, draw) in enumerate(zip(texts, below_P, draws, strict=True)):
            row, column = divmod(number, columns)
            left_mm = column * width_mm / columns + 1
            low_mm = height_mm - top_mm - row * tall_mm - 1.5 * line_mm - side_mm
            axes = figure.add_axes((left_mm / width_mm, low_mm / height_mm, side_mm / width_mm, side_mm / height_mm))
            axes.set(xticks=[], yticks=[])
            axes.grid(visible=False)
            draw(axes, side_mm)
            axes.set_title(title, fontweight="bold", pad=font_pt / 3)
            axes.set_xlabel("\n".join(below), fontsize=_SMALL * font_pt, labelpad=0.6 * font_pt)
    return figure


def _draw_panel(pane: Panel, marks: Sequence[Mark], font_pt: float, axes: Axes, side_mm: float) -> None:
    for layer in pane.layers:
        if layer.fill == "hatch":
            look: dict[str, Any] = {"fill": False, "hatch": "////", "edgecolor": layer.color}
        else:
            look = {"facecolor": layer.color, "edgecolor": "none", "alpha": layer.opacity}
        axes.add_patch(PathPatch(_path(layer.polygons_V_2), linewidth=0, **look))
    for line in pane.lines:
        look = {"edgecolor": _INK, "linewidth": font_pt / 9, "linestyle": DASHES[line.dash]}
        axes.add_patch(PathPatch(_path(line.at_V_2, closed=line.closed), fill=False, **look))
    if pane.dots_N_2 is not None:
        axes.plot(*pane.dots_N_2.T, "o", color=_FAINT, markersize=font_pt / 4, markeredgewidth=0)
    for x, y, text in pane.labels:
        axes.text(x, y, text, ha="center", va="center", fontsize=_SMALL * font_pt)
    for mark, symbol in zip(marks, MARK_SYMBOLS, strict=True):
        axes.plot(*mark.at, SYMBOLS[symbol], color=_INK, markeredgecolor="white", markersize=1.25 * font_pt)
        _number(axes, mark.letter, mark.at, 0.75 * font_pt, "white")
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.spines[:].set_visible(False)


def _path(at_V_2: NDArray, *, closed: bool = True) -> Path:
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


def _draw_batch(plane: PoolMap2D, panel: BatchPanel, font_pt: float, axes: Axes, side_mm: float) -> None:
    style, one, surface_Y_X = strategy_style(panel.selector), panel.summary, panel.surface.z_Y_X
    top = float(surface_Y_X.max())
    for polygons in bands(plane.x, plane.y, surface_Y_X, [share * top for share in SHARES]) if top > 0 else []:
        axes.add_patch(PathPatch(_path(polygons), facecolor=panel.shade, alpha=0.13, linewidth=0))
    pool_N_2 = np.delete(plane.points_N_2, plane.labeled, axis=0)
    axes.plot(*pool_N_2.T, ".", color=_FAINT, markersize=font_pt / 4, markeredgewidth=0)
    for label in range(len(plane.class_names)):
        mine = plane.labeled[plane.y_N[plane.labeled] == label]
        look: dict[str, Any] = {"color": "white", "markeredgecolor": _INK, "markeredgewidth": font_pt / 11}
        symbol = SYMBOLS[class_style(label).symbol]
        axes.plot(*plane.points_N_2[mine].T, symbol, markersize=font_pt / 2.2, **look)
    circle: Any = {"fill": False, "linestyle": "--", "linewidth": 0.7, "color": _INK}
    axes.add_patch(Circle(tuple(plane.points_N_2[one.farthest]), one.covering_radius, **circle))
    axes.plot(*plane.points_N_2[one.farthest], "o", color=_INK, markersize=font_pt / 2.7, markeredgewidth=0)
    # The first pick is on top of its duplicates.
    size = font_pt * (1.35 if len(panel.picks) <= 25 else 1.0 if len(panel.picks) <= 60 else 0.75)
    # Triangles are centred at half their height; the number goes where they are wide.
    shift = {"triangle-up": -0.12, "triangle-down": 0.12}.get(style.symbol, 0.0) * size
    look = {"color": style.color, "markersize": size, "markeredgecolor": "white", "markeredgewidth": size / 16}
    look["marker"] = SYMBOLS[style.symbol]
    if style.symbol == "star":
        look |= {"marker": Path.unit_regular_star(5, _STAR), "markersize": 1.35 * size}
    ring: Any = {"fill": False, "edgecolor": _REPEAT, "linewidth": size / 12, "linestyle": (0, (2, 1.2)), "zorder": 2}
    unit = float(plane.x[-1] - plane.x[0]) / (side_mm / PT_MM)  # of a point, on the map
    places_K_2 = plane.points_N_2[panel.picks]
    shown_K_2 = apart(places_K_2, 0.95 * size * unit)
    edge = 0.6 * size * unit
    shown_K_2 = np.clip(shown_K_2, [plane.x[0] + edge, plane.y[0] + edge], [plane.x[-1] - edge, plane.y[-1] - edge])
    again_K = repeats(places_K_2)
    for k in range(len(panel.picks) - 1, -1, -1):
        x, y = shown_K_2[k]
        axes.plot(*zip(places_K_2[k], (x, y), strict=True), color=_INK, linewidth=font_pt / 20)
        if again_K[k]:
            axes.add_patch(Circle((x, y), 0.72 * size * unit, **ring))
        axes.plot(x, y, linestyle="none", **look)
        _number(axes, str(k + 1), (x, y), 0.5 * size, ink_on(style.color), shift)
    axes.set(xlim=(plane.x[0], plane.x[-1]), ylim=(plane.y[0], plane.y[-1]))
    axes.spines[:].set(visible=True, color="#BBBBBB")


def apart(places_K_2: NDArray, gap: float) -> NDArray:
    """Places moved apart until none is nearer to another than the gap, as far as 60 turns do it.

    As `spread` of the batch explorer's map.js, so that numbers stay readable on paper as on the screen.
    """
    turn = 2.4 * np.arange(len(places_K_2))
    at = places_K_2 + 1e-3 * gap * np.column_stack([np.cos(turn), np.sin(turn)])
    for _ in range(60):
        moved = False
        for i in range(len(at)):
            for j in range(i + 1, len(at)):
                step = at[j] - at[i]
                far = float(np.hypot(*step))
                if 0 < far < gap:
                    push = 0.5 * (gap - far) / far * step
                    at[i] -= push
                    at[j] += push
                    moved = True
        if not moved:
            break
    return at


def _number(axes: Axes, text: str, place: tuple[float, float], size: float, color: str, shift: float = 0.0) -> None:
    """A number or letter inside a marker, shifted upwards by some points."""
    look: Any = {"ha": "center", "va": "center_baseline", "fontsize": size, "color": color, "fontweight": "bold"}
    axes.annotate(text, place, xytext=(0, shift), textcoords="offset points", **look)


def _words(panel: BatchPanel) -> tuple[str, str]:
    """The texts below a map."""
    one = panel.summary
    about = "" if one.exact else "about "
    worth = f"{format_labels(one.picks)} worth {about}{one.worth:.1f}"
    if isnan(one.worth):
        worth = f"{about}{one.joint:.2f} nats"
    return (
        f"{worth}, {percent(one.repeated, 0)} redundant",
        f"uncertainty {one.mean_uncertainty:.2f}, radius {one.covering_radius:.2f}",
    )
