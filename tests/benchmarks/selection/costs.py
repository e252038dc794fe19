"""What one batch costs in n, k, C and K, for every strategy; the strategy atlas shows it."""

import json
import statistics
from pathlib import Path

import numpy as np

from alcore.strategies.catalogue import STRATEGIES
from tests.benchmarks.measure import Result, hardware
from tests.benchmarks.selection.growth import CLASSES, DIMENSIONS, PICKS, SAMPLES, median_seconds, pool

SIZES, REFITS = (1_000, 3_162, 10_000), (316, 562, 1_000)
ROUNDS = 5
# Seconds: what takes longer is measured on the smallest pool, the rest on the largest.
LONG = 0.3
CLASSED = {"probs_N_C", "probs_N_K_C", "gradient_lengths_N", "classes"}
# The screen reads a copy of its own, so that it does not depend on the tests.
SHIPPED = Path(__file__).parents[3] / "pages/screens/strategy_atlas/costs.json"


def run() -> list[Result]:
    """Seconds at three pool sizes with the power of n that fits, and what a doubled k, C or K costs.

    The pools are those of the benchmark `growth`.
    """
    results = []
    for name in STRATEGIES:
        sizes = REFITS if name == "eer" else SIZES
        seconds = [median_seconds(name, pool(n), PICKS) for n in sizes]
        doubled = _doublings(name, sizes[0 if seconds[-1] > LONG else -1])
        results.append(
            {
                "work": f"one batch of {PICKS} by {name}, {DIMENSIONS}-D, C = {CLASSES}, K = {SAMPLES}",
                "strategy": name,
                "setting": {"k": PICKS, "d": DIMENSIONS, "C": CLASSES, "K": SAMPLES},
                "pool_sizes": list(sizes),
                "seconds": [round(s, 6) for s in seconds],
                "exponent": round(float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0]), 2),
                "doubled": doubled,
                "hardware": hardware(),
            }
        )
        print(f"{name}: {seconds[-1]:.4f} s at {sizes[-1]:,}, doubled {doubled}", flush=True)
    SHIPPED.write_text(json.dumps(results, indent=2) + "\n")
    return results


def _doublings(name: str, n: int) -> dict[str, float | None]:
    """How many times as long a batch takes with k, C or K doubled; None where that does not enter.

    Each is measured in turn with the plain setting: the median of the ratios of the rounds.
    """
    needs = set(STRATEGIES[name].needs)
    ways = {"k": (pool(n), 2 * PICKS)}
    if needs & CLASSED:
        ways["C"] = (pool(n, classes=2 * CLASSES), PICKS)
    if "probs_N_K_C" in needs:
        ways["K"] = (pool(n, samples=2 * SAMPLES), PICKS)
    plain = pool(n)
    ratios: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        before = median_seconds(name, plain, PICKS)
        for way, (view, k) in ways.items():
            ratios[way].append(median_seconds(name, view, k) / before)
    return {way: round(statistics.median(ratios[way]), 2) if way in ways else None for way in ("k", "C", "K")}
