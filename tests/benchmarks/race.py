"""The lockstep race against one scikit-learn fit at a time, and how its time grows, with a figure."""

import statistics
import time
from collections.abc import Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.generate import planar
from alcore.loops.races.paired import PairedRaces, paired_races
from alcore.loops.seed_set import seed_indices
from alcore.rng import rng_for
from tests.benchmarks.measure import RESULTS, Result, compare, hardware

SEEDS, ROUNDS, POINTS = 20, 50, 400
START: dict[str, Any] = {"seed_labels": 4, "labels_per_round": 1, "seed_set": "balanced"}
PAIR = ("least_confidence", "random")
# What is varied, the others as above: its sizes, and for each the seeds, pairs of racers and rounds.
GROWTH: dict[str, dict[int, tuple[int, int, int]]] = {
    "seeds": {seeds: (seeds, 1, ROUNDS) for seeds in (10, 20, 40, 80)},
    "racers": {2 * pairs: (SEEDS, pairs, ROUNDS) for pairs in (1, 2, 3, 4)},
    "rounds": {rounds: (SEEDS, 1, rounds) for rounds in (25, 50, 100, 200)},
}


def run() -> list[Result]:
    """Two and three classes against the plain loop; then seeds, racers and rounds at four sizes each.

    Both ways start from the same data and first labels, and score the test set of 1,000 points every round.
    """
    results = [_against_one_at_a_time(classes) for classes in (2, 3)]
    with threadpool_limits(1):
        growth = [_growth(what) for what in GROWTH]
    draw(growth)
    return results + growth


def samples(seeds: int, classes: int) -> list[Dataset]:
    """Another sample a seed."""
    return [planar("blobs", points=POINTS, classes=classes, rng=rng_for(s, "data")) for s in range(seeds)]


def _against_one_at_a_time(classes: int) -> Result:
    datasets = samples(SEEDS, classes)
    found: dict[str, Any] = {}

    def ours() -> None:
        found["races"] = paired_races(datasets, PAIR, seeds=range(SEEDS), rounds=ROUNDS, **START)

    def published() -> None:
        found["plain"] = one_at_a_time(datasets)

    work = f"{SEEDS} seeds x 2 racers x {ROUNDS} rounds, {POINTS} points, {classes} classes"
    result = compare(work, published, ours, runs=5)
    races: PairedRaces = found["races"]
    tight = one_at_a_time(datasets, tol=1e-10, max_iter=10_000)
    same = (races.order_S_R_M == tight).all(axis=2)
    result["races_with_the_same_questions_as_tight_fits"] = f"{same.sum()} of {same.size}"
    result["with_the_same_questions_as_default_fits"] = (
        f"{(races.order_S_R_M == found['plain']).all(axis=2).sum()} of {same.size}"
    )
    return result


def one_at_a_time(datasets: Sequence[Dataset], **settings: Any) -> np.ndarray:
    """The plain loop, for every seed and both racers; returns the order of labels, (S, 2, M)."""
    orders = []
    for seed, data in enumerate(datasets):
        stream = rng_for(seed, "seed set")
        first = seed_indices(data.y_pool, START["seed_labels"], seed_set=START["seed_set"], rng=stream)
        for name in PAIR:
            labeled = first.tolist()
            for number in range(ROUNDS + 1):
                model = LogisticRegression(**settings).fit(data.x_pool[labeled], data.y_pool[labeled])
                model.score(data.x_test, data.y_test)
                if number == ROUNDS:
                    break
                pool = np.setdiff1d(np.arange(len(data.y_pool)), labeled)
                if name == "random":
                    scores = rng_for(seed, "acquisition", number).random(len(pool))
                else:
                    scores = 1 - model.predict_proba(data.x_pool[pool]).max(axis=1)
                labeled.append(int(pool[scores.argmax()]))
            orders.append(labeled)
    return np.array(orders).reshape(len(datasets), len(PAIR), -1)


def _growth(what: str, *, runs: int = 9) -> Result:
    sizes = GROWTH[what]
    datasets = samples(max(seeds for seeds, _, _ in sizes.values()), 2)
    times: dict[int, list[float]] = {size: [] for size in sizes}
    for _ in range(runs):
        for size, (seeds, pairs, rounds) in sizes.items():
            started = time.perf_counter()
            paired_races(datasets[:seeds], PAIR * pairs, seeds=range(seeds), rounds=rounds, **START)
            times[size].append(time.perf_counter() - started)
    seconds = [statistics.median(spent) for spent in times.values()]
    exponent = float(np.polyfit(np.log(list(sizes)), np.log(seconds), 1)[0])
    print(f"{what}: {dict(zip(sizes, np.round(seconds, 4), strict=True))}: n^{exponent:.2f}", flush=True)
    return {
        "work": f"{SEEDS} seeds x 2 racers x {ROUNDS} rounds, {POINTS} points, 2 classes; {what} varied",
        "varied": what,
        "sizes": list(sizes),
        "seconds": [round(spent, 4) for spent in seconds],
        "exponent": round(exponent, 2),
        "hardware": hardware(),
    }


def draw(results: Sequence[Result]) -> None:
    """Three panels on one scale of seconds, beside the results."""
    with matplotlib.rc_context({"svg.hashsalt": "race", "svg.fonttype": "none", "font.size": 8}):
        figure = Figure(figsize=(9, 3), layout="constrained")
        panels = figure.subplots(1, len(results), sharey=True)
        for axes, result in zip(panels, results, strict=True):
            sizes, seconds = np.array(result["sizes"]), np.array(result["seconds"])
            slope, start = np.polyfit(sizes, seconds, 1)
            ends = np.array([0, sizes[-1]])
            axes.plot(ends, start + slope * ends, color="#999999", linestyle="--", label="straight line")
            axes.plot(sizes, seconds, color="#0072B2", marker="o", linestyle="", label="measured")
            axes.set_xlabel(f"{result['varied'].capitalize()} (time grows as $n^{{{result['exponent']:.2f}}}$)")
            axes.set_xticks(sizes)
            axes.grid(color="#DDDDDD", linewidth=0.5)
            axes.spines[["top", "right"]].set_visible(False)
        panels[0].set_ylim(0, 1.05 * max(max(result["seconds"]) for result in results))
        panels[0].set_ylabel("Seconds")
        panels[0].legend(frameon=False)
        figure.suptitle(f"Beside what varies: {SEEDS} seeds, 2 racers, {ROUNDS} rounds, {POINTS} points", x=0.5)
        figure.savefig(RESULTS / "race_growth.svg", metadata={"Date": None})
