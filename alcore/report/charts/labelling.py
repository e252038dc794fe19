"""Charts of a labelling project: accuracy by labels, and all items on a plane."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from alcore.report.charts.chart import Axis, Band, Chart, Mark, Marker, Reference, Series, Stroke
from alcore.report.phrases import level
from alcore.report.style import GREY, class_style, strategy_style


def accuracy_chart(points: Sequence[tuple[float, ...]], target: float | None) -> Chart:
    """Audited accuracy after each model, with its interval.

    Args:
        points: (labels that trained the model, accuracy, low, high) of each model, ascending in labels.
        target: wanted accuracy, in (0, 1); None for none.
    """
    table = np.array(points, dtype=np.float64).reshape(len(points), -1)
    color = strategy_style("least_confidence").color
    labels_T, accuracy_T = table[:, 0], table[:, 1]
    marks: list[Mark] = []
    if table.shape[1] == 4:
        marks.append(Band(labels_T, table[:, 2], table[:, 3], color))
    hover = "%{x} labels: %{y:.1%}<extra></extra>"
    marks.append(Series(labels_T, accuracy_T, Stroke(color), Marker(color, size=6), hover=hover))
    if target is not None:
        marks.append(Reference(y=target, color=GREY, label=f"target {level(target)}"))
    low = float(np.floor(10 * min(table[:, 1:].min(), target or 1.0)) / 10)
    heights = Axis("Accuracy", "share", (max(0.0, low - 0.02), 1.01))
    return Chart(marks, Axis("Training labels", "whole"), heights, height=190, revision="accuracy")


def calibration_chart(bins: Sequence[tuple[float, float, int]]) -> Chart:
    """A reliability diagram: accuracy by confidence.

    Args:
        bins: (mean confidence, accuracy, items) of each group.
    """
    table = np.array(bins, dtype=np.float64)
    color = strategy_style("margin").color
    marker = Marker(color, "square", 9)
    hover = "confidence %{x:.0%}, accuracy %{y:.0%}<extra></extra>"
    marks: list[Mark] = [Reference(), Series(table[:, 0], table[:, 1], Stroke(color), marker, hover=hover)]
    share = ("share", (0.0, 1.02))
    return Chart(marks, Axis("Confidence", *share), Axis("Accuracy", *share), height=300, revision="calibration")


def kappas_chart(kappas: Sequence[float], threshold: float) -> Chart:
    """Agreement of successive models on the stop set.

    Args:
        kappas: Cohen's kappa of each compared model with the one before.
        threshold: mean of the last three from which predictions count as stable.
    """
    color = strategy_style("entropy").color
    steps = np.arange(1, len(kappas) + 1)
    marks: list[Mark] = [
        Series(steps, np.array(kappas), Stroke(color), Marker(color, "diamond", 7), hover="%{y:.3f}<extra></extra>"),
        Reference(y=threshold, label=f"{threshold:g}"),
    ]
    low = float(min(min(kappas), threshold))
    ends = (max(-1.0, low - 0.05), 1.01)
    models = Axis("Compared model", "whole", (0.5, len(kappas) + 0.5))
    return Chart(marks, models, Axis("Cohen's kappa", ends=ends), height=300, revision="kappas")


def items_map(
    plane_N_2: NDArray[np.float64],
    groups: dict[str, NDArray[np.int64]],
    places_N: NDArray[np.int64],
    texts: Sequence[str],
    classes: Sequence[str],
) -> Chart:
    """All items on a plane, labelled ones by class, the others grey.

    Args:
        plane_N_2: a position each.
        groups: name of a class, or "" for items without a label -> rows of `plane_N_2`.
        places_N: place of each row, which a selection returns.
        texts: of each row, under the pointer.
        classes: in the order of their styles.
    """
    marks: list[Mark] = []
    # The fewer items, the larger: few small ones look like specks. Faint without a label, since a class is grey, too.
    size = 4 if len(places_N) > 1000 else 6 if len(places_N) > 400 else 8
    for name in ["", *classes]:
        rows = groups.get(name)
        if rows is None or not len(rows):
            continue
        style = class_style(classes.index(name)) if name else None
        marker = Marker(GREY, size=size, opacity=0.35) if style is None else Marker(style.color, style.symbol, size + 3)
        marks.append(
            Series(
                plane_N_2[rows, 0],
                plane_N_2[rows, 1],
                marker=marker,
                name=name or "not labelled",
                hover="%{text}<extra></extra>",
                facts=places_N[rows][:, None],
                texts=[escape(texts[row]) for row in rows.tolist()],
            )
        )
    axis = Axis(hidden=True, grid=False)
    return Chart(marks, axis, axis, height=600, lasso=True, revision="items")
