"""BatchBALD against enumeration of every joint outcome of the labels."""

import sys
from itertools import combinations, product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from alcore.strategies.batchbald import batchbald, thinned
from alcore.strategies.bayesian import bald
from alcore.strategies.selection import top_k


def random_probs(n: int, samples: int, classes: int, seed: int = 0, spread: float = 0.5) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.full(classes, spread), size=(n, samples))


def functions(n: int, samples: int, classes: int, seed: int = 0, scale: float = 1.0) -> np.ndarray:
    """Softmax regressions drawn around one another, over points in five dimensions."""
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=(n, 5)), rng.normal(size=(classes, 5))
    logits = np.einsum("nd,kcd->nkc", x, w + scale * rng.normal(size=(samples, classes, 5)))
    odds = np.exp(logits - logits.max(axis=2, keepdims=True))
    return odds / odds.sum(axis=2, keepdims=True)


def joint_information(probs_B_K_C: np.ndarray) -> float:
    """I(labels; sample) by walking through all C^b outcomes."""
    picks, samples, classes = probs_B_K_C.shape
    total, within = 0.0, 0.0
    for outcome in product(range(classes), repeat=picks):
        given_sample = np.prod([probs_B_K_C[i, :, y] for i, y in enumerate(outcome)], axis=0)
        p = given_sample.mean()
        total -= p * np.log(p) if p > 0 else 0.0
        positive = given_sample[given_sample > 0]
        within -= np.sum(positive * np.log(positive)) / samples
    return total - within


def plain_batchbald(probs: np.ndarray, k: int) -> list[int]:
    picks: list[int] = []
    for _ in range(k):
        left = [row for row in range(len(probs)) if row not in picks]
        values = [joint_information(probs[[*picks, row]]) for row in left]
        picks.append(left[int(np.argmax(np.array(values) >= max(values) - 1e-10))])
    return picks


def choose(probs, k, seed=0, **limits):
    return batchbald(probs, k, rng=np.random.default_rng(seed), **limits)


def test_a_pool_converted_at_once_or_row_by_row_gives_one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    for dtype in (np.float32, np.float64):
        probs = functions(300, 10, 4).astype(dtype)
        at_once = choose(probs, 6)
        with monkeypatch.context() as small:
            small.setattr(sys.modules["alcore.strategies.batchbald"], "SMALL", 0)
            by_rows = choose(probs, 6)
        assert by_rows.indices.tolist() == at_once.indices.tolist()
        np.testing.assert_array_equal(by_rows.scores, at_once.scores)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("make", [random_probs, functions])
def test_picks_and_scores_are_those_of_enumeration(seed, make) -> None:
    probs = make(12, 6, 3, seed)
    batch = choose(probs, 5)
    assert batch.exact == (True,) * 5
    assert batch.indices.tolist() == plain_batchbald(probs, 5)
    expected = [joint_information(probs[batch.indices[: b + 1]]) for b in range(5)]
    np.testing.assert_allclose(batch.scores, expected, atol=1e-9)


def test_greedy_is_close_to_the_best_batch() -> None:
    for seed in range(5):
        probs = random_probs(9, 5, 2, seed)
        best = max(joint_information(probs[list(rows)]) for rows in combinations(range(9), 3))
        assert (1 - np.exp(-1)) * best <= choose(probs, 3).scores[-1] <= best + 1e-10


def test_bounds_pass_over_no_winner(monkeypatch) -> None:
    """Merging, blocks and stale bounds at sizes where all of them are at work."""
    module = sys.modules["alcore.strategies.batchbald"]  # the package's batchbald is the function
    monkeypatch.setattr(module, "COARSE", (4, 16))
    monkeypatch.setattr(module, "OUTCOMES_AT_A_TIME", 500)
    for seed in range(4):
        probs = functions(60, 8, 3, seed)
        batch = choose(probs, 5)
        assert batch.indices.tolist() == plain_batchbald(probs, 5)


@pytest.mark.parametrize("sampled", [False, True])
@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), classes=st.integers(2, 4), samples=st.integers(1, 6))
def test_scores_never_fall_and_are_at_most_the_sum(sampled, seed, classes, samples) -> None:
    probs = random_probs(10, samples, classes, seed)
    batch = choose(probs, 10, seed, **({"num_samples": 20, "budget": 1} if sampled else {}))
    assert sorted(batch.indices.tolist()) == list(range(10))
    assert (np.diff(batch.scores, prepend=0.0) >= 0).all()
    assert (batch.scores <= np.cumsum(bald(probs)[batch.indices]) + 1e-9).all()
    if not sampled:
        assert batch.scores[-1] <= np.log(samples) + 1e-9


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_order_of_points_samples_and_classes_does_not_matter(seed: int) -> None:
    probs = random_probs(15, 5, 3, seed)
    rng = np.random.default_rng(seed)
    points, members, labels = (rng.permutation(size) for size in probs.shape)
    batch, shuffled = choose(probs, 4), choose(probs[points][:, members][:, :, labels], 4)
    assert points[shuffled.indices].tolist() == batch.indices.tolist()
    np.testing.assert_allclose(shuffled.scores, batch.scores, atol=1e-9)


def test_top_k_picks_both_copies_and_batchbald_one() -> None:
    # Each function is nearly sure of every label, so that a copy has next to nothing to add.
    originals = functions(20, 30, 3, seed=1, scale=5.0)
    probs = np.concatenate([originals, originals])
    assert len(np.unique(top_k(bald(probs), 6).indices % 20)) == 3
    batch = choose(probs, 6)
    assert len(np.unique(batch.indices % 20)) == 6
    assert (batch.indices < 20).all()  # of two copies the lower index


@pytest.mark.parametrize("num_samples", [200, 1000])
def test_sampled_scores_are_within_the_stated_error(num_samples) -> None:
    for make, scale in ((functions, 0.5), (functions, 1.5), (random_probs, 0.5)):
        probs = make(60, 20, 4, 3, scale)
        error = np.log(4) / (2 * np.sqrt(num_samples))
        for seed in range(5):
            batch = choose(probs, 7, seed, num_samples=num_samples, budget=1)
            assert batch.exact[0] and not batch.exact[-1]
            truth = choose(probs[batch.indices], 7, num_samples=1, budget=10**7)
            assert all(truth.exact)
            # Errors of the picks add up; three of them lie outside what one standard error promises.
            assert abs(batch.scores[-1] - truth.scores[-1]) < 3 * error
            best = choose(probs, 7, budget=10**7)
            assert truth.scores[-1] > best.scores[-1] - 3 * error


def test_exact_until_the_budget_and_says_so() -> None:
    probs = random_probs(30, 10, 3)
    assert choose(probs, 6, num_samples=1, budget=10 * 3**4).exact == (True,) * 4 + (False,) * 2
    assert choose(probs, 6, num_samples=1, budget=10 * 3**4 - 1).exact == (True,) * 3 + (False,) * 3
    # As many outcomes as sampling would keep are all kept.
    assert choose(probs, 6, num_samples=3**3, budget=1).exact == (True,) * 4 + (False,) * 2
    # Outcomes of probability zero cost nothing.
    assert all(choose(np.eye(3)[np.random.default_rng(0).integers(3, size=(30, 5))], 12, budget=1).exact)


def test_exact_draws_nothing_and_sampling_is_seeded() -> None:
    probs = functions(50, 10, 3)
    rng = np.random.default_rng(1)
    batchbald(probs, 4, rng=rng)
    assert rng.random() == np.random.default_rng(1).random()
    first, again = (choose(probs, 9, 2, num_samples=50, budget=1) for _ in range(2))
    np.testing.assert_array_equal(first.indices, again.indices)
    np.testing.assert_array_equal(first.scores, again.scores)


def test_thinning_keeps_the_likely_and_is_right_on_average() -> None:
    rng = np.random.default_rng(3)
    weights = rng.dirichlet(np.full(200, 0.3))
    means = np.zeros(200)
    for _ in range(3000):
        rows, kept = thinned(weights, 40, rng)
        assert len(rows) <= 41 and (np.diff(rows) > 0).all()
        np.testing.assert_allclose(kept.sum(), 1, atol=0.02)
        means[rows] += kept / 3000
    np.testing.assert_allclose(means, weights, atol=0.002)
    largest = np.argsort(-weights)[:10]
    np.testing.assert_allclose(means[largest], weights[largest], rtol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("budget", [1_000_000, 1])
def test_certain_single_lone_and_identical_points(dtype, budget) -> None:
    limits = {"budget": budget, "num_samples": 8}
    certain = np.broadcast_to(np.eye(4, dtype=dtype)[:, None], (4, 3, 4))
    assert choose(certain, 9, **limits).indices.tolist() == [0, 1, 2, 3]
    np.testing.assert_array_equal(choose(np.ones((3, 2, 1), dtype), 3, **limits).scores, np.zeros(3))
    lone = choose(random_probs(1, 5, 3).astype(dtype), 3, **limits)
    np.testing.assert_allclose(lone.scores, bald(random_probs(1, 5, 3)), atol=1e-6)
    same = np.broadcast_to(random_probs(1, 5, 3).astype(dtype), (7, 5, 3))
    batch = choose(same, 7, **limits)
    assert batch.indices.tolist()[:2] == [0, 1]
    assert sorted(batch.indices.tolist()) == list(range(7)) and np.isfinite(batch.scores).all()
    torn = np.broadcast_to(np.eye(2, dtype=dtype), (5, 2, 2))
    np.testing.assert_allclose(choose(torn, 5, **limits).scores, np.full(5, np.log(2)))


def test_vanishing_probabilities_and_many_picks() -> None:
    probs = functions(40, 6, 3, scale=60.0)
    assert 0 < probs[probs > 0].min() < 1e-60
    batch = choose(probs.astype(np.float32), 40)
    assert sorted(batch.indices.tolist()) == list(range(40))
    assert batch.scores[-1] <= np.log(6) + 1e-6


def test_numpy_and_torch_agree_and_nothing_is_changed() -> None:
    probs = functions(300, 20, 5).astype(np.float32)
    before = probs.copy()
    for limits in ({}, {"budget": 1, "num_samples": 100}):
        ours, theirs = choose(probs, 7, **limits), choose(torch.from_numpy(probs), 7, **limits)
        np.testing.assert_array_equal(ours.indices, theirs.indices)
        np.testing.assert_allclose(ours.scores, theirs.scores, atol=1e-5)
        assert ours.exact == theirs.exact
    np.testing.assert_array_equal(probs, before)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: choose(np.empty((0, 2, 3)), 1), "not empty"),
        (lambda: choose(np.full((2, 2), 0.5), 1), "points x samples x classes"),
        (lambda: choose(np.array([[[0.5, 0.6]]]), 1), "point 0, sample 0"),
        (lambda: choose(random_probs(2, 2, 2), 0), "k must be"),
        (lambda: choose(random_probs(2, 2, 2), 1, num_samples=0), "num_samples"),
        (lambda: choose(random_probs(2, 2, 2), 1, budget=0), "budget"),
    ],
)
def test_bad_input_is_named(call, said) -> None:
    with pytest.raises(ValueError, match=said):
        call()
