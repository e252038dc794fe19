"""The MNIST lab's map of the pool, with lasso selection."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from alcore.report.charts.chart import TEXT, Axis, Chart, Marker, Series, Stroke, text_of
from alcore.report.style import class_style

# The mean squared distance from the centre is 1 on every map. Half the window's width and height are multiples of this
# step, with a lower limit: the window is the same for most maps.
_STEP = 0.5
_LEAST = (4, 3)


def map_chart(
    places_P_2: NDArray[np.floating],
    indices_P: NDArray[np.int64],
    guesses_P: NDArray[np.int64],
    class_names: Sequence[str],
    *,
    labeled: NDArray[np.int64],
    asked: NDArray[np.int64],
    round_: int = 0,
    chosen: int | None = None,
) -> Chart:
    """Projection of the model's features of pool points, coloured by predicted class.

    The `facts` of every series hold the points' indices in the data set, which a lasso selection returns.

    Args:
        places_P_2: from `PoolMap.places_P_2`.
        indices_P: data set indices of the points, ascending.
        guesses_P: predicted classes.
        class_names: one per class.
        labeled: data set indices of the training set; drawn as crosses.
        asked: indices of the next queried points; outlined.
        round_: round number, for the legend.
        chosen: inspected point; ringed if it is on the map.
    """
    asked_P, labeled_P = np.isin(indices_P, asked), np.isin(indices_P, labeled)
    names = np.array([text_of(name) for name in class_names])

    def dots(which_P: NDArray[np.bool_], marker: Marker, name: str, hover: str, *, above: bool = True) -> Series:
        x, y = places_P_2[which_P].T.astype(np.float32)
        return Series(
            x,
            y,
            marker=marker,
            name=name,
            hover=hover and f"image %{{customdata}}, {hover}<extra></extra>",
            facts=indices_P[which_P].astype(np.int32),
            texts=names[guesses_P[which_P]].tolist(),
            above=above,
        )

    marks = []
    for label, name in enumerate(class_names):
        style = class_style(label)
        which_P = ~labeled_P & (guesses_P == label)
        marker = Marker(style.color, style.symbol, 5, opacity=0.55)
        marks.append(dots(which_P, marker, name, "predicted %{text}", above=False))
    crosses = Marker(TEXT, "cross-thin", 7, edge=Stroke(TEXT, 1.2))
    marks.append(dots(labeled_P, crosses, "Labelled before", "labelled before"))
    outline = Marker(TEXT, "circle", 8, "open", edge=Stroke(TEXT, 1.2))
    marks.append(
        dots(asked_P, outline, f"Queried in round {round_}", f"queried in round {round_}, predicted %{{text}}")
    )
    if chosen is not None:
        ring = Marker(TEXT, "circle", 24, "open", edge=Stroke(TEXT, 3))
        marks.append(dots(indices_P == chosen, ring, "Inspected", ""))
    x, y = (
        Axis(hidden=True, ends=_window(places_P_2[:, axis], least), grid=False) for axis, least in enumerate(_LEAST)
    )
    return Chart(marks, x, y, height=520, ratio=0.85, square=True, lasso=True, revision="map")


def _window(places_P: NDArray[np.floating], least: int) -> tuple[float, float]:
    reach = float(_STEP * max(least, np.ceil(1.03 * float(np.abs(places_P).max(initial=0.0)) / _STEP)))
    return -reach, reach
