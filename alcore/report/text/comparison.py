"""A comparison in sentences that claim no more than its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isinf, sqrt

import numpy as np

from alcore.report.intervals import Interval
from alcore.report.phrases import (
    capitalise,
    decimals,
    format_interval,
    format_labels,
    format_number,
    join_names,
    lowercase_first,
    number,
    percent,
    percent_below,
    percentage_points,
)
from alcore.report.statistics.comparison import FEWEST_SEEDS, Comparison, PairwiseResult, StrategySummary
from alcore.report.statistics.labels_to_target import Target


def describe_verdicts(comparison: Comparison) -> str:
    """A sentence per strategy that is better or worse, and one for the undecided strategies."""
    evidence, rivals = f"{len(comparison.seeds)} paired seeds", len(comparison.rivals)
    if rivals == 1:
        return f"{capitalise(_clause(comparison, comparison.rivals[0], f', {evidence}'))}."
    clear = [rival for rival in comparison.rivals if rival.verdict != "undecided"]
    sentences = [capitalise(_clause(comparison, rival, "")) for rival in clear]
    if unclear := [_name(comparison, rival) for rival in comparison.rivals if rival not in clear]:
        are = "is" if len(unclear) == 1 else "are"
        sentences.append(f"{capitalise(join_names(unclear))} {are} not distinguishable from {_base(comparison)} yet")
    sentences.append(f"Judged on {evidence}; the intervals allow for {rivals} comparisons")
    return ". ".join(sentences) + "."


def describe_labels_needed(target: Target, standings: Sequence[StrategySummary]) -> str:
    """Median labels to target in the given order, and the number of races that never reached it."""
    parts: list[str] = []
    for standing in standings:
        needed = standing.needed
        if needed is None:
            continue
        if isinf(needed.median):
            how = f"in {needed.races - needed.never or 'none'} of {needed.races} races"
        else:
            how = f"with {number(needed.median) if parts else format_labels(needed.median)}"
            how += f" (never in {needed.never} of {needed.races} races)" if needed.never else ""
        usually = "" if isinf(needed.median) else "typically "
        parts.append(f"{lowercase_first(standing.name)} {'' if parts else f'{usually}reached {target.words} '}{how}")
    return ", ".join(parts)


def _clause(comparison: Comparison, rival: PairwiseResult, evidence: str) -> str:
    """A strategy against random. The area decides; labels to target are added if they agree."""
    name, base, area, factor = _name(comparison, rival), _base(comparison), rival.area, rival.factor
    if area.low == area.high == 0:
        return f"{name} and {base} did not differ in any of {len(comparison.seeds)} paired races"
    if rival.verdict == "undecided":
        return f"{name} and {base} are not distinguishable yet: {_gap(name, area, evidence)}"
    better = rival.verdict == "better"
    if comparison.target is None or factor is None or not factor.excludes(1):
        won = "beat" if better else "lost to"
        return f"{name} {won} {base}: {_gain(area, evidence)}{_unclear(comparison, rival)}"
    fewer = factor.low > 1
    size = factor if fewer else _turned(factor)
    places = decimals(size, 1)
    pair = _pair(comparison, rival)
    told = describe_labels_needed(comparison.target, pair if fewer else pair[::-1])
    saved = f"race by race {format_number(size.estimate, places)} times {'fewer' if fewer else 'more'}"
    interval = f"95 % interval {format_interval(size, places)}"
    if better != fewer:
        won = "beat" if better else "lost to"
        return f"{name} {won} {base} on the whole: {_gain(area, evidence)}. Yet {told}: {saved} ({interval})"
    return f"{'' if better else f'{name} lost: '}{told}: {saved} ({interval}{evidence})"


def _gain(area: Interval, evidence: str) -> str:
    """A significant difference in area, without its sign."""
    way, size = "more", area
    if area.high < 0:
        way, size = "less", Interval(-area.estimate, -area.high, -area.low)
    size = Interval(100 * size.estimate, 100 * size.low, 100 * size.high)
    places = decimals(size, 0)
    return (
        f"{percentage_points(size.estimate / 100, places)} {way} accuracy, averaged over the race "
        f"(95 % interval {format_interval(size, places)}{evidence})"
    )


def _gap(name: str, area: Interval, evidence: str) -> str:
    """A difference in area that is not significant, with both ends of its interval."""
    sizes = [100 * end for end in (area.low, area.estimate, area.high)]
    # A second digit avoids "0.0 lower", whose sign is unclear.
    places = 2 if any(size and not round(size, 1) for size in sizes) else 1
    low, middle, high = ((format_number(abs(size), places), "lower" if size < 0 else "higher") for size in sizes)
    return (
        f"averaged over the race, accuracy with {name} was {middle[0]} percentage points {middle[1]} "
        f"(95 % interval {' '.join(low)} to {' '.join(high)}{evidence})"
    )


def _unclear(comparison: Comparison, rival: PairwiseResult) -> str:
    """Why no label factor is given."""
    if comparison.target is None:
        return ""
    pair = _pair(comparison, rival)
    if all(one.needed is not None and one.needed.never == one.needed.races for one in pair):
        return f". No race reached {comparison.target.words}"
    saves = "saves" if rival.verdict == "better" else "costs"
    return f". How many labels that {saves} cannot be told yet: {describe_labels_needed(comparison.target, pair)}"


def _turned(factor: Interval) -> Interval:
    """The reciprocal of a factor below 1."""
    return Interval(1 / factor.estimate, 1 / factor.high, 1 / factor.low if factor.low else inf)


def _pair(comparison: Comparison, rival: PairwiseResult) -> list[StrategySummary]:
    return [comparison.standing(rival.strategy), comparison.standing(comparison.baseline)]


def _name(comparison: Comparison, rival: PairwiseResult) -> str:
    return lowercase_first(comparison.standing(rival.strategy).name)


def _base(comparison: Comparison) -> str:
    return lowercase_first(comparison.standing(comparison.baseline).name)


def describe_comparison(comparison: Comparison) -> str:
    """A sentence for the user, or one per strategy that is better or worse than random.

    A single race is only reported. Five or more paired races are judged by the interval of the area under the curve; a
    label factor is given if its own interval agrees.
    """
    labels, seeds = comparison.labels_T, len(comparison.seeds)
    if len(labels) == 1:
        return "Only the first labels have been measured; no strategy has queried a point yet."
    if not comparison.rivals:
        only = comparison.standings[0]
        mean = f", the mean of {seeds} seeds" if seeds > 1 else ""
        return (
            f"{capitalise(only.name)} went from {percent(only.mean_T[0])} with {format_labels(labels[0])} to "
            f"{percent(only.mean_T[-1])} with {format_labels(labels[-1])}{mean}; no other strategy ran beside it."
        )
    if seeds == 1:
        return f"{capitalise(_one_race(comparison))}; one race, not yet evidence."
    if seeds < FEWEST_SEEDS:
        return (
            f"{capitalise(_reported(comparison))}; {seeds} paired races are not yet evidence, {FEWEST_SEEDS} "
            "are the fewest for a verdict."
        )
    return describe_verdicts(comparison)


def _reported(comparison: Comparison) -> str:
    if comparison.target is None:
        return _nobody_gained(comparison.standings)
    base = comparison.standing(comparison.baseline)
    others = [standing for standing in comparison.standings if standing is not base]
    return describe_labels_needed(comparison.target, [*others, base])


def _one_race(comparison: Comparison) -> str:
    """The result of a single race. If the test set is too small to show a difference, no strategy is ranked first."""
    size = comparison.test_points
    noise = _test_noise(comparison, size) if size else -1.0
    gaps = {rival.strategy: abs(rival.area.estimate) for rival in comparison.rivals}
    close = [standing for standing in comparison.standings if gaps.get(standing.strategy, np.inf) <= noise]
    parts = []
    if len(close) < len(comparison.rivals):
        parts.append(_hits(comparison, [standing for standing in comparison.standings if standing not in close]))
    if close:
        names = join_names([lowercase_first(one.name) for one in close])
        most = percentage_points(max(gaps[one.strategy] for one in close))
        base = lowercase_first(comparison.standing(comparison.baseline).name)
        parts.append(
            f"{names} ran too close to {base} to tell apart: {most} of accuracy on average, and with "
            f"{size:,} test points chance alone can make {percentage_points(noise)}"
        )
    return "; ".join(parts)


def _test_noise(comparison: Comparison, size: int) -> float:
    """Largest difference in accuracy of two equally good models due to the finite test set, at 5 %.

    Taken with independent errors, an upper bound: two models judged on the same points share part of their errors.
    """
    height = float(np.mean([standing.area.estimate for standing in comparison.standings]))
    return 1.96 * sqrt(2 * height * (1 - height) / size)


def _hits(comparison: Comparison, standings: Sequence[StrategySummary]) -> str:
    """Labels to target in a single race, fewest first."""
    if comparison.target is None:
        return _nobody_gained(standings)
    needed = {standing.strategy: standing.needed.median for standing in standings if standing.needed is not None}
    # Ties with random list the other strategy first: it is compared with random.
    others_first = sorted(standings, key=lambda one: one.strategy == comparison.baseline)
    reached = [standing for standing in others_first if not isinf(needed[standing.strategy])]
    reached.sort(key=lambda one: needed[one.strategy])
    highest = comparison.target.accuracy
    missed = [
        f"{lowercase_first(one.name)} {'never did, with' if reached else 'had'} "
        f"{percent_below(one.mean_T.max(), highest)} at best"
        for one in sorted(others_first, key=lambda one: -one.mean_T.max())
        if isinf(needed[one.strategy])
    ]
    if not reached:
        nobody = "neither" if len(missed) == 2 else "none"
        return f"{nobody} reached {comparison.target.words}: {', '.join(missed)}"
    hits = [f"{lowercase_first(one.name)} with {number(needed[one.strategy])}" for one in reached[1:]]
    quickest = format_labels(needed[reached[0].strategy])
    best = f"{lowercase_first(reached[0].name)} first reached {comparison.target.words} with {quickest}"
    return ", ".join([best, *hits, *missed])


def _nobody_gained(standings: Sequence[StrategySummary]) -> str:
    ends = [f"{lowercase_first(one.name)} {percent(one.mean_T[0])} to {percent(one.mean_T[-1])}" for one in standings]
    return f"not every strategy ended above the start: {', '.join(ends)}"
