"""Comparison at equal budgets of learners that may leave labels unspent."""

from collections.abc import Iterable, Mapping
from typing import Any


def at_equal_budgets(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Extend every run to the largest number of labels spent by any run.

    A learner that leaves part of its budget unspent keeps its last model at larger budgets: from there on `labels` is
    the budget. Without this, curves are comparable only up to the smallest number of labels spent.

    Args:
        rows: one per label, with at least `run`, `round` and `labels`, both growing by one within a run.

    Returns:
        the same rows, each run followed by repetitions of its last row.
    """
    runs: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        runs.setdefault(row["run"], []).append(dict(row))
    most = max((own[-1]["labels"] for own in runs.values()), default=0)
    for own in runs.values():
        last = own[-1]
        own += [
            last | {"labels": last["labels"] + more, "round": last["round"] + more}
            for more in range(1, most - last["labels"] + 1)
        ]
    return [row for own in runs.values() for row in own]
