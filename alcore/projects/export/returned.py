"""Labels that come back to a labelling project in a file."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alcore.datasets.dataset import DatasetError
from alcore.projects.export.formats import from_csv
from alcore.projects.export.tasks import rows_of_tasks
from alcore.projects.project import Project
from alcore.short import first_of, short

# Columns that a sentence names.
_NAMED = 6


def labels_of(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Id -> label of the rows that have one; other columns pass.

    Raises:
        DatasetError: a column is missing, or an id is there twice with two labels.
    """
    found: dict[str, str] = {}
    for number, row in enumerate(rows, start=2):
        if "id" not in row or "label" not in row:
            columns = first_of([short(name) for name in row], _NAMED) or "none"
            raise DatasetError(f"The file needs the columns id and label; it has {columns}.")
        item, label = row["id"].strip(), row["label"].strip()
        if not label:
            continue
        if found.get(item, label) != label:
            raise DatasetError(f"Row {number} labels {item!r} as {label!r}, an earlier row as {found[item]!r}.")
        found[item] = label
    return found


@dataclass(frozen=True)
class Taken:
    """What became of a file of labels.

    Attributes:
        labels: how many were given.
        refused: a sentence for each that was not counted: its item, its label, and why.
    """

    labels: int
    refused: tuple[str, ...]


def take_labels(project: Project, content: bytes, annotator: str = "") -> Taken:
    """Take labels from a file; one that was taken before is not taken twice.

    Args:
        project: to which they belong.
        content: CSV with the columns id and label, or tasks of Label Studio or Prodigy.
        annotator: who labelled.

    Raises:
        DatasetError: the file cannot be read, or labels an item in two ways.
    """
    is_tasks = content.lstrip()[:1] in (b"[", b"{")
    labels = labels_of(rows_of_tasks(content) if is_tasks else from_csv(content))
    client = f"file-{hashlib.blake2b(content + annotator.encode(), digest_size=8).hexdigest()}"
    receipt = project.tell(labels, annotator, client=client)
    items = list(labels)
    refused = tuple(
        f"{short(items[number - 1])} ({short(labels[items[number - 1]])}): {reason}"
        for (_, number), reason in receipt.refused.items()
    )
    return Taken(len(labels), refused)
