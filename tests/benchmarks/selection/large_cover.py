"""ProbCover on 10^5 and 10^6 points, where balls are found on a sample, and what that costs of the coverage."""

import statistics

import numpy as np
from threadpoolctl import threadpool_limits

from alcore.strategies.coverage import probcover
from alcore.strategies.geometry.greedy_cover import exact_cover
from alcore.strategies.geometry.radius_neighbours import RadiusNeighbours
from tests.benchmarks.measure import THREADS, Result, clock, hardware

# How often each size is measured.
RUNS = {100_000: 3, 1_000_000: 1}
K = 100
# The radius of the benchmark `typical`.
DELTA = 9.52


def run() -> list[Result]:
    """64-D, 20 groups, 100 labelled, k = 100; 3 s and 60 s are the aim, and 0.1 % of the points at 10^5."""
    results = []
    for rows, runs in RUNS.items():
        rng = np.random.default_rng(0)
        centres = rng.normal(size=(20, 64))
        features, known = (
            (centres[rng.integers(20, size=n)] + rng.normal(size=(n, 64))).astype(np.float32) for n in (rows, 100)
        )
        result: Result = {"work": f"ProbCover, {rows:,} x 64 float32, 100 labelled, k = {K}", "rows": rows}
        for threads in THREADS:
            with threadpool_limits(threads):
                spent = [clock(lambda: probcover(features, known, K, DELTA)) for _ in range(runs)]  # noqa: B023
            seconds, busy = (statistics.median(part) for part in zip(*spent, strict=True))
            result[f"seconds_{threads}_threads"] = round(seconds, 2)
            result[f"processor_seconds_{threads}_threads"] = round(busy, 2)
        result["covered_points"] = int(probcover(features, known, K, DELTA).scores.sum())
        if runs > 1:
            balls = RadiusNeighbours(features, single=True)
            _, scores = exact_cover(balls, balls.held(known, DELTA) > 0, K, DELTA)
            result["covered_points_exact"] = sum(scores)
        print(result, flush=True)
        results.append({**result, "hardware": hardware()})
    return results
