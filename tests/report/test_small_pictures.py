"""Small pictures of images, batches and curves."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from alcore.report.html.image_gallery import small_multiples
from alcore.report.svg.batch_thumbnail import batch_thumbnail
from alcore.report.svg.sparkline import HIGH, sparkline
from alcore.report.text.oracle import oracle_words

SVG = "{http://www.w3.org/2000/svg}"


def test_small_multiples_name_the_label_and_a_wrong_prediction() -> None:
    images = np.zeros((3, 4, 4), np.uint8)
    probs = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    html = small_multiples(images, np.array([0, 0, 1]), probs, ["<zero>", "one"], indices_K=np.array([7, 8, 9]))
    assert re.findall(r'class="(right|mistake)" data-index="(\d)"', html) == [
        ("right", "7"),
        ("mistake", "8"),
        ("mistake", "9"),
    ]
    assert re.findall(r"<span>(.*?)</span>", html) == ["&lt;zero&gt;", "✗ one", "✗ &lt;zero&gt;"]


@pytest.mark.parametrize("dark", [False, True])
def test_a_thumbnail_numbers_the_picks_in_their_order(dark: bool) -> None:
    rng = np.random.default_rng(0)
    points, labels = rng.uniform(-1, 1, (30, 2)), np.arange(30) % 3
    axis = np.linspace(-1, 1, 9)
    surface = np.abs(np.add.outer(axis, axis))
    svg = batch_thumbnail(
        points, labels, np.arange(6), np.array([20, 11, 29]), (axis, axis, surface), strategy="margin", dark=dark
    )
    root = ET.fromstring(svg)
    texts = root.findall(f".//{SVG}text")
    assert [text.text for text in texts] == ["1", "2", "3"]
    for text, index in zip(texts, (20, 11, 29), strict=True):
        x, y = points[index]
        assert float(text.get("x", "")) == pytest.approx(500 * (1 + x), abs=1)
        assert float(text.get("y", "")) == pytest.approx(500 * (1 - y), abs=1)


def test_a_sparkline_falls_with_its_values() -> None:
    root = ET.fromstring(sparkline([4.0, 2.0, 1.0]))
    (line,) = root.findall(f"{SVG}polyline")
    heights = [float(point.split(",")[1]) for point in line.get("points", "").split()]
    assert heights[0] == 4 and heights == sorted(heights)
    assert (HIGH - 4 - heights[1]) / (HIGH - 4 - heights[0]) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="two values"):
        sparkline([1.0])


def test_the_oracle_s_errors_are_counted() -> None:
    words = oracle_words(["1", "2", "3", "4"], ["1", "2", "4", "4"], ["7", "7", "4", "4"])
    assert "25 % (1 of 4" in words and words.endswith("before the query: 50 %.")
    with pytest.raises(ValueError, match="equally many"):
        oracle_words([], [], [])
