"""Batches as files: what they hold, and that they need nothing else."""

import io
import json
import re
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy.spatial.distance import pdist

from alcore.report.export.batches import batches_to_csv, batches_to_html, batches_to_json, numbers_of
from alcore.report.paper.maps import apart, print_batches
from alcore.report.paper.render import ONE_COLUMN_MM, TWO_COLUMNS_MM, to_bytes
from alcore.report.svg.batch_panels import panels_scene
from tests.report.test_scene import DATA, PLANE, panel

PANELS = [panel("top_k"), panel("k_center", 1), panel("hybrid", 3)]


def test_csv_holds_every_number_in_full() -> None:
    frame = pd.read_csv(io.BytesIO(batches_to_csv(PLANE, PANELS)))
    assert frame["selector"].tolist() == ["top_k", "k_center", "hybrid"]
    for row, one in zip(frame.to_dict("records"), PANELS, strict=True):
        assert row["covering_radius"] == one.summary.covering_radius
        assert row["redundancy"] == one.summary.sum_of_marginals - one.summary.joint
        assert [int(i) for i in str(row["indices"]).split()] == one.picks.tolist()
        assert [row[f"class_{name}"] for name in "ABC"] == list(one.summary.per_class)
    assert np.isnan(frame["mean_distance"][1])


def test_json_holds_the_picks_and_what_was_set() -> None:
    told = json.loads(batches_to_json(PLANE, PANELS, {"size": 5, "own": []}, title="Five"))
    assert told["schema"] == "alcore-batches" and told["title"] == "Five" and told["config"]["size"] == 5
    assert told["labelled"] == PLANE.labeled.tolist()
    assert told["batches"][1]["smallest_distance"] is None
    for batch, one in zip(told["batches"], PANELS, strict=True):
        assert [pick["index"] for pick in batch["picks"]] == one.picks.tolist()
        for pick, score in zip(batch["picks"], one.scores, strict=True):
            assert [pick["x"], pick["y"]] == DATA.x_pool[pick["index"]].tolist()
            assert pick["class"] == "ABC"[DATA.y_pool[pick["index"]]] and pick["score"] == score


def test_the_page_needs_nothing_else_and_no_text_ends_its_script() -> None:
    scene = panels_scene(PLANE, PANELS)
    scene["panels"][0]["label"] = "</script><b>bold</b>"
    script = "function helper() {}\nexport default function (component) { helper(component) }\n"
    frame = numbers_of(PLANE, PANELS)
    page = batches_to_html(
        [("One & two", script, scene), ("Again", script, scene)],
        frame,
        {"a": "<i>"},
        style=".x { }",
        title="<T>",
        legend="Blue <b>: unsure",
    ).decode()
    assert page.count("<script") == page.count("</script>") == 1
    assert "<p>Blue &lt;b&gt;: unsure</p>" in page
    assert "<h1>&lt;T&gt;</h1>" in page and "<h2>One &amp; two</h2>" in page and "&lt;i&gt;" in page
    assert not re.search(r"(src|href)=|https?://(?!www\.w3\.org)", page)
    assert page.count("return function (component)") == 2 and "export default" not in page
    data = re.findall(r"data: (\{.*\}) \}\);", page)
    assert json.loads(data[0].replace("<\\/", "</")) == scene
    dark = batches_to_html([("One", script, scene)], frame, {}, style="", dark=True).decode()
    assert "#10171F" in dark and "#10171F" not in page.split("<script")[0]


@pytest.mark.parametrize(("width", "columns"), [(ONE_COLUMN_MM, 2), (TWO_COLUMNS_MM, 3)])
def test_print_is_as_wide_as_the_column_and_names_every_panel(width: float, columns: int) -> None:
    figure = print_batches(PLANE, PANELS, width_mm=width, font_pt=7)
    assert figure.get_size_inches()[0] == pytest.approx(width / 25.4)
    assert len({round(axes.get_position().x0, 3) for axes in figure.axes}) == columns
    drawn = "".join(ElementTree.fromstring(to_bytes(figure, "svg")).itertext())
    for word in ("Top_K", "K_Center", "Hybrid", "redundant"):
        assert word in drawn
    # Maps are square, and no text is cut off.
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    page = figure.bbox
    for axes in figure.axes:
        box = axes.get_window_extent()
        assert box.width == pytest.approx(box.height, rel=0.01)
        text = axes.get_tightbbox(renderer)
        assert text is not None
        assert text.x0 >= page.x0 - 1 and text.x1 <= page.x1 + 1
        assert text.y0 >= page.y0 - 1 and text.y1 <= page.y1 + 1


@pytest.mark.parametrize("fmt", ["png", "svg", "pdf"])
def test_print_gives_the_same_bytes_again(fmt: str) -> None:
    one, other = (to_bytes(print_batches(PLANE, PANELS[:1]), fmt) for _ in range(2))
    assert one == other
    if fmt == "png":
        assert Image.open(io.BytesIO(one)).size[0] == pytest.approx(TWO_COLUMNS_MM / 25.4 * 300, abs=1)


@pytest.mark.parametrize("width", [ONE_COLUMN_MM, TWO_COLUMNS_MM])
@pytest.mark.parametrize("font", [5, 8, 11, 14])
def test_words_of_one_panel_do_not_run_into_the_next(width: float, font: int) -> None:
    labels = ("Hybrid, sum (0.50)", "Expected gradient length", "Expected error reduction")
    shown = [replace(one, label=label) for one, label in zip(PANELS, labels, strict=True)]
    figure = print_batches(PLANE, shown, width_mm=width, font_pt=font)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for axes in figure.axes for text in (axes.title, axes.xaxis.label)]
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.x1 for box in boxes), "a text is cut off"
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_larger_text_takes_more_height() -> None:
    small, large = (print_batches(PLANE, PANELS, font_pt=size).get_size_inches()[1] for size in (5, 14))
    assert large > small


def test_without_a_batch_there_is_nothing_to_print() -> None:
    with pytest.raises(ValueError, match="no batch to print"):
        print_batches(PLANE, [])


def test_numbers_of_close_picks_are_moved_apart() -> None:
    places = np.array([[0.0, 0.0], [0.0, 0.0], [0.01, 0.0], [5.0, 5.0]])
    moved = apart(places, 1.0)
    assert pdist(moved).min() > 0.99 and np.allclose(moved[3], places[3], atol=0.01)


def test_a_title_and_a_legend_take_room_above_the_maps() -> None:
    bare, titled = print_batches(PLANE, PANELS), print_batches(PLANE, PANELS, title="A pool", words="What it shows.")
    assert titled.get_size_inches()[1] > bare.get_size_inches()[1]
    assert [text.get_text() for text in titled.texts] == ["A pool", "What it shows."]
