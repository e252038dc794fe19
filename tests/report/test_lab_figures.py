"""The lab's charts: what plotly accepts, the numbers in them, and what somebody hears who cannot see them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import confusion_matrix

from alcore.loops.pool.evaluate import reliability
from alcore.loops.pool.simulate import Round
from alcore.report.charts.curves import learning_curves
from alcore.report.charts.pool_map import map_chart
from alcore.report.charts.run import class_balance_chart, confusion_chart, reliability_chart, stage_times_chart
from alcore.report.curves import curve_frame, mean_curve
from alcore.report.paper.render import to_bytes, to_matplotlib
from alcore.report.statistics.run_quality import (
    asked_counts,
    class_shares,
    confusion_words,
    differing_fields,
    reliability_words,
    stage_rows,
    stage_words,
)
from alcore.report.style import METRICS, SHARES
from tests.support.charts import drawn, measured_runs, numbers

DIGITS = [str(digit) for digit in range(10)]


@pytest.mark.parametrize("metric", list(METRICS))
def test_a_race_of_every_measure_with_its_band(metric: str) -> None:
    frame = pd.concat([measured_runs("margin", 0.02, 3), measured_runs("random", 0, 3)])
    spec = drawn(learning_curves(frame, metric=metric, bands=True), dark=True)
    means = [trace for trace in spec["data"] if "mean of 3 seeds" in trace.get("name", "")]
    assert [trace["legendgroup"] for trace in means] == ["margin", "random"]
    expected = mean_curve(frame[frame["strategy"] == "margin"], metric=metric)
    np.testing.assert_allclose(numbers(means[0]["y"]), expected["mean"])
    assert ("tickformat" in spec["layout"]["yaxis"]) == (metric in SHARES)


def test_what_was_published_is_dotted_and_within_sight() -> None:
    published = {"Paper <2019>": [(20.0, 0.1), (50.0, 0.97)]}
    spec = drawn(learning_curves(measured_runs("margin", 0, 1), published=published, knee=30))
    line = spec["data"][-1]
    assert line["line"]["dash"] == "dot" and line["name"] == "Paper &lt;2019&gt;"
    np.testing.assert_array_equal(numbers(line["y"]), [0.1, 0.97])
    low, high = spec["layout"]["yaxis"]["range"]
    assert low <= 0.1 and high >= 0.97
    assert spec["layout"]["shapes"][0]["x0"] == 30
    kept = drawn(learning_curves(measured_runs("margin", 0, 1), published=published, y_range=(0, 1.02)))
    assert kept["layout"]["yaxis"]["range"] == [0, 1.02]


@pytest.mark.parametrize("metric", ["ece", "nll"])
def test_runs_from_before_measures_are_drawn_as_nothing(metric: str) -> None:
    old = measured_runs("margin", 0, 2, measured=False)
    spec = drawn(learning_curves(old, metric=metric, bands=True))
    assert all(np.isnan(numbers(trace["y"])).all() for trace in spec["data"])
    assert np.isfinite(spec["layout"]["yaxis"]["range"]).all()
    assert drawn(learning_curves(curve_frame([]), metric=metric))["data"] == []


def test_a_measure_is_told_on_hover_and_printed() -> None:
    (trace,) = drawn(learning_curves(measured_runs("margin", 0, 1), metric="nll"))["data"]
    assert "Negative log-likelihood (nats) %{y:,.4g}" in trace["hovertemplate"]
    svg = to_bytes(to_matplotlib(learning_curves(measured_runs("margin", 0, 1), metric="ece")), "svg").decode()
    assert "Expected calibration error" in svg and "10 %" in svg


def made(told: list[int], number: int, **more: Any) -> Round:
    return Round(
        round=number,
        labeled=np.arange(20 + 3 * number),
        accuracy=0.5,
        train_loss=0.1,
        batch=None,
        batch_labels=np.array(told, dtype=np.int64),
        batch_probs_K_C=np.eye(10)[told],
        seconds={"train": 1.0 + number, "evaluate": 0.5, "score": 0.0, "select": 0.1},
        **more,
    )


def test_class_balance_stacks_earlier_rounds_and_marks_chance() -> None:
    rounds = [made([0, 0, 1], 0), made([1, 2, 2], 1), made([9, 9, 9], 2)]
    asked = asked_counts(rounds, 10)
    np.testing.assert_array_equal(asked.sum(axis=1), [3, 3, 3])
    shares = class_shares(np.diag(np.arange(10)))
    before, now, chance = drawn(class_balance_chart(asked, DIGITS, 1, share_C=shares))["data"]
    assert numbers(before["y"]).tolist() == [2, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert numbers(now["y"]).tolist() == [0, 1, 2, 0, 0, 0, 0, 0, 0, 0]
    np.testing.assert_allclose(numbers(chance["y"]), 6 * np.arange(10) / 45)
    assert before["marker"]["pattern"]["shape"] != now["marker"]["pattern"]["shape"]


def test_stages_are_stacked_and_their_table_tells_memory() -> None:
    measures = {"memory_train": 300.0, "memory_ask": 400.0, "images_per_second": 9000.0}
    rounds = [made([1], 0, measures=measures), made([1], 1)]
    rows = stage_rows(rounds)
    assert rows[0]["seconds"] == pytest.approx(1.6) and rows[0]["images_per_second"] == 9000
    assert rows[1]["memory_train"] is None and rows[0]["memory_evaluate"] is None
    assert rows[1]["labels"] == 23 and rows[0]["seconds_map"] is None
    train, evaluate, select = drawn(stage_times_chart(rows))["data"]  # nothing was spent on scoring or a map
    assert [one["name"] for one in (train, evaluate, select)] == ["Train", "Evaluate", "Select"]
    np.testing.assert_allclose(numbers(train["y"]), [1, 2])
    assert train["text"] == [", at most 300 MiB", ""] and select["text"][0] == ", at most 400 MiB"
    assert len({one["marker"]["pattern"]["shape"] for one in (train, evaluate, select)}) == 3


def test_the_longest_stage_is_that_of_all_rounds() -> None:
    # The last round, which has no query, trains longer than it scores.
    rounds = [
        replace(made([1], 0), seconds={"train": 40.0, "score": 95.0}),
        replace(made([1], 1, measures={"images_per_second": 9000.0}), seconds={"train": 2.0, "evaluate": 1.0}),
    ]
    assert stage_words(stage_rows(rounds)) == (
        "2 rounds took 138 s; the longest stage is Score (95 s). The last round predicted 9,000 images a second."
    )
    assert stage_words(stage_rows(rounds[:1])) == "1 round took 135 s; the longest stage is Score (95 s)."


def predictions() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    true = rng.integers(0, 10, 3000)
    guess = np.where(rng.random(3000) < 0.9, true, rng.integers(0, 10, 3000))
    guess[true == 4] = np.where(rng.random((true == 4).sum()) < 0.3, 9, 4)
    return true, guess


@pytest.mark.parametrize("dark", [False, True])
def test_every_cell_of_the_confusion_matrix_has_its_number(dark: bool) -> None:
    true, guess = predictions()
    matrix = confusion_matrix(true, guess)
    (heat,) = drawn(confusion_chart(matrix, DIGITS), dark=dark)["data"]
    assert heat["x"] == heat["y"] == DIGITS
    for row in range(10):
        for column in range(10):
            label = f"{matrix[row, column]:,}"
            assert heat["text"][row][column] == (f"<b>{label}</b>" if row == column else label)
    assert heat["z"][4][9] == pytest.approx(matrix[4, 9] / matrix[4].sum())
    assert all(heat["z"][i][i] == 0 for i in range(10))


def test_the_confusion_matrix_in_words() -> None:
    true, guess = predictions()
    matrix = confusion_matrix(true, guess)
    said = confusion_words(matrix, DIGITS)
    assert said.startswith(f"{(true == guess).sum():,} of 3,000 test points are right. Most common mistakes: 4 ")
    assert f"4 predicted as 9 ({((true == 4) & (guess == 9)).sum()})," in said
    assert said.endswith(
        f"Least recognised: 4, {matrix[4, 4]} of {matrix[4].sum()} ({100 * matrix[4, 4] / matrix[4].sum():.1f} %)."
    )
    assert confusion_words(np.diag([5, 5]), ["a", "b"]) == "10 of 10 test points are right."
    empty_class = confusion_words(np.array([[3, 1], [0, 0]]), ["a", "b"])
    assert empty_class.endswith("Least recognised: a, 3 of 4 (75.0 %).")


def test_the_largest_mark_of_a_reliability_diagram_is_whole() -> None:
    sure = np.full((100, 2), [1.0, 0.0])
    spec = drawn(reliability_chart(reliability(sure, np.zeros(100, np.int64))))
    (size,) = numbers(spec["data"][0]["marker"]["size"])
    low, high = spec["layout"]["xaxis"]["range"]
    # A diamond is 1.3 times as wide as its size; the axes are 270 pixels long on a laptop, 250 on a phone.
    assert 1.3 * size / 2 <= 250 * (high - 1) / (high - low) and low == pytest.approx(1 - high)


def test_reliability_before_and_after() -> None:
    rng = np.random.default_rng(0)
    sure = rng.uniform(0.5, 1, 4000)
    right = rng.random(4000) < sure - 0.1  # over-confident by a tenth
    labels = np.where(right, 0, 1)
    before = reliability(np.stack([sure, 1 - sure], axis=1), labels)
    after = reliability(np.stack([sure - 0.1, 1.1 - sure], axis=1), labels)
    spec = drawn(reliability_chart(before, after, temperature=1.7))
    first, few, second, _ = spec["data"]
    assert (few["showlegend"], numbers(few["x"]).size) == (False, 0)
    there = before.count_B > 0
    np.testing.assert_allclose(numbers(first["x"]), before.confidence_B[there])
    np.testing.assert_allclose(numbers(first["y"]), before.accuracy_B[there])
    assert second["name"] == "At the temperature (T = 1.70)"
    assert first["line"]["dash"] != second["line"]["dash"]
    line, dots = drawn(
        reliability_chart(reliability(np.array([[0.6, 0.4]] * 30 + [[0.9, 0.1]]), np.zeros(31, dtype=np.int64)))
    )["data"]
    np.testing.assert_allclose(numbers(line["x"]), [0.6])
    np.testing.assert_allclose(numbers(dots["x"]), [0.9])
    assert dots["mode"] == "markers"
    said = reliability_words(before)
    assert f"confidence {100 * sure.mean():.1f} %, accuracy {100 * right.mean():.1f} %; calibration error" in said
    assert "over-confident" in said and "under" not in said
    doubtful = reliability(np.full((10, 2), [0.6, 0.4]), np.zeros(10, np.int64))
    assert "accuracy 100.0 %; calibration error 40.0 %" in reliability_words(doubtful)


def test_every_point_of_the_map_is_in_one_trace_with_its_index() -> None:
    rng = np.random.default_rng(0)
    indices = np.sort(rng.choice(60_000, 300, replace=False))
    guesses = rng.integers(0, 10, 300)
    asked, labeled = indices[[3, 7, 200]], indices[[1, 2, 50, 51]]
    places = rng.normal(size=(300, 2))
    spec = drawn(map_chart(places, indices, guesses, DIGITS, labeled=labeled, asked=asked, round_=2))
    found = [numbers(trace["customdata"]) for trace in spec["data"]]
    np.testing.assert_array_equal(np.sort(np.concatenate(found[:-1])), indices)
    assert spec["data"][-1]["name"] == "Queried in round 2"
    np.testing.assert_array_equal(found[-1], asked)
    np.testing.assert_array_equal(found[-2], labeled)
    np.testing.assert_allclose(numbers(spec["data"][-1]["x"]), places[[3, 7, 200], 0], rtol=1e-6)
    for place, name in enumerate(("xaxis", "yaxis")):
        low, high = spec["layout"][name]["range"]
        assert low == -high < places[:, place].min() and places[:, place].max() < high
    for label in range(10):
        assert np.all(guesses[np.isin(indices, found[label])] == label)
    ringed = map_chart(places, indices, guesses, DIGITS, labeled=labeled, asked=asked, chosen=int(indices[9]))
    assert numbers(drawn(ringed)["data"][-1]["customdata"]).tolist() == [indices[9]]


def test_the_map_can_be_lassoed_and_stays_in_its_window() -> None:
    nothing = np.empty(0, np.int64)
    layouts = [
        drawn(map_chart(np.zeros((2, 2)), np.arange(2), np.zeros(2, int), DIGITS, labeled=nothing, asked=nothing))[
            "layout"
        ]
        for _ in range(2)
    ]
    assert layouts[0]["dragmode"] == "lasso"
    assert not {"lasso2d", "select2d"} & set(layouts[0]["modebar"]["remove"])
    assert "sendChartToCloud" in layouts[0]["modebar"]["remove"]
    assert layouts[0]["xaxis"]["range"] == layouts[1]["xaxis"]["range"] == [-2, 2]
    assert layouts[0]["yaxis"]["range"] == layouts[1]["yaxis"]["range"] == [-1.5, 1.5]


def test_only_what_differs_between_configs_is_listed() -> None:
    rows = differing_fields(
        {
            "a": {"strategy": "margin", "seed": 0, "carry_on": True, "pool_size": None},
            "b": {"strategy": "random", "seed": 0, "carry_on": False, "pool_size": 500, "steps": 3},
        }
    )
    assert rows == [
        {"field": "strategy", "a": "margin", "b": "random"},
        {"field": "carry_on", "a": "yes", "b": "no"},
        {"field": "pool_size", "a": "none", "b": "500"},
        {"field": "steps", "a": "–", "b": "3"},
    ]
    assert differing_fields({"a": {"seed": 1}, "b": {"seed": 1}}) == []
    assert differing_fields({"a": {"seed": 1}}) == [] == differing_fields({})
