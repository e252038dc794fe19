"""The race's questions against scikit-learn at a tight tolerance, one model at a time, on 80 settings, or 200.

A session that fits with scikit-learn is walked along the race's own path and asked in every round: so one
legitimate difference, two scores that tie within the tolerance, hides nothing that comes after it.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.generate import SHAPES, planar
from alcore.learners.sklearn_learner import ClassifierLearner
from alcore.loops.pool.simulate import Round
from alcore.loops.races.grid import grid_over
from alcore.loops.races.paired import paired_races
from alcore.loops.races.race import race
from alcore.loops.seed_set import seed_indices
from alcore.loops.session import Session
from alcore.rng import rng_for
from alcore.strategies.catalogue import STRATEGIES

SETTINGS = [80, pytest.param(200, marks=pytest.mark.long)]
# Scores that differ by less may come in any order: neither fit is more exact.
TIE = 1e-9
# Test points this near a boundary may fall on either side of it.
NEAR = 1e-6

OF_PROBS = ("least_confidence", "margin", "entropy")
OTHERS = ("k_center", "hybrid", "hybrid_product", "ranked_batch", "cluster_margin", "badge", "egl", "density")


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Models of fifty points gain nothing from threads."""
    with threadpool_limits(1):
        yield


def setting(case: int) -> tuple[Dataset, list[str], dict[str, Any]]:
    """A race drawn from everything that shapes one."""
    rng = rng_for(case, "setting")
    shape = str(rng.choice(list(SHAPES)))
    classes = int(rng.integers(2, 6)) if shape == "blobs" or case % 2 else 2
    data = planar(
        "blobs" if classes > 2 else shape,
        points=int(rng.integers(20, 70)),
        overlap=float(rng.random()),
        classes=classes,
        near_duplicates=int(rng.integers(0, 8)),
        outliers=int(rng.integers(0, 3)),
        label_noise=float(rng.choice([0, 0.1])),
        rng=rng,
    )
    strategies = [str(rng.choice(OF_PROBS)), str(rng.choice(["random", *OF_PROBS, *OTHERS]))]
    return (
        data,
        strategies,
        {
            "seed_labels": int(rng.integers(1, 13)),
            "labels_per_round": int(rng.integers(1, 7)),
            "rounds": int(rng.integers(2, 6)),
            "seed_set": str(rng.choice(["random", "balanced"])),
        },
    )


@pytest.mark.parametrize("settings", SETTINGS)
def test_every_question_is_scikit_learns(settings: int) -> None:
    tied, asked = 0, 0
    for case in range(settings):
        data, strategies, start = setting(case)
        for racer in race(data, strategies, seed=case, grid=grid_over(data, rows=2), **start):
            tied += follow(data, racer.strategy, racer.rounds, seed=case, **start)
            asked += len(racer.rounds) - 1
    assert asked > 5 * settings
    assert tied <= asked // 200, f"{tied} of {asked} questions tie: too many to be chance"


def follow(
    data: Dataset,
    name: str,
    told: list[Round],
    *,
    seed: int,
    seed_set: Any,
    seed_labels: int,
    labels_per_round: int,
    rounds: int,
) -> int:
    """Ask scikit-learn in each round of a race; returns how many questions differ by a tie."""
    estimator = LogisticRegression(solver="newton-cholesky", tol=1e-10)
    learner = ClassifierLearner(estimator, data.classes)
    session = Session(data.x_pool, learner, name, seed=seed, classes=data.classes)
    first = seed_indices(data.y_pool, seed_labels, seed_set=seed_set, rng=rng_for(seed, "seed set"))
    session.tell(first, data.y_pool[first])
    ties = 0
    for one in told:
        assert one.labeled.tolist() == session.order
        assert one.train_loss == pytest.approx(session.fit(), abs=1e-6)
        probs_T_C = learner.predict_probs(data.x_test)
        top_T_2 = np.sort(probs_T_C, axis=1)[:, -2:]
        near = float(np.mean(top_T_2[:, 1] - top_T_2[:, 0] < NEAR))
        assert abs(one.accuracy - np.mean(probs_T_C.argmax(axis=1) == data.y_test)) <= near + 1e-12
        if one.batch is None:
            break
        indices = session.ask(labels_per_round)
        if indices.tolist() != one.batch.indices.tolist():
            ties += 1
            assert_tied(session, name, one.batch.indices)
        session.tell(one.batch.indices, data.y_pool[one.batch.indices])
    assert one.round == rounds or not len(session.unlabeled)
    return ties


def assert_tied(session: Session, name: str, picked: np.ndarray) -> None:
    """What was picked in place of scikit-learn's choice has its scores, turn by turn."""
    score = STRATEGIES[name].score
    assert score is not None, f"{name} chose another batch"
    scores = np.full(len(session.labels_N), np.nan)
    scores[session.unlabeled] = score(session.view(), rng_for(0))
    assert session.batch is not None
    np.testing.assert_allclose(scores[picked], scores[session.batch.indices], rtol=0, atol=TIE)


@pytest.mark.parametrize("classes", [2, 3])
def test_a_seed_of_paired_races_is_its_race_and_scikit_learns(classes: int) -> None:
    seeds = (4, 0, 9, 7)
    datasets = [planar("blobs", points=60, classes=classes, rng=rng_for(seed, "data")) for seed in seeds]
    start: dict[str, Any] = {
        "seed_labels": 5,
        "labels_per_round": 2,
        "rounds": 6,
        "seed_set": "balanced",
    }
    names = ["margin", "random", "badge", "qbc_kl"]
    done: list[float] = []
    pairs = paired_races(datasets, names, seeds=seeds, on_step=done.append, **start)
    assert done == sorted(done) and len(done) > 7 * len(seeds) and done[-1] == 1
    assert pairs.names == tuple(names) and pairs.seeds == seeds
    assert pairs.labels_T.tolist() == list(range(5, 18, 2))
    for s, (seed, data) in enumerate(zip(seeds, datasets, strict=True)):
        alone = race(data, names, seed=seed, grid=grid_over(data, rows=2), **start)
        for r, racer in enumerate(alone):
            assert pairs.order_S_R_M[s, r].tolist() == racer.order.tolist()
            assert pairs.accuracy_S_R_T[s, r].tolist() == [one.accuracy for one in racer.rounds]
            assert pairs.train_loss_S_R_T[s, r].tolist() == [one.train_loss for one in racer.rounds]
            if racer.strategy != "qbc_kl":  # whose members' scores tie beyond scikit-learn's tolerance
                assert follow(data, racer.strategy, racer.rounds, seed=seed, **start) == 0
