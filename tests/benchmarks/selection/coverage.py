"""k-center: one distance column a pick against all distances again for every pick."""

import multiprocessing
import resource
import statistics
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from scipy.spatial.distance import cdist
from threadpoolctl import threadpool_limits

from alcore.strategies.selection import k_center
from tests.benchmarks.measure import THREADS, Result, clock, compare, described

MILLION = 1_000_000
BY_RECOMPUTING = 20_000


def run() -> list[Result]:
    """10,000 x 64 with 100 labelled, and a million with none; k = 100, both ways must pick the same."""
    rng = np.random.default_rng(0)
    features, labeled = rng.normal(size=(10_000, 64)), rng.normal(size=(100, 64))
    return [_compared("k-center, 10,000 x 64, 100 labelled, k = 100", features, labeled, 5), _million()]


def _compared(work: str, features: np.ndarray, labeled: np.ndarray, runs: int, times: int = 1) -> Result:
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

    result = compare(work, published, ours, runs=runs, times=times)
    if picks["published"] != picks["ours"]:
        raise AssertionError("the two ways picked different points")
    return result


def _million() -> Result:
    """The published way on the first 20,000 points, multiplied; time and memory in a process of its own."""
    work = f"k-center, {MILLION:,} x 64 in single precision, none labelled, k = 100"
    times = MILLION // BY_RECOMPUTING
    first, nothing = _points()[:BY_RECOMPUTING], np.empty((0, 64), np.float32)
    both = f"{work}; the published way measured on {BY_RECOMPUTING:,} and multiplied by {times}"
    result = _compared(both, first, nothing, 3, times)
    for threads, row in zip(THREADS, (result, result["two_threads"]), strict=True):
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as fresh:
            spent, megabytes = fresh.submit(_alone, threads).result()
        row["seconds"], row["processor_seconds"] = (round(part, 4) for part in spent)
        row["ratio"] = round(row["published_seconds"] / row["seconds"], 1)
        row["processor_ratio"] = round(row["published_processor_seconds"] / row["processor_seconds"], 1)
        if megabytes is not None:
            row["peak_resident_megabytes_over_data"] = round(megabytes)
        print(f"{MILLION:,}, {threads} threads: {described(row)}, {megabytes} MB over the data", flush=True)
    return result


def _points() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((MILLION, 64), dtype=np.float32)


def _alone(threads: int) -> tuple[tuple[float, float], float | None]:
    """Median seconds of waiting and of processor time, and the peak resident memory less that of the data."""
    features, nothing = _points(), np.empty((0, 64), np.float32)
    before = _resident()
    with threadpool_limits(threads):
        spent = [clock(lambda: k_center(features, nothing, 100)) for _ in range(3)]
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    wall, busy = (statistics.median(part) for part in zip(*spent, strict=True))
    return (wall, busy), None if before is None else (peak - before) / 1e6


def _resident() -> int | None:
    """Bytes of this process in memory now, where the system tells."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * resource.getpagesize() if statm.exists() else None
