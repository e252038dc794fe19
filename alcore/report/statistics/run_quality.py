"""What the lab shows of a run's rounds, as numbers and words: questions by class, times, confusions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

# Stage -> (words, the measure of its peak memory), in the order of a round. Scores are made while points are
# selected, so the memory of the two is one number.
STAGES = {
    "train": ("Train", "memory_train"),
    "evaluate": ("Evaluate", "memory_evaluate"),
    "score": ("Score", "memory_ask"),
    "select": ("Select", "memory_ask"),
    "map": ("Draw the map", ""),
}


class OneRound(Protocol):
    """What is read of a round; see `loops.pool.Round`."""

    @property
    def round(self) -> int:
        """Its number, from 0."""
        ...

    @property
    def labels(self) -> int:
        """Labels paid for."""
        ...

    @property
    def accuracy(self) -> float:
        """Share of the test set that is right."""
        ...

    @property
    def seconds(self) -> dict[str, float]:
        """Wall time by stage."""
        ...

    @property
    def measures(self) -> dict[str, float]:
        """Numbers by name."""
        ...

    @property
    def batch_labels(self) -> Ints:
        """(k,) labels that it was told."""
        ...

    @property
    def confusion_C_C(self) -> Ints | None:
        """Test points by true and predicted class."""
        ...


class Diagram(Protocol):
    """What is read of a reliability diagram; see `loops.measures.Reliability`."""

    @property
    def count_B(self) -> NDArray[np.int64]:
        """Points in each bin."""
        ...

    @property
    def confidence_B(self) -> NDArray[np.float64]:
        """Mean of their highest probabilities."""
        ...

    @property
    def accuracy_B(self) -> NDArray[np.float64]:
        """Share of them that are right."""
        ...


def asked_counts(rounds: Sequence[OneRound], classes: int) -> Ints:
    """asked_R_C: of each class, how many points each round asked about."""
    return np.array([np.bincount(one.batch_labels, minlength=classes) for one in rounds], dtype=np.int64).reshape(
        len(rounds), classes
    )


def class_shares(confusion_C_C: Ints) -> NDArray[np.float64]:
    """share_C of the classes in the test set: what random questions bring where the pool is like it."""
    return confusion_C_C.sum(axis=1) / confusion_C_C.sum()


def answer_shares(answers_N: Ints, classes: int) -> NDArray[np.float64]:
    """share_C of the classes in what an oracle says of a pool: what a random choice asks for on average."""
    return np.bincount(answers_N, minlength=classes) / len(answers_N)


def stage_rows(rounds: Sequence[OneRound]) -> list[dict[str, Any]]:
    """A table of what each round cost: seconds and peak memory by stage, and images a second.

    Returns:
        one row a round: `round`, `labels`, `seconds` (all of it), `seconds_STAGE`, `memory_STAGE` in MiB and
        `images_per_second` (test points judged); None for what was not measured.
    """
    rows = []
    for one in rounds:
        row: dict[str, Any] = {
            "round": one.round,
            "labels": one.labels,
            "seconds": sum(one.seconds.values()),
            "images_per_second": one.measures.get("images_per_second"),
        }
        for stage in STAGES:
            row[f"seconds_{stage}"] = one.seconds.get(stage)
        for key in ("memory_train", "memory_evaluate", "memory_ask"):
            row[key] = one.measures.get(key)
        rows.append(row)
    return rows


def confusion_words(confusion_C_C: Ints, class_names: Sequence[str], *, most: int = 3) -> str:
    """A confusion matrix as a sentence or two: how many are right, the commonest mistakes, the worst."""
    total, right = int(confusion_C_C.sum()), int(confusion_C_C.trace())
    wrong_C_C = confusion_C_C.copy()
    np.fill_diagonal(wrong_C_C, 0)
    said = f"{right:,} of {total:,} test points are right."
    order = np.argsort(-wrong_C_C, axis=None, kind="stable")[:most]
    mistakes = [
        f"{class_names[true]} taken for {class_names[guess]} ({wrong_C_C[true, guess]:,})"
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
        f"{confusion_C_C[worst, worst]:,} of {of_class_C[worst]:,} ({100 * recall_C[worst]:.1f} %)."
    )


def reliability_words(diagram: Diagram) -> str:
    """A reliability diagram as a sentence: how sure, how right, and where the two are farthest apart."""
    there = diagram.count_B > 0
    share = diagram.count_B[there] / diagram.count_B.sum()
    sure, right = diagram.confidence_B[there], diagram.accuracy_B[there]
    gaps = share * (sure - right)
    worst = int(np.argmax(np.abs(gaps)))
    way = "over-confident" if gaps.sum() > 0 else "under-confident"
    return (
        f"{100 * (share * sure).sum():.1f} % sure on average and {100 * (share * right).sum():.1f} % right, "
        f"so {way}; the calibration error is {100 * np.abs(gaps).sum():.1f} %. Most of it comes from where "
        f"the model is about {100 * sure[worst]:.0f} % sure: there {100 * right[worst]:.0f} % are right."
    )


def differing_fields(configs: Mapping[str, Mapping[str, Any]]) -> list[dict[str, str]]:
    """What differs between the settings of runs, as rows of a table.

    Args:
        configs: run id -> its settings, as JSON can say them.

    Returns:
        one row for each setting that is not the same in all: `field`, and under each run's id its value in
        words; a setting that a run does not have is an en dash. Empty for fewer than two runs.
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
