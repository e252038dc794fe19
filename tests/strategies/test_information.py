"""The information of a given batch against enumeration of every joint outcome of its labels."""

from itertools import product

import numpy as np
import pytest

from alcore.strategies.batchbald import batchbald
from alcore.strategies.bayesian import bald
from alcore.strategies.information import batch_information, information_of_prefixes


def committee(picks: int, members: int, classes: int, seed: int = 0) -> np.ndarray:
    """Logistic regressions drawn around one another, over points in the plane: picks depend on each other."""
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=(picks, 2)), rng.normal(size=(members, classes, 2))
    logits = np.einsum("nd,kcd->nkc", x, 2 * w)
    odds = np.exp(logits - logits.max(axis=2, keepdims=True))
    return odds / odds.sum(axis=2, keepdims=True)


def enumerated(probs_B_K_C: np.ndarray) -> float:
    """H[labels] - E H[labels | member], outcome by outcome."""
    picks, members, classes = probs_B_K_C.shape
    total = within = 0.0
    for outcome in product(range(classes), repeat=picks):
        given = np.prod([probs_B_K_C[i, :, y] for i, y in enumerate(outcome)], axis=0)
        total -= given.mean() * np.log(given.mean())
        within -= np.mean(given * np.log(given))
    return total - within


def told(probs_B_K_C: np.ndarray, seed: int = 0, **limits):
    return batch_information(probs_B_K_C, rng=np.random.default_rng(seed), **limits)


@pytest.mark.parametrize(("picks", "members", "classes"), [(1, 2, 2), (3, 4, 3), (8, 5, 2), (5, 3, 4)])
def test_counting_is_enumeration(picks: int, members: int, classes: int) -> None:
    for seed in range(4):
        probs = committee(picks, members, classes, seed)
        found = told(probs)
        assert found.exact and found.error == 0
        assert found.joint == pytest.approx(enumerated(probs), abs=1e-10)
        assert found.sum_of_marginals == pytest.approx(float(bald(probs).sum()), abs=1e-12)
        assert found.redundancy == pytest.approx(found.sum_of_marginals - enumerated(probs), abs=1e-10)


@pytest.mark.parametrize(("picks", "classes"), [(10, 2), (6, 3)])
def test_drawing_agrees_with_enumeration_within_its_error(picks: int, classes: int) -> None:
    probs = committee(picks, 6, classes, seed=3)
    truth = enumerated(probs)
    found = [told(probs, seed, budget=1) for seed in range(30)]
    assert not any(one.exact for one in found)
    errors = np.array([one.joint - truth for one in found])
    assert np.all(np.abs(errors) < 4.5 * found[0].error)
    assert abs(errors.mean()) < 4.5 * found[0].error / np.sqrt(len(found))
    assert found[0].error < 0.02


def test_a_large_batch_stays_within_what_can_be_told() -> None:
    probs = committee(100, 20, 3, seed=1)
    found = told(probs)
    assert not found.exact
    assert 0 < found.joint <= np.log(20) < found.sum_of_marginals
    # More draws move it by no more than both errors allow.
    finer = told(probs, seed=1, draws=40_000)
    assert abs(found.joint - finer.joint) < 4.5 * (found.error + finer.error)


def test_it_is_the_score_that_batchbald_gives_its_own_batch() -> None:
    probs = committee(30, 5, 2, seed=2)
    batch = batchbald(probs, 6, rng=np.random.default_rng(0))
    assert told(probs[batch.indices]).joint == pytest.approx(float(batch.scores[-1]), abs=1e-9)


def test_copies_of_one_sure_point_tell_it_once() -> None:
    # Two members, sure of opposite labels: one answer tells all, ten copies tell no more.
    sure = np.array([[[1.0, 0.0], [0.0, 1.0]]])
    copies = told(np.repeat(sure, 10, axis=0))
    assert copies.joint == pytest.approx(np.log(2)) and copies.sum_of_marginals == pytest.approx(10 * np.log(2))
    assert told(np.repeat(sure, 40, axis=0)).joint == pytest.approx(np.log(2))


def test_independent_questions_repeat_nothing() -> None:
    # Four members told apart by two bits: each pick asks for one of them.
    bits = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
    found = told(np.stack([bits, 1 - bits], axis=2).astype(float))
    assert found.joint == pytest.approx(2 * np.log(2)) and found.redundancy == pytest.approx(0, abs=1e-12)


def test_wrong_input_is_named() -> None:
    probs = committee(3, 2, 2)
    with pytest.raises(ValueError, match="draws must be 1"):
        told(probs, draws=0)
    with pytest.raises(ValueError, match="budget must be 1"):
        told(probs, budget=0)
    with pytest.raises(ValueError, match="not empty"):
        told(probs[:0])
    with pytest.raises(ValueError, match="distribution"):
        told(probs * 2)
    before = probs.copy()
    told(probs)
    assert np.array_equal(before, probs)


def test_prefixes_are_counted_as_batches_of_their_own() -> None:
    probs = committee(8, 5, 2, seed=2)
    lengths = [1, 2, 5, 8]
    found_L = information_of_prefixes(probs, lengths, rng=np.random.default_rng(0))
    assert found_L == pytest.approx([enumerated(probs[:length]) for length in lengths], abs=1e-10)


def test_drawn_prefixes_agree_with_enumeration_within_their_error() -> None:
    probs = committee(10, 6, 2, seed=3)
    lengths = [2, 5, 9, 10]
    truth_L = np.array([enumerated(probs[:length]) for length in lengths])
    found_T_L = np.array(
        [information_of_prefixes(probs, lengths, rng=np.random.default_rng(t), budget=1) for t in range(30)]
    )
    error = told(probs, budget=1).error
    assert np.all(np.abs(found_T_L - truth_L) < 4.5 * error)
    assert np.all(np.abs(found_T_L.mean(axis=0) - truth_L) < 4.5 * error / np.sqrt(30))


def test_prefixes_beyond_the_budget_follow_counted_ones() -> None:
    probs = committee(12, 6, 2, seed=4)
    found_L = information_of_prefixes(probs, range(1, 13), rng=np.random.default_rng(0), budget=6 * 2**7)
    truth_L = [enumerated(probs[:length]) for length in range(1, 13)]
    assert found_L[:7] == pytest.approx(truth_L[:7], abs=1e-10)
    assert found_L[7:] == pytest.approx(truth_L[7:], abs=0.05)
    assert np.any(found_L[7:] != truth_L[7:])


@pytest.mark.parametrize("lengths", [[], [0, 1], [2, 2], [3, 1], [4]])
def test_lengths_of_prefixes_must_rise_within_the_batch(lengths: list[int]) -> None:
    with pytest.raises(ValueError, match="lengths must rise from 1 or more to 3 or fewer"):
        information_of_prefixes(committee(3, 2, 2), lengths, rng=np.random.default_rng(0))
