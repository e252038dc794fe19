"""10^6 rows of 384 numbers: 1,000 rows by margin and by k-center of a shortlist by margin, on two cores."""

import statistics
import tempfile
from pathlib import Path

from tests.benchmarks.measure import Result, hardware
from tests.benchmarks.pools.process import batch, make_pool

STRATEGIES = ("margin", "k_center")
K, RUNS = 1_000, 3


def run() -> list[Result]:
    """Medians of three processes each; 20 s and 1.5 GB are the aim."""
    return figures(1_000_000, 384)


def figures(rows: int, dimensions: int, runs: int = RUNS) -> list[Result]:
    """What one batch by each strategy takes."""
    results = []
    with tempfile.TemporaryDirectory() as folder:
        pool = make_pool(Path(folder), rows, dimensions)
        for strategy in STRATEGIES:
            spent = [batch(pool, strategy, K) for _ in range(runs)]
            seconds = statistics.median(one.seconds for one in spent)
            megabytes = max(one.megabytes for one in spent)
            print(f"{strategy}, {rows:,} x {dimensions}: {seconds:.1f} s, {megabytes:,.0f} MB", flush=True)
            results.append(
                {
                    "work": f"{K:,} of {rows:,} x {dimensions} float16 by {strategy}, the whole process",
                    "strategy": strategy,
                    "seconds": round(seconds, 2),
                    "all_seconds": [round(one.seconds, 2) for one in spent],
                    "peak_megabytes": round(megabytes),
                    "hardware": hardware(),
                }
            )
    return results
