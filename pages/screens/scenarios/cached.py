"""Cached computations of the screen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
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
from pages.screens.scenarios.controls import (
    POLICY_NAMES,
    SETTING_NAMES,
    ScenarioSettings,
    ScenarioView,
    StreamSettings,
    SynthesisSettings,
    oracle_of,
)
from pages.shared.progress import OnStep
from pages.shared.session_cache import cached, computed

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
    """The scenarios side by side; cached."""
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
            [setup.scene.dataset(seed) for seed in seeds],
            oracle_of(setup.scene),
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
        test_points=len(setup.scene.dataset(shown.seed).y_test),
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


def streamed(setup: StreamSettings, shown: ScenarioView) -> Streamed:
    """The streams through every policy; cached."""
    return cached(
        "settings_stream",
        (setup, shown.seeds, shown.seed),
        lambda on_step: _streamed(setup, shown, on_step),
        f"Sending {len(shown.seeds)} streams through every policy.",
        most=8,
    )


def _streamed(setup: StreamSettings, shown: ScenarioView, on_step: OnStep) -> Streamed:
    parts = _in_steps(
        _chunks(list(shown.seeds)),
        lambda seeds, step: streams(
            [setup.scene.dataset(seed) for seed in seeds],
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
            [[result.accuracy_Q[1:] for result in results] for results in runs.values()],
            list(POLICIES),
            seeds=shown.seeds,
            names=POLICY_NAMES,
        ),
        {
            name: float(np.mean([results[r].spent_T[-1] for results in runs.values()]))
            for r, name in enumerate(POLICIES)
        },
        int(first.earned_T[-1]),
        dict(zip(POLICIES, runs[shown.seed], strict=True)),
    )


@computed("Synthesising queries.", most=32)
def synthesised(_on_step: OnStep, setup: SynthesisSettings, seed: int) -> Synthesis:
    """Query synthesis in the plane for a seed."""
    return synthesise(
        [setup.scene.dataset(seed)],
        oracle_of(setup.scene),
        seeds=[seed],
        seed_labels=setup.seed_labels,
        labels_per_round=setup.labels_per_round,
        rounds=setup.rounds,
        starts=setup.starts,
        on_step=_on_step,
    )[0]


def model_surface(coefs_K_P: NDArray, grid: Grid) -> NDArray[np.float64]:
    """Class probabilities of a logistic regression over a grid, (Y, X, C)."""
    return predict(coefs_K_P[None], grid.points_P_2)[0].reshape(len(grid.y), len(grid.x), -1)


def fitted(data: Dataset, labeled: NDArray[np.int64]) -> NDArray[np.float64]:
    """The logistic regression on the given points of a pool."""
    return solve(data.x_pool[labeled][None], data.y_pool[labeled][None], classes=data.classes)[0]


def _chunks(seeds: list[int]) -> list[tuple[int, ...]]:
    return [tuple(seeds[begin : begin + STEP]) for begin in range(0, len(seeds), STEP)]


def _in_steps(
    chunks: list[tuple[int, ...]], work: Callable[[tuple[int, ...], OnStep], Part], on_step: OnStep
) -> list[Part]:
    count = len(chunks)
    return [work(seeds, part(on_step, i / count, (i + 1) / count)) for i, seeds in enumerate(chunks)]
