"""The MNIST lab's charts of rounds for print: queries by class, and cost in seconds and memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.extras import optional_imports
from alcore.report.paper.curves import ONE_COLUMN_MM, draw_legend
from alcore.report.paper.run_quality import lab_axes
from alcore.report.statistics.run_quality import STAGES
from alcore.report.style import AXES, class_style

with optional_imports():
    from matplotlib.figure import Figure

# Colour (of a class) and hatching of each stage, as on screen.
_LOOKS = {"train": (0, ""), "evaluate": (5, "//"), "score": (3, ".."), "select": (2, "xx"), "map": (6, "--")}


def print_class_balance(
    asked_R_C: NDArray[np.int64],
    class_names: Sequence[str],
    round_: int,
    *,
    share_C: ArrayLike | None = None,
    width_mm: float = ONE_COLUMN_MM,
    font_pt: float = 8.0,
    title: str = "",
) -> Figure:
    """Queries per class up to a round, that round's own on top; arguments as `interactive.run_rounds.class_balance`."""
    before_C, now_C = asked_R_C[:round_].sum(axis=0), asked_R_C[round_]
    at = np.arange(len(class_names))
    with lab_axes(width_mm, 0.62 * width_mm, font_pt, title) as (figure, axes):
        axes.bar(at, before_C, color=class_style(6).color, hatch="//", label="Rounds before")
        axes.bar(at, now_C, bottom=before_C, color=class_style(0).color, label=f"Round {round_}")
        if share_C is not None:
            expected_C = np.asarray(share_C) * (before_C + now_C).sum()
            axes.scatter(at, expected_C, marker="_", s=12 * font_pt, color="#31333F", label="At random")
        axes.set_xticks(at, class_names)
        axes.set_xlabel("Class")
        axes.set_ylabel("Questions")
        draw_legend(figure, axes, width_mm, font_pt)
        return figure


def print_stage_times(
    rows: Sequence[Mapping[str, Any]],
    *,
    x: str = "round",
    width_mm: float = ONE_COLUMN_MM,
    font_pt: float = 8.0,
    title: str = "",
) -> Figure:
    """Time of each round, stacked by stage; arguments as `interactive.run_rounds.stage_times`."""
    at = [str(row[x]) for row in rows]
    floor = np.zeros(len(rows))
    with lab_axes(width_mm, 0.62 * width_mm, font_pt, title) as (figure, axes):
        for stage, (words, _) in STAGES.items():
            seconds = np.array([row[f"seconds_{stage}"] or 0.0 for row in rows])
            if not seconds.any():
                continue
            color, hatching = _LOOKS[stage]
            axes.bar(at, seconds, bottom=floor, color=class_style(color).color, hatch=hatching, label=words)
            floor += seconds
        axes.set_xlabel(AXES[x])
        axes.set_ylabel("Seconds")
        draw_legend(figure, axes, width_mm, font_pt)
        return figure
