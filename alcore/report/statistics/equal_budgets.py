"""Curves of learners that may leave labels unspent, judged at equal budgets."""

from collections.abc import Iterable, Mapping
from typing import Any


def at_equal_budgets(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Carry every run on to as many labels as the longest one spent.

    A learner that leaves some of its budget unspent is, with more budget, the model that it last was: from
    there on `labels` says what it might have spent. Without this only the labels that the thriftiest run
    spent could be compared.

    Args:
        rows: one a label, with at least `run`, `round` and `labels`, both growing by one within a run.

    Returns:
        the same rows, each run followed by repetitions of its last.
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
