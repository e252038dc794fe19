"""Stopping rules against scikit-learn, enumeration and planted curves."""

from itertools import combinations
from math import comb, inf, isnan

import numpy as np
import pytest
from scipy.optimize import least_squares
from sklearn.metrics import cohen_kappa_score

from alcore.projects.stopping import forecast, kappa, power_laws, recall_p_value, stable


@pytest.mark.parametrize("seed", range(10))
def test_kappa_is_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = rng.choice(["cat", "dog", "bird"], 50)
    b = np.where(rng.random(50) < 0.7, a, rng.choice(["cat", "dog", "fish"], 50))
    assert kappa(a, b) == pytest.approx(cohen_kappa_score(a, b))


def test_kappa_by_hand_and_without_possible_disagreement() -> None:
    # 20 both yes, 5 yes and no, 10 no and yes, 15 both no: agreement .7, by chance .5.
    a = [1] * 25 + [0] * 25
    b = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    assert kappa(a, b) == pytest.approx(0.4)
    assert kappa([3, 3, 3], [3, 3, 3]) == 1
    assert kappa([0, 0], [1, 1]) == 0
    for bad in (([], []), ([1], [1, 2])):
        with pytest.raises(ValueError, match="kappa needs two labels an item"):
            kappa(*bad)


def test_predictions_are_stable_when_the_last_three_kappas_average_99_hundredths() -> None:
    assert stable([0.2, 0.99, 0.985, 0.996])
    assert not stable([0.99, 0.99])
    assert not stable([1, 1, 1, 0.96])


@pytest.mark.parametrize(
    ("before", "drawn_found", "drawn", "unseen"), [(9, 0, 6, 12), (5, 1, 5, 10), (18, 1, 4, 9), (0, 2, 4, 8)]
)
def test_the_p_value_of_recall_is_that_of_all_draws(before: int, drawn_found: int, drawn: int, unseen: int) -> None:
    target = 0.9
    # The fewest positives among the unseen with which recall after the draw is below the target.
    missing = next(k for k in range(200) if (before + drawn_found) / (before + k) < target) if before else None
    if missing is None:
        missing = next(k for k in range(1, 200) if drawn_found / k < target)
    if missing > unseen or missing < drawn_found:
        expected = 0.0
    else:
        positives = set(range(missing))
        few = sum(len(positives & set(draw)) <= drawn_found for draw in combinations(range(unseen), drawn))
        expected = few / comb(unseen, drawn)
    assert recall_p_value(before, drawn_found, drawn, unseen, target) == pytest.approx(expected)


def test_recall_of_impossible_counts_is_a_sentence() -> None:
    with pytest.raises(ValueError, match="must rise from 0"):
        recall_p_value(3, 5, 4, 10)
    with pytest.raises(ValueError, match="target must be"):
        recall_p_value(3, 1, 4, 10, target=1.0)


def test_a_forecast_recovers_a_planted_power_law() -> None:
    labels = np.arange(20, 220, 20)
    accuracy = 1 - (0.04 + 1.5 * labels**-0.8)
    found = forecast(labels, accuracy, 0.94)
    expected = (1.5 / (1 - 0.94 - 0.04)) ** (1 / 0.8)
    assert found.labels == pytest.approx(expected, abs=1.5)
    assert found.ceiling == pytest.approx(0.96, abs=1e-3)
    assert found.low <= found.labels <= found.high
    assert found.high - found.low < 5  # no scatter, no band
    nearer = forecast(labels, accuracy, 0.93)
    assert nearer.labels < found.labels


@pytest.mark.parametrize("seed", range(10))
def test_power_laws_are_the_least_squares_of_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = np.arange(10.0, 130.0, 10.0)
    error = np.clip(rng.uniform(0, 0.2) + rng.uniform(0.5, 3) * n ** -rng.uniform(0.4, 1.2), 0, 1)
    error = np.clip(error + rng.normal(0, 0.01, size=len(n)), 0, 1)

    def residuals(p: np.ndarray) -> np.ndarray:
        return np.sqrt(n / n.sum()) * (p[0] + p[1] * n ** -p[2] - error)

    starts = [[0.05, 1, rate] for rate in (0.1, 0.5, 1, 2)]
    best = min(2 * least_squares(residuals, start, bounds=([0, 0, 0.05], [1, np.inf, 5])).cost for start in starts)
    (found,) = power_laws(n, error[None])
    assert (residuals(found) ** 2).sum() <= best * (1 + 1e-4) + 1e-12
    assert (found >= 0).all()


def test_a_forecast_says_when_it_cannot_tell_or_the_target_is_out_of_reach() -> None:
    labels = np.arange(20, 220, 20)
    accuracy = 1 - (0.1 + 1.5 * labels**-0.9)
    few = forecast(labels[:4], accuracy[:4], 0.95)
    assert isnan(few.labels) and few.reason == "A forecast needs 5 rounds, there are 4."
    never = forecast(labels, accuracy, 0.95)
    assert never.labels == inf and never.ceiling == pytest.approx(0.9, abs=0.01)
    assert never.reason == "The fitted curve levels off at 90.0 %, below the target."
    assert forecast(labels, accuracy, accuracy[-2]).labels == 200  # reached already
    with pytest.raises(ValueError, match="must ascend"):
        forecast([3, 2], [0.1, 0.2], 0.5)


def test_a_forecast_with_scatter_has_a_band_that_holds_the_truth() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(20, 220, 10)
    truth = (1.5 / 0.015) ** (1 / 0.8)
    held = 0
    for _ in range(10):
        noisy = 1 - np.clip(0.04 + 1.5 * labels**-0.8 + rng.normal(0, 0.004, size=len(labels)), 0, 1)
        found = forecast(labels, noisy, 0.945)
        held += found.low <= truth <= found.high
        assert found.high > found.low
    assert held >= 7  # of ten, where 95 % are expected
