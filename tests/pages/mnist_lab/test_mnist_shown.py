"""What the lab shows of a run without a browser: measures, alarms, rounds looked at closely, comparisons."""

import json
import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import entropy as scipy_entropy
from streamlit.testing.v1 import AppTest

from alcore.report.charts.run import reliability_chart
from alcore.report.curves import curve_frame, labels_to_target
from alcore.report.export.curves import FORMATS
from alcore.report.statistics.map_frames import within
from alcore.runs.presets import PRESETS, preset_of
from alcore.runs.store.store import Store
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.round.diagnostics import _bins, _short
from pages.screens.mnist_lab.round.export import ChartExport, file_of
from pages.screens.mnist_lab.round.pool_map import point_rows
from pages.screens.mnist_lab.run import live as watch
from pages.screens.mnist_lab.run import live_charts
from tests.support.charts import numbers
from tests.support.lab import QUICK, Lab, finished, rounds_of, said
from tests.support.screens import assert_fine, charts

pytestmark = pytest.mark.usefixtures("fetches")


def tiles(at: AppTest) -> dict[str, Any]:
    """What the gallery's control is given; empty where there is none."""
    parts = [one.proto for one in at.get("bidi_component")]
    found = [json.loads(one.json) for one in parts if one.component_name == "alcore_tiles"]
    return next((one for one in found if "alcore-gallery small" not in one["html"]), {})


def small(at: AppTest) -> list[str]:
    """The galleries of small multiples."""
    parts = [one.proto for one in at.get("bidi_component")]
    found = [json.loads(one.json)["html"] for one in parts if one.component_name == "alcore_tiles"]
    return [html for html in found if "alcore-gallery small" in html]


def lab_map(at: AppTest) -> dict[str, Any]:
    """What the map is given."""
    (part,) = [one.proto for one in at.get("bidi_component") if one.proto.component_name == "alcore_lab_map"]
    found: dict[str, Any] = json.loads(part.json)
    return found


@pytest.mark.parametrize("measure", list(live_charts.MEASURES))
def test_every_measure_is_drawn_as_it_was_stored(lab: Lab, home: Path, measure: str) -> None:
    run = finished(home)
    at = lab(mnist_run=run.run_id, mnist_measure=measure)
    assert_fine(at, measure)
    rounds = rounds_of(home, run)
    stored = [one.accuracy if measure == "accuracy" else one.measures[measure] for one in rounds]
    np.testing.assert_allclose(numbers(charts(at)[0]["data"][0]["y"]), stored)


def test_several_seeds_are_a_band(lab: Lab, home: Path) -> None:
    runs = [finished(home, seed=seed) for seed in (0, 1)]
    at = lab(mnist_run=runs[1].run_id)
    assert_fine(at, "two seeds")
    curve = charts(at)[0]["data"]
    heights = np.mean([[one.accuracy for one in rounds_of(home, run)] for run in runs], axis=0)
    np.testing.assert_allclose(numbers(curve[-1]["y"]), heights)
    assert curve[-1]["name"] == "Margin (mean of 2 seeds, 95 % interval)"
    assert "means over 2 paired seeds, bands are the 95 % interval of the mean" in said(at)


def test_labels_to_targets_are_the_first_hits(lab: Lab, home: Path) -> None:
    run = finished(home)
    with Store(home) as store:
        rows = store.curve([run.run_id])
    (row,) = live_charts.labels_table(rows)
    assert row.pop("Labels to an accuracy of") == "Margin"
    for percent, needed in row.items():
        found = labels_to_target(curve_frame(rows), float(percent[:-1]) / 100)
        assert needed == ("–" if found is None else f"{found:,}")
    told = said(lab(mnist_run=run.run_id))
    assert "| Margin |" in told and "% |" in told and " % |" not in told, "a target and its % are one word"


def test_a_preset_is_known_by_what_it_is() -> None:
    preset = PRESETS["cnn-mnist"]
    other = preset.config.model_copy(update={"strategy": "random", "seed": 7, "device": "cpu"})
    assert preset_of(other) is preset
    assert "CPU" in texts.title(other) and "cpu" not in texts.title(other)
    assert preset_of(preset.config.model_copy(update={"epochs": 2})) is None


def test_an_alarm_stands_above_the_curve(lab: Lab, home: Path) -> None:
    run = finished(home, strategy="k_center", seed_labels=40, labels_per_round=2, rounds=4)
    random = finished(home, strategy="random", seed_labels=40, labels_per_round=2, rounds=4)
    with Store(home) as store:
        rounds = store.rounds(random.run_id)
    worse = [one.accuracy for one in rounds]
    at = lab(mnist_run=run.run_id)
    assert_fine(at, "no alarm")
    quiet = len(at.warning)
    # The same run, had it fallen apart at its end.
    fallen = run.model_copy(update={"seed": 1})
    with Store(home) as store:
        store.claim(fallen)
        for one in rounds[:-1]:
            store.add_round(fallen.run_id, one)
        store.add_round(fallen.run_id, replace(rounds[-1], accuracy=worse[0] / 2))
        store.finish(fallen.run_id, "done")
    at = lab(mnist_run=fallen.run_id)
    assert_fine(at, "an alarm")
    assert len(at.warning) == quiet + 1 and "**Round 4:** Accuracy has fallen" in at.warning[-1].value


def test_classes_and_mistakes_filter_the_gallery(lab: Lab, home: Path) -> None:
    run = finished(home)
    one = rounds_of(home, run)[0]
    assert one.batch is not None
    at = lab(mnist_run=run.run_id, mnist_round="1", mnist_classes="3", mnist_mistakes="true")
    assert_fine(at, "filtered")
    wrong = one.batch_probs_K_C.argmax(axis=1) != one.batch_labels
    left = one.batch.indices[wrong & (one.batch_labels == 3)]
    html = tiles(at).get("html", "")
    assert html.count("<li") == len(left) and all(f'data-index="{index}"' in html for index in left)
    assert len(left) or "No queried image of this round matches" in said(at)


def test_a_digit_is_looked_at_closely(lab: Lab, home: Path) -> None:
    run = finished(home)
    one = rounds_of(home, run)[1]
    assert one.batch is not None
    index = int(one.batch.indices[0])
    at = lab(mnist_run=run.run_id, mnist_round="2", mnist_point=str(index))
    assert_fine(at, "a closer look")
    assert tiles(at)["chosen"] == index and f"Image {index} of the pool" in said(at)
    (html,) = [part.proto.body for part in at.get("html") if "alcore-closeup" in part.proto.body]
    assert html.count("<img") == 7
    table = at.dataframe[0].value.set_index("Strategy")
    # Its score was the first of this strategy, so nothing on the map goes before it.
    assert table.loc["Margin", "Rank"] == 1
    at.button(key="mnist_closeup_close").click().run()
    assert tiles(at)["chosen"] is None and "mnist_point" not in at.query_params
    at = lab(mnist_run=run.run_id, mnist_round="3", mnist_point=str(index))
    assert "It was labelled before this round" in said(at)
    assert "is not in the pool" in said(lab(mnist_run=run.run_id, mnist_point="999999"))


def test_mistakes_of_each_round(lab: Lab, home: Path) -> None:
    run = finished(home)
    at = lab(mnist_run=run.run_id, mnist_look="mistakes", mnist_round="0")
    assert_fine(at, "mistakes")
    confusion = rounds_of(home, run)[0].confusion_C_C
    assert confusion is not None
    shown = [int(cell.strip("</b>").replace(",", "")) for row in charts(at)[3]["data"][0]["text"] for cell in row]
    assert shown == confusion.ravel().tolist() and f"{confusion.trace()} of 360" in said(at)
    at.slider(key="_mnist_round_choice").set_value(3).run()
    last = rounds_of(home, run)[3].confusion_C_C
    assert last is not None and f"{last.trace()} of 360" in said(at)


def test_time_and_memory_of_each_round(lab: Lab, home: Path) -> None:
    run = finished(home)
    at = lab(mnist_run=run.run_id, mnist_look="costs")
    assert_fine(at, "costs")
    table = at.dataframe[0].value
    assert len(table) == 4 and table["Labels"].tolist() == ["60", "110", "160", "210"]
    assert " MiB" in table["Train"].iloc[0] and "images a second" in said(at)
    assert "4 rounds took" in said(at) and "the longest stage is" in said(at)
    times = {0.0089: "0.009", 1.84: "1.84", 99.94: "99.9", 99.96: "100", 1234.5: "1,234"}
    assert [_short(seconds) for seconds in times] == list(times.values())
    # Wider cells than these cut the last column off at 1440 pixels.
    assert list(table)[-1] == "Images/s" and all(len(cell.split(",")[0]) <= 7 for cell in table["Select"])


def test_the_map_shows_what_was_asked(lab: Lab, home: Path) -> None:
    run = finished(home)
    at = lab(mnist_run=run.run_id, mnist_look="map", mnist_round="1")
    assert_fine(at, "the map")
    rounds = rounds_of(home, run)
    scene = lab_map(at)
    assert scene["shown"] == 1 and [frame["round"] for frame in scene["frames"]] == [1, 2, 3]
    for frame, one in zip(scene["frames"], rounds, strict=False):
        assert one.batch is not None and one.map is not None
        states = dict(zip(frame["indices"], frame["state"], strict=True))
        assert {index for index, state in states.items() if state == 2} == set(one.batch.indices.tolist())
        assert {index for index, state in states.items() if state == 1} <= set(one.labeled.tolist())
        # Uncertainty, measured in another way.
        probs = one.map.probs_P_C[one.map.rows(frame["indices"])]
        np.testing.assert_allclose(np.array(frame["unsure"]) / 255, scipy_entropy(probs, axis=1, base=10), atol=0.003)
        assert max(map(abs, frame["x"] + frame["y"])) <= 1000
    assert set(scene["images"]) == {index for frame in scene["frames"] for index in frame["indices"]}
    assert "LDA" in said(at) or "UMAP" in said(at)
    assert tiles(at)["html"].count("<li") == 40


def test_a_run_of_few_labels_shows_them_all(lab: Lab, home: Path) -> None:
    run = finished(home, learner="graph", strategy="communities", seed_labels=1, labels_per_round=1, rounds=2)
    at = lab(mnist_run=run.run_id)
    assert_fine(at, "a run of three labels")
    assert "all 3 labels so far" in said(at)
    many = finished(home, rounds=1)
    assert "labels so far" not in said(lab(mnist_run=many.run_id))


def test_the_queries_stand_beside_those_of_random(lab: Lab, home: Path) -> None:
    run, rival = finished(home), finished(home, strategy="random")
    at = lab(mnist_run=run.run_id, mnist_round="2")
    assert_fine(at, "small multiples")
    for html, config in zip(small(at), (run, rival), strict=True):
        batch = rounds_of(home, config)[1].batch
        assert batch is not None
        shown = [int(index) for index in re.findall(r'data-index="(\d+)"', html)]
        assert shown == batch.indices[:48].tolist()
    at = lab(mnist_run=finished(home, strategy="entropy", seed=4).run_id)
    assert len(small(at)) == 1 and "has no round" in said(at)


def test_the_reader_is_the_oracle(lab: Lab, home: Path) -> None:
    run = finished(home)
    one = rounds_of(home, run)[0]
    at = lab(mnist_run=run.run_id, mnist_look="oracle", mnist_round="1")
    assert_fine(at, "label it yourself")
    truth, guesses = one.batch_labels[:10].tolist(), one.batch_probs_K_C[:10].argmax(axis=1).tolist()
    # Right but for the first two.
    assert [at.button(key=f"mnist_oracle_{label}").proto.shortcut for label in range(10)] == list("0123456789")
    for i, label in enumerate(truth):
        at.button(key=f"mnist_oracle_{label if i > 1 else (label + 1) % 10}").click().run()
    wrong = sum(a != b for a, b in zip(truth, guesses, strict=True))
    told = said(at).replace("\\", "")
    assert "Your error rate: 20 % (2 of 10" in told and f"before the query: {10 * wrong} %" in told
    at.button(key="mnist_oracle_again").click().run()
    assert "Image 1 of 10" in said(at)


def test_what_was_lassoed_is_told_as_it_is(home: Path) -> None:
    run = finished(home)
    one = rounds_of(home, run)[1]
    assert one.map is not None and one.batch is not None
    labelled, asked = int(one.labeled[0]), int(one.batch.indices[0])
    other = next(int(i) for i in one.map.indices_P if i not in one.labeled and i not in one.batch.indices)
    indices = within([asked, other, labelled, asked, -1, 10**9], one.map)
    assert indices == sorted({labelled, asked, other})
    rows = {row["index"]: row for row in point_rows(one, indices, [str(i) for i in range(10)])}
    assert [rows[i]["state"] for i in (labelled, asked, other)] == [
        "labelled before",
        "queried",
        "unlabelled",
    ]
    assert rows[asked]["label"] == str(one.batch_labels[0]) and rows[other]["label"] is None
    assert rows[asked]["probability"] == pytest.approx(one.batch_probs_K_C[0].max(), rel=0.01)


def test_a_chart_is_taken_away_in_every_format(home: Path) -> None:
    run = finished(home)
    diagram = rounds_of(home, run)[-1].reliability
    assert diagram is not None

    rows = _bins("=as trained", diagram)
    described = partial(reliability_chart, diagram)
    chart = ChartExport("calibration", "How sure", "As right as sure.", {"seed": 0}, lambda: rows, described)
    files = {fmt: file_of(chart, False, fmt, 85.0, 8.0) for fmt in FORMATS}
    assert files["csv"].decode().splitlines()[1].startswith("'=as trained,")
    told = json.loads(files["json"])
    assert told["settings"] == {"seed": 0} and told["rows"] == rows
    assert b"As right as sure." in files["html"] and b"Plotly.newPlot" in files["html"]
    assert files["png"].startswith(b"\x89PNG") and files["pdf"].startswith(b"%PDF")
    assert b"<svg" in files["svg"]


def test_tabs_share_one_look_at_the_store_until_it_is_written_to(home: Path) -> None:
    finished(home, rounds=1)
    before = watch._written(home)
    first = watch._looked(str(home), before, 0)
    assert watch._looked(str(home), watch._written(home), 0) is first
    finished(home, QUICK, rounds=0)
    assert watch._written(home) != before and len(watch._looked(str(home), watch._written(home), 0)) == 2


@pytest.mark.parametrize("look", ["questions", "map", "oracle", "classes", "mistakes", "calibration", "costs"])
def test_every_view_of_a_run_without_images(lab: Lab, home: Path, look: str) -> None:
    run = finished(home, dataset="iris", seed_labels=6, labels_per_round=3, rounds=1)
    at = lab(mnist_run=run.run_id, mnist_look=look)
    assert_fine(at, look)
    assert not tiles(at) and ("are no images" in said(at)) == (look in ("questions", "map", "oracle"))


@pytest.mark.parametrize("look", ["map", "mistakes", "calibration", "costs"])
def test_rounds_of_an_earlier_version_say_what_they_lack(lab: Lab, home: Path, look: str) -> None:
    run = QUICK.model_copy(update={"seed": 9})
    with Store(home) as store:
        rounds = rounds_of(home, finished(home, rounds=1))
        store.claim(run)
        for one in rounds:
            bare = replace(one, measures={}, confusion_C_C=None, reliability=None, map=None)
            store.add_round(run.run_id, bare)
        store.finish(run.run_id, "cancelled")
    at = lab(mnist_run=run.run_id, mnist_look=look)
    assert_fine(at, look)
    assert ("an earlier version" in said(at)) == (look != "costs")
