"""The findings that stand for a whole: one number each, with its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from math import inf

import pandas as pd

from alcore.baseline import BASELINE
from alcore.report.intervals import Interval
from alcore.report.phrases import format_interval, lowercase_first
from alcore.report.statistics.tournament import Summary


@dataclass(frozen=True)
class Headline:
    """A measured number.

    Attributes:
        number: as it is shown large.
        words: what it is, without the number.
    """

    number: str
    words: str


def saving_headline(summary: Summary, names: Mapping[str, str]) -> Headline:
    """The largest label saving of a tournament, with its interval."""
    best = max(summary.standings, key=lambda one: one.saved.estimate if one.saved else -inf)
    assert best.saved is not None  # see above
    saved = Interval(*(100 * end for end in astuple(best.saved)))
    name = lowercase_first(names.get(best.strategy, best.strategy))
    return Headline(
        f"{saved.estimate:.0f} %",
        f"fewer labels than random for the same accuracy by the best strategy, {name} "
        f"(95 % CI {format_interval(saved, 0)} %)",
    )


def winners_headline(summary: Summary) -> Headline:
    """How many strategies of a tournament beat random over all its data sets, and how many lose to it."""
    verdicts = [one.verdict for one in summary.standings if one.strategy != BASELINE]
    return Headline(
        f"{verdicts.count('better')} of {len(verdicts)}",
        f"strategies beat random over {len(summary.results.tasks)} data sets; {verdicts.count('worse')} lose to it",
    )


def errors_headline(frame: pd.DataFrame, strategy: str, names: Mapping[str, str]) -> Headline:
    """Test errors at the end of two runs, a strategy's and random's, from `curve_frame`."""
    last = frame.sort_values("labels").drop_duplicates("strategy", keep="last").set_index("strategy")
    own, random = (100 * (1 - float(last["accuracy"][name])) for name in (strategy, BASELINE))
    return Headline(
        f"{own:.1f} %",
        f"errors with {int(last['labels'][strategy]):,} digits by {lowercase_first(names.get(strategy, strategy))}; "
        f"random {random:.1f} % (one race)",
    )
