"""A tournament: a measure of every strategy, who beats whom, and labels saved against time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from textwrap import wrap

import numpy as np

from alcore.report.charts.chart import (
    Axis,
    Chart,
    Mark,
    Marker,
    Matrix,
    Reference,
    Series,
    Stroke,
    Whiskers,
    around,
    around_log,
    text_of,
)
from alcore.report.charts.curves import curve_chart, mean_curve_of
from alcore.report.charts.labels import Named, labels_beside
from alcore.report.intervals import Interval
from alcore.report.phrases import format_interval, format_number, format_seconds, format_signed, plural
from alcore.report.statistics.tournament import Summary, called, critical_difference, task_gains
from alcore.report.style import GREY, class_style, strategy_style
from alcore.report.text.tournament import MEASURES, cell

_ROW = 26  # pixels


def tournament_chart(
    name: str,
    summary: Summary,
    *,
    names: Mapping[str, str] | None = None,
    datasets: Mapping[str, str] | None = None,
    narrow: bool = False,
) -> Chart:
    """One of the charts.

    Args:
        name: a key of `MEASURES`, "heat", "differences", "penalties" or "pareto".
        summary: from `summarise`.
        names: display names of strategies.
        datasets: display names of data sets and learners.
        narrow: for a phone.

    Raises:
        ValueError: for an unknown name.
    """
    if name == "heat":
        return heat_map(summary, names=names, datasets=datasets, narrow=narrow)
    if name == "differences":
        return difference_chart(summary, names=names, narrow=narrow)
    if name == "penalties":
        return penalty_chart(summary, names=names, narrow=narrow)
    if name == "pareto":
        return pareto_chart(summary, names=names, narrow=narrow)
    return measure_chart(summary, name, names=names, narrow=narrow)


def is_empty(name: str, summary: Summary) -> bool:
    """Whether no strategy has a value on a chart, as with a single seed those whose intervals are a bootstrap's.

    Args:
        name: of the chart, as for `tournament_chart`.
        summary: from `summarise`.
    """
    measure = "saved" if name == "pareto" else name
    return measure in MEASURES and not MEASURES[measure].ranked(summary.standings)


def measure_chart(
    summary: Summary, measure: str, *, names: Mapping[str, str] | None = None, narrow: bool = False
) -> Chart:
    """A measure of every strategy with its interval, best on top.

    Args:
        summary: from `summarise`.
        measure: a key of `MEASURES`.
        names: display names of strategies.
        narrow: the title of the axis has short lines.

    Raises:
        ValueError: for an unknown measure.
    """
    if measure not in MEASURES:
        raise ValueError(f"unknown measure {measure!r}: choose one of {', '.join(MEASURES)}")
    kind = MEASURES[measure]
    marks: list[Mark] = []
    labels: list[str] = []
    for standing in kind.ranked(summary.standings):
        shown, style = kind.shown(standing), strategy_style(standing.strategy)
        assert shown is not None  # ranked
        label, marker = (names or {}).get(standing.strategy, standing.strategy), Marker(style.color, style.symbol, 11)
        hover = f"{text_of(label)}<br>{cell(shown, 2)}"
        marks.append(Whiskers(len(labels), shown.estimate, shown.low, shown.high, marker, hover=hover))
        labels.append(label)
    if kind.reference is not None:
        marks.append(Reference(x=kind.reference, dash="dash"))
    title = "\n".join(wrap(kind.title, 26 if narrow else 70))
    return Chart(marks, Axis(title), Axis(categories=labels, reverse=True), height=_height(labels), ratio=None)


def _height(labels: Sequence[str]) -> int:
    """Height of a chart of rows; in a lower one plotly would draw the title of the axis over its numbers."""
    return 90 + _ROW * max(3, len(labels))


def heat_map(
    summary: Summary,
    *,
    names: Mapping[str, str] | None = None,
    datasets: Mapping[str, str] | None = None,
    narrow: bool = False,
) -> Chart:
    """Gain over random by strategy and task in percentage points, the largest mean gain on top.

    Bold where the 95 % interval over the seeds, of the cell on its own, excludes 0.

    Args:
        summary: from `summarise`.
        names: display names of strategies.
        datasets: display names of data sets and learners.
        narrow: the cells have no room for numbers.
    """
    results, found = summary.results, task_gains(summary.results)
    order = [results.strategies.index(one.strategy) for one in MEASURES["gain"].ranked(summary.standings)]
    gain_R_D, low_R_D, high_R_D = (100 * each[order] for each in (found.gain_R_D, found.low_R_D, found.high_R_D))
    labels = [(names or {}).get(results.strategies[r], results.strategies[r]) for r in order]
    columns = [called(task, summary, datasets or {}) for task in results.tasks]
    told = [
        [
            f"{text_of(label)} on {text_of(column)}<br>{format_signed(gain, 2)} points"
            + (f", 95 % CI {format_interval(Interval(gain, low, high), 2)}" if np.isfinite(low) else "")
            for column, gain, low, high in zip(columns, *row, strict=True)
        ]
        for label, row in zip(labels, zip(gain_R_D, low_R_D, high_R_D, strict=True), strict=True)
    ]
    cells = Matrix(
        gain_R_D,
        max(1e-9, float(np.quantile(np.abs(gain_R_D), 0.95))),
        strategy_style("margin").color,
        [["" if narrow else format_signed(gain, 1) for gain in row] for row in gain_R_D],
        (low_R_D > 0) | (high_R_D < 0),
        told,
        below=strategy_style("entropy").color,
    )
    # Transparent squares, since a cell of a matrix cannot be clicked.
    rows, at = np.divmod(np.arange(gain_R_D.size), len(columns))
    keys = [
        f"{results.tasks[d].dataset} {results.tasks[d].learner} {results.strategies[order[r]]}"
        for r, d in zip(rows, at, strict=True)
    ]
    squares = Series(
        at,
        rows,
        marker=Marker(GREY, "square", _ROW, opacity=0.0),
        hover="%{text}<extra></extra>",
        texts=[text for row in told for text in row],
        facts=np.array(keys, dtype=object),
    )
    x = Axis(categories=columns, grid=False)
    y = Axis(categories=labels, reverse=True, grid=False)
    return Chart([cells, squares], x, y, height=100 + _ROW * len(labels), ratio=0.85)


def difference_chart(summary: Summary, *, names: Mapping[str, str] | None = None, narrow: bool = False) -> Chart:
    """Mean rank over tasks of every strategy, best on top; strategies differ where their whiskers do not overlap.

    The whiskers are half of the critical difference long on either side, see `critical_difference`.

    Args:
        summary: from `summarise`.
        names: display names of strategies.
        narrow: the plot has no room for a label, and the title of the axis has short lines.
    """
    results, found = summary.results, critical_difference(summary.results)
    marks: list[Mark] = []
    labels: list[str] = []
    best = float(found.rank_R.min())
    if np.isfinite(found.difference):
        reach = best + found.difference / 2
        label = "" if narrow else "end of the best's whisker"
        marks.append(Reference(x=reach, dash="dash", label=label, label_above=True))
    for r in np.argsort(found.rank_R, kind="stable"):
        name, rank, half = results.strategies[r], float(found.rank_R[r]), found.difference / 2
        style, label = strategy_style(name), (names or {}).get(name, name)
        hover = f"{text_of(label)}<br>mean rank {rank:.2f}, critical difference {found.difference:.2f}"
        marker = Marker(style.color, style.symbol, 11)
        marks.append(Whiskers(len(labels), rank, rank - half, rank + half, marker, hover=hover))
        labels.append(label)
    tasks = plural(len(results.tasks), "task")
    title = f"Mean rank over {tasks} (1 is best), ± half the critical difference {found.difference:.2f}"
    half = found.difference / 2 if np.isfinite(found.difference) else 0.0
    # Plotly would make room for the whole label.
    x = Axis(
        "\n".join(wrap(title, 26 if narrow else 90)), ends=around([found.rank_R - half, found.rank_R + half], 0.03)
    )
    return Chart(marks, x, Axis(categories=labels, reverse=True), height=_height(labels), ratio=None)


def curve_charts(
    summary: Summary,
    strategies: Sequence[str],
    *,
    names: Mapping[str, str] | None = None,
    datasets: Mapping[str, str] | None = None,
    height: int = 210,
) -> dict[tuple[str, str], tuple[str, Chart]]:
    """Mean learning curves of some strategies, one chart per task, by data set and learner, with its title.

    Args:
        summary: from `summarise`.
        strategies: keys, in the order drawn.
        names: display names of strategies.
        datasets: display names of data sets and learners.
        height: of each chart.
    """
    results = summary.results
    charts = {}
    for task in results.tasks:
        curves = [
            mean_curve_of(
                name,
                (names or {}).get(name, name),
                task.labels_T,
                task.accuracy_S_R_T[:, results.strategies.index(name)],
            )
            for name in strategies
            if name in results.strategies
        ]
        chart = curve_chart(curves, x=Axis("Labels", "whole"), y=Axis("Accuracy", "share"))
        # One legend for all charts stands above them.
        marks = [replace(mark, name="") if isinstance(mark, Series) else mark for mark in chart.marks]
        title = called(task, summary, datasets or {})
        charts[task.dataset, task.learner] = (title, replace(chart, marks=marks, height=height))
    return charts


def penalty_chart(summary: Summary, *, names: Mapping[str, str] | None = None, narrow: bool = False) -> Chart:
    """The pairwise penalty matrix: number of tasks in which the row beats the column.

    Args:
        summary: from `summarise`.
        names: display names of strategies.
        narrow: the cells have no room for numbers.
    """
    labels = [(names or {}).get(standing.strategy, standing.strategy) for standing in summary.standings]
    matrix, tasks, spoken = summary.penalties.matrix_R_R, summary.penalties.tasks, [text_of(label) for label in labels]
    cells = Matrix(
        matrix,
        max(1.0, float(matrix.max())),
        class_style(5).color,
        [[f"{value:.1f}".removesuffix(".0") if value and not narrow else "" for value in row] for row in matrix],
        np.zeros(matrix.shape, dtype=bool),
        [
            [
                f"{one} beats {other}<br>in {value:.1f} of {tasks} tasks"
                for other, value in zip(spoken, row, strict=True)
            ]
            for one, row in zip(spoken, matrix, strict=True)
        ],
    )
    places = [str(place) for place in range(1, len(labels) + 1)]
    rows = [f"{label} {place}" for label, place in zip(labels, places, strict=True)]
    x = Axis("is beaten", categories=places, grid=False)
    y = Axis("beats", categories=rows, reverse=True, grid=False)
    return Chart([cells], x, y, height=100 + _ROW * len(labels), ratio=0.85)


def pareto_chart(summary: Summary, *, names: Mapping[str, str] | None = None, narrow: bool = False) -> Chart:
    """Labels saved against seconds of selection, with the Pareto front and names beside the points.

    Args:
        summary: from `summarise`.
        names: display names of strategies.
        narrow: the plot is narrower.
    """
    drawn = [standing for standing in summary.standings if standing.saved is not None]
    front = [one for name in summary.frontier for one in drawn if one.strategy == name]
    heights = [100 * one.saved.estimate for one in front if one.saved]
    line = Series([one.seconds for one in front], heights, Stroke(GREY, 2, "dot"), step=True)
    marks: list[Mark] = [Reference(y=0, dash="dash"), line]
    across = around_log([[one.seconds for one in drawn]]) if drawn else (0.1, 1.0)
    saved_R = {one.strategy: MEASURES["saved"].shown(one) for one in drawn}
    up = around([[end for one in saved_R.values() if one for end in (one.low, one.high)], [0.0]], 0.05)
    points = []
    place_R: dict[str, tuple[float, float]] = {}
    for one in drawn:
        label, style, saved = (
            (names or {}).get(one.strategy, one.strategy),
            strategy_style(one.strategy),
            saved_R[one.strategy],
        )
        assert saved is not None  # drawn
        share, cost = format_number(saved.estimate, 0), format_seconds(one.seconds)
        hover = f"{text_of(label)}<br>{share} % of random's labels saved<br>{cost} s"
        marker = Marker(style.color, style.symbol, 11)
        ends = (saved.estimate, saved.low, saved.high)
        marks.append(Whiskers(one.seconds, *ends, marker, upright=True, width=1, hover=hover))
        right = np.log(one.seconds / across[0]) / np.log(across[1] / across[0])
        above = (saved.estimate - up[0]) / (up[1] - up[0])
        points.append(Named(one.seconds, saved.estimate, float(right), above, 6.0, label))
        place_R[one.strategy] = (float(right), above)
    # The front would look as if it struck a name out where it goes to the right.
    steps = pairwise(place_R[one.strategy] for one in front)
    lines = [(left, right, above, above) for (left, above), (right, _) in steps]
    height = 520
    marks += labels_beside(points, width=300 if narrow else 700, height=height - 80, lines=lines)
    x = Axis("Seconds of selection in a race", ends=across, log=True)
    return Chart(marks, x, Axis("Labels saved (%)", ends=up), height=height, ratio=0.7)
