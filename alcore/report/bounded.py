"""Confidence intervals of means of bounded values: shares, losses, ranks, differences of shares.

Student's interval of a mean reaches past 100 % where accuracies are high and scattered. These intervals stay within the
range of the values by construction: no end is clipped.

- The mean of values in [low, high] and its standard error are transformed to the logit scale (delta method). At the
  ends of the range the logit is undefined: no interval. Single values may be 0 or 1, since the mean is transformed.
- The mean of values in [low, inf) is transformed to the log scale likewise.
- The mean of differences of shares decides about "no difference" exactly as the paired t test; see `difference_band`.

Sources: Agresti (2013), Categorical Data Analysis, sections 1.4 and 3.1, for the logit scale and the delta method;
Wilson (1927) for the score interval.
"""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from alcore.report.intervals import LEVEL, Floats, Interval, mean_band

# Tolerance for values outside their range, in the values' unit: the rounding of a weighted mean of shares.
_DUST = 1e-9


def bounded_band(
    values_S_T: ArrayLike, low: float = 0.0, high: float = 1.0, level: float = LEVEL
) -> tuple[Floats, Floats, Floats]:
    """The interval of each column's mean, for values in [low, high].

    With the share m = (mean - low) / (high - low), Student's quantile t and the standard error e of m, the ends are
    those of logit(m) -+ t e / (m (1 - m)); without an upper bound those of log(mean - low) -+ t e / (mean - low). Equal
    values give an interval without width.

    Args:
        values_S_T: one row per seed; a column with NaN has a NaN interval.
        low: smallest possible value.
        high: largest possible value; inf if unbounded.
        level: confidence level of each column on its own.

    Returns:
        mean_T, low_T and high_T with low <= low_T <= mean_T <= high_T <= high. A single seed has an infinite band.

    Raises:
        ValueError: for a value outside the range, a range without width, no seed, or a level outside (0, 1).
    """
    values = np.asarray(values_S_T, dtype=np.float64)
    if not low < high:
        raise ValueError(f"a range needs two different ends, got [{low:g}, {high:g}]")
    if (values < low - _DUST).any() or (values > high + _DUST).any():
        raise ValueError(f"values must lie in [{low:g}, {high:g}], got {np.nanmin(values):g} to {np.nanmax(values):g}")
    mean, _, upper = mean_band(np.clip(values, low, high), level)
    if len(values) == 1:
        return mean, np.full_like(mean, -inf), upper
    reach = upper - mean
    if np.isinf(high):
        step = _ratio(reach, mean - low)
        lower, upper = low + (mean - low) * np.exp(-step), low + (mean - low) * np.exp(step)
    else:
        share, reach = (mean - low) / (high - low), reach / (high - low)
        step = _ratio(reach, share * (1 - share))
        lower, upper = (low + (high - low) * expit(logit(share) + way * step) for way in (-1, 1))
    # Without scatter, rounding in the transform and its inverse could move the last digit of the mean.
    still = step == 0
    lower, upper = np.minimum(lower, mean), np.maximum(upper, mean)
    return mean, np.where(still, mean, lower), np.where(still, mean, upper)


def bounded_interval(values_S: ArrayLike, low: float = 0.0, high: float = 1.0, level: float = LEVEL) -> Interval:
    """The interval of the mean of values in [low, high]; see `bounded_band`."""
    return _only(bounded_band(np.asarray(values_S, dtype=np.float64)[:, None], low, high, level))


def difference_band(values_S_T: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats, Floats]:
    """The interval of each column's mean, for differences of shares: values in [-1, 1].

    The interval holds all means mu with |d - mu| <= t e s(mu): d is the mean, t Student's quantile, e the standard
    error, and s(mu) = 1 up to |mu| = |d| and sqrt((1 - mu^2) / (1 - d^2)) beyond it, since differences whose mean is
    near -1 or 1 cannot scatter. The end towards 0 is therefore Student's: the interval excludes 0 exactly where the
    paired t test rejects no difference at this level. The opposite end is nearer than Student's by a factor of
    about 1 - d^2 / 2 - d t e, which is negligible for differences of a few points.

    Args:
        values_S_T: one row per pair.
        level: confidence level of each column on its own.

    Returns:
        mean_T, low_T and high_T with -1 <= low_T <= mean_T <= high_T <= 1; infinite for one pair.

    Raises:
        ValueError: for a value outside [-1, 1], no pair, or a level outside (0, 1).
    """
    values = np.asarray(values_S_T, dtype=np.float64)
    if (np.abs(values) > 1 + _DUST).any():
        raise ValueError(
            f"differences of shares must lie in [-1, 1], got {np.nanmin(values):g} to {np.nanmax(values):g}"
        )
    mean, low, high = mean_band(np.clip(values, -1, 1), level)
    if len(values) == 1:
        return mean, low, high
    size, reach = np.abs(mean), high - mean
    # (d - mu)^2 = K (1 - mu^2) at the ends beyond |d|, with K = (t e)^2 / (1 - d^2).
    K = _ratio(reach**2, 1 - size**2)
    root = np.sqrt(K * (1 + K - size**2))
    outer = np.clip((size + root) / (1 + K), size, 1)  # clips rounding errors only
    student = np.where(mean < 0, -high, low)
    inner = np.where(reach <= 2 * size, student, np.maximum((size - root) / (1 + K), -1))
    return mean, np.where(mean < 0, -outer, inner), np.where(mean < 0, -inner, outer)


def difference_interval(values_S: ArrayLike, level: float = LEVEL) -> Interval:
    """The interval of the mean of differences of shares; see `difference_band`."""
    return _only(difference_band(np.asarray(values_S, dtype=np.float64)[:, None], level))


def _ratio(above: Floats, below: Floats) -> Floats:
    """The quotient; 0 for a numerator and denominator of 0: a mean at the end of its range, without scatter."""
    return np.divide(above, below, out=np.where(np.isnan(above), above, 0.0), where=below > 0)


def _only(band: tuple[Floats, Floats, Floats]) -> Interval:
    return Interval(*(float(ends[0]) for ends in band))
