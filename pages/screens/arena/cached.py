"""Cached computations of the arena."""

from dataclasses import dataclass

import streamlit as st

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.generate import CorruptedDataset
from alcore.loops.races.features import LOCKSTEP
from alcore.loops.races.full_label_accuracy import full_label_accuracy
from alcore.loops.races.grid import Grid, grid_over
from alcore.loops.races.paired import PairedRaces, paired_races
from alcore.loops.races.paired_loop import paired_loops
from alcore.loops.races.race import RaceTrace, race
from alcore.loops.races.settings import RaceSettings
from alcore.loops.steps import counted, part
from pages.screens.arena.controls import ArenaSettings, ArenaView
from pages.shared.progress import OnStep, working
from pages.shared.session_cache import computed

# Longest estimated time in seconds for paired races to run before the rounds are drawn, beneath the race's last round.
LIVE_SECONDS = 2.0
# Largest number of cached paired races, over all sessions.
KEPT = 64
# Measured speedup of batched fits: a race among twenty takes a third of the time of a single race.
TOGETHER = 3


@dataclass(frozen=True, eq=False)
class ShownRace:
    """The race drawn.

    Attributes:
        setup: its settings.
        view: its seed, and how it is drawn.
        data: its points.
        grid: places of the model's decision surfaces.
        racers: their rounds.
    """

    setup: ArenaSettings
    view: ArenaView
    data: CorruptedDataset
    grid: Grid
    racers: list[RaceTrace]


def shown_race(setup: ArenaSettings, view: ArenaView) -> ShownRace:
    """The race of the seed shown."""
    grid, racers = _race(setup, view.seed, view.surface == "score")
    return ShownRace(setup, view, setup.scene.corrupted(view.seed), grid, racers)


@computed("Running the race.", most=32)
def _race(_on_step: OnStep, setup: ArenaSettings, seed: int, acquisition: bool) -> tuple[Grid, list[RaceTrace]]:
    data = setup.scene.dataset(seed)
    grid = grid_over(data)
    racers = race(data, setup.plans(), seed=seed, grid=grid, acquisition=acquisition, on_step=_on_step, **setup.loop)
    return grid, racers


def estimate(setup: ArenaSettings, racers: list[RaceTrace], paired: int) -> float:
    """Estimated time of the paired races in seconds."""
    alone = sum(sum(round_.seconds.values()) for racer in racers for round_ in racer.rounds)
    return alone * paired / (TOGETHER if setup.learner in LOCKSTEP else 1)


def known(setup: ArenaSettings, seeds: int) -> PairedRaces | None:
    """The paired races of a setup, if they have been run."""
    return _kept().get((setup, seeds))


def paired(setup: ArenaSettings, seeds: int) -> PairedRaces:
    """The same race with seeds 0, 1, 2 and so on, regardless of the seed drawn."""
    if (before := known(setup, seeds)) is not None:
        return before

    def run(on_step: OnStep) -> PairedRaces:
        rest = part(on_step, 0.1, 1)
        if setup.learner not in LOCKSTEP:
            settings = RaceSettings(setup.seed_labels, setup.labels_per_round, setup.rounds, setup.seed_set)
            every = range(seeds)
            make = setup.scene.dataset
            return paired_loops(make, setup.learner, setup.plans(), seeds=every, settings=settings, on_step=rest)
        datasets = _datasets(setup, seeds, part(on_step, 0, 0.1))
        return paired_races(datasets, setup.plans(), seeds=range(seeds), on_step=rest, **setup.loop)

    found = working(f"Racing {seeds} paired seeds.", run)
    kept = _kept()
    kept[setup, seeds] = found
    for oldest in list(kept)[: len(kept) - KEPT]:
        kept.pop(oldest, None)
    return found


def _datasets(setup: ArenaSettings, seeds: int, on_step: OnStep) -> list[Dataset]:
    return [setup.scene.dataset(seed) for seed in counted(range(seeds), on_step)]


# Not `cache_data`, which copies the values on every access.
@st.cache_resource(show_spinner=False)
def _kept() -> dict[tuple[ArenaSettings, int], PairedRaces]:
    return {}


@computed("Training on every label.", most=64)
def ceiling(_on_step: OnStep, setup: ArenaSettings, seeds: int) -> dict[int, float]:
    """Accuracy of each paired race with its whole pool labelled."""
    datasets = _datasets(setup, seeds, part(_on_step, 0, 0.3))
    return dict(enumerate(full_label_accuracy(datasets, learner=setup.learner, on_step=part(_on_step, 0.3, 1))))
