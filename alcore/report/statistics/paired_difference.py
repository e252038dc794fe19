"""Difference of a metric between two groups of runs, paired by seed, at every number of labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alcore.report.bounded import difference_band
from alcore.report.intervals import Floats, Interval, mean_band
from alcore.report.phrases import format_number, format_signed, lowercase_first, number
from alcore.report.statistics.comparison import FEWEST_SEEDS
from alcore.report.style import AXES, METRICS, SHARES

# Metrics of which lower is better.
_COSTS = ("train_loss", "nll", "ece")


@dataclass(frozen=True, eq=False)
class Difference:
    """A group of runs minus another, over the seeds of both.

    Attributes:
        metric: the metric compared.
        x: x axis, "labels" or "round".
        x_T: x values measured in all runs of all pairs.
        mean_T: mean difference.
        low_T: lower end of the pointwise 95 % interval of that mean, see `difference_band`; Student's if the metric is
            no share; -inf for a single pair.
        high_T: upper end.
        overall: the difference averaged over the range of x, with its interval.
        seeds: of the pairs.
    """

    metric: str
    x: str
    x_T: NDArray[np.int64]
    mean_T: Floats
    low_T: Floats
    high_T: Floats
    overall: Interval
    seeds: tuple[int, ...]


def paired_difference(
    one: pd.DataFrame, other: pd.DataFrame, *, metric: str = "accuracy", x: str = "labels"
) -> Difference:
    """Subtract runs with equal seeds.

    Args:
        one: from `curve_frame`: runs that differ only in their seed.
        other: runs to subtract, likewise.
        metric: a key of `style.METRICS`.
        x: "labels" or "round".

    Raises:
        ValueError: if no runs can be paired, with a sentence for the user.
    """
    for value, known in ((metric, METRICS), (x, AXES)):
        if value not in known:
            raise ValueError(f'Cannot compare "{value}"; choose one of {", ".join(known)}.')
    tables = []
    for frame in (one, other):
        if metric not in frame or frame[metric].isna().all():
            raise ValueError(f"{METRICS[metric]} was not measured in all of these runs.")
        if frame.duplicated(["seed", x]).any():
            raise ValueError(
                "Two runs of one side have the same seed, so they differ in something else: no pairs can be "
                "made of them. Choose runs that differ in nothing but the seed."
            )
        tables.append(frame.pivot(index="seed", columns=x, values=metric))
    shared = tables[0].index.intersection(tables[1].index)
    if shared.empty:
        raise ValueError(
            "No seed is on both sides, so no two of these runs had the same start: there is no paired "
            "difference. Run both with the same seed."
        )
    gap = (tables[0].loc[shared] - tables[1].loc[shared]).dropna(axis="columns", how="any")
    if gap.empty:
        aside = " Round by round, with curves against rounds, they can be compared." if x == "labels" else ""
        raise ValueError(f"These runs were never measured at the same {AXES[x].lower()}.{aside}")
    gap_S_T = gap.to_numpy()
    x_T = gap.columns.to_numpy(dtype=np.int64)
    band = difference_band if metric in SHARES else mean_band
    overall = Interval(*(float(ends[0]) for ends in band(_averaged(x_T, gap_S_T)[:, None])))
    return Difference(metric, x, x_T, *band(gap_S_T), overall, tuple(int(seed) for seed in shared))


def difference_words(difference: Difference, names: Sequence[str]) -> str:
    """A difference in a sentence that claims no more than its interval.

    Args:
        difference: the paired difference.
        names: names of the two groups, minuend first.
    """
    overall, pairs = difference.overall, len(difference.seeds)
    share = difference.metric in SHARES
    scale, unit, places = (100, " percentage points", 1) if share else (1, "", 3)
    ends = [number(float(end)) for end in (difference.x_T[0], difference.x_T[-1])]
    where = f"from {ends[0]} to {ends[1]}" if len(difference.x_T) > 1 else f"at {ends[0]}"
    unit_x = "labels" if difference.x == "labels" else "rounds"
    way = "higher" if overall.estimate > 0 else "lower"
    size = f"{format_number(scale * abs(overall.estimate), places)}{unit}"
    metric = lowercase_first(METRICS[difference.metric]).removesuffix(" (nats)")
    one, other = (lowercase_first(name) for name in names[:2])
    said = f"On average {where} {unit_x}, the {metric} of {one} is {size} {way} than that of {other}"
    if pairs == 1:
        return f"{said}; one pair of runs, not yet evidence."
    interval = f"95 % interval of the difference {_signed(overall, scale, places)}, {pairs} paired seeds"
    if pairs < FEWEST_SEEDS:
        return f"{said} ({interval}); fewer than {FEWEST_SEEDS} pairs are not yet evidence."
    if not overall.excludes(0):
        return f"{said}, which may be chance ({interval}): not distinguishable yet."
    better = (overall.estimate > 0) != (difference.metric in _COSTS)
    return f"{said} ({interval}): {'better' if better else 'worse'}."


def _averaged(x_T: NDArray[np.int64], gap_S_T: Floats) -> Floats:
    if len(x_T) == 1:
        return gap_S_T[:, 0]
    area_S: Floats = np.trapezoid(gap_S_T, x_T, axis=1) / (x_T[-1] - x_T[0])
    return area_S


def _signed(interval: Interval, scale: float, places: int) -> str:
    low, high = (format_signed(scale * end, places) for end in (interval.low, interval.high))
    return f"{low} to {high}"
