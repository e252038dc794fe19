"""What is shipped: measures of each task and regime, and the recommendation tried on data sets left out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.baseline import BASELINE
from alcore.datasets.catalogue import DATASETS
from alcore.recommend.advice import KINDS, Advice, Question
from alcore.recommend.choose import FEWEST_TASKS, advise, without
from alcore.recommend.evidence import FEW_PER_CLASS, HORIZONS, UNIT, Evidence, read_evidence
from alcore.report.bounded import difference_interval
from alcore.report.intervals import Floats, mean_interval, walsh
from alcore.report.statistics.labels_to_target import default_target, labels_needed
from alcore.report.statistics.tournament import Results, Task, gains, parse_results
from tests.benchmarks.evidence.slices import SLICES
from tests.benchmarks.evidence.tasks import TRAPS, Budget

# Points of each curve that are shipped.
LOOKS = 13
MARGIN = "margin"
# Tasks of a regime in which the recommendation is tried: with one left out, enough for an answer.
LEAST_TASKS = FEWEST_TASKS + 1
# Share of pairs with a race that never reaches the target, above which no labels saved are estimated.
MOST_NEVER = 0.5
Key = tuple[str, str, str, int]  # data set, learner, seed set, batch


def summary_of(records: Mapping[str, Sequence[dict[str, Any]]], budgets: Mapping[str, Budget]) -> dict[str, Any]:
    """The summary as JSON.

    Args:
        records: of the finished tournaments of each slice, of one task each.
        budgets: of their data sets.
    """
    merged = merge(records)
    table: dict[str, Any] = {
        "slices": {name: [len(records.get(name, ())), one.size] for name, one in SLICES.items()},
        "cells": [cell_row(key, *found, budgets[key[0]]) for key, found in merged.items()],
        "leave_one_out": [],
    }
    areas = {
        (*key, horizon): dict(
            zip(results.strategies, area(results.tasks[0], horizon, DATASETS[key[0]].classes).T, strict=True)
        )
        for key, (results, _, _) in merged.items()
        for horizon in HORIZONS
    }
    table["leave_one_out"] = leave_one_out(read_evidence(table), areas)
    return table


def merge(
    records: Mapping[str, Sequence[dict[str, Any]]],
) -> dict[Key, tuple[Results, tuple[str, ...], dict[str, Any]]]:
    """The results of each task and regime, of all slices that have it, with their names and the settings.

    Slices of one task and regime have the same random races, which a test holds against each other.
    """
    found: dict[Key, tuple[Results, tuple[str, ...], dict[str, Any]]] = {}
    for name, some in records.items():
        for one in some:
            results, settings = parse_results(one), one["plan"]["settings"]
            task = results.tasks[0]
            key = (task.dataset, task.learner, settings["seed_set"], settings["labels_per_round"])
            if key not in found:
                found[key] = results, (name,), settings
                continue
            before, names, _ = found[key]
            if before.seeds != results.seeds:
                continue
            new = [r for r, strategy in enumerate(results.strategies) if strategy not in before.strategies]
            both = np.concatenate([before.tasks[0].accuracy_S_R_T, task.accuracy_S_R_T[:, new]], axis=1)
            joined = Task(task.dataset, task.learner, task.labels_T, both, np.zeros(both.shape[:2]))
            strategies = (*before.strategies, *(results.strategies[r] for r in new))
            found[key] = Results(strategies, results.seeds, (joined,)), (*names, name), settings
    return found


def cell_row(
    key: Key, results: Results, slices: tuple[str, ...], settings: Mapping[str, Any], budget: Budget
) -> dict[str, Any]:
    """One cell as `read_evidence` takes it."""
    dataset, learner, seed_set, batch = key
    spec, task = DATASETS[dataset], results.tasks[0]
    rounds = len(task.labels_T) - 1
    looks = np.unique(np.rint(np.linspace(0, rounds, LOOKS)).astype(int))
    mean_R_T = task.accuracy_S_R_T.mean(axis=0)
    return {
        "dataset": dataset,
        "kind": "trap" if dataset in TRAPS else "table" if spec.kind == "planar" else spec.kind,
        "classes": spec.classes,
        "rarest": budget.rarest,
        "pool": budget.pool,
        "learner": learner,
        "seed_set": seed_set,
        "batch": batch,
        "seeds": len(results.seeds),
        "seed_labels": settings["seed_labels"],
        "rounds": rounds,
        "capped": budget.capped,
        "slices": slices,
        "strategies": results.strategies[1:],
        "labels": task.labels_T[looks].tolist(),
        "curves": np.rint(mean_R_T[:, looks] / UNIT).astype(int).tolist(),
        **{horizon: measures(task, horizon, spec.classes) for horizon in HORIZONS},
    }


def until(task: Task, horizon: str, classes: int) -> int:
    """Models of each race up to a horizon; two at least."""
    if horizon == "all":
        return len(task.labels_T)
    return min(max(2, 1 + int(np.searchsorted(task.labels_T, FEW_PER_CLASS * classes))), len(task.labels_T))


def area(task: Task, horizon: str, classes: int) -> Floats:
    """Mean accuracy along each curve up to a horizon, area_S_R."""
    end = until(task, horizon, classes)
    return Task(
        task.dataset, task.learner, task.labels_T[:end], task.accuracy_S_R_T[:, :, :end], task.seconds_S_R
    ).area_S_R


def measures(task: Task, horizon: str, classes: int) -> dict[str, Any]:
    """What is shipped of a task to a horizon, one number a rival of random."""
    end = until(task, horizon, classes)
    area_S_R = area(task, horizon, classes)
    gain_S_R = np.round(area_S_R - area_S_R[:, :1], 12)
    worse_S_R = gain_S_R < 0
    loss_R = np.where(worse_S_R, -gain_S_R, 0).sum(axis=0) / np.maximum(worse_S_R.sum(axis=0), 1)
    verdicts = {"better": 1, "undecided": 0, "worse": -1}
    return {
        "labels": int(task.labels_T[end - 1]),
        "gain": [round(float(one) / UNIT, 1) for one in gain_S_R.mean(axis=0)[1:]],
        "worse": [round(float(one), 2) for one in worse_S_R.mean(axis=0)[1:]],
        "loss": [round(float(one) / UNIT) for one in loss_R[1:]],
        "verdict": [verdicts[verdict] for _, verdict in gains(gain_S_R, 0)[1:]],
        "saved": saved(task.labels_T[:end], task.accuracy_S_R_T[:, :, :end]),
    }


def saved(labels_T: NDArray[np.int64], accuracy_S_R_T: Floats) -> list[float | None]:
    """Random's labels to target as a multiple of each rival's; None where more than half of the pairs never get there.

    The target is random's start plus nine tenths of its gain, as in a tournament.
    """
    target = default_target(accuracy_S_R_T[:, 0].mean(axis=0)[None])
    if target is None:
        return [None] * (accuracy_S_R_T.shape[1] - 1)
    needed_R_S = np.array(
        [labels_needed(labels_T, accuracy_S_T, target.accuracy) for accuracy_S_T in accuracy_S_R_T.swapaxes(0, 1)]
    )
    logs_R_S = np.log(np.minimum(needed_R_S, labels_T[-1]))
    never_R = np.isinf(needed_R_S[1:] + needed_R_S[0]).mean(axis=1)
    return [
        None if never > MOST_NEVER else round(float(np.exp(np.median(walsh(logs_R_S[0] - logs_S)))), 3)
        for logs_S, never in zip(logs_R_S[1:], never_R, strict=True)
    ]


def leave_one_out(evidence: Evidence, areas: Mapping[tuple[Any, ...], Mapping[str, Floats]]) -> list[dict[str, Any]]:
    """The recommendation for each table in turn from all others, against random, margin and the best in hindsight.

    Args:
        evidence: all cells.
        areas: (data set, learner, seed set, batch, horizon) -> strategy -> mean accuracy of each race, area_S.
    """
    rows = []
    real = [cell for cell in evidence.cells if cell.kind in KINDS]
    regimes = dict.fromkeys((cell.learner, cell.seed_set, cell.batch) for cell in real)
    for learner, seed_set, batch in regimes:
        own = [cell for cell in real if (cell.learner, cell.seed_set, cell.batch) == (learner, seed_set, batch)]
        if len(own) < LEAST_TASKS:
            continue
        for horizon in HORIZONS:
            chosen: list[str] = []
            found: dict[str, list[tuple[int, int, float]]] = {BASELINE: [], MARGIN: [], "best": []}
            for cell in own:
                asked = Question(
                    cell.classes, cell.last[horizon], batch, cell.kind, min(1.0, cell.rarest), seed_set, learner
                )
                choice = horizon_advice(without(evidence, cell.dataset), asked, horizon).strategy
                area_of = areas[cell.dataset, learner, seed_set, batch, horizon]
                mean_of = {name: float(area_S.mean()) for name, area_S in area_of.items()}
                best = max(mean_of, key=mean_of.__getitem__)
                chosen.append(choice)
                for name, rival in ((BASELINE, BASELINE), (MARGIN, MARGIN), ("best", best)):
                    found[name].append(against(area_of, choice, rival))
            rows.append(
                {
                    "learner": learner,
                    "seed_set": seed_set,
                    "batch": batch,
                    "horizon": horizon,
                    "chosen": dict(Counter(chosen).most_common()),
                    "rivals": [rival_row(name, some) for name, some in found.items()],
                }
            )
    return rows


def horizon_advice(evidence: Evidence, question: Question, horizon: str) -> Advice:
    """The recommendation for a budget of this horizon."""
    budget = FEW_PER_CLASS * question.classes if horizon == "few" else 2 * FEW_PER_CLASS * question.classes
    return advise(evidence, Question(**{**vars(question), "budget": budget}))


def against(area_of: Mapping[str, Floats], choice: str, rival: str) -> tuple[int, int, float]:
    """Sign of the mean difference, of its interval where that excludes 0, and the difference."""
    if choice == rival or choice not in area_of or rival not in area_of:
        return 0, 0, 0.0
    difference_S = np.round(area_of[choice] - area_of[rival], 12)
    interval = difference_interval(difference_S)
    sign = int(np.sign(interval.estimate))
    return sign, sign if interval.excludes(0) else 0, interval.estimate


def rival_row(rival: str, some: Sequence[tuple[int, int, float]]) -> dict[str, Any]:
    """One row of the table."""
    signs, sure, differences = (np.array(column) for column in zip(*some, strict=True))
    mean = mean_interval(differences)
    return {
        "rival": rival,
        "tasks": len(some),
        "higher": int((signs > 0).sum()),
        "equal": int((signs == 0).sum()),
        "lower": int((signs < 0).sum()),
        "won": int((sure > 0).sum()),
        "lost": int((sure < 0).sum()),
        "difference": [round(value / UNIT, 1) for value in (mean.estimate, mean.low, mean.high)],
    }
