"""k-center: one distance column a pick against all distances again for every pick."""

import multiprocessing
import resource
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from scipy.spatial.distance import cdist

from alcore.strategies.selection import k_center
from tests.benchmarks.measure import Result, compare

MILLION = 1_000_000
BY_RECOMPUTING = 20_000


def run() -> list[Result]:
    """10,000 x 64 with 100 labelled, and a million with none; k = 100, both ways must pick the same."""
    rng = np.random.default_rng(0)
    features, labeled = rng.normal(size=(10_000, 64)), rng.normal(size=(100, 64))
    return [_compared("k-center, 10,000 x 64, 100 labelled, k = 100", features, labeled, 5), _million()]


def _compared(work: str, features: np.ndarray, labeled: np.ndarray, runs: int) -> Result:
    picks: dict[str, list[int]] = {}

    def published() -> None:
        chosen: list[int] = []
        if len(labeled) == 0:
            chosen.append(int(cdist(features, features.mean(axis=0, keepdims=True)).argmin()))
        while len(chosen) < 100:
            distance_N = cdist(features, np.concatenate([labeled, features[chosen]])).min(axis=1)
            distance_N[chosen] = -1
            chosen.append(int(distance_N.argmax()))
        picks["published"] = chosen

    def ours() -> None:
        picks["ours"] = k_center(features, labeled, 100).indices.tolist()

    result = compare(work, published, ours, runs=runs)
    if picks["published"] != picks["ours"]:
        raise AssertionError("the two ways picked different points")
    return result


def _million() -> Result:
    """The published way on the first 20,000 points, multiplied; time and memory in a process of its own."""
    work = f"k-center, {MILLION:,} x 64 in single precision, none labelled, k = 100"
    times = MILLION // BY_RECOMPUTING
    first, nothing = _points()[:BY_RECOMPUTING], np.empty((0, 64), np.float32)
    result = _compared(f"{work}, both ways on {BY_RECOMPUTING:,} only", first, nothing, 3)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as fresh:
        seconds, megabytes = fresh.submit(_alone).result()
    result["work"] = f"{work}; the published way measured on {BY_RECOMPUTING:,} and multiplied by {times}"
    result["published_seconds"] = round(result["published_seconds"] * times, 4)
    result["seconds"] = round(seconds, 4)
    result["ratio"] = round(result["published_seconds"] / seconds, 1)
    if megabytes is not None:
        result["peak_resident_megabytes_over_data"] = round(megabytes)
    print(f"{MILLION:,}: {seconds:.2f} s, {result['ratio']} x, {megabytes} MB over the data", flush=True)
    return result


def _points() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((MILLION, 64), dtype=np.float32)


def _alone() -> tuple[float, float | None]:
    """Median time, and the peak resident memory less what was resident when the data lay ready."""
    features, nothing = _points(), np.empty((0, 64), np.float32)
    before, spent = _resident(), []
    for _ in range(3):
        started = time.perf_counter()
        k_center(features, nothing, 100)
        spent.append(time.perf_counter() - started)
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return statistics.median(spent), None if before is None else (peak - before) / 1e6


def _resident() -> int | None:
    """Bytes of this process in memory now, where the system tells."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * resource.getpagesize() if statm.exists() else None
