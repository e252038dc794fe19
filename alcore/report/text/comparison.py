"""What a comparison says, in words for the user that claim no more than its numbers do."""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf, sqrt

import numpy as np

from alcore.report.phrases import (
    capitalise,
    format_labels,
    join_names,
    lowercase_first,
    number,
    percent,
    percentage_points,
)
from alcore.report.statistics.comparison import FEWEST_SEEDS, Comparison, StrategySummary
from alcore.report.text.verdicts import describe_labels_needed, describe_verdicts


def describe_comparison(comparison: Comparison) -> str:
    """A sentence for the user, or one for each strategy that is better or worse than random.

    One race it only reports. Of five or more paired ones it says what the interval of the area under
    the curve says, and gives a factor of labels where the factor's own interval agrees.
    """
    labels, seeds = comparison.labels_T, len(comparison.seeds)
    if len(labels) == 1:
        return "Only the first labels have been measured; no strategy has asked for a label yet."
    if not comparison.rivals:
        only = comparison.standings[0]
        return (
            f"{capitalise(only.name)} went from {percent(only.mean_T[0])} with {format_labels(labels[0])} to "
            f"{percent(only.mean_T[-1])} with {format_labels(labels[-1])}; no other strategy ran beside it."
        )
    if seeds == 1:
        return f"{capitalise(_one_race(comparison))}; one race, not yet evidence."
    if seeds < FEWEST_SEEDS:
        return (
            f"{capitalise(_reported(comparison))}; {seeds} paired races are not yet evidence, {FEWEST_SEEDS} "
            "are the fewest that can tell a difference from chance."
        )
    return describe_verdicts(comparison)


def _reported(comparison: Comparison) -> str:
    if comparison.target is None:
        return _nobody_gained(comparison.standings)
    base = comparison.standing(comparison.baseline)
    others = [one for one in comparison.standings if one is not base]
    return describe_labels_needed(comparison.target, [*others, base])


def _one_race(comparison: Comparison) -> str:
    """What was measured. Where the test set is too small to show a difference, nobody is put first."""
    size = comparison.test_points
    noise = _test_noise(comparison, size) if size else -1.0
    gaps = {rival.strategy: abs(rival.area.estimate) for rival in comparison.rivals}
    close = [one for one in comparison.standings if gaps.get(one.strategy, np.inf) <= noise]
    parts = []
    if len(close) < len(comparison.rivals):
        parts.append(_hits(comparison, [one for one in comparison.standings if one not in close]))
    if close:
        names = join_names([lowercase_first(one.name) for one in close])
        most = percentage_points(max(gaps[one.strategy] for one in close))
        base = lowercase_first(comparison.standing(comparison.baseline).name)
        parts.append(
            f"{names} ran too close to {base} to tell apart: {most} of accuracy on average, and with "
            f"{size:,} test points luck alone can make {percentage_points(noise)}"
        )
    return "; ".join(parts)


def _test_noise(comparison: Comparison, size: int) -> float:
    """The difference in accuracy that two equally good models show by the luck of the test set, one in 20.

    Two models that are judged on the same points err partly on the same ones, so that luck helps both: this
    takes their errors as independent, and is the most it can be.
    """
    height = float(np.mean([standing.area.estimate for standing in comparison.standings]))
    return 1.96 * sqrt(2 * height * (1 - height) / size)


def _hits(comparison: Comparison, standings: Sequence[StrategySummary]) -> str:
    """Labels at the target in one race, the fewest first."""
    if comparison.target is None:
        return _nobody_gained(standings)
    needed = {one.strategy: one.needed.median for one in standings if one.needed is not None}
    # Where random ties for a place, the other is told first: it is what random is compared with.
    others_first = sorted(standings, key=lambda one: one.strategy == comparison.baseline)
    reached = [one for one in others_first if not isinf(needed[one.strategy])]
    reached.sort(key=lambda one: needed[one.strategy])
    missed = [
        f"{lowercase_first(one.name)} {'never did, with' if reached else 'had'} {percent(one.mean_T.max())} at best"
        for one in sorted(others_first, key=lambda one: -one.mean_T.max())
        if isinf(needed[one.strategy])
    ]
    if not reached:
        nobody = "neither" if len(missed) == 2 else "nobody"
        return f"{nobody} reached {comparison.target.words}: {', '.join(missed)}"
    hits = [f"{lowercase_first(one.name)} with {number(needed[one.strategy])}" for one in reached[1:]]
    quickest = format_labels(needed[reached[0].strategy])
    best = f"{lowercase_first(reached[0].name)} first reached {comparison.target.words} with {quickest}"
    return ", ".join([best, *hits, *missed])


def _nobody_gained(standings: Sequence[StrategySummary]) -> str:
    ends = [f"{lowercase_first(one.name)} {percent(one.mean_T[0])} to {percent(one.mean_T[-1])}" for one in standings]
    return f"not everybody ended above the start: {', '.join(ends)}"
