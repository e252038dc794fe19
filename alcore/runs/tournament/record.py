"""The record of a tournament: the finished results as a single JSON document."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alcore.runs.tournament.cells import CellStore
from alcore.runs.tournament.plan import BASELINE, TournamentPlan

TOURNAMENT_SCHEMA = "alcore-tournament"
SCHEMA_VERSION = 1


def record(plan: TournamentPlan, home: Path) -> dict[str, Any]:
    """The finished part of a tournament without missing races, JSON-compatible.

    Tasks on which random failed are left out, then strategies that failed on any remaining task: means over different
    tasks are not comparable. All seeds are included that every strategy finished on every task.

    Returns:
        `plan`; `strategies`, `seeds`, `tasks` (each with labels_T, hits_S_R_T and seconds_S_R); `failures` (a sentence
        per cell), `left_out` (strategies and tasks).
    """
    with CellStore(home) as store:
        cells = plan.cells()
        results, errors = store.results(cells), store.failures(cells)
    ids = {(config.dataset, config.learner, config.strategy, config.seed): cell for cell, config in cells.items()}
    failed = {key for key, cell in ids.items() if cell in errors}
    without_base = {key[:2] for key in failed if key[2] == BASELINE}
    tasks = [task for task in plan.tasks if task not in without_base]
    lost = {key[2] for key in failed if key[:2] in tasks}
    strategies = [name for name in plan.strategies if name not in lost]
    seeds = [
        seed
        for seed in range(plan.seeds)
        if tasks and all(ids[*task, name, seed] in results for task in tasks for name in strategies)
    ]

    def task_record(dataset: str, learner: str) -> dict[str, Any]:
        results_S_R = [[results[ids[dataset, learner, name, seed]] for name in strategies] for seed in seeds]
        return {
            "dataset": dataset,
            "learner": learner,
            "test_points": results_S_R[0][0].test_points,
            "labels": list(results_S_R[0][0].labels),
            "hits": [[list(one.hits) for one in row] for row in results_S_R],
            "seconds": [[round(one.seconds, 4) for one in row] for row in results_S_R],
        }

    return {
        "schema": TOURNAMENT_SCHEMA,
        "version": SCHEMA_VERSION,
        "plan": plan.record(),
        "strategies": strategies,
        "seeds": seeds,
        "tasks": [task_record(*task) for task in tasks if seeds],
        "failures": [f"{config.title}: {errors[cell]}" for cell, config in cells.items() if cell in errors],
        "left_out": [*sorted(lost), *(" with ".join(task) for task in sorted(without_base))],
    }


def narrowed(table: Mapping[str, Any], plan: TournamentPlan) -> dict[str, Any] | None:
    """The record of a smaller plan from a larger tournament's record; None if that does not contain it.

    No cell depends on others, and no round on later rounds: a smaller plan has a subset of the results.
    """
    whole = table["plan"]
    tasks = {(task["dataset"], task["learner"]): task for task in table["tasks"]}
    held = (
        set(plan.strategies) <= set(table["strategies"])
        and set(plan.tasks) <= set(tasks)
        and set(range(plan.seeds)) <= set(table["seeds"])
        and plan.rounds <= whole["rounds"]
        and plan.record()["settings"] == whole["settings"]
    )
    if not held:
        return None
    rows = [table["seeds"].index(seed) for seed in range(plan.seeds)]
    columns = [table["strategies"].index(name) for name in plan.strategies]
    rounds = slice(0, plan.rounds + 1)
    return {
        **table,
        "plan": plan.record(),
        "strategies": list(plan.strategies),
        "seeds": list(range(plan.seeds)),
        "tasks": [
            {
                **tasks[task],
                "labels": tasks[task]["labels"][rounds],
                "hits": [[tasks[task]["hits"][s][r][rounds] for r in columns] for s in rows],
                "seconds": [[tasks[task]["seconds"][s][r] for r in columns] for s in rows],
            }
            for task in plan.tasks
        ],
    }
