"""The three settings beside random picks at equal labels: which wins where, and how the screen's default was chosen.

The rule: of the data sets of the screen's grid, the one in which pool and stream both beat random most surely, by the
lower of the lower ends of their two 95 % intervals over `CHOICE`. The screen shows other seeds; `EVIDENCE` are the
first of them.
"""

import json
from functools import partial
from pathlib import Path

import numpy as np

from alcore.datasets.planar.bayes_boundary import posterior
from alcore.datasets.planar.generate import planar
from alcore.loops.settings_comparison import SETTINGS, compare_settings
from alcore.loops.synthesis.oracles import sample_from_posterior
from alcore.report.intervals import mean_interval
from alcore.report.statistics.equal_budgets import at_equal_budgets
from alcore.rng import rng_for
from pages.screens.scenarios.grid import FILE, OVERLAPS, ROWS
from tests.benchmarks.measure import Result

CHOICE, EVIDENCE = range(1000, 1020), range(50)
POOL, SEED_LABELS, LABELS = 400, 4, 40


def run() -> list[Result]:
    """One row per data set for the choice, one per data set for the evidence, which the screen's grid shows."""
    results: list[Result] = []
    cells = [(row, overlap) for row in ROWS for overlap in OVERLAPS]
    for use, seeds in (("choice", CHOICE), ("evidence", EVIDENCE)):
        for row, overlap in cells:
            gains = _gains(row.data, overlap, row.classes, seeds)
            results.append(
                {"work": f"{use}: {row.title}, overlap {overlap}", **gains, "seeds": [*seeds[:1], seeds[-1]]}
            )
            print(results[-1], flush=True)
    best = int(np.argmax([min(one["pool"][1], one["stream"][1]) for one in results[: len(cells)]]))
    results.append({"work": f"chosen: {results[best]['work'].removeprefix('choice: ')}"})
    print(results[-1])
    shown = [{name: one[name] for name in SETTINGS[:3]} for one in results[len(cells) : 2 * len(cells)]]
    Path(FILE).write_text(json.dumps(shown, indent=1) + "\n", encoding="utf-8")
    return results


def _gains(shape: str, overlap: float, classes: int, seeds: range) -> dict[str, list[float]]:
    """Of each setting the gain over random in points of mean accuracy: its mean and the ends of its 95 % interval."""
    data = [planar(shape, points=POOL, overlap=overlap, classes=classes, rng=rng_for(seed, "data")) for seed in seeds]
    told = compare_settings(
        data,
        sample_from_posterior(partial(posterior, shape, overlap=overlap, classes=classes)),
        seeds=seeds,
        seed_labels=SEED_LABELS,
        labels=LABELS,
    )
    accuracy = {name: np.zeros((len(seeds), LABELS + 1)) for name in SETTINGS}
    for row in at_equal_budgets(told.rows):
        accuracy[row["strategy"]][row["seed"] - seeds.start, row["round"]] = row["accuracy"]
    areas = {name: 100 * np.trapezoid(values, axis=1) / LABELS for name, values in accuracy.items()}
    gains = {name: areas[name] - areas["random"] for name in SETTINGS[:3]}
    found = {name: mean_interval(gain) for name, gain in gains.items()}
    return {name: [round(value, 2) for value in (one.estimate, one.low, one.high)] for name, one in found.items()}
