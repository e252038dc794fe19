"""The MNIST lab's charts of rounds: queries by class, and cost in seconds and memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.report.interactive.curves import PreparedFigure, typed_array
from alcore.report.interactive.run_curves import TEXT, axis, layout
from alcore.report.statistics.run_quality import STAGES
from alcore.report.style import AXES, class_style

_HATCHING = {"size": 7, "solidity": 0.2, "fillmode": "overlay", "fgcolor": "#FFFFFF", "fgopacity": 0.7}
# Colour (of a class) and pattern of each stage.
_LOOKS = {"train": (0, ""), "evaluate": (5, "/"), "score": (3, "."), "select": (2, "x"), "map": (6, "-")}


def class_balance(
    asked_R_C: NDArray[np.int64],
    class_names: Sequence[str],
    round_: int,
    *,
    share_C: ArrayLike | None = None,
    dark: bool = False,
    height: int = 320,
) -> PreparedFigure:
    """Queries per class up to a round, that round's own on top.

    Args:
        asked_R_C: queries by round and class, from `asked_counts`.
        class_names: one per class.
        round_: last row shown.
        share_C: share of each class among all points; marks the expected number of random queries.
        dark: for a dark page.
        height: in pixels.
    """
    before_C, now_C = asked_R_C[:round_].sum(axis=0), asked_R_C[round_]
    names = [escape(name, quote=False) for name in class_names]
    earlier, own = class_style(6), class_style(0)
    data: list[dict[str, Any]] = [
        _bars("Rounds before", names, before_C, earlier.color, "/"),
        _bars(f"Round {round_}", names, now_C, own.color, ""),
    ]
    if share_C is not None:
        expected_C = np.asarray(share_C) * (before_C + now_C).sum()
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": "At random, on average",
                "x": names,
                "y": typed_array(expected_C),
                "marker": {
                    "symbol": "line-ew-open",
                    "size": 22,
                    "color": TEXT[dark],
                    "line": {"width": 3, "color": TEXT[dark]},
                },
                "hovertemplate": "%{y:.1f}",
            }
        )
    axes = {
        "xaxis": axis("Class") | {"type": "category", "categoryarray": names, "showgrid": False},
        "yaxis": axis("Questions") | {"rangemode": "tozero"},
    }
    return PreparedFigure({"data": data, "layout": layout(dark, height) | axes | {"barmode": "stack"}})


def stage_times(
    rows: Sequence[Mapping[str, Any]], *, x: str = "round", dark: bool = False, height: int = 320
) -> PreparedFigure:
    """Time of each round, stacked by stage.

    Args:
        rows: from `stage_rows`.
        x: "round" or "labels".
        dark: for a dark page.
        height: in pixels.
    """
    data = []
    at = [row[x] for row in rows]
    for stage, (words, memory) in STAGES.items():
        seconds = [row[f"seconds_{stage}"] or 0.0 for row in rows]
        if not any(seconds):
            continue
        color, hatching = _LOOKS[stage]
        peaks = [_mib(row.get(memory)) for row in rows]
        data.append(
            _bars(words, at, np.array(seconds), class_style(color).color, hatching)
            | {"text": peaks, "textposition": "none", "hovertemplate": "%{y:.3g} s%{text}"}
        )
    axes = {"xaxis": axis(AXES[x]) | {"showgrid": False}, "yaxis": axis("Seconds") | {"rangemode": "tozero"}}
    return PreparedFigure({"data": data, "layout": layout(dark, height) | axes | {"barmode": "stack"}})


def _bars(name: str, x: Sequence[Any], heights: NDArray, color: str, hatching: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "x": list(x),
        "y": typed_array(heights),
        "hovertemplate": "%{y:,}",
        "marker": {"color": color, "pattern": {"shape": hatching} | _HATCHING},
    }


def _mib(mib: float | None) -> str:
    return "" if mib is None else f", at most {mib:,.0f} MiB"
