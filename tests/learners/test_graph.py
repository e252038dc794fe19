"""The graph learner: a dense solution of the whole, honest about test points, and good from few labels."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from alcore.datasets.bundled import digits
from alcore.learners.committee import bootstrap_rows
from alcore.learners.graph.deskew import deskew
from alcore.learners.graph.learner import GraphLearner, pool_graph
from alcore.learners.registry import make_learner
from alcore.loops.pool.simulate import Round, simulate
from alcore.rng import rng_for
from tests.learners.test_spreading import dense_graph


@pytest.fixture(scope="module")
def data():
    return digits()


@pytest.fixture(scope="module")
def placed(data):
    learner = GraphLearner(10)
    return learner, learner.prepare(data.x_pool), learner.prepare(data.x_test)


def rng() -> np.random.Generator:
    return rng_for(0, "train", 0)


def test_the_learner_is_spreading_over_principal_components(data, placed) -> None:
    learner, x, x_test = placed
    upright = [deskew(part[:, 0]).reshape(len(part), -1) / 255 for part in (data.x_pool, data.x_test)]
    pca = PCA(60, svd_solver="full").fit(upright[0])
    pool, test = (pca.transform(part).astype(np.float64) for part in upright)
    np.testing.assert_allclose(np.abs(learner.features(x)), np.abs(pool)[:, ::-1], atol=1e-3)
    # Three of each class: equal counts are the plain one-hot start, scaled.
    rows = np.concatenate([np.flatnonzero(data.y_pool == c)[:3] for c in range(10)])
    loss = learner.fit(x[rows], data.y_pool[rows], rng=rng())
    told = np.zeros((len(pool), 10))
    told[rows, data.y_pool[rows]] = 1
    expected = np.linalg.solve(np.eye(len(pool)) - 0.99 * dense_graph(pool), told)
    expected /= expected.sum(axis=1, keepdims=True)
    probs = learner.predict_probs(x)
    np.testing.assert_allclose(probs, expected, atol=1e-3)
    assert loss == pytest.approx(-np.log(expected[rows, data.y_pool[rows]]).mean(), abs=1e-3)
    squared = cdist(pool, pool, "sqeuclidean") + np.diag([np.inf] * len(pool))
    width = np.sqrt(np.sort(squared, axis=1)[:, 9]) / 2
    for point, found in zip(test[:30], learner.predict_probs(x_test[:30]), strict=True):
        away = ((point - pool) ** 2).sum(axis=1)
        near = np.argsort(away)[:10]
        weights = np.exp(-np.minimum(away[near] / (np.sqrt(away[near[-1]]) / 2 * width[near]), 10))
        np.testing.assert_allclose(found, weights @ expected[near] / weights.sum(), atol=1e-3)


def test_classes_count_the_same_however_often_they_were_asked_for(data, placed) -> None:
    learner, x, _ = placed
    one_each = np.array([np.flatnonzero(data.y_pool == c)[0] for c in range(10)])
    learner.fit(x[one_each], data.y_pool[one_each], rng=rng())
    plain = learner.predict_probs(x)
    again = np.concatenate([one_each, np.repeat(one_each[3], 5)])
    learner.fit(x[again], data.y_pool[again], rng=rng())
    np.testing.assert_allclose(learner.predict_probs(x), plain, atol=1e-5)


def test_test_points_never_influence_anything(data) -> None:
    learner = GraphLearner(10)
    x = learner.prepare(data.x_pool)
    rows = np.arange(40)
    learner.fit(x[rows], data.y_pool[rows], rng=rng())
    before = learner.predict_probs(x), learner.features(x).copy()
    together = learner.predict_probs(learner.prepare(data.x_test))
    alone = [learner.predict_probs(learner.prepare(data.x_test[[i]]))[0] for i in range(20)]
    np.testing.assert_allclose(together[:20], alone, atol=1e-5)
    learner.fit(x[rows], data.y_pool[rows], rng=rng())
    np.testing.assert_array_equal(learner.predict_probs(x), before[0])
    np.testing.assert_array_equal(learner.features(x), before[1])
    assert learner.graph is not None
    assert learner.graph.similarity_P_P.shape == (len(data.x_pool), len(data.x_pool))


def test_a_committee_spreads_bootstrapped_labels(data, placed) -> None:
    learner, x, x_test = placed
    rows = rng_for(5).permutation(len(data.x_pool))[:40]
    y = data.y_pool[rows]
    learner.fit(x[rows], y, rng=rng())
    found = learner.sample_probs(x_test, 4, rng=rng_for(2))
    assert found.shape == (len(data.x_test), 4, 10)
    np.testing.assert_allclose(found.sum(axis=2), 1, atol=1e-5)
    np.testing.assert_array_equal(learner.sample_probs(x_test, 4, rng=rng_for(2)), found)
    assert found.std(axis=1).max() > 0.05
    for member, drawn in enumerate(bootstrap_rows(y, 4, rng=rng_for(2))):
        other = GraphLearner(10)
        x_other = other.prepare(data.x_pool)
        other.fit(x_other[rows[drawn]], y[drawn], rng=rng())
        np.testing.assert_array_equal(other.predict_probs(other.prepare(data.x_test)), found[:, member])


def test_a_pool_s_graph_is_built_once_and_is_of_that_pool(data) -> None:
    first = pool_graph(data.x_pool)
    assert pool_graph(data.x_pool.copy()) is first
    changed = data.x_pool.copy()
    changed[7, 0, 3, 3] ^= 255
    assert pool_graph(changed) is not first
    # The pool placed again is the pool, not points tied to it.
    learner = GraphLearner(10)
    x = learner.prepare(data.x_pool)
    assert learner.prepare(data.x_pool.copy()) is x
    assert len(x[np.array([4, 2])]) == 2
    np.testing.assert_array_equal(x[np.array([4, 2])].ties_N_P.indices, [4, 2])


def test_where_no_label_reaches_all_classes_are_as_likely() -> None:
    centres = np.repeat([[0.0, 0.0], [100.0, 0.0]], 30, axis=0)
    learner = GraphLearner(3)
    x = learner.prepare(centres + rng_for(0).normal(size=(60, 2)))
    learner.fit(x[np.array([0])], np.array([1]), rng=rng())
    probs = learner.predict_probs(x)
    np.testing.assert_allclose(probs[:30], np.eye(3)[[1] * 30])
    np.testing.assert_allclose(probs[30:], 1 / 3, atol=1e-6)


def test_lone_points_copies_and_small_pools_get_the_class_of_their_neighbours() -> None:
    near = rng_for(0).normal(size=(40, 2)) * 1e-3
    for extra in ([[50.0, 0.0]], [[0.0, 0.0]] * 20):
        learner = GraphLearner(2)
        x = learner.prepare(np.concatenate([near, extra]))
        learner.fit(x[np.array([0])], np.array([1]), rng=rng())
        np.testing.assert_allclose(learner.predict_probs(x)[:, 1], 1)
    pair = GraphLearner(2)
    x = pair.prepare(np.array([[0.0, 0.0], [1.0, 1.0]]))
    pair.fit(x[np.array([1])], np.array([0]), rng=rng())
    np.testing.assert_allclose(pair.predict_probs(x), [[1, 0], [1, 0]])
    with pytest.raises(ValueError, match="2 points or more, got a pool of 1"):
        GraphLearner(2).prepare(np.zeros((1, 2)))


def test_a_tick_can_stop_every_part_of_the_work(data) -> None:
    class Cancelled(Exception):
        pass

    learner = GraphLearner(10)
    x = learner.prepare(data.x_pool)
    learner.fit(x[np.arange(30)], data.y_pool[:30], rng=rng())

    def stop() -> None:
        raise Cancelled

    learner.tick = stop
    for work in (
        lambda: GraphLearner(10, tick=stop).prepare(data.x_pool[:50]),
        lambda: learner.prepare(data.x_test),
        lambda: learner.fit(x[np.arange(30)], data.y_pool[:30], rng=rng()),
        lambda: learner.predict_probs(x),
        lambda: learner.sample_probs(x, 2, rng=rng()),
    ):
        with pytest.raises(Cancelled):
            work()


@pytest.mark.parametrize("strategy", ["typiclust", "margin", "bald"])
def test_whole_runs_on_digits_beat_what_sees_only_the_labels(data, strategy) -> None:
    def run() -> list[Round]:
        learner = make_learner("graph", classes=10, seed=0)
        return list(simulate(data, learner, strategy, seed=0, seed_labels=10, labels_per_round=10, rounds=3))

    rounds = run()
    labeled = rounds[-1].labeled
    flat, flat_test = (part.reshape(len(part), -1) / 255 for part in (data.x_pool, data.x_test))
    peer = LogisticRegression(max_iter=2000).fit(flat[labeled], data.y_pool[labeled])
    assert rounds[-1].accuracy > peer.score(flat_test, data.y_test) + 0.05
    for one, other in zip(rounds, run(), strict=True):
        np.testing.assert_array_equal(one.labeled, other.labeled)
        assert one.accuracy == other.accuracy


def test_it_says_what_it_is_and_what_it_cannot_give(data) -> None:
    learner = make_learner("graph", classes=10, seed=0)
    assert learner.layers(learner.prepare(data.x_pool)) is None
    with pytest.raises(RuntimeError, match="call fit"):
        learner.predict_probs(learner.prepare(data.x_pool))
    with pytest.raises(ValueError, match="which the graph learner does not give"):
        list(simulate(data, learner, "egl", seed=0, seed_labels=10, labels_per_round=5, rounds=1))
