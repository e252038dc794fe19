"""Selections against plain implementations that recompute every distance at every step."""

from itertools import combinations

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from alcore.strategies.selection import hybrid, k_center, top_k

NOTHING = np.empty((0, 2))


def plain_k_center(features: np.ndarray, labeled: np.ndarray, k: int) -> list[int]:
    picks: list[int] = []
    for _ in range(k):
        centres = np.concatenate([labeled, features[picks]])
        if len(centres):
            distance = cdist(features, centres).min(axis=1)
        else:
            distance = -cdist(features, features.mean(axis=0, keepdims=True))[:, 0]
        distance[picks] = -np.inf
        picks.append(int(distance.argmax()))
    return picks


def scaled(x: np.ndarray) -> np.ndarray:
    return (x - x.min()) / (x.max() - x.min()) if x.max() > x.min() else np.ones_like(x)


def plain_hybrid(scores, features, labeled, k, alpha, combine) -> list[int]:
    """The published rule: distances are scaled over all points, and the picked ones left out afterwards."""
    s = scaled(scores)
    picks: list[int] = []
    for _ in range(k):
        d = scaled(cdist(features, np.concatenate([labeled, features[picks]])).min(axis=1))
        value = alpha * s + (1 - alpha) * d if combine == "sum" else s * d
        value[picks] = -np.inf
        picks.append(int(value.argmax()))
    return picks


def test_top_k_breaks_ties_by_the_lower_index() -> None:
    batch = top_k(np.array([0.1, 0.9, 0.5, 0.9, 0.5]), 4)
    assert batch.indices.tolist() == [1, 3, 2, 4]
    assert batch.scores.tolist() == [0.9, 0.9, 0.5, 0.5]


def test_k_center_on_a_line() -> None:
    batch = k_center(np.array([[1.0], [2], [10], [11], [4]]), np.array([[0.0]]), 4)
    assert batch.indices.tolist() == [3, 4, 1, 0]
    np.testing.assert_allclose(batch.scores, [11, 4, 2, 1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("labeled", [0, 1, 20])
@pytest.mark.parametrize("offset", [0.0, 1000.0, 1e6])
def test_k_center_picks_as_recomputing_does(dtype, labeled, offset) -> None:
    rng = np.random.default_rng(3)
    features = (rng.normal(size=(300, 5)) + offset).astype(dtype)
    known = (rng.normal(size=(labeled, 5)) + offset).astype(dtype)
    assert k_center(features, known, 60).indices.tolist() == plain_k_center(features, known, 60)


def test_k_center_breaks_ties_of_a_lattice_by_the_lower_index() -> None:
    lattice = np.stack(np.meshgrid(np.arange(12.0), np.arange(12.0)), axis=-1).reshape(-1, 2)
    known = np.array([[20.0, 20.0]])
    assert k_center(lattice, known, 144).indices.tolist() == plain_k_center(lattice, known, 144)


def test_k_center_slices_many_labelled_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alcore.strategies.geometry.distances.PAIRS_AT_A_TIME", 700)
    rng = np.random.default_rng(4)
    features, known = rng.normal(size=(300, 3)), rng.normal(size=(25, 3))
    assert k_center(features, known, 40).indices.tolist() == plain_k_center(features, known, 40)


def test_k_center_covers_within_twice_the_best_radius() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        points = rng.normal(size=(10, 2))
        greedy = k_center(points, NOTHING, 3).indices
        radius = cdist(points, points[greedy]).min(axis=1).max()
        best = min(cdist(points, points[list(c)]).min(axis=1).max() for c in combinations(range(10), 3))
        assert radius <= 2 * best + 1e-12


def test_k_center_starts_nearest_the_mean_and_reports_infinity() -> None:
    batch = k_center(np.array([[0.0, 0], [10, 0], [5, 1]]), NOTHING, 2)
    assert batch.indices.tolist()[0] == 2
    assert np.isinf(batch.scores[0])


@pytest.mark.parametrize("combine", ["sum", "product"])
@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_hybrid_picks_as_recomputing_does(combine, alpha) -> None:
    rng = np.random.default_rng(6)
    scores, features, known = rng.random(200), rng.normal(size=(200, 4)), rng.normal(size=(7, 4))
    batch = hybrid(scores, features, known, 50, alpha=alpha, combine=combine)
    assert batch.indices.tolist() == plain_hybrid(scores, features, known, 50, alpha, combine)


def published_case() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    features, known = rng.normal(size=(120, 3)), rng.normal(size=(9, 3))
    return rng.random(120), features, known


@pytest.mark.parametrize("combine", ["sum", "product"])
def test_hybrid_scales_distances_over_the_picked_points_too(combine) -> None:
    scores, features, known = published_case()
    expected = plain_hybrid(scores, features, known, 12, 0.5, combine)
    assert hybrid(scores, features, known, 12, combine=combine).indices.tolist() == expected
    s, x, m = (torch.from_numpy(one) for one in (scores, features, known))
    assert hybrid(s, x, m, 12, combine=combine).indices.tolist() == expected
    if combine == "sum":
        assert expected[:4] == [112, 73, 101, 65]


@pytest.mark.parametrize("known", [NOTHING, np.array([[0.5, 0.5]])])
def test_hybrid_ends_are_top_k_and_k_center(known) -> None:
    rng = np.random.default_rng(7)
    scores, features = rng.random(80), rng.normal(size=(80, 2))
    assert hybrid(scores, features, known, 20, alpha=1).indices.tolist() == top_k(scores, 20).indices.tolist()
    coverage = k_center(features, known, 20).indices.tolist()
    assert hybrid(scores, features, known, 20, alpha=0).indices.tolist() == coverage


def test_top_k_takes_both_of_a_pair_and_the_others_one() -> None:
    rng = np.random.default_rng(8)
    originals = rng.normal(size=(30, 2))
    features = np.concatenate([originals, originals])
    scores = np.concatenate([rng.random(30)] * 2)
    known = np.array([[5.0, 5.0]])

    def distinct(batch) -> int:
        return len(np.unique(batch.indices % 30))

    assert distinct(top_k(scores, 10)) == 5
    assert distinct(k_center(features, known, 10)) == 10
    assert distinct(hybrid(scores, features, known, 10)) == 10
    assert distinct(hybrid(scores, features, known, 10, combine="product")) == 10


def test_identical_points_and_the_whole_pool() -> None:
    same = np.ones((6, 3), dtype=np.float32)
    assert k_center(same, np.ones((2, 3), np.float32), 99).indices.tolist() == [0, 1, 2, 3, 4, 5]
    assert hybrid(np.zeros(6), same, np.empty((0, 3)), 99).indices.tolist() == [0, 1, 2, 3, 4, 5]
    assert top_k(np.zeros(1), 5).indices.tolist() == [0]


def test_torch_picks_the_same_and_callers_arrays_stay_unchanged() -> None:
    rng = np.random.default_rng(9)
    scores = rng.random(300).astype(np.float32)
    features, known = (rng.normal(size=(n, 8)).astype(np.float32) for n in (300, 12))
    before = features.copy(), known.copy(), scores.copy()
    tensors = torch.from_numpy(features.copy()), torch.from_numpy(known.copy())
    assert k_center(*tensors, 30).indices.tolist() == k_center(features, known, 30).indices.tolist()
    mixed = hybrid(torch.from_numpy(scores.copy()), *tensors, 30)
    assert mixed.indices.tolist() == hybrid(scores, features, known, 30).indices.tolist()
    for now, then in zip((features, known, scores), before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: top_k(np.array([]), 1), "scores_N"),
        (lambda: top_k(np.array([0.0, np.nan]), 1), "position 1"),
        (lambda: top_k(np.array([0.0]), 0), "k must be"),
        (lambda: k_center(np.empty((0, 2)), NOTHING, 1), "features_N_D"),
        (lambda: k_center(np.array([[np.inf, 0]]), NOTHING, 1), "features_N_D must be finite"),
        (lambda: k_center(np.zeros((1, 2)), np.array([[np.nan, 0]]), 1), "labeled_M_D must be finite"),
        (lambda: k_center(np.array([[0, 0], [1e200, 0]]), NOTHING, 1), "1.8e.308, the largest number"),
        (lambda: k_center(np.zeros((2, 2)), np.array([[1e200, 0]]), 1), "divide the features"),
        (lambda: hybrid(np.array([0, np.inf]), np.zeros((2, 2)), NOTHING, 1), "scores_N must be finite"),
        (lambda: k_center(np.zeros((2, 2)), np.zeros((1, 3)), 1), "labeled_M_D"),
        (lambda: hybrid(np.zeros(3), np.zeros((2, 2)), NOTHING, 1), "one row a point"),
        (lambda: hybrid(np.zeros(2), np.zeros((2, 2)), NOTHING, 1, alpha=2), "alpha"),
        (
            lambda: hybrid(np.zeros(2), np.zeros((2, 2)), NOTHING, 1, combine="mean"),  # type: ignore[arg-type]
            "combine",
        ),
    ],
)
def test_bad_input_is_named(call, said) -> None:
    with pytest.raises(ValueError, match=said):
        call()
