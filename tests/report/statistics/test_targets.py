"""Labels to a target over seeds, and the factor saved: nevers, bounds, and coverage in simulation."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alcore.report.curves import curve_frame, labels_to_target
from alcore.report.statistics.labels_to_target import (
    LabelsToTarget,
    absolute,
    default_target,
    factor_saved,
    labels_needed,
    share_of_all,
    summary,
)


@given(st.lists(st.lists(st.floats(0, 1), min_size=4, max_size=4), min_size=1, max_size=5), st.floats(0, 1))
def test_labels_needed_is_the_first_hit_of_every_curve(curves: list[list[float]], target: float) -> None:
    needed = labels_needed([10, 20, 35, 50], np.array(curves), target)
    for curve, labels in zip(curves, needed, strict=True):
        rows = [
            dict(run="a", strategy="a", seed=0, round=i, labels=n, accuracy=y, train_loss=None, seconds=0)
            for i, (n, y) in enumerate(zip([10, 20, 35, 50], curve, strict=True))
        ]
        expected = labels_to_target(curve_frame(rows), target)
        assert labels == (inf if expected is None else expected)


def test_every_seed_can_have_its_own_target() -> None:
    target = share_of_all(0.9, {3: 0.8, 7: 1.0})
    assert target.at([7, 3]).tolist() == pytest.approx([0.9, 0.72])
    assert target.accuracy == pytest.approx(0.81)
    assert target.words == "90 % of the accuracy with all labels (81.0 %)"
    assert share_of_all(0.95, 0.9).at([1, 2]).tolist() == pytest.approx([0.855] * 2)
    assert absolute(0.8996).words == "89.96 %"
    needed = labels_needed([1, 2], np.array([[0.5, 0.95], [0.75, 0.8]]), target.at([7, 3]))
    assert needed.tolist() == [2, 1]


def test_a_target_that_is_no_accuracy_is_refused() -> None:
    with pytest.raises(ValueError, match=r"in \[0, 1\], got 90"):
        absolute(90)
    with pytest.raises(ValueError, match=r"got 95 of \[0.9\]"):
        share_of_all(95, 0.9)
    with pytest.raises(ValueError, match=r"0.9 of \[\]"):
        share_of_all(0.9, {})


def test_the_default_target_is_one_that_all_reach() -> None:
    means = np.array([[0.5, 0.7, 0.9], [0.5, 0.6, 0.8001]])
    target = default_target(means)
    assert target is not None
    assert target.accuracy == pytest.approx(0.77)
    assert default_target(np.array([[0.5, 0.9], [0.5, 0.4]])) is None


def test_never_is_more_than_any_number() -> None:
    assert summary(np.array([10.0, 20, 30, inf])) == LabelsToTarget(median=25, low=17.5, high=inf, never=1, races=4)
    assert summary(np.array([10.0, inf])).median == inf


@given(st.lists(st.integers(1, 500), min_size=1, max_size=12))
def test_quartiles_are_those_of_numpy_where_all_got_there(needed: list[int]) -> None:
    told = summary(np.array(needed, dtype=float))
    assert (told.low, told.median, told.high) == pytest.approx(np.quantile(needed, (0.25, 0.5, 0.75)))


def test_a_constant_factor_is_found_exactly() -> None:
    mine = np.array([10.0, 20, 15, 40, 22, 31, 18])
    factor = factor_saved(mine, 2 * mine, 200)
    assert factor is not None
    assert (factor.estimate, factor.low, factor.high) == pytest.approx((2, 2, 2))


def test_swapping_the_two_turns_the_factor_over() -> None:
    rng = np.random.default_rng(0)
    mine, theirs = rng.integers(5, 60, 20).astype(float), rng.integers(5, 60, 20).astype(float)
    mine[3] = theirs[11] = inf
    one, other = factor_saved(mine, theirs, 60), factor_saved(theirs, mine, 60)
    assert one is not None and other is not None
    assert (one.estimate, one.low, one.high) == pytest.approx((1 / other.estimate, 1 / other.high, 1 / other.low))


def test_one_wild_race_does_not_move_the_factor_far() -> None:
    mine = (20 + np.arange(20) % 3).astype(np.float64)
    theirs = 2 * mine
    theirs[0] = 5_000
    factor = factor_saved(mine, theirs, 5_000)
    assert factor is not None and factor.high == pytest.approx(2)


def test_a_race_that_never_got_there_only_widens_the_interval() -> None:
    """Whatever it would have needed had the race gone on, the interval was around it already."""
    rng = np.random.default_rng(3)
    for _ in range(200):
        mine, theirs = np.ceil(rng.lognormal(3, 0.6, (2, 20)))
        last = 45.0
        cut = [np.where(needed > last, inf, needed) for needed in (mine, theirs)]
        seen, whole = factor_saved(cut[0], cut[1], last), factor_saved(mine, theirs, 10_000)
        if seen is None:
            assert np.mean(np.isinf(cut[0]) | np.isinf(cut[1])) > 0.25
            continue
        assert whole is not None
        assert seen.low <= whole.low and whole.high <= seen.high
        assert seen.low <= seen.estimate <= seen.high


def test_no_factor_from_few_seeds_or_many_nevers() -> None:
    mine, theirs = np.arange(10.0, 30), np.arange(20.0, 40)
    assert factor_saved(mine[:5], theirs[:5], 50) is None
    theirs[:6] = inf
    assert factor_saved(mine, theirs, 50) is None
    theirs[0] = 20
    open_end = factor_saved(mine, theirs, 50)
    assert open_end is not None and open_end.high == inf and open_end.low > 1


@pytest.mark.parametrize("seeds", [6, 10, 20])
def test_the_interval_of_the_factor_covers_the_true_one(seeds: int) -> None:
    """Labels in whole numbers, correlated within a seed, with a true factor of 1.5 and races cut short."""
    rng = np.random.default_rng(seeds)
    covered = told = 0
    for _ in range(1000):
        shared = rng.normal(3.2, 0.4, seeds)
        mine = np.exp(shared + rng.normal(0, 0.3, seeds))
        theirs = np.exp(shared + np.log(1.5) + rng.normal(0, 0.3, seeds))
        mine, theirs = np.round(mine), np.round(theirs)
        cut = [np.where(needed > 80, inf, needed) for needed in (mine, theirs)]
        factor = factor_saved(cut[0], cut[1], 80)
        if factor is not None:
            told += 1
            covered += factor.low <= 1.5 <= factor.high
    assert told > 800
    assert covered / told >= 0.94
