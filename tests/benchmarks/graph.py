"""The graph learner on MNIST: accuracy at 40 labels over paired starts, and the time of its parts."""

import os
import statistics
import time

from alcore.datasets.catalogue import load_dataset, problem
from alcore.datasets.dataset import Dataset
from alcore.home import alcore_home
from alcore.learners.graph.learner import GraphLearner, PoolGraph
from alcore.loops.pool.simulate import simulate
from alcore.loops.seed_set import SeedSet
from tests.benchmarks.measure import Result, hardware

STARTS = 5
# How the 40 labels come about: strategy, first labels, how they are chosen, labels a round, rounds.
WAYS: tuple[tuple[str, int, SeedSet, int, int], ...] = (
    ("typiclust", 1, "random", 39, 1),
    ("typiclust", 1, "random", 13, 3),
    ("random", 1, "random", 39, 1),
    ("margin", 10, "random", 10, 3),
    ("random", 40, "diverse", 1, 0),
)


def run() -> list[Result]:
    """Building the graph, and every way of choosing 40 labels."""
    home = alcore_home()
    if problem("mnist", home):
        print(f"graph is left out: {problem('mnist', home)}")
        return []
    data = load_dataset("mnist", seed=0, home=home, download=False)
    started, busy = time.perf_counter(), time.process_time()
    PoolGraph(data.x_pool)
    built = {
        "work": f"graph of {len(data.x_pool):,} images",
        "seconds": round(time.perf_counter() - started, 1),
        "processor_seconds": round(time.process_time() - busy, 1),
        "hardware": hardware(),
    }
    print(f"{built['work']}: {built['seconds']} s, {built['processor_seconds']} s of processors", flush=True)
    return [built, *(accuracies(data, *way) for way in WAYS)]


def accuracies(
    data: Dataset, strategy: str, seed_labels: int, seed_set: SeedSet, labels_per_round: int, rounds: int
) -> Result:
    """One way of choosing, over all starts."""
    found: list[float] = []
    walls: list[float] = []
    of_processor: list[float] = []
    for seed in range(STARTS):
        began = time.perf_counter(), time.process_time()
        for one in simulate(
            data,
            GraphLearner(data.classes),
            strategy,
            seed=seed,
            seed_labels=seed_labels,
            seed_set=seed_set,
            labels_per_round=labels_per_round,
            rounds=rounds,
        ):
            now = time.perf_counter(), time.process_time()
            # The first round has the placing of the points before it, the last asks for nothing.
            if 0 < one.round < rounds:
                walls.append(now[0] - began[0])
                of_processor.append(now[1] - began[1])
            began = time.perf_counter(), time.process_time()
        found.append(one.accuracy)
    asked = f", then {rounds} x {labels_per_round} by {strategy}" if rounds else ""
    work = f"40 labels: {seed_labels} {seed_set}{asked}"
    print(f"{work}: {statistics.mean(found):.4f} of {[round(value, 4) for value in found]}", flush=True)
    result = {
        "work": work,
        "mean_accuracy": round(statistics.mean(found), 4),
        "accuracy_of_starts": [round(value, 4) for value in found],
        "hardware": hardware(),
    }
    if walls:
        middle, busy = statistics.median(walls), statistics.median(of_processor)
        print(f"  a round takes {middle:.2f} s, {busy:.2f} s of a processor", flush=True)
        result |= {"seconds_of_a_round": round(middle, 2), "processor_seconds_of_a_round": round(busy, 2)}
        # Others at work on the same cores make a round longer: told beside it.
        result["load_average"] = round(os.getloadavg()[0], 1)
    return result
