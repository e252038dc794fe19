"""Disagreement of a committee against SciPy, closed forms and another formula for the same number."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy as scipy_entropy

from alcore.learners.committee import bootstrap_rows
from alcore.strategies.bayesian import bald
from alcore.strategies.committee import mean_kl, vote_entropy

SCORES = [vote_entropy, mean_kl]


def random_probs(n: int, members: int, classes: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.full(classes, 0.5), size=(n, members))


def test_known_answers() -> None:
    votes = np.eye(3)[[[0, 0, 1, 2], [1, 1, 1, 1], [0, 1, 0, 1]]]
    np.testing.assert_allclose(vote_entropy(votes), [1.5 * np.log(2), 0, np.log(2)])
    # Members that are certain: KL to the consensus is the entropy of the consensus.
    np.testing.assert_allclose(mean_kl(votes), [1.5 * np.log(2), 0, np.log(2)], atol=1e-15)
    soft = np.array([[[0.5, 0.5], [1.0, 0.0]]])
    expected = 0.5 * (0.5 * np.log(0.5 / 0.75) + 0.5 * np.log(0.5 / 0.25) + np.log(1 / 0.75))
    np.testing.assert_allclose(mean_kl(soft), [expected])
    np.testing.assert_allclose(vote_entropy(soft), [0.0], atol=0)  # a tie is a vote for the lower class


def test_agree_with_scipy() -> None:
    probs = random_probs(300, 7, 5)
    counts = np.stack([np.bincount(votes, minlength=5) for votes in probs.argmax(axis=2)])
    np.testing.assert_allclose(vote_entropy(probs), scipy_entropy(counts, axis=1), atol=1e-12)
    consensus = np.broadcast_to(probs.mean(axis=1, keepdims=True), probs.shape)
    divergences = scipy_entropy(probs, consensus, axis=2)
    np.testing.assert_allclose(mean_kl(probs), divergences.mean(axis=1), atol=1e-12)


def test_mean_kl_is_bald() -> None:
    probs = random_probs(300, 7, 5)
    np.testing.assert_allclose(mean_kl(probs), bald(probs), atol=1e-12)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_certain_agreeing_single_and_lone(score, dtype) -> None:
    certain = np.broadcast_to(np.eye(4, dtype=dtype)[:, None], (4, 3, 4))
    np.testing.assert_array_equal(score(certain), np.zeros(4))
    assert score(certain).dtype == dtype
    for shape in ((3, 2, 1), (1, 5, 1)):
        np.testing.assert_array_equal(score(np.ones(shape, dtype)), np.zeros(shape[0]))
    alone = random_probs(6, 1, 3).astype(dtype)
    np.testing.assert_allclose(score(alone), np.zeros(6), atol=1e-7)


@pytest.mark.parametrize("score", SCORES)
def test_numpy_and_torch_agree_and_slices_make_no_difference(score, monkeypatch) -> None:
    probs = random_probs(400, 6, 10).astype(np.float32)
    probs[0] = np.eye(10)[[3, 3, 3, 4, 4, 5]]
    whole = score(probs)
    on_torch = score(torch.from_numpy(probs))
    assert isinstance(on_torch, torch.Tensor)
    np.testing.assert_allclose(on_torch.numpy(), whole, atol=1e-5)
    monkeypatch.setattr("alcore.strategies.arrays.SAMPLES_AT_A_TIME", 1000)
    np.testing.assert_array_equal(score(probs), whole)


@pytest.mark.parametrize("score", SCORES)
def test_half_precision_is_scored_in_single(score) -> None:
    probs = torch.from_numpy(random_probs(50, 6, 4)).half()
    half, full = score(probs), score(probs.float())
    assert half.dtype == torch.float32
    np.testing.assert_array_equal(half.numpy(), full.numpy())


@settings(deadline=None)
@given(seed=st.integers(0, 10_000), classes=st.integers(2, 6), members=st.integers(1, 6))
def test_order_of_points_members_and_classes_does_not_matter(seed, classes, members) -> None:
    rng = np.random.default_rng(seed)
    probs = rng.dirichlet(np.ones(classes), size=(9, members))
    points, samples, labels = (rng.permutation(size) for size in probs.shape)
    for score in SCORES:
        np.testing.assert_allclose(score(probs[points][:, samples][:, :, labels]), score(probs)[points], atol=1e-12)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (np.empty((0, 2, 3)), "not empty"),
        (np.full((2, 2), 0.5), "points x samples x classes"),
        (np.array([[[0.5, 0.5]], [[0.5, 0.6]]]), "point 1, sample 0"),
        (np.array([[[0.5, 0.5], [np.nan, 1.0]]]), "point 0, sample 1"),
        (np.array([[[-0.1, 1.1]]]), "point 0, sample 0"),
    ],
)
def test_what_is_no_distribution_is_refused(score, bad, said) -> None:
    with pytest.raises(ValueError, match=said):
        score(bad)


@settings(deadline=None)
@given(seed=st.integers(0, 10_000), labels=st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_bootstrap_keeps_every_class(seed: int, labels: list[int]) -> None:
    y = np.array(labels)
    members = bootstrap_rows(y, 4, rng=np.random.default_rng(seed))
    assert len(members) == 4
    for rows in members:
        assert len(rows) == len(y)
        assert set(y[rows]) == set(y)


def test_bootstrap_is_the_plain_one_where_no_class_is_missed() -> None:
    y = np.arange(1000) % 2
    rows = bootstrap_rows(y, 3, rng=np.random.default_rng(1))
    plain = np.random.default_rng(1)
    for member in rows:
        np.testing.assert_array_equal(member, plain.integers(1000, size=1000))
    distinct = [len(np.unique(member)) for member in rows]
    np.testing.assert_allclose(distinct, 1000 * (1 - np.exp(-1)), atol=40)


def test_bootstrap_draws_a_rare_class_at_random() -> None:
    y = np.array([0] * 50 + [1, 1])
    members = bootstrap_rows(torch.from_numpy(y), 400, rng=np.random.default_rng(2))
    held = np.stack([np.isin([50, 51], rows) for rows in members])
    assert held.any(axis=1).all()
    assert abs(held[:, 0].mean() - held[:, 1].mean()) < 0.15


def test_bootstrap_refuses_nothing() -> None:
    with pytest.raises(ValueError, match="y_M"):
        bootstrap_rows(np.array([]), 3, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="k_members"):
        bootstrap_rows(np.array([1]), 0, rng=np.random.default_rng(0))
