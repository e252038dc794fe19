"""Queried points in the plane over the model's predicted classes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from alcore.report.contours import tie_lines
from alcore.report.interactive.arena.layout import INK, Spec, plane_layout
from alcore.report.interactive.arena.traces import SILENT, at, boundary_trace, probability_traces
from alcore.report.interactive.render import PreparedFigure, text_colour
from alcore.report.style import class_style

FAINT = "rgba(127, 127, 127, 0.5)"


def plane_figure(
    x: NDArray,
    y: NDArray,
    surface_Y_X_C: NDArray,
    class_names: Sequence[str],
    *,
    faint_N_2: NDArray,
    first_M_2: NDArray,
    first_y_M: NDArray[np.int64],
    asked_Q_2: NDArray,
    asked_y_Q: NDArray[np.int64],
    said_Q: Sequence[str],
    best_Y_X_C: NDArray | None = None,
    box: tuple[NDArray, NDArray] | None = None,
    ringed_2: NDArray | None = None,
    dark: bool = False,
    height: int = 420,
    legend: bool = True,
) -> PreparedFigure:
    """Queries over a model's predicted classes, each with its label.

    Args:
        x: columns of the surface.
        y: rows of the surface.
        surface_Y_X_C: predicted class probabilities.
        class_names: one per class.
        faint_N_2: points that were not queried.
        first_M_2: the seed set: hollow.
        first_y_M: its labels.
        asked_Q_2: the queried points.
        asked_y_Q: their labels.
        said_Q: hover text of each query.
        best_Y_X_C: true class probabilities, whose boundary is drawn.
        box: lower and upper corner of the region of queries.
        ringed_2: inspected point.
        dark: light text, for a dark page.
        height: in pixels.
        legend: show a legend.
    """
    data: list[Spec] = probability_traces(x, y, surface_Y_X_C)
    data.append(_dots("Not asked", faint_N_2) | {"marker": {"size": 4, "color": FAINT}, "hoverinfo": "skip"})
    for label, name in enumerate(class_names):
        style = class_style(label)
        asked = np.flatnonzero(asked_y_Q == label)
        data.append(
            _dots(f"First labels, {name}", first_M_2[first_y_M == label])
            | {
                "showlegend": False,
                "hovertemplate": f"labelled {name} before the start<extra></extra>",
                "marker": {
                    "size": 11,
                    "color": style.color,
                    "symbol": f"{style.symbol}-open",
                    "line": {"width": 2.5},
                },
            }
        )
        data.append(
            _dots(f"Asked: {name}", asked_Q_2[asked])
            | {
                "text": [said_Q[int(q)] for q in asked],
                "hovertemplate": "%{text}<extra></extra>",
                "marker": {
                    "size": 10,
                    "color": style.color,
                    "symbol": style.symbol,
                    "line": {"width": 1, "color": "white"},
                },
            }
        )
    if best_Y_X_C is not None:
        data.append(boundary_trace(tie_lines(x, y, best_Y_X_C), text_colour(dark), legend=legend))
    if box is not None:
        (left, bottom), (right, top) = box
        around = np.array([[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]])
        line = {"color": INK, "width": 2, "dash": "dot"}
        data.append(SILENT | {"mode": "lines", "name": "The box", "showlegend": legend, "line": line} | at(around))
    if ringed_2 is not None:
        data.append(
            _dots("Latest arrival", ringed_2[None])
            | {
                "hoverinfo": "skip",
                "marker": {
                    "size": 20,
                    "symbol": "circle-open",
                    "color": text_colour(dark),
                    "line": {"width": 2.5},
                },
            }
        )
    layout = plane_layout(x, y, height=height, dark=dark) | {"showlegend": legend}
    return PreparedFigure({"data": data, "layout": layout})


def _dots(name: str, points_K_2: NDArray) -> Spec:
    return {"type": "scatter", "mode": "markers", "name": name} | at(points_K_2)
