"""Races against scikit-learn fits at a tight tolerance, one at a time."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from alcore.datasets.planar import SHAPES, planar
from alcore.learners.classifier import ClassifierLearner
from alcore.loops.pool import simulate
from alcore.loops.race import grid_over, race
from alcore.rng import rng_for
from alcore.strategies.catalogue import STRATEGIES

# One of each kind: a committee is fitted at another tolerance by scikit-learn, and its ties fall otherwise.
COMPARED = ("random", "least_confidence", "margin", "entropy", "k_center", "hybrid", "badge", "egl")

BLOBS = planar("blobs", points=80, classes=2, rng=rng_for(0, "data"))


def tight() -> LogisticRegression:
    return LogisticRegression(max_iter=10_000, tol=1e-10)


@pytest.mark.parametrize("case", range(12))
def test_every_racer_asks_what_tight_fits_ask(case: int) -> None:
    rng = rng_for(case, "case")
    classes = int(rng.integers(2, 5))
    shape = "blobs" if classes > 2 else str(rng.choice(list(SHAPES)))
    data = planar(shape, points=60, overlap=float(rng.random()), classes=classes, rng=rng)
    seed_labels, labels_per_round = int(rng.integers(1, 9)), int(rng.integers(1, 6))
    start: dict[str, Any] = {
        "seed": case,
        "seed_labels": seed_labels,
        "labels_per_round": labels_per_round,
        "rounds": 8,
    }
    racers = race(data, COMPARED, grid=grid_over(data, rows=3), **start)
    for racer in racers:
        learner = ClassifierLearner(tight(), classes)
        plain = list(simulate(data, learner, racer.strategy, seed_set="balanced", **start))
        assert racer.order.tolist() == plain[-1].labeled.tolist()
        assert [r.labels for r in racer.rounds] == [r.labels for r in plain]
        np.testing.assert_allclose([r.accuracy for r in racer.rounds], [r.accuracy for r in plain], atol=2e-3)
        np.testing.assert_allclose(
            [r.train_loss for r in racer.rounds], [r.train_loss for r in plain], atol=1e-6
        )


def test_surfaces_are_what_each_model_believed() -> None:
    grid = grid_over(BLOBS, rows=12)
    assert len(grid.y) == 12 and len(grid.x) == 16
    assert grid.x[0] <= BLOBS.x_pool[:, 0].min() and grid.y[-1] >= BLOBS.x_pool[:, 1].max()
    racer, _ = race(
        BLOBS, ["margin", "random"], grid=grid, seed=0, seed_labels=4, labels_per_round=3, rounds=6
    )
    labeled = racer.rounds[2].labeled
    model = tight().fit(BLOBS.x_pool[labeled], BLOBS.y_pool[labeled])
    expected = model.predict_proba([[grid.x[7], grid.y[5]]])[0]
    np.testing.assert_allclose(racer.surfaces_R_Y_X_C[2, 5, 7], expected, atol=1e-6)
    assert racer.rounds[-1].batch is None and len(racer.surfaces_R_Y_X_C) == 7


def test_a_race_ends_with_the_pool() -> None:
    (racer,) = race(
        BLOBS, ["random"], grid=grid_over(BLOBS, rows=3), seed=0, seed_labels=70, labels_per_round=8, rounds=9
    )
    assert [r.labels for r in racer.rounds] == [70, 78, 80]
    with pytest.raises(ValueError, match="labels_per_round"):
        race(BLOBS, ["random"], grid=grid_over(BLOBS), seed=0, seed_labels=4, labels_per_round=0, rounds=1)


@pytest.mark.parametrize("name", list(STRATEGIES))
def test_every_strategy_races(name: str) -> None:
    data = planar("blobs", points=60, classes=3, rng=rng_for(5, "data"))
    settings: dict[str, Any] = {"seed": 1, "seed_labels": 6, "labels_per_round": 4, "rounds": 3}
    first, again = (race(data, [name, "random"], grid=grid_over(data, rows=3), **settings) for _ in range(2))
    assert first[0].order.tolist() == again[0].order.tolist()
    assert len(set(first[0].order.tolist())) == 6 + 3 * 4
    assert first[0].order[:6].tolist() == first[1].order[:6].tolist()
