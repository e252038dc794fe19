"""A history of labels in the user's words, and the same history in class numbers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alcore.learners.labels import Label
from alcore.loops.ledger import TRAINED, Step


class HistoryStep(NamedTuple):
    """One call that changed labels or rows, or a training that later fits depend on.

    Attributes:
        kind: tell, relabel, skip or exclude; fit or committee where the next fit depends on the last.
        rows: rows of the data set.
        labels: one a row for tell and relabel, else empty.
    """

    kind: str
    rows: tuple[int, ...] = ()
    labels: tuple[Label, ...] = ()


History = Sequence[HistoryStep]


def without_last_training(history: History) -> list[HistoryStep]:
    """A history up to its last call: the training after it is repeated when it is needed."""
    found = list(history)
    while found and found[-1].kind in TRAINED:
        found.pop()
    return found


def labels_after(history: Iterable[HistoryStep]) -> dict[int, Label]:
    """The present label of each labelled row, in the order in which rows were labelled."""
    labels: dict[int, Label] = {}
    for step in history:
        if step.labels:
            labels.update(zip(step.rows, step.labels, strict=True))
    return labels


def classes_of(labels: Iterable[Label], known: Sequence[Label] = ()) -> list[Label]:
    """The known classes, then all other labels in the order of their first row."""
    return list(dict.fromkeys([*known, *labels]))


def numbered(history: History, classes: Sequence[Label]) -> list[Step]:
    """A history in class numbers, step by step.

    A label that was corrected and is no longer a class is replaced by the row's present label.

    Args:
        history: labels in the user's words.
        classes: the labels of class 0, 1, ...; every present label among them.
    """
    number: dict[Any, int] = {label: code for code, label in enumerate(classes)}
    last = labels_after(history)
    return [
        Step(
            step.kind,
            step.rows,
            tuple(
                number[label] if label in number else number[last[row]]
                for row, label in zip(step.rows, step.labels, strict=bool(step.labels))
            ),
        )
        for step in history
    ]


def round_ends(history: History) -> list[int]:
    """For each round the length of the history at its end: before the next labels are added, or its present length."""
    starts = [number for number, step in enumerate(history) if step.kind == "tell" and step.rows]
    return [*starts[1:], len(history)] if starts else []


def label_changes(history: Iterable[HistoryStep]) -> int:
    """The number of steps that added or changed labels; the training set of a model depends on these steps alone."""
    return sum(bool(step.labels) for step in history)


def packed(history: History) -> tuple[dict[str, Any], dict[str, NDArray[np.int64]]]:
    """A history for a file: its JSON, and arrays of whole numbers."""
    vocabulary = classes_of(label for step in history for label in step.labels)
    number: dict[Any, int] = {label: code for code, label in enumerate(vocabulary)}
    return (
        {"labels": vocabulary, "steps": [[step.kind, len(step.rows), bool(step.labels)] for step in history]},
        {
            "rows": np.array([row for step in history for row in step.rows], dtype=np.int64),
            "labels": np.array([number[label] for step in history for label in step.labels], dtype=np.int64),
        },
    )


def unpacked(content: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> list[HistoryStep]:
    """The history of `packed`.

    Raises:
        ValueError: if rows and labels do not fit its steps.
    """
    vocabulary, steps, row, label = content["labels"], [], 0, 0
    for kind, rows, labelled in content["steps"]:
        codes = arrays["labels"][label : label + rows * bool(labelled)].tolist()
        found = tuple(arrays["rows"][row : row + rows].tolist())
        steps.append(HistoryStep(kind, found, tuple(vocabulary[code] for code in codes)))
        row, label = row + rows, label + rows * bool(labelled)
    if row != len(arrays["rows"]) or label != len(arrays["labels"]):
        raise ValueError("the file is damaged: its rows and labels do not fit its steps")
    return steps
