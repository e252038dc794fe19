"""Comparisons over paired seeds: the numbers, and how often they claim what is not there."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import auc

from alcore.report.bounded import bounded_band, bounded_interval, difference_interval
from alcore.report.curves import curve_frame
from alcore.report.intervals import mean_interval
from alcore.report.statistics.comparison import Comparison
from alcore.report.text.race import compare, compare_races, describe_comparison, share_of_all
from tests.support.races import LABELS, made_up_races

CLAIMS = ("times fewer", "times more", "beat", "lost")


def compared(races_S_R_T: np.ndarray, **given: Any) -> Comparison:
    strategies = ("random", "margin", "bald", "entropy")[: races_S_R_T.shape[1]]
    return compare_races(LABELS, races_S_R_T, strategies, seeds=range(len(races_S_R_T)), **given)


def claims(comparison: Comparison) -> bool:
    """Whether the sentence that the user reads says that one is better than the other."""
    said = describe_comparison(comparison)
    claimed = any(f" {word} " in said for word in CLAIMS)
    assert claimed == any(rival.verdict != "undecided" for rival in comparison.rivals), said
    return claimed


def test_random_against_random_is_called_a_difference_in_one_race_of_twenty() -> None:
    races = made_up_races(np.random.default_rng(0), seeds=20, repeats=1000)
    assert sum(claims(compared(race)) for race in races) <= 60


@pytest.mark.parametrize("seeds", [5, 10])
def test_few_seeds_claim_no_more(seeds: int) -> None:
    races = made_up_races(np.random.default_rng(seeds), seeds=seeds, repeats=1000)
    assert sum(claims(compared(race)) for race in races) <= 65


def test_with_three_rivals_no_better_than_random_any_claim_is_as_rare() -> None:
    rng = np.random.default_rng(1)
    shared = made_up_races(rng, seeds=20, repeats=500)[:, :, :1]
    races = np.clip(shared + rng.normal(0, 0.01, (500, 20, 4, 1)), 0, 1)
    assert sum(claims(compared(race)) for race in races) <= 30


def test_a_large_effect_is_seen_and_named_by_its_side() -> None:
    races = made_up_races(np.random.default_rng(2), seeds=20, gain=1.0, repeats=200)
    assert sum(compared(race).rivals[0].verdict == "better" for race in races) >= 190
    assert sum(compared(race[:, ::-1]).rivals[0].verdict == "worse" for race in races) >= 190


def test_the_intervals_are_those_of_paired_differences_and_of_shares() -> None:
    races = made_up_races(np.random.default_rng(3), seeds=12, gain=0.5)[0]
    areas = np.array([[auc(LABELS, curve) / 50 for curve in seed] for seed in races])
    rival = compared(races).rivals[0]
    for ours, (first, second) in (
        (rival.area, areas.T[::-1]),
        (rival.final, races[:, ::-1, -1].T),
    ):
        expected = difference_interval(first - second)
        assert (ours.low, ours.high) == pytest.approx((expected.low, expected.high), abs=1e-9)
        test = stats.ttest_rel(first, second).confidence_interval(0.95)
        assert (ours.low, ours.high) == pytest.approx((test.low, test.high), rel=0.01)
    assert rival.p_value == pytest.approx(stats.ttest_rel(*areas.T).pvalue, rel=1e-6)
    standing = compared(races).standing("margin")
    np.testing.assert_array_equal((standing.low_T, standing.high_T), bounded_band(races[:, 1])[1:])
    expected = bounded_interval(areas[:, 1])
    assert (standing.area.low, standing.area.high) == pytest.approx((expected.low, expected.high))
    assert standing.area.estimate == pytest.approx(expected.estimate)
    assert standing.final == bounded_interval(races[:, 1, -1])


def test_no_number_of_a_standing_is_above_all_or_below_none() -> None:
    """Races that start near the bottom and end at the top: Student's interval goes beyond both."""
    races = np.ones((5, 2, len(LABELS)))
    races[:, :, 0] = np.random.default_rng(0).random((5, 1)) ** 8
    races[0, 1, 1:] = 0.6
    assert mean_interval(races[:, 1, -1]).high > 1 and mean_interval(races[:, 1, 0]).low < 0
    for standing in compared(races).standings:
        for ends in (standing.low_T, standing.high_T):
            assert (ends >= 0).all() and (ends <= 1).all()
        for interval in (standing.area, standing.final):
            assert 0 <= interval.low <= interval.estimate <= interval.high <= 1


def test_an_interval_and_its_verdict_always_agree() -> None:
    """With Holm's correction too: the verdict is that of corrected p-values, and of the interval shown."""
    rng = np.random.default_rng(4)
    seen = set()
    for shift in np.linspace(0, 0.012, 60):
        shared = made_up_races(rng, seeds=10)[0][:, :1]
        racers = shared + rng.normal(0, 0.008, (10, 4, 1)) + np.array([0, shift, -shift / 2, 0])[:, None]
        rivals = compared(np.clip(racers, 0, 1)).rivals
        ordered = sorted(rivals, key=lambda rival: rival.p_value)
        adjusted = np.maximum.accumulate([3 * ordered[0].p_value, 2 * ordered[1].p_value, ordered[2].p_value])
        for rival, corrected in zip(ordered, adjusted, strict=True):
            assert (rival.verdict != "undecided") == (corrected <= 0.05) == rival.area.excludes(0)
            assert rival.verdict != "better" or rival.area.low > 0
            assert rival.verdict != "worse" or rival.area.high < 0
            seen.add(rival.verdict)
        assert all(one.level >= other.level for one, other in pairwise(ordered))
    assert seen == {"better", "worse", "undecided"}


def test_fewer_than_five_races_decide_nothing() -> None:
    races = made_up_races(np.random.default_rng(5), seeds=5, gain=4.0)[0]
    assert compared(races).rivals[0].verdict == "better"
    assert compared(races[:4]).rivals[0].verdict == "undecided"


def test_a_frame_is_compared_over_what_its_runs_share() -> None:
    races = made_up_races(np.random.default_rng(6), seeds=8, gain=0.5)[0]
    rows = [
        {
            "run": f"{strategy}{seed}",
            "strategy": strategy,
            "seed": seed,
            "round": t,
            "labels": labels,
            "accuracy": races[seed, r, t],
            "train_loss": None,
            "seconds": 0,
        }
        for r, strategy in enumerate(("margin", "random"))
        for seed in range(8)
        for t, labels in enumerate(LABELS)
        # One seed has no partner, one run is not finished.
        if (strategy, seed) != ("random", 2) and not (seed == 5 and t > 30)
    ]
    comparison = compare(curve_frame(rows), 0.8, {"margin": "Margin"})
    kept = [0, 1, 3, 4, 5, 6, 7]
    expected = compare_races(LABELS[:31], races[kept][:, :, :31], ("margin", "random"), seeds=kept, target=0.8)
    assert comparison.seeds == tuple(kept) and comparison.baseline == "random"
    assert comparison.labels_T.tolist() == LABELS[:31].tolist()
    assert comparison.rivals[0].area == expected.rivals[0].area
    assert comparison.rivals[0].factor == expected.rivals[0].factor
    assert [one.needed for one in comparison.standings] == [one.needed for one in expected.standings]
    assert comparison.standing("margin").name == "Margin"


def test_a_share_of_what_all_labels_give_is_each_seeds_own_target() -> None:
    races = made_up_races(np.random.default_rng(7), seeds=6)[0]
    whole = dict(enumerate(races.max(axis=(1, 2))))
    needed = compared(races, target=share_of_all(1, whole)).standings
    reached = (races == races.max(axis=(1, 2), keepdims=True)).any(axis=2)
    assert [one.needed.never for one in needed if one.needed] == (6 - reached.sum(axis=0)).tolist()


def test_without_random_the_first_is_what_the_others_are_compared_with() -> None:
    races = made_up_races(np.random.default_rng(8), seeds=6)[0]
    comparison = compare_races(LABELS, races, ("bald", "margin"), seeds=range(6))
    assert (comparison.baseline, [rival.strategy for rival in comparison.rivals]) == ("bald", ["margin"])


def test_what_cannot_be_compared_is_refused() -> None:
    races = made_up_races(np.random.default_rng(9), seeds=3)[0]
    with pytest.raises(ValueError, match=r"\(3, 2, 50\)"):
        compare_races(LABELS[1:], races, ("random", "margin"), seeds=range(3))
    with pytest.raises(ValueError, match="must differ"):
        compare_races(LABELS, races, ("random", "random"), seeds=range(3))
    with pytest.raises(ValueError, match="must differ"):
        compare_races(LABELS, races, ("random", "margin"), seeds=[0, 1, 1])
    with pytest.raises(ValueError, match="must grow"):
        compare_races(LABELS[::-1], races, ("random", "margin"), seeds=range(3))
    with pytest.raises(ValueError, match="accuracy in"):
        compare_races(LABELS, races, ("random", "margin"), seeds=range(3), target=90)
