"""Labels to a target accuracy over paired seeds, and the ratio between two strategies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, inf

import numpy as np
from numpy.typing import ArrayLike

from alcore.report.intervals import LEVEL, Floats, Interval, signed_rank_interval, walsh
from alcore.report.phrases import floor_tenths, level, percent

# Largest share of pairs with a race that never reached the target for which a factor is given.
MOST_NEVER = 0.25
# Height of the default target, as a share of the smallest gain.
DEFAULT_HEIGHT = 0.9


@dataclass(frozen=True)
class Target:
    """A target accuracy.

    Attributes:
        accuracy: a share in [0, 1]; the mean over the seeds if each has its own.
        words: its phrase in sentences.
        of_seed: seed -> its own target accuracy, if each seed is a different data set.
    """

    accuracy: float
    words: str
    of_seed: Mapping[int, float] = field(default_factory=dict)

    def at(self, seeds: Sequence[int]) -> Floats:
        """Target accuracy of each seed's race."""
        return np.array([self.of_seed.get(seed, self.accuracy) for seed in seeds])


def absolute(accuracy: float) -> Target:
    """A fixed target accuracy.

    Raises:
        ValueError: if it is outside [0, 1].
    """
    if not 0 <= accuracy <= 1:
        raise ValueError(f"a target must be an accuracy in [0, 1], got {accuracy}")
    return Target(accuracy, level(accuracy))


def share_of_all(share: float, accuracy_all: float | Mapping[int, float]) -> Target:
    """A target as a share of the accuracy with all labels.

    Args:
        share: in [0, 1].
        accuracy_all: accuracy with the whole pool labelled; by seed if each has its own.

    Raises:
        ValueError: if a share or accuracy is outside [0, 1], or no accuracy is given.
    """
    whole = dict(accuracy_all) if isinstance(accuracy_all, Mapping) else {}
    heights = list(whole.values()) if isinstance(accuracy_all, Mapping) else [accuracy_all]
    if not heights or not all(0 <= height <= 1 for height in (share, *heights)):
        raise ValueError(f"a target needs shares in [0, 1], got {share} of {heights}")
    mean = float(share * np.mean(heights))
    words = f"{level(share)} of the accuracy with all labels ({percent(mean)})"
    return Target(mean, words, {seed: share * height for seed, height in whole.items()})


def default_target(mean_R_T: Floats) -> Target | None:
    """Nine tenths of the way from the lowest start to the lowest end of the mean curves.

    Every mean curve reaches it, which makes labels comparable; few races miss it, and no paired start has it. Rounded
    down to tenths of a percent, so that the number in a sentence is the number compared.

    Args:
        mean_R_T: one mean curve per strategy.

    Returns:
        the target; None if the lowest end is no higher than the lowest start.
    """
    start, end = mean_R_T[:, 0].min(), mean_R_T[:, -1].min()
    if end <= start:
        return None
    return absolute(floor_tenths(start + DEFAULT_HEIGHT * (end - start)) / 1000)


def labels_needed(labels_T: ArrayLike, accuracy_S_T: Floats, target_S: ArrayLike) -> Floats:
    """Labels held in the first round whose accuracy is at least the target, for every race.

    Args:
        labels_T: labels held after each round.
        accuracy_S_T: one race per row.
        target_S: target of each race, or a single number.

    Returns:
        needed_S; inf for a race that never reached the target.
    """
    hit_S_T = accuracy_S_T >= np.broadcast_to(target_S, len(accuracy_S_T))[:, None]
    first_S = np.asarray(labels_T, dtype=np.float64)[hit_S_T.argmax(axis=1)]
    return np.where(hit_S_T.any(axis=1), first_S, inf)


@dataclass(frozen=True)
class LabelsToTarget:
    """Labels of a strategy to the target, over its seeds; "never" is larger than any number.

    Attributes:
        median: of the races; inf if half or more never reached the target.
        low: lower quartile.
        high: upper quartile, inf if a quarter never reached the target.
        never: number of races that never reached the target.
        races: number of races.
    """

    median: float
    low: float
    high: float
    never: int
    races: int


def summary(needed_S: Floats) -> LabelsToTarget:
    """Median, quartiles and the number of races that never reached the target."""
    low, median, high = (_quantile(needed_S, q) for q in (0.25, 0.5, 0.75))
    return LabelsToTarget(median, low, high, int(np.isinf(needed_S).sum()), len(needed_S))


def _quantile(values_S: Floats, q: float) -> float:
    """NumPy's quantile, with infinity wherever an infinite value takes part in the interpolation."""
    ordered, at = np.sort(values_S), q * (len(values_S) - 1)
    low, high = ordered[int(np.floor(at))], ordered[int(np.ceil(at))]
    return float(high if np.isinf(high) else low + (at % 1) * (high - low))


def factor_saved(needed_S: Floats, baseline_S: Floats, last: float, level: float = LEVEL) -> Interval | None:
    """Ratio of the baseline's labels to target to the strategy's, in the same race.

    Estimated by the Hodges-Lehmann mean of the paired log ratios: a geometric mean that is robust to outliers, whose
    signed-rank interval keeps its level for small samples and allows bounded numbers. (On simulated races the bootstrap
    interval of the ratio of medians was up to half as wide again, and missed one time in ten at 5 seeds.) A race that
    never reached the target would have needed `last` labels or more: it counts as `last` in the estimate, and as any
    larger number in the interval.

    Args:
        needed_S: the strategy's labels to target, inf for never.
        baseline_S: the baseline's on the same seeds.
        last: labels at the end of the races.
        level: of the interval.

    Returns:
        above 1 if the strategy needed fewer labels. An end may be inf or 0: unbounded. None if there are too few seeds
        for an interval (fewer than 6 at 95 %), or more than a quarter of the pairs have a race that never reached it.
    """
    mine, theirs = np.log(np.minimum(needed_S, last)), np.log(np.minimum(baseline_S, last))
    never, baseline_never = np.isinf(needed_S), np.isinf(baseline_S)
    if np.mean(never | baseline_never) > MOST_NEVER:
        return None
    ends = signed_rank_interval(
        np.where(never, -inf, theirs - mine), np.where(baseline_never, inf, theirs - mine), level
    )
    if ends is None:
        return None
    return Interval(exp(np.median(walsh(theirs - mine))), exp(ends[0]), exp(ends[1]))
