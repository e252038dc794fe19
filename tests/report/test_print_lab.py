"""The lab's charts for paper: their text, their numbers, their bytes."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from alcore.loops.pool.evaluate import reliability
from alcore.report.paper.curves import to_bytes
from alcore.report.paper.run_quality import print_confusion, print_difference, print_map, print_reliability
from alcore.report.statistics.paired_difference import paired_difference
from tests.charts import measured_runs

SVG = "{http://www.w3.org/2000/svg}"
CONFUSION = np.array([[940, 3, 7], [11, 1022, 0], [5, 6, 1000]])
CLASSES = ["zero", "one", "$2 & <two>"]


def texts(figure: Figure) -> list[str]:
    svg = ElementTree.fromstring(to_bytes(figure, "svg"))
    return ["".join(node.itertext()).strip() for node in svg.iter(f"{SVG}text")]


def difference() -> Figure:
    found = paired_difference(measured_runs("margin", 0.02, 6), measured_runs("random", 0, 6))
    return print_difference(found, ("Margin", "Random"), key="margin", title="A title")


def calibration() -> Figure:
    rng = np.random.default_rng(0)
    sure = rng.uniform(0.5, 1, 500)
    labels = np.where(rng.random(500) < sure - 0.1, 0, 1)
    diagrams = [reliability(np.stack([p, 1 - p], axis=1), labels) for p in (sure, sure - 0.1)]
    return print_reliability(diagrams[0], diagrams[1], temperature=1.5, title="A title")


def pool() -> Figure:
    rng = np.random.default_rng(0)
    asked, labeled = np.zeros(60, bool), np.zeros(60, bool)
    asked[:4], labeled[4:10] = True, True
    guesses = rng.integers(0, 3, 60)
    return print_map(
        rng.normal(size=(60, 2)),
        guesses,
        CLASSES,
        asked_P=asked,
        labeled_P=labeled,
        strategy="margin",
        title="A title",
    )


def confusion() -> Figure:
    return print_confusion(CONFUSION, CLASSES, title="A title")


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
    assert set(CLASSES) <= set(said) and {"Predicted", "True class"} <= set(said)


def test_the_difference_is_printed_in_percentage_points() -> None:
    figure = difference()
    found = paired_difference(measured_runs("margin", 0.02, 6), measured_runs("random", 0, 6))
    _, line = figure.axes[0].lines
    np.testing.assert_allclose(np.asarray(line.get_ydata(), dtype=float), 100 * found.mean_T)
    assert {"Margin less Random", "95 % interval, 6 paired seeds"} <= set(texts(figure))
    alone = paired_difference(measured_runs("margin", 0.02, 1), measured_runs("random", 0, 1), metric="nll")
    assert not any("interval" in text for text in texts(print_difference(alone, ("A", "B"))))


def test_reliability_and_map_hold_every_point() -> None:
    said = texts(calibration())
    assert {"As trained", "At the temperature (T = 1.50)", "Accuracy"} <= set(said)
    dots = [one for one in pool().axes[0].collections if isinstance(one, PathCollection)]
    counts = [len(np.asarray(one.get_offsets())) for one in dots]
    assert sum(counts) == 60 and counts[-2:] == [6, 4]
