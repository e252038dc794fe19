"""Remedies against SciPy, torch, plain formulas and hand-made cases."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar
from scipy.spatial.distance import cdist
from scipy.special import log_softmax

from alcore.strategies.batch import Batch
from alcore.strategies.remedies import (
    candidate_subsample,
    density_weight,
    diverse_seed,
    epsilon_greedy,
    fit_temperature,
)
from alcore.strategies.selection import top_k


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_epsilon_greedy_replaces_its_share_with_points_from_outside() -> None:
    batch = top_k(np.linspace(0, 1, 1000), 100)
    replaced = []
    for seed in range(200):
        mixed = epsilon_greedy(batch, 1000, 0.2, rng=rng(seed))
        assert len(np.unique(mixed.indices)) == 100
        kept = mixed.indices == batch.indices
        assert not np.isin(mixed.indices[~kept], batch.indices).any()
        np.testing.assert_array_equal(mixed.scores, np.where(kept, batch.scores, 0))
        replaced.append(np.mean(~kept))
    np.testing.assert_allclose(np.mean(replaced), 0.2, atol=0.01)
    np.testing.assert_array_equal(batch.indices, np.arange(999, 899, -1))  # unchanged


def test_epsilon_greedy_at_its_ends() -> None:
    batch = top_k(np.arange(10.0), 4)
    np.testing.assert_array_equal(epsilon_greedy(batch, 10, 0, rng=rng()).indices, batch.indices)
    assert set(epsilon_greedy(batch, 10, 1, rng=rng()).indices.tolist()) <= set(range(6))
    whole = top_k(np.arange(10.0), 10)
    np.testing.assert_array_equal(epsilon_greedy(whole, 10, 1, rng=rng()).indices, whole.indices)
    most = epsilon_greedy(top_k(np.arange(10.0), 8), 10, 1, rng=rng()).indices
    assert set(most[:2].tolist()) == {0, 1} and most[2:].tolist() == [7, 6, 5, 4, 3, 2]


def plain_density(features: np.ndarray, others: np.ndarray) -> np.ndarray:
    return (1 / (1 + cdist(features, others))).mean(axis=1)


def test_density_is_the_mean_similarity() -> None:
    features, scores = rng().normal(size=(300, 4)) + 100, rng(1).random(300)
    density = plain_density(features, features)
    np.testing.assert_allclose(density_weight(scores, features), scores * density, rtol=1e-6)
    np.testing.assert_allclose(density_weight(scores, features, 2.5), scores * density**2.5, rtol=1e-6)
    np.testing.assert_array_equal(density_weight(scores, features, 0), scores)
    line = np.array([[0.0], [1.0], [3.0]])
    expected = np.array([1 + 1 / 2 + 1 / 4, 1 / 2 + 1 + 1 / 3, 1 / 4 + 1 / 3 + 1]) / 3
    np.testing.assert_allclose(density_weight(np.ones(3), line), expected)
    np.testing.assert_allclose(density_weight(np.ones(5), np.full((5, 2), 7.0)), np.ones(5))


def test_density_turns_away_from_an_outlier() -> None:
    features = np.concatenate([rng().normal(size=(50, 2)), [[40.0, 40.0]]])
    scores = np.append(np.full(50, 0.8), 1.0)
    assert top_k(scores, 1).indices[0] == 50
    assert top_k(density_weight(scores, features), 51).indices[-1] == 50


def test_density_of_a_large_pool_is_over_a_fixed_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    features, scores = rng().normal(size=(6000, 3)), np.ones(6000)
    sampled = density_weight(scores, features)
    np.testing.assert_array_equal(sampled, density_weight(scores, features))
    np.testing.assert_allclose(sampled, plain_density(features, features), rtol=0.05)
    others = features[candidate_subsample(6000, 50, rng=rng(5))]
    np.testing.assert_allclose(
        density_weight(scores, features, rng=rng(5), sample=50), plain_density(features, others), rtol=1e-6
    )
    monkeypatch.setattr("alcore.strategies.remedies.WHOLE_POOL", 6000)
    whole = density_weight(scores, features)
    np.testing.assert_allclose(whole, plain_density(features, features), rtol=1e-6)
    np.testing.assert_array_equal(whole, density_weight(scores, features, rng=rng(5), sample=50))


@pytest.mark.parametrize("n", [400, 5200])
def test_density_agrees_on_torch(n) -> None:
    features = rng().normal(size=(n, 5)).astype(np.float32)
    scores = rng(1).random(n).astype(np.float32)
    before = features.copy(), scores.copy()
    ours = density_weight(scores, features)
    theirs = density_weight(torch.from_numpy(scores), torch.from_numpy(features))
    assert isinstance(theirs, torch.Tensor) and ours.dtype == np.float32
    np.testing.assert_allclose(theirs.numpy(), ours, atol=1e-5)
    np.testing.assert_allclose(density_weight(scores, torch.from_numpy(features)), ours, atol=1e-5)
    np.testing.assert_array_equal(features, before[0])
    np.testing.assert_array_equal(scores, before[1])


def labelled_logits(temperature: float, n: int = 3000, classes: int = 4, seed: int = 0):
    generator = rng(seed)
    logits = 2 * generator.normal(size=(n, classes))
    noise = generator.gumbel(size=(n, classes))
    return logits * temperature, np.argmax(logits + noise, axis=1)


@pytest.mark.parametrize("temperature", [0.2, 1.0, 3.0, 30.0])
def test_temperature_is_the_minimum_that_scipy_and_torch_find(temperature) -> None:
    logits, labels = labelled_logits(temperature)

    def loss(log_t: float) -> float:
        return -log_softmax(logits / np.exp(log_t), axis=1)[np.arange(len(labels)), labels].mean()

    found = fit_temperature(logits, labels)
    by_scipy = minimize_scalar(loss, bounds=(-4.6, 4.6), method="bounded", options={"xatol": 1e-10})
    np.testing.assert_allclose(found, np.exp(by_scipy.x), rtol=1e-5)
    np.testing.assert_allclose(found, temperature, rtol=0.1)

    log_t = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS(
        [log_t], max_iter=100, tolerance_grad=1e-14, tolerance_change=1e-16, line_search_fn="strong_wolfe"
    )

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        scaled = torch.from_numpy(logits) / log_t.exp()
        value = torch.nn.functional.cross_entropy(scaled, torch.from_numpy(labels))
        value.backward()
        return value

    optimiser.step(closure)
    np.testing.assert_allclose(found, float(log_t.detach().exp()), rtol=1e-5)
    on_torch = fit_temperature(torch.from_numpy(logits), torch.from_numpy(labels))
    np.testing.assert_allclose(on_torch, found, rtol=1e-9)


def test_temperature_in_closed_form() -> None:
    # Logits (g, 0), the first class right in a share q: softmax says q where g / T = ln(q / (1 - q)).
    logits, labels = np.tile([[3.0, 0.0]], (10, 1)), np.array([0] * 8 + [1] * 2)
    np.testing.assert_allclose(fit_temperature(logits, labels), 3 / np.log(4), rtol=1e-9)
    shifted = logits + rng().normal(size=(10, 1))
    np.testing.assert_allclose(fit_temperature(shifted, labels), 3 / np.log(4), rtol=1e-9)


def test_temperature_at_its_ends() -> None:
    logits, labels = labelled_logits(1.0, n=50)
    assert fit_temperature(np.eye(3), np.arange(3)) == 0.01
    assert fit_temperature(np.eye(3)[:, [1, 2, 0]], np.arange(3)) == 100
    assert fit_temperature(np.full((4, 3), 0.1), np.array([0, 1, 2, 2])) == 1
    assert fit_temperature(np.zeros((2, 1)), np.zeros(2, int)) == 1
    huge = fit_temperature(logits.astype(np.float32) * 1e4, labels)
    assert huge == 100


def test_diverse_seed_takes_one_of_each_cluster() -> None:
    centres = 20 * np.eye(5)
    features = np.repeat(centres, 40, axis=0) + rng().normal(size=(200, 5))
    seeds = diverse_seed(features, 5, rng=rng(1))
    assert sorted((seeds // 40).tolist()) == [0, 1, 2, 3, 4]
    for row in seeds:
        members = features[row // 40 * 40 :][:40]
        nearest = np.argmin(((members - members.mean(axis=0)) ** 2).sum(axis=1))
        assert row % 40 == nearest
    np.testing.assert_array_equal(seeds, diverse_seed(torch.from_numpy(features), 5, rng=rng(1)))


def test_diverse_seed_of_copies_and_of_the_whole_pool() -> None:
    features = np.repeat(rng().normal(size=(4, 2)), 25, axis=0)
    four = diverse_seed(features, 4, rng=rng())
    assert sorted((four // 25).tolist()) == [0, 1, 2, 3]
    for k in (7, 60, 99):
        seeds = diverse_seed(features, k, rng=rng())
        assert len(np.unique(seeds)) == k
        assert len(np.unique(features[seeds], axis=0)) == 4
    for k in (100, 500):
        assert sorted(diverse_seed(features, k, rng=rng()).tolist()) == list(range(100))
    assert sorted(diverse_seed(np.ones((6, 3), np.float32), 3, rng=rng()).tolist()) == [0, 1, 2]
    assert diverse_seed(np.ones((1, 3)), 1, rng=rng()).tolist() == [0]


def test_candidate_subsample() -> None:
    rows = candidate_subsample(1_000_000, 100, rng=rng(1))
    assert len(rows) == 100 and (np.diff(rows) > 0).all() and rows[0] >= 0 and rows[-1] < 1_000_000
    np.testing.assert_array_equal(rows, candidate_subsample(1_000_000, 100, rng=rng(1)))
    np.testing.assert_array_equal(candidate_subsample(5, 9, rng=rng()), np.arange(5))


PAIR = Batch(np.array([0, 1]), np.array([1.0, 0.5]))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: epsilon_greedy(PAIR, 5, 1.5, rng=rng()), "epsilon"),
        (lambda: epsilon_greedy(PAIR, 1, 0.5, rng=rng()), "rows from 0 to 0"),
        (lambda: epsilon_greedy(Batch(np.array([1, 1]), np.zeros(2)), 5, 0.5, rng=rng()), "distinct"),
        (lambda: density_weight(np.zeros(3), np.zeros((2, 2))), "one row a point"),
        (lambda: density_weight(np.array([np.nan]), np.zeros((1, 2))), "position 0"),
        (lambda: density_weight(np.zeros(2), np.zeros((2, 2)), -1), "beta"),
        (lambda: density_weight(np.zeros(2), np.zeros((2, 2)), sample=0), "sample"),
        (lambda: fit_temperature(np.empty((0, 3)), np.array([], int)), "logits_N_C"),
        (lambda: fit_temperature(np.array([[np.inf, 0]]), np.array([0])), "finite"),
        (lambda: fit_temperature(np.zeros((2, 3)), np.array([0])), "labels_N"),
        (lambda: fit_temperature(np.zeros((2, 3)), np.array([0.0, 1.0])), "whole numbers"),
        (lambda: fit_temperature(np.zeros((2, 3)), np.array([0, 3])), "from 0 to 2"),
        (lambda: diverse_seed(np.empty((0, 2)), 1, rng=rng()), "features_N_D"),
        (lambda: diverse_seed(np.zeros((2, 2)), 0, rng=rng()), "k must be"),
        (lambda: candidate_subsample(0, 1, rng=rng()), "N and size"),
        (lambda: candidate_subsample(1, 0, rng=rng()), "N and size"),
    ],
)
def test_bad_input_is_named(call, said) -> None:
    with pytest.raises(ValueError, match=said):
        call()
