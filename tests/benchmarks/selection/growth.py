"""How the time of one batch grows with the pool, for every strategy of the catalogue, and its figure."""

import math
import statistics
import time
from collections.abc import Callable
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from alcore.loops.radius import radius_of
from alcore.report.style import DASHES, SYMBOLS, strategy_style
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.gradient import expected_gradient_length_mlp
from alcore.strategies.pool_view import PoolView
from tests.benchmarks.measure import RESULTS, Result, hardware

DIMENSIONS, CLASSES, SAMPLES, LABELS, PICKS = 32, 5, 20, 100, 10
# Pool sizes half a power of ten apart: where time is linear, where it is quadratic, where it is refits.
LINEAR = (3_162, 10_000, 31_623, 100_000)
STEEP = (1_000, 3_162, 10_000, 31_623)
REFITS = (316, 562, 1_000, 1_778)
SIZES = {"eer": REFITS} | dict.fromkeys(("batchbald", "density", "epig", "probcover", "typiclust"), STEEP)
# A time shorter than this is that of several batches in turn.
SHORTEST = 0.02
PANELS = ("One model", "Several models", "Coverage", "Uncertain and spread out")


def run() -> list[Result]:
    """Medians of three, and the exponent of the power of n that fits the four times best.

    The pool is 32-D, in five overlapping groups, 100 points labelled, five classes, twenty models of ten
    nearby softmax regressions; a batch is ten points. Expected gradient length is that of an MLP with one
    hidden layer of 32 units. What models predict is ready before the clock starts.
    """
    results = []
    for name in STRATEGIES:
        sizes = SIZES.get(name, LINEAR)
        seconds = [median_seconds(name, pool(n), PICKS) for n in sizes]
        exponent = float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
        print(f"{name}: {', '.join(f'{s:.4f} s' for s in seconds)}: n^{exponent:.2f}", flush=True)
        results.append(
            {
                "work": f"one batch of {PICKS} by {name}, {DIMENSIONS}-D, C = {CLASSES}, K = {SAMPLES}",
                "strategy": name,
                "pool_sizes": list(sizes),
                "seconds": [round(s, 6) for s in seconds],
                "exponent": round(exponent, 2),
                "hardware": hardware(),
            }
        )
    draw(results)
    return results


def median_seconds(name: str, view: PoolView, k: int) -> float:
    """Median time of one batch of k points."""
    strategy = STRATEGIES[name]
    for need in strategy.needs:
        if need != "gradient_lengths_N":
            getattr(view, need)

    def batch() -> None:
        strategy.select(view, k, np.random.default_rng(0))
        view.__dict__.pop("gradient_lengths_N", None)  # reading it is the work

    times = 1
    while (spent := _timed(batch, times)) < SHORTEST:
        times = math.ceil(times * max(2.0, 1.2 * SHORTEST / spent))
    return statistics.median([spent, _timed(batch, times), _timed(batch, times)]) / times


def _timed(work: Callable[[], None], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        work()
    return time.perf_counter() - started


def pool(n: int, *, classes: int = CLASSES, samples: int = SAMPLES) -> PoolView:
    """A pool as models see it, in single precision."""
    rng = np.random.default_rng(0)
    centres_C_D = rng.normal(size=(classes, DIMENSIONS))
    groups = rng.integers(classes, size=n + LABELS)
    x = (centres_C_D[groups] + rng.normal(size=(n + LABELS, DIMENSIONS))).astype(np.float32)
    weights_K_C_D = centres_C_D / 2 + rng.normal(size=(samples, classes, DIMENSIONS)) / 4
    logits_N_K_C = (x[:n] @ weights_K_C_D.reshape(-1, DIMENSIONS).T).reshape(n, samples, classes)
    odds_N_K_C = np.exp(logits_N_K_C - logits_N_K_C.max(axis=2, keepdims=True))
    probs_N_K_C = (odds_N_K_C / odds_N_K_C.sum(axis=2, keepdims=True)).astype(np.float32)
    hidden, head = np.maximum(x[:n], 0), centres_C_D.astype(np.float32)
    known_M_C = np.exp(x[n:] @ (centres_C_D.T / 2))
    values = {
        "labeled_probs_M_C": (known_M_C / known_M_C.sum(axis=1, keepdims=True)).astype(np.float32),
        "features_N_D": x[:n],
        "labeled_M_D": x[n:],
        "labels_M": groups[n:],
        "classes": classes,
        "candidates": None,
        "probs_N_K_C": probs_N_K_C,
        "probs_N_C": probs_N_K_C.mean(axis=1),
    }
    sources = {name: (lambda value=value: value) for name, value in values.items()}
    return PoolView(
        np.arange(n),
        **sources,
        gradient_lengths_N=lambda: expected_gradient_length_mlp(values["probs_N_C"], [x[:n], hidden], [head]),
        delta=lambda: radius_of(x, classes, seed=0),
    )


def panel_of(name: str) -> str:
    """The panel of a strategy, by what it reads."""
    needs = set(STRATEGIES[name].needs)
    if "probs_N_K_C" in needs:
        return "Several models"
    if "features_N_D" not in needs or "labels_M" in needs:
        return "One model"
    return "Uncertain and spread out" if "probs_N_C" in needs else "Coverage"


def draw(results: list[Result]) -> None:
    """Small multiples on one scale, beside the results."""
    settings: Any = {"svg.hashsalt": "growth", "svg.fonttype": "none", "font.size": 8}
    with matplotlib.rc_context(settings):
        figure = Figure(figsize=(11, 7), layout="constrained")
        panels = figure.subplots(2, 2, sharex=True, sharey=True)
        for axes, title in zip(panels.flat, PANELS, strict=True):
            for result in results:
                if panel_of(result["strategy"]) == title:
                    _draw_line(axes, result)
            axes.set_title(title, loc="left")
            axes.legend(title="Time grows as", loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
            _draw_axes(axes)
        figure.supxlabel("Points in the pool, n")
        figure.supylabel(f"Seconds for one batch of {PICKS}")
        figure.savefig(RESULTS / "growth.svg", metadata={"Date": None})


def _draw_line(axes: Axes, result: Result) -> None:
    look = strategy_style(result["strategy"])
    label = f"$n^{{{result['exponent']:.2f}}}$  {STRATEGIES[result['strategy']].label}"
    axes.loglog(
        result["pool_sizes"],
        result["seconds"],
        color=look.color,
        linestyle=DASHES[look.dash],
        marker=SYMBOLS[look.symbol],
        label=label,
    )


def _draw_axes(axes: Axes) -> None:
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axis.set_tick_params(labelbottom=True, labelleft=True)
    axes.grid(color="#DDDDDD", linewidth=0.5)
    axes.spines[["top", "right"]].set_visible(False)
