"""Summaries of a run's rounds: queries by class, times, confusion matrix, reliability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from alcore.report.phrases import format_seconds, percent, plural

Ints = NDArray[np.int64]

# Stage -> (words, measure of its peak memory), in order; "score" and "select" run together and share a peak.
STAGES = {
    "train": ("Train", "memory_train"),
    "evaluate": ("Evaluate", "memory_evaluate"),
    "score": ("Score", "memory_ask"),
    "select": ("Select", "memory_ask"),
    "map": ("Draw the map", ""),
}


class OneRound(Protocol):
    """The fields read of a round; see `alcore.loops.pool`."""

    @property
    def round(self) -> int:
        """Round number, from 0."""
        ...

    @property
    def labels(self) -> int:
        """Labels held."""
        ...

    @property
    def accuracy(self) -> float:
        """Test accuracy."""
        ...

    @property
    def seconds(self) -> dict[str, float]:
        """Wall time in seconds by stage."""
        ...

    @property
    def measures(self) -> dict[str, float]:
        """Measures by name."""
        ...

    @property
    def batch_labels(self) -> Ints:
        """(k,) labels of the query."""
        ...

    @property
    def confusion_C_C(self) -> Ints | None:
        """Confusion matrix: test points by true and predicted class."""
        ...


class Diagram(Protocol):
    """The fields read of a reliability diagram; see `alcore.loops.pool.evaluate.Reliability`."""

    @property
    def count_B(self) -> NDArray[np.int64]:
        """Number of points in each bin."""
        ...

    @property
    def confidence_B(self) -> NDArray[np.float64]:
        """Mean confidence in each bin."""
        ...

    @property
    def accuracy_B(self) -> NDArray[np.float64]:
        """Accuracy in each bin."""
        ...


def asked_counts(rounds: Sequence[OneRound], classes: int) -> Ints:
    """asked_R_C: queries by round and class."""
    return np.array([np.bincount(round_.batch_labels, minlength=classes) for round_ in rounds], dtype=np.int64).reshape(
        len(rounds), classes
    )


def class_shares(confusion_C_C: Ints) -> NDArray[np.float64]:
    """share_C of the classes in the test set: expected for random queries if the pool is distributed alike."""
    return confusion_C_C.sum(axis=1) / confusion_C_C.sum()


def answer_shares(answers_N: Ints, classes: int) -> NDArray[np.float64]:
    """share_C of the classes in the oracle's labels of a pool: the expectation of random queries."""
    return np.bincount(answers_N, minlength=classes) / len(answers_N)


def stage_rows(rounds: Sequence[OneRound]) -> list[dict[str, Any]]:
    """Cost of each round: seconds and peak memory by stage, and images per second.

    Returns:
        one row per round: `round`, `labels`, `seconds` (total), `seconds_STAGE`, `memory_STAGE` in MiB and
        `images_per_second` (test points evaluated); None for unmeasured values.
    """
    rows = []
    for round_ in rounds:
        row: dict[str, Any] = {
            "round": round_.round,
            "labels": round_.labels,
            "seconds": sum(round_.seconds.values()),
            "images_per_second": round_.measures.get("images_per_second"),
        }
        for stage in STAGES:
            row[f"seconds_{stage}"] = round_.seconds.get(stage)
        for key in ("memory_train", "memory_evaluate", "memory_ask"):
            row[key] = round_.measures.get(key)
        rows.append(row)
    return rows


def stage_words(rows: Sequence[Mapping[str, Any]]) -> str:
    """The time of all rounds, their longest stage, and the speed of the last round, from `stage_rows`.

    The last round has no query, so its stages alone are not those of a run.
    """
    seconds = {stage: sum(row[f"seconds_{stage}"] or 0.0 for row in rows) for stage in STAGES}
    longest = max(seconds, key=lambda stage: seconds[stage])
    speed = rows[-1]["images_per_second"]
    return (
        f"{plural(len(rows), 'round')} took {format_seconds(sum(row['seconds'] for row in rows))} s; the longest stage "
        f"is {STAGES[longest][0]} ({format_seconds(seconds[longest])} s)."
        + (f" The last round predicted {speed:,.0f} images a second." if speed else "")
    )


def confusion_words(confusion_C_C: Ints, class_names: Sequence[str], *, most: int = 3) -> str:
    """A confusion matrix in a sentence or two: accuracy, commonest errors, worst class."""
    total, right = int(confusion_C_C.sum()), int(confusion_C_C.trace())
    wrong_C_C = confusion_C_C.copy()
    np.fill_diagonal(wrong_C_C, 0)
    said = f"{right:,} of {total:,} test points are right."
    order = np.argsort(-wrong_C_C, axis=None, kind="stable")[:most]
    mistakes = [
        f"{class_names[true]} predicted as {class_names[guess]} ({wrong_C_C[true, guess]:,})"
        for true, guess in zip(*np.unravel_index(order, wrong_C_C.shape), strict=True)
        if wrong_C_C[true, guess]
    ]
    if not mistakes:
        return said
    of_class_C = confusion_C_C.sum(axis=1)
    with np.errstate(invalid="ignore"):
        recall_C = confusion_C_C.diagonal() / of_class_C
    worst = int(np.nanargmin(recall_C))
    return (
        f"{said} Most common mistakes: {', '.join(mistakes)}. Least recognised: {class_names[worst]}, "
        f"{confusion_C_C[worst, worst]:,} of {of_class_C[worst]:,} ({percent(recall_C[worst])})."
    )


def reliability_words(diagram: Diagram) -> str:
    """A reliability diagram in a line: confidence and accuracy, their mean difference, and the worst bin."""
    there = diagram.count_B > 0
    share = diagram.count_B[there] / diagram.count_B.sum()
    sure, right = diagram.confidence_B[there], diagram.accuracy_B[there]
    gaps = share * (sure - right)
    worst = int(np.argmax(np.abs(gaps)))
    way = "over-confident" if gaps.sum() > 0 else "under-confident"
    return (
        f"{way}, confidence {percent((share * sure).sum())}, accuracy {percent((share * right).sum())}; calibration "
        f"error {percent(np.abs(gaps).sum())}, the largest part at confidence {percent(sure[worst], 0)} (accuracy "
        f"{percent(right[worst], 0)})."
    )


def differing_fields(configs: Mapping[str, Mapping[str, Any]]) -> list[dict[str, str]]:
    """Differing settings of runs, as rows of a table.

    Args:
        configs: run id -> its settings, JSON-compatible.

    Returns:
        one row per setting that differs between runs: `field`, and its value in words under each run's id; an en dash
        if the run lacks the setting. Empty for fewer than two runs.
    """
    fields = dict.fromkeys(field for config in configs.values() for field in config)
    table = {field: {run: _said(config, field) for run, config in configs.items()} for field in fields}
    return [{"field": field} | values for field, values in table.items() if len(set(values.values())) > 1]


def _said(config: Mapping[str, Any], field: str) -> str:
    if field not in config:
        return "–"
    value = config[field]
    words = {None: "none", True: "yes", False: "no"}
    return words[value] if value is None or isinstance(value, bool) else str(value)
