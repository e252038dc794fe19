"""What choosing among a part of the pool costs and saves: the MLP on MNIST over paired seeds."""

import os
import time

import numpy as np
from scipy import stats

from alcore.datasets.catalogue import load_dataset, problem
from alcore.datasets.dataset import Dataset
from alcore.home import alcore_home
from alcore.learners.registry import make_learner
from alcore.loops.pool.simulate import simulate
from alcore.runs.presets import PRESETS
from tests.benchmarks.measure import Result, hardware

SEEDS = 5
ROUNDS = 15
SIZES = (None, 5000, 1000)


def run() -> list[Result]:
    """The preset's strategy among all images and among fewer, and random, which needs none of them scored."""
    home = alcore_home()
    if problem("mnist", home):
        print(f"candidates is left out: {problem('mnist', home)}")
        return []
    data = load_dataset("mnist", seed=0, home=home, download=False)
    strategy = PRESETS["mlp-1d-mnist"].config.strategy
    ways = [(strategy, size) for size in SIZES] + [("random", None)]
    # Seed by seed, every way in turn, so that a busy moment hits all of them.
    turns = [[curve(data, *way, seed) for way in ways] for seed in range(SEEDS)]
    accuracy_S_W_T, seconds_S_W = (
        np.array([[one[part] for one in row] for row in turns]) for part in ("accuracy", "seconds")
    )
    results = []
    for number, (name, size) in enumerate(ways):
        among = f"{size:,} candidates" if size else "all images" if name != "random" else "none scored"
        area_S = accuracy_S_W_T[:, number].mean(axis=1)
        difference_S = area_S - accuracy_S_W_T[:, 0].mean(axis=1)
        result: Result = {
            "work": f"mlp-1d-mnist, {name}, {among}, {ROUNDS} rounds",
            "mean_accuracy_of_the_curve": round(float(area_S.mean()), 4),
            "mean_accuracy_at_the_end": round(float(accuracy_S_W_T[:, number, -1].mean()), 4),
            "accuracy_of_the_curve_of_seeds": [round(float(one), 4) for one in area_S],
            "seconds_of_score_and_select_a_round": round(float(np.median(seconds_S_W[:, number])), 4),
            "load_average": round(os.getloadavg()[0], 1),
            "hardware": hardware(),
        }
        if number:
            half = stats.t.ppf(0.975, SEEDS - 1) * difference_S.std(ddof=1) / np.sqrt(SEEDS)
            middle = difference_S.mean()
            interval = [round(float(middle - half), 4), round(float(middle + half), 4)]
            result["difference_to_all_images"] = round(float(middle), 4)
            result["interval_of_the_difference"] = interval
        print({key: value for key, value in result.items() if key != "hardware"}, flush=True)
        results.append(result)
    return results


def curve(data: Dataset, strategy: str, candidates: int | None, seed: int) -> dict[str, object]:
    """Test accuracy after each round, and the median seconds of scoring and selecting in one."""
    config = PRESETS["mlp-1d-mnist"].config
    learner = make_learner(config.learner, classes=data.classes, seed=seed, device="cpu", **config.training)
    began = time.perf_counter()
    turns = list(
        simulate(
            data,
            learner,
            strategy,
            seed=seed,
            seed_labels=config.seed_labels,
            labels_per_round=config.labels_per_round,
            rounds=ROUNDS,
            candidates=candidates,
        )
    )
    asked = [one.seconds["score"] + one.seconds["select"] for one in turns[:-1]]
    print(f"seed {seed}, {strategy}, {candidates}: {time.perf_counter() - began:.1f} s", flush=True)
    return {"accuracy": [one.accuracy for one in turns], "seconds": float(np.median(asked))}
