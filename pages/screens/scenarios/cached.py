"""Cached computations of the screen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.bayes_boundary import posterior
from alcore.logistic.batched import predict, solve
from alcore.loops.races.grid import Grid
from alcore.loops.settings_comparison import SettingsComparison, compare_settings
from alcore.loops.steps import part
from alcore.loops.stream.policies import POLICIES
from alcore.loops.stream.stream import StreamResult, streams
from alcore.loops.synthesis.synthesis import Synthesis, synthesise
from alcore.report.curves import curve_frame
from alcore.report.statistics.comparison import Comparison, compare_races
from alcore.report.statistics.equal_budgets import at_equal_budgets
from alcore.report.text.race import compare
from pages.screens.scenarios.settings import (
    POLICY_NAMES,
    SETTING_NAMES,
    ScenarioSample,
    ScenarioSettings,
    ScenarioView,
    StreamSetup,
    SynthesisSetup,
)
from pages.shared.progress import OnStep, working
from pages.shared.session_cache import cached

# Seeds run together: larger batches take less time per seed, smaller ones report progress sooner.
STEP = 10

Part = TypeVar("Part")


@dataclass(frozen=True, eq=False)
class Together:
    """All seeds in all scenarios compared, and the queries of the seed shown."""

    rows: list[dict[str, Any]]
    comparison: Comparison
    spent: float
    shown: SettingsComparison


def together(setup: ScenarioSettings, shown: ScenarioView) -> Together:
    """Run the scenarios side by side, or take them from the cache."""
    return cached(
        "settings_together",
        (setup, shown.seeds, shown.seed),
        lambda on_step: _together(setup, shown, on_step),
        f"Running every setting on {len(shown.seeds)} seeds.",
    )


def _together(setup: ScenarioSettings, shown: ScenarioView, on_step: OnStep) -> Together:
    # The seed shown runs separately, so that its queries are kept.
    parts = _in_steps(
        [(shown.seed,), *_chunks([seed for seed in shown.seeds if seed != shown.seed])],
        lambda seeds, step: compare_settings(
            [data_of(setup.sample, seed) for seed in seeds],
            setup.sample.oracle(),
            seeds=seeds,
            seed_labels=setup.seed_labels,
            labels=setup.labels,
            strategy=setup.strategy,
            policy=setup.thresholds.policy(setup.policy),
            on_step=step,
        ),
        on_step,
    )
    rows = [row for part in parts for row in part.rows]
    comparison = compare(
        curve_frame(at_equal_budgets(rows)),
        names=SETTING_NAMES,
        test_points=len(data_of(setup.sample, shown.seed).y_test),
    )
    spent = float(np.mean([stream.asked_T.sum() for part in parts for stream in part.streams_S]))
    return Together(rows, comparison, spent, parts[0])


@dataclass(frozen=True, eq=False)
class Streamed:
    """Each seed's stream through every policy."""

    comparison: Comparison
    spent: dict[str, float]
    budget: int
    shown: dict[str, StreamResult]


def streamed(setup: StreamSetup, shown: ScenarioView) -> Streamed:
    """Run the streams, or take them from the cache."""
    return cached(
        "settings_stream",
        (setup, shown.seeds, shown.seed),
        lambda on_step: _streamed(setup, shown, on_step),
        f"Sending {len(shown.seeds)} streams through every policy.",
        most=8,
    )


def _streamed(setup: StreamSetup, shown: ScenarioView, on_step: OnStep) -> Streamed:
    parts = _in_steps(
        _chunks(list(shown.seeds)),
        lambda seeds, step: streams(
            [data_of(setup.sample, seed) for seed in seeds],
            [setup.thresholds.policy(name) for name in POLICIES],
            seeds=seeds,
            seed_labels=setup.seed_labels,
            budget=setup.budget(),
            drift=setup.drift(),
            window=setup.window,
            on_step=step,
        ),
        on_step,
    )
    runs = dict(zip(shown.seeds, [one for part in parts for one in part], strict=True))
    first = runs[shown.seed][0]
    return Streamed(
        # Before the first arrival all policies are equal.
        compare_races(
            first.looked_Q[1:],
            [[told.accuracy_Q[1:] for told in watched] for watched in runs.values()],
            list(POLICIES),
            seeds=shown.seeds,
            names=POLICY_NAMES,
        ),
        {
            name: float(np.mean([watched[r].spent_T[-1] for watched in runs.values()]))
            for r, name in enumerate(POLICIES)
        },
        int(first.earned_T[-1]),
        dict(zip(POLICIES, runs[shown.seed], strict=True)),
    )


def made_up(setup: SynthesisSetup, seed: int) -> Synthesis:
    """Query synthesis in the plane for a seed."""
    return working("Making up points.", lambda on_step: _made_up(setup, seed, on_step))


@st.cache_data(max_entries=32, show_spinner=False)
def _made_up(setup: SynthesisSetup, seed: int, _on_step: OnStep) -> Synthesis:
    return synthesise(
        [data_of(setup.sample, seed)],
        setup.sample.oracle(),
        seeds=[seed],
        seed_labels=setup.seed_labels,
        labels_per_round=setup.labels_per_round,
        rounds=setup.rounds,
        starts=setup.starts,
        on_step=_on_step,
    )[0]


@st.cache_data(max_entries=256, show_spinner=False)
def data_of(sample: ScenarioSample, seed: int) -> Dataset:
    """The points of a seed."""
    return sample.dataset(seed)


def model_surface(coefs_K_P: NDArray, grid: Grid) -> NDArray[np.float64]:
    """Class probabilities of a logistic regression over a grid, (Y, X, C)."""
    return predict(coefs_K_P[None], grid.points_P_2)[0].reshape(len(grid.y), len(grid.x), -1)


def fitted(data: Dataset, labeled: NDArray[np.int64]) -> NDArray[np.float64]:
    """The logistic regression on the given points of a pool."""
    return solve(data.x_pool[labeled][None], data.y_pool[labeled][None], classes=data.classes)[0]


def best(sample: ScenarioSample, grid: Grid, points_P_2: NDArray[np.float64]) -> NDArray[np.float64]:
    """True class probabilities over a grid, (Y, X, C), if the points `points_P_2` were generated."""
    probs_P_C = posterior(sample.data, points_P_2, overlap=sample.overlap, classes=sample.classes)
    return probs_P_C.reshape(len(grid.y), len(grid.x), -1)


def _chunks(seeds: list[int]) -> list[tuple[int, ...]]:
    return [tuple(seeds[begin : begin + STEP]) for begin in range(0, len(seeds), STEP)]


def _in_steps(
    chunks: list[tuple[int, ...]], work: Callable[[tuple[int, ...], OnStep], Part], on_step: OnStep
) -> list[Part]:
    count = len(chunks)
    return [work(seeds, part(on_step, i / count, (i + 1) / count)) for i, seeds in enumerate(chunks)]
