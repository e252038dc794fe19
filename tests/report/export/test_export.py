"""Every export format: its content is read back with something other than what wrote it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from alcore.report.curves import COLUMNS, curve_frame
from alcore.report.export.curves import FORMATS, export

NAMES = {"random": "Random", "margin": "Margin"}
CONFIGS = [{"dataset": "blobs", "strategy": "margin", "note": "</pre><script>alert(1)</script>"}]


def race(rounds: int = 5, run: str = "{}-0", strategies: tuple[str, ...] = ("random", "margin")) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return curve_frame(
        {
            "run": run.format(strategy),
            "strategy": strategy,
            "seed": 0,
            "round": i,
            "labels": 10 + 7 * i,
            "accuracy": rng.uniform(0.5, 0.9),
            "train_loss": None if i == 0 else rng.uniform(),
            "seconds": rng.uniform(),
        }
        for strategy in strategies
        for i in range(rounds)
    )


def test_csv_reads_back_as_the_very_same_numbers() -> None:
    frame = race()
    content = export(frame, CONFIGS, "csv")
    assert content.splitlines()[0].decode().split(",") == list(COLUMNS)
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert [float(row["accuracy"]) for row in rows] == frame["accuracy"].tolist()
    back = curve_frame([row | {"train_loss": float(row["train_loss"] or "nan")} for row in rows])
    pd.testing.assert_frame_equal(back, frame, check_exact=True)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r\n@"])
def test_csv_holds_no_formula(start: str) -> None:
    frame = race(run=start + "{}!A1", strategies=(start + "cmd",))
    for row in csv.DictReader(io.StringIO(export(frame, [], "csv").decode(), newline="")):
        assert row["run"].startswith(f"'{start.strip()}")
        assert row["strategy"] == f"'{start.strip()}cmd"
        assert row["accuracy"]


def test_json_holds_configs_curve_and_statistics() -> None:
    frame = race()
    content = json.loads(export(frame, CONFIGS, "json", title="Ünï"))
    assert (content["schema"], content["version"], content["title"]) == ("alcore-curves", 1, "Ünï")
    assert content["configs"] == CONFIGS
    assert content["curve"][0]["train_loss"] is None
    back = curve_frame(content["curve"])
    pd.testing.assert_frame_equal(back, frame, check_exact=True)
    random, margin = content["statistics"]
    assert (random["run"], random["final_labels"]) == ("random-0", 38)
    heights = frame.loc[frame["strategy"] == "margin", "accuracy"].to_numpy()
    # Rounds are equally spaced here: the trapezoid rule is a mean with half weights at the ends.
    assert margin["area_under_curve"] == pytest.approx(np.average(heights, weights=[0.5, 1, 1, 1, 0.5]))
    assert margin["final_accuracy"] == heights[-1]


class Page(HTMLParser):
    """Script sources, links and the text of a page outside its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.text = ""
        self.scripts = ""
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.sources += [value for key, value in attrs if key in ("src", "href") and value]
        if tag in ("script", "style"):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts += data
        else:
            self.text += data


def test_html_stands_alone_with_data_and_settings() -> None:
    frame = race()
    content = export(frame, CONFIGS, "html", title="Tom & <Jerry>", names=NAMES).decode()
    page = Page()
    page.feed(content)
    assert page.sources == []
    assert "Plotly.newPlot" in page.scripts
    assert len(content) > 1_000_000  # plotly.js is in it
    assert "Tom & <Jerry>" in page.text
    assert "one race, not yet evidence" in page.text
    assert CONFIGS[0]["note"] in page.text  # shown, not run
    assert f"{frame['accuracy'].iloc[3]:.6g}" in page.text
    assert '"name":"Margin"' in page.scripts


def test_pictures_are_what_they_say() -> None:
    made: dict[str, Any] = {
        fmt: export(race(), CONFIGS, fmt, names=NAMES, width_mm=100) for fmt in ("png", "svg", "pdf")
    }
    assert made["pdf"].startswith(b"%PDF")
    assert Image.open(io.BytesIO(made["png"])).size[0] == int(100 / 25.4 * 300)
    assert "Margin" in "".join(ElementTree.fromstring(made["svg"]).itertext())


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_same_input_gives_the_same_bytes(fmt: str) -> None:
    first, second = (export(race(), CONFIGS, fmt, title="A race", names=NAMES) for _ in range(2))
    assert first == second


def test_the_order_of_the_formats_and_their_types() -> None:
    assert list(FORMATS) == ["csv", "json", "html", "png", "svg", "pdf"]
    assert all(mime.count("/") == 1 and label.isupper() for label, mime in FORMATS.values())


def test_a_wrong_format_or_an_empty_run_gets_a_sentence() -> None:
    with pytest.raises(ValueError, match='Cannot export as "xls"; choose one of csv, json, html'):
        export(race(), [], "xls")
    with pytest.raises(ValueError, match="wait for the first round"):
        export(curve_frame([]), [], "csv")


def test_a_csv_loads_no_drawing_library() -> None:
    code = "import sys, alcore.report.export.curves; print(*{'plotly', 'matplotlib'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
