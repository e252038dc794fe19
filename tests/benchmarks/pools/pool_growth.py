"""How time and memory of a batch grow with the rows of the pool and with k, with a figure and 10^8 rows on paper."""

import os
import tempfile
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from alcore.report.style import DASHES, SYMBOLS, strategy_style
from tests.benchmarks.measure import RESULTS, Result, hardware
from tests.benchmarks.pools.process import batch, make_pool

DIMENSIONS, K = 64, 1_000
STRATEGIES = ("margin", "k_center")
# The largest pool can be made smaller, for a look.
MOST_ROWS = int(os.environ.get("ALCORE_POOL_ROWS", 10_000_000))
ROWS = tuple(rows for rows in (100_000, 316_228, 1_000_000, 3_162_278, 10_000_000) if rows <= MOST_ROWS)
PICKS, PICKS_ROWS = (100, 316, 1_000, 3_162, 10_000), min(1_000_000, MOST_ROWS)
PAPER = 100_000_000


def run() -> list[Result]:
    """One process a size and strategy; the exponent, and the seconds of 10^8 rows by the slope of the line."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder:
        for what, sizes in (("rows", ROWS), ("k", PICKS)):
            for strategy in STRATEGIES:
                spent = []
                for size in sizes:
                    rows, k = (size, K) if what == "rows" else (PICKS_ROWS, size)
                    pool = Path(folder) / f"{rows}x{DIMENSIONS}.npy"
                    if not pool.exists():
                        make_pool(Path(folder), rows, DIMENSIONS)
                    spent.append(batch(pool, strategy, k))
                seconds = [one.seconds for one in spent]
                slope, start = np.polyfit(sizes, seconds, 1)
                exponent = float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
                told = ", ".join(f"{size:,}: {one.seconds:.1f} s" for size, one in zip(sizes, spent, strict=True))
                print(f"{strategy} by {what}: {told}; ^{exponent:.2f}", flush=True)
                fixed = f"{K:,} picks" if what == "rows" else f"{PICKS_ROWS:,} rows"
                results.append(
                    {
                        "work": f"one batch by {strategy}, {DIMENSIONS} numbers a row, {fixed}",
                        "strategy": strategy,
                        "grows": what,
                        "sizes": list(sizes),
                        "seconds": [round(one, 2) for one in seconds],
                        "peak_megabytes": [round(one.megabytes) for one in spent],
                        "exponent": round(exponent, 2),
                        "microseconds_each": round(float(slope) * 1e6, 3),
                        "hardware": hardware(),
                    }
                )
                if what == "rows":
                    results[-1]["seconds_of_100_million_on_paper"] = round(float(start + slope * PAPER))
    draw(results)
    return results


def draw(results: list[Result]) -> None:
    """Seconds by rows, seconds by k, and memory by rows."""
    settings: Any = {"svg.hashsalt": "pools", "svg.fonttype": "none", "font.size": 8}
    with matplotlib.rc_context(settings):
        figure = Figure(figsize=(10, 3.2), layout="constrained")
        panels = (("rows", "seconds"), ("k", "seconds"), ("rows", "peak_megabytes"))
        for axes, (what, value) in zip(figure.subplots(1, 3), panels, strict=True):
            for result in results:
                if result["grows"] != what:
                    continue
                look = strategy_style(result["strategy"])
                label = f"{result['strategy']}, {what}^{result['exponent']:.2f}"
                axes.plot(
                    result["sizes"],
                    result[value],
                    color=look.color,
                    linestyle=DASHES[look.dash],
                    marker=SYMBOLS[look.symbol],
                    label=label if value == "seconds" else result["strategy"],
                )
            axes.set_xscale("log")
            axes.set_yscale("log" if value == "seconds" else "linear")
            axes.set_ylim(bottom=None if value == "seconds" else 0)
            axes.set_xlabel("Rows of the pool" if what == "rows" else "Rows of the batch, k")
            axes.set_ylabel("Seconds" if value == "seconds" else "Peak memory, MB")
            axes.grid(color="#DDDDDD", linewidth=0.5)
            axes.legend(frameon=False)
        figure.savefig(RESULTS / "pool_growth.svg", metadata={"Date": None})
