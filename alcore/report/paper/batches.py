"""Batches side by side for print: maps with numbered picks, drawn with matplotlib."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from alcore.extras import optional_imports
from alcore.report.paper.render import MM, PT_MM, TWO_COLUMNS_MM, settings
from alcore.report.style import SYMBOLS, class_style, ink_on, strategy_style
from alcore.report.svg.paths import SHARES
from alcore.report.svg.plane import BatchPanel, PoolMap2D

with optional_imports():
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Circle

# Smallest map width at which its numbers are readable.
SMALLEST_MAP_MM = 38.0
# Size of the texts below a map, in units of the font size.
_SMALL = 0.85
_INK, _FAINT = "#333333", "#9A9A9A"


def print_batches(
    plane: PoolMap2D,
    panels: Sequence[BatchPanel],
    *,
    width_mm: float = TWO_COLUMNS_MM,
    font_pt: float = 8.0,
    title: str = "",
) -> Figure:
    """Batches on the map of their pool, on white, at final size.

    Args:
        plane: the pool.
        panels: one or more.
        width_mm: width of the whole figure.
        font_pt: font size in points, as printed.
        title: above the maps; none by default, since a paper has captions.

    Returns:
        a matplotlib figure; `to_bytes` saves it.

    Raises:
        ValueError: without a panel.
    """
    if not panels:
        raise ValueError("There is no batch to print: choose at least one way to fill it.")
    # A character is about 0.55 times as wide as it is high.
    longest_mm = max(
        0.55 * font_pt * PT_MM * max(1.1 * len(panel.label), *(_SMALL * len(line) for line in _words(panel)))
        for panel in panels
    )
    columns = int(np.clip(width_mm // max(SMALLEST_MAP_MM, longest_mm + 2), 1, len(panels)))
    rows = -(-len(panels) // columns)
    map_mm = width_mm / columns - 2
    line_mm = 1.45 * font_pt * PT_MM
    head_mm = 1.6 * line_mm if title else 0.0
    panel_mm = map_mm + 4.1 * line_mm
    height_mm = head_mm + rows * panel_mm
    with settings(font_pt):
        figure = Figure(figsize=(width_mm * MM, height_mm * MM))
        FigureCanvasAgg(figure)
        if title:
            figure.suptitle(title, fontsize=1.1 * font_pt, y=1 - 0.4 * line_mm / height_mm, va="top")
        for number, panel in enumerate(panels):
            row, column = divmod(number, columns)
            left_mm = column * width_mm / columns + 1
            low_mm = height_mm - head_mm - row * panel_mm - 1.5 * line_mm - map_mm
            place = (left_mm / width_mm, low_mm / height_mm, map_mm / width_mm, map_mm / height_mm)
            _draw(figure.add_axes(place), plane, panel, font_pt)
    return figure


def _draw(axes: Axes, plane: PoolMap2D, panel: BatchPanel, font_pt: float) -> None:
    style, one = strategy_style(panel.selector), panel.summary
    surface_Y_X = panel.surface.z_Y_X
    top = float(surface_Y_X.max())
    if top > 0:
        for share in SHARES:
            axes.contourf(
                plane.x, plane.y, surface_Y_X, levels=[share * top, top + 1], colors=[style.color], alpha=0.13
            )
    pool_N_2 = np.delete(plane.points_N_2, plane.labeled, axis=0)
    axes.plot(*pool_N_2.T, ".", color=_FAINT, markersize=font_pt / 4, markeredgewidth=0)
    for label in range(len(plane.class_names)):
        mine = plane.labeled[plane.y_N[plane.labeled] == label]
        axes.plot(
            *plane.points_N_2[mine].T,
            SYMBOLS[class_style(label).symbol],
            color="white",
            markeredgecolor=_INK,
            markeredgewidth=font_pt / 11,
            markersize=font_pt / 2.2,
        )
    x, y = plane.points_N_2[one.farthest]
    axes.add_patch(Circle((x, y), one.covering_radius, fill=False, linestyle="--", linewidth=0.7, color=_INK))
    _draw_picks(axes, plane.points_N_2[panel.picks], panel.selector, font_pt)
    axes.set_xlim(plane.x[0], plane.x[-1])
    axes.set_ylim(plane.y[0], plane.y[-1])
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_color("#BBBBBB")
    axes.set_title(panel.label, fontweight="bold", pad=font_pt / 3)
    axes.set_xlabel("\n".join(_words(panel)), fontsize=_SMALL * font_pt, labelpad=font_pt / 3)


def _words(panel: BatchPanel) -> tuple[str, str]:
    """The texts below a map."""
    one = panel.summary
    about = "" if one.exact else "about "
    return (
        f"{about}{one.joint:.2f} nats told, {100 * one.repeated:.0f} % twice",
        f"uncertainty {one.mean_uncertainty:.2f}, radius {one.covering_radius:.2f}",
    )


def _draw_picks(axes: Axes, picks_B_2: NDArray, selector: str, font_pt: float) -> None:
    """Draw the picks, the first on top of its duplicates."""
    style = strategy_style(selector)
    size = font_pt * (1.35 if len(picks_B_2) <= 25 else 1.0 if len(picks_B_2) <= 60 else 0.75)
    # Triangles are centred at half their height; the number goes where they are wide.
    shift = {"triangle-up": -0.12, "triangle-down": 0.12}.get(style.symbol, 0.0) * size
    for number in range(len(picks_B_2), 0, -1):
        x, y = picks_B_2[number - 1]
        axes.plot(
            x,
            y,
            SYMBOLS[style.symbol],
            color=style.color,
            markersize=size,
            markeredgecolor="white",
            markeredgewidth=size / 16,
        )
        axes.annotate(
            str(number),
            (x, y),
            xytext=(0, shift),
            textcoords="offset points",
            ha="center",
            va="center_baseline",
            fontsize=0.5 * size,
            color=ink_on(style.color),
            fontweight="bold",
        )
