"""Rise and plateau on curves whose knee is known."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from alcore.report.statistics.phases import find_knee

LABELS = np.arange(4, 55)


def two_lines(knee: float, rise: float, plateau: float) -> np.ndarray:
    gap = LABELS - knee
    return 0.8 + np.where(gap < 0, rise, plateau) * gap


@pytest.mark.parametrize(
    ("knee", "rise", "plateau"), [(10, 0.03, 0.0), (20, 0.02, 0.002), (40, 0.01, -0.001), (6, 0.2, 0.01)]
)
def test_two_lines_are_found_again(knee: int, rise: float, plateau: float) -> None:
    found = find_knee(LABELS, two_lines(knee, rise, plateau))
    assert found is not None
    assert found.labels == knee
    assert (found.accuracy, found.rise, found.plateau) == pytest.approx((0.8, rise, plateau))


def test_noise_hardly_moves_the_knee() -> None:
    rng = np.random.default_rng(0)
    found = [find_knee(LABELS, two_lines(18, 0.02, 0.001) + rng.normal(0, 0.004, 51)) for _ in range(50)]
    knees = [one.labels for one in found if one is not None]
    assert len(knees) == 50
    assert np.abs(np.array(knees) - 18).max() <= 3


def test_uneven_steps_and_the_best_knee_by_search() -> None:
    """An exponential has no knee of its own: the fit's is where a search finds the least squares."""
    labels = np.array([10, 12, 15, 20, 30, 45, 70, 100, 150, 220, 300])
    curve = 0.9 - 0.4 * np.exp(-(labels - 10) / 18)

    def squares(knee: float) -> float:
        lines = np.stack([np.ones(11), np.minimum(labels - knee, 0), np.maximum(labels - knee, 0)], axis=1)
        fit, *_ = np.linalg.lstsq(lines, curve, rcond=None)
        return float(((lines @ fit - curve) ** 2).sum())

    found = find_knee(labels, curve)
    assert found is not None
    assert found.labels == min(labels[2:-2], key=squares)
    between = minimize_scalar(squares, bounds=(15, 150), method="bounded")
    at = labels.tolist().index(found.labels)
    assert labels[at - 1] <= between.x <= labels[at + 1]


@pytest.mark.parametrize(
    "curve",
    [
        LABELS / 100,
        -((LABELS - 54.0) ** 2) / 2500,
        np.exp(LABELS / 20) / 20,
        np.full(51, 0.7),
        0.9 - LABELS / 200,
        two_lines(20, -0.01, 0.0),
    ],
    ids=["straight", "bending all the way", "steeper and steeper", "flat", "falling", "falling, then flat"],
)
def test_no_knee_is_marked_where_there_is_none(curve: np.ndarray) -> None:
    assert find_knee(LABELS, curve) is None


def test_chance_makes_no_knee() -> None:
    rng = np.random.default_rng(1)
    wander = rng.normal(size=(400, 51)).cumsum(axis=1) * 0.01
    assert sum(find_knee(LABELS, curve) is not None for curve in wander) <= 12


def test_too_few_rounds_have_no_phases() -> None:
    assert find_knee([1, 2, 3, 4], [0, 0.5, 0.6, 0.6]) is None
    assert find_knee([1, 2, 3, 4, 5], [0.0, 0.3, 0.6, 0.6, 0.6]) is not None
