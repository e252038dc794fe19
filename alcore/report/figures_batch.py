"""One selector's batch on the acquisition surface."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from alcore.report.bands import bands
from alcore.report.figures import PreparedFigure, typed_array
from alcore.report.figures_2d_traces import FAINT, polygon_trace
from alcore.report.palette import class_style, strategy_style

SURFACE_COLOUR = "#C08500"
SHARES = (0.2, 0.4, 0.6, 0.8, 0.95)  # of the largest uncertainty


def batch_figure(
    points_N_2: NDArray,
    y_N: NDArray[np.int64],
    class_names: Sequence[str],
    x: NDArray,
    y: NDArray,
    surface_Y_X: NDArray,
    labeled: NDArray[np.int64],
    picks: NDArray[np.int64],
    pick_scores: NDArray,
    *,
    strategy: str,
    height: int = 260,
) -> PreparedFigure:
    """Picks numbered in picking order, over where the model is unsure.

    Args:
        points_N_2: the pool, labelled points included.
        y_N: its labels; drawn for labelled points only.
        class_names: one a class.
        x: columns of the surface.
        y: rows of the surface.
        surface_Y_X: uncertainty; darker bands are more uncertain.
        labeled: indices labelled before.
        picks: indices of the batch.
        pick_scores: the number by which each was picked.
        strategy: whose batch it is, for the colour.
        height: in pixels.
    """
    top = float(surface_Y_X.max())
    traces = [
        polygon_trace(polygons, SURFACE_COLOUR, 0.13)
        for polygons in bands(x, y, surface_Y_X, [share * top for share in SHARES])
    ]
    traces.append(_scatter(points_N_2) | {"marker": {"size": 4, "color": FAINT}, "hoverinfo": "skip"})
    for label, name in enumerate(class_names):
        look = class_style(label)
        mine = labeled[y_N[labeled] == label]
        traces.append(
            _scatter(points_N_2[mine])
            | {
                "marker": {
                    "size": 9,
                    "symbol": look.symbol,
                    "color": look.color,
                    "line": {"color": "white", "width": 1},
                },
                "hovertext": [f"labelled: class {name}"] * len(mine),
                "hoverinfo": "text",
            }
        )
    style = strategy_style(strategy)
    numbers = [str(n) for n in range(1, len(picks) + 1)]
    traces.append(
        _scatter(points_N_2[picks])
        | {
            "mode": "markers+text",
            "text": numbers,
            "textfont": {"size": 10, "color": "white"},
            "marker": {"size": 18, "color": style.color, "line": {"color": "white", "width": 1.5}},
            "hovertext": [
                f"pick {n}<br>picked by {score:.3f}" for n, score in zip(numbers, pick_scores, strict=True)
            ],
            "hoverinfo": "text",
        }
    )
    axis = {
        "showticklabels": False,
        "showgrid": False,
        "zeroline": False,
        "constrain": "domain",
    }
    return PreparedFigure(
        {
            "data": traces,
            "layout": {
                "height": height,
                "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
                "showlegend": False,
                "hovermode": "closest",
                "paper_bgcolor": "rgba(0,0,0,0)",
                "plot_bgcolor": "rgba(0,0,0,0)",
                "xaxis": axis | {"range": [float(x[0]), float(x[-1])]},
                "yaxis": axis | {"range": [float(y[0]), float(y[-1])], "scaleanchor": "x"},
            },
        }
    )


def _scatter(points_K_2: NDArray) -> dict:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": typed_array(points_K_2[:, 0].astype(np.float32)),
        "y": typed_array(points_K_2[:, 1].astype(np.float32)),
    }
