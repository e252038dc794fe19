"""BADGE against k-means++ on materialised gradient embeddings, with the same draws."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from alcore.strategies.gradient import badge


def embeddings(probs: np.ndarray, features: np.ndarray) -> np.ndarray:
    error = probs - np.eye(probs.shape[1])[probs.argmax(axis=1)]
    return (error[:, :, None] * features[:, None, :]).reshape(len(probs), -1)


def materialised(probs, features, k: int, rng: np.random.Generator) -> tuple[list[int], list[float]]:
    g = embeddings(probs, features)
    weight = (g**2).sum(axis=1)
    picks = [int(weight.argmax())]
    scores = [float(weight.max() ** 0.5)]
    while len(picks) < k:
        weight = ((g[:, None] - g[picks][None]) ** 2).sum(axis=2).min(axis=1)
        total = np.cumsum(weight)
        picks.append(int(np.searchsorted(total, rng.random() * total[-1], side="right")))
        scores.append(float(weight[picks[-1]] ** 0.5))
    return picks, scores


def pool(n: int, classes: int, d: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.full(classes, 0.4), size=n), rng.normal(size=(n, d))


def test_known_embedding() -> None:
    probs, features = np.array([[0.2, 0.5, 0.3]]), np.array([[1.0, 2.0]])
    np.testing.assert_allclose(embeddings(probs, features)[0], [0.2, 0.4, -0.5, -1, 0.3, 0.6])
    batch = badge(probs, features, 1, rng=np.random.default_rng(0))
    np.testing.assert_allclose(batch.scores**2, [1.9])


@pytest.mark.parametrize(("classes", "d"), [(2, 1), (3, 5), (10, 16)])
@pytest.mark.parametrize("seed", range(5))
def test_picks_as_materialised_embeddings_do(classes, d, seed) -> None:
    probs, features = pool(200, classes, d, seed)
    batch = badge(probs, features, 30, rng=np.random.default_rng(seed))
    picks, scores = materialised(probs, features, 30, np.random.default_rng(seed))
    assert batch.indices.tolist() == picks
    np.testing.assert_allclose(batch.scores, scores, rtol=1e-6)


def test_torch_picks_the_same_and_callers_arrays_stay_unchanged() -> None:
    probs, features = pool(300, 4, 6)
    before = probs.copy(), features.copy()
    here = badge(probs, features, 20, rng=np.random.default_rng(1))
    there = badge(torch.tensor(probs), torch.tensor(features), 20, rng=np.random.default_rng(1))
    assert here.indices.tolist() == there.indices.tolist()
    np.testing.assert_array_equal(probs, before[0])
    np.testing.assert_array_equal(features, before[1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", [0.0, 100.0])
def test_of_a_pair_of_copies_one_is_picked(dtype, offset) -> None:
    probs, features = (x.astype(dtype) for x in pool(30, 3, 4))
    doubled = np.concatenate([probs] * 2), np.concatenate([features + dtype(offset)] * 2)
    for seed in range(10):
        batch = badge(*doubled, 60, rng=np.random.default_rng(seed))
        assert len(np.unique(batch.indices[:30] % 30)) == 30
        assert (batch.scores[:30] > 0).all()
        # Only copies are left: the lowest index first.
        rest = batch.indices[30:].tolist()
        assert rest == sorted(rest)
        np.testing.assert_array_equal(batch.scores[30:], 0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_certain_identical_and_single_class_pools(dtype) -> None:
    x = np.ones((5, 2), dtype)
    for probs in (np.eye(5, dtype=dtype), np.ones((5, 1), dtype), np.full((5, 2), 0.5, dtype)):
        batch = badge(probs, x, 9, rng=np.random.default_rng(0))
        assert batch.indices.tolist() == [0, 1, 2, 3, 4]
    assert badge(np.array([[0.5, 0.5]], dtype), x[:1], 1, rng=np.random.default_rng(0)).indices.tolist() == [0]


@settings(deadline=None)
@given(
    seed=st.integers(0, 10_000),
    classes=st.integers(1, 4),
    n=st.integers(1, 15),
    distinct=st.integers(1, 15),
    k=st.integers(1, 20),
)
def test_no_point_twice_and_copies_last(seed, classes, n, distinct, k) -> None:
    rng = np.random.default_rng(seed)
    which = rng.integers(min(distinct, n), size=n)
    probs, features = (x[which] for x in pool(n, classes, 2, seed))
    batch = badge(probs, features, k, rng=rng)
    assert len(set(batch.indices.tolist())) == min(k, n)
    different = len(np.unique(which)) if classes > 1 else 0
    assert len(np.unique(which[batch.indices[: min(k, different)]])) == min(k, different)


def test_picks_are_drawn_in_proportion_to_squared_distance() -> None:
    """The longest embedding first, of the others the farther three times in four."""
    probs = np.full((3, 2), 0.5)
    features = np.array([[10.0, 0, 0], [10.0, np.sqrt(2), 0], [10, 0, np.sqrt(6)]]) * [[1.001], [1], [1]]
    picks = [badge(probs, features, 2, rng=np.random.default_rng(seed)).indices for seed in range(2000)]
    first = picks[0][0]
    assert all(pick[0] == first for pick in picks)
    g = embeddings(probs, features)
    weight = ((g - g[first]) ** 2).sum(axis=1)
    shares = np.bincount([pick[1] for pick in picks], minlength=3) / 2000
    np.testing.assert_allclose(shares, weight / weight.sum(), atol=0.035)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda rng: badge(np.ones((2, 2)), np.ones((2, 2)), 1, rng=rng), "row 0"),
        (lambda rng: badge(np.full((2, 2), 0.5), np.ones((3, 2)), 1, rng=rng), "one row a point"),
        (lambda rng: badge(np.full((2, 2), 0.5), np.full((2, 2), np.inf), 1, rng=rng), "finite"),
        (lambda rng: badge(np.full((2, 2), 0.5), np.ones((2, 2)), 0, rng=rng), "k must be"),
    ],
)
def test_bad_input_is_named(call, said) -> None:
    with pytest.raises(ValueError, match=said):
        call(np.random.default_rng(0))
