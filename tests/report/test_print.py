"""Figures for paper: their size, their text as text, the points in them, and the same bytes each time."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from alcore.report.bounded import bounded_band
from alcore.report.charts.curves import learning_curves
from alcore.report.curves import curve_frame
from alcore.report.paper.render import ONE_COLUMN_MM, to_bytes, to_matplotlib
from alcore.report.style import strategy_style
from tests.support.drawn_bands import drawn_band

NAMES = {"random": "Random", "least_confidence": "Least confidence of $5 & <6>"}
SVG = "{http://www.w3.org/2000/svg}"


def race(*seeds: int, rounds: int = 40) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return curve_frame(
        {
            "run": f"{strategy}-{seed}",
            "strategy": strategy,
            "seed": seed,
            "round": i,
            "labels": 10 + 7 * i,
            "accuracy": rng.uniform(0.5, 0.9),
            "train_loss": 1 / (i + 1),
            "seconds": 1.0,
        }
        for seed in seeds
        for strategy in ("random", "least_confidence")
        for i in range(rounds)
    )


def print_curves(
    frame: pd.DataFrame,
    *,
    width_mm: float = ONE_COLUMN_MM,
    height_mm: float | None = None,
    font_pt: float = 8.0,
    title: str = "",
    **described: Any,
) -> Figure:
    chart = replace(learning_curves(frame, **described), title=title)
    return to_matplotlib(chart, width_mm=width_mm, height_mm=height_mm, font_pt=font_pt)


def texts(svg: bytes) -> set[str]:
    return {"".join(node.itertext()).strip() for node in ElementTree.fromstring(svg).iter(f"{SVG}text")}


def points(svg: bytes, strategy: str) -> np.ndarray:
    """The corners of the longest opaque line in the strategy's colour, as drawn: n x 2, y downwards."""
    color = strategy_style(strategy).color.lower()
    paths = [
        re.findall(r"[ML] ([-\d.]+) ([-\d.]+)", node.get("d", ""))
        for node in ElementTree.fromstring(svg).iter(f"{SVG}path")
        for style in [node.get("style", "")]
        if f"stroke: {color}" in style and "fill: none" in style and "opacity" not in style
    ]
    return np.array(max(paths, key=len), dtype=float)


def test_svg_keeps_text_as_text() -> None:
    svg = to_bytes(print_curves(race(0), names=NAMES, title="A race"), "svg")
    assert {"A race", "Test accuracy", "Labelled points", "Random", NAMES["least_confidence"]} <= texts(svg)


@pytest.mark.parametrize(("width_mm", "font_pt"), [(ONE_COLUMN_MM, 8.0), (ONE_COLUMN_MM, 14.0), (175.0, 8.0)])
def test_long_names_and_titles_stay_on_the_paper(width_mm: float, font_pt: float) -> None:
    long = "Graph (also learns from the unlabelled pool) on MNIST, 20 + 3 × 10 labels, pool of 5,000"
    names = {f"{strategy}-{seed}": f"{long}, seed {seed}" for strategy in NAMES for seed in range(3)}
    figure = print_curves(race(0, 1, 2), names=names, title=long, width_mm=width_mm, font_pt=font_pt)
    (legend,), suptitle = figure.legends, figure.get_suptitle()
    assert suptitle.replace("\n", " ") == long and len(legend.get_texts()) == 6
    for part in (legend, *figure.texts):
        box = part.get_window_extent()
        assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1
    plot = figure.axes[0].get_window_extent()
    assert plot.height > 0.4 * figure.bbox.width * (8 / font_pt), "the curves keep their room"


def test_svg_holds_every_round_where_it_belongs() -> None:
    frame = race(0)
    svg = to_bytes(print_curves(frame), "svg")
    for strategy, curve in frame.groupby("strategy"):
        drawn = points(svg, str(strategy))
        assert len(drawn) == len(curve)
        assert np.corrcoef(drawn[:, 0], curve["labels"])[0, 1] == pytest.approx(1)
        assert np.corrcoef(drawn[:, 1], curve["accuracy"])[0, 1] == pytest.approx(-1)


def test_pdf_is_one_page_of_the_asked_size_with_truetype_fonts() -> None:
    pdf = to_bytes(print_curves(race(0), width_mm=120, height_mm=80), "pdf")
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", pdf)
    assert box is not None
    assert [float(side) for side in box.groups()] == pytest.approx([120 / 25.4 * 72, 80 / 25.4 * 72], abs=0.01)
    assert b"/FontFile2" in pdf
    assert b"/Type3" not in pdf
    assert b"CreationDate" not in pdf


def test_png_is_300_dots_an_inch() -> None:
    image = Image.open(io.BytesIO(to_bytes(print_curves(race(0), height_mm=60), "png")))
    assert image.size == (int(ONE_COLUMN_MM / 25.4 * 300), int(60 / 25.4 * 300))
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_font_size_is_that_of_the_text() -> None:
    svg = to_bytes(print_curves(race(0), font_pt=11), "svg").decode()
    assert set(re.findall(r"font(?:-size)?: ([\d.]+)px", svg)) == {"11"}


@pytest.mark.parametrize("fmt", ["png", "svg", "pdf"])
def test_the_same_bytes_each_time_and_in_any_order(fmt: str) -> None:
    figure = print_curves(race(0))
    to_bytes(figure, "png")
    again = [to_bytes(figure, fmt), to_bytes(figure, fmt), to_bytes(print_curves(race(0)), fmt)]
    assert again[0] == again[1] == again[2]


def test_threads_do_not_disturb_one_another_or_the_settings() -> None:
    before = dict(matplotlib.rcParams)

    def draw(font_pt: float) -> bytes:
        return to_bytes(print_curves(race(0, rounds=5), font_pt=font_pt), "svg")

    sizes = [7.0, 9.0, 7.0, 9.0, 7.0, 9.0]
    alone = {size: draw(size) for size in set(sizes)}
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(draw, sizes)) == [alone[size] for size in sizes]
    assert dict(matplotlib.rcParams) == before


def test_a_users_matplotlibrc_changes_nothing() -> None:
    plain = to_bytes(print_curves(race(0)), "svg")
    with matplotlib.rc_context({"font.size": 20, "lines.linewidth": 9, "axes.facecolor": "black"}):
        assert to_bytes(print_curves(race(0)), "svg") == plain


def test_bands_are_the_interval_of_the_mean() -> None:
    frame = race(0, 1, 2)
    figure = print_curves(frame, names=NAMES, bands=True, width_mm=175)
    svg = to_bytes(figure, "svg")
    assert "Random (mean of 3 seeds, 95 % interval)" in texts(svg)
    table = frame[frame["strategy"] == "random"].pivot(index="run", columns="labels", values="accuracy")
    mean, low, high = bounded_band(table)
    np.testing.assert_allclose(drawn_band(figure, "random"), np.column_stack([table.columns, low, high]))
    assert np.corrcoef(points(svg, "random")[:, 1], mean)[0, 1] == pytest.approx(-1)
    assert "Random, seed 1" in texts(to_bytes(print_curves(frame, names=NAMES), "svg"))


@pytest.mark.parametrize("metric", ["accuracy", "train_loss", "labels"])
def test_every_metric_has_its_axis(metric: str) -> None:
    shown = texts(to_bytes(print_curves(race(0), metric=metric, x="round"), "svg"))
    assert {"accuracy": "Test accuracy", "train_loss": "Training loss", "labels": "Labelled points"}[metric] in shown
    assert "Round" in shown


def test_a_single_round_has_whole_labels_on_its_axis() -> None:
    shown = texts(to_bytes(print_curves(race(0, rounds=1)), "svg"))
    ticks = [text for text in shown if text.isdigit()]
    assert len(ticks) >= 3  # a set: no two are the same


def test_ranges_are_kept_and_nonsense_refused() -> None:
    axes = print_curves(race(0), x_range=(0, 500), y_range=(0, 1)).axes[0]
    assert (axes.get_xlim(), axes.get_ylim()) == ((0, 500), (0, 1))
    with pytest.raises(ValueError, match="choose one of accuracy, train_loss, labels"):
        print_curves(race(0), metric="recall")
