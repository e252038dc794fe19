"""Cached computations of the screen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from alcore.loops.races.grid import grid_over
from alcore.loops.replayed_settings import SettingRun, pool_run, stream_by_label, synthesis_run
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
# Searches of a synthesised query in the comparison, the default of `synthesise`.
STARTS = 8
# Evaluations of a stream, each a frame of its player.
LOOKS = 40

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


def runs(setup: ScenarioSettings, shown: ScenarioView, found: Together) -> list[SettingRun]:
    """The seed shown in the pool, the stream and by synthesis, round by round; cached."""
    return cached(
        "settings_runs",
        (setup, shown.seed),
        lambda on_step: _runs(setup, shown.seed, found.shown),
        "Replaying the settings.",
        most=8,
    )


def _runs(setup: ScenarioSettings, seed: int, told: SettingsComparison) -> list[SettingRun]:
    data = setup.scene.dataset(seed)
    grid = grid_over(data)
    return [
        pool_run(data, told.pool_S_M[0], seed_labels=setup.seed_labels, seed=seed, grid=grid),
        stream_by_label(data, told.streams_S[0], labels=setup.labels, grid=grid),
        synthesis_run(data, told.syntheses_S[0], starts=STARTS, grid=grid),
    ]


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
            looks=LOOKS,
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


def _chunks(seeds: list[int]) -> list[tuple[int, ...]]:
    return [tuple(seeds[begin : begin + STEP]) for begin in range(0, len(seeds), STEP)]


def _in_steps(
    chunks: list[tuple[int, ...]], work: Callable[[tuple[int, ...], OnStep], Part], on_step: OnStep
) -> list[Part]:
    count = len(chunks)
    return [work(seeds, part(on_step, i / count, (i + 1) / count)) for i, seeds in enumerate(chunks)]
