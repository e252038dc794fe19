"""A tournament's measures of each strategy, and their description in sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alcore.report.intervals import Interval, holm_alphas
from alcore.report.phrases import capitalise, format_number, join_names, lowercase_first, plural
from alcore.report.statistics.penalty_matrix import p_values
from alcore.report.statistics.tournament import Summary, TournamentStanding


@dataclass(frozen=True)
class Measure:
    """A measure of each strategy with an interval.

    Attributes:
        title: of its axis.
        head: of its column.
        of: reads it; None if a strategy has no value.
        scale: factor from the stored to the displayed value.
        reference: displayed value of no difference to random; None if there is none.
        better: 1 if higher is better, -1 if lower is better.
    """

    title: str
    head: str
    of: Callable[[TournamentStanding], Interval | None]
    scale: float
    reference: float | None
    better: int = 1

    def shown(self, standing: TournamentStanding) -> Interval | None:
        """The interval in displayed units."""
        found = self.of(standing)
        if found is None:
            return None
        return Interval(self.scale * found.estimate, self.scale * found.low, self.scale * found.high)

    def ranked(self, standings: Sequence[TournamentStanding]) -> list[TournamentStanding]:
        """Strategies with a value, best first; ties keep their order."""
        return sorted(
            (standing for standing in standings if self.of(standing) is not None),
            key=lambda one: -self.better * _estimate(self.of(one)),
        )


MEASURES: dict[str, Measure] = {
    "gain": Measure("Gain over random in mean accuracy (percentage points)", "Gain", lambda one: one.gain, 100, 0),
    "rank": Measure("Mean rank in a race (1 is best)", "Rank", lambda one: one.rank, 1, None, -1),
    "iqm": Measure(
        "Interquartile mean of the gain over random (percentage points)", "IQM", lambda one: one.iqm, 100, 0
    ),
    "improvement": Measure(
        "Probability of improvement over random (%)", "P(improvement)", lambda one: one.improvement, 100, 50
    ),
    "saved": Measure("Labels saved to the target, of random's (%)", "Labels saved", lambda one: one.saved, 100, 0),
}


def cell(interval: Interval | None, places: int) -> str:
    """An interval in a table: 1.23 [0.95, 1.50]; a dash for None."""
    if interval is None:
        return "–"
    if not np.isfinite([interval.low, interval.high]).all():
        return format_number(interval.estimate, places)
    estimate, low, high = (format_number(x, places) for x in (interval.estimate, interval.low, interval.high))
    return f"{estimate} [{low}, {high}]"


def has_intervals(summary: Summary) -> bool:
    """Whether there is an interval: one paired seed gives none."""
    return len(summary.results.seeds) > 1


def describe_chart(name: str, summary: Summary) -> str:
    """What a chart shows, and its intervals.

    Args:
        name: of the chart, as for `tournament_chart`, or "curves".
        summary: from `summarise`.
    """
    return _SHOWN[name] if has_intervals(summary) else _SHOWN_ONCE.get(name, _SHOWN[name])


_SHOWN = {
    "gain": (
        "Mean accuracy along the curve less random's: mean over data sets, 95 % interval over the seeds, Holm's "
        "correction."
    ),
    "heat": "Gain over random in points; bold: the 95 % interval excludes 0.",
    "curves": "Mean test accuracy by labelled points, with its 95 % interval over the paired seeds.",
    "differences": (
        "Nemenyi's test over data sets (Demšar, 2006): two strategies differ where their whiskers do not overlap."
    ),
    "rank": "Rank of the mean accuracy along the curve in each race; 95 % interval over the seeds.",
    "iqm": "Interquartile mean (IQM): mean of the gains between the quartiles, robust against outliers; bootstrap.",
    "improvement": (
        "Probability that a race of this strategy is better than one of random on a random data set; 50 %: no "
        "difference."
    ),
    "saved": "Share of random's labels saved to nine tenths of its final gain: geometric mean over races; bootstrap.",
    "penalties": (
        "Data sets in which the row beats the column, at five budgets; Holm's correction covers the whole table. "
        "Columns have the numbers of the rows."
    ),
    "pareto": "Dotted: the Pareto front, where no other strategy saves as many labels in as little time.",
}
_NO_INTERVAL = "one paired seed gives no interval."
_SHOWN_ONCE = {
    "gain": f"Mean accuracy along the curve less random's: mean over data sets; {_NO_INTERVAL}",
    "heat": f"Gain over random in points; {_NO_INTERVAL}",
    "curves": f"Test accuracy by labelled points; {_NO_INTERVAL}",
    "rank": f"Rank of the mean accuracy along the curve in each race; {_NO_INTERVAL}",
    "penalties": (
        "Data sets in which the row beats the column, at five budgets: none, since one paired seed cannot give a "
        "significant difference. Columns have the numbers of the rows."
    ),
}


def best_gains(summary: Summary) -> frozenset[str]:
    """The strategy with the largest gain, and those not significantly different from it; all better than random.

    Paired over the seeds, with Holm's correction over the strategies better than random. Empty if none is.
    """
    results = summary.results
    better = [standing for standing in MEASURES["gain"].ranked(summary.standings) if standing.verdict == "better"]
    if not better:
        return frozenset()
    area_S_R = np.mean([task.area_S_R for task in results.tasks], axis=0)
    first_S, *others = (area_S_R[:, results.strategies.index(one.strategy)] for one in better)
    behind = np.stack([first_S - other_S for other_S in others], axis=1) if others else area_S_R[:, :0]
    chances = p_values(np.round(behind, 12))
    held = (one for one, p, alpha in zip(better[1:], chances, holm_alphas(chances), strict=True) if p > alpha)
    return frozenset({better[0].strategy, *(one.strategy for one in held)})


def describe_tournament(summary: Summary, names: Mapping[str, str], datasets: Mapping[str, str]) -> list[str]:
    """The tournament in sentences: which strategies beat random, the best, the worst, labels and costs.

    Args:
        summary: from `summarise`.
        names: display names of strategies.
        datasets: display names of data sets and learners.
    """
    called = {one.strategy: _plain(names.get(one.strategy, one.strategy)) for one in summary.standings}
    rivals = [standing for standing in summary.standings if standing.gain is not None]
    told = [describe_setup(summary, datasets)]
    if not rivals:
        return told
    told.append(_verdicts(rivals, called) if has_intervals(summary) else NO_VERDICT)
    best, last = (pick(rivals, key=lambda one: _estimate(one.gain)) for pick in (max, min))
    gain, saved = MEASURES["gain"].shown, MEASURES["saved"].shown
    told.append(
        f"Largest gain: {called[best.strategy]}, {cell(gain(best), 2)} percentage points of mean accuracy; smallest: "
        f"{called[last.strategy]}, {cell(gain(last), 2)}."
    )
    thrifty = [rival for rival in rivals if rival.saved is not None]
    if thrifty:
        saver = max(thrifty, key=lambda one: _estimate(one.saved))
        front = [called[name] for name in summary.frontier]
        most, name = cell(saved(saver), 0), capitalise(called[saver.strategy])
        certain = saver.saved is not None and saver.saved.low > 0
        told.append(
            (
                f"{name} saves {most} % of random's labels to the target; "
                if certain
                else f"{name} needs the fewest labels to the target, but saves none significantly: "
                f"{most} % of random's; "
            )
            + f"on the Pareto front of labels against time: {join_names(front)}."
        )
    told.append(_plainest(summary, called))
    return told


NO_VERDICT = "One paired seed cannot give a significant difference to random."


def describe_setup(summary: Summary, datasets: Mapping[str, str]) -> str:
    """What was raced: strategies, data sets, seeds, rounds and learners.

    Args:
        summary: from `summarise`.
        datasets: display names of data sets and learners.
    """
    results = summary.results
    data = ", ".join(dict.fromkeys(datasets.get(task.dataset, task.dataset) for task in results.tasks))
    return (
        f"{len(results.strategies)} strategies, {plural(len(results.tasks), 'task')} ({data}), "
        f"{describe_races(summary, datasets)}."
    )


def describe_races(summary: Summary, datasets: Mapping[str, str]) -> str:
    """Seeds, rounds and learners of the races, within a sentence; for the arguments see `describe_setup`."""
    tasks = summary.results.tasks
    learners = dict.fromkeys(lowercase_first(datasets.get(task.learner, task.learner)) for task in tasks)
    rounds = max(len(task.labels_T) for task in tasks) - 1
    return ", ".join(
        [plural(len(summary.results.seeds), "paired seed"), plural(rounds, "round"), join_names(list(learners))]
    )


def describe_verdicts(summary: Summary) -> str:
    """How many strategies beat random, in a sentence; "" if there is none but random."""
    verdicts = [one.verdict for one in summary.standings if one.gain is not None]
    if not verdicts or not has_intervals(summary):
        return NO_VERDICT if verdicts else ""
    better, worse = verdicts.count("better"), verdicts.count("worse")
    return (
        f"{better or 'None'} of {len(verdicts)} beat{'s' if better == 1 else ''} random, {worse or 'none'} "
        f"lose{'s' if worse == 1 else ''} to it (95 % over all together, Holm)."
    )


def _verdicts(rivals: Sequence[TournamentStanding], called: Mapping[str, str]) -> str:
    better, worse = (
        [called[rival.strategy] for rival in rivals if rival.verdict == verdict] for verdict in ("better", "worse")
    )
    rest = len(rivals) - len(better) - len(worse)
    return (
        f"{capitalise(_some(better))} beat{'s' if len(better) == 1 else ''} random on average, "
        f"{_some(worse)} lose{'s' if len(worse) == 1 else ''} to it, and {rest or 'none'} of {len(rivals)} "
        "do not differ from it significantly (95 % over all together, Holm)."
    )


def _plainest(summary: Summary, called: Mapping[str, str]) -> str:
    matrix, order = summary.penalties.matrix_R_R, [called[standing.strategy] for standing in summary.standings]
    if not matrix.any():
        return "On no single task does a strategy beat another significantly at any budget."
    row, column = np.unravel_index(int(matrix.argmax()), matrix.shape)
    return (
        f"Task by task, in {int((matrix > 0).sum())} of {matrix.size - len(matrix)} ordered pairs the first beats the "
        f"second significantly at some budget; most often {order[row]} beats {order[column]}, in "
        f"{format_number(matrix.max(), 1)} of {summary.penalties.tasks} tasks."
    )


def _estimate(interval: Interval | None) -> float:
    return interval.estimate if interval else 0.0


def _some(names: Sequence[str]) -> str:
    return f"{len(names)} of them ({join_names(names)})" if len(names) > 3 else (join_names(names) if names else "none")


def _plain(name: str) -> str:
    """A name usable in a list: "Hybrid, sum" as "Hybrid (sum)"."""
    head, comma, tail = name.partition(", ")
    return f"{head} ({tail})" if comma else name
