"""A stream over time: uncertainty against the threshold, labels spent against the budget, accuracy."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from alcore.report.charts.chart import TEXT, Axis, Chart, Mark, Marker, Reference, Series, Stroke, text_of
from alcore.report.style import GREY, strategy_style


def stream_chart(
    uncertainty_T: NDArray,
    threshold_T: NDArray,
    asked_T: NDArray[np.bool_],
    earned_T: NDArray[np.int64],
    spent_T: NDArray[np.int64],
    prequential_T: Mapping[str, NDArray],
    *,
    policy: str,
    names: Mapping[str, str],
    now: int,
    looked_Q: NDArray[np.int64],
    accuracy_Q: NDArray,
) -> Chart:
    """A stream, in three panels with a common time axis.

    Args:
        uncertainty_T: uncertainty of each arrival.
        threshold_T: threshold it was compared with.
        asked_T: whether the arrival was queried.
        earned_T: budget accrued by then, in labels.
        spent_T: labels spent by then.
        prequential_T: policy -> prequential accuracy over a window of recent arrivals.
        policy: policy of this stream.
        names: display names of the policies.
        now: the current arrival, from 0.
        looked_Q: arrivals before each test evaluation.
        accuracy_Q: test accuracy at each.
    """
    style = strategy_style(policy)
    arrival_T = np.arange(1, len(uncertainty_T) + 1)
    over_T = uncertainty_T >= threshold_T
    marks: list[Mark] = [
        Series(
            arrival_T[which_T],
            uncertainty_T[which_T],
            marker=marker,
            name=name,
            hover=f"{name.lower()}<br>arrival %{{x}}, uncertainty %{{y:.2f}}<extra></extra>",
        )
        for which_T, name, marker in (
            (asked_T, "Queried", Marker(style.color, style.symbol, 8)),
            (over_T & ~asked_T, "No budget left", Marker(TEXT, "x-thin", edge=Stroke(TEXT, 1.5))),
            (~over_T & ~asked_T, "Skipped", Marker(GREY, size=4, opacity=0.55)),
        )
    ]
    for name, y_T, stroke, row, form in (
        ("Threshold", threshold_T, Stroke(style.color, 1.5), 0, ".2f"),
        ("Earned", earned_T, Stroke(GREY, 2, "dot"), 1, "d"),
        ("Spent", spent_T, Stroke(style.color), 1, "d"),
    ):
        marks.append(Series(arrival_T, y_T, stroke, name=name, hover=_hover(name, form), step=row == 1, row=row))
    for key, share_T in prequential_T.items():
        look = strategy_style(key)
        name = "Prequential accuracy" if key == policy else f"Prequential, {names[key]}"
        stroke = Stroke(look.color, 2, look.dash)
        marks.append(Series(arrival_T, share_T, stroke, name=name, hover=_hover(name, ".1%"), row=2))
    tested = Marker(style.color, style.symbol, 8, "open")
    hover = _hover("Test accuracy", ".1%")
    marks.append(Series(looked_Q, accuracy_Q, marker=tested, name="Test accuracy", hover=hover, row=2))
    marks.append(Reference(x=now + 1, dash="dash"))
    return Chart(
        marks,
        Axis("Arrivals", "whole", (0, len(arrival_T) + 1)),
        [
            Axis("Uncertainty", from_zero=True, height=0.4),
            Axis("Labels", from_zero=True, height=0.25),
            Axis("Accuracy", "share", height=0.35),
        ],
        height=620,
        ratio=1.0,
    )


def _hover(name: str, form: str) -> str:
    return f"{text_of(name)}<br>arrival %{{x}}: %{{y:{form}}}<extra></extra>"
