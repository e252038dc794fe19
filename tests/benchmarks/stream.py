"""Each threshold against random skipping at the same budget: 50 paired seeds of 1,000 arrivals."""

import time

import numpy as np

from alcore.datasets.planar.drift import NO_DRIFT, Drift
from alcore.datasets.planar.generate import planar
from alcore.loops.stream.policies import POLICIES, Budget
from alcore.loops.stream.stream import StreamResult, streams
from alcore.report.intervals import mean_interval
from alcore.rng import rng_for
from tests.benchmarks.measure import Result, hardware

SEEDS, ARRIVALS, SEED_LABELS, SHARE, WINDOW = 50, 1000, 4, 0.1, 30
# setting -> drift, window, share. The first is the default.
SETTINGS: dict[str, tuple[Drift, int | None, float]] = {
    "classes change places gradually": (Drift(turn=180), WINDOW, SHARE),
    "a quarter turn at once": (Drift(turn=90, pace="abrupt"), WINDOW, SHARE),
    "no drift": (NO_DRIFT, None, SHARE),
    "no drift, a fifth of the budget": (NO_DRIFT, None, SHARE / 5),
}


def run() -> list[Result]:
    """Blobs of overlap .4; the mean accuracy over 20 looks at the current concept, in percentage points."""
    data = [planar("blobs", points=ARRIVALS + SEED_LABELS, rng=rng_for(seed, "data")) for seed in range(SEEDS)]
    results = []
    for setting, (drift, window, share) in SETTINGS.items():
        started = time.perf_counter()
        told = streams(
            data,
            [make() for make in POLICIES.values()],
            seeds=range(SEEDS),
            seed_labels=SEED_LABELS,
            budget=Budget(share),
            drift=drift,
            window=window,
        )
        seconds = time.perf_counter() - started
        by_policy = dict(zip(POLICIES, zip(*told, strict=True), strict=True))
        means = {name: np.array([mean_accuracy(one) for one in runs]) for name, runs in by_policy.items()}
        for name, runs in by_policy.items():
            gain = mean_interval(100 * (means[name] - means["random"]))
            interval = [round(gain.low, 2), round(gain.high, 2)]
            results.append(
                {
                    "work": f"blobs .4, {ARRIVALS:,} arrivals, {SEEDS} paired seeds: {setting}",
                    "share": share,
                    "window": window,
                    "policy": name,
                    "labels_spent": float(np.mean([one.spent_T[-1] for one in runs])),
                    "asked_where_the_budget_allowed": round(float(np.mean([asked(one) for one in runs])), 3),
                    "mean_accuracy": round(100 * float(means[name].mean()), 2),
                    "gain_over_random": round(gain.estimate, 2),
                    "interval_95": interval,
                    "verdict": "baseline" if name == "random" else verdict(gain.low, gain.high),
                    "seconds_all_policies": round(seconds, 2),
                    "hardware": hardware(),
                }
            )
            print(f"{setting}, {name}: {results[-1]['gain_over_random']} {interval}", flush=True)
    return results


def mean_accuracy(told: StreamResult) -> float:
    """Over the looks, the one before the first arrival left out."""
    return float(told.accuracy_Q[1:].mean())


def asked(told: StreamResult) -> float:
    """The share of questions among the arrivals at which there was budget for one."""
    return float(told.asked_T.sum() / (told.asked_T | (told.spent_T < told.earned_T)).sum())


def verdict(low: float, high: float) -> str:
    """What the interval of the paired difference says."""
    if low > 0:
        return "beats random skipping"
    return "loses to random skipping" if high < 0 else "not distinguishable"
