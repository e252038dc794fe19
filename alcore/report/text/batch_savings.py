"""Label savings of batch strategies against top-k: labels to target over paired races, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isinf

import numpy as np
from numpy.typing import ArrayLike

from alcore.report.bounded import bounded_band
from alcore.report.intervals import LEVEL, Floats, Interval
from alcore.report.phrases import capitalise, format_labels, join_names, lowercase_first
from alcore.report.statistics.labels_to_target import LabelsToTarget, Target, factor_saved, labels_needed, summary
from alcore.report.text.claims import Claim

TOP_K = "top_k"
# Savings of hybrid batches against top-k as quoted in surveys and tutorials.
QUOTED = "20 to 40 % fewer labels"


@dataclass(frozen=True, eq=False)
class StrategySavings:
    """Results of a strategy.

    Attributes:
        strategy: its key.
        name: display name in sentences.
        mean_T: mean accuracy after each round.
        low_T: lower end of the 95 % interval of that mean, see `bounded_band`.
        high_T: upper end.
        needed: labels to the target.
        change: relative change of the labels to target against top-k in the same race, -0.2 for a fifth fewer, with
            Bonferroni's correction for a simultaneous 95 % level; None for top-k, for too few races, or if too many
            never reached the target.
    """

    strategy: str
    name: str
    mean_T: Floats
    low_T: Floats
    high_T: Floats
    needed: LabelsToTarget
    change: Interval | None


@dataclass(frozen=True, eq=False)
class LabelSavings:
    """All results of the races.

    Attributes:
        labels_T: labels held after each round.
        seeds: number of paired races.
        target: target accuracy.
        bought: one per strategy, in the given order.
    """

    labels_T: np.ndarray
    seeds: int
    target: Target
    bought: tuple[StrategySavings, ...]

    def of(self, strategy: str) -> StrategySavings:
        """Results of a strategy by its key."""
        return next(savings for savings in self.bought if savings.strategy == strategy)


def compare_to_top_k(
    labels_T: ArrayLike,
    accuracy_S_R_T: ArrayLike,
    strategies: Sequence[str],
    *,
    seeds: Sequence[int],
    target: Target,
    names: Mapping[str, str],
) -> LabelSavings:
    """Compare the labels to target of every strategy with top-k, race by race.

    Args:
        labels_T: labels held after each round.
        accuracy_S_R_T: seeds x strategies x rounds.
        strategies: R keys, `top_k` among them.
        seeds: S numbers; the target may depend on the seed.
        target: target accuracy. If each seed is a different sample, a share of its accuracy with all labels
            (`labels_to_target.share_of_all`) is fairer than a fixed accuracy.
        names: display names by key.

    Raises:
        ValueError: without top-k.
    """
    labels, accuracy = np.asarray(labels_T), np.asarray(accuracy_S_R_T, dtype=np.float64)
    if TOP_K not in strategies:
        raise ValueError(f"labels are counted against {TOP_K}, which did not race: {list(strategies)}")
    height_S = target.at(seeds)
    needed_R = [labels_needed(labels, accuracy[:, r], height_S) for r in range(len(strategies))]
    base = needed_R[list(strategies).index(TOP_K)]
    level = 1 - (1 - LEVEL) / max(1, len(strategies) - 1)
    bought = tuple(
        StrategySavings(
            strategy,
            names.get(strategy, strategy),
            *bounded_band(accuracy[:, r]),
            needed=summary(needed_R[r]),
            change=None if strategy == TOP_K else _change(factor_saved(needed_R[r], base, float(labels[-1]), level)),
        )
        for r, strategy in enumerate(strategies)
    )
    return LabelSavings(labels, len(accuracy), target, bought)


def _change(factor: Interval | None) -> Interval | None:
    """Convert the ratio of top-k's labels to a relative change of labels; a lower end of 0 is unbounded."""
    if factor is None:
        return None
    low = 1 / factor.high - 1 if factor.high else inf
    return Interval(1 / factor.estimate - 1, low, 1 / factor.low - 1 if factor.low else inf)


def describe_savings(buys: LabelSavings) -> list[str]:
    """Labels to target of top-k, a sentence for each other strategy, and a comparison with quoted savings."""
    top = buys.of(TOP_K).needed
    told = [f"To {buys.target.words}, top-k {_median(top)} ({buys.seeds} paired seeds)."]
    if top.median <= buys.labels_T[0]:
        told[0] += " Most races start above it: a higher target says more."
    others = [savings for savings in buys.bought if savings.strategy != TOP_K]
    whys = {_missing(savings, buys) for savings in others}
    if len(others) > 1 and len(whys) == 1 and (why := whys.pop()):
        told += [f"{capitalise(one.name)} {_median(one.needed)}." for one in others]
        told.append(f"No intervals: {why}.")
    else:
        told += [_clause(savings, buys) for savings in others]
    best = [lowercase_first(one.name) for one in buys.bought if one.change is not None and one.change.high < 0]
    verdict = f"{join_names(best)} saved labels significantly" if best else "no strategy saved labels significantly"
    told.append(f"Often quoted: {QUOTED} than top-k. Here, {verdict}.")
    if len(buys.bought) > 2 and any(savings.change is not None for savings in buys.bought):
        told.append(f"The intervals allow for {len(buys.bought) - 1} comparisons.")
    return told


def savings_claims(buys: LabelSavings) -> list[Claim]:
    """Every strategy against top-k: relative change of the labels to target, in percent; fewer is better."""
    return [
        Claim(
            one.name,
            _clause(one, buys),
            Interval(*(100 * end for end in (one.change.estimate, one.change.low, one.change.high))),
            unit=" % labels",
            better=-1,
        )
        for one in buys.bought
        if one.change is not None
    ]


def _missing(one: StrategySavings, buys: LabelSavings) -> str:
    """Why a strategy has no interval; "" if it has one."""
    if one.change is not None:
        return ""
    missed = one.needed.never + buys.of(TOP_K).needed.never
    return "too many races do not reach the target" if missed else f"{buys.seeds} paired seeds are too few"


def _clause(one: StrategySavings, buys: LabelSavings) -> str:
    name, needed, change = capitalise(one.name), one.needed, one.change
    if change is None:
        return f"{name} {_median(needed)}; no interval: {_missing(one, buys)}."
    if change.low == change.high == 0:
        return f"{name}: as many labels as top-k, in nearly every race."
    size = f"{abs(100 * change.estimate):.0f} % {'more' if change.estimate > 0 else 'fewer'} labels"
    if abs(change.estimate) < 0.005:
        size = "as many labels"
    if change.low <= 0 <= change.high:
        return f"{name}: {size} ({_ends(change)}), not distinguishable from top-k."
    return f"{name}: {size} than top-k ({_ends(change)})."


def _ends(change: Interval) -> str:
    """The interval in words; a low end of -1 (all labels saved) and an infinite high end are unbounded."""
    if change.low <= -1 and isinf(change.high):
        return "unbounded interval"
    low = "anything fewer" if change.low <= -1 else _end(change.low)
    return f"95 % interval {low} to {'anything more' if isinf(change.high) else _end(change.high)}"


def _end(change: float) -> str:
    if abs(change) < 0.005:
        return "as many"
    return f"{abs(100 * change):.0f} % {'fewer' if change < 0 else 'more'}"


def _median(needed: LabelsToTarget) -> str:
    if needed.never == needed.races:
        return "never reached it"
    if isinf(needed.median):
        return f"reached it in {needed.races - needed.never} of {needed.races} races"
    return f"typically needed {format_labels(needed.median)}"
