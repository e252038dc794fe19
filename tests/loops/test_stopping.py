"""Stopping rules on curves made by hand, and in the loop: what ends a run, and that nothing else changes."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from alcore.datasets.catalogue import load_dataset
from alcore.learners.registry import make_learner
from alcore.loops.pool.simulate import Round, run_rounds, simulate, start_session
from alcore.loops.stopping import (
    SETTLED_ROUNDS,
    STOP_SET,
    StopRules,
    agreements,
    plateaued,
    predictions_agree,
    reached,
)
from alcore.percent import level
from alcore.rng import rng_for

DIGITS = load_dataset("digits", seed=0, home=Path())


def run(stop: StopRules | None = None, **changes: Any) -> list[Round]:
    settings: dict[str, Any] = {"seed": 0, "seed_labels": 20, "labels_per_round": 20, "rounds": 15} | changes
    learner = make_learner("logistic", classes=10, seed=0)
    return list(simulate(DIGITS, learner, "margin", stop=stop, **settings))


def test_a_target_is_reached_by_the_last_round() -> None:
    assert not reached([], 0.5)
    assert reached([0.4, 0.5], 0.5) and not reached([0.9, 0.49], 0.5)


def test_a_plateau_is_so_many_rounds_without_a_new_best() -> None:
    assert not plateaued([0.5, 0.5], 2), "the best before is needed"
    assert plateaued([0.5, 0.5, 0.4], 2) and plateaued([0.9, 0.1, 0.2, 0.3], 3)
    assert not plateaued([0.5, 0.51, 0.5], 2) and not plateaued([0.5, 0.4, 0.6], 2)


def test_agreement_is_of_each_model_with_the_next() -> None:
    predictions = [np.array(row) for row in ([0, 1, 2, 2], [0, 1, 2, 0], [0, 1, 2, 0], [1, 0, 0, 2])]
    assert agreements(predictions) == [0.75, 1.0, 0.0]
    assert agreements(predictions[:1]) == [] == agreements([])
    assert predictions_agree([0.1, 0.9, 0.9, 0.95], 0.9) and not predictions_agree([0.9, 0.89, 0.9], 0.9)
    assert not predictions_agree([1.0] * (SETTLED_ROUNDS - 1), 0.5)


def test_with_classes_equally_frequent_a_share_is_the_kappa_said() -> None:
    before = np.arange(5000) % 10
    after = before.copy()
    moved = np.arange(0, 5000, 17)
    after[moved] = (after[moved] + 1 + np.arange(len(moved)) % 9) % 10
    (share,) = agreements([before, after])
    assert 1 - (1 - share) * 10 / 9 == pytest.approx(cohen_kappa_score(before, after), abs=1e-3)


def test_the_loop_ends_where_the_rule_says_and_says_why() -> None:
    free = run()
    assert len(free) == 16 and all(one.stopped == "" for one in free)
    target = free[4].accuracy
    first = next(number for number, one in enumerate(free) if one.accuracy >= target)
    cut = run(StopRules(accuracy=target))
    assert [one.accuracy for one in cut] == [one.accuracy for one in free[: first + 1]]
    assert cut[-1].batch is None and len(cut[-1].batch_labels) == 0
    assert cut[-1].stopped == f"target of {level(target)} reached"
    assert all(one.stopped == "" and one.batch is not None for one in cut[:-1])
    for one, other in zip(cut[:-1], free, strict=False):
        assert one.batch is not None and other.batch is not None
        np.testing.assert_array_equal(one.batch.indices, other.batch.indices)
    flat = run(StopRules(plateau=1))
    values = [one.accuracy for one in free]
    assert len(flat) == next(n for n in range(1, 16) if values[n] <= max(values[:n])) + 1
    assert flat[-1].stopped == "no gain in 1 round"


def test_agreement_is_measured_on_the_pool_by_an_independent_loop() -> None:
    rounds = run(StopRules(agreement=0.95))
    size = min(STOP_SET, len(DIGITS.y_pool))
    stop_set = np.sort(rng_for(0, "stop set").choice(len(DIGITS.y_pool), size, replace=False))
    learner, predicted = make_learner("logistic", classes=10, seed=0), []
    for one in rounds:
        rows = one.labeled
        learner.fit(learner.prepare(DIGITS.x_pool)[rows], DIGITS.y_pool[rows], rng=rng_for(0))
        predicted.append(learner.predict_probs(learner.prepare(DIGITS.x_pool[stop_set])).argmax(axis=1))
        assert one.predicted_S is not None
        np.testing.assert_array_equal(one.predicted_S, predicted[-1])
    shares = agreements(predicted)
    assert min(shares[-3:]) >= 0.95 and len(rounds) < 16
    assert not any(predictions_agree(shares[:end], 0.95) for end in range(len(shares)))
    assert rounds[-1].stopped == "predictions settled: 3 times in a row 95 % the same"
    assert [one.accuracy for one in rounds] == [one.accuracy for one in run()[: len(rounds)]]


def test_the_last_round_of_the_budget_needs_no_reason() -> None:
    free = run(rounds=2)
    assert run(StopRules(accuracy=free[-1].accuracy), rounds=2)[-1].stopped != ""
    assert free[-1].stopped == "" and free[-1].batch is None


def test_a_run_gone_on_with_stops_where_the_whole_one_did() -> None:
    stop = StopRules(agreement=0.95)
    whole = run(stop)
    cut = len(whole) - 2
    session = start_session(DIGITS, make_learner("logistic", classes=10, seed=0), "margin", seed=0, seed_labels=20)
    for one in whole[:cut]:
        if one.batch:
            session.follow(one.batch.indices, one.batch_labels, train=True)
    rest = run_rounds(
        session,
        DIGITS,
        labels_per_round=lambda _: 20,
        rounds=15,
        first=cut,
        stop=stop,
        before=whole[:cut],
    )
    again = list(rest)
    assert [one.labels for one in again] == [one.labels for one in whole[cut:]]
    assert again[-1].stopped == whole[-1].stopped
