"""What a session was told in the labels of its user, and the same in class numbers."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from alcore.learners.label_values import Label
from alcore.loops.ledger import TRAINED, Step


class Told(NamedTuple):
    """One thing that was done.

    Attributes:
        kind: tell, relabel, skip or exclude; fit or committee where a learner goes on from its last fit.
        rows: points of the data set.
        labels: one a row for tell and relabel, else none.
    """

    kind: str
    rows: tuple[int, ...] = ()
    labels: tuple[Label, ...] = ()


def until_told(history: Sequence[Told]) -> list[Told]:
    """A history without the training after its last step: that is done again when it is needed."""
    length = max((number + 1 for number, step in enumerate(history) if step.kind not in TRAINED), default=0)
    return list(history[:length])


def labels_after(history: Iterable[Told]) -> dict[int, Label]:
    """The label of each labelled row, rows in the order they were told."""
    labels: dict[int, Label] = {}
    for step in history:
        if step.labels:
            labels.update(zip(step.rows, step.labels, strict=True))
    return labels


def classes_of(labels: Iterable[Label], known: Sequence[Label] = ()) -> list[Label]:
    """The known classes, then all other labels in the order of their first row."""
    return list(dict.fromkeys([*known, *labels]))


def numbered(history: Sequence[Told], classes: Sequence[Label]) -> list[Step]:
    """A history in class numbers, step by step.

    A label that was corrected and is no longer a class is replaced by the row's present one.

    Args:
        history: what was done.
        classes: the labels of class 0, 1, ...; all labels that rows have at the end.
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


def round_ends(history: Sequence[Told]) -> list[int]:
    """For each round the length of the history at its end: before the next labels are told, or now."""
    starts = [number for number, step in enumerate(history) if step.kind == "tell" and step.rows]
    return [*starts[1:], len(history)] if starts else []


def corrections_in(history: Iterable[Told]) -> int:
    """How many steps told or changed labels; what a model is fitted on changes with these alone."""
    return sum(bool(step.labels) for step in history)
