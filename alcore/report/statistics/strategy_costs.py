"""Measurements of each strategy: computational cost, and gain in a tournament."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from alcore.baseline import BASELINE
from alcore.report.bounded import difference_interval
from alcore.report.intervals import Interval, holm_alphas
from alcore.report.phrases import capitalise, decimals, format_interval, format_number, join_names
from alcore.report.statistics.penalty_matrix import p_values
from alcore.report.statistics.tournament import Summary

# Largest ratio of two measured times that counts as no difference.
NOISE = 1.25
_CALLED = {"k": "the picks k", "C": "the classes C", "K": "the models K"}


@dataclass(frozen=True)
class Cost:
    """Measured time of a batch.

    Attributes:
        setting: batch size k, dimensions d, classes C, samples K.
        pool_sizes: numbers of points n.
        seconds: one per pool size.
        exponent: of the power of n with the best fit.
        doubled: ratio of the time with k, C or K doubled; None if the strategy does not depend on it.
        hardware: of the measurement.
    """

    setting: Mapping[str, int]
    pool_sizes: tuple[int, ...]
    seconds: tuple[float, ...]
    exponent: float
    doubled: Mapping[str, float | None]
    hardware: str


@dataclass(frozen=True)
class MeasuredGain:
    """Gain of a strategy over random in a tournament.

    Attributes:
        gain: in mean accuracy along the curve, over all data sets; None for random itself.
        verdict: "better", "worse" or "undecided", with Holm's correction over the strategies.
        wins: gains on the data sets with a significant gain.
        losses: gains, below 0, on the data sets with a significant loss.
        worst: data set of the smallest mean gain, and that gain.
    """

    gain: Interval | None
    verdict: str
    wins: Mapping[str, Interval]
    losses: Mapping[str, Interval]
    worst: tuple[str, float]


def costs_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, Cost]:
    """Measured costs by strategy, from the rows of the benchmark `costs`."""
    return {
        row["strategy"]: Cost(
            row["setting"],
            tuple(row["pool_sizes"]),
            tuple(row["seconds"]),
            row["exponent"],
            row["doubled"],
            row["hardware"],
        )
        for row in rows
    }


def duration(seconds: float) -> str:
    """A time with two significant digits: "12 ms", "3.4 s"."""
    for size, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= 0.995 * size or unit == "µs":
            value = float(f"{seconds / size:.2g}")
            return f"{value:.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"
    raise AssertionError("every time has a unit")


def cost_words(cost: Cost) -> str:
    """The measured costs, in sentences."""
    setting = cost.setting
    told = (
        f"A batch of {setting['k']} from {cost.pool_sizes[-1]:,} points took "
        f"{duration(cost.seconds[-1])} (d = {setting['d']}, C = {setting['C']}, K = {setting['K']}; "
        f"{cost.hardware}). From {cost.pool_sizes[0]:,} to {cost.pool_sizes[-1]:,} points the time grew as "
        f"n to the power {cost.exponent:.2f}."
    )
    ratios = {_CALLED[name]: ratio for name, ratio in cost.doubled.items() if ratio is not None}
    felt = [f"twice {name} takes {format_number(ratio, 1)}" for name, ratio in ratios.items() if ratio > NOISE]
    same = [name for name, ratio in ratios.items() if ratio <= NOISE]
    if felt:
        told += f" {capitalise(join_names(felt))} times as long."
    if same:
        told += f" Twice {' or '.join(same)} changes little."
    return told


def standings_of(summary: Summary) -> dict[str, MeasuredGain]:
    """Gain of every strategy of a tournament, over all data sets and on each.

    On single data sets Holm's correction is over all strategies and data sets together.
    """
    results = summary.results
    base = results.strategies.index(BASELINE)
    rivals = [r for r in range(len(results.strategies)) if r != base]
    gain_S_DR = np.concatenate([task.area_S_R[:, rivals] - task.area_S_R[:, [base]] for task in results.tasks], axis=1)
    chances = p_values(gain_S_DR)
    alphas = holm_alphas(chances)
    certain: dict[str, dict[str, Interval]] = {name: {} for name in results.strategies}
    worst = dict.fromkeys(results.strategies, (results.tasks[0].dataset, 0.0))
    for rival, r in enumerate(rivals):
        mean_D = gain_S_DR.mean(axis=0)[rival :: len(rivals)]
        worst[results.strategies[r]] = results.tasks[int(mean_D.argmin())].dataset, float(mean_D.min())
    for column, (chance, alpha) in enumerate(zip(chances, alphas, strict=True)):
        interval = difference_interval(gain_S_DR[:, column], 1 - float(alpha))
        if chance <= alpha and interval.excludes(0):
            task, rival = divmod(column, len(rivals))
            certain[results.strategies[rivals[rival]]][results.tasks[task].dataset] = interval
    return {
        standing.strategy: MeasuredGain(
            standing.gain,
            standing.verdict,
            {name: gain for name, gain in certain[standing.strategy].items() if gain.estimate > 0},
            {name: gain for name, gain in certain[standing.strategy].items() if gain.estimate < 0},
            worst[standing.strategy],
        )
        for standing in summary.standings
    }


def standing_words(standing: MeasuredGain | None, tasks: int, data_names: Mapping[str, str]) -> str:
    """The measured gain, in sentences; None for a strategy that was not entered."""
    if standing is None:
        return "Not measured yet: it was not entered in the ready-made tournament. Race it in the arena."
    if standing.gain is None:
        return "It is the baseline of all others."
    gain = Interval(*(100 * end for end in asdict(standing.gain).values()))
    # An end that is not zero is not shown as zero.
    ends = [end for end in (gain.low, gain.high) if end]
    places = next((digits for digits in range(decimals(gain, 0), 6) if all(round(end, digits) for end in ends)), 6)
    span = f"{format_number(abs(gain.estimate), places)} points of mean accuracy along the curve"
    between = f"95 % interval of the gain {format_interval(gain, places)}"
    told = {
        "better": f"Over {tasks} data sets it beats random by {span} ({between}).",
        "worse": f"Over {tasks} data sets it **loses to random** by {span} ({between}).",
        "undecided": f"Over {tasks} data sets it does not differ significantly from random ({between} points).",
    }[standing.verdict]
    for words, found in (("significantly ahead on", standing.wins), ("significantly **behind** on", standing.losses)):
        if found:
            told += f" It is {words} {join_names([data_names.get(one, one) for one in found])}."
    dataset, gain_there = standing.worst
    size = "less than 0.1" if -100 * gain_there < 0.1 else format_number(-100 * gain_there, 1)
    behind = f"{size} points behind random on average"
    if gain_there >= 0:
        told += " On no data set is it behind on average."
    elif standing.losses:
        told += f" Worst is {data_names.get(dataset, dataset)}: {behind}."
    else:
        told += f" Worst is {data_names.get(dataset, dataset)}: {behind}, not significant"
        told += " among so many comparisons."
    return told


def table_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as CSV."""
    return pd.DataFrame(rows).to_csv(index=False, lineterminator="\n").encode()


def table_json(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as JSON."""
    return json.dumps(list(rows), indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n"
