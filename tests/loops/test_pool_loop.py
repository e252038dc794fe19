"""The simulated loop against the published trajectory, a plain loop, and its own promises."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from alcore.datasets.catalogue import load_dataset
from alcore.datasets.planar.generate import planar
from alcore.learners.registry import make_learner
from alcore.loops.pool.simulate import Round, simulate
from alcore.rng import rng_for

BLOBS = planar("blobs", points=80, classes=2, rng=rng_for(0, "data"))


def blobs_run(strategy: str, **changes: Any) -> list[Round]:
    settings: dict[str, Any] = {
        "seed": 0,
        "seed_labels": 4,
        "labels_per_round": 3,
        "rounds": 6,
        "seed_set": "balanced",
    } | changes
    return list(simulate(BLOBS, make_learner("logistic", classes=2, seed=0), strategy, **settings))


def test_logistic_classification_gives_the_published_trajectory() -> None:
    data = load_dataset("classification", seed=0, home=Path())
    rounds = simulate(
        data,
        make_learner("logistic", classes=2, seed=0),
        "least_confidence",
        seed=0,
        seed_labels=90,
        labels_per_round=1,
        rounds=20,
        seed_set="published",
    )
    accuracy = {r.labels: round(r.accuracy, 2) for r in rounds}
    assert accuracy[90] == 0.88 and accuracy[110] == 0.91
    published = [0.88, 0.87, 0.89, 0.89, 0.89, 0.90, 0.89, *[0.90] * 13, 0.91]
    assert list(accuracy.values()) == published


def test_agrees_with_a_plain_loop() -> None:
    rounds = blobs_run("least_confidence")
    labeled = rounds[0].labeled.tolist()
    for one in rounds:
        assert one.labeled.tolist() == labeled
        model = LogisticRegression(max_iter=2000).fit(BLOBS.x_pool[labeled], BLOBS.y_pool[labeled])
        assert one.accuracy == model.score(BLOBS.x_test, BLOBS.y_test)
        if one.batch is None:
            break
        unsure = 1 - model.predict_proba(BLOBS.x_pool).max(axis=1)
        unsure[labeled] = -1
        np.testing.assert_array_equal(one.batch.indices, np.argsort(-unsure, kind="stable")[:3])
        np.testing.assert_array_equal(one.batch_labels, BLOBS.y_pool[one.batch.indices])
        np.testing.assert_allclose(one.batch_probs_K_C, model.predict_proba(BLOBS.x_pool[one.batch.indices]))
        labeled += one.batch.indices.tolist()
    assert one is rounds[-1] and one.labels == 4 + 6 * 3
    assert set(one.seconds) == {"train", "evaluate", "score", "select"}


def test_strategies_start_paired_and_repeat_themselves() -> None:
    runs = {name: blobs_run(name) for name in ("random", "margin", "k_center")}
    for rounds in runs.values():
        np.testing.assert_array_equal(rounds[0].labeled, runs["random"][0].labeled)
        assert rounds[0].accuracy == runs["random"][0].accuracy
    again = blobs_run("random")
    np.testing.assert_array_equal(again[-1].labeled, runs["random"][-1].labeled)
    assert not np.array_equal(blobs_run("random", seed=1)[-1].labeled, again[-1].labeled)


def test_random_never_scores_the_pool() -> None:
    learner = make_learner("logistic", classes=2, seed=0)
    scored: list[int] = []
    predict = learner.predict_probs
    learner.predict_probs = lambda x_N: (scored.append(len(x_N)), predict(x_N))[1]
    list(simulate(BLOBS, learner, "random", seed=0, seed_labels=4, labels_per_round=5, rounds=3, seed_set="balanced"))
    # Only the labelled points (for the loss), the test set and the batch just asked for.
    assert set(scored) == {4, 9, 14, 19, len(BLOBS.x_test), 5}


def test_the_pool_can_be_a_part_and_can_run_out() -> None:
    rounds = blobs_run("margin", pool_size=10, rounds=50)
    assert [r.labels for r in rounds] == [4, 7, 10]
    assert rounds[-1].batch is None
    assert len(np.unique(rounds[-1].labeled)) == 10
    for wrong in ({"pool_size": 81}, {"pool_size": 3}, {"labels_per_round": 0}, {"seed_labels": 81}):
        with pytest.raises(ValueError, match="pool_size|seed set|labels_per_round"):
            blobs_run("margin", **wrong)


def test_calibration_labels_are_paid_for_paired_and_not_trained_on() -> None:
    plain = blobs_run("least_confidence")
    calibrated = {name: blobs_run(name, calibration=10) for name in ("least_confidence", "random")}
    for rounds in calibrated.values():
        assert [r.labels for r in rounds] == [r.labels + 10 for r in plain]
        assert [len(r.labeled) for r in rounds] == [r.labels for r in plain]
        np.testing.assert_array_equal(rounds[0].labeled, plain[0].labeled)
    # A temperature moves no boundary.
    assert calibrated["random"][0].accuracy == plain[0].accuracy
    with pytest.raises(ValueError, match="calibration needs 77 labels, but 76 points are left"):
        blobs_run("random", calibration=77)


def test_a_diverse_start_is_shared_by_all_strategies() -> None:
    runs = [blobs_run(name, seed_set="diverse", pool_size=40) for name in ("random", "margin")]
    np.testing.assert_array_equal(runs[0][0].labeled, runs[1][0].labeled)
    assert not np.array_equal(runs[0][0].labeled, blobs_run("random", pool_size=40)[0].labeled)
