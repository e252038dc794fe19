"""Uncertainty scores against known answers, SciPy and torch."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy as scipy_entropy

from alcore.strategies.uncertainty import entropy, least_confidence, margin

SCORES = [least_confidence, margin, entropy]
EXAMPLES = np.array([[0.2, 0.5, 0.3], [0.1, 0.7, 0.2]])


def random_probs(n: int, classes: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.full(classes, 0.5), size=n)


def test_known_answers() -> None:
    np.testing.assert_allclose(least_confidence(EXAMPLES), [0.5, 0.3])
    np.testing.assert_allclose(entropy(EXAMPLES), [1.029653, 0.801819], atol=5e-7)
    np.testing.assert_allclose(margin(EXAMPLES), [0.8, 0.5])


def test_near_ties_of_three_and_of_two_classes() -> None:
    three, two = np.array([[0.34, 0.33, 0.33]]), np.array([[0.5, 0.49, 0.01]])
    assert entropy(three) > entropy(two)
    np.testing.assert_allclose(margin(three), margin(two), atol=0.011)


def test_entropy_agrees_with_scipy() -> None:
    probs = random_probs(500, 7)
    np.testing.assert_allclose(entropy(probs), scipy_entropy(probs, axis=1), atol=1e-12)


def test_margin_agrees_with_torch_topk() -> None:
    probs = random_probs(500, 7)
    top = torch.topk(torch.from_numpy(probs), 2, dim=1).values
    np.testing.assert_allclose(margin(probs), 1 - (top[:, 0] - top[:, 1]).numpy(), atol=1e-12)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_certain_and_single_class_pools(score, dtype) -> None:
    certain = np.eye(4, dtype=dtype)
    np.testing.assert_array_equal(score(certain), np.zeros(4, dtype))
    assert score(certain).dtype == dtype
    np.testing.assert_array_equal(score(np.ones((3, 1), dtype)), np.zeros(3, dtype))


@pytest.mark.parametrize("score", SCORES)
def test_numpy_and_torch_agree(score) -> None:
    probs = random_probs(1000, 10).astype(np.float32)
    probs[0] = np.eye(10)[3]
    on_torch = score(torch.from_numpy(probs))
    assert isinstance(on_torch, torch.Tensor)
    np.testing.assert_allclose(on_torch.numpy(), score(probs), atol=1e-5)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (np.empty((0, 3)), "not empty"),
        (np.array([0.5, 0.5]), "points x classes"),
        (np.array([[0.5, 0.5], [0.5, 0.6]]), "row 1"),
        (np.array([[np.nan, 1.0]]), "row 0"),
        (np.array([[-0.1, 1.1]]), "row 0"),
    ],
)
def test_what_is_no_distribution_is_refused(score, bad, said) -> None:
    with pytest.raises(ValueError, match=said):
        score(bad)


@given(p=st.lists(st.floats(0, 1), min_size=2, max_size=30))
def test_two_classes_rank_alike(p: list[float]) -> None:
    probs = np.stack([p, 1 - np.array(p)], axis=1)
    ranks = [score(probs) for score in SCORES]
    for first in range(len(p)):
        for second in range(len(p)):
            # Beyond rounding, who is more uncertain does not depend on the measure.
            if ranks[0][first] > ranks[0][second] + 1e-9:
                assert all(r[first] >= r[second] - 1e-12 for r in ranks)


@given(seed=st.integers(0, 10_000), classes=st.integers(2, 6))
def test_relabelling_classes_and_permuting_points_changes_nothing(seed: int, classes: int) -> None:
    rng = np.random.default_rng(seed)
    probs = rng.dirichlet(np.ones(classes), size=12)
    points, labels = rng.permutation(12), rng.permutation(classes)
    for score in SCORES:
        np.testing.assert_allclose(score(probs[points][:, labels]), score(probs)[points], atol=1e-12)
