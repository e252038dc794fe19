"""A tournament: a measure of every strategy, who beats whom, and labels saved against time."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
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
    around_log,
    text_of,
)
from alcore.report.statistics.tournament import Summary
from alcore.report.style import GREY, class_style, strategy_style
from alcore.report.text.tournament import MEASURES, cell

_ROW, _LEGEND_ROW = 26, 20  # pixels


def tournament_chart(
    name: str, summary: Summary, *, names: Mapping[str, str] | None = None, narrow: bool = False
) -> Chart:
    """One of the charts.

    Args:
        name: a key of `MEASURES`, "penalties" or "pareto".
        summary: from `summarise`.
        names: display names of strategies.
        narrow: for a phone.

    Raises:
        ValueError: for an unknown name.
    """
    if name == "penalties":
        return penalty_chart(summary, names=names, narrow=narrow)
    if name == "pareto":
        return pareto_chart(summary, names=names, narrow=narrow)
    return measure_chart(summary, name, names=names, narrow=narrow)


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
    height = 90 + _ROW * len(labels)
    return Chart(marks, Axis(title), Axis(categories=labels, reverse=True), height=height, ratio=None)


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
    """Labels saved against seconds of selection, with the Pareto front.

    Args:
        summary: from `summarise`.
        names: display names of strategies.
        narrow: the legend below has one column, not four.
    """
    drawn = [standing for standing in summary.standings if standing.saved is not None]
    front = [one for name in summary.frontier for one in drawn if one.strategy == name]
    heights = [100 * one.saved.estimate for one in front if one.saved]
    line = Series([one.seconds for one in front], heights, Stroke(GREY, 2, "dot"), step=True)
    marks: list[Mark] = [Reference(y=0, dash="dash"), line]
    for one in drawn:
        label, style = (names or {}).get(one.strategy, one.strategy), strategy_style(one.strategy)
        saved = MEASURES["saved"].shown(one)
        assert saved is not None  # drawn
        hover = f"{text_of(label)}<br>{saved.estimate:.0f} % of random's labels saved<br>{one.seconds:.3g} s"
        marker = Marker(style.color, style.symbol, 11)
        ends = (saved.estimate, saved.low, saved.high)
        marks.append(Whiskers(one.seconds, *ends, marker, upright=True, width=1, name=label, hover=hover))
    x = Axis("Seconds spent on choosing, a race", ends=around_log([[one.seconds for one in drawn]]), log=True)
    y = Axis("Labels saved (%)")
    height = 520 + _LEGEND_ROW * ceil(len(drawn) / (1 if narrow else 4))
    return Chart(marks, x, y, height=height, ratio=0.7)
