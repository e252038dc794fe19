"""Paths below the home folder: checked not to leave it, and accessible to their owner only."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

from alcore.storage.errors import StoreError

OWNER_FILE, OWNER_FOLDER = 0o600, 0o700
_RUN_ID = re.compile(r"[0-9a-f]{12}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,119}")
_SHOWN = 60
_GROUP_MAY_WRITE = 0o020


def is_run_id(value: object) -> bool:
    """Whether the text is an id of `RunConfig.run_id`: 12 hex digits."""
    return isinstance(value, str) and _RUN_ID.fullmatch(value) is not None


def inside(home: Path, folder: str, name: str) -> Path:
    """The path of a file or folder below the home folder: home/folder/name.

    Args:
        home: the home folder.
        folder: a folder in it, such as "logs".
        name: file name from a run's id, the key of a data set, ...: text that may come from a stored row.

    Raises:
        StoreError: if the name is no plain file name, or a symbolic link leads elsewhere.
    """
    if not _NAME.fullmatch(name):
        raise StoreError(
            f"{name[:_SHOWN]!r} cannot be the name of a file in {home / folder}: letters, digits, '.', '_' "
            "and '-' can. It was read from a damaged or foreign store; nothing was changed."
        )
    path = home / folder / name
    try:
        real, expected = path.resolve(), home.resolve() / folder / name
    except (OSError, RuntimeError) as error:
        raise StoreError(f"The file {path} cannot be reached ({error}). Make it readable.") from error
    if real != expected:
        raise StoreError(
            f"{path} is a link that leads to {real}; nothing was changed there. Files of the home folder "
            "must lie in it: remove the link, or set ALCORE_HOME to the folder that you want to use."
        )
    return path


def log_path(home: Path, name: str) -> Path:
    """Path of a log: for a run's id its events with times and the traceback of a failure, else a process's output.

    Raises:
        StoreError: if the name is no plain file name.
    """
    return inside(home, "logs", f"{name}.log")


@contextmanager
def making(path: Path) -> Iterator[None]:
    """A block that creates this file; its folder is created before, for its owner only.

    Raises:
        StoreError: in place of an OSError.
    """
    try:
        make_parent(path)
        yield
    except OSError as error:
        raise StoreError(
            f"The file {path} cannot be made or opened ({error.strerror or error}). "
            "Make room on the disk, or make its folder writable."
        ) from error


def make_parent(path: Path) -> None:
    """Create the folder of this file, for its owner only; existing folders are unchanged.

    Raises:
        OSError: if it cannot be created.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=OWNER_FOLDER)


def open_private(path: Path, mode: str, **options: Any) -> IO[Any]:
    """`open` that creates files, and the folder of a file, for their owner only.

    Raises:
        OSError: if the file cannot be opened.
    """
    make_parent(path)
    opener = partial(os.open, mode=OWNER_FILE)
    return open(path, mode, opener=opener, **options)  # noqa: PTH123 - Path.open takes no opener


def keep_private(path: Path) -> None:
    """Make a file or folder private to its owner; if its group may write, it is shared on purpose and unchanged."""
    try:
        facts = path.lstat()
        if not facts.st_mode & _GROUP_MAY_WRITE and facts.st_mode & 0o077 and not path.is_symlink():
            path.chmod(facts.st_mode & ~0o077)
    except OSError:
        # Owned by another user: left unchanged.
        return
