"""Learning curves: what is let in, and the numbers read off them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import auc

from alcore.report.bounded import bounded_band
from alcore.report.curves import (
    COLUMNS,
    area_under,
    curve_frame,
    labels_to_target,
    mean_curve,
)
from alcore.report.intervals import mean_band


def rows(
    strategy: str, accuracy: Sequence[float], *, labels: Sequence[int] = (), seed: int = 0, run: str = ""
) -> list[dict[str, Any]]:
    """A run as its rounds, ten labels a round unless given."""
    labels = labels or [10 * (i + 1) for i in range(len(accuracy))]
    return [
        {
            "run": run or f"{strategy}-{seed}",
            "strategy": strategy,
            "seed": seed,
            "round": i,
            "labels": n,
            "accuracy": height,
            "train_loss": None if i == 0 else 1 / (i + 1),
            "seconds": 0.25,
        }
        for i, (n, height) in enumerate(zip(labels, accuracy, strict=True))
    ]


def race(**accuracy: Sequence[float]) -> pd.DataFrame:
    return curve_frame([row for strategy, heights in accuracy.items() for row in rows(strategy, heights)])


def test_a_frame_is_tidy_sorted_and_typed() -> None:
    given_rows = rows("random", [0.5, 0.6]) + rows("margin", [0.5, 0.7])
    frame = curve_frame(reversed(given_rows))
    assert tuple(frame.columns) == COLUMNS
    assert list(frame["run"]) == ["margin-0"] * 2 + ["random-0"] * 2
    assert list(frame["round"]) == [0, 1, 0, 1]
    assert frame["labels"].dtype == np.int64
    assert frame["train_loss"].isna().tolist() == [True, False, True, False]


def test_no_rows_make_an_empty_frame() -> None:
    frame = curve_frame([])
    assert frame.empty
    assert tuple(frame.columns) == COLUMNS


def test_extra_keys_are_left_out() -> None:
    assert tuple(curve_frame([row | {"note": "x"} for row in rows("random", [0.5])]).columns) == COLUMNS


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"round": 0}, "round 0 twice"),
        ({"accuracy": 1.2}, r"round 1: accuracy must be a share in \[0, 1\], not 1.2"),
        ({"accuracy": float("nan")}, "not nan"),
        ({"accuracy": float("inf")}, "not inf"),
        ({"labels": 10}, "round 1: labels must be more"),
        ({"strategy": "margin"}, "one strategy, not random, margin"),
        ({"seed": 1}, "one seed, not 0, 1"),
    ],
)
def test_a_wrong_row_is_named(change: dict[str, Any], sentence: str) -> None:
    two = rows("random", [0.5, 0.6])
    two[1] |= change
    with pytest.raises(ValueError, match=sentence):
        curve_frame(two)


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ValueError, match="missing: seconds"):
        curve_frame([{key: 0 for key in COLUMNS if key != "seconds"}])


heights = st.lists(st.floats(0, 1), min_size=2, max_size=20)


@given(heights, st.data())
def test_area_is_that_of_scikit_learn(accuracy: list[float], data: st.DataObject) -> None:
    steps = data.draw(st.lists(st.integers(1, 50), min_size=len(accuracy), max_size=len(accuracy)))
    labels = np.cumsum(steps).tolist()
    expected = auc(labels, accuracy) / (labels[-1] - labels[0])
    assert area_under(curve_frame(rows("random", accuracy, labels=labels))) == pytest.approx(expected)


def test_area_of_one_round_is_its_accuracy() -> None:
    assert area_under(curve_frame(rows("random", [0.6]))) == 0.6


def test_labels_to_target_is_the_first_hit() -> None:
    curve = curve_frame(rows("random", [0.5, 0.8, 0.7, 0.9]))
    assert labels_to_target(curve, 0.5) == 10
    assert labels_to_target(curve, 0.75) == 20
    assert labels_to_target(curve, 0.81) == 40
    assert labels_to_target(curve, 0.91) is None


def test_statistics_want_one_run() -> None:
    with pytest.raises(ValueError, match=r"not 2 runs \(random-0, margin-0\)"):
        area_under(race(random=[0.5], margin=[0.5]))
    with pytest.raises(ValueError, match="an empty frame"):
        labels_to_target(curve_frame([]), 0.5)


def test_a_mean_curve_is_over_shared_labels_with_its_interval() -> None:
    table = np.random.default_rng(0).uniform(size=(5, 4))
    runs = [row for seed in range(5) for row in rows("margin", table[seed].tolist(), seed=seed)]
    whole = mean_curve(curve_frame(runs))
    np.testing.assert_allclose(whole[["mean", "low", "high"]].to_numpy().T, bounded_band(table))
    # A sixth, unfinished run: only its rounds are shared by all.
    runs += rows("margin", [0.1, 0.2], seed=5)
    shared = mean_curve(curve_frame(runs))
    assert list(shared["labels"]) == [10, 20]
    assert list(shared["runs"]) == [6, 6]
    six = np.vstack([table[:, :2], [0.1, 0.2]])
    np.testing.assert_allclose(shared["mean"], six.mean(axis=0))
    with pytest.raises(ValueError, match="one strategy, not random, margin"):
        mean_curve(race(random=[0.5], margin=[0.5]))


def test_the_interval_of_a_mean_loss_may_end_above_one_but_not_below_zero() -> None:
    losses = np.array([[2.5, 0.001], [1.5, 0.4], [2.0, 0.01]])
    runs = [
        row | {"train_loss": loss}
        for seed in range(3)
        for row, loss in zip(rows("margin", [0.5, 0.6], seed=seed), losses[seed], strict=True)
    ]
    found = mean_curve(curve_frame(runs), metric="train_loss")
    np.testing.assert_allclose(found[["mean", "low", "high"]].to_numpy().T, bounded_band(losses, 0, np.inf))
    assert mean_band(losses)[1][1] < 0 < found["low"][1] and found["high"][0] > 1


def test_mean_curve_of_runs_that_share_no_labels_is_empty() -> None:
    apart = rows("margin", [0.1, 0.2]) + rows("margin", [0.1, 0.2], labels=[15, 25], seed=1)
    assert mean_curve(curve_frame(apart)).empty
