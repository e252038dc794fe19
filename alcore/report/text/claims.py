"""Claims: a sentence with the interval that decides it; of a race, one per strategy against random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isinf

from alcore.report.intervals import Interval
from alcore.report.phrases import capitalise, decimals, format_interval, format_number, lowercase_first
from alcore.report.statistics.comparison import FEWEST_SEEDS, Comparison, PairwiseResult


@dataclass(frozen=True)
class Claim:
    """A sentence, and the difference that it is about.

    Attributes:
        name: what is compared, in a few words; beside a drawing of several claims.
        sentence: the claim, with its number and its interval.
        difference: estimate and interval, in `unit`; no difference is 0.
        unit: after the number, with its space: " points", " %".
        better: 1 if a difference above 0 is an improvement, -1 if one below 0 is.
    """

    name: str
    sentence: str
    difference: Interval
    unit: str = " points"
    better: int = 1

    @property
    def verdict(self) -> str:
        """What the interval says: "better", "worse" or "undecided"."""
        if not self.difference.excludes(0):
            return "undecided"
        return "better" if self.better * self.difference.estimate > 0 else "worse"


def claims(comparison: Comparison) -> tuple[str, ...]:
    """The sentences of `race_claims`."""
    return tuple(claim.sentence for claim in race_claims(comparison))


def race_claims(comparison: Comparison) -> Sequence[Claim]:
    """Each strategy against the baseline, in race order: one number and one interval per sentence.

    The number is the difference of the areas under the learning curves in percentage points of accuracy. A strategy
    "beats" the baseline only if the paired interval, corrected for the number of comparisons (Holm), excludes zero.
    """
    return [
        Claim(comparison.standing(rival.strategy).name, _sentence(comparison, rival), _points(rival))
        for rival in comparison.rivals
    ]


def _points(rival: PairwiseResult) -> Interval:
    return Interval(100 * rival.area.estimate, 100 * rival.area.low, 100 * rival.area.high)


def _sentence(comparison: Comparison, rival: PairwiseResult) -> str:
    name = lowercase_first(comparison.standing(rival.strategy).name)
    base = lowercase_first(comparison.standing(comparison.baseline).name)
    seeds = len(comparison.seeds)
    paired = f"{seeds} paired seed{'' if seeds == 1 else 's'}"
    points = _points(rival)
    if points.low == points.high == 0:
        return f"No difference: {name} and {base} have equal areas under the curve in all {paired}"
    if rival.verdict == "undecided":
        interval = "no interval" if isinf(points.high) else f"95 % CI {signed(points.low)} to {signed(points.high)}"
        needed = f", at least {FEWEST_SEEDS} are needed" if seeds < FEWEST_SEEDS else ""
        return (
            f"No significant difference yet: {name} against {base} {signed(points.estimate)} points "
            f"({interval}{_corrected(comparison)}, {paired}{needed}). Add seeds"
        )
    won = rival.verdict == "better"
    size = points if won else Interval(-points.estimate, -points.high, -points.low)
    places = decimals(size, 0)
    claim = f"beats {base}" if won else f"is worse than {base}"
    return (
        f"{capitalise(name)} {claim}: {format_number(size.estimate, places)} points "
        f"(95 % CI {format_interval(size, places)}{_corrected(comparison)}, {paired})"
    )


def _corrected(comparison: Comparison) -> str:
    rivals = len(comparison.rivals)
    return f", corrected for {rivals} comparisons" if rivals > 1 else ""


def signed(points: float) -> str:
    """Signed number, with a second decimal if rounding would hide the sign."""
    if points == 0:
        return "0.0"
    return f"{points:+.2f}" if round(points, 1) == 0 else f"{points:+.1f}"
