"""Accuracy from audit labels: closed forms, enumeration of all samples, and coverage in simulations."""

from fractions import Fraction
from itertools import permutations
from math import inf, sqrt

import numpy as np
import pytest
from scipy.stats import binomtest, norm

from alcore.projects.audit import (
    confidence_sequence,
    lure,
    more_labels,
    post_stratified,
    strata,
    wilson,
)


@pytest.mark.parametrize(("right", "n"), [(0, 20), (20, 20), (13, 17), (1, 400)])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_wilson_is_that_of_scipy(right: int, n: int, level: float) -> None:
    expected = binomtest(right, n).proportion_ci(level, method="wilson")
    assert wilson(right / n, n, level) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_keeps_its_range_and_holds_the_share() -> None:
    for share in (0.0, 1e-9, 0.5, 1 - 1e-9, 1.0):
        low, high = wilson(share, 7.5)
        assert 0 <= low <= share <= high <= 1
    assert wilson(0.4, inf) == (0.4, 0.4)
    with pytest.raises(ValueError, match=r"share must lie in \[0, 1\]"):
        wilson(1.2, 5)
    with pytest.raises(ValueError, match="level must be between 0 and 1"):
        wilson(0.5, 5, 1.0)


def by_hand(correct: list[int], confidence: list[float], whole: list[float]) -> tuple[float, float]:
    """The estimate and its effective size, stratum by stratum in plain Python."""
    cuts = np.quantile(whole, [0.2, 0.4, 0.6, 0.8]).tolist()

    def of(value: float) -> int:
        return sum(value > cut for cut in cuts)

    groups = [[number] for number in range(5)]

    def held(group: list[int]) -> int:
        return sum(of(one) in group for one in confidence)

    at = 0
    while at < len(groups):  # the first that holds too few takes the next, the last joins the one before
        if held(groups[at]) >= 2 or len(groups) == 1:
            at += 1
        elif at + 1 < len(groups):
            groups[at : at + 2] = [groups[at] + groups[at + 1]]
        else:
            groups[at - 1 : at + 1] = [groups[at - 1] + groups[at]]
    value = variance = 0.0
    pooled = (sum(correct) + 1) / (len(correct) + 2)
    for group in groups:
        share = sum(of(one) in group for one in whole) / len(whole)
        answers = [right for right, one in zip(correct, confidence, strict=True) if of(one) in group]
        n, k = len(answers), sum(answers)
        q = (k + 2 * pooled) / (n + 2)
        value += share * k / n
        variance += share**2 * q * (1 - q) / n
    size = value * (1 - value) / variance if 0 < value < 1 else len(correct)
    size = min(max(size, 0.9 * len(correct)), 2 * len(correct))
    return value, size * (len(whole) - 1) / (len(whole) - len(correct))


@pytest.mark.parametrize("seed", range(30))
def test_post_stratified_is_the_formula_by_hand(seed: int) -> None:
    rng = np.random.default_rng(seed)
    reserve, audited = int(rng.integers(12, 80)), int(rng.integers(2, 11))
    whole = np.round(rng.beta(4, 1, size=reserve), 2)  # rounded: some are equal
    rows = rng.choice(reserve, audited, replace=False)
    correct = (rng.random(audited) < whole[rows]).astype(int)
    found = post_stratified(correct, whole[rows], whole)
    value, size = by_hand(correct.tolist(), whole[rows].tolist(), whole.tolist())
    assert found.value == pytest.approx(value)
    assert found.effective_n == pytest.approx(size)
    assert (found.low, found.high) == pytest.approx(wilson(min(value, 1), size))


def test_every_stratum_holds_two_audited_items_and_all_belong_to_one() -> None:
    rng = np.random.default_rng(0)
    for audited in (2, 3, 5, 40):
        whole = rng.random(200)
        parts = strata(whole[:audited], whole)
        assert np.sum([rows_N for rows_N, _ in parts], axis=0).tolist() == [1] * 200
        assert np.sum([rows_M for _, rows_M in parts], axis=0).tolist() == [1] * audited
        assert all(rows_M.sum() >= 2 for _, rows_M in parts)
    assert len(strata(whole[:40], whole)) == 5


def test_a_whole_reserve_gives_the_exact_share_and_one_item_is_refused() -> None:
    found = post_stratified([1, 0, 1, 1], [0.9, 0.5, 0.7, 0.8], [0.9, 0.5, 0.7, 0.8])
    assert (found.value, found.low, found.high, found.effective_n) == (0.75, 0.75, 0.75, inf)
    with pytest.raises(ValueError, match="needs 2 audited items"):
        post_stratified([1], [0.9], [0.9, 0.5])
    with pytest.raises(ValueError, match="must hold the audited items"):
        post_stratified([1, 0, 1], [0.9, 0.5, 0.1], [0.9, 0.5])
    with pytest.raises(ValueError, match="must be finite"):
        post_stratified([1, 0], [0.9, np.nan], [0.9, 0.5, 0.3])
    with pytest.raises(ValueError, match="true or false"):
        post_stratified([1, 2], [0.9, 0.5], [0.9, 0.5, 0.3])


@pytest.mark.parametrize("finite", [True, False])
@pytest.mark.parametrize("telling", [True, False])  # confidences that tell errors, and useless ones
def test_the_interval_covers_its_accuracy_and_is_no_wider_than_that_of_the_plain_sample(
    finite: bool, telling: bool
) -> None:
    rng = np.random.default_rng(1)
    covered, repeats, widths, plain = 0, 800, 0.0, 0.0
    for _ in range(repeats):
        truth = rng.beta(5, 1, size=300)
        right = rng.random(300) < truth
        confidence = truth if telling else rng.random(300)
        found = post_stratified(right[:100], confidence[:100], confidence, finite=finite)
        covered += found.low <= (right.mean() if finite else 5 / 6) <= found.high
        low, high = wilson(right[:100].mean(), 100)
        widths, plain = widths + found.high - found.low, plain + high - low
    assert covered / repeats >= 0.95 - 2.6 * sqrt(0.95 * 0.05 / repeats)
    assert widths <= 1.05 * plain


def test_without_a_finite_reserve_the_interval_is_that_of_new_items() -> None:
    right, confidence = [1, 0, 1, 1], [0.9, 0.5, 0.7, 0.8]
    found = post_stratified(right, confidence, confidence, finite=False)
    assert found.value == 0.75
    assert found.low < 0.75 < found.high


def test_lure_is_unbiased_over_all_orders() -> None:
    losses = [Fraction(1), Fraction(0), Fraction(1, 2), Fraction(3, 4)]
    weights = [Fraction(4), Fraction(1), Fraction(2), Fraction(3)]
    for picks in (1, 2, 3, 4):
        expectation = Fraction(0)
        for order in permutations(range(4), picks):
            chance, q, left = Fraction(1), [], sum(weights)
            for item in order:
                q.append(weights[item] / left)
                chance *= q[-1]
                left -= weights[item]
            found = lure([float(losses[item]) for item in order], [float(one) for one in q], 4)
            expectation += chance * Fraction(found).limit_denominator(10**9)
        assert float(expectation) == pytest.approx(float(sum(losses)) / 4, abs=1e-8)


def test_lure_of_uniform_picks_is_the_mean_and_bad_input_a_sentence() -> None:
    q = 1 / (10 - np.arange(4))
    assert lure([1, 0, 0, 1], q, 10) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="probabilities must be above 0"):
        lure([1.0], [0.0], 3)
    with pytest.raises(ValueError, match="1 to N of them"):
        lure([1.0, 0.0], [0.5, 0.5], 1)


def test_a_confidence_sequence_holds_at_all_looks_together() -> None:
    rng = np.random.default_rng(2)
    for share in (0.7, 0.97):
        left_out = 0
        for _ in range(200):
            low_M, high_M = confidence_sequence(rng.random(120) < share)
            left_out += bool((low_M > share).any() or (high_M < share).any())
        assert left_out / 200 <= 0.05 + 2 * sqrt(0.05 * 0.95 / 200)
    assert (np.diff(low_M) >= 0).all() and (np.diff(high_M) <= 0).all()
    assert low_M[0] >= 0 and high_M[0] <= 1


def test_a_confidence_sequence_of_equal_observations_solves_its_equation() -> None:
    low_M, high_M = confidence_sequence([1] * 50)
    assert (high_M == 1).all()
    # B(n + 1/2, 1/2) / B(1/2, 1/2) = C(2n, n) / 4^n, so the end is the n-th root of .05 C(2n, n) / 4^n.
    product = np.cumprod([(2 * i - 1) / (2 * i) for i in range(1, 51)])
    assert low_M == pytest.approx(np.maximum.accumulate((0.05 * product) ** (1 / np.arange(1, 51))), abs=1e-9)


def test_more_labels_reach_the_wanted_width() -> None:
    rng = np.random.default_rng(3)
    confidence = rng.random(2000)
    right = rng.random(100) < 0.9
    found = post_stratified(right, confidence[:100], confidence)
    more = more_labels(found, 100, 0.03)
    worth = found.effective_n / 100
    z = norm.isf(0.025)
    width = np.subtract(*wilson(found.value, (100 + more) * worth)[::-1]) / 2
    assert width <= 0.03
    assert np.subtract(*wilson(found.value, (100 + more - 1) * worth)[::-1]) / 2 > 0.03
    # The normal approximation is near.
    assert more == pytest.approx(z**2 * found.value * (1 - found.value) / (0.03**2 * worth) - 100, rel=0.25)
    assert more_labels(found, 100, 0.4) == 0
    with pytest.raises(ValueError, match="half_width"):
        more_labels(found, 100, 0)
