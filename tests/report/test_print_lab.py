"""The lab's charts for paper: their text, their numbers, their bytes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from alcore.loops.pool.evaluate import reliability
from alcore.report.charts.chart import Chart
from alcore.report.charts.curves import difference_chart
from alcore.report.charts.pool_map import map_chart
from alcore.report.charts.run import confusion_chart, reliability_chart
from alcore.report.paper.render import to_bytes, to_matplotlib
from alcore.report.statistics.paired_difference import paired_difference
from tests.support.charts import measured_runs

SVG = "{http://www.w3.org/2000/svg}"
CONFUSION = np.array([[940, 3, 7], [11, 1022, 0], [5, 6, 1000]])
CLASSES = ["zero", "one", "$2 & <two>"]


def texts(figure: Figure) -> list[str]:
    svg = ElementTree.fromstring(to_bytes(figure, "svg"))
    return ["".join(node.itertext()).strip() for node in svg.iter(f"{SVG}text")]


def titled(chart: Chart) -> Figure:
    return to_matplotlib(replace(chart, title="A title"))


def difference() -> Figure:
    found = paired_difference(measured_runs("margin", 0.02, 6), measured_runs("random", 0, 6))
    return titled(difference_chart(found, ("Margin", "Random"), key="margin"))


def calibration() -> Figure:
    rng = np.random.default_rng(0)
    sure = rng.uniform(0.5, 1, 500)
    labels = np.where(rng.random(500) < sure - 0.1, 0, 1)
    diagrams = [reliability(np.stack([p, 1 - p], axis=1), labels) for p in (sure, sure - 0.1)]
    return titled(reliability_chart(diagrams[0], diagrams[1], temperature=1.5))


def pool() -> Figure:
    rng = np.random.default_rng(0)
    guesses, places = rng.integers(0, 3, 60), rng.normal(size=(60, 2))
    asked, labeled = np.arange(4), np.arange(4, 10)
    how: dict[str, Any] = {"asked": asked, "labeled": labeled}
    return titled(map_chart(places, np.arange(60), guesses, CLASSES, **how))


def confusion() -> Figure:
    return titled(confusion_chart(CONFUSION, CLASSES))


@pytest.mark.parametrize("draw", [confusion, calibration, difference, pool])
def test_every_chart_is_titled_and_the_same_each_time(draw) -> None:
    assert "A title" in texts(draw())
    for fmt, head in (("png", b"\x89PNG"), ("pdf", b"%PDF")):
        content = to_bytes(draw(), fmt)
        assert content.startswith(head) and content == to_bytes(draw(), fmt)


def test_every_number_of_the_confusion_matrix_is_printed() -> None:
    said = texts(confusion())
    for number in CONFUSION.ravel():
        assert f"{number:,}" in said
    assert set(CLASSES) <= set(said) and {"Predicted class", "True class"} <= set(said)


def test_the_difference_is_printed_in_percentage_points() -> None:
    figure = difference()
    found = paired_difference(measured_runs("margin", 0.02, 6), measured_runs("random", 0, 6))
    _, line = figure.axes[0].lines
    np.testing.assert_allclose(np.asarray(line.get_ydata(), dtype=float), 100 * found.mean_T)
    assert {"Margin less Random", "95 % interval, 6 paired seeds"} <= set(texts(figure))
    alone = paired_difference(measured_runs("margin", 0.02, 1), measured_runs("random", 0, 1), metric="nll")
    assert not any("interval" in text for text in texts(to_matplotlib(difference_chart(alone, ("A", "B")))))


def test_a_diagram_of_small_bins_alone_is_printed() -> None:
    few = reliability(np.array([[0.6, 0.4], [0.9, 0.1]]), np.zeros(2, dtype=np.int64))
    drawn = [np.asarray(one.get_offsets()) for one in to_matplotlib(reliability_chart(few)).axes[0].collections]
    np.testing.assert_allclose(np.concatenate(drawn)[:, 0], [0.6, 0.9])


def test_reliability_and_map_hold_every_point() -> None:
    said = texts(calibration())
    assert {"As trained", "At the temperature (T = 1.50)", "Accuracy"} <= set(said)
    dots = [one for one in pool().axes[0].collections if isinstance(one, PathCollection)]
    counts = [len(np.asarray(one.get_offsets())) for one in dots]
    assert sum(counts[:-1]) == 60 and counts[-2:] == [6, 4]
