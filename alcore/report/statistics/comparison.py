"""Comparison of strategies over paired seeds, as numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.baseline import BASELINE
from alcore.report.bounded import bounded_band, bounded_interval, difference_interval
from alcore.report.intervals import Floats, Interval, holm_alphas, p_value
from alcore.report.statistics.labels_to_target import (
    LabelsToTarget,
    Target,
    absolute,
    default_target,
    factor_saved,
    labels_needed,
    summary,
)
from alcore.report.statistics.phases import Knee, find_knee

Verdict = Literal["better", "worse", "undecided"]

# Smallest number of paired races for a verdict: the assumptions of the test cannot be checked with fewer.
FEWEST_SEEDS = 5


@dataclass(frozen=True, eq=False)
class StrategySummary:
    """Results of a strategy.

    Attributes:
        strategy: its key.
        name: display name in sentences.
        mean_T: mean accuracy after each round.
        low_T: lower end of the 95 % interval of that mean, see `bounded_band`; -inf for a single seed.
        high_T: upper end.
        area: area under the learning curve, divided by the range of labels: a mean accuracy.
        final: accuracy in the last round.
        needed: labels to the target; None without a target.
        phases: phases of the mean curve, if it has a clear knee.
    """

    strategy: str
    name: str
    mean_T: Floats
    low_T: Floats
    high_T: Floats
    area: Interval
    final: Interval
    needed: LabelsToTarget | None
    phases: Knee | None


@dataclass(frozen=True, eq=False)
class PairwiseResult:
    """A strategy against the baseline, paired by seed. Intervals have the width of Holm's correction.

    Attributes:
        strategy: its key.
        area: difference of the areas, strategy minus baseline, as mean accuracy.
        final: the same in the last round.
        factor: ratio of the baseline's labels to target to the strategy's; None if it cannot be estimated.
        p_value: of the difference in area, uncorrected.
        level: of the intervals: 0.95 with a single rival, up to 1 - 0.05 / rivals with more.
        gains_S: the difference in area of each seed, in the order of the comparison's seeds.
        verdict: whether the interval of `area` excludes zero, and on which side. No other number decides, so the error
            rate is one race in twenty. The interval of `factor` is valid only beside a verdict other than "undecided".
    """

    strategy: str
    area: Interval
    final: Interval
    factor: Interval | None
    p_value: float
    level: float
    gains_S: Floats
    verdict: Verdict


@dataclass(frozen=True, eq=False)
class Comparison:
    """All results of a race shown on a screen.

    Attributes:
        labels_T: labels held after each round.
        seeds: of the paired races.
        baseline: key of the strategy that the others are compared with: random, or the first if random did not run.
        target: target accuracy; None if no strategy gained any.
        standings: one per strategy, in the given order.
        rivals: one per strategy except the baseline, in the given order.
        test_points: size of the test set, if known.
    """

    labels_T: NDArray[np.int64]
    seeds: tuple[int, ...]
    baseline: str
    target: Target | None
    standings: tuple[StrategySummary, ...]
    rivals: tuple[PairwiseResult, ...]
    test_points: int | None

    def standing(self, strategy: str) -> StrategySummary:
        """The summary of a strategy by its key."""
        return next(standing for standing in self.standings if standing.strategy == strategy)


def compare_races(
    labels_T: ArrayLike,
    accuracy_S_R_T: ArrayLike,
    strategies: Sequence[str],
    *,
    seeds: Sequence[int],
    target: float | Target | None = None,
    names: Mapping[str, str] | None = None,
    test_points: int | None = None,
) -> Comparison:
    """Compare every strategy with random over paired races.

    Args:
        labels_T: labels held after each round, the same in every race.
        accuracy_S_R_T: seeds x strategies x rounds.
        strategies: R different keys.
        seeds: S different numbers.
        target: target accuracy; default: `default_target` of the mean curves.
        names: display names by strategy key; default: the key with spaces.
        test_points: size of the test set, if known. Used only to judge a single race: several show scatter.

    Raises:
        ValueError: if shapes do not match, a key or seed is repeated, labels do not grow, or an accuracy or the target
            is outside [0, 1].
    """
    labels, accuracy = np.asarray(labels_T), np.asarray(accuracy_S_R_T, dtype=np.float64)
    _check(labels, accuracy, strategies, seeds)
    if target is None:
        target = default_target(accuracy.mean(axis=0))
    elif not isinstance(target, Target):
        target = absolute(target)
    races = [
        _Races(
            strategy,
            accuracy[:, r],
            _areas(labels, accuracy[:, r]),
            _needed(labels, accuracy[:, r], target, seeds),
        )
        for r, strategy in enumerate(strategies)
    ]
    base = strategies.index(BASELINE) if BASELINE in strategies else 0
    others = [race for race in races if race is not races[base]]
    return Comparison(
        labels,
        tuple(seeds),
        strategies[base],
        target,
        tuple(_standing(race, labels, names or {}) for race in races),
        _rivals(others, races[base], float(labels[-1])),
        test_points,
    )


@dataclass(frozen=True, eq=False)
class _Races:
    """The races of a strategy, by seed."""

    strategy: str
    accuracy_S_T: Floats
    area_S: Floats
    needed_S: Floats | None


def _standing(races: _Races, labels_T: NDArray, names: Mapping[str, str]) -> StrategySummary:
    mean_T, low_T, high_T = bounded_band(races.accuracy_S_T)
    return StrategySummary(
        races.strategy,
        names.get(races.strategy, races.strategy.replace("_", " ")),
        mean_T,
        low_T,
        high_T,
        area=bounded_interval(races.area_S),
        final=bounded_interval(races.accuracy_S_T[:, -1]),
        needed=None if races.needed_S is None else summary(races.needed_S),
        phases=find_knee(labels_T, mean_T),
    )


def _rivals(others: Sequence[_Races], base: _Races, last: float) -> tuple[PairwiseResult, ...]:
    # Areas of equal curves can differ by rounding errors.
    gains = [np.round(one.area_S - base.area_S, 12) for one in others]
    chances = [p_value(gain_S) for gain_S in gains]
    rivals = []
    for one, gain_S, chance, alpha in zip(others, gains, chances, holm_alphas(chances), strict=True):
        level = 1 - float(alpha)
        area = difference_interval(gain_S, level)
        final = difference_interval(one.accuracy_S_T[:, -1] - base.accuracy_S_T[:, -1], level)
        factor = None
        if one.needed_S is not None and base.needed_S is not None:
            factor = factor_saved(one.needed_S, base.needed_S, last, level)
        verdict = _verdict(area, len(gain_S))
        rivals.append(PairwiseResult(one.strategy, area, final, factor, chance, level, gain_S, verdict))
    return tuple(rivals)


def _needed(labels_T: NDArray, accuracy_S_T: Floats, target: Target | None, seeds: Sequence[int]) -> Floats | None:
    return None if target is None else labels_needed(labels_T, accuracy_S_T, target.at(seeds))


def _verdict(area: Interval, seeds: int) -> Verdict:
    if seeds < FEWEST_SEEDS or not area.excludes(0):
        return "undecided"
    return "better" if area.estimate > 0 else "worse"


def _areas(labels_T: NDArray, accuracy_S_T: Floats) -> Floats:
    if len(labels_T) == 1:
        return accuracy_S_T[:, 0]
    return np.trapezoid(accuracy_S_T, labels_T, axis=1) / (labels_T[-1] - labels_T[0])


def _check(labels_T: NDArray, accuracy_S_R_T: Floats, strategies: Sequence[str], seeds: Sequence[int]) -> None:
    shape = (len(seeds), len(strategies), len(labels_T))
    if accuracy_S_R_T.shape != shape or 0 in shape:
        raise ValueError(
            f"accuracy_S_R_T must be seeds x strategies x rounds, {shape} with none of them 0, got "
            f"{accuracy_S_R_T.shape}"
        )
    if len(set(seeds)) < len(seeds) or len(set(strategies)) < len(strategies):
        raise ValueError(f"seeds and strategies must differ, got {list(seeds)} and {list(strategies)}")
    if (np.diff(labels_T) <= 0).any():
        raise ValueError(f"labels_T must grow from round to round, got {labels_T.tolist()}")
