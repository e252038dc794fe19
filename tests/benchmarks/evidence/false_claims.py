"""How often the recommendation is wrong where nothing differs: tournaments of luck alone, through the same program."""

import json

import numpy as np

from alcore.recommend.advice import Question
from alcore.recommend.choose import advise
from alcore.recommend.evidence import HORIZONS, read_evidence
from alcore.report.statistics.tournament import Results, Task
from tests.benchmarks.evidence.summary import cell_row
from tests.benchmarks.evidence.tasks import Budget
from tests.benchmarks.measure import Result, hardware

ANY_LOAD = True
TOURNAMENTS, TASKS, SEEDS, STRATEGIES, ROUNDS = 1000, 20, 50, 21, 12
NAMES = ("random", "margin", *(f"strategy{r}" for r in range(200)))


def run() -> list[Result]:
    """1,000 tournaments of 21 strategies on 20 tasks with 50 seeds; both horizons."""
    claims = np.array([false_claims(np.random.default_rng([SEEDS, n])) for n in range(TOURNAMENTS)])
    return [
        {
            "work": f"null tournaments in which any strategy is reliably better than random, horizon {horizon}: "
            f"{STRATEGIES - 1} rivals, {TASKS} tasks, {SEEDS} seeds",
            "tournaments": TOURNAMENTS,
            "rate": round(float(rate), 4),
            "wanted": "at most 0.05",
            "hardware": hardware(),
        }
        for horizon, rate in zip(HORIZONS, claims.mean(axis=0), strict=True)
    ]


def false_claims(
    rng: np.random.Generator, *, tasks: int = TASKS, seeds: int = SEEDS, strategies: int = STRATEGIES
) -> list[bool]:
    """Whether a strategy is recommended although all differ by luck alone, to each horizon.

    Tasks differ in level, and in how much luck there is; all strategies of a seed share its split and its start.
    """
    rows = []
    labels_T = 4 + 5 * np.arange(ROUNDS + 1)
    for d in range(tasks):
        points = int(rng.choice([50, 100, 200, 1000]))
        level_T = np.linspace(0.6, rng.uniform(0.7, 0.95), ROUNDS + 1)
        luck_S = rng.normal(scale=0.05, size=(seeds, 1, 1))
        way_S_R_T = np.cumsum(rng.normal(scale=rng.uniform(0.003, 0.02), size=(seeds, strategies, ROUNDS + 1)), axis=2)
        accuracy = rng.binomial(points, np.clip(level_T + luck_S + way_S_R_T, 0, 1)) / points
        accuracy[:, :, 0] = accuracy[:, :1, 0]
        task = Task("blobs", "logistic", labels_T, accuracy, np.ones((seeds, strategies)))
        results = Results(NAMES[:strategies], tuple(range(seeds)), (task,))
        budget = Budget("blobs", 400, 1.0, 0.9, 60, 60, False)
        row = cell_row(("blobs", "logistic", "balanced", 5), results, ("null",), {"seed_labels": 4}, budget)
        rows.append(row | {"dataset": f"task{d}", "kind": "table"})
    evidence = read_evidence(json.loads(json.dumps({"slices": {}, "cells": rows, "leave_one_out": []})))
    return [advise(evidence, Question(2, budget, 5)).reliable for budget in (20, 100)]
