"""How often more labels are wrong than the guarantee allows, in six regimes of machines."""

from collections.abc import Callable
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from alcore.projects.guarantees.conformal import conformal_threshold
from alcore.projects.routing import pac_threshold
from alcore.rng import rng_for
from tests.benchmarks.measure import Result, hardware

ANY_LOAD = True
SIMULATIONS, ITEMS, DRAWS, EPSILON, ALPHA = 2000, 5000, 200, 0.05, 0.05
Machine = Callable[[np.random.Generator], tuple[NDArray[np.float64], NDArray[np.bool_]]]


def _calibrated(rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    uncertainty = rng.beta(1, 6, ITEMS)
    return uncertainty, rng.random(ITEMS) < uncertainty


def _overconfident(rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    error = rng.beta(1, 4, ITEMS)
    return error**3, rng.random(ITEMS) < error


def _useless(rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return rng.random(ITEMS), rng.random(ITEMS) < 0.08


def _at_the_edge(rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return np.zeros(ITEMS), np.arange(ITEMS) < int(EPSILON * ITEMS) + 1  # just more wrong than allowed, all alike


def _sure_and_wrong(rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    uncertainty = rng.random(ITEMS)
    return uncertainty, (uncertainty < 0.06) | (rng.random(ITEMS) < 0.02)  # the surest are all wrong


def _rounded(rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    error = rng.beta(1, 5, ITEMS)
    return error.round(1), rng.random(ITEMS) < error  # ties


REGIMES: dict[str, Machine] = {
    "calibrated": _calibrated,
    "over-confident": _overconfident,
    "useless uncertainties": _useless,
    "just above epsilon, all alike": _at_the_edge,
    "sure where it is wrong": _sure_and_wrong,
    "rounded uncertainties": _rounded,
}


def run() -> list[Result]:
    """2,000 calibrations of 200 draws in each regime, under both promises."""
    return [_pac(name, machine) for name, machine in REGIMES.items()] + [
        _conformal(name, machine) for name, machine in REGIMES.items()
    ]


def _pac(name: str, machine: Machine) -> Result:
    wrong_shares, kept_shares = [], []
    for number in range(SIMULATIONS):
        rng = rng_for(number, "guarantee", name)
        uncertainty, wrong = machine(rng)
        draws = rng.integers(ITEMS, size=DRAWS)
        kept = uncertainty < pac_threshold(uncertainty[draws], wrong[draws], EPSILON, ALPHA)
        wrong_shares.append((kept & wrong).mean())
        kept_shares.append(kept.mean())
    violations = float((np.array(wrong_shares) > EPSILON).mean())
    row = {
        "work": f"PAC labels, {name}: {SIMULATIONS:,} calibrations of {DRAWS} draws, {ITEMS:,} items",
        "epsilon": EPSILON,
        "alpha": ALPHA,
        "violations": round(violations, 4),
        "allowed": round(ALPHA + 2 * sqrt(ALPHA * (1 - ALPHA) / SIMULATIONS), 4),
        "mean_share_of_the_machine": round(float(np.mean(kept_shares)), 4),
        "mean_share_wrong": round(float(np.mean(wrong_shares)), 4),
        "hardware": hardware(),
    }
    print(row, flush=True)
    return row


def _conformal(name: str, machine: Machine) -> Result:
    wrong_shares, kept_shares = [], []
    for number in range(SIMULATIONS):
        rng = rng_for(number, "conformal", name)
        uncertainty, wrong = machine(rng)
        order = rng.permutation(ITEMS)
        calibration, others = order[:DRAWS], order[DRAWS:]
        threshold = conformal_threshold(uncertainty[calibration], wrong[calibration], uncertainty[others], EPSILON)
        kept = others[uncertainty[others] <= threshold]
        wrong_shares.append(wrong[kept].mean() if len(kept) else 0.0)
        kept_shares.append(len(kept) / ITEMS)
    row = {
        "work": f"conformal labels, {name}: {SIMULATIONS:,} calibrations of {DRAWS} items, {ITEMS:,} items",
        "rate": EPSILON,
        "mean_share_wrong_of_the_machines": round(float(np.mean(wrong_shares)), 4),
        "allowed": round(EPSILON + 2 * float(np.std(wrong_shares)) / sqrt(SIMULATIONS), 4),
        "mean_share_of_the_machine": round(float(np.mean(kept_shares)), 4),
        "hardware": hardware(),
    }
    print(row, flush=True)
    return row
