"""The MNIST lab's map of the pool, with lasso selection."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.report.interactive.curves import UNWANTED_BUTTONS, PreparedFigure, typed_array
from alcore.report.interactive.run_curves import TEXT, layout
from alcore.report.style import class_style, strategy_style

# The mean squared distance from the centre is 1 on every map. Half the window's width and height are multiples of this
# step, with a lower limit: the window is the same for most maps.
_STEP = 0.5
_LEAST = (4, 3)


def map_figure(
    places_P_2: NDArray[np.floating],
    indices_P: NDArray[np.int64],
    guesses_P: NDArray[np.int64],
    class_names: Sequence[str],
    *,
    labeled: NDArray[np.int64],
    asked: NDArray[np.int64],
    strategy: str = "",
    round_: int = 0,
    chosen: int | None = None,
    dark: bool = False,
    height: int = 520,
) -> PreparedFigure:
    """Projection of the model's features of pool points, coloured by predicted class.

    `customdata` of every trace holds the points' indices in the data set, which a lasso selection returns.

    Args:
        places_P_2: from `PoolMap.places_P_2`.
        indices_P: data set indices of the points, ascending.
        guesses_P: predicted classes.
        class_names: one per class.
        labeled: data set indices of the training set; drawn as crosses.
        asked: indices of the next queried points; drawn large, in the strategy's style.
        strategy: its key.
        round_: round number, for the legend.
        chosen: inspected point; ringed if it is on the map.
        dark: for a dark page.
        height: in pixels.
    """
    asked_P, labeled_P = np.isin(indices_P, asked), np.isin(indices_P, labeled)
    rest_P = ~(asked_P | labeled_P)

    def dots(which_P: NDArray[np.bool_]) -> dict[str, Any]:
        names = np.array([escape(name, quote=False) for name in class_names])
        return {
            "type": "scatter",
            "mode": "markers",
            "x": typed_array(places_P_2[which_P, 0].astype(np.float32)),
            "y": typed_array(places_P_2[which_P, 1].astype(np.float32)),
            "customdata": typed_array(indices_P[which_P].astype(np.int32)),
            "text": names[guesses_P[which_P]].tolist(),
            "unselected": {"marker": {"opacity": 0.15}},
        }

    data = []
    for label, name in enumerate(class_names):
        style = class_style(label)
        data.append(
            dots(rest_P & (guesses_P == label))
            | {
                "name": escape(name, quote=False),
                "marker": {"size": 5, "color": style.color, "symbol": style.symbol, "opacity": 0.55},
                "hovertemplate": "image %{customdata}, taken for %{text}<extra></extra>",
            }
        )
    data.append(
        dots(labeled_P)
        | {
            "name": "Labelled before",
            "legend": "legend2",
            "marker": {
                "size": 7,
                "color": TEXT[dark],
                "symbol": "cross-thin",
                "line": _edge(1.2, TEXT[dark]),
            },
            "hovertemplate": "image %{customdata}, labelled before<extra></extra>",
        }
    )
    look = strategy_style(strategy)
    data.append(
        dots(asked_P)
        | {
            "name": f"Asked about in round {round_}",
            "legend": "legend2",
            "marker": {
                "size": 11,
                "color": look.color,
                "symbol": look.symbol,
                "line": _edge(1.5, TEXT[dark]),
            },
            "hovertemplate": f"image %{{customdata}}, asked about in round {round_}, "
            "taken for %{text}<extra></extra>",
        }
    )
    if chosen is not None:
        data.append(
            dots(indices_P == chosen)
            | {
                "name": "Looked at",
                "legend": "legend2",
                "hoverinfo": "skip",
                "marker": {
                    "size": 24,
                    "symbol": "circle-open",
                    "color": TEXT[dark],
                    "line": _edge(3, TEXT[dark]),
                },
            }
        )
    across, up = (_window(places_P_2[:, axis], least) for axis, least in enumerate(_LEAST))
    shared = layout(dark, height)
    tools = shared["modebar"] | {"remove": [name for name in UNWANTED_BUTTONS if not name.endswith("2d")]}
    own = {
        "dragmode": "lasso",
        "clickmode": "event+select",
        "uirevision": "map",
        "legend": shared["legend"] | {"itemsizing": "constant"},
        # A legend of its own: all entries of a legend are as wide as its widest.
        "legend2": shared["legend"] | {"y": 1, "yanchor": "top"},
        "modebar": tools,
        "xaxis": {"visible": False, "range": across},
        "yaxis": {"visible": False, "range": up, "scaleanchor": "x"},
    }
    return PreparedFigure({"data": data, "layout": shared | own})


def _window(places_P: NDArray[np.floating], least: int) -> list[float]:
    reach = _STEP * max(least, np.ceil(1.03 * float(np.abs(places_P).max(initial=0.0)) / _STEP))
    return [-reach, reach]


def _edge(width: float, color: str) -> dict[str, Any]:
    return {"width": width, "color": color}
