"""Bayesian scores against SciPy, enumeration and closed forms; stochastic batches against their odds."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare
from scipy.stats import entropy as scipy_entropy

from alcore.strategies.bayesian import bald, epig, mean_std, power_batch, variation_ratios

SCORES = [bald, mean_std, variation_ratios, epig]


def random_probs(n: int, samples: int, classes: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.full(classes, 0.5), size=(n, samples))


def test_known_answers() -> None:
    torn = np.array([[[1.0, 0.0], [0.0, 1.0]], [[0.5, 0.5], [0.5, 0.5]], [[1.0, 0.0], [0.5, 0.5]]])
    half = scipy_entropy([0.75, 0.25]) - 0.5 * np.log(2)
    np.testing.assert_allclose(bald(torn), [np.log(2), 0, half], atol=1e-15)
    np.testing.assert_allclose(mean_std(torn), [0.5, 0, 0.25])
    np.testing.assert_allclose(variation_ratios(torn), [0.5, 0, 0])
    # Label and target of a point torn between two functions say the same thing; nothing is said elsewhere.
    np.testing.assert_allclose(epig(torn[:2], torn[:1]), [np.log(2), 0], atol=1e-15)


def test_agree_with_plain_formulas() -> None:
    probs = random_probs(200, 9, 4)
    total = scipy_entropy(probs.mean(axis=1), axis=1)
    np.testing.assert_allclose(bald(probs), total - scipy_entropy(probs, axis=2).mean(axis=1), atol=1e-12)
    variance = (probs**2).mean(axis=1) - probs.mean(axis=1) ** 2
    np.testing.assert_allclose(mean_std(probs), np.sqrt(variance).mean(axis=1), atol=1e-9)
    modal = [np.bincount(votes).max() / 9 for votes in probs.argmax(axis=2)]
    np.testing.assert_allclose(variation_ratios(probs), 1 - np.array(modal), atol=1e-12)


def plain_epig(probs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    joint = np.einsum("nkc,tkd->ntcd", probs, targets) / probs.shape[1]
    alone = probs.mean(axis=1)[:, None, :, None] * targets.mean(axis=1)[None, :, None, :]
    return np.sum(joint * np.log(joint / alone), axis=(2, 3)).mean(axis=1)


def test_epig_agrees_with_the_divergence_of_the_joint(monkeypatch) -> None:
    probs, targets = random_probs(30, 5, 3), random_probs(17, 5, 4, seed=1)
    np.testing.assert_allclose(epig(probs, targets), plain_epig(probs, targets), atol=1e-12)
    np.testing.assert_allclose(epig(probs), plain_epig(probs, probs), atol=1e-12)
    monkeypatch.setattr("alcore.strategies.bayesian.SAMPLES_AT_A_TIME", 500)
    monkeypatch.setattr("alcore.strategies.arrays.SAMPLES_AT_A_TIME", 40)
    np.testing.assert_allclose(epig(probs, targets), plain_epig(probs, targets), atol=1e-12)


def test_epig_samples_targets_only_when_told() -> None:
    probs = random_probs(40, 5, 3)
    some = epig(probs, sample=10, rng=np.random.default_rng(3))
    np.testing.assert_array_equal(some, epig(probs, sample=10, rng=np.random.default_rng(3)))
    drawn = np.sort(np.random.default_rng(3).choice(40, 10, replace=False))
    np.testing.assert_array_equal(some, epig(probs, probs[drawn]))
    np.testing.assert_array_equal(epig(probs, sample=40, rng=np.random.default_rng(3)), epig(probs))
    with pytest.raises(ValueError, match="rng"):
        epig(probs, sample=10)
    with pytest.raises(ValueError, match="sample"):
        epig(probs, sample=0, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="targets_T_K_C must come from the 5 samples"):
        epig(probs, random_probs(3, 4, 3))
    with pytest.raises(ValueError, match="row of targets_T_K_C"):
        epig(probs, 2 * probs)


def test_epig_asks_where_the_targets_are() -> None:
    """A point that settles what the targets' labels will be beats one that is only torn itself."""
    rng = np.random.default_rng(4)
    shared, own = rng.integers(2, size=(2, 64))
    relevant, irrelevant = np.eye(2)[shared], np.eye(2)[own]
    scores = epig(np.stack([irrelevant, relevant]), np.stack([relevant] * 5))
    assert scores[1] > 0.6 > 0.1 > scores[0]
    np.testing.assert_allclose(bald(np.stack([irrelevant, relevant])), np.log(2), atol=0.1)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_certain_agreeing_single_and_lone(score, dtype) -> None:
    certain = np.broadcast_to(np.eye(4, dtype=dtype)[:, None], (4, 3, 4))
    np.testing.assert_allclose(score(certain), np.zeros(4), atol=1e-7)
    assert score(certain).dtype == dtype
    np.testing.assert_array_equal(score(np.ones((3, 2, 1), dtype)), np.zeros(3))
    alone = score(random_probs(1, 7, 3).astype(dtype))
    assert alone.shape == (1,) and np.isfinite(alone).all()
    same = score(np.broadcast_to(random_probs(1, 7, 3).astype(dtype), (6, 7, 3)))
    np.testing.assert_allclose(same, same[0], rtol=1e-6)


@pytest.mark.parametrize("score", SCORES)
def test_never_negative(score) -> None:
    agreeing = np.broadcast_to(random_probs(2000, 1, 10).astype(np.float32), (2000, 7, 10))
    assert (score(agreeing[:300] if score is epig else agreeing) >= 0).all()


@pytest.mark.parametrize("score", SCORES)
def test_numpy_and_torch_agree(score) -> None:
    probs = random_probs(300, 20, 10).astype(np.float32)
    probs[0] = np.eye(10)[np.arange(20) % 3]
    before = probs.copy()
    on_torch = score(torch.from_numpy(probs))
    assert isinstance(on_torch, torch.Tensor)
    np.testing.assert_allclose(on_torch.numpy(), score(probs), atol=1e-5)
    np.testing.assert_allclose(score(probs), score(probs.astype(np.float64)), atol=1e-5)
    np.testing.assert_array_equal(probs, before)


@settings(deadline=None)
@given(seed=st.integers(0, 10_000), classes=st.integers(2, 5), samples=st.integers(1, 5))
def test_order_of_points_samples_and_classes_does_not_matter(seed, classes, samples) -> None:
    rng = np.random.default_rng(seed)
    probs = rng.dirichlet(np.ones(classes), size=(8, samples))
    points, members, labels = (rng.permutation(size) for size in probs.shape)
    for score in SCORES:
        shuffled = score(probs[points][:, members][:, :, labels])
        np.testing.assert_allclose(shuffled, score(probs)[points], atol=1e-12)


def test_a_million_points() -> None:
    probs = np.tile(random_probs(1000, 2, 3).astype(np.float32), (1000, 1, 1))
    for score in (bald, mean_std, variation_ratios):
        scores = score(probs)
        assert scores.shape == (1_000_000,)
        np.testing.assert_allclose(scores[-1000:], scores[:1000], atol=1e-7)


@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
def test_first_and_second_picks_follow_the_power_of_the_score(beta) -> None:
    scores = np.array([0.1, 0.4, 0.2, 0.8, 0.0])
    rng = np.random.default_rng(5)
    pairs = np.array([power_batch(scores, 2, beta, rng=rng).indices for _ in range(4000)])
    odds = scores[:4] ** beta / (scores[:4] ** beta).sum()
    assert chisquare(np.bincount(pairs[:, 0], minlength=4), 4000 * odds).pvalue > 0.01
    # The second: without replacement, so in proportion among those left.
    without = sum(odds[i] * np.where(np.arange(4) == i, 0, odds) / (1 - odds[i]) for i in range(4))
    assert chisquare(np.bincount(pairs[:, 1], minlength=4), 4000 * without).pvalue > 0.01


def test_zero_scores_come_last_and_in_random_order() -> None:
    scores = np.array([0.0, 1e-300, -0.0, 0.5, -1e-8])
    lasts = set()
    for seed in range(60):
        batch = power_batch(scores, 99, rng=np.random.default_rng(seed))
        assert sorted(batch.indices.tolist()) == [0, 1, 2, 3, 4]
        assert set(batch.indices[:2].tolist()) == {1, 3}
        np.testing.assert_array_equal(batch.scores, scores[batch.indices])
        lasts.add(batch.indices[-1])
    assert lasts == {0, 2, 4}
    assert len(power_batch(np.zeros(3), 2, rng=np.random.default_rng(0))) == 2


def test_power_zero_is_uniform_and_a_high_power_is_top_k() -> None:
    scores = np.array([0.0, 0.3, 0.9, 0.6])
    rng = np.random.default_rng(6)
    firsts = [power_batch(scores, 1, 0, rng=rng).indices[0] for _ in range(2000)]
    assert chisquare(np.bincount(firsts, minlength=4)).pvalue > 0.01
    assert power_batch(scores, 4, 200, rng=rng).indices.tolist() == [2, 3, 1, 0]


def test_power_batch_draws_the_same_on_torch() -> None:
    scores = np.random.default_rng(7).random(500).astype(np.float32)
    ours = power_batch(scores, 50, rng=np.random.default_rng(8))
    theirs = power_batch(torch.from_numpy(scores), 50, rng=np.random.default_rng(8))
    np.testing.assert_array_equal(ours.indices, theirs.indices)
    assert len(np.unique(ours.indices)) == 50


@pytest.mark.parametrize(
    ("scores", "k", "beta", "said"),
    [
        (np.array([]), 1, 1.0, "scores_N"),
        (np.array([np.nan]), 1, 1.0, "position 0"),
        (np.array([-1.0, 1.0]), 1, 1.0, "0 or more"),
        (np.array([np.inf]), 1, 1.0, "finite"),
        (np.array([1.0]), 0, 1.0, "k must be"),
        (np.array([1.0]), 1, -1.0, "beta"),
        (np.array([1.0]), 1, np.nan, "beta"),
    ],
)
def test_bad_input_of_a_power_batch_is_named(scores, k, beta, said) -> None:
    with pytest.raises(ValueError, match=said):
        power_batch(scores, k, beta, rng=np.random.default_rng(0))
