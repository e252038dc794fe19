"""Query policies and settings compared over paired seeds, in a table."""

from collections.abc import Mapping
from math import isinf

import pandas as pd

from alcore.report.intervals import Interval
from alcore.report.phrases import format_signed, percent
from alcore.report.statistics.comparison import Comparison

_VERDICTS = {"better": "better", "worse": "worse", "undecided": "not distinguishable"}


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
                "Setting": standing.name,
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
        return format_signed(100 * area.estimate, 1)
    estimate, low, high = (format_signed(100 * share, 1) for share in (area.estimate, area.low, area.high))
    return f"{estimate} ({low} to {high})"
