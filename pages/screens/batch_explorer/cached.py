"""Cached computations of the batch explorer."""

import time
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.generate import planar
from alcore.loops.batch_explorer import (
    BatchExperiment,
    acquisition_surface,
    batch_strategy,
    information_of,
    run_batch_experiment,
    select_batch,
    uncertainty_and_distance_surfaces,
)
from alcore.loops.races.full_label_accuracy import full_label_accuracy
from alcore.loops.races.grid import Grid, grid_over
from alcore.loops.steps import counted, part
from alcore.report.statistics.batch_quality import BatchSummary, summarise_batch
from alcore.report.svg.plane import BatchPanel, PoolMap2D, Surface
from alcore.report.svg.trade_off_slider import SliderPosition
from alcore.rng import rng_for
from pages.screens.batch_explorer.controls import BatchPool, BatchSample, name_of
from pages.shared.progress import OnStep, working

# Step of the slider in percent, and the batch size from which only every second position is precomputed.
STEP = 5
LARGE = 20
ROWS = 48
# Largest batch size computed without a button: within a second for any pool of the controls.
PATIENT = {"batchbald": 20}
# Note for selectors without a score of single points.
_NO_SURFACE = "Shaded: where the model is unsure."


@st.cache_data(max_entries=64, show_spinner=False)
def dataset_of(sample: BatchSample) -> Dataset:
    """The points."""
    return planar(
        sample.data,
        points=sample.points,
        overlap=sample.overlap,
        classes=sample.classes,
        imbalance=sample.imbalance,
        near_duplicates=sample.near_duplicates,
        outliers=sample.outliers,
        rng=rng_for(sample.seed, "data"),
    )


def datasets_of(sample: BatchSample, seeds: int, on_step: OnStep) -> list[Dataset]:
    """Samples with seeds 0, 1, 2 and so on."""
    return [dataset_of(replace(sample, seed=seed)) for seed in counted(range(seeds), on_step)]


def ceilings(sample: BatchSample, seeds: int) -> dict[int, float]:
    """Accuracy of each seed's sample with its whole pool labelled."""
    return working("Learning from every label.", lambda on_step: _ceilings(sample, seeds, on_step))


@st.cache_data(max_entries=32, show_spinner=False)
def _ceilings(sample: BatchSample, seeds: int, _on_step: OnStep) -> dict[int, float]:
    datasets = datasets_of(sample, seeds, part(_on_step, 0, 0.3))
    return dict(enumerate(full_label_accuracy(datasets, on_step=part(_on_step, 0.3, 1))))


def explored(pool: BatchPool) -> tuple[BatchExperiment, PoolMap2D]:
    """The fitted model's view of the pool, and the plane it is drawn on."""
    return working("Training the model.", lambda on_step: _explored(pool))


@st.cache_data(max_entries=32, show_spinner=False)
def _explored(pool: BatchPool) -> tuple[BatchExperiment, PoolMap2D]:
    data = dataset_of(pool.sample)
    found = run_batch_experiment(data, seed=pool.sample.seed, labeled=pool.labelled, learned=pool.learned)
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


@st.cache_data(max_entries=256, show_spinner=False)
def panel_of(
    pool: BatchPool, name: str, size: int, alpha: float, _found: BatchExperiment, _plane: PoolMap2D
) -> BatchPanel:
    """A selector's batch with its measures, from an existing experiment on the pool."""
    strategy = batch_strategy(name, alpha=alpha)
    batch = select_batch(_found, strategy, size)
    ready = {"top_k": _plane.unsure, "k_center": _plane.away}
    surface = ready.get(name) or _traced(pool, name, alpha, _found, _plane)
    about = _about(name, alpha) or strategy.description
    return BatchPanel(
        name,
        name_of(name, alpha),
        about if surface else f"{about} {_NO_SURFACE}",
        batch.indices,
        batch.scores,
        summary_of(_found, batch.indices),
        surface or _plane.unsure,
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _traced(pool: BatchPool, name: str, alpha: float, _found: BatchExperiment, _plane: PoolMap2D) -> Surface | None:
    grid = Grid(_plane.x, _plane.y)
    surface_Y_X = acquisition_surface(_found, batch_strategy(name, alpha=alpha), grid, alpha=alpha)
    return None if surface_Y_X is None else Surface.over(grid.x, grid.y, surface_Y_X)


def _about(name: str, alpha: float) -> str:
    if name != "hybrid":
        return ""
    share = round(100 * alpha)
    return f"{share} % uncertainty + {100 - share} % distance: where the slider above stands."


def slow(name: str, size: int) -> bool:
    """Whether this batch takes seconds."""
    return size > PATIENT.get(name, size)


def seconds_of(pool: BatchPool, names: Iterable[str], size: int, alpha: float, found: BatchExperiment) -> list[float]:
    """Time of a batch of each strategy in seconds; infinite if measuring it would take seconds."""
    return working(
        "Measuring how long the races will take.",
        lambda on_step: [_seconds(pool, name, size, alpha, found) for name in counted(list(names), on_step)],
    )


@st.cache_data(max_entries=256, show_spinner=False)
def _seconds(pool: BatchPool, name: str, size: int, alpha: float, _found: BatchExperiment) -> float:
    if slow(name, size):
        return float("inf")
    strategy = batch_strategy(name, alpha=alpha)
    select_batch(_found, strategy, size)  # warm-up: loads modules
    started = time.perf_counter()
    select_batch(_found, strategy, size)
    return time.perf_counter() - started


def stops_of(pool: BatchPool, size: int, alpha: float, found: BatchExperiment) -> list[SliderPosition]:
    """Positions of the slider, including `alpha`."""
    return working(
        "Choosing at every position of the slider.",
        lambda on_step: _stops(pool, size, alpha, found, on_step),
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _stops(pool: BatchPool, size: int, alpha: float, _found: BatchExperiment, _on_step: OnStep) -> list[SliderPosition]:
    step = STEP if size <= LARGE else 2 * STEP
    alphas = sorted({alpha, *(share / 100 for share in range(0, 101, step))})
    stops = []
    for weight in counted(alphas, _on_step):
        batch = select_batch(_found, batch_strategy("hybrid", alpha=weight), size)
        stops.append(SliderPosition(weight, batch.indices, summary_of(_found, batch.indices)))
    return stops


def summary_of(found: BatchExperiment, picks: NDArray[np.int64]) -> BatchSummary:
    """The measures of any batch of the pool."""
    data, uncertainty = found.dataset, found.scores_N[found.rows(picks)]
    told = information_of(found, picks)
    return summarise_batch(data.x_pool, data.y_pool, data.classes, found.labeled, picks, uncertainty, told)
