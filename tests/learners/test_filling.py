"""Filling of communities: a dense rewriting, labels that disagree, and honesty about labels and test points."""

import numpy as np
import pytest
from scipy import sparse

from alcore.datasets.bundled import digits
from alcore.learners.graph.filling import FILLED, filled
from alcore.learners.graph.learner import GraphLearner
from alcore.loops.session import Session
from alcore.neighbours import Levels, local_scales, nearest_neighbours, neighbour_graph
from alcore.rng import rng_for


def levels_of(x: np.ndarray) -> Levels:
    rows, squared = nearest_neighbours(x, x, 10, themselves=True)
    return Levels(neighbour_graph(rows, squared, local_scales(squared)))


def rows_of(points: np.ndarray, n: int) -> sparse.csr_array:
    return sparse.eye_array(n, format="csr", dtype=np.float32)[points]


def plain(levels: Levels, points: np.ndarray, y: np.ndarray, classes: int) -> np.ndarray:
    """The definition, point by point, on dense arrays."""
    n = len(levels)
    first = np.zeros((n, classes))
    for i in range(n):
        for resolution in FILLED:
            label = levels.communities(resolution)
            there = y[label[points] == label[i]]
            if len(there):
                first[i] = np.bincount(there, minlength=classes) / len(there)
            if len(np.unique(there)) == 1:
                break
    first[points] = np.eye(classes)[y]
    weights = levels.graph.toarray()
    walk = weights / weights.sum(axis=1, keepdims=True)
    f = first
    for _ in range(30):
        f = 0.9 * walk @ f + 0.1 * first
    return f / f.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("labels", [3, 9, 30])
def test_is_the_plain_definition(labels) -> None:
    x = rng_for(0).normal(size=(160, 2)) + 4 * rng_for(1).integers(3, size=(160, 1))
    levels = levels_of(x)
    points = rng_for(2).permutation(160)[:labels]
    y = rng_for(3).integers(3, size=labels)
    # One more of the first class in the community of another: labels that disagree.
    y[0], y[-1] = 0, 1
    found = filled(levels, rows_of(points, 160), y, 3)
    there = found.max(axis=1) > 1 / 3 + 1e-6
    np.testing.assert_allclose(found[there], plain(levels, points, y, 3)[there], atol=2e-4)
    assert there.mean() > 0.6


def test_one_label_fills_a_group_and_no_other() -> None:
    x = np.repeat([[0.0, 0.0], [100.0, 0.0]], 40, axis=0) + rng_for(0).normal(size=(80, 2))
    probs = filled(levels_of(x), rows_of(np.array([3]), 80), np.array([1]), 3)
    np.testing.assert_allclose(probs[:40], np.eye(3)[[1] * 40], atol=1e-6)
    np.testing.assert_allclose(probs[40:], 1 / 3, atol=1e-6)


def test_a_dozen_labels_of_digits_go_further_than_by_spreading() -> None:
    data = digits()
    found = {}
    for fill in (True, False):
        learner = GraphLearner(10, fill=fill)
        session = Session(data.x_pool, learner, "communities", seed=0, classes=10)
        for k in (10, 1, 1):
            asked = session.ask(k)
            session.tell(asked, data.y_pool[asked])
        session.fit()
        found[fill] = (learner.predict_probs(learner.prepare(data.x_test)).argmax(axis=1) == data.y_test).mean()
        assert len(np.unique(data.y_pool[session.order])) >= 9
    assert found[True] > 0.88 and found[True] > found[False] - 0.02


@pytest.mark.parametrize("metric", ["euclid", "distortion"])
def test_labels_that_were_not_asked_for_and_test_images_decide_nothing(metric) -> None:
    data = digits()
    x, x_test = data.x_pool[:400], data.x_test[:40]
    truth = data.y_pool[:400]

    def played(known: np.ndarray, shown: np.ndarray) -> tuple[list[int], np.ndarray]:
        learner = GraphLearner(10, metric=metric, fill=True)
        session = Session(x, learner, "communities", seed=0, classes=10)
        asked = session.ask(10)
        for _ in range(5):
            session.tell(asked, known[asked])
            session.fit()
            asked = session.ask(1)
        return [*session.order, *asked.tolist()], learner.predict_probs(learner.prepare(shown))

    order, probs = played(truth, x_test)
    others = rng_for(7).integers(10, size=400)
    others[order[:-1]] = truth[order[:-1]]
    again, same = played(others, x_test)
    assert again == order
    np.testing.assert_array_equal(same, probs)
    # A test image is predicted alike whatever else is tested.
    one = played(truth, x_test[:1])
    assert one[0] == order
    np.testing.assert_allclose(one[1], probs[:1], atol=1e-5)
