"""What the lab says of a run in words and lines: classes that were asked for, labels held out, early ends."""

from pathlib import Path

import numpy as np
import pytest

from alcore.runs.config_data import load_data
from tests.support.charts import numbers
from tests.support.lab import Lab, finished, rounds_of, said
from tests.support.screens import assert_fine, charts

pytestmark = pytest.mark.usefixtures("fetches")


def test_held_out_labels_are_explained(lab: Lab, home: Path) -> None:
    run = finished(home, calibration=30, rounds=1)
    finished(home, rounds=1, strategy="random")
    at = lab(mnist_run=run.run_id, mnist_look="calibration")
    assert_fine(at, "held out")
    assert "starts 30 labels further right than random" in said(at).replace("\\", "")
    assert "same training steps" in said(at)
    names = [trace["name"] for trace in charts(at)[3]["data"] if "name" in trace]
    assert names[0] == "As trained" and names[-1].startswith("At the temperature")


def test_classes_asked_for_up_to_a_round(lab: Lab, home: Path) -> None:
    run = finished(home)
    at = lab(mnist_run=run.run_id, mnist_look="classes", mnist_round="2")
    assert_fine(at, "classes")
    before, own = charts(at)[3]["data"][:2]
    asked = [np.bincount(one.batch_labels, minlength=10) for one in rounds_of(home, run)[:2]]
    np.testing.assert_array_equal(numbers(before["y"]), asked[0])
    np.testing.assert_array_equal(numbers(own["y"]), asked[1])
    assert own["name"] == "Round 2"


def test_expected_random_queries_depend_on_the_pool(lab: Lab, home: Path) -> None:
    run = finished(home, imbalance=20.0, rounds=1)
    at = lab(mnist_run=run.run_id, mnist_look="classes")
    assert_fine(at, "rare classes")
    expected = numbers(charts(at)[3]["data"][2]["y"])
    counts = np.bincount(load_data(run, home).y_pool)
    # The test set has as many of each class as ever.
    np.testing.assert_allclose(expected, 50 * counts / counts.sum())
    assert expected[0] > 15 * expected[9]


def test_the_phases_are_described_for_accuracy_alone(lab: Lab, home: Path) -> None:
    run = finished(home, seed_labels=12, labels_per_round=6, rounds=14)
    at = lab(mnist_run=run.run_id)
    assert "A sharp rise" in said(at) and charts(at)[0]["layout"]["shapes"]
    at = lab(mnist_run=run.run_id, mnist_measure="nll")
    assert "A sharp rise" not in said(at) and not charts(at)[0]["layout"].get("shapes")


def test_a_run_that_ended_early_says_why(lab: Lab, home: Path) -> None:
    run = finished(home, stop_accuracy=0.5, rounds=40)
    at = lab(mnist_run=run.run_id)
    assert_fine(at, "ended early")
    told = said(at).replace("\\", "")
    assert "Ended early, after round 0: target of 50 % reached." in told
    few = finished(home, pool_size=100, rounds=5)
    told = said(lab(mnist_run=few.run_id)).replace("\\", "")
    assert "Ended after round 1: no image without a label was left." in told
    assert "Ended" not in said(lab(mnist_run=finished(home).run_id))


def test_runs_without_a_number_of_labels_in_common_say_what_would_help(lab: Lab, home: Path) -> None:
    run = finished(home, calibration=30, rounds=1)
    finished(home, rounds=1, strategy="random")
    told = said(lab(mnist_run=run.run_id)).replace("\\", "")
    assert "a multiple of the labels per round: 50, 100, or more." in told
