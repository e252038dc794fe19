"""Races of every learner of the arena: the same curves and queries as scikit-learn's, raced by the ordinary loop."""

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from alcore.compare import compare
from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.generate import planar
from alcore.learners.registry import make_learner
from alcore.loops.pool.simulate import simulate
from alcore.loops.races.full_label_accuracy import full_label_accuracy
from alcore.loops.races.grid import grid_over
from alcore.loops.races.lockstep import StrategySchedule
from alcore.loops.races.next_batches import next_batches
from alcore.loops.races.paired import paired_races
from alcore.loops.races.paired_loop import paired_loops
from alcore.loops.races.race import race
from alcore.loops.races.replay import replay_races
from alcore.loops.races.settings import RaceSettings
from alcore.rng import rng_for

START: dict[str, Any] = {"seed_labels": 5, "labels_per_round": 2, "rounds": 4, "seed_set": "balanced"}
LEARNERS = ("logistic", "logistic_fourier", "knn", "random_forest")
TIGHT = LogisticRegression(solver="newton-cholesky", tol=1e-11, max_iter=1000)


def sample(seed: int, shape: str = "moons", classes: int = 2) -> Dataset:
    return planar("blobs" if classes > 2 else shape, points=60, classes=classes, rng=rng_for(seed, "data"))


def settings(**changes: Any) -> RaceSettings:
    return RaceSettings(
        initial_labels=START["seed_labels"],
        labels_per_round=START["labels_per_round"],
        rounds=START["rounds"],
        seed_set=changes.get("seed_set", START["seed_set"]),
    )


@pytest.mark.parametrize(("classes", "seed_set"), [(2, "diverse"), (3, "balanced")])
def test_curved_races_in_lockstep_are_scikit_learns_pipeline(classes: int, seed_set: Any) -> None:
    seeds, names = (4, 9), ("least_confidence", "random", "k_center", "badge")
    data = [sample(seed, classes=classes) for seed in seeds]
    start = START | {"seed_set": seed_set}
    together = paired_races(data, names, seeds=seeds, learner="logistic_fourier", **start)
    for s, seed in enumerate(seeds):
        pipeline = make_pipeline(RBFSampler(gamma=1, n_components=30, random_state=seed), TIGHT)
        alone = paired_loops(
            lambda seed: sample(seed, classes=classes),
            pipeline,
            names,
            seeds=[seed],
            settings=settings(seed_set=seed_set),
        )
        np.testing.assert_array_equal(together.order_S_R_M[s], alone.order_S_R_M[0])
        np.testing.assert_allclose(together.accuracy_S_R_T[s], alone.accuracy_S_R_T[0], atol=1e-12)
        np.testing.assert_allclose(together.train_loss_S_R_T[s], alone.train_loss_S_R_T[0], atol=1e-6)
    # The points of the seed set are those of every other learner.
    straight = paired_races(data, names, seeds=seeds, **start)
    np.testing.assert_array_equal(together.order_S_R_M[:, :, :5], straight.order_S_R_M[:, :, :5])


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_race_is_that_of_the_ordinary_loop_with_its_predictions(learner: str) -> None:
    data, seed = sample(3), 3
    grid = grid_over(data, rows=6)
    plans: list[str | StrategySchedule] = ["margin", "random", StrategySchedule("random", "margin", 2)]
    done: list[float] = []
    racers = race(data, plans, seed=seed, grid=grid, learner=learner, acquisition=True, on_step=done.append, **START)
    assert done == sorted(done) and done[-1] == pytest.approx(1)
    for racer, name in zip(racers, ("margin", "random"), strict=False):
        model = make_learner(learner, classes=2, seed=seed)
        known = simulate(data, model, name, seed=seed, **START)
        for number, (one, expected) in enumerate(zip(racer.rounds, known, strict=True)):
            assert one.labeled.tolist() == expected.labeled.tolist()
            # The ordinary loop stops at the tolerance of scikit-learn: a test point on the boundary may differ.
            assert one.accuracy == pytest.approx(expected.accuracy, abs=2e-3 if learner.startswith("logistic") else 0)
            assert one.train_loss == pytest.approx(expected.train_loss, abs=1e-3)
            atol = 1e-3 if learner.startswith("logistic") else 1e-7
            probs_N_C = model.predict_probs(model.prepare(data.x_pool))
            np.testing.assert_allclose(racer.probs_R_N_C[number], probs_N_C, atol=atol)
            places = model.predict_probs(model.prepare(grid.points_P_2)).reshape(len(grid.y), len(grid.x), 2)
            np.testing.assert_allclose(racer.surfaces_R_Y_X_C[number], places, atol=atol)
            wrong_T = model.predict_probs(model.prepare(data.x_test)).argmax(axis=1) != data.y_test
            near = 2 if learner.startswith("logistic") else 0
            assert np.count_nonzero(racer.wrong_R_T[number] != wrong_T) <= near
            assert 1 - racer.wrong_R_T[number].mean() == pytest.approx(one.accuracy)
            if name == "margin":
                assert racer.acquisition_R_Y_X is not None
                gap = np.abs(places[..., 1] - places[..., 0])
                np.testing.assert_allclose(racer.acquisition_R_Y_X[number], 1 - gap, atol=2 * atol)
    by_margin, by_random, fork = racers
    assert fork.order[:9].tolist() == by_random.order[:9].tolist() != by_margin.order[:9].tolist()
    assert fork.strategy == "random>margin@2" and by_random.acquisition_R_Y_X is None


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_race_replayed_and_its_next_queries_are_the_race(learner: str) -> None:
    data, seed = sample(5), 5
    grid = grid_over(data, rows=4)
    (racer,) = race(data, ["margin"], seed=seed, grid=grid, learner=learner, **START)
    again = replay_races(data, racer.order, seed_labels=5, labels_per_round=2, learner=learner, seed=seed, grid=grid)
    assert [one.accuracy for one in again.rounds] == [one.accuracy for one in racer.rounds]
    np.testing.assert_allclose(again.surfaces_R_Y_X_C, racer.surfaces_R_Y_X_C, atol=1e-5)
    np.testing.assert_array_equal(again.wrong_R_T, racer.wrong_R_T)
    for number, one in enumerate(racer.rounds[:-1]):
        proposed = next_batches(data, one.labeled, ["margin", "egl"], seed=seed, round=number, k=2, learner=learner)
        assert one.batch is not None and proposed["margin"].batch is not None
        assert proposed["margin"].batch.indices.tolist() == one.batch.indices.tolist()
        np.testing.assert_allclose(proposed["margin"].scores_N, racer.scores_R_N[number], atol=1e-6)
        # Gradient lengths are those of logistic regression alone.
        assert (proposed["egl"].error is None) is learner.startswith("logistic")


def test_learners_are_scikit_learns() -> None:
    data = sample(1)
    rows = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    for learner, known in (
        ("knn", KNeighborsClassifier(5, weights="distance")),
        ("random_forest", RandomForestClassifier(30, random_state=0)),
        ("gradient_boosting", GradientBoostingClassifier(n_estimators=50, max_features="sqrt", random_state=0)),
        ("logistic_fourier", make_pipeline(RBFSampler(gamma=1, n_components=30, random_state=0), TIGHT)),
    ):
        model = make_learner(learner, classes=2, seed=0)
        model.fit(model.prepare(data.x_pool)[rows], data.y_pool[rows], rng=rng_for(0))
        probs_T_C = model.predict_probs(model.prepare(data.x_test))
        expected_T_C = known.fit(data.x_pool[rows], data.y_pool[rows]).predict_proba(data.x_test)
        if learner in ("random_forest", "gradient_boosting"):  # whose trees are drawn from another stream
            assert np.abs(probs_T_C - expected_T_C).mean() < 0.1
        else:
            np.testing.assert_allclose(probs_T_C, expected_T_C, atol=2e-3)
    few = make_learner("knn", classes=2, seed=0)
    few.fit(data.x_pool[:2], np.array([0, 1]), rng=rng_for(0))
    near = KNeighborsClassifier(2, weights="distance").fit(data.x_pool[:2], [0, 1])
    np.testing.assert_allclose(few.predict_probs(data.x_test), near.predict_proba(data.x_test))


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_accuracy_of_all_labels_is_that_of_a_fit_on_the_pool(learner: str) -> None:
    data = [sample(2), sample(8)]
    found = full_label_accuracy(data, learner=learner, seeds=(2, 8))
    for accuracy, one, seed in zip(found, data, (2, 8), strict=True):
        model = make_learner(learner, classes=2, seed=seed)
        model.fit(model.prepare(one.x_pool), one.y_pool, rng=rng_for(seed, "train", "all labels"))
        probs_T_C = model.predict_probs(model.prepare(one.x_test))
        assert accuracy == pytest.approx(np.mean(probs_T_C.argmax(axis=1) == one.y_test), abs=1e-3)


@pytest.mark.parametrize("learner", ["logistic_fourier", "knn"])
def test_a_comparison_takes_a_sample_a_seed_and_a_fork(learner: str) -> None:
    fork = StrategySchedule("margin", "random", 2)
    found = compare(
        sample,
        learner=learner,
        strategies=["margin", fork],
        seeds=[1, 6],
        initial_labels=5,
        labels_per_round=2,
        rounds=4,
        seed_set="balanced",
        progress=False,
    )
    assert found.names == {"random": "Random", "margin": "Margin", "margin>random@2": "Margin then random"}
    for seed in (1, 6):
        data = sample(seed)
        racers = race(data, ["margin", fork], seed=seed, grid=grid_over(data, rows=2), learner=learner, **START)
        for racer in racers:
            own = found.frame[(found.frame["strategy"] == racer.strategy) & (found.frame["seed"] == seed)]
            assert own["accuracy"].tolist() == pytest.approx([one.accuracy for one in racer.rounds])
    with pytest.raises(ValueError, match="a function X"):
        compare(sample, np.zeros(3), progress=False)
    with pytest.raises(ValueError, match="a function X"):
        compare(np.zeros((3, 2)), progress=False)
