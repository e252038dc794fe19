"""Every chart, drawn by both renderers: the same series, names, colours, numbers, limits and words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from alcore.loops.pool.evaluate import reliability
from alcore.report.charts.chart import (
    FONT_PX,
    Axis,
    Band,
    Bars,
    Chart,
    Label,
    Matrix,
    Reference,
    Series,
    Whiskers,
    around,
)
from alcore.report.charts.costs import costs_chart
from alcore.report.charts.curves import (
    Curve,
    curve_chart,
    difference_chart,
    learning_curves,
    mean_curve_of,
    mean_curves,
)
from alcore.report.charts.pool_map import map_chart
from alcore.report.charts.run import class_balance_chart, confusion_chart, reliability_chart, stage_times_chart
from alcore.report.charts.stream import stream_chart
from alcore.report.charts.tournament import tournament_chart
from alcore.report.paper.render import to_matplotlib
from alcore.report.statistics.comparison import compare_races
from alcore.report.statistics.paired_difference import paired_difference
from alcore.report.statistics.strategy_costs import costs_of
from alcore.report.statistics.tournament import Summary, parse_results, summarise
from tests.support.charts import drawn, measured_runs, numbers

SCREENS = Path(__file__).resolve().parents[2] / "pages/screens"
CLASSES = ["cat", "$2 & <dog>", "owl"]
NAMES = {"margin": "Margin", "random": "Random & <co>"}


def runs(seeds: int) -> pd.DataFrame:
    return pd.concat([measured_runs("margin", 0.02, seeds), measured_runs("random", 0, seeds)])


def means() -> Chart:
    accuracy_S_R_T = np.clip(np.random.default_rng(0).normal(0.7, 0.05, (6, 2, 8)), 0, 1)
    found = compare_races(np.arange(10, 90, 10), accuracy_S_R_T, list(NAMES), seeds=range(6), names=NAMES)
    return mean_curves(found.labels_T, found.standings, seeds=6, target=0.72)


@pytest.mark.parametrize(
    ("start", "end", "target", "above", "left"),
    [(0.5, 0.9, 0.85, True, True), (0.5, 0.9, 0.45, True, False), (0.9, 0.91, 0.905, False, False)],
)
def test_a_target_is_named_where_no_curve_is(start: float, end: float, target: float, above: bool, left: bool) -> None:
    noise_S_R_T = np.random.default_rng(0).normal(0, 0.01, (6, 2, 8))
    found = compare_races(
        np.arange(10, 90, 10), np.linspace(start, end, 8) + noise_S_R_T, list(NAMES), seeds=range(6), names=NAMES
    )
    marks = mean_curves(found.labels_T, found.standings, seeds=6, target=target).marks
    (mark,) = (one for one in marks if isinstance(one, Reference))
    assert (mark.label_above, mark.label_left) == (above, left)


def shares() -> Chart:
    values_S_T = np.random.default_rng(1).random((6, 10))
    curves = [
        mean_curve_of("margin", "With", range(10), values_S_T),
        mean_curve_of("random", "W/o", range(10), [[0.5] * 10]),
    ]
    return curve_chart(curves, x=Axis("Epsilon"), y=Axis("Accuracy", "share"), references=[Reference(x=4), Reference()])


def difference() -> Chart:
    return difference_chart(
        paired_difference(measured_runs("margin", 0.02, 6), measured_runs("random", 0, 6)), ("A", "B")
    )


def stream() -> Chart:
    rng = np.random.default_rng(2)
    uncertainty_T, threshold_T = rng.random((2, 60))
    asked_T = (uncertainty_T >= threshold_T) & (np.arange(60) % 2 == 0)
    return stream_chart(
        uncertainty_T,
        threshold_T,
        asked_T,
        np.arange(60) // 3,
        np.cumsum(asked_T),
        {"quantile": rng.random(60), "random": rng.random(60)},
        policy="quantile",
        names={"random": "Random sampling of the stream"},
        now=30,
        looked_Q=np.array([0, 30, 60]),
        accuracy_Q=np.array([0.5, 0.6, 0.7]),
    )


def calibration() -> Chart:
    rng = np.random.default_rng(3)
    sure_N = rng.uniform(0.5, 1, 400)
    labels_N = np.where(rng.random(400) < sure_N - 0.1, 0, 1)
    before, after = (reliability(np.stack([p_N, 1 - p_N], axis=1), labels_N) for p_N in (sure_N, sure_N - 0.05))
    return reliability_chart(before, after, temperature=1.5)


def balance() -> Chart:
    return class_balance_chart(np.array([[1, 0, 2], [3, 1, 0], [0, 0, 5]]), CLASSES, 1, share_C=[0.5, 0.25, 0.25])


def stages() -> Chart:
    spent = {"seconds_evaluate": 0.5, "seconds_score": None, "seconds_select": 0.2, "seconds_map": 0.1}
    return stage_times_chart([{"round": i, "seconds_train": 2.0 + i, "memory_train": 300.0} | spent for i in range(4)])


def pool() -> Chart:
    rng = np.random.default_rng(4)
    places, guesses = rng.normal(size=(90, 2)), rng.integers(0, 3, 90)
    how: dict[str, Any] = {"labeled": np.arange(5), "asked": np.arange(5, 9), "chosen": 40}
    return map_chart(places, np.arange(90), guesses, CLASSES, **how)


def costs() -> Chart:
    found = costs_of(json.loads((SCREENS / "strategy_atlas/costs.json").read_text()))
    return costs_chart({key: (one.pool_sizes, one.seconds) for key, one in found.items()}, "margin", names=NAMES)


@cache
def tournament() -> Summary:
    return summarise(parse_results(json.loads((SCREENS / "tournament/ready.json").read_text())))


CHARTS: dict[str, Callable[[], Chart]] = {
    "runs": lambda: replace(
        learning_curves(runs(1), names=NAMES, published={"Paper": [(20, 0.5), (50, 0.9)]}), title="A title"
    ),
    "bands": lambda: learning_curves(runs(4), names=NAMES, bands=True, knee=30),
    "losses": lambda: learning_curves(runs(2), names=NAMES, metric="train_loss", x="round"),
    "means": means,
    "shares": shares,
    "difference": difference,
    "stream": stream,
    "confusion": lambda: confusion_chart(np.array([[940, 3, 7], [11, 1022, 0], [5, 6, 1000]]), CLASSES),
    "calibration": calibration,
    "balance": balance,
    "stages": stages,
    "pool": pool,
    "costs": costs,
    "gain": lambda: tournament_chart("gain", tournament()),
    "rank": lambda: tournament_chart("rank", tournament()),
    "penalties": lambda: tournament_chart("penalties", tournament()),
    "pareto": lambda: tournament_chart("pareto", tournament()),
    "differences": lambda: tournament_chart("differences", tournament()),
}


Drawn = list[tuple[str, list[tuple[float, float]]]]
"""Colour ("#rrggbb") and points of each part of one kind, sorted."""


def hexed(color: str) -> str:
    found = re.fullmatch(r"rgba\((\d+), (\d+), (\d+), [\d.]+\)", color)
    return color.lower() if found is None else "#{:02x}{:02x}{:02x}".format(*map(int, found.groups()))


def rounded(x: Any, y: Any) -> list[tuple[float, float]]:
    points = np.column_stack([np.asarray(x, dtype=float), np.asarray(y, dtype=float)])
    return [(float(f"{a:.5g}"), float(f"{b:.5g}")) for a, b in points[np.isfinite(points).all(axis=1)]]


def on_screen(spec: dict[str, Any]) -> dict[str, Drawn]:
    """Lines, points, bands, bars and cells of a figure of plotly; a whisker is a line with a point."""
    found: dict[str, Drawn] = {kind: [] for kind in ("lines", "points", "bands", "bars", "cells")}
    layout = spec["layout"]

    def at(values: Any, axis: dict[str, Any]) -> Any:
        return [axis["categoryarray"].index(one) for one in values] if "categoryarray" in axis else numbers(values)

    stacked: dict[float, float] = {}
    for trace in spec["data"]:
        row = trace.get("yaxis", "y").replace("y", "yaxis")
        if trace["type"] == "heatmap":
            found["cells"].append((hexed(trace["colorscale"][1][1]), [tuple(one) for one in trace["z"]]))
            continue
        x, y = at(trace["x"], layout["xaxis"]), at(trace["y"], layout[row])
        if trace["type"] == "bar":
            floor = [stacked.get(place, 0.0) for place in x]
            stacked.update(zip(x, y + floor, strict=True))
            found["bars"].append((hexed(trace["marker"]["color"]), rounded(floor, y)))
            continue
        if "fill" in trace:
            found["bands"].append((hexed(trace["fillcolor"]), sorted(set(rounded(x, y)))))
            continue
        if "lines" in trace["mode"]:
            found["lines"].append((hexed(trace["line"]["color"]), rounded(x, y)))
        if trace["mode"] == "markers" or isinstance(trace["marker"].get("size") if "marker" in trace else 0, list):
            found["points"].append((hexed(trace["marker"]["color"]), rounded(x, y)))
        for name, (along, across) in {"error_x": (x, y), "error_y": (y, x)}.items():
            if name in trace and trace[name]["visible"]:
                ends = [along[0] - trace[name]["arrayminus"][0], along[0] + trace[name]["array"][0]]
                span = (ends, [across[0]] * 2) if name == "error_x" else ([across[0]] * 2, ends)
                found["lines"].append((hexed(trace["marker"]["color"]), rounded(*span)))
    for shape in layout.get("shapes", []):
        if "xref" not in shape and "yref" not in shape:
            found["lines"].append((hexed(shape["line"]["color"]), [(0.0, 0.0), (1.0, 1.0)]))
    return {kind: sorted(one) for kind, one in found.items()}


def on_paper(figure: Figure) -> dict[str, Drawn]:
    """The same of a figure of matplotlib."""
    found: dict[str, Drawn] = {kind: [] for kind in ("lines", "points", "bands", "bars", "cells")}
    for axes in figure.axes:
        for line in axes.lines:
            points = rounded(line.get_xdata(), line.get_ydata())
            if points and line.get_transform() == axes.transData:
                kind = "points" if line.get_linestyle() == "None" else "lines"
                found[kind].append((to_hex(line.get_color()), points))
        for part in axes.collections:
            colors = np.concatenate([np.atleast_2d(part.get_facecolor()), np.atleast_2d(part.get_edgecolor())])
            color = to_hex(colors[0]) if len(colors) else ""
            if isinstance(part, PolyCollection):
                corners = np.asarray(part.get_paths()[0].vertices)
                found["bands"].append((color, sorted(set(rounded(*corners.T)))))
            elif isinstance(part, PathCollection):
                found["points"].append((color, rounded(*np.asarray(part.get_offsets()).T)))
        for bars in axes.containers:
            sides = [(bar.get_y(), bar.get_height()) for bar in bars]
            found["bars"].append((to_hex(bars[0].get_facecolor()), rounded(*np.transpose(sides))))
        for image in axes.images:
            found["cells"].append((to_hex(image.cmap(1.0)), [tuple(row) for row in np.asarray(image.get_array())]))
    return {kind: sorted(one) for kind, one in found.items()}


@pytest.mark.parametrize("name", CHARTS)
def test_both_renderers_draw_the_same(name: str) -> None:
    chart = CHARTS[name]()
    spec, figure = drawn(chart), to_matplotlib(chart, width_mm=175)
    screen, paper = on_screen(spec), on_paper(figure)
    assert screen == paper
    kinds = {Series: "lines points", Band: "bands", Bars: "bars", Matrix: "cells", Whiskers: "points"}
    for kind, where in kinds.items():
        marks = sum(isinstance(mark, kind) for mark in chart.marks)
        assert marks <= sum(len(screen[one]) for one in where.split()), "every mark is drawn"
    names = sum(isinstance(mark, Label) for mark in chart.marks)
    assert len(spec["data"]) + len(spec["layout"].get("shapes", [])) + names == len(chart.marks)


@pytest.mark.parametrize("name", CHARTS)
def test_both_renderers_write_the_same(name: str) -> None:
    chart = CHARTS[name]()
    spec, figure = drawn(chart), to_matplotlib(chart, width_mm=175)
    layout = spec["layout"]
    listed = [trace for trace in spec["data"] if layout["showlegend"] and trace.get("showlegend") is not False]
    entries = [text.get_text().replace("\n", " ") for legend in figure.legends for text in legend.get_texts()]
    assert sorted(unescape(trace["name"]) for trace in listed) == sorted(entries)
    assert unescape(layout.get("title", {}).get("text", "")) == figure.get_suptitle().replace("\n", " ")
    for number, axes in enumerate(figure.axes, start=1):
        sides: dict[str, tuple[Any, Any]] = {
            "yaxis" if number == 1 else f"yaxis{number}": (axes.yaxis, axes.get_ylim())
        }
        if number == len(figure.axes):
            sides["xaxis"] = (axes.xaxis, axes.get_xlim())
        for key, (side, limits) in sides.items():
            shown = layout[key]
            title = unescape(shown.get("title", {}).get("text", "")).replace("<br>", " ")
            assert title == side.get_label_text().replace("\n", " ")
            if "range" in shown:
                ends = [10**end for end in shown["range"]] if shown.get("type") == "log" else shown["range"]
                np.testing.assert_allclose(limits, ends)
            if "categoryarray" in shown:
                ticks = [text.get_text() for text in side.get_ticklabels()]
                assert ticks == [unescape(one) for one in shown["categoryarray"]]
    words = [text.get_text() for axes in figure.axes for text in axes.texts]
    cells = [text for trace in spec["data"] if trace["type"] == "heatmap" for row in trace["text"] for text in row]
    notes = [unescape(note["text"]) for note in layout.get("annotations", [])]
    assert sorted(words) == sorted(notes + [re.sub("</?b>", "", text) for text in cells if text])


def test_lines_and_markers_keep_their_proportion_to_the_text() -> None:
    chart = CHARTS["runs"]()
    trace = drawn(chart)["data"][0]
    for font_pt in (7.0, 14.0):
        line = to_matplotlib(chart, font_pt=font_pt).axes[0].lines[0]
        assert line.get_linewidth() == pytest.approx(trace["line"]["width"] * font_pt / FONT_PX)
        assert line.get_markersize() == pytest.approx(trace["marker"]["size"] * font_pt / FONT_PX)


def test_a_title_longer_than_its_axis_is_wrapped_by_both() -> None:
    long = "Difference in balanced test accuracy, averaged over all seeds of both groups (percentage points)"
    chart = replace(CHARTS["difference"](), y=Axis(long))
    assert "<br>" in drawn(chart)["layout"]["yaxis"]["title"]["text"]
    figure = to_matplotlib(chart)
    label = figure.axes[0].yaxis.get_label().get_window_extent()
    assert figure.bbox.y0 <= label.y0 and label.y1 <= figure.bbox.y1 + 1


def test_limits_hold_what_is_drawn_with_a_margin() -> None:
    assert around([[2.0, np.nan], [4.0, np.inf]], 0.1) == pytest.approx((1.8, 4.2))
    assert around([[0.99]], 0.1, low=-0.01, high=1.01) == pytest.approx((0.495, 1.01))
    assert around([], 0.1) == around([[np.nan]], 0.1) == (0.0, 1.0)


def test_curves_that_agree_are_wider_below_those_on_top_of_them() -> None:
    x, y = np.arange(5), np.array([0.5, 0.6, 0.7, 0.8, 0.9])
    same = [Curve(key, key, x, y) for key in ("least_confidence", "margin", "entropy")]
    apart = Curve("random", "Random", x, np.array([0.5, 0.6, 0.6, 0.7, 0.7]))
    marks = curve_chart([*same, apart], x=Axis("Labels"), y=Axis("Accuracy", "share")).marks
    assert [one.stroke.width for one in marks if isinstance(one, Series) and one.stroke] == [7.5, 5.0, 2.5, 2.5]
    frame = pd.DataFrame(
        {"run": f"{key}, 0", "strategy": key, "seed": 0, "round": k, "labels": k + 1, "accuracy": high}
        for key, heights in (("margin", y), ("entropy", y), ("random", y / 2))
        for k, high in enumerate(heights)
    ).assign(train_loss=np.nan, seconds=0.0)
    drawn = [one for one in learning_curves(frame).marks if isinstance(one, Series) and one.stroke]
    assert [one.stroke.width for one in drawn if one.stroke] == [4.5, 2.0, 2.0]
