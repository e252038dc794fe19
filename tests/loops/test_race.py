"""One race looked at closely: forks, what is told of every round, and what strategies see."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.generate import planar
from alcore.learners.sklearn_learner import ClassifierLearner
from alcore.logistic.batched import solve
from alcore.loops.ask import tie_order
from alcore.loops.races.grid import Grid, grid_over
from alcore.loops.races.lockstep import StrategySchedule
from alcore.loops.races.models import DatasetStack, FittedModels
from alcore.loops.races.paired import PairedRaces, paired_races
from alcore.loops.races.race import race
from alcore.loops.races.trace import RaceTrace
from alcore.loops.session import Session
from alcore.rng import rng_for
from alcore.strategies.batch import Batch
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.uncertainty import entropy, margin

BLOBS = planar("blobs", points=80, classes=2, rng=rng_for(0, "data"))
THREE = planar("blobs", points=60, classes=3, rng=rng_for(5, "data"))
START: dict[str, Any] = {"seed": 1, "seed_labels": 6, "labels_per_round": 4, "rounds": 5}
ONE = np.zeros(1, dtype=np.int64)


def stuck(scores_N: np.ndarray, k: int, rng: np.random.Generator) -> Batch:
    """Asks for one point again and again."""
    return Batch(np.full(k, 0), np.zeros(k))


def tight() -> LogisticRegression:
    return LogisticRegression(solver="newton-cholesky", tol=1e-10)


def raced(strategies: list[str | StrategySchedule], data: Dataset = THREE, **changes: Any) -> list[RaceTrace]:
    return race(data, strategies, **{"grid": grid_over(data, rows=3), **START, **changes})


def paired(strategies: list[str | StrategySchedule], seeds: list[int], **changes: Any) -> PairedRaces:
    start = {key: value for key, value in START.items() if key != "seed"}
    return paired_races([THREE] * len(seeds), strategies, seeds=seeds, **{**start, **changes})


def test_surfaces_are_what_each_model_believed() -> None:
    grid = grid_over(BLOBS, rows=12)
    assert len(grid.y) == 12 and len(grid.x) == 16
    assert grid.x[0] <= BLOBS.x_pool[:, 0].min() and grid.y[-1] >= BLOBS.x_pool[:, 1].max()
    racer, _ = raced(["margin", "random"], BLOBS, grid=grid)
    labeled = racer.rounds[2].labeled
    model = tight().fit(BLOBS.x_pool[labeled], BLOBS.y_pool[labeled])
    expected = model.predict_proba([[grid.x[7], grid.y[5]]])[0]
    np.testing.assert_allclose(racer.surfaces_R_Y_X_C[2, 5, 7], expected, atol=1e-6)
    np.testing.assert_allclose(racer.probs_R_N_C[2], model.predict_proba(BLOBS.x_pool), atol=1e-6)
    assert racer.rounds[-1].batch is None and len(racer.surfaces_R_Y_X_C) == len(racer.probs_R_N_C) == 6


def test_a_grid_over_one_point_is_a_place() -> None:
    one = Dataset("one", np.ones((3, 2)), np.zeros(3, np.int64), np.ones((1, 2)), np.zeros(1, np.int64), ("A",))
    grid = grid_over(one, rows=5)
    assert grid.x[0] < 1 < grid.x[-1] and np.all(np.diff(grid.y) > 0)


def test_a_race_ends_with_the_pool() -> None:
    (racer,) = raced(["random"], BLOBS, seed_labels=70, labels_per_round=8, rounds=9)
    assert [r.labels for r in racer.rounds] == [70, 78, 80]
    pairs = paired(["random", "margin"], [0, 3], seed_labels=50, labels_per_round=8, rounds=9)
    assert pairs.labels_T.tolist() == [50, 58, 60]
    assert (np.sort(pairs.order_S_R_M, axis=2) == np.arange(60)).all()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"labels_per_round": 0}, "labels_per_round"),
        ({"rounds": -1}, "rounds"),
        ({"seed_labels": 61}, "1 to 60 labels"),
        ({"strategies": []}, "needs a strategy"),
        ({"strategies": ["magic"]}, "unknown strategy 'magic'"),
        ({"seeds": [1]}, "one data set a seed"),
        ({"seeds": [1, -1]}, "seed must be 0"),
        ({"datasets": [THREE, BLOBS]}, "of one size"),
        ({"datasets": [], "seeds": []}, "needs a data set"),
        ({"datasets": [replace(THREE, x_pool=THREE.x_pool[:, None])] * 2}, "rows of numbers"),
        ({"datasets": [replace(THREE, x_pool=THREE.x_pool * np.nan)] * 2}, "finite"),
        (
            {"strategies": [StrategySchedule(replace(STRATEGIES["random"], choose=lambda *_: Batch(ONE, ONE / 2)))]},
            "than 4",
        ),
        ({"strategies": [StrategySchedule(replace(STRATEGIES["random"], choose=stuck))], "rounds": 9}, "twice"),
    ],
)
def test_mistakes_are_sentences(changes: dict[str, Any], said: str) -> None:
    start = {key: value for key, value in START.items() if key != "seed"}
    settings = {"datasets": [THREE, THREE], "strategies": ["random"], "seeds": [0, 1], **start}
    with pytest.raises(ValueError, match=said):
        paired_races(**{**settings, **changes})


@pytest.mark.parametrize("name", list(STRATEGIES))
def test_every_strategy_races_alike_alone_and_among_many(name: str) -> None:
    pairs = paired([name, "random"], [1, 7])
    for r, racer in enumerate(raced([name, "random"])):
        assert racer.strategy == pairs.names[r]
        assert racer.order.tolist() == pairs.order_S_R_M[0, r].tolist()
        assert [one.accuracy for one in racer.rounds] == pairs.accuracy_S_R_T[0, r].tolist()
        assert len(set(racer.order.tolist())) == 6 + 5 * 4
    assert pairs.order_S_R_M[:, 0, :6].tolist() == pairs.order_S_R_M[:, 1, :6].tolist()
    assert pairs.order_S_R_M[0, 0].tolist() != pairs.order_S_R_M[1, 0].tolist()


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("labels", [3, 20])
def test_a_strategy_sees_what_a_session_shows_it(classes: int, labels: int) -> None:
    data = planar("blobs", points=40, classes=classes, rng=rng_for(3, "data"))
    learner = ClassifierLearner(tight(), classes)
    session = Session(data.x_pool, learner, "margin", seed=9, classes=classes)
    for some in (np.arange(labels), np.arange(labels, labels + 2)):  # the second time it is round 1
        session.tell(some, data.y_pool[some])
        with threadpool_limits(1):
            session.ask(2)
    order = np.asarray(session.order)
    coefs = solve(data.x_pool[order], data.y_pool[order], classes=classes)
    models = FittedModels(DatasetStack.of([data]), coefs[None], order[None, None], [9], 1)
    view, expected = models.view(0, 0, session.unlabeled), session.view()
    assert set(view._sources) == set(expected._sources)
    for name in view._sources:
        with threadpool_limits(1):
            found, known = getattr(view, name), getattr(expected, name)
        if name == "candidates":
            assert found is known is None
        else:
            np.testing.assert_allclose(found, known, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("at", [0, 2, 5])
def test_a_fork_is_its_parent_and_then_another(at: int) -> None:
    fork, parent, other = raced([StrategySchedule("margin", "k_center", at), "margin", "k_center"])
    assert fork.strategy == f"margin>k_center@{at}"
    until = 6 + 4 * at
    assert fork.order[:until].tolist() == parent.order[:until].tolist()
    np.testing.assert_array_equal(fork.scores_R_N[:at], parent.scores_R_N[:at])
    assert [r.accuracy for r in fork.rounds[: at + 1]] == [r.accuracy for r in parent.rounds[: at + 1]]
    if at == 0:
        assert fork.order.tolist() == other.order.tolist()
    if at == 2:
        assert fork.order.tolist() != parent.order.tolist()
    learner = ClassifierLearner(tight(), 3)
    session = Session(THREE.x_pool, learner, "margin", seed=1, classes=3)
    session.tell(fork.order[:6], THREE.y_pool[fork.order[:6]])
    for number in range(5):
        session.strategy = STRATEGIES["margin" if number < at else "k_center"]
        with threadpool_limits(1):
            asked = session.ask(4)
        session.tell(asked, THREE.y_pool[asked])
    assert fork.order.tolist() == session.order


def test_forks_race_over_many_seeds() -> None:
    plans: list[str | StrategySchedule] = [
        StrategySchedule("random", "margin", 3),
        StrategySchedule("random"),
        "margin",
    ]
    pairs = paired(plans, [0, 1])
    assert pairs.names == ("random>margin@3", "random", "margin")
    np.testing.assert_array_equal(pairs.order_S_R_M[:, 0, :18], pairs.order_S_R_M[:, 1, :18])
    np.testing.assert_array_equal(pairs.accuracy_S_R_T[:, 0, :4], pairs.accuracy_S_R_T[:, 1, :4])
    for wrong in ({"then": "random"}, {"at": 3}, {"then": "random", "at": -1}):
        with pytest.raises(ValueError, match="a fork needs"):
            StrategySchedule("margin", **wrong)


def test_scores_are_those_by_which_points_were_asked_for() -> None:
    by_margin, by_centre = raced(["margin", "k_center"])
    for number, one in enumerate(by_margin.rounds[:-1]):
        model = tight().fit(THREE.x_pool[one.labeled], THREE.y_pool[one.labeled])
        expected = margin(model.predict_proba(THREE.x_pool))
        expected[one.labeled] = np.nan
        np.testing.assert_allclose(by_margin.scores_R_N[number], expected, atol=1e-6)
    for number, one in enumerate(by_centre.rounds[:-1]):
        assert one.batch is not None
        scores_N = by_centre.scores_R_N[number]
        assert np.flatnonzero(np.isfinite(scores_N)).tolist() == sorted(one.batch.indices)
        np.testing.assert_allclose(scores_N[one.batch.indices], one.batch.scores, rtol=1e-6)
    assert np.isnan(by_margin.scores_R_N[-1]).all() and np.isnan(by_centre.scores_R_N[-1]).all()


def test_equal_points_have_equal_scores_and_the_seeds_order_decides_between_them() -> None:
    x = np.random.default_rng(2).normal(size=(33, 2))
    twice = Dataset(
        "twice",
        np.concatenate([x, x]),
        np.tile((x.sum(axis=1) > 0).astype(np.int64), 2),
        x,
        (x.sum(axis=1) > 0).astype(np.int64),
        ("A", "B"),
    )
    (racer,) = raced(["entropy"], twice, seed_labels=2, labels_per_round=1, rounds=30)
    asked = racer.order[2:].tolist()
    place = {point: n for n, point in enumerate(tie_order(START["seed"], 66).tolist())}
    for index in asked:
        twin = (index + 33) % 66
        if place[index] > place[twin]:
            assert twin in racer.order[: racer.order.tolist().index(index)]
    both = np.isfinite(racer.scores_R_N[:, :33]) & np.isfinite(racer.scores_R_N[:, 33:])
    assert both.sum() > 300
    np.testing.assert_array_equal(racer.scores_R_N[:, :33][both], racer.scores_R_N[:, 33:][both])
    np.testing.assert_array_equal(racer.probs_R_N_C[:, :33], racer.probs_R_N_C[:, 33:])


def test_the_acquisition_over_a_grid_is_the_strategys_own_score() -> None:
    at = np.sort(THREE.x_pool[:7], axis=0)
    grid = Grid(at[:, 0], np.sort(THREE.x_pool[:9, 1]))
    (racer,) = raced([StrategySchedule("margin", "entropy", 2)], grid=grid, acquisition=True)
    assert racer.acquisition_R_Y_X is not None
    assert racer.acquisition_R_Y_X.shape == (6, 9, 7)
    for number, one in enumerate(racer.rounds):
        model = tight().fit(THREE.x_pool[one.labeled], THREE.y_pool[one.labeled])
        score = margin if number < 2 else entropy
        expected = score(model.predict_proba(grid.points_P_2)).reshape(9, 7)
        np.testing.assert_allclose(racer.acquisition_R_Y_X[number], expected, atol=1e-6)


@pytest.mark.parametrize("name", list(STRATEGIES))
def test_a_place_has_a_score_where_the_pool_beside_it_does_not_matter(name: str) -> None:
    # The grid holds the pool's own first points: there both must agree.
    grid = Grid(np.sort(THREE.x_pool[:20, 0]), np.sort(THREE.x_pool[:20, 1]))
    (racer,) = raced([name], grid=grid, rounds=3, acquisition=True)
    depends = {"random", "eer", "epig", "density"}
    if STRATEGIES[name].score is None or name in depends:
        assert racer.acquisition_R_Y_X is None
        return
    assert racer.acquisition_R_Y_X is not None
    columns = np.searchsorted(grid.x, THREE.x_pool[:20, 0])
    rows = np.searchsorted(grid.y, THREE.x_pool[:20, 1])
    for scores_N, scores_Y_X in zip(racer.scores_R_N[:-1], racer.acquisition_R_Y_X, strict=False):
        there = np.isfinite(scores_N[:20])
        assert there.sum() > 3
        np.testing.assert_allclose(scores_Y_X[rows, columns][there], scores_N[:20][there], rtol=1e-5, atol=1e-6)
    assert raced([name])[0].acquisition_R_Y_X is None
