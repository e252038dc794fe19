"""Intervals of bounded values: never outside the range, the paired t test's decisions, and their coverage."""

from __future__ import annotations

from math import inf
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import logit

from alcore.report.bounded import bounded_band, bounded_interval, difference_band, difference_interval
from alcore.report.intervals import Interval, mean_band, mean_interval
from alcore.report.statistics.bootstrap import bootstrap_weights, geometric_interval, improvement_interval, iqm_interval

# Shares of a test set of 40, its ends among them, and any other number in the range.
shares = st.lists(st.one_of(st.integers(0, 40).map(lambda hits: hits / 40), st.floats(0, 1)), min_size=2, max_size=20)
levels = st.sampled_from([0.5, 0.95, 1 - 0.05 / 17])


@given(shares, levels)
def test_an_interval_of_a_share_is_a_range_of_shares_around_its_mean(values: list[float], level: float) -> None:
    found = bounded_interval(values, level=level)
    assert 0 <= found.low <= found.estimate <= found.high <= 1
    assert found.estimate == np.mean(values)


@given(shares, levels)
def test_an_interval_of_a_difference_of_shares_is_one(values: list[float], level: float) -> None:
    found = difference_interval(2 * np.array(values) - 1, level)
    assert -1 <= found.low <= found.estimate <= found.high <= 1


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=20), levels)
def test_an_interval_of_a_loss_is_not_below_zero(values: list[float], level: float) -> None:
    found = bounded_interval(values, 0, inf, level)
    assert 0 <= found.low <= found.estimate <= found.high < inf


@given(st.lists(st.integers(1, 18), min_size=2, max_size=20))
def test_an_interval_of_a_mean_rank_holds_ranks_only(ranks: list[int]) -> None:
    found = bounded_interval(ranks, 1, 18)
    assert 1 <= found.low <= found.estimate <= found.high <= 18


def test_high_and_scattered_accuracies() -> None:
    """Student's interval of these ends at 103.7 %."""
    values = [1.0, 0.78, 1.0, 0.92, 0.925]
    assert mean_interval(values).high == pytest.approx(1.0366, abs=1e-4)
    found = bounded_interval(values)
    assert (found.low, found.high) == pytest.approx((0.7118, 0.9840), abs=1e-4)


def test_the_interval_is_student_s_on_the_logit_scale_and_on_the_log_scale() -> None:
    values = np.random.default_rng(0).beta(30, 4, size=(9, 5))
    mean, low, high = bounded_band(values)
    reach = stats.t.ppf(0.975, 8) * stats.sem(values, axis=0) / (mean * (1 - mean))
    np.testing.assert_allclose(mean, values.mean(axis=0))
    np.testing.assert_allclose(logit(high) - logit(mean), reach)
    np.testing.assert_allclose(logit(mean) - logit(low), reach)
    scaled = bounded_band(3 + 7 * values, 3, 10)
    np.testing.assert_allclose(scaled, [3 + 7 * mean, 3 + 7 * low, 3 + 7 * high])
    mean, low, high = bounded_band(values, 0, inf)
    reach = stats.t.ppf(0.975, 8) * stats.sem(values, axis=0) / mean
    np.testing.assert_allclose(np.log([high, low]) - np.log(mean), [reach, -reach])


@pytest.mark.parametrize("value", [0.0, 0.25, 1.0])
def test_values_that_are_all_equal_have_an_interval_without_width(value: float) -> None:
    assert bounded_interval([value] * 4) == Interval(value, value, value)
    assert difference_interval([value] * 4) == Interval(value, value, value)
    assert difference_interval([-value] * 4) == Interval(-value, -value, -value)


def test_values_at_the_ends_of_the_range_are_values_like_others() -> None:
    found = bounded_interval([1, 1, 1, 0])
    assert 0 < found.low < 0.1 and 0.99 < found.high < 1
    turned = bounded_interval([0, 0, 0, 1])
    assert (turned.low, turned.high) == pytest.approx((1 - found.high, 1 - found.low))


def test_one_seed_bounds_nothing_and_a_hole_stays_one() -> None:
    assert bounded_interval([0.3]) == difference_interval([0.3]) == Interval(0.3, -inf, inf)
    for band in (bounded_band, difference_band):
        mean, low, high = band([[np.nan, 0.2], [0.1, 0.3]])
        assert np.isnan([mean[0], low[0], high[0]]).all() and low[1] < 0.25 < high[1]


def test_what_is_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match=r"must lie in \[0, 1\], got 0.5 to 1.2"):
        bounded_interval([0.5, 1.2])
    with pytest.raises(ValueError, match=r"must lie in \[-1, 1\], got -1.2 to 0.5"):
        difference_interval([0.5, -1.2])
    with pytest.raises(ValueError, match="two different ends"):
        bounded_interval([1.0, 1.0], 1, 1)
    with pytest.raises(ValueError, match="0 seeds"):
        bounded_interval([])
    # An area under a curve of ones can be above 1 by the rounding of its sum.
    assert bounded_interval([1 + 4e-16, 1]) == Interval(1, 1, 1)


@given(st.integers(1, 3), st.integers(2, 8), st.randoms(use_true_random=False))
def test_bootstrap_intervals_stay_in_the_range_of_what_they_are_of(tasks: int, runs: int, random: Random) -> None:
    rng = np.random.default_rng(random.getrandbits(32))
    one, other = rng.integers(0, 9, size=(2, tasks, runs)) / 8
    counts = bootstrap_weights(tasks, runs, rng=rng, draws=50)
    for found, least, most in (
        (improvement_interval(one, other, counts), 0, 1),
        (iqm_interval(one - other, counts), -1, 1),
        (geometric_interval((one + 0.5) / (other + 0.5), counts), 0, inf),
    ):
        assert least <= found.low <= found.estimate <= found.high <= most


@pytest.mark.parametrize("seeds", [5, 8, 12, 20])
@pytest.mark.parametrize("scatter", [0.005, 0.01, 0.02, 0.03, 0.04])
def test_coverage_of_accuracies_near_95_percent(seeds: int, scatter: float) -> None:
    """Beta-distributed accuracies with mean .95, up to a spread at which a tenth of them lies above .99."""
    truth = 0.95
    size = truth * (1 - truth) / scatter**2 - 1
    values = np.random.default_rng(seeds).beta(truth * size, (1 - truth) * size, size=(seeds, 10_000))
    _, low, high = bounded_band(values)
    assert 0.92 < np.mean((low <= truth) & (truth <= high)) < 0.98
    assert low.min() > 0 and high.max() < 1


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=12), levels)
def test_a_difference_is_told_from_none_just_where_the_paired_t_test_tells_it(
    values: list[float], level: float
) -> None:
    plain = mean_interval(values, level)
    assume(plain.low != 0 and plain.high != 0)
    assert difference_interval(values, level).excludes(0) == plain.excludes(0)


def test_a_null_difference_is_claimed_five_times_in_a_hundred() -> None:
    values = np.random.default_rng(7).normal(0, 0.02, size=(10, 20_000))
    _, low, high = difference_band(values)
    assert np.mean((low > 0) | (high < 0)) == pytest.approx(0.05, abs=0.006)


@pytest.mark.parametrize("shift", [-0.6, -0.1, 0.0, 0.03, 0.5])
def test_the_ends_of_a_difference_are_the_means_that_are_just_not_contradicted(shift: float) -> None:
    values = np.clip(np.random.default_rng(3).normal(shift, 0.2, size=(8, 50)), -1, 1)
    mean, low, high = difference_band(values)
    reach = mean_band(values)[2] - mean
    for end in (low, high):
        beyond = np.abs(end) > np.abs(mean)
        scale = np.where(beyond, np.sqrt((1 - end**2) / (1 - mean**2)), 1)
        np.testing.assert_allclose(np.abs(end - mean), reach * scale)
