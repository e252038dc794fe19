"""Cached computations of the arena."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.bayes_boundary import posterior
from alcore.datasets.planar.generate import CorruptedDataset, planted
from alcore.loops.races.full_label_accuracy import full_label_accuracy
from alcore.loops.races.grid import Grid, grid_over
from alcore.loops.races.paired import PairedRaces, paired_races
from alcore.loops.races.race import RaceTrace, race
from alcore.loops.steps import counted, part
from alcore.rng import rng_for
from pages.screens.arena.settings import ArenaSettings
from pages.shared.progress import OnStep, working

# Longest estimated time in seconds for paired races to run before anything is drawn.
LIVE_SECONDS = 0.5
# Largest number of cached paired races, over all sessions.
KEPT = 64
# Measured speedup of batched fits: a race among twenty takes a third of the time of a single race.
TOGETHER = 3


@st.cache_data(max_entries=256, show_spinner=False)
def data_of(setup: ArenaSettings, seed: int) -> CorruptedDataset:
    """The points of a race; for uploaded points, the seed selects the test set."""
    if setup.own is not None:
        return setup.own.planted(seed)
    return planted(
        setup.data,
        points=setup.points,
        overlap=setup.overlap,
        classes=setup.classes,
        imbalance=setup.imbalance,
        near_duplicates=setup.near_duplicates,
        label_noise=setup.label_noise,
        outliers=setup.outliers,
        rng=rng_for(seed, "data"),
    )


def shown_race(setup: ArenaSettings, seed: int, *, acquisition: bool) -> tuple[Grid, list[RaceTrace]]:
    """The race drawn, and the grid of its surfaces."""
    return working("Running the race.", lambda on_step: _race(setup, seed, acquisition, on_step))


@st.cache_data(max_entries=32, show_spinner=False)
def _race(setup: ArenaSettings, seed: int, acquisition: bool, _on_step: OnStep) -> tuple[Grid, list[RaceTrace]]:
    data = data_of(setup, seed).dataset
    grid = grid_over(data)
    racers = race(
        data,
        setup.plans(),
        seed=seed,
        seed_labels=setup.seed_labels,
        labels_per_round=setup.labels_per_round,
        rounds=setup.rounds,
        seed_set=setup.seed_set,
        grid=grid,
        acquisition=acquisition,
        on_step=_on_step,
    )
    return grid, racers


def estimate(racers: list[RaceTrace], paired: int) -> float:
    """Estimated time of the paired races in seconds."""
    alone = sum(sum(round_.seconds.values()) for racer in racers for round_ in racer.rounds)
    return alone * paired / TOGETHER


def known(setup: ArenaSettings, seeds: int) -> PairedRaces | None:
    """The paired races of a setup, if they have been run."""
    return _kept().get((setup, seeds))


def paired(setup: ArenaSettings, seeds: int) -> PairedRaces:
    """The same race with seeds 0, 1, 2 and so on, regardless of the seed drawn."""
    if (before := known(setup, seeds)) is not None:
        return before
    found = working(f"Racing {seeds} paired seeds.", lambda on_step: _paired(setup, seeds, on_step))
    kept = _kept()
    kept[setup, seeds] = found
    for oldest in list(kept)[: len(kept) - KEPT]:
        kept.pop(oldest, None)
    return found


def _paired(setup: ArenaSettings, seeds: int, on_step: OnStep) -> PairedRaces:
    return paired_races(
        _datasets(setup, seeds, part(on_step, 0, 0.1)),
        setup.plans(),
        seeds=range(seeds),
        seed_labels=setup.seed_labels,
        labels_per_round=setup.labels_per_round,
        rounds=setup.rounds,
        seed_set=setup.seed_set,
        on_step=part(on_step, 0.1, 1),
    )


def _datasets(setup: ArenaSettings, seeds: int, on_step: OnStep) -> list[Dataset]:
    return [data_of(setup, seed).dataset for seed in counted(range(seeds), on_step)]


# Not `cache_data`, which copies the values on every access.
@st.cache_resource(show_spinner=False)
def _kept() -> dict[tuple[ArenaSettings, int], PairedRaces]:
    return {}


def ceiling(setup: ArenaSettings, seeds: int) -> dict[int, float]:
    """Accuracy of each paired race with its whole pool labelled."""
    return working("Learning from every label.", lambda on_step: _ceiling(setup, seeds, on_step))


@st.cache_data(max_entries=64, show_spinner=False)
def _ceiling(setup: ArenaSettings, seeds: int, _on_step: OnStep) -> dict[int, float]:
    datasets = _datasets(setup, seeds, part(_on_step, 0, 0.3))
    return dict(enumerate(full_label_accuracy(datasets, on_step=part(_on_step, 0.3, 1))))


@st.cache_data(max_entries=64, show_spinner=False)
def best_possible(data: str, overlap: float, classes: int, grid: Grid) -> NDArray[np.float64]:
    """Class probabilities of the generating distribution over a grid, (Y, X, C)."""
    probs_P_C = posterior(data, grid.points_P_2, overlap=overlap, classes=classes)
    return probs_P_C.reshape(len(grid.y), len(grid.x), -1)
