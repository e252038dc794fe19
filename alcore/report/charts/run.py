"""A run's rounds: confusion matrix, reliability diagram, queries by class, time by stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.report.charts.chart import TEXT, Axis, Bars, Chart, Mark, Marker, Matrix, Reference, Series, Stroke, text_of
from alcore.report.phrases import percent
from alcore.report.statistics.run_quality import STAGES, Diagram
from alcore.report.style import AXES, class_style

# Smallest number of test points in a bin for it to be drawn filled and on the line; smaller bins are hollow.
_FEW = 10
# Share of a class at which a cell has full colour: rare errors of a good model stay visible.
_SATURATED = 0.1
# Colour (of a class) and hatching of each stage.
_LOOKS = {"train": (0, ""), "evaluate": (5, "/"), "score": (3, "."), "select": (2, "x"), "map": (6, "-")}


def confusion_chart(confusion_C_C: NDArray[np.int64], class_names: Sequence[str]) -> Chart:
    """Confusion matrix: test points by true and predicted class, with counts; frequent errors have a stronger colour.

    Axes and size depend on the classes alone: between rounds only the numbers change. The text alternative is
    `confusion_words`.

    Args:
        confusion_C_C: true class (row) by predicted class (column).
        class_names: one per class.
    """
    share_C_C = confusion_C_C / np.maximum(confusion_C_C.sum(axis=1, keepdims=True), 1)
    diagonal_C_C = np.eye(len(class_names), dtype=bool)
    hover = [
        [
            f"{text_of(true)} predicted as {text_of(guess)}: {count:,}, {percent(share)} of that class"
            for guess, count, share in zip(class_names, counts, shares, strict=True)
        ]
        for true, counts, shares in zip(class_names, confusion_C_C, share_C_C, strict=True)
    ]
    cells = Matrix(
        np.where(diagonal_C_C, 0.0, share_C_C),
        _SATURATED,
        class_style(3).color,
        [[f"{count:,}" for count in row] for row in confusion_C_C],
        diagonal_C_C,
        hover,
    )
    return Chart(
        [cells],
        Axis("Predicted class", categories=class_names, grid=False),
        Axis("True class", categories=class_names, reverse=True, grid=False),
        height=460,
        ratio=1.0,
        square=True,
    )


def reliability_chart(before: Diagram, after: Diagram | None = None, *, temperature: float | None = None) -> Chart:
    """Reliability diagram before and after temperature scaling: accuracy against confidence.

    The diagonal is perfect calibration. The text alternative is `reliability_words`.

    Args:
        before: without temperature scaling.
        after: with it; None if no labels were held out to fit a temperature.
        temperature: the fitted temperature, for the legend.
    """
    marks: list[Mark] = [Reference(), *_bins(before, "As trained", class_style(3).color, "dash", "diamond")]
    if after is not None:
        fitted = "" if temperature is None else f" (T = {temperature:.2f})"
        marks += _bins(after, f"At the temperature{fitted}", class_style(0).color, "solid", "circle")
    # Room for half of the largest mark: it is cut at the edge of the axes.
    shares = (-0.06, 1.06)
    x, y = Axis("Confidence (highest probability)", "share", shares), Axis("Accuracy", "share", shares)
    return Chart(marks, x, y, ratio=0.95, square=True)


def _bins(diagram: Diagram, name: str, color: str, dash: str, symbol: str) -> list[Mark]:
    """Bins of a diagram, with areas proportional to their share of the points; small bins as a separate series."""
    hover = (
        f"<b>{name}</b><br>confidence %{{x:.1%}}, accuracy %{{y:.1%}}<br>%{{customdata:,}} test points<extra></extra>"
    )
    many_B = diagram.count_B >= _FEW
    marks: list[Mark] = []
    for which_B, stroke, entry, fill in (
        (many_B, Stroke(color, 2, dash), name, ""),
        ((diagram.count_B > 0) & ~many_B, None, "", "open"),
    ):
        count = diagram.count_B[which_B]
        marker = Marker(color, symbol, 5 + 15 * np.sqrt(count / diagram.count_B.sum()), fill)
        x, y = diagram.confidence_B[which_B], diagram.accuracy_B[which_B]
        marks.append(Series(x, y, stroke, marker, entry, group=name, hover=hover, facts=count))
    return marks


def class_balance_chart(
    asked_R_C: NDArray[np.int64], class_names: Sequence[str], round_: int, *, share_C: ArrayLike | None = None
) -> Chart:
    """Queries per class up to a round, that round's own on top.

    Args:
        asked_R_C: queries by round and class, from `asked_counts`.
        class_names: one per class.
        round_: last row shown.
        share_C: share of each class among all points; marks the expected number of random queries.
    """
    before_C, now_C, at_C = asked_R_C[:round_].sum(axis=0), asked_R_C[round_], np.arange(len(class_names))
    marks: list[Mark] = [
        Bars(at_C, before_C, class_style(6).color, "/", "Rounds before", "%{y:,}"),
        Bars(at_C, now_C, class_style(0).color, "", f"Round {round_}", "%{y:,}"),
    ]
    if share_C is not None:
        expected_C = np.asarray(share_C) * (before_C + now_C).sum()
        marker = Marker(TEXT, "line-ew", 22, edge=Stroke(TEXT, 3))
        marks.append(Series(at_C, expected_C, marker=marker, name="At random, on average", hover="%{y:.1f}"))
    x, y = Axis("Class", categories=class_names, grid=False), Axis("Queried points", "whole", from_zero=True)
    return Chart(marks, x, y, height=320)


def stage_times_chart(rows: Sequence[Mapping[str, Any]], *, x: str = "round") -> Chart:
    """Time of each round, stacked by stage; stages without any time are left out.

    Args:
        rows: from `stage_rows`.
        x: "round" or "labels".
    """
    marks = []
    for stage, (words, memory) in STAGES.items():
        seconds = [row[f"seconds_{stage}"] or 0.0 for row in rows]
        if not any(seconds):
            continue
        color, hatch = _LOOKS[stage]
        peaks = [row.get(memory) for row in rows]
        texts = ["" if peak is None else f", at most {peak:,.0f} MiB" for peak in peaks]
        at = [row[x] for row in rows]
        marks.append(Bars(at, seconds, class_style(color).color, hatch, words, "%{y:.3g} s%{text}", texts))
    return Chart(marks, Axis(AXES[x], "whole", grid=False), Axis("Seconds", from_zero=True), height=320)
