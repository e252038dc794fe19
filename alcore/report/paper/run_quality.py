"""The MNIST lab's charts of a round for print, in the colours of the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.extras import optional_imports
from alcore.report.paper.curves import ONE_COLUMN_MM, draw_legend, draw_title, settings, settle
from alcore.report.statistics.paired_difference import Difference
from alcore.report.statistics.run_quality import Diagram
from alcore.report.style import AXES, METRICS, SHARES, class_style, strategy_style

with optional_imports():
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

_MM = 1 / 25.4
# As on screen: the share of a class at which errors have full colour.
_SATURATED = 0.1
_PERCENT = FuncFormatter(lambda share, _: f"{round(100 * share, 6):g}%")


def print_confusion(
    confusion_C_C: NDArray[np.int64],
    class_names: Sequence[str],
    *,
    width_mm: float = ONE_COLUMN_MM,
    font_pt: float = 8.0,
    title: str = "",
) -> Figure:
    """Confusion matrix of the test points with counts; `to_bytes` saves it.

    Args:
        confusion_C_C: true class (row) by predicted class (column).
        class_names: one per class.
        width_mm: width of the figure; ten classes need two columns, or 6 points.
        font_pt: font size.
        title: above the figure.
    """
    shares_C_C = confusion_C_C / np.maximum(confusion_C_C.sum(axis=1, keepdims=True), 1)
    mistakes_C_C = np.where(np.eye(len(class_names), dtype=bool), 0.0, shares_C_C)
    shades = LinearSegmentedColormap.from_list("mistakes", ["#FFFFFF", class_style(3).color])
    with lab_axes(width_mm, 0.95 * width_mm, font_pt, title) as (figure, axes):
        axes.imshow(mistakes_C_C, cmap=shades, vmin=0, vmax=_SATURATED, alpha=0.55)
        for true, guess in np.ndindex(confusion_C_C.shape):
            weight = "bold" if true == guess else "normal"
            axes.text(guess, true, f"{confusion_C_C[true, guess]:,}", ha="center", va="center", weight=weight)
        axes.set_xticks(range(len(class_names)), class_names)
        axes.set_yticks(range(len(class_names)), class_names)
        axes.set_xlabel("Predicted")
        axes.set_ylabel("True class")
        axes.grid(False)
        return figure


def print_reliability(
    before: Diagram,
    after: Diagram | None = None,
    *,
    temperature: float | None = None,
    width_mm: float = ONE_COLUMN_MM,
    font_pt: float = 8.0,
    title: str = "",
) -> Figure:
    """Reliability diagram before and after temperature scaling; `to_bytes` saves it.

    Args:
        before: without temperature scaling.
        after: with it; None if no temperature was fitted.
        temperature: the fitted temperature, for the legend.
        width_mm: width of the figure.
        font_pt: font size.
        title: above the figure.
    """
    fitted = "" if temperature is None else f" (T = {temperature:.2f})"
    with lab_axes(width_mm, 0.95 * width_mm, font_pt, title) as (figure, axes):
        axes.plot([0, 1], [0, 1], color="#7F7F7F", linestyle=(0, (1, 1.5)), linewidth=font_pt / 9)
        _bins(axes, before, "As trained", class_style(3).color, "--", "D", font_pt)
        if after is not None:
            _bins(axes, after, f"At the temperature{fitted}", class_style(0).color, "-", "o", font_pt)
        axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
        axes.set_xlabel("Confidence (highest probability)")
        axes.set_ylabel("Accuracy")
        axes.xaxis.set_major_formatter(_PERCENT)
        axes.yaxis.set_major_formatter(_PERCENT)
        axes.legend(loc="upper left")
        return figure


def print_difference(
    difference: Difference,
    names: Sequence[str],
    *,
    key: str = "",
    width_mm: float = ONE_COLUMN_MM,
    font_pt: float = 8.0,
    title: str = "",
) -> Figure:
    """A paired difference with its 95 % interval, and the zero line; `to_bytes` saves it.

    Args:
        difference: from `paired_difference`.
        names: names of the two groups, minuend first.
        key: strategy of the first group, which sets the style.
        width_mm: width of the figure.
        font_pt: font size.
        title: above the figure.
    """
    style, share = strategy_style(key or names[0]), difference.metric in SHARES
    scale = 100.0 if share else 1.0
    with lab_axes(width_mm, 0.62 * width_mm, font_pt, title) as (figure, axes):
        axes.axhline(0, color="#31333F", linewidth=font_pt / 10)
        if np.isfinite(difference.low_T).all():
            low, high = scale * difference.low_T, scale * difference.high_T
            label = f"95 % interval, {len(difference.seeds)} paired seeds"
            axes.fill_between(difference.x_T, low, high, color=style.color, alpha=0.2, linewidth=0, label=label)
        axes.plot(
            difference.x_T,
            scale * difference.mean_T,
            color=style.color,
            linestyle=style.mpl_dash,
            marker=style.mpl_marker,
            linewidth=font_pt / 7,
            markersize=font_pt / 2,
            label=f"{names[0]} less {names[1]}",
        )
        axes.set_xlabel(AXES[difference.x])
        unit = "\n(percentage points)" if share else ""
        axes.set_ylabel(f"Difference in {METRICS[difference.metric].lower()}{unit}")
        _grow(figure, draw_legend(figure, axes, width_mm, font_pt), font_pt)
        return figure


def print_map(
    places_P_2: NDArray[np.floating],
    guesses_P: NDArray[np.int64],
    class_names: Sequence[str],
    *,
    asked_P: NDArray[np.bool_],
    labeled_P: NDArray[np.bool_],
    strategy: str = "",
    width_mm: float = ONE_COLUMN_MM,
    font_pt: float = 8.0,
    title: str = "",
) -> Figure:
    """Pool points by predicted class, with labelled and queried points; `to_bytes` saves it.

    Args:
        places_P_2: from `PoolMap.places_P_2`.
        guesses_P: predicted classes.
        class_names: one per class.
        asked_P: whether each point was queried in the round.
        labeled_P: whether it was labelled before.
        strategy: key of the strategy, which sets the style of the queried points.
        width_mm: width of the figure.
        font_pt: font size.
        title: above the figure.
    """
    look = strategy_style(strategy)
    with lab_axes(width_mm, 1.1 * width_mm, font_pt, title) as (figure, axes):
        rest_P = ~(asked_P | labeled_P)
        for label, name in enumerate(class_names):
            style = class_style(label)
            x, y = places_P_2[rest_P & (guesses_P == label)].T
            axes.scatter(x, y, s=font_pt / 2, color=style.color, marker=style.mpl_marker, alpha=0.5, label=name)
        x, y = places_P_2[labeled_P].T
        axes.scatter(x, y, s=2 * font_pt, color="#31333F", marker="+", label="Labelled before")
        x, y = places_P_2[asked_P].T
        axes.scatter(
            x,
            y,
            s=4 * font_pt,
            color=look.color,
            marker=look.mpl_marker,
            edgecolors="#31333F",
            linewidths=font_pt / 12,
            label="Asked about",
        )
        axes.set(xticks=[], yticks=[], aspect="equal")
        draw_legend(figure, axes, width_mm, font_pt)
        return figure


def _grow(figure: Figure, lines: int, font_pt: float) -> None:
    width, height = figure.get_size_inches()
    figure.set_size_inches(width, height + 1.6 * font_pt / 72 * lines)


@contextmanager
def lab_axes(width_mm: float, height_mm: float, font_pt: float, title: str) -> Iterator[tuple[Figure, Axes]]:
    """Axes on a figure of this size; laid out at the end, so that its bytes are reproducible."""
    with settings(font_pt):
        figure = Figure(figsize=(width_mm * _MM, height_mm * _MM), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        yield figure, axes
        # The given height includes a title of one line.
        _grow(figure, max(0, draw_title(figure, title, width_mm, font_pt) - 1), font_pt)
        settle(figure)


def _bins(axes: Axes, diagram: Diagram, name: str, color: str, dash: Any, marker: str, font_pt: float) -> None:
    there = diagram.count_B > 0
    share = diagram.count_B[there] / diagram.count_B.sum()
    x, y = diagram.confidence_B[there], diagram.accuracy_B[there]
    axes.plot(x, y, color=color, linestyle=dash, linewidth=font_pt / 8, marker=marker, markersize=1, label=name)
    # Area by share of the points: small bins are small.
    axes.scatter(x, y, color=color, marker=marker, s=font_pt * (0.5 + 8 * share), zorder=3)
