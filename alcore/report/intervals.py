"""Confidence intervals over paired seeds, and their correction for multiple comparisons."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import inf, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

ALPHA = 0.05
LEVEL = 1 - ALPHA

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """An estimate with its confidence interval; an unbounded end is infinite."""

    estimate: float
    low: float
    high: float

    def excludes(self, value: float) -> bool:
        """Whether the value lies outside the interval: the data reject it."""
        return self.low > value or self.high < value


def mean_band(values_S_T: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats, Floats]:
    """Student's interval of each column's mean.

    Args:
        values_S_T: one row per seed.
        level: confidence level of each column on its own.

    Returns:
        mean_T, low_T and high_T. A single seed gives an infinite band.

    Raises:
        ValueError: for no seed, or a level outside (0, 1).

    Source: Student (1908).
    """
    values = np.asarray(values_S_T, dtype=np.float64)
    seeds = len(values)
    if seeds < 1 or not 0 < level < 1:
        raise ValueError(f"an interval needs a seed and a level in (0, 1), got {seeds} seeds, level {level}")
    mean = values.mean(axis=0)
    if seeds == 1:
        return mean, np.full_like(mean, -inf), np.full_like(mean, inf)
    reach = stdtrit(seeds - 1, (1 + level) / 2) * values.std(axis=0, ddof=1) / sqrt(seeds)
    return mean, mean - reach, mean + reach


def mean_interval(values_S: ArrayLike, level: float = LEVEL) -> Interval:
    """Student's interval of a mean; of paired differences, the interval of the paired t test.

    Gains of one strategy over another are skewed (a few starts gain much), and Student's interval then errs towards no
    difference. Corrections for skewness (Johnson, Hall) remove this error on simulated races, but claim a difference
    where there is none in up to 9 % of cases instead of 5 %.
    """
    mean, low, high = mean_band(np.asarray(values_S, dtype=np.float64)[:, None], level)
    return Interval(float(mean[0]), float(low[0]), float(high[0]))


def p_value(differences_S: ArrayLike) -> float:
    """Two-sided p-value of the paired t test of a zero mean difference; 1 for a single seed."""
    differences = np.asarray(differences_S, dtype=np.float64)
    mean, seeds = float(differences.mean()), len(differences)
    if seeds == 1 or mean == 0:
        return 1.0
    error = float(differences.std(ddof=1)) / sqrt(seeds)
    return float(2 * stdtr(seeds - 1, -abs(mean) / error)) if error else 0.0


def holm_alphas(p_values_M: ArrayLike, alpha: float = ALPHA) -> Floats:
    """Holm's significance levels of M comparisons, with a familywise error rate of at most alpha.

    The smallest p-value is tested at alpha / M, the next at alpha / (M - 1), and so on; after the first failure, all
    larger ones are tested at the same level, and fail too. A comparison is significant if its p-value is at most its
    level: exactly if its interval of confidence 1 - level excludes no difference.

    Source: Holm (1979).
    """
    p_M = np.asarray(p_values_M, dtype=np.float64)
    alphas_M, share = np.empty(len(p_M)), len(p_M)
    for i in np.argsort(p_M, kind="stable"):
        alphas_M[i] = alpha / share
        share -= int(p_M[i] <= alphas_M[i])
    return alphas_M


def signed_rank_interval(lowest_S: ArrayLike, highest_S: ArrayLike, level: float = LEVEL) -> tuple[float, float] | None:
    """Hodges-Lehmann interval of the pseudomedian of numbers known within bounds.

    It assumes only a symmetric distribution, is robust to outliers, and is valid for all numbers within their bounds.

    Args:
        lowest_S: smallest possible value of each number, -inf if unbounded.
        highest_S: largest possible value, inf if unbounded. Equal to `lowest_S` for an exactly known number.
        level: confidence level, reached exactly or exceeded.

    Returns:
        its ends; None for too few numbers to bound the interval at this level (fewer than 6 at 95 %).

    Source: Tukey (1949); Hollander & Wolfe, Nonparametric Statistical Methods, section 3.3.
    """
    lowest, highest = np.asarray(lowest_S, dtype=np.float64), np.asarray(highest_S, dtype=np.float64)
    cut = _walsh_cut(len(lowest), 1 - level)
    if cut < 1:
        return None
    return float(np.sort(walsh(lowest))[cut - 1]), float(np.sort(walsh(highest))[-cut])


def walsh(values_S: Floats) -> Floats:
    """The mean of every pair of values, each paired with itself too. All infinite values must have the same sign."""
    i, j = np.triu_indices(len(values_S))
    return (values_S[i] + values_S[j]) / 2


@lru_cache(maxsize=256)
def _walsh_cut(seeds: int, alpha: float) -> int:
    """Number of pairwise means to drop at each end: the signed-rank sums in a tail of alpha / 2."""
    chance = np.array([1.0])
    for rank in range(1, seeds + 1):
        without, held = np.pad(chance, (0, rank)), np.pad(chance, (rank, 0))
        chance = (without + held) / 2
    return int((np.cumsum(chance) <= alpha / 2).sum())
