"""A claim per strategy: beats random, is worse than random, or no significant difference yet."""

from __future__ import annotations

from math import isinf

from alcore.report.intervals import Interval
from alcore.report.phrases import capitalise, decimals, format_interval, format_number, lowercase_first
from alcore.report.statistics.comparison import FEWEST_SEEDS, Comparison, PairwiseResult


def claims(comparison: Comparison) -> tuple[str, ...]:
    """Each strategy against the baseline, in race order: one number and one interval per sentence.

    The number is the difference of the areas under the learning curves in percentage points of accuracy. A strategy
    "beats" the baseline only if the paired interval, corrected for the number of comparisons (Holm), excludes zero.
    """
    return tuple(_claim(comparison, rival) for rival in comparison.rivals)


def _claim(comparison: Comparison, rival: PairwiseResult) -> str:
    name = lowercase_first(comparison.standing(rival.strategy).name)
    base = lowercase_first(comparison.standing(comparison.baseline).name)
    seeds = len(comparison.seeds)
    paired = f"{seeds} paired seed{'' if seeds == 1 else 's'}"
    points = Interval(100 * rival.area.estimate, 100 * rival.area.low, 100 * rival.area.high)
    if points.low == points.high == 0:
        return f"No difference: {name} and {base} have equal areas under the curve in all {paired}"
    if rival.verdict == "undecided":
        interval = "no interval" if isinf(points.high) else f"95 % CI {_signed(points.low)} to {_signed(points.high)}"
        needed = f", at least {FEWEST_SEEDS} are needed" if seeds < FEWEST_SEEDS else ""
        return (
            f"No significant difference yet: {name} against {base} {_signed(points.estimate)} points "
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


def _signed(points: float) -> str:
    """Signed number, with a second decimal if rounding would hide the sign."""
    if points == 0:
        return "0.0"
    return f"{points:+.2f}" if round(points, 1) == 0 else f"{points:+.1f}"
