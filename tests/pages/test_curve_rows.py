"""Rows of learning curves that the screens draw and export."""

from types import SimpleNamespace

import numpy as np
import pytest

from alcore.report.curves import curve_frame
from pages.shared.curve_rows import curve_rows, round_rows


def test_curves_of_one_strategy_differ_by_their_seeds() -> None:
    labels_T, accuracy_T = np.array([4, 6, 8]), np.array([0.5, 0.75, 1.0])
    frame = curve_frame(
        [row for seed in (0, 3) for row in curve_rows("margin", seed, labels_T, accuracy_T - seed / 10)]
    )
    assert frame["run"].nunique() == 2 and frame["seed"].tolist() == [0, 0, 0, 3, 3, 3]
    assert frame["round"].tolist() == [0, 1, 2] * 2 and frame["labels"].tolist() == [4, 6, 8] * 2
    assert frame["accuracy"].tolist() == pytest.approx([0.5, 0.75, 1.0, 0.2, 0.45, 0.7])
    assert frame["train_loss"].isna().all() and (frame["seconds"] == 0).all()


def test_rounds_and_losses_are_those_given() -> None:
    rows = curve_rows("fixed", 1, [4, 5], [0.5, 0.6], train_loss=np.array([0.3, 0.2]), rounds=np.array([0, 17]))
    assert [(row["round"], row["train_loss"]) for row in rows] == [(0, 0.3), (17, 0.2)]
    with pytest.raises(ValueError, match="zip"):
        curve_rows("fixed", 1, [4, 5], [0.5])


def test_a_round_takes_the_time_of_all_its_stages() -> None:
    one = SimpleNamespace(round=2, labels=9, accuracy=0.8, train_loss=0.1, seconds={"train": 0.5, "select": 0.25})
    assert round_rows("bald", 7, [one]) == [
        {
            "run": "bald, seed 7",
            "strategy": "bald",
            "seed": 7,
            "round": 2,
            "labels": 9,
            "accuracy": 0.8,
            "train_loss": 0.1,
            "seconds": 0.75,
        }
    ]
