"""The lab's charts, made again only when a round has come."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from alcore.datasets import planar
from alcore.datasets.mnist import SOURCES
from alcore.datasets.shapes import SHAPES
from alcore.report.curves import curve_frame
from alcore.report.figures import PreparedFigure, learning_curves
from alcore.report.statistics import what_happened
from alcore.runs.config import RunConfig
from alcore.runs.info import RunInfo
from pages.shared import viewport
from pages.shared.lab import words

Rows = list[dict[str, Any]]

_TITLES = {"accuracy": "Test accuracy", "train_loss": "Training loss", "labels": "Labelled images"}
# How many points the accuracies of each data set are measured on.
TEST_POINTS = {
    **dict.fromkeys(SOURCES, 10_000),
    **dict.fromkeys(SHAPES, planar.TEST_POINTS),
    "digits": 360,
    "classification": 100,
    "iris": 50,
    "wine": 60,
    "breast_cancer": 190,
    "spam": 1394,
}
_LEGEND_ROOM = 90  # pixels
# The loss axis ends at the first of these that holds every loss so far: it moves rarely.
_LOSS_ENDS = (0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 5.0, 10.0, 100.0)


def draw_race(infos: Sequence[RunInfo], rows: Rows, axis: str) -> None:
    """Three charts whose axes are known before the first round: nothing moves while the runs go on."""
    configs, ended = [info.config for info in infos], all(info.state not in words.ACTIVE for info in infos)
    names = {info.id: words.strategy(info.config.strategy) for info in infos}
    narrow = viewport.is_narrow()
    places = [st.container() for _ in range(3)] if narrow else st.columns([2, 1.25, 1.25])
    charts = (("accuracy", axis), ("train_loss", axis), ("labels", "round"))
    for place, (metric, x) in zip(places, charts, strict=True):
        # Once nothing more is to come, the accuracy may fill its chart.
        fills = ended and metric == "accuracy" and bool(rows)
        heights = None if fills else _y_range(rows, configs, metric)
        legend = metric == "accuracy"
        # Side by side the three plots are of one height; under one another only the legend's own has room.
        height, room = (380, _LEGEND_ROOM) if not narrow else (300, _LEGEND_ROOM) if legend else (260, 8)
        figure = _figure(
            rows, names, metric, x, viewport.is_dark(), _x_range(configs, x), heights, height, legend, room
        )
        with place:
            st.markdown(f"**{_TITLES[metric]}**")
            st.plotly_chart(
                PreparedFigure(figure),
                theme=None,
                key=f"mnist_{metric}",
                alt=f"{_TITLES[metric]} against {'labels' if x == 'labels' else 'rounds'}. "
                f"{_latest(infos, rows, metric)}",
                config=_toolbar(f"alcore-mnist-{metric}"),
            )


def draw_overlay(infos: Sequence[RunInfo], rows: Rows, metric: str, axis: str) -> None:
    """Any runs on one chart."""
    names = words.legend(infos, short=viewport.is_narrow())
    height = 380 + (24 * len(infos) if viewport.is_narrow() else 0)
    figure = _figure(rows, names, metric, axis, viewport.is_dark(), None, None, height, True)
    st.plotly_chart(
        PreparedFigure(figure),
        theme=None,
        key="mnist_overlay",
        alt=f"{_TITLES[metric]} of {words.plural(len(infos), 'run')}. {_latest(infos, rows, metric)}",
        config=_toolbar("alcore-mnist-overlay"),
    )


def verdict(infos: Sequence[RunInfo], rows: Rows) -> str:
    """One sentence of what the runs show, or why they cannot be compared."""
    starts = {info.config.rival.model_copy(update={"seed": 0}) for info in infos}
    if len(starts) > 1:
        return (
            "These runs differ in more than strategy and seed: the chart shows them side by side, and no "
            "sentence compares them."
        )
    early = [info for info in infos if info.state != "done"]
    if early:
        stopped = " and ".join(f"{words.strategy(info.config.strategy)} ({info.state})" for info in early)
        return f"Not every run was finished: {stopped}. There is no comparison without the whole curves."
    points = TEST_POINTS.get(infos[0].config.dataset)
    return what_happened(curve_frame(rows), names=words.STRATEGY_NAMES, test_points=points)


@st.cache_data(max_entries=64, show_spinner=False)
def _figure(
    rows: Rows,
    names: Mapping[str, str],
    metric: str,
    x: str,
    dark: bool,
    x_range: tuple[float, float] | None,
    y_range: tuple[float, float] | None,
    height: int,
    legend: bool,
    room: int = _LEGEND_ROOM,
) -> dict[str, Any]:
    figure = learning_curves(
        curve_frame(rows),
        metric=metric,
        x=x,
        dark=dark,
        names=names,
        x_range=x_range,
        y_range=y_range,
        height=height,
    )
    spec: dict[str, Any] = figure.to_dict()
    # Room for the legend from the start: it comes with the first round, and must not push the chart.
    spec["layout"] |= {"showlegend": legend, "margin": {"l": 8, "r": 12, "t": 8, "b": room}}
    spec["layout"]["yaxis"]["title"] = {"text": ""}
    return spec


def _x_range(configs: Sequence[RunConfig], x: str) -> tuple[float, float]:
    firsts, lasts = zip(*(config.label_range for config in configs), strict=True)
    rounds = max(config.rounds for config in configs)
    low, high = (min(firsts), max(lasts)) if x == "labels" else (0, rounds)
    room = 0.04 * (high - low) or 1.0
    return low - room, high + room


def _y_range(rows: Rows, configs: Sequence[RunConfig], metric: str) -> tuple[float, float]:
    if metric == "accuracy":
        return 0.0, 1.02
    if metric == "labels":
        return 0.0, 1.06 * max(config.label_range[1] for config in configs)
    top = max((row["train_loss"] for row in rows if row["train_loss"] == row["train_loss"]), default=2.5)
    return 0.0, 1.04 * next((end for end in _LOSS_ENDS if end >= top), top)


def _latest(infos: Sequence[RunInfo], rows: Rows, metric: str) -> str:
    last = {row["run"]: row for row in rows}
    said = [
        f"{words.strategy(info.config.strategy)}: {last[info.id][metric]:.4g} with "
        f"{last[info.id]['labels']:,} labels"
        for info in infos
        if info.id in last
    ]
    return "; ".join(said) or "No round has finished yet."


def _toolbar(filename: str) -> dict[str, Any]:
    return {"displaylogo": False, "toImageButtonOptions": {"format": "svg", "filename": filename}}
