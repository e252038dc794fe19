"""Claims: a sentence with the interval that decides it; of a race, one per strategy against random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isinf

from alcore.report.intervals import Interval
from alcore.report.phrases import capitalise, format_signed, lowercase_first
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
        drawn: the difference of the one race that is drawn beside the claim, if there is one.
    """

    name: str
    sentence: str
    difference: Interval
    unit: str = " points"
    better: int = 1
    drawn: float | None = None

    @property
    def verdict(self) -> str:
        """What the interval says: "better", "worse" or "undecided"."""
        if not self.difference.excludes(0):
            return "undecided"
        return "better" if self.better * self.difference.estimate > 0 else "worse"


def claims(comparison: Comparison) -> tuple[str, ...]:
    """The sentences of `race_claims` for files, without what is to be done on the screen."""
    return tuple(claim.sentence for claim in race_claims(comparison, more=False))


def brief_claims(comparison: Comparison) -> str:
    """The claims of a race for figures, a line each; what several share is said once, at the end."""
    told = claims(comparison)
    if len(told) < 2:
        return f"{'. '.join(told)}."
    paired = f"{len(comparison.seeds)} paired seeds"
    each = [claim.replace(f"{_corrected(comparison)}, {paired}", "") for claim in told]
    return "\n".join([*(f"{claim}." for claim in each), f"{capitalise(paired)}{_corrected(comparison)}."])


def race_claims(
    comparison: Comparison, drawn: Mapping[str, float] | None = None, *, more: bool = True
) -> Sequence[Claim]:
    """Each strategy against the baseline, in race order: one number and one interval per sentence.

    The number is the difference of the areas under the learning curves in percentage points of accuracy. A strategy
    "beats" the baseline only if the paired interval, corrected for the number of comparisons (Holm), excludes zero.

    Args:
        comparison: of paired races.
        drawn: strategy -> its difference of the areas, as mean accuracy, in the one race that is drawn.
        more: whether more seeds can be asked for where a difference is not significant.
    """
    return [
        Claim(
            comparison.standing(rival.strategy).name,
            _sentence(comparison, rival) + ". Add seeds" * (more and rival.verdict == "undecided"),
            _points(rival),
            drawn=None if drawn is None else 100 * drawn[rival.strategy],
        )
        for rival in comparison.rivals
    ]


def gains_of(comparison: Comparison, seed: int) -> dict[str, float]:
    """Each strategy's difference of the areas in the race of one seed, as mean accuracy."""
    place = comparison.seeds.index(seed)
    return {rival.strategy: float(rival.gains_S[place]) for rival in comparison.rivals}


def drawn_words(claim: Claim) -> str:
    """What the one race that is drawn shows; "" without one."""
    return "" if claim.drawn is None else f"this race: {signed(claim.drawn)}"


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
            f"({interval}{_corrected(comparison)}, {paired}{needed})"
        )
    won = rival.verdict == "better"
    size = points if won else Interval(-points.estimate, -points.high, -points.low)
    claim = f"beats {base}" if won else f"is worse than {base}"
    ends = f"{unsigned(size.low)} {'or more' if isinf(size.high) else f'to {unsigned(size.high)}'}"
    interval = f"95 % CI {ends}{_corrected(comparison)}, {paired}"
    return f"{capitalise(name)} {claim}: {unsigned(size.estimate)} points ({interval})"


def _corrected(comparison: Comparison) -> str:
    rivals = len(comparison.rivals)
    return f", corrected for {rivals} comparisons" if rivals > 1 else ""


def signed(points: float) -> str:
    """Signed number with one decimal, or as many as show its sign."""
    places = next((places for places in range(1, 6) if round(points, places)), 1)
    return format_signed(points, places) if round(points, places) else "0.0"


def unsigned(points: float) -> str:
    """The size of a number, as `signed`."""
    return signed(abs(points)).removeprefix("+")
