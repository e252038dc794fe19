"""What the records state of their starts: numbers of labels by hand, and intervals of the median by simulation."""

import numpy as np

from tests.benchmarks.sms import first_reached, kept_from, median_interval


def test_labels_to_a_target_by_hand() -> None:
    labels = np.array([5, 6, 7, 8, 13])
    curve = np.array([0.5, 0.9, 0.8, 0.95, 0.92])
    assert first_reached(labels, curve, 0.9) == 6 and kept_from(labels, curve, 0.9) == 8
    assert first_reached(labels, curve, 0.96) == np.inf and kept_from(labels, curve, 0.95) == np.inf
    assert first_reached(labels, curve, 0.5) == kept_from(labels, curve, 0.5) == 5


def test_the_interval_holds_the_median_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    median = np.exp(1)
    held = [
        low <= median <= high for _, low, high in (median_interval(list(rng.lognormal(1, 2, 50))) for _ in range(2000))
    ]
    # 0.967 by the binomial distribution: the ranks 18 and 33 of 50.
    assert abs(np.mean(held) - 0.967) < 0.015
    assert median_interval([np.inf, 1.0, 2.0])[1:] == (1.0, np.inf)
