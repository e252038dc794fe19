"""Figures of a tournament for print, drawn with matplotlib in the colours and markers of the screen."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from alcore.extras import optional_imports
from alcore.report.paper.curves import ONE_COLUMN_MM, TWO_COLUMNS_MM, settings, settle
from alcore.report.statistics.tournament import Summary
from alcore.report.style import strategy_style
from alcore.report.text.tournament import MEASURES

with optional_imports():
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import StrMethodFormatter

_MM = 1 / 25.4


def print_standing(
    summary: Summary,
    measure: str,
    *,
    names: Mapping[str, str] | None = None,
    width_mm: float = ONE_COLUMN_MM,
    font_pt: float = 8.0,
) -> Figure:
    """A measure of every strategy with its interval, best on top; `to_bytes` saves it.

    Raises:
        ValueError: for an unknown measure.
    """
    if measure not in MEASURES:
        raise ValueError(f"unknown measure {measure!r}: choose one of {', '.join(MEASURES)}")
    kind = MEASURES[measure]
    rows = [(standing, kind.shown(standing)) for standing in kind.ranked(summary.standings)]
    with settings(font_pt):
        figure, axes = _figure(width_mm, (len(rows) + 4) * 1.7 * font_pt * 25.4 / 72)
        for at, (one, shown) in enumerate(rows):
            assert shown is not None
            style = strategy_style(one.strategy)
            if np.isfinite([shown.low, shown.high]).all():
                axes.plot([shown.low, shown.high], [at, at], color=style.color, linewidth=font_pt / 7)
            axes.plot(shown.estimate, at, color=style.color, marker=style.mpl_marker, markersize=font_pt / 2)
        if kind.reference is not None:
            axes.axvline(kind.reference, color="#7F7F7F", linestyle=(0, (4, 2)), linewidth=font_pt / 10)
        labels = [(names or {}).get(one.strategy, one.strategy) for one, _ in rows]
        axes.set_yticks(range(len(rows)), labels)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlabel(kind.title, wrap=True)
        settle(figure)
    return figure


def print_penalties(
    summary: Summary,
    *,
    names: Mapping[str, str] | None = None,
    width_mm: float = TWO_COLUMNS_MM,
    font_pt: float = 8.0,
) -> Figure:
    """The pairwise penalty matrix: number of tasks in which the row beats the column."""
    labels = [(names or {}).get(standing.strategy, standing.strategy) for standing in summary.standings]
    matrix = summary.penalties.matrix_R_R
    with settings(font_pt):
        figure, axes = _figure(width_mm, 0.85 * width_mm)
        axes.imshow(matrix, cmap="Blues", vmin=0, vmax=1.4 * summary.penalties.tasks)
        for row, column in np.argwhere(matrix > 0):
            number = f"{matrix[row, column]:.1f}".removesuffix(".0")
            axes.text(column, row, number, ha="center", va="center", fontsize=0.8 * font_pt)
        axes.set_xticks(range(len(labels)), labels, rotation=60, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(len(labels)), labels)
        axes.grid(visible=False)
        axes.set_xlabel("is beaten")
        axes.set_ylabel("beats")
        settle(figure)
    return figure


def print_pareto(
    summary: Summary,
    *,
    names: Mapping[str, str] | None = None,
    width_mm: float = TWO_COLUMNS_MM,
    font_pt: float = 8.0,
) -> Figure:
    """Labels saved against seconds of selection, with the Pareto front."""
    drawn = [standing for standing in summary.standings if standing.saved is not None]
    with settings(font_pt):
        figure, axes = _figure(width_mm, 0.7 * width_mm)
        for one in drawn:
            style, saved = strategy_style(one.strategy), MEASURES["saved"].shown(one)
            assert saved is not None
            axes.errorbar(
                one.seconds,
                saved.estimate,
                yerr=[[saved.estimate - saved.low], [saved.high - saved.estimate]],
                color=style.color,
                marker=style.mpl_marker,
                markersize=font_pt / 2,
                linewidth=font_pt / 12,
                linestyle="none",
                label=(names or {}).get(one.strategy, one.strategy),
            )
        front = [one for name in summary.frontier for one in drawn if one.strategy == name]
        axes.step(
            [standing.seconds for standing in front],
            [100 * standing.saved.estimate for standing in front if standing.saved],
            where="post",
            color="#7F7F7F",
            linestyle=":",
            zorder=0,
        )
        axes.axhline(0, color="#7F7F7F", linestyle=(0, (4, 2)), linewidth=font_pt / 10)
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.set_xlabel("Seconds spent on choosing, a race")
        axes.set_ylabel(MEASURES["saved"].title)
        figure.legend(loc="outside right upper")
        settle(figure)
    return figure


def _figure(width_mm: float, height_mm: float) -> tuple[Figure, Axes]:
    figure = Figure(layout="constrained", figsize=(width_mm * _MM, height_mm * _MM))
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()
