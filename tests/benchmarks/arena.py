"""The race on which the arena opens: chosen by a rule on seeds of their own, and judged on others.

The rule: the first shape of the menu, in its default size and overlap, on which least confidence with the curved
learner beats random over the seeds 1000 to 1019, its 95 % interval excluding zero. The screen draws the first of the
seeds 0 to 19 whose gain lies in the middle half of theirs.
"""

import time
from collections.abc import Sequence

import numpy as np

from alcore.datasets.planar.generate import SHAPES, planar
from alcore.loops.races.paired import paired_races
from alcore.report.statistics.comparison import PairwiseResult, compare_races
from alcore.rng import rng_for
from tests.benchmarks.measure import Result, hardware

LEARNERS = ("logistic_fourier", "logistic")
CHOICE, SHOWN, OTHERS = range(1000, 1020), range(20), range(2000, 2100)


def run() -> list[Result]:
    """The gain in points of mean accuracy: of every shape on the seeds of the choice, of the chosen one on others."""
    results: list[Result] = []
    for shape in SHAPES:
        for learner in LEARNERS:
            started = time.perf_counter()
            rival = race(shape, learner, CHOICE)
            results.append(_result(shape, learner, CHOICE, rival, time.perf_counter() - started))
    curved = [result for result in results if result["learner"] == LEARNERS[0]]
    chosen = next(result["shape"] for result in curved if result["gain_points"][1] > 0)
    for seeds in (SHOWN, OTHERS):
        started = time.perf_counter()
        rival = race(chosen, LEARNERS[0], seeds)
        result = _result(chosen, LEARNERS[0], seeds, rival, time.perf_counter() - started) | {"chosen": True}
        if seeds is SHOWN:
            low, high = np.quantile(rival.gains_S, [0.25, 0.75])
            result["seed_drawn"] = next(
                seed for seed, gain in zip(seeds, rival.gains_S, strict=True) if low <= gain <= high
            )
        results.append(result)
    return results


def race(shape: str, learner: str, seeds: Sequence[int]) -> PairwiseResult:
    """Least confidence against random in the arena's default setting."""
    found = paired_races(
        [planar(shape, rng=rng_for(seed, "data")) for seed in seeds],
        ["least_confidence", "random"],
        seeds=seeds,
        seed_labels=4,
        labels_per_round=1,
        rounds=30,
        learner=learner,
    )
    (rival,) = compare_races(found.labels_T, found.accuracy_S_R_T, found.names, seeds=seeds).rivals
    return rival


def _result(shape: str, learner: str, seeds: Sequence[int], rival: PairwiseResult, seconds: float) -> Result:
    gain = [round(100 * one, 2) for one in (rival.area.estimate, rival.area.low, rival.area.high)]
    print(f"{shape}, {learner}, seeds {seeds[0]} to {seeds[-1]}: {gain} in {seconds:.2f} s", flush=True)
    return {
        "work": f"{shape}, {learner}: least confidence against random, seeds {seeds[0]} to {seeds[-1]}",
        "shape": shape,
        "learner": learner,
        "gain_points": gain,
        "verdict": rival.verdict,
        "seconds": round(seconds, 2),
        "hardware": hardware(),
    }
