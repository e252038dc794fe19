"""The threshold of machine labels: exact cases, and violations in simulations."""

from math import inf, sqrt

import numpy as np
import pytest
from scipy.stats import binom

from alcore.projects.routing import pac_threshold


def test_58_items_pass_nothing_and_59_without_an_error_everything() -> None:
    assert pac_threshold(np.linspace(0, 1, 58), np.zeros(58), 0.05, 0.05) == 0
    assert pac_threshold(np.linspace(0, 1, 59), np.zeros(59), 0.05, 0.05) == inf


@pytest.mark.parametrize("seed", range(20))
def test_the_threshold_is_the_least_uncertainty_whose_binomial_bound_exceeds_epsilon(seed: int) -> None:
    rng = np.random.default_rng(seed)
    m = int(rng.integers(30, 200))
    uncertainty = np.round(rng.random(m), 2)
    wrong = rng.random(m) < uncertainty / 3
    epsilon, alpha = 0.1, 0.2
    # Clopper and Pearson: the bound exceeds epsilon where P(Binomial(m, epsilon) <= k) > alpha.
    over = [
        u for u in [0.0, *np.unique(uncertainty)] if binom.cdf((wrong & (uncertainty <= u)).sum(), m, epsilon) > alpha
    ]
    assert pac_threshold(uncertainty, wrong, epsilon, alpha) == (min(over) if over else inf)


def test_all_wrong_passes_nothing_and_bad_input_is_a_sentence() -> None:
    assert pac_threshold([0.0] * 100, [1] * 100, 0.05, 0.05) == 0
    for bad in (([], []), ([0.1], [0, 1]), ([-0.1], [0]), ([np.nan], [0]), ([0.1], [2])):
        with pytest.raises(ValueError, match="calibration needs|uncertainties must"):
            pac_threshold(*bad, 0.05, 0.05)
    with pytest.raises(ValueError, match="epsilon and alpha"):
        pac_threshold([0.1], [0], 0, 0.05)


@pytest.mark.parametrize("skill", [2.0, 0.0])  # uncertainties that tell errors, and useless ones
def test_finished_labels_have_too_many_errors_at_most_as_often_as_promised(skill: float) -> None:
    rng = np.random.default_rng(0)
    violations, repeats, m, kept = 0, 600, 150, 0.0
    for _ in range(repeats):
        uncertainty = rng.random(2000)
        wrong = rng.random(2000) < 0.16 * uncertainty**skill if skill else rng.random(2000) < 0.06
        rows = rng.integers(2000, size=m)
        threshold = pac_threshold(uncertainty[rows], wrong[rows], 0.05, 0.1)
        violations += (wrong & (uncertainty < threshold)).mean() > 0.05
        kept += (uncertainty < threshold).mean() / repeats
    assert violations / repeats <= 0.1 + 2 * sqrt(0.1 * 0.9 / repeats)
    assert kept > 0.3
