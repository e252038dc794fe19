"""TypiClust and ProbCover against plain recomputation, exhaustive search and hand-made pools."""

from itertools import combinations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from alcore.strategies import coverage
from alcore.strategies.coverage import probcover, probcover_delta, pseudo_delta, typiclust
from alcore.strategies.geometry import greedy_cover, radius_neighbours
from alcore.strategies.geometry.clusters import Typicality, cluster_labels

NOTHING = np.empty((0, 2))


def plain_probcover(features, known, k: int, delta: float) -> tuple[list[int], list[int]]:
    within = cdist(features, features) <= delta
    covered = (cdist(features, known) <= delta).any(axis=1) if len(known) else np.zeros(len(features), bool)
    picks: list[int] = []
    scores: list[int] = []
    for _ in range(k):
        gains = (within & ~covered[None, :]).sum(axis=1)
        gains[picks] = -1
        picks.append(int(gains.argmax()))
        scores.append(int(gains.max()))
        covered |= within[picks[-1]]
    return picks, scores


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("labeled", [0, 1, 15])
@pytest.mark.parametrize("delta", [0.0, 0.7, 1.5, 100.0])
@pytest.mark.parametrize("offset", [0.0, 100.0])
def test_probcover_picks_as_recomputing_does(monkeypatch, dtype, labeled, delta, offset) -> None:
    monkeypatch.setattr(radius_neighbours, "DISTANCES_AT_A_TIME", 1000)
    monkeypatch.setattr(radius_neighbours, "TILE_ROWS", 40)
    rng = np.random.default_rng(1)
    features = (rng.normal(size=(150, 3)) + offset).astype(dtype)
    known = (rng.normal(size=(labeled, 3)) + offset).astype(dtype)
    batch = probcover(features, known, 30, delta)
    picks, scores = plain_probcover(features, known, 30, delta)
    assert batch.indices.tolist() == picks
    assert batch.scores.tolist() == scores


@pytest.mark.parametrize("kind", ["numpy", "torch"])
@pytest.mark.parametrize("delta", [0.0, 0.7, 100.0])
def test_a_sample_of_everything_gives_the_exact_picks(monkeypatch, kind, delta) -> None:
    monkeypatch.setattr(coverage, "COUNTED_UP_TO", 0)
    rng = np.random.default_rng(5)
    features, known = rng.normal(size=(200, 3)), rng.normal(size=(5, 3))
    here = np.asarray if kind == "numpy" else torch.tensor
    batch = probcover(here(features), here(known), 200, delta)
    picks, scores = plain_probcover(features, known, 200, delta)
    assert batch.scores.tolist() == scores
    assert batch.indices.tolist() == picks


@pytest.mark.parametrize("seed", range(3))
def test_a_small_sample_covers_nearly_as_much(monkeypatch, seed) -> None:
    """Drawn anew several times, with a shortlist of 100: what it says of each pick is exact all the same."""
    monkeypatch.setattr(coverage, "COUNTED_UP_TO", 0)
    monkeypatch.setattr(greedy_cover, "SAMPLE", 600)
    monkeypatch.setattr(greedy_cover, "SHORTLIST", 100)
    rng = np.random.default_rng(seed)
    features = np.repeat(rng.normal(size=(20, 8)), 100, axis=0) + 0.4 * rng.normal(size=(2000, 8))
    known, delta, k = features[:5] + 0.1, 1.1, 60
    batch = probcover(features, known, k, delta)
    within = cdist(features, features) <= delta
    covered = (cdist(features, known) <= delta).any(axis=1)
    for pick, score in zip(batch.indices, batch.scores, strict=True):
        assert score == (within[pick] & ~covered).sum()
        covered |= within[pick]
    assert len(set(batch.indices.tolist())) == k
    assert batch.scores.sum() >= 0.97 * sum(plain_probcover(features, known, k, delta)[1])


@pytest.mark.parametrize("delta", [1.0, 2.0, 5.0])
def test_the_edge_of_a_ball_belongs_to_it(delta) -> None:
    """On a lattice many distances are exactly delta."""
    lattice = np.stack(np.meshgrid(np.arange(9.0), np.arange(9.0)), axis=-1).reshape(-1, 2)
    picks, scores = plain_probcover(lattice, lattice[:1], 81, delta)
    batch = probcover(lattice, lattice[:1], 99, delta)
    assert batch.indices.tolist() == picks
    assert batch.scores.tolist() == scores


def test_greedy_covers_its_share_of_the_best() -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        points = rng.random(size=(12, 2))
        within = cdist(points, points) <= 0.3
        best = max(within[list(c)].any(axis=0).sum() for c in combinations(range(12), 3))
        assert probcover(points, NOTHING, 3, 0.3).scores.sum() >= (1 - np.exp(-1)) * best


def test_delta_by_hand_and_by_trying_every_radius() -> None:
    line, labels = np.array([[0.0], [1], [3], [4]]), np.array([0, 0, 1, 1])
    # The distances to the nearest stranger are 3 2 2 3.
    assert probcover_delta(line, labels, 1.0) == pytest.approx(2, rel=1e-5)
    assert probcover_delta(line, labels, 0.5) == pytest.approx(3, rel=1e-5)
    rng = np.random.default_rng(3)
    points, names = rng.normal(size=(60, 2)), rng.integers(3, size=60)
    distances, same = cdist(points, points), names[:, None] == names[None, :]

    def purity(delta: float) -> float:
        return float((same | (distances > delta)).all(axis=1).mean())

    for alpha in (0.3, 0.8, 0.95, 1.0):
        delta = probcover_delta(points, names, alpha)
        assert purity(delta) >= alpha
        larger = distances[distances > delta].min()
        assert purity(larger) < alpha


def test_delta_where_no_ball_is_impure_or_every_ball_is() -> None:
    points = np.random.default_rng(4).normal(size=(20, 2))
    everything = probcover_delta(points, np.zeros(20, int))
    assert probcover(points, NOTHING, 1, everything).scores.tolist() == [20]
    assert probcover_delta(np.ones((4, 2)), np.array([0, 1, 0, 1])) == 0
    assert probcover_delta(np.ones((1, 2)), np.array([0])) == 0
    torch_labels = torch.tensor(np.arange(20) % 2)
    there = probcover_delta(torch.tensor(points), torch_labels)
    assert there == pytest.approx(probcover_delta(points, torch_labels.numpy()), rel=1e-12)


def test_delta_by_pseudo_labels() -> None:
    """Clusters in place of labels, wherever the points lie and in whatever precision."""
    x, which = blobs([40, 30, 50])
    delta = pseudo_delta(x, 3, rng=np.random.default_rng(0))
    assert delta == probcover_delta(x, which)
    moved = (x + 1e5).astype(np.float32)
    expected = pseudo_delta(moved.astype(np.float64), 3, rng=np.random.default_rng(0))
    assert pseudo_delta(moved, 3, rng=np.random.default_rng(0)) == pytest.approx(expected, rel=1e-6)


def blobs(sizes: list[int], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    which = np.repeat(np.arange(len(sizes)), sizes)
    centres = 100 * np.stack([np.arange(len(sizes)), np.arange(len(sizes)) % 2], axis=1)
    return centres[which] + rng.normal(size=(len(which), 2)), which


def test_typiclust_takes_the_most_typical_point_of_each_cluster_largest_first() -> None:
    x, which = blobs([30, 50, 40])
    batch = typiclust(x, NOTHING, 3, rng=np.random.default_rng(0))
    assert which[batch.indices].tolist() == [1, 2, 0]
    for pick, score in zip(batch.indices, batch.scores, strict=True):
        own = np.flatnonzero(which == which[pick])
        half = min(20, len(own) // 2)
        distances = np.sort(cdist(x[own], x[own]), axis=1)[:, 1 : half + 1].mean(axis=1)
        assert pick == own[distances.argmin()]
        assert score == pytest.approx(1 / distances.min(), rel=1e-9)


def plain_typiclust(x, known, labels, k: int) -> tuple[list[int], list[float]]:
    """The rule in its own words, on clusters that are given: one label a point, the labelled ones last."""
    own, sizes = labels[: len(x)], np.bincount(labels)
    counts = np.bincount(labels[len(x) :], minlength=len(sizes))
    open_ = np.ones(len(x), bool)
    picks: list[int] = []
    scores: list[float] = []
    for _ in range(k):
        left = np.unique(own[open_])
        c = min(left, key=lambda c: (sizes[c] <= 5, counts[c], -sizes[c]))
        rows = np.flatnonzero(open_ & (own == c))
        others = np.sort(cdist(x[rows], x[rows]), axis=1)[:, 1:]
        means = others[:, : min(20, max(1, len(rows) // 2))].mean(axis=1) if len(rows) > 1 else np.zeros(1)
        picks.append(int(rows[means.argmin()]))
        scores.append(1 / means.min() if means.min() else np.inf)
        open_[picks[-1]] = False
        counts[c] += 1
    return picks, scores


@pytest.mark.parametrize(("n", "m", "k"), [(1000, 0, 100), (1000, 30, 70), (300, 3, 300), (90, 1, 1)])
@pytest.mark.parametrize("seed", range(3))
def test_typiclust_picks_as_the_rule_says(n, m, k, seed) -> None:
    rng = np.random.default_rng(seed)
    x, known = rng.normal(size=(n, 8)), rng.normal(size=(m, 8))
    labels = cluster_labels(np.concatenate([x, known]), min(m + k, 500), rng=np.random.default_rng(seed))
    picks, scores = plain_typiclust(x, known, labels, k)
    batch = typiclust(x, known, k, rng=np.random.default_rng(seed))
    assert batch.indices.tolist() == picks
    np.testing.assert_allclose(batch.scores, scores, rtol=1e-9)


def test_typicality_of_a_cluster_that_is_emptied() -> None:
    """Lists of neighbours run out and are made again; of fewer than 40 points half count."""
    x = np.random.default_rng(8).normal(size=(150, 3))
    picks, scores = plain_typiclust(x, x[:0], np.zeros(150, int), 150)
    cluster = Typicality(x, 20)
    taken = [cluster.take() for _ in range(150)]
    assert len(cluster) == 0
    assert [row for row, _ in taken] == picks
    np.testing.assert_allclose([1 / far if far else np.inf for _, far in taken], scores, rtol=1e-9)


def test_typiclust_leaves_covered_clusters_for_last_and_small_ones_behind_them() -> None:
    x, which = blobs([30, 20, 4])
    known = x[which == 0][:1] + 0.1
    # One labelled point and k = 2 make three clusters.
    batch = typiclust(x, known, 2, rng=np.random.default_rng(0))
    assert which[batch.indices].tolist() == [1, 0]
    every = typiclust(x, known, 54, rng=np.random.default_rng(1))
    assert sorted(every.indices.tolist()) == list(range(54))


def test_torch_picks_the_same_and_callers_arrays_stay_unchanged() -> None:
    rng = np.random.default_rng(5)
    x, known = (rng.normal(size=(n, 2)).astype(np.float32) for n in (200, 7))
    before = x.copy(), known.copy()
    tensors = torch.tensor(x), torch.tensor(known)
    here, there = probcover(x, known, 20, 0.5), probcover(*tensors, 20, 0.5)
    assert here.indices.tolist() == there.indices.tolist()
    here = typiclust(x, known, 20, rng=np.random.default_rng(1))
    there = typiclust(*tensors, 20, rng=np.random.default_rng(1))
    assert here.indices.tolist() == there.indices.tolist()
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(known, before[1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", [1, 2, 6])
def test_identical_points_and_tiny_pools(dtype, n) -> None:
    same = np.full((n, 3), 1.1, dtype)
    for known in (np.empty((0, 3)), same[:1], np.full((9, 3), 7.0)):
        batch = typiclust(same, known, 99, rng=np.random.default_rng(0))
        assert sorted(batch.indices.tolist()) == list(range(n))
        assert not np.isnan(batch.scores).any()
        assert probcover(same, known, 99, 0.0).indices.tolist() == list(range(n))


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 80), m=st.integers(0, 5), k=st.integers(1, 90))
def test_every_pool_size_gives_unique_points_of_the_pool(seed, n, m, k) -> None:
    rng = np.random.default_rng(seed)
    x, known = rng.integers(0, 4, size=(n, 2)).astype(float), rng.normal(size=(m, 2))
    one = typiclust(x, known, k, rng=np.random.default_rng(seed))
    again = typiclust(x, known, k, rng=np.random.default_rng(seed))
    cover = probcover(x, known, k, 1.0)
    np.testing.assert_array_equal(one.indices, again.indices)
    for batch in (one, cover):
        assert len(set(batch.indices.tolist())) == len(batch) == min(k, n)
        assert not np.isnan(batch.scores).any()
    assert (np.diff(cover.scores) <= 0).all()
    order = rng.permutation(n)
    assert probcover(x[order], known, k, 1.0).scores[0] == cover.scores[0]


def test_copies_are_covered_by_one_of_them() -> None:
    originals = np.random.default_rng(6).normal(size=(30, 2))
    batch = probcover(np.concatenate([originals] * 2), NOTHING, 30, 0.0)
    assert len(np.unique(batch.indices % 30)) == 30


def test_copies_make_fewer_clusters() -> None:
    x = np.random.default_rng(7).normal(size=(50, 3)) + 1000
    assert len(np.unique(cluster_labels(x, 60, rng=np.random.default_rng(0)))) == 50


X = np.zeros((3, 2))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda rng: typiclust(X[:0], NOTHING, 1, rng=rng), "features_N_D"),
        (lambda rng: typiclust(X, np.zeros((1, 3)), 1, rng=rng), "labeled_M_D"),
        (lambda rng: typiclust(X, NOTHING, 0, rng=rng), "k must be"),
        (lambda rng: probcover(X, NOTHING, 0, 1.0), "k must be"),
        (lambda rng: probcover(X, NOTHING, 1, -1.0), "delta"),
        (lambda rng: probcover(X, NOTHING, 1, np.nan), "delta"),
        (lambda rng: probcover(np.full((1, 2), np.inf), NOTHING, 1, 1.0), "finite"),
        (lambda rng: probcover_delta(X, np.zeros(2)), "labels_N"),
        (lambda rng: probcover_delta(X, np.zeros(3), 0), "alpha"),
        (lambda rng: cluster_labels(X, 0, rng=rng), "k-means"),
    ],
)
def test_bad_input_is_named(call, said) -> None:
    with pytest.raises(ValueError, match=said):
        call(np.random.default_rng(0))
