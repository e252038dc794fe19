"""The making of a project: its file is read and copied; settings, items and labels that are there are stored."""

import os
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from alcore.datasets.images import ImageSource
from alcore.datasets.sources import Source, read_source
from alcore.datasets.tables.frame import TableOptions, TableSource
from alcore.did_you_mean import one_of
from alcore.projects.contents import labels_there
from alcore.projects.model.features import FeatureChoice, default_choice, features_of
from alcore.projects.model.models import MODELS, OWN
from alcore.projects.model.network import SIDE
from alcore.projects.queue import Mix
from alcore.projects.setup.names import FOLDER, checked_name
from alcore.projects.store import Annotator, Operation, ProjectStore
from alcore.rng import rng_for
from alcore.storage.errors import StoreError
from alcore.strategies.catalogue import STRATEGIES

# Features whose package or model may be missing: made first, so that no project is left without.
_MADE_FIRST = ("wordllama", "sentences")


def make_project(
    home: Path,
    name: str,
    file: Path | bytes,
    *,
    file_name: str | None = None,
    options: TableOptions | None = None,
    ids: str | None = None,
    label: str | None = None,
    labels: Mapping[str, str] | None = None,
    features: FeatureChoice | None = None,
    classes: Sequence[str] = (),
    model: str = "logistic",
    strategy: str = "margin",
    seed: int = 0,
    more: Mapping[str, Any] | None = None,
    like: Path | None = None,
) -> tuple[Path, Source]:
    """Make the folder of a project; see `Project.create` for what is not named here.

    Args:
        home: the home folder.
        name: of the project.
        file: path of a file or folder, or the bytes of an upload.
        file_name: its name.
        options: how a table or text is read.
        ids: the column of ids.
        label: the column of labels.
        labels: id -> class, in place of what the column holds.
        features: how items become numbers.
        classes: the classes.
        model: a key of `MODELS`, or `OWN` for one that is given afterwards.
        strategy: a key of `STRATEGIES`.
        seed: of every random stream.
        more: further settings.
        like: folder of a project of the same file: its copy and its features are linked where the file system can.

    Returns:
        the folder, and what was read.

    Raises:
        ValueError: the name or a setting is not as above.
        StoreError: there is a project of this name.
        Ambiguous: the file leaves something open that no option says.
        DatasetError: the file cannot be read; nothing is left behind then.
    """
    final = home / FOLDER / checked_name(name)
    taken = StoreError(f"There is a project {name!r} already: choose another name, or delete it first.")
    if final.exists():
        raise taken
    if strategy not in STRATEGIES:
        raise ValueError(f"there is no strategy {strategy!r}; see STRATEGIES")
    if model not in (*MODELS, OWN):
        raise ValueError(one_of("model", model, MODELS))
    given = file_name or (file.name if isinstance(file, Path) else "items.csv")
    source = with_roles(read_source(file, given, options), ids, label)
    choice = features or default_choice(source)
    if model == "cnn" and features is None and isinstance(source, ImageSource):
        choice = FeatureChoice("images", side=SIDE)
    if model == "cnn" and choice.method != "images":
        raise ValueError("the CNN takes images, with the features images: choose another model or other features")
    # Under another name until it is whole: a project that is being made cannot be opened.
    folder = home / FOLDER / f".making-{name}-{time.time_ns():x}"
    folder.mkdir(parents=True, mode=0o700)
    try:
        _copy(file if like is None else like / "source" / Path(given).name, folder / "source" / Path(given).name)
        if like is not None and (like / "features").is_dir():
            shutil.copytree(like / "features", folder / "features", copy_function=_linked)
        if choice.method in _MADE_FIRST:
            features_of(source, choice, folder / "features")
        there = labels_there(source) if labels is None else labels
        every = [*classes, *(one for one in dict.fromkeys(there.values()) if one not in classes)]
        with ProjectStore(folder) as store:
            store.change(
                name=name,
                created=time.time(),
                file=Path(given).name,
                options=asdict(options or TableOptions()),
                ids=ids,
                label=label,
                features=asdict(choice),
                classes=every,
                model=model,
                strategy=strategy,
                seed=seed,
                target=0.95,
                mix=asdict(Mix(seed=seed)),
                **(more or {}),
            )
            store.add_items(source.ids, rng_for(seed, "reserve").permutation(len(source)))
            imported = Annotator("file", purpose="imported")
            operations = [
                Operation("file", number, item, "label", named) for number, (item, named) in enumerate(there.items(), 1)
            ]
            store.take(operations, imported)
        if final.exists():
            raise taken
        folder.rename(final)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return final, source


def with_roles(source: Source, ids: str | None, label: str | None) -> Source:
    """A source with its columns of ids and labels.

    Raises:
        ValueError: it has no columns.
    """
    if isinstance(source, TableSource):
        return source.with_roles(ids=ids, label=label)
    if ids or label:
        raise ValueError("columns of ids and labels are of tables; this file has none")
    return source


def _copy(file: Path | bytes, to: Path) -> None:
    to.parent.mkdir(mode=0o700)
    if isinstance(file, bytes):
        to.write_bytes(file)
    elif file.is_dir():
        shutil.copytree(file, to)
    else:
        shutil.copyfile(file, to)


def _linked(source: str, to: str) -> None:
    """A second name of a file that is never written again; a copy where there can be none."""
    with suppress(OSError):
        os.link(source, to)
        return
    shutil.copyfile(source, to)
