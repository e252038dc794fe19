"""Items of several classes: one yes-or-no project a class, made together and taken home as one table."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from alcore.datasets.sources import read_source
from alcore.datasets.tables.frame import TableOptions, TableSource
from alcore.projects.export.frames import whole_frame
from alcore.projects.project import Project
from alcore.projects.setup.making import make_project, with_roles
from alcore.projects.setup.names import FOLDER, checked_name, free_name, names_of
from alcore.storage.errors import StoreError

# Classes at the most: each is labelled on its own.
MOST = 20
SEPARATORS = {";": "semicolon", ",": "comma", "|": "bar", " ": "space"}
_OURS = ("id", "label", "machine_label", "predicted", "probability", "purpose", "annotators")
_STATE = ("skipped", "unsure", "flagged", "notes")


def no_of(name: str) -> str:
    """The class of items that are not of a class."""
    return f"not {name}"


def several_of(cells: Sequence[str | None], separator: str) -> list[frozenset[str] | None]:
    """The classes that each cell names; None of a blank one, which is unlabelled."""
    return [
        None if cell is None else frozenset(part.strip() for part in cell.split(separator) if part.strip())
        for cell in cells
    ]


def create_each(
    home: Path,
    name: str,
    file: Path | bytes,
    *,
    classes: Sequence[str] = (),
    label: str | None = None,
    separator: str = ";",
    on_step: Callable[[float], None] = lambda share: None,
    **settings: Any,
) -> list[Project]:
    """Make one project a class, whose two classes are the class and "not" the class.

    An item with labels in the file is labelled in each of the projects; they audit the same reserve.

    Args:
        home: the home folder.
        name: of the group; a project is called NAME-CLASS.
        file: path of a file or folder, or the bytes of an upload.
        classes: the classes; those of the labels that are there are added.
        label: the column of labels that are there, several of an item with a separator between them.
        separator: between the labels of an item.
        on_step: called with the share completed.
        settings: further arguments of `Project.create`, but no classes.

    Raises:
        ValueError: there are no classes or too many, or a setting is not as `Project.create` takes it.
        StoreError: there is a group of this name.
        DatasetError: the file cannot be read; nothing is left behind then.
    """
    checked_name(name)
    if group_of(home, name):
        raise StoreError(f"There are projects of {name!r} already: choose another name, or delete them first.")
    options: TableOptions | None = settings.get("options")
    given = settings.get("file_name") or (file.name if isinstance(file, Path) else "items.csv")
    source = with_roles(read_source(file, given, options), settings.get("ids"), label)
    cells = several_of(source.labels, separator) if isinstance(source, TableSource) and label else []
    there = sorted({one for cell in cells for one in cell or ()})
    every = list(dict.fromkeys([*classes, *there]))
    if not 1 <= len(every) <= MOST:
        raise ValueError(f"items of several classes need 1 to {MOST} classes, one project each, got {len(every)}")
    made: list[Project] = []
    try:
        for number, one in enumerate(every):
            folder, _ = make_project(
                home,
                free_name(f"{name}-{one}", names_of(home)),
                file,
                label=label,
                labels={
                    item: one if one in cell else no_of(one)
                    for item, cell in zip(source.ids, cells, strict=False)
                    if cell is not None
                },
                classes=(one, no_of(one)),
                more={"group": name, "asks": one},
                like=made[0].folder if made else None,
                **settings,
            )
            made.append(Project(folder))
            if not number:
                _ = made[0].features  # kept in its folder, and linked by the others
            on_step((number + 1) / len(every))
    except BaseException:
        for project in made:
            shutil.rmtree(project.folder, ignore_errors=True)
        raise
    return made


def group_of(home: Path, name: str) -> list[Project]:
    """The projects of a group, in the order in which they were made."""
    found = [Project(home / FOLDER / one) for one in names_of(home) if one.startswith(f"{name[:50]}-")]
    return sorted((one for one in found if one.settings.get("group") == name), key=lambda one: one.settings["created"])


def group_frame(projects: Sequence[Project]) -> pd.DataFrame:
    """Every item of a group once: id, the item, and for each class three columns.

    Returns:
        `CLASS` is True, False or missing, a person's label, or else a machine's; `CLASS predicted` and `CLASS
        probability` are the last model's, the probability that of the class itself. `labels` names the classes of an
        item with "; " between them, predictions in place of labels that are missing; missing where a class has neither.
    """
    frames = [whole_frame(project) for project in projects]
    whole = frames[0].drop(columns=[*(one for one in _OURS if one != "id"), *_STATE])
    known: list[pd.Series] = []
    for project, frame in zip(projects, frames, strict=True):
        name = project.settings["asks"]
        yes = project.classes[0]
        answer = frame["label"].where(frame["label"].notna(), frame["machine_label"])
        is_yes = (answer == yes).astype("boolean").mask(answer.isna())
        predicted = (frame["predicted"] == yes).astype("boolean").mask(frame["predicted"].isna())
        sure = pd.to_numeric(frame["probability"]).astype("Float64")
        whole[name] = is_yes
        whole[f"{name} predicted"] = predicted
        whole[f"{name} probability"] = sure.where(predicted.fillna(True), 1 - sure)
        known.append(is_yes.fillna(predicted).rename(name))
    table = pd.concat(known, axis=1)
    whole["labels"] = [
        None if row.isna().any() else "; ".join(str(name) for name, value in row.items() if value)
        for _, row in table.iterrows()
    ]
    return whole
