from itertools import combinations

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from scipy.stats import chi2

from alcore.strategies import margin, max_herding, top_k, uherding
from alcore.strategies.herding import kernel_width, stochastic_max_herding

NOTHING = np.empty((0, 3))


def points(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 3))


def coverage(features: np.ndarray, labels: np.ndarray, weights: np.ndarray, sigma: float) -> float:
    if len(labels) == 0:
        return 0.0
    kernel = np.exp(-(cdist(features, labels) ** 2) / sigma**2)
    return float(weights @ kernel.max(axis=1)) / len(features)


def plain(features: np.ndarray, known: np.ndarray, weights: np.ndarray, k: int, sigma: float) -> list[int]:
    """Every gain computed from the definition in each step."""
    picks: list[int] = []
    for _ in range(k):
        labels = [np.concatenate([known, features[[*picks, row]]]) for row in range(len(features))]
        found = [coverage(features, some, weights, sigma) for some in labels]
        picks.append(max(set(range(len(features))) - set(picks), key=lambda row: (round(found[row], 12), -row)))
    return picks


@pytest.mark.parametrize("labeled", [0, 1, 4])
@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_each_pick_raises_the_coverage_most(labeled, offset) -> None:
    features, known = points(60) + offset, points(labeled, seed=1) + offset
    batch = max_herding(features, known, 12, sigma=0.8)
    assert batch.indices.tolist() == plain(features, known, np.ones(60), 12, 0.8)
    before = coverage(features, known, np.ones(60), 0.8)
    after = coverage(features, np.concatenate([known, features[batch.indices]]), np.ones(60), 0.8)
    assert batch.scores.sum() == pytest.approx(after - before)
    assert (np.diff(batch.scores) <= 1e-12).all()


def test_weights_are_those_of_the_mean() -> None:
    features, known, weights = points(50, 2), points(3, 3), np.random.default_rng(4).random(50)
    batch = uherding(weights, features, known, 9, sigma=1.3)
    assert batch.indices.tolist() == plain(features, known, weights, 9, 1.3)


def test_three_picks_of_twelve_are_close_to_the_best_of_all() -> None:
    for seed in range(20):
        features = points(12, seed)
        ones = np.ones(12)
        best = max(coverage(features, features[list(some)], ones, 1.0) for some in combinations(range(12), 3))
        assert max_herding(features, NOTHING, 3, sigma=1.0).scores.sum() >= (1 - np.exp(-1)) * best


def test_equal_weights_give_max_herding_and_a_narrow_kernel_the_most_uncertain() -> None:
    features, known = points(80), points(5, seed=1)
    same = uherding(np.ones(80), features, known, 10, sigma=0.9)
    np.testing.assert_array_equal(same.indices, max_herding(features, known, 10, sigma=0.9).indices)
    uncertainty = margin(np.random.default_rng(5).dirichlet(np.ones(4), size=80))
    narrow = uherding(uncertainty, features, known, 10, sigma=1e-6)
    np.testing.assert_array_equal(narrow.indices, top_k(uncertainty, 10).indices)


def test_the_width_is_the_smallest_distance_of_labelled_points() -> None:
    features, uncertainty = points(40), np.random.default_rng(6).random(40)
    known = np.array([[0.0, 0, 0], [0, 0.7, 0], [3, 0, 0], [3, 0, 0]])  # copies have no distance
    for labeled, sigma in ((known, 0.7), (known[:1], kernel_width(features)), (known[2:], kernel_width(features))):
        found = uherding(uncertainty, features, labeled, 8)
        np.testing.assert_array_equal(found.indices, uherding(uncertainty, features, labeled, 8, sigma=sigma).indices)


def test_the_width_is_half_the_typical_distance_whatever_the_scale() -> None:
    features = points(200)
    # Of normal points in three dimensions the median squared length is that of the chi-square distribution.
    assert kernel_width(points(20_000)) == pytest.approx(np.sqrt(chi2(3).median() / 2), rel=0.01)
    far = np.concatenate([features, np.full((5, 3), 1e3)])
    assert kernel_width(far) == pytest.approx(kernel_width(features), rel=0.1)
    for scale in (1e-6, 1e6):
        found = max_herding(scale * features + scale, NOTHING, 20)
        np.testing.assert_array_equal(found.indices, max_herding(features, NOTHING, 20).indices)


def test_copies_tie_and_the_lower_index_comes_first() -> None:
    features = np.repeat(points(6), 5, axis=0) + 100
    batch = max_herding(features, NOTHING, 30, sigma=0.5)
    assert sorted(batch.indices[:6] % 5) == [0] * 6
    assert batch.scores[6:].max() == 0
    assert batch.indices[6:].tolist() == sorted(batch.indices[6:])
    assert kernel_width(np.ones((4, 2))) == 1


def test_slices_change_nothing(monkeypatch) -> None:
    features, known = points(70), points(9, seed=1)
    whole = max_herding(features, known, 15, sigma=0.6)
    monkeypatch.setattr("alcore.strategies.herding.PAIRS_AT_A_TIME", 150)
    np.testing.assert_array_equal(max_herding(features, known, 15, sigma=0.6).indices, whole.indices)
    there = max_herding(torch.tensor(features), torch.tensor(known), 15, sigma=0.6)
    np.testing.assert_array_equal(there.indices, whole.indices)


def test_refuses_what_is_no_width_or_weight() -> None:
    for sigma in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="sigma must be a width above 0"):
            max_herding(points(5), NOTHING, 1, sigma=sigma)
    for weights in (np.full(5, -1.0), np.ones(4)):
        with pytest.raises(ValueError, match="uncertainty_N must be 5 weights"):
            uherding(weights, points(5), NOTHING, 1)


@pytest.mark.parametrize("labeled", [0, 3])
def test_stochastic_greedy_of_all_points_is_greedy(labeled) -> None:
    features, known = points(60), points(labeled, seed=1)
    rng = np.random.default_rng(0)
    batch = stochastic_max_herding(features, known, 10, rng=rng, sigma=0.8, epsilon=1e-6)
    exact = max_herding(features, known, 10, sigma=0.8)
    assert batch.indices.tolist() == exact.indices.tolist() and np.allclose(batch.scores, exact.scores)


def test_stochastic_greedy_covers_nearly_as_much() -> None:
    features, ones = points(400), np.ones(400)
    best = coverage(features, features[max_herding(features, NOTHING, 20, sigma=0.8).indices], ones, 0.8)
    found, random = [], []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        batch = stochastic_max_herding(features, NOTHING, 20, rng=rng, sigma=0.8)
        assert len(set(batch.indices.tolist())) == 20
        found.append(coverage(features, features[batch.indices], ones, 0.8))
        assert np.isclose(batch.scores.sum(), found[-1])
        random.append(coverage(features, features[rng.choice(400, 20, replace=False)], ones, 0.8))
    assert min(found) > 0.93 * best and max(random) < min(found)
    everything = stochastic_max_herding(features[:9], NOTHING, 30, rng=np.random.default_rng(0))
    assert sorted(everything.indices) == list(range(9))
    with pytest.raises(ValueError, match="epsilon must lie between 0 and 1"):
        stochastic_max_herding(features, NOTHING, 3, rng=np.random.default_rng(0), epsilon=1)
