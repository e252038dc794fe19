"""Query policies compared over paired streams, in sentences."""

from collections.abc import Mapping
from math import isinf

import pandas as pd

from alcore.report.intervals import Interval
from alcore.report.phrases import (
    capitalise,
    decimals,
    format_interval,
    format_number,
    join_names,
    lowercase_first,
    percent,
)
from alcore.report.statistics.comparison import FEWEST_SEEDS, Comparison, PairwiseResult

_VERDICTS = {"better": "better", "worse": "worse", "undecided": "not distinguishable"}


def describe_policies(comparison: Comparison, spent: Mapping[str, float], budget: int) -> str:
    """A sentence per policy that is better or worse than the baseline, and one for the undecided policies.

    Args:
        comparison: of accuracy over the arrivals: `labels_T` counts arrivals, not labels.
        spent: labels that a policy spent, mean over the streams.
        budget: labels available.
    """
    names = {standing.strategy: lowercase_first(standing.name) for standing in comparison.standings}
    seeds, base = len(comparison.seeds), names[comparison.baseline]
    if seeds < FEWEST_SEEDS:
        return (
            f"{'One stream' if seeds == 1 else f'{seeds} paired streams'}, not yet evidence: {FEWEST_SEEDS} "
            "are the fewest that can tell a difference from chance."
        )
    said = []
    for verdict, verb in (("better", "beats"), ("worse", "loses to")):
        clear = [rival for rival in comparison.rivals if rival.verdict == verdict]
        clear.sort(key=lambda rival: -abs(rival.area.estimate))
        for place, rival in enumerate(clear):
            unit = "" if place else " percentage points of accuracy on average over the stream"
            name = names[rival.strategy]
            start = f"{name} by" if place else f"{capitalise(name)} {verb} {base} by"
            budgeted = f"{_spent(spent[rival.strategy])} of {budget} labels spent"
            said.append(f"{', ' if place else ''}{start} {_gain(rival, unit, budgeted, short=place > 0)}")
        if clear:
            said.append(". ")
    alike = [names[rival.strategy] for rival in comparison.rivals if rival.verdict == "undecided"]
    if alike:
        said.append(f"{capitalise(join_names(alike))}: not distinguishable from {base} yet. ")
    several = f"; the intervals allow for {len(comparison.rivals)} comparisons" if len(names) > 2 else ""
    return f"{''.join(said)}Judged on {seeds} paired streams{several}."


def _gain(rival: PairwiseResult, unit: str, budgeted: str, *, short: bool) -> str:
    size = rival.area if rival.area.estimate > 0 else _turned(rival.area)
    hundredths = Interval(100 * size.estimate, 100 * size.low, 100 * size.high)
    places = decimals(hundredths, 0)
    interval = f"{'' if short else '95 % interval '}{format_interval(hundredths, places)}"
    return f"{format_number(hundredths.estimate, places)}{unit} ({interval}; {budgeted})"


def _turned(interval: Interval) -> Interval:
    return Interval(-interval.estimate, -interval.high, -interval.low)


def _spent(labels: float) -> str:
    return f"{labels:.1f}".removesuffix(".0")


def gain_table(comparison: Comparison, spent: Mapping[str, float], budget: int) -> pd.DataFrame:
    """One row per policy or scenario: labels spent, mean accuracy, and gain over the baseline.

    Args:
        comparison: of accuracy over arrivals, or over labels.
        spent: labels spent, mean over the seeds.
        budget: labels available.
    """
    rivals = {rival.strategy: rival for rival in comparison.rivals}
    return pd.DataFrame(
        [
            {
                "Asked by": standing.name,
                "Labels spent": f"{_spent(spent[standing.strategy])} of {budget}",
                "Mean accuracy": percent(standing.area.estimate),
                "Gain": _gap(rivals[standing.strategy].area) if standing.strategy in rivals else "baseline",
                "Verdict": _VERDICTS[rivals[standing.strategy].verdict] if standing.strategy in rivals else "",
            }
            for standing in comparison.standings
        ]
    )


def _gap(area: Interval) -> str:
    if isinf(area.low):
        return f"{100 * area.estimate:+.1f}"
    return f"{100 * area.estimate:+.1f} ({100 * area.low:+.1f} to {100 * area.high:+.1f})"
