"""A first choice of everything that a new project needs, from what a file holds: shown, and changed if it is wrong."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from alcore.datasets.images import ImageSource
from alcore.datasets.sources import Source
from alcore.datasets.tables.columns import MISSING
from alcore.datasets.tables.frame import TableSource
from alcore.datasets.texts import TextSource
from alcore.projects.setup.names import free_name

_LABEL_NAMES = ("label", "labels", "class", "category", "target", "annotation", "tags")
# Between several labels of an item.
_BETWEEN = re.compile(r"[;|]")
MOST_CLASSES = 30


@dataclass(frozen=True)
class Suggestion:
    """What a project of a file may be made with.

    Attributes:
        name: of the project.
        text: the columns whose texts are the items; empty: whole rows.
        ids: the column of ids; None without one.
        label: the column of labels; None without one.
        model: a key of `MODELS`.
        classes: of the labels that are there.
    """

    name: str
    text: tuple[str, ...] = ()
    ids: str | None = None
    label: str | None = None
    model: str = "logistic"
    classes: tuple[str, ...] = field(default=())


def suggestion_of(source: Source, file_name: str, taken: tuple[str, ...] = ()) -> Suggestion:
    """A first choice for a file.

    Args:
        source: what was read of it.
        file_name: its name.
        taken: names of projects that there are.
    """
    name = free_name(file_name.rpartition(".")[0] or file_name, taken)
    if isinstance(source, ImageSource):
        return Suggestion(name, model="kernel")
    if isinstance(source, TextSource) or not isinstance(source, TableSource):
        return Suggestion(name)
    columns = list(source.columns.values())
    label = next(
        (one.name for one in columns if one.name.lower() in _LABEL_NAMES and one.distinct <= MOST_CLASSES), None
    )
    ids = next((one.name for one in columns if one.kind == "id" and one.held == len(source) == one.distinct), None)
    text = next((one.name for one in columns if one.kind == "text" and one.name not in (ids, label)), None)
    return Suggestion(name, () if text is None else (text,), ids, label, classes=classes_there(source, label))


def classes_there(source: TableSource, label: str | None) -> tuple[str, ...]:
    """The labels of a column, each once, in their order."""
    return () if label is None else tuple(dict.fromkeys(text for text in source.texts(label) if text))


def doubtful_classes(names: Sequence[str]) -> list[str]:
    """A sentence for each group of classes that may be meant as one, or as none."""
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(" ".join(name.split()).casefold(), []).append(name)
    sentences = [
        f"{' and '.join(repr(name) for name in some)} are {len(some)} classes, told apart by capitals or spaces alone: "
        "merge them under Classes once the project is made, or mend the file."
        for some in alike.values()
        if len(some) > 1
    ]
    known = {name.strip() for name in names}
    joined = [name for name in names if len(known & {part.strip() for part in _BETWEEN.split(name)}) > 1]
    if joined:
        sentences.append(
            f"{joined[0]!r} names classes that are there on their own: if items may have several, say so below, under "
            "Model, strategy, items of several classes."
        )
    missing = [name for name in names if name.strip().casefold() in MISSING]
    if missing:
        named, verb = ", ".join(repr(name) for name in missing), "is a class" if len(missing) == 1 else "are classes"
        sentences.append(
            f"{named} {verb} here: only blank cells are unlabelled. Delete under Classes what means no answer."
        )
    return sentences
