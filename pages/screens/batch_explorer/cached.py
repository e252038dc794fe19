"""Cached computations of the batch explorer."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.loops.batch_explorer import (
    BatchExperiment,
    accuracies_after,
    accuracy_after,
    acquisition_surface,
    batch_strategy,
    best_joint_information,
    information_of,
    run_batch_experiment,
    select_batch,
    uncertainty_and_distance_surfaces,
)
from alcore.loops.races.full_label_accuracy import full_label_accuracy
from alcore.loops.races.grid import Grid, grid_over
from alcore.loops.steps import counted, part
from alcore.report.statistics.batch_quality import BatchSummary, summarise_batch, worth_of
from alcore.report.svg.plane import BatchPanel, PoolMap2D, Surface
from alcore.report.svg.trade_off_slider import SliderPosition
from alcore.strategies.batch import Batch
from pages.screens.batch_explorer.controls import HYBRID, BatchPool, name_of
from pages.shared.planar_scene import PlanarScene
from pages.shared.progress import OnStep, working
from pages.shared.session_cache import computed

# Taking a pool apart takes longer than writing it down.
HASHED: dict[str | type[Any], Callable[[Any], Any]] = {BatchPool: repr}
# Step of the slider in percent, and the batch size from which only every second position is precomputed.
STEP = 5
LARGE = 20
ROWS = 48
# Note for selectors without a score of single points.
_NO_SURFACE = "Shaded: where the model is uncertain."


def datasets_of(scene: PlanarScene, seeds: int, on_step: OnStep) -> list[Dataset]:
    """Samples with seeds 0, 1, 2 and so on."""
    return [scene.dataset(seed) for seed in counted(range(seeds), on_step)]


@computed("Training on every label.", most=32)
def ceilings(_on_step: OnStep, scene: PlanarScene, seeds: int) -> dict[int, float]:
    """Accuracy of each seed's sample with its whole pool labelled."""
    datasets = datasets_of(scene, seeds, part(_on_step, 0, 0.3))
    return dict(enumerate(full_label_accuracy(datasets, on_step=part(_on_step, 0.3, 1))))


@computed("Training the model.", most=32)
def explored(_on_step: OnStep, pool: BatchPool) -> tuple[BatchExperiment, PoolMap2D]:
    """The fitted model's view of the pool, and the plane it is drawn on."""
    data = pool.scene.dataset(pool.seed)
    found = run_batch_experiment(data, seed=pool.seed, labeled=pool.labelled, learned=pool.learned)
    grid = grid_over(data, rows=ROWS, aspect=1.0)
    unsure, away = uncertainty_and_distance_surfaces(found, grid)
    plane = PoolMap2D(
        points_N_2=data.x_pool,
        y_N=data.y_pool,
        class_names=data.class_names,
        labeled=found.labeled,
        x=grid.x,
        y=grid.y,
        unsure=Surface.over(grid.x, grid.y, unsure),
        away=Surface.over(grid.x, grid.y, away),
        unsure_N=found.whole(found.scores_N),
        distance_to_labeled_N=found.whole(found.distance_to_labeled_N),
    )
    return found, plane


@st.cache_data(max_entries=256, show_spinner=False, hash_funcs=HASHED)
def panel_of(
    pool: BatchPool, name: str, size: int, alpha: float, _found: BatchExperiment, _plane: PoolMap2D
) -> BatchPanel:
    """A selector's batch with its measures, from an existing experiment on the pool."""
    strategy = batch_strategy(name, alpha=alpha)
    batch = _batch(pool, name, size, alpha if name == HYBRID else 0.0, _found)
    ready = {"top_k": _plane.unsure, "k_center": _plane.away}
    surface = ready.get(name) or _traced(pool, name, alpha, _found, _plane)
    about = strategy.description
    if name == HYBRID:
        share = round(100 * alpha)
        about = f"{share} % uncertainty + {100 - share} % distance, as set by the slider above."
    return BatchPanel(
        name,
        name_of(name, alpha),
        about if surface else f"{about} {_NO_SURFACE}",
        batch.indices,
        batch.scores,
        summary_of(pool, size, _found, batch.indices),
        surface or _plane.unsure,
        scored=surface is not None,
    )


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=HASHED)
def _traced(pool: BatchPool, name: str, alpha: float, _found: BatchExperiment, _plane: PoolMap2D) -> Surface | None:
    grid = Grid(_plane.x, _plane.y)
    surface_Y_X = acquisition_surface(_found, batch_strategy(name, alpha=alpha), grid, alpha=alpha)
    return None if surface_Y_X is None else Surface.over(grid.x, grid.y, surface_Y_X)


def seconds_of(pool: BatchPool, names: Iterable[str], size: int, alpha: float, found: BatchExperiment) -> list[float]:
    """Time of a batch of each strategy in seconds, measured once for all values of `alpha`."""
    return working(
        "Measuring how long the races will take.",
        lambda on_step: [_seconds(pool, name, size, alpha, found) for name in counted(list(names), on_step)],
    )


@st.cache_data(max_entries=256, show_spinner=False, hash_funcs=HASHED)
def _seconds(pool: BatchPool, name: str, size: int, _alpha: float, _found: BatchExperiment) -> float:
    strategy = batch_strategy(name, alpha=_alpha)
    # The shortest of three: the first loads modules, and other work on the machine delays single ones.
    taken = []
    for _ in range(3):
        started = time.perf_counter()
        select_batch(_found, strategy, size)
        taken.append(time.perf_counter() - started)
    return min(taken)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=HASHED)
def stop_of(pool: BatchPool, size: int, alpha: float, _found: BatchExperiment) -> SliderPosition:
    """The position of the slider at `alpha`."""
    picks = select_batch(_found, batch_strategy(HYBRID, alpha=alpha), size).indices
    return SliderPosition(alpha, picks, summary_of(pool, size, _found, picks))


def stops_of(pool: BatchPool, size: int, alpha: float, found: BatchExperiment) -> list[SliderPosition]:
    """Positions of the slider, including `alpha`."""
    stops = {stop.alpha: stop for stop in _stops(pool, size, found)}
    return sorted((stops | {alpha: stop_of(pool, size, alpha, found)}).values(), key=lambda stop: stop.alpha)


@computed("Selecting a batch at every position of the slider.", most=64)
def _stops(_on_step: OnStep, pool: BatchPool, size: int, _found: BatchExperiment) -> list[SliderPosition]:
    step = STEP if size <= LARGE else 2 * STEP
    alphas = [share / 100 for share in range(0, 101, step)]
    on_batch, on_summary = part(_on_step, 0, 0.3), part(_on_step, 0.3, 1)
    batches = [
        select_batch(_found, batch_strategy(HYBRID, alpha=one), size).indices for one in counted(alphas, on_batch)
    ]
    # Neighbouring positions often hold the same points.
    different = {frozenset(batch.tolist()): batch for batch in batches}
    accuracy_B = accuracies_after(_found, np.stack(list(different.values())))
    summaries = {
        points: summary_of(pool, size, _found, batch, accuracy=float(accuracy))
        for (points, batch), accuracy in counted(list(zip(different.items(), accuracy_B, strict=True)), on_summary)
    }
    return [
        SliderPosition(one, batch, summaries[frozenset(batch.tolist())])
        for one, batch in zip(alphas, batches, strict=True)
    ]


def summary_of(
    pool: BatchPool, size: int, found: BatchExperiment, picks: NDArray[np.int64], accuracy: float | None = None
) -> BatchSummary:
    """The measures of any batch of the pool; its worth is counted in labels of the best batch of `size`.

    `accuracy` is that after the batch where it has been computed already.
    """
    data, uncertainty = found.dataset, found.scores_N[found.rows(picks)]
    information = information_of(found, picks)
    measured = summarise_batch(data.x_pool, data.y_pool, data.classes, found.labeled, picks, uncertainty, information)
    worth = worth_of(information.joint, _yardstick(pool, size, found))
    return replace(measured, worth=worth, accuracy=accuracy_after(found, picks) if accuracy is None else accuracy)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=HASHED)
def _yardstick(pool: BatchPool, size: int, _found: BatchExperiment) -> NDArray[np.float64]:
    return best_joint_information(_found, _batch(pool, "batchbald", size, 0.0, _found).indices)


@st.cache_data(max_entries=256, show_spinner=False, hash_funcs=HASHED)
def _batch(pool: BatchPool, name: str, size: int, alpha: float, _found: BatchExperiment) -> Batch:
    return select_batch(_found, batch_strategy(name, alpha=alpha), size)
