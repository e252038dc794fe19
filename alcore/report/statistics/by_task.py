"""A tournament task by task: the area under each mean curve, and the labels to the target."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from alcore.report.phrases import number
from alcore.report.statistics.labels_to_target import labels_needed
from alcore.report.statistics.tournament import Summary, Task


def areas_frame(summary: Summary, names: Mapping[str, str], datasets: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Mean accuracy along the learning curve in percent: one row a strategy, one column a task.

    Args:
        summary: from `summarise`.
        names: words for strategies.
        datasets: words for data sets.
    """
    results = summary.results
    columns = {_called(task, summary, datasets or {}): 100 * task.area_S_R.mean(axis=0) for task in results.tasks}
    return _framed(summary, names, {head: [f"{share:.2f}" for share in column] for head, column in columns.items()})


def labels_frame(summary: Summary, names: Mapping[str, str], datasets: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Labels held when the target is first reached, the median race: one row a strategy, one column a task.

    "never" where half of the races or more did not get there; a task without a target has a dash.

    Args:
        summary: from `summarise`.
        names: words for strategies.
        datasets: words for data sets.
    """
    columns = {}
    for task, target in zip(summary.results.tasks, summary.targets_D, strict=True):
        head = _called(task, summary, datasets or {})
        if np.isnan(target):
            columns[head] = ["–"] * len(summary.results.strategies)
            continue
        needed = [
            float(np.quantile(labels_needed(task.labels_T, accuracy_S_T, target), 0.5, method="higher"))
            for accuracy_S_T in task.accuracy_S_R_T.transpose(1, 0, 2)
        ]
        columns[f"{head} ({100 * target:.1f} %)"] = [
            "never" if np.isinf(labels) else number(labels) for labels in needed
        ]
    return _framed(summary, names, columns)


def _framed(summary: Summary, names: Mapping[str, str], columns: Mapping[str, list[str]]) -> pd.DataFrame:
    strategies = list(summary.results.strategies)
    frame = pd.DataFrame({"Strategy": [names.get(name, name) for name in strategies], **columns})
    order = [strategies.index(one.strategy) for one in summary.standings]
    return frame.iloc[order].reset_index(drop=True)


def _called(task: Task, summary: Summary, datasets: Mapping[str, str]) -> str:
    name = datasets.get(task.dataset, task.dataset)
    several = len({one.learner for one in summary.results.tasks}) > 1
    return f"{name}, {task.learner}" if several else name
