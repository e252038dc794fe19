"""Summaries of many tasks by many runs with stratified bootstrap intervals, after Agarwal et al. (2021).

D tasks (strata), S runs of each. Runs are paired: a seed is the same start for all strategies, so a seed is drawn with
all measurements on it. Each sample draws S - 1 runs of a task, not S: the spread of a mean of S - 1 draws is an
unbiased estimate of the spread of the mean, that of S draws is too small by sqrt((S - 1) / S).

Sources: Agarwal et al. (2021), Deep Reinforcement Learning at the Edge of the Statistical Precipice;
McCarthy & Snowden (1985), The Bootstrap and Finite Population Sampling, for the number of draws.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.report.intervals import LEVEL, Floats, Interval

DRAWS = 2000
# Bootstrap samples per block: bounds the size of temporary arrays.
_SLICE = 250


def interquartile_mean(values: ArrayLike, axis: int = -1) -> Floats:
    """Interquartile mean: of n values, floor(n / 4) are dropped at each end."""
    sorted_N = np.sort(np.asarray(values, dtype=np.float64), axis=axis)
    n = sorted_N.shape[axis]
    cut = n // 4
    return np.asarray(np.take(sorted_N, np.arange(cut, n - cut), axis=axis).mean(axis=axis))


def improvement(x_D_S: ArrayLike, y_D_S: ArrayLike) -> float:
    """Probability of improvement: that a run of x beats a run of y on a random task; ties count half.

    The mean over tasks of the Mann-Whitney statistic over all pairs of runs, divided by their number.
    """
    wins_D_S_S = _wins(x_D_S, y_D_S)
    return float(wins_D_S_S.mean())


def bootstrap_weights(tasks: int, runs: int, *, rng: np.random.Generator, draws: int = DRAWS) -> NDArray[np.int64]:
    """Counts of each run in each bootstrap sample: counts_B_D_S, S - 1 in total per task.

    Raises:
        ValueError: for fewer than two runs, which have no scatter.
    """
    if runs < 2:
        raise ValueError(f"a bootstrap needs 2 runs of each task or more, got {runs}")
    return rng.multinomial(runs - 1, np.full(runs, 1 / runs), size=(draws, tasks))


def percentile_interval(estimate: float, samples_B: Floats, level: float = LEVEL) -> Interval:
    """Percentile bootstrap interval of a statistic.

    All samples lie within the statistic's range, and so do the ends: a probability of improvement stays in [0, 1], a
    mean of differences of shares in [-1, 1], a ratio above 0, and the label saving derived from it below 1. With few
    runs all samples may lie on one side of the estimate; the interval is then extended to it.

    Source: Efron (1979), Bootstrap Methods: Another Look at the Jackknife.
    """
    low, high = np.quantile(samples_B, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(estimate), min(float(low), float(estimate)), max(float(high), float(estimate)))


def iqm_interval(values_D_S: ArrayLike, counts_B_D_S: NDArray, level: float = LEVEL) -> Interval:
    """The interquartile mean over all runs of all tasks, with its stratified bootstrap interval."""
    values = np.asarray(values_D_S, dtype=np.float64)
    drawn = counts_B_D_S[0].sum()

    def samples(counts: NDArray) -> Floats:
        every = np.broadcast_to(values.ravel(), (len(counts), values.size)).ravel()
        return interquartile_mean(np.repeat(every, counts.ravel()).reshape(len(counts), drawn))

    return percentile_interval(float(interquartile_mean(values.ravel())), _sliced(samples, counts_B_D_S), level)


def improvement_interval(x_D_S: ArrayLike, y_D_S: ArrayLike, counts_B_D_S: NDArray, level: float = LEVEL) -> Interval:
    """`improvement` with its stratified bootstrap interval.

    Pairs with equal seeds keep their share of all pairs in every sample: a seed drawn twice is not a pair of seeds.
    """
    wins_D_S_S = _wins(x_D_S, y_D_S)
    runs = wins_D_S_S.shape[-1]
    same_D_S = np.diagonal(wins_D_S_S, axis1=1, axis2=2)
    other_D_S_S = wins_D_S_S * ~np.eye(runs, dtype=bool)

    def samples(counts: NDArray) -> Floats:
        c = counts.astype(np.float64)
        drawn = c.sum(axis=2)
        won = ((c[:, :, None, :] @ other_D_S_S)[:, :, 0] * c).sum(axis=2)
        pairs = drawn**2 - (c**2).sum(axis=2)
        same = (c * same_D_S).sum(axis=2) / drawn
        # A sample of a single distinct seed has no pair of different seeds: its own pair replaces it.
        others = np.divide(won, pairs, out=same.copy(), where=pairs > 0)
        return np.asarray(((1 - 1 / runs) * others + same / runs).mean(axis=1))

    return percentile_interval(float(wins_D_S_S.mean()), _sliced(samples, counts_B_D_S), level)


def geometric_interval(ratios_D_S: ArrayLike, counts_B_D_S: NDArray, level: float = LEVEL) -> Interval:
    """The geometric mean of ratios over all runs of all tasks, with its stratified bootstrap interval."""
    logs = np.log(np.asarray(ratios_D_S, dtype=np.float64))

    def samples(counts: NDArray) -> Floats:
        return np.asarray(np.exp((counts * logs).sum(axis=(1, 2)) / counts[0].sum()))

    return percentile_interval(float(np.exp(logs.mean())), _sliced(samples, counts_B_D_S), level)


def _wins(x_D_S: ArrayLike, y_D_S: ArrayLike) -> Floats:
    x, y = np.asarray(x_D_S, dtype=np.float64), np.asarray(y_D_S, dtype=np.float64)
    if x.ndim != 2 or x.shape != y.shape:
        raise ValueError(f"x_D_S and y_D_S must be tasks x runs of one shape, got {x.shape} and {y.shape}")
    return (np.sign(x[:, :, None] - y[:, None, :]) + 1) / 2


def _sliced(samples: Callable[[NDArray], Floats], counts_B_D_S: NDArray) -> Floats:
    return np.concatenate([samples(counts_B_D_S[at : at + _SLICE]) for at in range(0, len(counts_B_D_S), _SLICE)])
