"""What the screen of the three settings says and draws, without the screen."""

import base64
import re

import numpy as np
import pandas as pd
import pytest

from alcore.report.bounded import difference_interval
from alcore.report.charts.curves import mean_curves
from alcore.report.charts.stream import stream_chart
from alcore.report.html.synthetic_gallery import synthetic_gallery
from alcore.report.phrases import typed
from alcore.report.statistics.comparison import Comparison, compare_races
from alcore.report.statistics.equal_budgets import at_equal_budgets
from alcore.report.text.streams import gain_table
from alcore.report.text.synthesis import describe_digits, describe_synthesis, times_as_far
from tests.support.charts import drawn

NAMES = {"quantile": "Quantile threshold", "fixed": "Fixed threshold", "random": "Random sampling of the stream"}
SPENT = {"quantile": 38.1, "fixed": 40.0, "random": 40.0}


def row(run: str, labels: int, accuracy: float) -> dict:
    return {"run": run, "strategy": run[0], "round": labels - 4, "labels": labels, "accuracy": accuracy}


def races(seeds: int, gain: float = 0.1) -> Comparison:
    """The quantile gains, the fixed threshold does not."""
    rng = np.random.default_rng(4)
    base_S_1_T = 0.6 + 0.05 * rng.random((seeds, 1, 6))
    others_S_2_T = base_S_1_T + np.array([[[gain], [0.0]]]) + 0.02 * rng.standard_normal((seeds, 2, 1))
    accuracy_S_R_T = np.concatenate([others_S_2_T, base_S_1_T], axis=1)
    return compare_races([10, 20, 30, 40, 50, 60], accuracy_S_R_T, list(NAMES), seeds=range(seeds), names=NAMES)


def count_of(trace: dict) -> int:
    return len(np.frombuffer(base64.b64decode(trace["x"]["bdata"]), dtype=trace["x"]["dtype"]))


def test_a_thrifty_run_is_carried_on_as_it_was() -> None:
    rows = [row("a", labels, labels / 100) for labels in range(4, 9)]
    rows += [row("b", labels, labels / 50) for labels in range(4, 7)]
    told = pd.DataFrame(at_equal_budgets(rows)).pivot(index="labels", columns="run", values="accuracy")
    assert told.equals(pd.DataFrame(rows).pivot(index="labels", columns="run", values="accuracy").ffill())
    rounds = [one["round"] for one in at_equal_budgets(rows) if one["run"] == "b"]
    assert rounds == [0, 1, 2, 3, 4] and len(rows) == 8
    assert at_equal_budgets([]) == []


def test_the_interval_is_widened_for_two_comparisons() -> None:
    rng = np.random.default_rng(5)
    accuracy_S_R_T = rng.random((9, 3, 2))
    comparison = compare_races([1, 2], accuracy_S_R_T, list(NAMES), seeds=range(9), names=NAMES)
    gaps_S = accuracy_S_R_T[:, 0].mean(axis=1) - accuracy_S_R_T[:, 2].mean(axis=1)
    interval = difference_interval(gaps_S, 0.975)
    shown = gain_table(comparison, SPENT, 40).set_index("Setting")["Gain"]
    assert shown["Random sampling of the stream"] == "baseline"
    numbers = [float(one) for one in re.findall(r"[+-]\d+\.\d", typed(shown["Quantile threshold"]))]
    assert numbers == pytest.approx([100 * gaps_S.mean(), 100 * interval.low, 100 * interval.high], abs=0.051)


@pytest.mark.parametrize(
    ("accuracy_R", "words"),
    [
        ([0.7, 0.5], "fell from 70.0 % with 5 labels to 50.0 % with 8 labels"),
        ([0.5, 0.75], "rose from 50.0 % with 5 labels to 75.0 %"),
        ([0.5, 0.5], "stayed at 50.0 %"),
    ],
)
def test_made_up_questions_are_told_of(accuracy_R: list[float], words: str) -> None:
    distance_Q_J = np.array([[2.0, 3.0], [4.0, 5.0], [6.0, 6.0]])
    assert times_as_far(distance_Q_J, 2.0).tolist() == [1, 2, 3]
    told = describe_synthesis(
        np.array([5, 8]), np.array(accuracy_R), distance_Q_J, np.array([1.0, 0.5, 1.0]), typical=2.0
    )
    assert words in told and "2.0 times as far" in told
    assert "Of 3 labels 1 is contradicted by one or more of the 2 nearest" in told


def test_the_gallery_shows_every_picture_and_escapes_names() -> None:
    rng = np.random.default_rng(0)
    html = synthetic_gallery(
        rng.integers(0, 256, (2, 8, 8), dtype=np.uint8),
        np.array([1, 0]),
        np.full((2, 2), 0.5),
        rng.integers(0, 256, (2, 3, 8, 8), dtype=np.uint8),
        np.array([[1, 1, 0], [1, 1, 0]]),
        np.array([2.5, 3.0]),
        ("<b>", "seven"),
    )
    assert html.count("<img") == 2 * (1 + 3) and "<b>" not in html
    assert "Labelled seven</strong>: 2 of 3 nearest" in html
    assert "Labelled &lt;b&gt;</strong>: 1 of 3 nearest" in html


def test_figures_are_what_plotly_knows() -> None:
    rng = np.random.default_rng(1)
    comparison = races(6)
    drawn(mean_curves(comparison.labels_T, comparison.standings, seeds=6, x_title="Arrivals"))
    uncertainty_T, threshold_T = rng.random((2, 30))
    asked_T = (uncertainty_T >= threshold_T) & (np.arange(30) % 2 == 0)
    chart = stream_chart(
        uncertainty_T,
        threshold_T,
        asked_T,
        np.arange(30),
        np.cumsum(asked_T),
        {"quantile": rng.random(30), "random": rng.random(30)},
        policy="quantile",
        names=NAMES,
        now=9,
        looked_Q=np.array([0, 30]),
        accuracy_Q=np.array([0.5, 0.7]),
    )
    spec = drawn(chart)
    parts = {trace["name"]: trace for trace in spec["data"]}
    sizes = [count_of(parts[name]) for name in ("Queried", "No budget left", "Skipped")]
    over_T = uncertainty_T >= threshold_T
    assert sizes == [asked_T.sum(), (over_T & ~asked_T).sum(), (~over_T).sum()]
    assert spec["layout"]["shapes"][0]["x0"] == 10


def test_digits_are_told_of() -> None:
    agree_Q_J = np.array([[True, True], [True, False], [False, False]])
    told = describe_digits(np.array([2.0, 3.0, 9.0]), agree_Q_J)
    assert "3.0 times as far" in told and "2 of 3 labels" in told
