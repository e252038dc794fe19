"""A tournament's results: strategies over tasks and paired seeds, and the standing of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata, studentized_range

from alcore.baseline import BASELINE
from alcore.report.bounded import bounded_interval, difference_interval
from alcore.report.intervals import Floats, Interval, holm_alphas
from alcore.report.phrases import level, number
from alcore.report.statistics.bootstrap import bootstrap_weights, geometric_interval, improvement_interval, iqm_interval
from alcore.report.statistics.comparison import Verdict
from alcore.report.statistics.labels_to_target import default_target, labels_needed
from alcore.report.statistics.penalty_matrix import Penalties, p_values, penalty_matrix

RECORD_SCHEMA = "alcore-tournament"
_SEED = 0  # of the bootstrap: equal results give equal intervals


@dataclass(frozen=True, eq=False)
class Task:
    """A data set with a learner.

    Attributes:
        dataset: its key.
        learner: its key.
        labels_T: labels held after each round.
        accuracy_S_R_T: test accuracy.
        seconds_S_R: time of selection in a whole race.
    """

    dataset: str
    learner: str
    labels_T: NDArray[np.int64]
    accuracy_S_R_T: Floats
    seconds_S_R: Floats

    @property
    def area_S_R(self) -> Floats:
        """Area under the learning curve, divided by the range of labels: a mean accuracy."""
        if len(self.labels_T) == 1:
            return self.accuracy_S_R_T[:, :, 0]
        width = self.labels_T[-1] - self.labels_T[0]
        return np.asarray(np.trapezoid(self.accuracy_S_R_T, self.labels_T, axis=2) / width)


@dataclass(frozen=True, eq=False)
class Results:
    """Results of a tournament, without missing races.

    Attributes:
        strategies: R keys, random first.
        seeds: S numbers.
        tasks: D of them.
    """

    strategies: tuple[str, ...]
    seeds: tuple[int, ...]
    tasks: tuple[Task, ...]


@dataclass(frozen=True, eq=False)
class TournamentStanding:
    """Results of a strategy over all tasks, weighted equally. Intervals are over the seeds.

    Attributes:
        strategy: its key.
        area: mean accuracy over the range of labels, over tasks and seeds.
        gain: difference of `area` to random, with Holm's correction over all rivals; None for random.
        verdict: whether the interval of `gain` excludes 0, and on which side.
        rank: mean rank in a race, 1 for the best.
        iqm: interquartile mean over all races of the gain over random in the same race. `iqm`, `improvement` and
            `saved` are None for random, and for a single seed.
        improvement: probability that one of its races beats a race of random.
        saved: label saving, 1 minus the geometric mean over races of its labels to target as a share of random's in the
            same race. A race that never reached the target counts as if it had at its end.
        never: share of its races that never reached the target.
        seconds: time of selection in a race: the mean over tasks of the median race.
    """

    strategy: str
    area: float
    gain: Interval | None
    verdict: Verdict
    rank: Interval
    iqm: Interval | None
    improvement: Interval | None
    saved: Interval | None
    never: float
    seconds: float


@dataclass(frozen=True, eq=False)
class Summary:
    """All results of a tournament shown on a page or in a paper.

    Attributes:
        results: the measurements.
        standings: one per strategy, best mean rank first.
        penalties: pairwise penalty matrix; rows and columns in the order of `standings`.
        targets_D: target accuracy of each task: random's start plus nine tenths of its gain; NaN if it gains nothing.
    """

    results: Results
    standings: tuple[TournamentStanding, ...]
    penalties: Penalties
    targets_D: Floats

    @property
    def by_gain(self) -> tuple[int, ...]:
        """Places of the standings in the order of tables: the largest gain first, random's being 0."""
        gains = [one.gain.estimate if one.gain else 0.0 for one in self.standings]
        return tuple(sorted(range(len(gains)), key=lambda place: -gains[place]))

    @property
    def frontier(self) -> tuple[str, ...]:
        """The Pareto front: strategies for which no other saves as many labels in as little time."""
        points = [(one.saved.estimate, one.seconds, one.strategy) for one in self.standings if one.saved]
        return tuple(
            name
            for saved, seconds, name in sorted(points, key=lambda point: point[1])
            if not any(
                more >= saved and less <= seconds and (more, less) != (saved, seconds) for more, less, _ in points
            )
        )


def parse_results(record: Mapping[str, Any]) -> Results:
    """Results from a tournament's record, see `alcore.runs.tournament.record.record`.

    Raises:
        ValueError: if it is not a tournament's record, or has no finished seed.
    """
    if record.get("schema") != RECORD_SCHEMA:
        raise ValueError("this is not the record of a tournament")
    if not record["tasks"] or not record["seeds"] or BASELINE not in record["strategies"]:
        raise ValueError("no seed of this tournament is finished yet: there is nothing to compare")
    return Results(
        tuple(record["strategies"]),
        tuple(record["seeds"]),
        tuple(
            Task(
                task["dataset"],
                task["learner"],
                np.asarray(task["labels"], dtype=np.int64),
                np.asarray(task["hits"], dtype=np.float64) / task["test_points"],
                np.asarray(task["seconds"], dtype=np.float64),
            )
            for task in record["tasks"]
        ),
    )


def summarise(results: Results) -> Summary:
    """Compare all strategies over all tasks.

    The data sets are fixed: intervals are over other seeds on the same data sets, not over other data sets.
    """
    base = results.strategies.index(BASELINE)
    area_D_S_R = np.stack([task.area_S_R for task in results.tasks])
    rank_S_R = rankdata(-np.round(area_D_S_R, 12), axis=2).mean(axis=0)
    gain_D_S_R = np.round(area_D_S_R - area_D_S_R[:, :, [base]], 12)
    targets_D, needed_D_S_R, never_R = _needed(results, base)
    gained = gains(gain_D_S_R.mean(axis=0), base)
    seconds_R = np.mean([np.median(task.seconds_S_R, axis=0) for task in results.tasks], axis=0)
    several = len(results.seeds) > 1
    counts = None
    if several:
        rng = np.random.default_rng(_SEED)
        counts = bootstrap_weights(len(results.tasks), len(results.seeds), rng=rng)
    standings = []
    for r, strategy in enumerate(results.strategies):
        saved = iqm = better = None
        if counts is not None and r != base:
            iqm = iqm_interval(gain_D_S_R[:, :, r], counts)
            better = improvement_interval(area_D_S_R[:, :, r], area_D_S_R[:, :, base], counts)
            saved = _saved(needed_D_S_R, r, base, counts, targets_D)
        gain, verdict = gained[r]
        standings.append(
            TournamentStanding(
                strategy,
                float(area_D_S_R[:, :, r].mean()),
                gain,
                verdict,
                bounded_interval(rank_S_R[:, r], 1, max(2, len(results.strategies))),
                iqm,
                better,
                saved,
                float(never_R[r]),
                float(seconds_R[r]),
            )
        )
    order = sorted(range(len(standings)), key=lambda r: standings[r].rank.estimate)
    penalties = penalty_matrix([task.accuracy_S_R_T[:, order] for task in results.tasks])
    return Summary(results, tuple(standings[r] for r in order), penalties, targets_D)


def gains(gain_S_R: Floats, base: int) -> list[tuple[Interval | None, Verdict]]:
    """Each strategy's mean gain over the baseline with Holm's interval, and the verdict; none for the baseline.

    A verdict also requires significance by `p_values`: with so few seeds that equal signs are likely by chance, an
    interval that excludes 0 is undecided.
    """
    rivals = [r for r in range(gain_S_R.shape[1]) if r != base]
    chances = p_values(gain_S_R[:, rivals])
    found: list[tuple[Interval | None, Verdict]] = [(None, "undecided")] * gain_S_R.shape[1]
    for r, chance, alpha in zip(rivals, chances, holm_alphas(chances), strict=True):
        interval = difference_interval(gain_S_R[:, r], 1 - float(alpha))
        verdict: Verdict = "undecided"
        if chance <= alpha and interval.excludes(0):
            verdict = "better" if interval.estimate > 0 else "worse"
        found[r] = interval, verdict
    return found


def selection_seconds(
    record: Mapping[str, Any],
    strategies: Sequence[str],
    tasks: Sequence[tuple[str, str]],
    *,
    seeds: int,
    rounds: int,
) -> float | None:
    """Estimated time of selection of other races, from the median races of a record, by proportion of the rounds.

    Args:
        record: of a finished tournament.
        strategies: keys.
        tasks: data sets with learners.
        seeds: races of each.
        rounds: queries of each race.

    Returns:
        the sum over all races; None if the record lacks a strategy or a task.
    """
    known = {(task["dataset"], task["learner"]): task for task in record["tasks"]}
    if not set(strategies) <= set(record["strategies"]) or not set(tasks) <= set(known):
        return None
    columns = [record["strategies"].index(name) for name in strategies]
    once = sum(
        float(np.median(np.asarray(known[task]["seconds"])[:, columns], axis=0).sum())
        * rounds
        / max(1, len(known[task]["labels"]) - 1)
        for task in tasks
    )
    return once * seeds


@dataclass(frozen=True, eq=False)
class TaskGains:
    """Gains over random of each strategy on each task, as shares; NaN for random.

    Attributes:
        gain_R_D: mean over seeds.
        low_R_D: lower end of the 95 % interval of each on its own.
        high_R_D: upper end.
    """

    gain_R_D: Floats
    low_R_D: Floats
    high_R_D: Floats


def task_gains(results: Results) -> TaskGains:
    """Gain of every strategy, in their given order, on every task."""
    base = results.strategies.index(BASELINE)
    gained = np.full((3, len(results.strategies), len(results.tasks)), np.nan)
    for d, task in enumerate(results.tasks):
        area_S_R = task.area_S_R
        for r in range(len(results.strategies)):
            if r != base:
                found = difference_interval(np.round(area_S_R[:, r] - area_S_R[:, base], 12))
                gained[:, r, d] = found.estimate, found.low, found.high
    return TaskGains(*gained)


@dataclass(frozen=True, eq=False)
class CriticalDifference:
    """Ranks over tasks, and the difference beyond which two of them differ.

    Attributes:
        rank_R: mean over the tasks of the rank of the mean accuracy along the curve, 1 for the best.
        difference: of two mean ranks, the smallest significant one at a familywise level of 5 %.
    """

    rank_R: Floats
    difference: float


def critical_difference(results: Results) -> CriticalDifference:
    """Nemenyi's test over tasks, each with its mean over seeds; NaN for fewer than two strategies.

    Unlike the intervals over seeds, it treats the tasks as a sample: it asks about other data sets.

    Source: Demsar (2006), section 3.2.2.
    """
    area_D_R = np.stack([task.area_S_R.mean(axis=0) for task in results.tasks])
    rank_D_R = rankdata(-np.round(area_D_R, 12), axis=1)
    tasks, strategies = rank_D_R.shape
    if strategies < 2:
        return CriticalDifference(rank_D_R.mean(axis=0), np.nan)
    q = float(studentized_range.ppf(0.95, strategies, np.inf)) / np.sqrt(2)
    return CriticalDifference(rank_D_R.mean(axis=0), q * np.sqrt(strategies * (strategies + 1) / (6 * tasks)))


def _needed(results: Results, base: int) -> tuple[Floats, Floats, Floats]:
    """Targets, labels to target (the last number if never reached), and the share of races that never reached it."""
    targets, needed, never = [], [], []
    for task in results.tasks:
        target = default_target(task.accuracy_S_R_T[:, base].mean(axis=0)[None])
        targets.append(np.nan if target is None else target.accuracy)
        flat = task.accuracy_S_R_T.reshape(-1, len(task.labels_T))
        hit = labels_needed(task.labels_T, flat, np.inf if target is None else target.accuracy)
        hit_S_R = hit.reshape(task.accuracy_S_R_T.shape[:2])
        never.append(np.isinf(hit_S_R))
        needed.append(np.minimum(hit_S_R, task.labels_T[-1]))
    counted = ~np.isnan(targets)
    never_R = np.stack(never)[counted].mean(axis=(0, 1)) if counted.any() else np.ones(len(results.strategies))
    return np.array(targets), np.stack(needed), never_R


def _saved(needed_D_S_R: Floats, r: int, base: int, counts_B_D_S: NDArray, targets_D: Floats) -> Interval | None:
    rows = ~np.isnan(targets_D)
    if not rows.any():
        return None
    share = geometric_interval(needed_D_S_R[rows, :, r] / needed_D_S_R[rows, :, base], counts_B_D_S[:, rows])
    return Interval(1 - share.estimate, 1 - share.high, 1 - share.low)


def standing_rows(summary: Summary, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The standings as flat rows by gain: shares and differences in percent, intervals as two columns."""
    rows = []
    for place in summary.by_gain:
        one, penalty = summary.standings[place], summary.penalties.column_R[place]
        rows.append(
            {"strategy": names.get(one.strategy, one.strategy), "mean_rank": one.rank.estimate}
            | _ends("rank", one.rank, 1)
            | {"mean_accuracy": 100 * one.area}
            | _all("gain", one.gain)
            | {"verdict": "baseline" if one.gain is None else one.verdict}
            | _all("interquartile_mean_gain", one.iqm)
            | _all("probability_of_improvement", one.improvement)
            | _all("labels_saved", one.saved)
            | {"target_not_reached": 100 * one.never, "penalty": 100 * float(penalty), "seconds": one.seconds}
        )
    return rows


def _all(name: str, interval: Interval | None) -> dict[str, float | None]:
    estimate = None if interval is None else 100 * interval.estimate
    return {name: estimate} | _ends(name, interval, 100)


def _ends(name: str, interval: Interval | None, scale: float) -> dict[str, float | None]:
    # One seed gives no interval: its ends are infinite.
    ends = (np.nan, np.nan) if interval is None else (scale * interval.low, scale * interval.high)
    return {f"{name}_{end}": at if np.isfinite(at) else None for end, at in zip(("low", "high"), ends, strict=True)}


__all__ = [
    "CriticalDifference",
    "Results",
    "Summary",
    "Task",
    "TaskGains",
    "TournamentStanding",
    "called",
    "critical_difference",
    "gains",
    "parse_results",
    "selection_seconds",
    "standing_rows",
    "summarise",
    "task_gains",
]


def areas_frame(summary: Summary, names: Mapping[str, str], datasets: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Area under the learning curve as mean accuracy in percent: one row per strategy, one column per task.

    Args:
        summary: from `summarise`.
        names: display names of strategies.
        datasets: display names of data sets and learners.
    """
    results = summary.results
    columns = {called(task, summary, datasets or {}): 100 * task.area_S_R.mean(axis=0) for task in results.tasks}
    return _framed(summary, names, {head: [f"{share:.2f}" for share in column] for head, column in columns.items()})


def labels_frame(summary: Summary, names: Mapping[str, str], datasets: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Labels held when the target is first reached, median race: one row per strategy, one column per task.

    "never" if half of the races or more did not reach it; a task without a target has a dash.

    Args:
        summary: from `summarise`.
        names: display names of strategies.
        datasets: display names of data sets and learners.
    """
    columns = {}
    for task, target in zip(summary.results.tasks, summary.targets_D, strict=True):
        head = called(task, summary, datasets or {})
        if np.isnan(target):
            columns[head] = ["–"] * len(summary.results.strategies)
            continue
        needed = [
            float(np.quantile(labels_needed(task.labels_T, accuracy_S_T, target), 0.5, method="higher"))
            for accuracy_S_T in task.accuracy_S_R_T.transpose(1, 0, 2)
        ]
        columns[f"{head} ({level(target)})"] = ["never" if np.isinf(labels) else number(labels) for labels in needed]
    return _framed(summary, names, columns)


def _framed(summary: Summary, names: Mapping[str, str], columns: Mapping[str, list[str]]) -> pd.DataFrame:
    strategies = list(summary.results.strategies)
    frame = pd.DataFrame({"Strategy": [names.get(name, name) for name in strategies], **columns})
    order = [strategies.index(summary.standings[place].strategy) for place in summary.by_gain]
    return frame.iloc[order].reset_index(drop=True)


def called(task: Task, summary: Summary, datasets: Mapping[str, str]) -> str:
    """A task's display name: its data set, with its learner where there are several."""
    name = datasets.get(task.dataset, task.dataset)
    several = len({one.learner for one in summary.results.tasks}) > 1
    return f"{name}, {datasets.get(task.learner, task.learner)}" if several else name
