"""Intervals and corrections, against SciPy, against enumeration, and against simulation."""

from itertools import product
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from alcore.report.intervals import (
    Interval,
    holm_alphas,
    mean_band,
    mean_interval,
    p_value,
    signed_rank_interval,
)

samples = st.lists(st.floats(-1, 1), min_size=2, max_size=30).filter(lambda values: np.std(values) > 1e-6)
chances = st.lists(st.floats(0, 1), min_size=1, max_size=6)


@given(samples, samples, st.floats(0.5, 0.99))
def test_the_interval_of_paired_differences_is_that_of_scipy(
    one: list[float], other: list[float], level: float
) -> None:
    size = min(len(one), len(other))
    first, second = np.array(one[:size]), np.array(other[:size])
    if size < 2 or np.std(first - second) < 1e-6:
        return
    test = stats.ttest_rel(first, second)
    expected = test.confidence_interval(level)
    ours = mean_interval(first - second, level)
    np.testing.assert_allclose((ours.low, ours.high), expected, rtol=1e-7, atol=1e-10)
    assert p_value(first - second) == pytest.approx(test.pvalue, rel=1e-7, abs=1e-12)


def test_a_band_is_an_interval_a_column() -> None:
    values = np.random.default_rng(0).normal(size=(7, 3))
    mean, low, high = mean_band(values)
    for column in range(3):
        expected = mean_interval(values[:, column])
        assert (mean[column], low[column], high[column]) == pytest.approx(
            (expected.estimate, expected.low, expected.high)
        )


def test_one_seed_bounds_nothing() -> None:
    assert mean_interval([0.3]) == Interval(0.3, -inf, inf)
    assert p_value([0.3]) == 1
    with pytest.raises(ValueError, match="0 seeds"):
        mean_interval([])
    with pytest.raises(ValueError, match="level 95"):
        mean_interval([1, 2], 95)


def test_differences_that_never_vary() -> None:
    assert (p_value([0.0, 0.0, 0.0]), p_value([0.5, 0.5, 0.5])) == (1, 0)
    assert mean_interval([0.5, 0.5, 0.5]) == Interval(0.5, 0.5, 0.5)


def test_what_an_interval_excludes() -> None:
    assert Interval(2, 1.5, inf).excludes(1)
    assert Interval(0.5, 0, 0.9).excludes(1)
    assert not Interval(1.2, 1.0, 1.4).excludes(1)


def test_holm_on_the_cases_of_his_rule() -> None:
    """By hand: .01 <= .05/3, .02 <= .05/2, .04 <= .05; and .01, then .03 > .05/2 stops all that follow."""
    np.testing.assert_allclose(holm_alphas([0.04, 0.01, 0.02]), [0.05, 0.05 / 3, 0.05 / 2])
    np.testing.assert_allclose(holm_alphas([0.04, 0.01, 0.03]), [0.05 / 2, 0.05 / 3, 0.05 / 2])
    np.testing.assert_allclose(holm_alphas([0.02, 0.02, 0.02]), [0.05 / 3] * 3)
    assert holm_alphas([0.04]).tolist() == [0.05]


@given(chances)
def test_holm_rejects_what_the_closed_test_rejects(p_values: list[float]) -> None:
    """The closure of Bonferroni's tests: a comparison counts if every set that holds it has a small p."""
    members = range(len(p_values))
    sets = [[i for i in members if held[i]] for held in product((False, True), repeat=len(p_values)) if any(held)]
    closed = [
        all(min(p_values[j] for j in chosen) <= 0.05 / len(chosen) for chosen in sets if i in chosen) for i in members
    ]
    assert (np.array(p_values) <= holm_alphas(p_values)).tolist() == closed


@pytest.mark.parametrize("size", [6, 7, 10, 12])
def test_the_signed_rank_interval_is_what_the_signed_rank_test_does_not_reject(size: int) -> None:
    values = np.random.default_rng(size).normal(0.3, 1, size)
    ends = signed_rank_interval(values, values)
    assert ends is not None
    for end, inwards in zip(ends, (1, -1), strict=True):
        inside, outside = (stats.wilcoxon(values - end - step * inwards).pvalue for step in (1e-9, -1e-9))
        assert inside > 0.05 >= outside


def test_few_numbers_bound_no_middle() -> None:
    assert signed_rank_interval(np.arange(5.0), np.arange(5.0)) is None
    assert signed_rank_interval(np.arange(6.0), np.arange(6.0)) == (0, 5)
    assert signed_rank_interval(np.arange(6.0), np.arange(6.0), 1 - 0.05 / 3) is None


@given(st.lists(st.floats(-5, 5), min_size=6, max_size=20), st.data())
def test_what_is_known_within_bounds_covers_whatever_it_is(known: list[float], data: st.DataObject) -> None:
    values = np.array(known)
    spread = st.lists(st.sampled_from([0.0, 0.5, inf]), min_size=len(known), max_size=len(known))
    below, above = np.array(data.draw(spread)), np.array(data.draw(spread))
    wide, exact = signed_rank_interval(values - below, values + above), signed_rank_interval(values, values)
    assert wide is not None and exact is not None
    assert wide[0] <= exact[0] <= exact[1] <= wide[1]
