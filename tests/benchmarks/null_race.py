"""How often the sentence claims a difference, and how often the intervals hold the truth, over real races."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.planar.generate import planar
from alcore.loops.races.lockstep import StrategySchedule
from alcore.loops.races.paired import paired_races
from alcore.report.intervals import walsh
from alcore.report.statistics.labels_to_target import labels_needed
from alcore.report.text.race import Comparison, compare_races, describe_comparison
from alcore.rng import rng_for
from alcore.strategies.arrays import Array
from alcore.strategies.catalogue import STRATEGIES, Strategy
from alcore.strategies.picks import random_score
from alcore.strategies.pool_view import PoolView
from tests.benchmarks.measure import Result, hardware

# It counts, and measures no time.
ANY_LOAD = True
REPEATS, SEEDS, ROUNDS = 1000, 20, 50
# Races that are solved together, for the memory's sake.
_TOGETHER = 200
_CLAIMS = (" times fewer", " times more", " beat ", " lost")


def _second_score(view: PoolView, rng: np.random.Generator) -> Array:
    return random_score(view, rng.spawn(1)[0])


# Random as well, from a stream of its own.
RANDOM_B: Strategy = replace(STRATEGIES["random"], name="random_b", score=_second_score)


@dataclass(frozen=True, eq=False)
class _Setting:
    shape: str
    overlap: float
    labels_T: NDArray[np.int64]
    accuracy_S_3_T: NDArray[np.float64]  # random, random again, least confidence


def run() -> list[Result]:
    """1,000 repeats of 20 paired seeds, 4 labels and 50 questions, on the arena's blobs and on two moons."""
    results = []
    for shape, overlap in (("blobs", 0.4), ("moons", 0.3)):
        setting = _raced(shape, overlap)
        for second, name in ((1, "random"), (2, "least_confidence")):
            results.append(_measured(setting, second, name))
            print(results[-1], flush=True)
    return results


def _raced(shape: str, overlap: float) -> _Setting:
    slices = []
    for first in range(0, REPEATS * SEEDS, _TOGETHER):
        seeds = range(first, first + _TOGETHER)
        races = paired_races(
            [planar(shape, overlap=overlap, rng=rng_for(seed, "data")) for seed in seeds],
            ["random", StrategySchedule(RANDOM_B), "least_confidence"],
            seeds=seeds,
            seed_labels=4,
            labels_per_round=1,
            rounds=ROUNDS,
        )
        slices.append(races.accuracy_S_R_T)
    return _Setting(shape, overlap, races.labels_T, np.concatenate(slices))


def _measured(setting: _Setting, second: int, name: str) -> Result:
    """Rates over the repeats. The truth is what all 20,000 seeds say, and no difference for random."""
    labels_T, pair_S_2_T = setting.labels_T, setting.accuracy_S_3_T[:, [0, second]]
    mean_2_T = pair_S_2_T.mean(axis=0)
    start, end = mean_2_T[:, 0].min(), mean_2_T[:, -1].min()
    # Low enough that hardly a race misses it: the true factor is then known.
    target = float(start + 0.75 * (end - start))
    area, lowest, highest = 0.0, 1.0, 1.0
    if name != "random":
        gained_S = np.trapezoid(pair_S_2_T[:, 1] - pair_S_2_T[:, 0], labels_T, axis=1) / np.ptp(labels_T)
        area = float(gained_S.mean())
        lowest, highest = _true_factor(labels_T, pair_S_2_T, target)
    said = [describe_comparison(comparison) for comparison in _comparisons(setting, pair_S_2_T, name, None)]
    rivals = [comparison.rivals[0] for comparison in _comparisons(setting, pair_S_2_T, name, target)]
    factors = [rival.factor for rival in rivals if rival.factor is not None]
    claims = [any(claim in sentence for claim in _CLAIMS) for sentence in said]
    decided = [rival.verdict != "undecided" for rival in rivals]
    return {
        "work": f"{name} against random, {setting.shape}, overlap {setting.overlap}, {SEEDS} paired seeds",
        "repeats": REPEATS,
        "claimed": _share(claims),
        "claimed_as_the_verdict": _share(claim == verdict for claim, verdict in zip(claims, decided, strict=True)),
        "better": _share(rival.verdict == "better" for rival in rivals),
        "worse": _share(rival.verdict == "worse" for rival in rivals),
        "true_area": round(area, 5),
        "area_interval_holds_it": _share(rival.area.low <= area <= rival.area.high for rival in rivals),
        "target": round(target, 4),
        "true_factor": [round(lowest, 3), round(highest, 3)],
        "factor_given": round(len(factors) / REPEATS, 4),
        "factor_interval_holds_it": _share(factor.low <= lowest and highest <= factor.high for factor in factors),
        "factor_excludes_1": _share(rival.factor is not None and rival.factor.excludes(1) for rival in rivals),
        "hardware": hardware(),
    }


def _share(cases: Iterable[bool]) -> float:
    return round(float(np.mean(list(cases))), 4)


def _comparisons(
    setting: _Setting, pair_S_2_T: NDArray[np.float64], name: str, target: float | None
) -> Iterator[Comparison]:
    strategies = ("random", name if name != "random" else "random_b")
    for first in range(0, len(pair_S_2_T), SEEDS):
        races = pair_S_2_T[first : first + SEEDS]
        yield compare_races(setting.labels_T, races, strategies, seeds=range(SEEDS), target=target)


def _true_factor(labels_T: NDArray[np.int64], pair_S_2_T: NDArray[np.float64], target: float) -> tuple[float, float]:
    """The pseudomedian of the ratios over all seeds, between bounds: some races never got there."""
    random_S, second_S = (labels_needed(labels_T, pair_S_2_T[:, r], target) for r in (0, 1))
    last = float(labels_T[-1])
    ratio_S = np.log(np.minimum(random_S, last)) - np.log(np.minimum(second_S, last))
    lowest_S = np.where(np.isinf(second_S), -np.inf, ratio_S)
    highest_S = np.where(np.isinf(random_S), np.inf, ratio_S)
    # All pairs of 20,000 are too many: those of 4,000 seeds, in order, tell it as well.
    low, high = (float(np.exp(np.median(walsh(bound_S[:4000])))) for bound_S in (lowest_S, highest_S))
    return low, high
