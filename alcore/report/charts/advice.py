"""The charts of a recommendation: gains of many strategies over tasks, and the mean curves of one task."""

from collections.abc import Mapping, Sequence

import numpy as np

from alcore.report.charts.chart import Axis, Chart, Mark, Marker, Reference, Whiskers, text_of
from alcore.report.charts.curves import Curve, curve_chart
from alcore.report.intervals import Interval
from alcore.report.style import strategy_style
from alcore.report.text.tournament import cell

_ROW = 22


def gains_chart(gains: Mapping[str, Interval], names: Mapping[str, str]) -> Chart:
    """The gain of each strategy over random in percentage points, with its interval, in the order given.

    Args:
        gains: shares, by strategy.
        names: display names of strategies.
    """
    marks: list[Mark] = []
    for row, (strategy, gain) in enumerate(gains.items()):
        estimate, low, high = (100 * end for end in (gain.estimate, gain.low, gain.high))
        style = strategy_style(strategy)
        found = Interval(estimate, low, high)
        hover = f"{text_of(names.get(strategy, strategy))}<br>{cell(found, 2)}"
        marks.append(Whiskers(row, estimate, low, high, Marker(style.color, style.symbol, 10), hover=hover))
    marks.append(Reference(x=0.0, dash="dash"))
    labels = [names.get(strategy, strategy) for strategy in gains]
    axis = Axis("Gain over random (points)")
    return Chart(marks, axis, Axis(categories=labels, reverse=True), height=90 + _ROW * len(labels), ratio=None)


def task_curves(labels: Sequence[int], curves: Mapping[str, Sequence[float]], names: Mapping[str, str]) -> Chart:
    """Mean learning curves of one task.

    Args:
        labels: of each point.
        curves: mean accuracies, by strategy.
        names: display names of strategies.
    """
    drawn = [Curve(name, names.get(name, name), labels, np.array(curve)) for name, curve in curves.items()]
    return curve_chart(drawn, x=Axis("Labels", "whole"), y=Axis("Test accuracy", "share"))
