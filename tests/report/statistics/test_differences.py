"""The difference of two groups of runs, against SciPy's paired t test, and what it may say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from alcore.report.bounded import difference_interval
from alcore.report.charts.curves import difference_chart
from alcore.report.intervals import Interval
from alcore.report.statistics.paired_difference import difference_words, paired_difference
from tests.support.charts import drawn, measured_runs, numbers


def test_a_paired_difference_is_that_of_the_paired_t_test() -> None:
    margin, random = measured_runs("margin", 0.02, 6), measured_runs("random", 0, 6)
    found = paired_difference(margin, random)
    assert found.seeds == tuple(range(6)) and found.x_T.tolist() == [20, 30, 40, 50]
    for place, labels in enumerate(found.x_T):
        pair = [frame[frame["labels"] == labels].sort_values("seed")["accuracy"] for frame in (margin, random)]
        gap = pair[0].to_numpy() - pair[1].to_numpy()
        np.testing.assert_allclose(found.mean_T[place], gap.mean(), atol=1e-12)
        if gap.any():
            test = stats.ttest_rel(*pair)
            ends = Interval(found.mean_T[place], found.low_T[place], found.high_T[place])
            assert ends.excludes(0) == (test.pvalue < 0.05)
            np.testing.assert_allclose([ends.low, ends.high], test.confidence_interval(), atol=1e-4)
            expected = difference_interval(gap)
            np.testing.assert_allclose([ends.low, ends.high], [expected.low, expected.high])
    # The first round is shared, the others gain as much each: five sixths of the range of labels.
    seeds = 0.02 * (1 + 0.3 * np.arange(6)) * 2.5 / 3
    expected = difference_interval(seeds)
    np.testing.assert_allclose([found.overall.low, found.overall.high], [expected.low, expected.high])
    back = paired_difference(random, margin)
    np.testing.assert_allclose(back.mean_T, -found.mean_T)


def test_only_seeds_and_places_that_both_have_are_subtracted() -> None:
    found = paired_difference(measured_runs("margin", 0.02, 4, rounds=3), measured_runs("random", 0, 6))
    assert found.seeds == (0, 1, 2, 3) and found.x_T.tolist() == [20, 30, 40]
    by_round = paired_difference(
        measured_runs("margin", 0.02, 2), measured_runs("random", 0, 2), metric="nll", x="round"
    )
    assert by_round.x_T.tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(by_round.mean_T[1:], -0.023)


def test_a_difference_says_no_more_than_it_knows() -> None:
    random = measured_runs("random", 0, 6)
    names = ("Margin", "Random")

    def said(gain: float, seeds: int, **more: str) -> str:
        return difference_words(paired_difference(measured_runs("margin", gain, seeds), random, **more), names)

    # 2.5 / 3 of 0.02 (1 + 0.3 * 2.5), and Student's interval of it.
    assert said(0.02, 6) == (
        "On average from 20 to 50 labels, the test accuracy of margin is 2.9 percentage points higher than "
        "that of random (95 % interval of the difference +1.9 to +3.9, 6 paired seeds): better."
    )
    assert said(-0.02, 6).endswith("−3.9 to −1.9, 6 paired seeds): worse.")
    assert said(0.02, 6, metric="nll").endswith("6 paired seeds): better.")  # lower is better
    assert "0.029 lower than that of random (95" in said(0.02, 6, metric="nll")
    assert said(0.02, 1).endswith("higher than that of random; one pair of runs, not yet evidence.")
    assert said(0.02, 4).endswith("4 paired seeds); fewer than 5 pairs are not yet evidence.")
    mixed = pd.concat([measured_runs("margin", 0.05, 3), measured_runs("margin", -0.04, 6).query("seed >= 3")])
    assert "may be chance" in difference_words(paired_difference(mixed, random), names)


def test_what_cannot_be_paired_is_refused_in_a_sentence() -> None:
    one, other = measured_runs("margin", 0, 2), measured_runs("random", 0, 2)
    with pytest.raises(ValueError, match="No seed is on both sides"):
        paired_difference(one, other.assign(seed=other["seed"] + 10))
    with pytest.raises(ValueError, match="Two runs of one side have the same seed"):
        paired_difference(pd.concat([one, one.assign(run="again")]), other)
    with pytest.raises(ValueError, match="never measured at the same labelled points"):
        paired_difference(one, other.assign(labels=other["labels"] + 1))
    with pytest.raises(ValueError, match="Negative log-likelihood .* was not measured"):
        paired_difference(one, measured_runs("random", 0, 2, measured=False), metric="nll")
    with pytest.raises(ValueError, match='Cannot compare "recall"'):
        paired_difference(one, other, metric="recall")


def test_the_difference_is_drawn_with_its_interval() -> None:
    found = paired_difference(measured_runs("margin", 0.02, 6), measured_runs("random", 0, 6))
    band, line = drawn(difference_chart(found, ("Margin", "Random"), key="margin"))["data"]
    np.testing.assert_allclose(numbers(line["y"]), 100 * found.mean_T)
    np.testing.assert_allclose(numbers(band["y"])[:4], 100 * found.low_T)
    np.testing.assert_allclose(numbers(band["y"])[:3:-1], 100 * found.high_T)
    assert line["name"] == "Margin less Random" and "6 paired seeds" in band["name"]
    alone_pair = paired_difference(measured_runs("margin", 0, 1), measured_runs("random", 0, 1))
    (alone,) = drawn(difference_chart(alone_pair, ("A", "B")))["data"]
    assert all("95 % interval" in text for text in line["text"]) and not any(
        "interval" in text for text in alone["text"]
    )
