"""How often a tournament's statistics are wrong: claims where nothing differs, and intervals that miss.

Simulated: D tasks with a level and a spread of their own, S paired seeds whose luck all strategies share, and
accuracies that are shares of a test set of 50 to 1,000 points.
"""

import time

import numpy as np

from alcore.report.intervals import Interval
from alcore.report.statistics.bootstrap import (
    bootstrap_weights,
    geometric_interval,
    improvement_interval,
    interquartile_mean,
    iqm_interval,
)
from alcore.report.statistics.penalty_matrix import penalty_matrix
from alcore.report.statistics.tournament import Results, Task, gains
from tests.benchmarks.measure import Result, hardware

NULLS, COVERED, DRAWS = 6000, 2000, 1000
TASKS, STRATEGIES, ROUNDS = 6, 8, 11


def run() -> list[Result]:
    """False claims on null tournaments, and coverage, at 5, 10 and 20 seeds."""
    results: list[Result] = []
    for seeds in (5, 10, 20):
        started = time.perf_counter()
        claims = np.array([false_claims(seeds, np.random.default_rng([seeds, n])) for n in range(NULLS)])
        for what, rate in zip(("penalty matrix", "gain over random"), claims.mean(axis=0), strict=True):
            results.append(
                {
                    "work": f"null tournaments with any false claim: {what}, {STRATEGIES} strategies, "
                    f"{TASKS} tasks, {seeds} seeds",
                    "tournaments": NULLS,
                    "rate": round(float(rate), 4),
                    "wanted": "at most 0.05",
                    "seconds": round(time.perf_counter() - started, 1),
                    "hardware": hardware(),
                }
            )
            print(results[-1]["work"], results[-1]["rate"], flush=True)
        started = time.perf_counter()
        hits = np.array([covered(seeds, np.random.default_rng([seeds, n, 1])) for n in range(COVERED)])
        for what, rate in zip(("interquartile mean", "improvement", "labels"), hits.mean(axis=0), strict=True):
            results.append(
                {
                    "work": f"coverage of the 95 % stratified bootstrap interval: {what}, {TASKS} tasks, {seeds} seeds",
                    "tournaments": COVERED,
                    "rate": round(float(rate), 4),
                    "wanted": "0.93 to 0.97",
                    "seconds": round(time.perf_counter() - started, 1),
                    "hardware": hardware(),
                }
            )
            print(results[-1]["work"], results[-1]["rate"], flush=True)
    return results


def null_tournament(seeds: int, rng: np.random.Generator) -> Results:
    """Strategies that differ in luck alone: the start of a seed, and test points won or lost on the way."""
    tasks = []
    for d in range(TASKS):
        points = int(rng.choice([50, 100, 200, 1000]))
        level_T = np.linspace(0.6, 0.9, ROUNDS)
        luck_S = rng.normal(scale=0.05, size=(seeds, 1, 1))
        # A few strategies meet with a disaster now and then: skewed, as real races are.
        way_S_R_T = np.cumsum(rng.normal(scale=0.01, size=(seeds, STRATEGIES, ROUNDS)), axis=2)
        way_S_R_T -= 0.1 * (rng.random((seeds, STRATEGIES, 1)) < 0.05)
        share = np.clip(level_T + luck_S + way_S_R_T, 0, 1)
        accuracy = rng.binomial(points, share) / points
        accuracy[:, :, 0] = accuracy[:, :1, 0]
        tasks.append(Task(f"task {d}", "none", 10 + 5 * np.arange(ROUNDS), accuracy, np.ones((seeds, STRATEGIES))))
    names = ("random", *(f"strategy {r}" for r in range(1, STRATEGIES)))
    return Results(names, tuple(range(seeds)), tuple(tasks))


def false_claims(seeds: int, rng: np.random.Generator) -> tuple[bool, bool]:
    """Whether a null tournament makes any claim: in the penalty matrix, and of gains over random."""
    results = null_tournament(seeds, rng)
    penalties = penalty_matrix([task.accuracy_S_R_T for task in results.tasks])
    return bool(penalties.claims_D_L_R_R.any()), any(verdict != "undecided" for verdict in verdicts(results))


def verdicts(results: Results) -> list[str]:
    """Of every rival of random."""
    area_D_S_R = np.stack([task.area_S_R for task in results.tasks])
    return [verdict for _, verdict in gains((area_D_S_R - area_D_S_R[:, :, :1]).mean(axis=0), 0)]


# What each task's two strategies are like: mean difference, and spreads; the same in every simulation.
_GAINS = np.array([0.0, 0.01, 0.02, 0.05, -0.01, 0.03])[:, None]
_SPREADS = np.array([0.01, 0.02, 0.02, 0.05, 0.01, 0.03])[:, None]
_LABELS = np.array([20.0, 30, 40, 60, 80, 100])[:, None]


def covered(seeds: int, rng: np.random.Generator) -> tuple[bool, ...]:
    """Whether the interval of each statistic holds what any number of seeds would give."""
    x, y, mine, theirs = draw(seeds, rng)
    counts = bootstrap_weights(TASKS, seeds, rng=rng, draws=DRAWS)
    truth = truths()
    better = truth["other pairs"] * (1 - 1 / seeds) + truth["same seed"] / seeds
    return (
        holds(iqm_interval(x - y, counts), truth["iqm"]),
        holds(improvement_interval(x, y, counts), better),
        holds(geometric_interval(mine / theirs, counts), truth["labels"]),
    )


def draw(seeds: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Areas of two strategies that share each seed's luck, and labels to a target; tasks x seeds each."""
    shape = (TASKS, seeds)
    luck = rng.normal(scale=0.03, size=shape)
    y = 0.8 + luck + rng.normal(scale=_SPREADS, size=shape)
    # Gains are skewed: a few starts gain much.
    x = 0.8 + luck + _GAINS + _SPREADS * (rng.exponential(size=shape) - 1)
    theirs = _LABELS * np.exp(rng.normal(scale=0.3, size=shape))
    mine = 0.8 * _LABELS * np.exp(rng.normal(scale=0.3, size=shape))
    return x, y, mine, theirs


_TRUTHS: dict[str, float] = {}


def truths() -> dict[str, float]:
    """Of each statistic, from a hundred thousand seeds."""
    if not _TRUTHS:
        x, y, mine, theirs = draw(100_000, np.random.default_rng(0))
        _TRUTHS["iqm"] = float(interquartile_mean((x - y).ravel()))
        _TRUTHS["same seed"] = float((x > y).mean())
        _TRUTHS["other pairs"] = float(np.mean([(x > np.roll(y, at, axis=1)).mean() for at in (1, 7, 99, 1234)]))
        _TRUTHS["labels"] = float(np.exp(np.log(mine / theirs).mean()))
    return _TRUTHS


def holds(interval: Interval, value: float) -> bool:
    """Whether the interval holds the value."""
    return not interval.excludes(value)


__all__ = ["covered", "false_claims", "null_tournament", "run"]
