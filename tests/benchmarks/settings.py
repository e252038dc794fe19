"""The three settings beside random picks at equal labels: 50 paired seeds, 4 first labels, 40 questions."""

import time
from functools import partial

import numpy as np

from alcore.datasets.planar.bayes_boundary import posterior
from alcore.datasets.planar.generate import planar
from alcore.loops.settings_comparison import SETTINGS, compare_settings
from alcore.loops.synthesis.oracles import sample_from_posterior
from alcore.report.intervals import mean_interval
from alcore.rng import rng_for
from tests.benchmarks.measure import Result, hardware

SEEDS, POOL, SEED_LABELS, LABELS = 50, 404, 4, 40
# (shape, overlap, classes): where a line is the best boundary, and where it is not.
PROBLEMS = (("blobs", 0.4, 2), ("blobs", 0.4, 4), ("moons", 0.3, 2), ("far_cluster", 0.3, 2))


def run() -> list[Result]:
    """The mean accuracy after each of the questions, in percentage points."""
    results = []
    for shape, overlap, classes in PROBLEMS:
        started = time.perf_counter()
        told = compare_settings(
            [
                planar(shape, points=POOL, overlap=overlap, classes=classes, rng=rng_for(seed, "data"))
                for seed in range(SEEDS)
            ],
            sample_from_posterior(partial(posterior, shape, overlap=overlap, classes=classes)),
            seeds=range(SEEDS),
            seed_labels=SEED_LABELS,
            labels=LABELS,
        )
        seconds = time.perf_counter() - started
        curves: dict[str, list[list[float]]] = {name: [[] for _ in range(SEEDS)] for name in SETTINGS}
        for row in told.rows:
            if row["round"]:
                curves[row["strategy"]][row["seed"]].append(row["accuracy"])
        means = {name: np.array([100 * np.mean(one) for one in runs]) for name, runs in curves.items()}
        for name in SETTINGS:
            gain = mean_interval(means[name] - means["random"])
            results.append(
                {
                    "work": f"{shape} {overlap}, {classes} classes, pool {POOL}, {SEEDS} paired seeds",
                    "setting": name,
                    "labels_spent": float(np.mean([len(one) for one in curves[name]])),
                    "mean_accuracy": round(float(means[name].mean()), 2),
                    "gain_over_random": round(gain.estimate, 2),
                    "interval_95": [round(gain.low, 2), round(gain.high, 2)],
                    "seconds_all_settings": round(seconds, 2),
                    "hardware": hardware(),
                }
            )
            print(f"{shape} {classes}, {name}: {gain.estimate:.2f} [{gain.low:.2f}, {gain.high:.2f}]")
    return results
