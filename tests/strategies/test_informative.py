"""Cluster-margin and ranked batches against plain recomputation and hand-made pools."""

import sys
from importlib import import_module

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from alcore.strategies.cluster_margin import cluster_margin, clusters_in_turn, ranked_batch
from alcore.strategies.selection import top_k
from alcore.strategies.uncertainty import least_confidence, margin

NOTHING = np.empty((0, 2))


def plain_ranked(scores, features, known, k: int) -> tuple[list[int], list[float]]:
    picks: list[int] = []
    values: list[float] = []
    for step in range(k):
        distance = cdist(features, np.concatenate([known, features[picks]])).min(axis=1)
        share = (len(features) - step) / (len(features) + len(known))
        value = share * (1 - 1 / (1 + distance)) + (1 - share) * scores
        value[picks] = -np.inf
        picks.append(int(value.argmax()))
        values.append(float(value.max()))
    return picks, values


@pytest.mark.parametrize("labeled", [1, 20, 300])
def test_ranked_batch_picks_as_recomputing_does(labeled) -> None:
    rng = np.random.default_rng(1)
    scores, features, known = rng.random(150), rng.normal(size=(150, 3)), rng.normal(size=(labeled, 3))
    batch = ranked_batch(scores, features, known, 60)
    picks, values = plain_ranked(scores, features, known, 60)
    assert batch.indices.tolist() == picks
    np.testing.assert_allclose(batch.scores, values, rtol=1e-9)


def test_ranked_batch_by_hand() -> None:
    # One labelled at 0; distance counts 2/3 at first, then 1/3.
    batch = ranked_batch(np.array([0.9, 0.1]), np.array([[1.0], [3.0]]), np.array([[0.0]]), 2)
    assert batch.indices.tolist() == [0, 1]
    np.testing.assert_allclose(batch.scores, [2 / 3 * 1 / 2 + 1 / 3 * 0.9, 1 / 3 * 2 / 3 + 2 / 3 * 0.1])


def test_ranked_batch_starts_nearest_the_mean() -> None:
    batch = ranked_batch(np.array([0.9, 0.1, 0.2]), np.array([[0.0, 0], [10, 0], [5, 1]]), NOTHING, 3)
    assert batch.indices[0] == 2
    assert sorted(batch.indices.tolist()) == [0, 1, 2]


def crowds(copies: int = 20, groups: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Groups far apart, the first the most uncertain."""
    rng = np.random.default_rng(2)
    which = np.repeat(np.arange(groups), copies)
    features = np.stack([100.0 * which, rng.normal(size=len(which))], axis=1)
    p = 0.5 + 0.02 * which + 0.001 * rng.random(len(which))
    return np.stack([p, 1 - p], axis=1), features


def test_cluster_margin_takes_one_of_each_group_where_top_k_takes_one_group() -> None:
    probs, features = crowds(copies=10)
    batch = cluster_margin(probs, features, 5, rng=np.random.default_rng(0))
    picked = (batch.indices // 10).tolist()
    assert sorted(picked) == [0, 1, 2, 3, 4]
    assert set(top_k(margin(probs), 5).indices // 10) == {0}
    np.testing.assert_array_equal(batch.scores, margin(probs)[batch.indices])


def test_cluster_margin_goes_round_smallest_cluster_first() -> None:
    probs = np.full((25, 2), 0.5)
    features = np.concatenate([np.zeros((18, 2)), np.full((5, 2), 50.0), np.full((2, 2), 99.0)])
    batch = cluster_margin(probs, features, 9, rng=np.random.default_rng(0), ratio=3)
    group = np.repeat([2, 1, 0], [18, 5, 2])[batch.indices]
    assert group.tolist() == [0, 1, 2, 0, 1, 2, 1, 2, 1]


def test_cluster_margin_with_one_candidate_a_label_is_margin_sampling(monkeypatch) -> None:
    probs, features = crowds()
    expected = top_k(margin(probs), 7).indices.tolist()
    assert cluster_margin(probs, features, 7, rng=np.random.default_rng(0), ratio=1).indices.tolist() == expected
    monkeypatch.setattr(sys.modules["alcore.strategies.cluster_margin"], "MOST_CANDIDATES", 3)
    assert cluster_margin(probs, features, 7, rng=np.random.default_rng(0)).indices.tolist() == expected


def test_torch_picks_the_same_and_callers_arrays_stay_unchanged() -> None:
    rng = np.random.default_rng(3)
    probs, x, known = rng.dirichlet(np.ones(3), size=200), rng.normal(size=(200, 2)), rng.normal(size=(5, 2))
    before = [a.copy() for a in (probs, x, known)]
    p, t, m = (torch.tensor(a) for a in (probs, x, known))
    here = cluster_margin(probs, x, 10, rng=np.random.default_rng(1))
    assert here.indices.tolist() == cluster_margin(p, t, 10, rng=np.random.default_rng(1)).indices.tolist()
    here = ranked_batch(least_confidence(probs), x, known, 20)
    assert here.indices.tolist() == ranked_batch(least_confidence(p), t, m, 20).indices.tolist()
    for now, then in zip((probs, x, known), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_of_a_pair_of_copies_ranked_batch_takes_one() -> None:
    rng = np.random.default_rng(4)
    originals, scores = rng.normal(size=(30, 2)), rng.random(30)
    batch = ranked_batch(np.tile(scores, 2), np.tile(originals, (2, 1)), np.array([[9.0, 9]]), 15)
    assert len(np.unique(batch.indices % 30)) == 15


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", [1, 2, 30])
def test_identical_points_certain_models_and_tiny_pools(dtype, n) -> None:
    same = np.full((n, 2), 1.1, dtype)
    for probs in (np.ones((n, 1), dtype), np.tile(np.array([[0, 1]], dtype), (n, 1))):
        for k in (1, n, 99):
            batch = cluster_margin(probs, same, k, rng=np.random.default_rng(0))
            assert len(set(batch.indices.tolist())) == min(k, n)
    for known in (NOTHING, same[:1]):
        assert ranked_batch(np.zeros(n, dtype), same, known, 99).indices.tolist() == list(range(n))


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 60), m=st.integers(0, 5), k=st.integers(1, 70))
def test_every_pool_size_gives_unique_points_of_the_pool(seed, n, m, k) -> None:
    rng = np.random.default_rng(seed)
    probs, x = rng.dirichlet(np.ones(3), size=n), rng.integers(0, 4, size=(n, 2)).astype(float)
    known = rng.normal(size=(m, 2))
    for batch in (
        cluster_margin(probs, x, k, rng=rng),
        ranked_batch(least_confidence(probs), x, known, k),
    ):
        assert len(set(batch.indices.tolist())) == len(batch) == min(k, n)
        assert np.isfinite(batch.scores).all()
    candidates = set(top_k(margin(probs), 10 * k).indices.tolist())
    assert set(cluster_margin(probs, x, k, rng=rng).indices.tolist()) <= candidates


P, X = np.full((2, 2), 0.5), np.zeros((2, 2))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda rng: cluster_margin(np.ones((2, 2)), X, 1, rng=rng), "row 0"),
        (lambda rng: cluster_margin(P, X[:1], 1, rng=rng), "one row a point"),
        (lambda rng: cluster_margin(P, X, 1, rng=rng, ratio=0.5), "ratio"),
        (lambda rng: cluster_margin(P, X, 0, rng=rng), "k must be"),
        (lambda rng: ranked_batch(np.zeros(3), X, NOTHING, 1), "one row a point"),
        (lambda rng: ranked_batch(np.zeros(2), X, np.zeros((1, 3)), 1), "labeled_M_D"),
        (lambda rng: ranked_batch(np.array([0, np.nan]), X, NOTHING, 1), "position 1"),
    ],
)
def test_bad_input_is_named(call, said) -> None:
    with pytest.raises(ValueError, match=said):
        call(np.random.default_rng(0))


def test_clusters_of_many_points_are_found_in_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty tight groups of ten, far apart: one of each, then a second of each, whatever the parts."""
    module = import_module("alcore.strategies.cluster_margin")
    rng = np.random.default_rng(0)
    groups = rng.permutation(np.repeat(np.arange(20), 10))
    features = np.stack([100.0 * groups, 7.0 * (groups % 3)], axis=1) + rng.normal(size=(200, 2)) * 0.01
    for most in (5000, 100, 50):
        monkeypatch.setattr(module, "MOST_CANDIDATES", most)
        picks = clusters_in_turn(features, 40, rng=np.random.default_rng(1))
        assert len(set(picks.tolist())) == 40
        assert sorted(groups[picks[:20]]) == sorted(groups[picks[20:]]) == list(range(20))
    copies = clusters_in_turn(np.ones((120, 2)), 120, rng=np.random.default_rng(1))
    assert sorted(copies) == list(range(120))


def test_clusters_of_one_row_and_of_none() -> None:
    assert clusters_in_turn(np.ones((1, 3)), 5, rng=np.random.default_rng(0)).tolist() == [0]
    assert clusters_in_turn(np.ones((0, 3)), 5, rng=np.random.default_rng(0)).tolist() == []
