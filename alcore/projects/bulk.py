"""Answers to many items in one step, which can be taken back as a whole."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from alcore.projects.project import Project
from alcore.projects.store import Annotator, Operation, ProjectStore


@dataclass(frozen=True)
class Applied:
    """What became of a step.

    Attributes:
        client: under which it is stored, for `take_back`.
        items: answered.
        reserved: left out, since audits draw from them.
        refused: not counted.
    """

    client: str
    items: int
    reserved: int
    refused: int


def apply(project: Project, items: Sequence[str], kind: str, value: str | None, annotator: str) -> Applied:
    """Give one answer to many items, in one transaction.

    Unlabelled items of the reserve are left out of labels: chosen by hand they would no longer be a random sample.

    Args:
        project: of the items.
        items: their ids.
        kind: `label`, `skip`, `unsure`, `exclude` or `flag`.
        value: the class of a label.
        annotator: who answers.
    """
    states = project.states()
    wanted = list(dict.fromkeys(items))
    if kind == "label":
        of, reserve_N = project.items.place_of, project.items.reserve_N
        free = [one for one in wanted if not reserve_N[of[one]] or (one in states and states[one].label is not None)]
    else:
        free = wanted
    client = f"bulk-{time.time_ns():x}"
    operations = [Operation(client, number, item, kind, value) for number, item in enumerate(free, start=1)]
    with ProjectStore(project.folder) as store:
        receipt = store.take(operations, Annotator(annotator, client, project.classes))
    return Applied(client, len(free) - len(receipt.refused), len(wanted) - len(free), len(receipt.refused))


def take_back(project: Project, client: str, annotator: str) -> int:
    """Take back all answers of a step that are in force; how many."""
    with ProjectStore(project.folder) as store:
        there = store.numbers_of(client)
        name = f"undo-{time.time_ns():x}"
        operations = [
            Operation(name, place, item, "undo", undoes_number=number)
            for place, (number, item) in enumerate(there, start=1)
        ]
        store.take(operations, Annotator(annotator))
    return len(there)


def remove_labels(project: Project, items: Sequence[str], annotator: str) -> int:
    """Take back all labels of people in force on items; how many."""
    ledger = project.ledger()
    name = f"undo-{time.time_ns():x}"
    there = [
        (one.number, item) for item in items for one in ledger.of_item(item) if one.kind == "label" and not one.machine
    ]
    operations = [
        Operation(name, place, item, "undo", undoes_number=number)
        for place, (number, item) in enumerate(there, start=1)
    ]
    with ProjectStore(project.folder) as store:
        store.take(operations, Annotator(annotator))
    return len(there)
