"""The MNIST lab's charts of a model on the test set: confusion matrix and reliability diagram."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.report.interactive.curves import PreparedFigure, typed_array
from alcore.report.interactive.run_curves import GREY, TEXT, axis, layout
from alcore.report.statistics.run_quality import Diagram
from alcore.report.style import class_style, translucent

# Colour of errors: faint enough for numbers on it to be readable in both themes.
_MISTAKE, _STRONGEST = class_style(3).color, 0.55
# Smallest number of test points in a bin for it to be drawn filled and on the line; smaller bins are hollow.
_FEW = 10
# Share of a class at which a cell has full colour: rare errors of a good model stay visible.
_SATURATED = 0.1


def confusion_figure(
    confusion_C_C: NDArray[np.int64], class_names: Sequence[str], *, dark: bool = False, height: int = 460
) -> PreparedFigure:
    """Confusion matrix: test points by true and predicted class, with counts; frequent errors have a stronger colour.

    Axes and size depend on the classes alone: between rounds only the numbers change. The text alternative is
    `confusion_words`.

    Args:
        confusion_C_C: true class (row) by predicted class (column).
        class_names: one per class.
        dark: for a dark page.
        height: in pixels.
    """
    names = [escape(name, quote=False) for name in class_names]
    of_class_C_1 = np.maximum(confusion_C_C.sum(axis=1, keepdims=True), 1)
    share_C_C = confusion_C_C / of_class_C_1
    mistakes_C_C = np.where(np.eye(len(names), dtype=bool), np.nan, share_C_C)
    cells = [(true, guess) for true in range(len(names)) for guess in range(len(names))]
    text = [f"<b>{confusion_C_C[cell]:,}</b>" if cell[0] == cell[1] else f"{confusion_C_C[cell]:,}" for cell in cells]
    heat = {
        "type": "heatmap",
        "x": names,
        "y": names,
        "z": [[None if np.isnan(share) else float(share) for share in row] for row in mistakes_C_C],
        "zmin": 0,
        "zmax": _SATURATED,
        "colorscale": [[0, translucent(_MISTAKE, 0)], [1, translucent(_MISTAKE, _STRONGEST)]],
        "showscale": False,
        "hoverinfo": "skip",
        "xgap": 1,
        "ygap": 1,
    }
    numbers = {
        "type": "scatter",
        "mode": "text",
        "x": [names[guess] for _, guess in cells],
        "y": [names[true] for true, _ in cells],
        "text": text,
        "customdata": [[int(confusion_C_C[cell]), float(share_C_C[cell])] for cell in cells],
        "textfont": {"size": 12 if confusion_C_C.max(initial=0) < 10_000 else 9, "color": TEXT[dark]},
        "hovertemplate": "%{y} taken for %{x}: %{customdata[0]:,}, %{customdata[1]:.1%} of that class<extra></extra>",
    }
    shared = {"type": "category", "categoryarray": names, "showgrid": False, "fixedrange": True}
    ends = [-0.5, len(names) - 0.5]
    axes = {
        "xaxis": axis("Predicted") | shared | {"range": ends, "constrain": "domain"},
        "yaxis": axis("True class") | shared | {"range": ends[::-1], "scaleanchor": "x", "constrain": "domain"},
    }
    return PreparedFigure({"data": [heat, numbers], "layout": layout(dark, height) | axes | {"showlegend": False}})


def reliability_figure(
    before: Diagram,
    after: Diagram | None = None,
    *,
    temperature: float | None = None,
    dark: bool = False,
    height: int = 400,
) -> PreparedFigure:
    """Reliability diagram before and after temperature scaling: accuracy against confidence.

    The diagonal is perfect calibration. The text alternative is `reliability_words`.

    Args:
        before: without temperature scaling.
        after: with it; None if no labels were held out to fit a temperature.
        temperature: the fitted temperature, for the legend.
        dark: for a dark page.
        height: in pixels.
    """
    fitted = "" if temperature is None else f" (T = {temperature:.2f})"
    data = _bins(before, "As trained", class_style(3).color, "dash", "diamond")
    if after is not None:
        data += _bins(after, f"At the temperature{fitted}", class_style(0).color, "solid", "circle")
    line = {"color": GREY, "width": 1.5, "dash": "dot"}
    diagonal = {"type": "line", "x0": 0, "x1": 1, "y0": 0, "y1": 1, "layer": "below", "line": line}
    share = {"range": [-0.02, 1.02], "tickformat": ".0%"}
    axes = {
        "xaxis": axis("Confidence (highest probability)") | share | {"constrain": "domain"},
        "yaxis": axis("Accuracy") | share | {"scaleanchor": "x", "constrain": "domain"},
    }
    return PreparedFigure({"data": data, "layout": layout(dark, height) | axes | {"shapes": [diagonal]}})


def _bins(diagram: Diagram, name: str, color: str, dash: str, symbol: str) -> list[dict[str, Any]]:
    """Bins of a diagram, with areas proportional to their share of the points; small bins as a separate trace."""

    def dots(which_B: NDArray[np.bool_]) -> dict[str, Any]:
        count = diagram.count_B[which_B]
        return {
            "type": "scatter",
            "name": name,
            "legendgroup": name,
            "x": typed_array(diagram.confidence_B[which_B]),
            "y": typed_array(diagram.accuracy_B[which_B]),
            "customdata": count.tolist(),
            "hovertemplate": f"<b>{name}</b><br>%{{x:.1%}} sure, %{{y:.1%}} right"
            "<br>%{customdata:,} test points<extra></extra>",
            "marker": {
                "symbol": symbol,
                "color": color,
                "size": (5 + 15 * np.sqrt(count / diagram.count_B.sum())).tolist(),
            },
        }

    many = dots(diagram.count_B >= _FEW)
    few = dots((diagram.count_B > 0) & (diagram.count_B < _FEW))
    return [
        many | {"mode": "lines+markers", "line": {"color": color, "dash": dash, "width": 2}},
        few | {"mode": "markers", "showlegend": False, "marker": few["marker"] | {"symbol": f"{symbol}-open"}},
    ]
