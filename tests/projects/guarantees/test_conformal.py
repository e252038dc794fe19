"""Conformal labelling: p-values by hand, Benjamini and Hochberg by SciPy, and its promise by simulation."""

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from alcore.projects.guarantees.conformal import conformal_p_values, conformal_threshold


def test_p_values_by_hand() -> None:
    values = conformal_p_values([0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1], [0.05, 0.2, 0.35, 0.9])
    np.testing.assert_allclose(values, [1 / 5, 2 / 5, 2 / 5, 3 / 5])


@pytest.mark.parametrize("seed", range(20))
def test_what_is_kept_is_what_scipy_rejects(seed: int) -> None:
    rng = np.random.default_rng(seed)
    calibration, others = rng.random(80).round(2), rng.random(200).round(2)
    wrong = rng.random(80) < 0.4 * calibration
    rate = float(rng.uniform(0.05, 0.4))
    kept = others <= conformal_threshold(calibration, wrong, others, rate)
    rejected = false_discovery_control(conformal_p_values(calibration, wrong, others)) <= rate
    np.testing.assert_array_equal(kept, rejected)


def test_a_machine_without_errors_keeps_all_once_there_are_enough_calibration_items() -> None:
    others = np.linspace(0, 1, 50)
    assert conformal_threshold(np.full(19, 0.5), np.zeros(19), others, 0.05) == 1.0  # 1 / 20 <= .05
    assert conformal_threshold(np.full(18, 0.5), np.zeros(18), others, 0.05) == -np.inf


@pytest.mark.parametrize("rate", [0.05, 0.2])
@pytest.mark.parametrize("power", [0.5, 1.0, 3.0])
def test_the_expected_share_of_wrong_labels_is_at_most_the_rate(rate: float, power: float) -> None:
    rng = np.random.default_rng(int(100 * rate + power))
    uncertainty = rng.random(400)
    wrong = rng.random(400) < 0.6 * uncertainty**power
    shares = []
    for _ in range(1500):
        order = rng.permutation(400)
        calibration, others = order[:120], order[120:]
        threshold = conformal_threshold(uncertainty[calibration], wrong[calibration], uncertainty[others], rate)
        kept = others[uncertainty[others] <= threshold]
        shares.append(wrong[kept].mean() if len(kept) else 0.0)
    assert np.mean(shares) <= rate + 2 * np.std(shares) / np.sqrt(len(shares))


@pytest.mark.parametrize(
    ("calibration", "wrong", "others", "rate"),
    [([0.1], [0, 1], [0.1], 0.1), ([np.nan], [0], [0.1], 0.1), ([0.1], [2], [0.1], 0.1), ([0.1], [0], [0.1], 1.0)],
)
def test_what_makes_no_sense_is_refused(calibration: list, wrong: list, others: list, rate: float) -> None:
    with pytest.raises(ValueError):
        conformal_threshold(calibration, wrong, others, rate)
