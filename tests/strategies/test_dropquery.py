"""DropQuery: a plain rewriting, the shares of a closed form, and what happens without candidates."""

from importlib import import_module

import numpy as np
import pytest
from scipy.special import softmax

from alcore.logistic.batched import solve
from alcore.strategies import diverse_seed, dropquery

NOTHING = np.empty((0, 3))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def pool(n: int, classes: int, seed: int = 0, labels: int = 12, dimensions: int = 6) -> tuple[np.ndarray, ...]:
    centres = 2 * rng(seed + 9).normal(size=(classes, dimensions))
    own = np.arange(n + labels) % classes
    x = centres[own] + rng(seed).normal(size=(n + labels, dimensions)) + 3.0
    return x[:n], x[n:], own[n:]


def changes(x: np.ndarray, known: np.ndarray, labels: np.ndarray, dropout: float, draw: np.random.Generator):
    """How many of three predictions change: one point after the other, with the project's own Newton solver."""
    classes = int(labels.max()) + 1
    every = np.concatenate([x, known])
    size = np.sqrt(((every - every.mean(axis=0)) ** 2).mean())
    x, known = (x - every.mean(axis=0)) / size, (known - every.mean(axis=0)) / size
    coefs = solve(known, labels, classes=classes)[0]
    if classes == 2:
        coefs = np.concatenate([np.zeros_like(coefs), coefs])
    masks = [draw.random(x.shape) >= dropout for _ in range(3)]
    found = []
    for row, point in enumerate(x):
        predicted = [
            int(softmax(coefs[:, :-1] @ (seen * point) + coefs[:, -1]).argmax())
            for seen in [1.0, *(mask[row] / (1 - dropout) for mask in masks)]
        ]
        found.append(sum(one != predicted[0] for one in predicted[1:]))
    return np.array(found)


@pytest.mark.parametrize("classes", [2, 3, 4])
@pytest.mark.parametrize("k", [2, 5])
def test_is_the_plain_definition(classes, k) -> None:
    x, known, labels = pool(320, classes, seed=classes)
    draw = rng(3)
    changed = changes(x, known, labels, 0.75, draw)
    least = next(t for t in (2, 1, 0) if (changed >= t).sum() >= min(25 * k, 80))
    rows = np.flatnonzero(changed >= least)
    expected = rows[diverse_seed(x[rows], k, rng=draw)]
    batch = dropquery(x, known, labels, k, rng=rng(3))
    assert sorted(batch.indices.tolist()) == sorted(expected.tolist())
    np.testing.assert_array_equal(batch.scores, changed[batch.indices] / 3)
    assert (np.diff(batch.scores) <= 0).all()


def test_a_single_feature_changes_the_class_as_often_as_it_is_dropped() -> None:
    """Without its feature a point is of the more common class: the other class changes in three passes of four."""
    x = np.concatenate([rng(1).normal(-4, 0.1, size=2000), rng(2).normal(4, 0.1, size=2000)])[:, None]
    known, labels = np.array([[-4.0], [-4.1], [-3.9], [4.0]]), np.array([0, 0, 0, 1])
    batch = dropquery(x, known, labels, 4000, rng=rng())
    share = np.empty(4000)
    share[batch.indices] = batch.scores
    assert (share[:2000] == 0).all()
    # 6,000 draws: four standard deviations are 0.022.
    assert share[2000:].mean() == pytest.approx(0.75, abs=0.022)
    few = dropquery(x, known, labels, 10, rng=rng())
    assert (few.indices >= 2000).all() and (few.scores > 0.5).all()


def test_without_dropout_or_a_second_class_all_points_are_clustered() -> None:
    x, known, labels = pool(150, 3)
    for given in (
        dropquery(x, known, labels, 7, rng=rng(4), dropout=0.0),
        dropquery(x, known, np.zeros_like(labels), 7, rng=rng(4), dropout=0.0),
        dropquery(x, known[:0], labels[:0], 7, rng=rng(4)),
    ):
        assert (given.scores == 0).all()
    # With dropout 0 as many numbers are drawn before k-means as with any other.
    draw = rng(4)
    expected = diverse_seed(x, 7, rng=draw)
    assert sorted(dropquery(x, known[:0], labels[:0], 7, rng=rng(4)).indices) == sorted(expected)


def test_candidates_in_blobs_give_one_pick_a_blob() -> None:
    """Unsure points lie in five groups along the boundary, sure points far from it."""
    group = np.arange(200) % 5
    unsure = np.stack([0.05 * rng(1).normal(size=200), 20.0 * group + rng(2).normal(size=200)], axis=1)
    sure = np.stack([np.full(400, -30.0), 80 * rng(3).random(400)], axis=1)
    x = np.concatenate([unsure, sure])
    known = np.array([[-2.0, 0], [2, 0], [-2, 80], [2, 80], [-2, 40], [2, 40]])
    batch = dropquery(x, known, np.array([0, 1] * 3), 5, rng=rng(), dropout=0.5)
    assert (batch.indices < 200).all()
    assert sorted(group[batch.indices].tolist()) == [0, 1, 2, 3, 4]


def test_scale_and_place_of_the_features_do_not_matter() -> None:
    x, known, labels = pool(200, 3)
    plain = dropquery(x, known, labels, 6, rng=rng(1))
    moved = dropquery(1024 * x - 4096, 1024 * known - 4096, labels, 6, rng=rng(1))
    assert moved.indices.tolist() == plain.indices.tolist()


def test_slices_change_nothing(monkeypatch) -> None:
    x, known, labels = pool(100, 2)
    whole = dropquery(x, known, labels, 5, rng=rng(2), passes=1)
    monkeypatch.setattr(import_module("alcore.strategies.cluster_margin"), "MASKS_AT_A_TIME", 60)
    assert dropquery(x, known, labels, 5, rng=rng(2), passes=1).indices.tolist() == whole.indices.tolist()


def test_refuses_settings_out_of_range() -> None:
    x, known, labels = pool(20, 2)
    for options in ({"dropout": 1.0}, {"dropout": -0.1}, {"passes": 0}):
        with pytest.raises(ValueError, match="dropout must be from 0 to below 1"):
            dropquery(x, known, labels, 2, rng=rng(), **options)
    with pytest.raises(ValueError, match="one label for each row"):
        dropquery(x, known, labels[:3], 2, rng=rng())
