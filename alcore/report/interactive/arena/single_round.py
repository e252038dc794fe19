"""A single round of a race: the pool under the current model, selectable points, and the strategies' next queries."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from alcore.report.interactive.arena.layout import Spec, hover_label, plane_layout
from alcore.report.interactive.arena.traces import at, probability_traces
from alcore.report.interactive.render import PreparedFigure, text_colour, typed_array
from alcore.report.style import class_style, strategy_style

FAINT = "rgba(127, 127, 127, 0.75)"


def state_figure(
    points_N_2: NDArray,
    y_N: NDArray[np.int64],
    class_names: Sequence[str],
    x: NDArray,
    y: NDArray,
    surface_Y_X_C: NDArray,
    *,
    labeled: NDArray[np.int64],
    pool: NDArray[np.int64],
    hover: Sequence[str],
    marks: Mapping[str, NDArray[np.int64]] | None = None,
    names: Mapping[str, str] | None = None,
    numbered: NDArray[np.int64] | None = None,
    ringed: int | None = None,
    height: int = 560,
    dark: bool = False,
) -> PreparedFigure:
    """A pool of selectable points over the model's class probabilities.

    Args:
        points_N_2: the data set's pool.
        y_N: its labels; drawn only for labelled points.
        class_names: one per class.
        x: columns of the surface.
        y: rows of the surface.
        surface_Y_X_C: class probabilities over the grid.
        labeled: indices of labelled points.
        pool: indices of the unlabelled points, in the order of the first selectable trace.
        hover: hover text of each unlabelled point, as plotly's HTML.
        marks: strategy -> points it would query.
        names: display names of the strategies, for the legend.
        numbered: labelled points that are numbered, in query order.
        ringed: the inspected point.
        height: in pixels.
        dark: light text, for a dark page.
    """
    data: list[Spec] = probability_traces(x, y, surface_Y_X_C, dark=dark)
    data.append(
        _dots(points_N_2[pool])
        | {
            "name": "Unlabelled",
            "marker": {"size": 8, "color": FAINT, "line": {"width": 0}},
            "text": list(hover),
            "hovertemplate": "%{text}<extra></extra>",
            "customdata": typed_array(pool.astype(np.int32)),
            "selected": {"marker": {"opacity": 1}},
            "unselected": {"marker": {"opacity": 1}},
        }
    )
    turn = {} if numbered is None else {int(index): str(place + 1) for place, index in enumerate(numbered)}
    for label, name in enumerate(class_names):
        own = labeled[y_N[labeled] == label]
        style = class_style(label)
        data.append(
            _dots(points_N_2[own])
            | {
                "name": f"Labelled {name}",
                "mode": "markers+text",
                "text": [turn.get(int(index), "") for index in own],
                "textposition": "top center",
                "textfont": {"size": 11, "color": text_colour(dark)},
                "marker": {
                    "size": 12,
                    "color": style.color,
                    "symbol": style.symbol,
                    "line": {"width": 1.5, "color": "white"},
                },
                "hovertemplate": f"labelled {name}<extra></extra>",
            }
        )
    for place, (strategy, picks) in enumerate((marks or {}).items()):
        style = strategy_style(strategy)
        data.append(
            _dots(points_N_2[picks])
            | {
                "name": (names or {}).get(strategy, strategy),
                # Rings of growing size: strategies with the same query stay visible.
                "marker": {
                    "size": 15 + 4 * (place % 6),
                    "color": style.color,
                    "symbol": f"{style.symbol}-open",
                    "line": {"width": 2.5},
                },
                "hoverinfo": "skip",
            }
        )
    if ringed is not None:
        data.append(
            _dots(points_N_2[[ringed]])
            | {
                "name": "Inspected",
                "marker": {
                    "size": 22,
                    "color": text_colour(dark),
                    "symbol": "circle-open",
                    "line": {"width": 3},
                },
                "hoverinfo": "skip",
            }
        )
    selectable = {
        "dragmode": "pan",
        "clickmode": "event+select",
        "uirevision": "state",
        "hoverlabel": hover_label(dark),
    }
    return PreparedFigure({"data": data, "layout": plane_layout(x, y, height=height, dark=dark) | selectable})


def _dots(points_K_2: NDArray) -> Spec:
    return {"type": "scatter", "mode": "markers"} | at(points_K_2)
