"""The names of projects, which are the names of their folders."""

import re
from collections.abc import Iterable
from pathlib import Path

FOLDER = "projects"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
_OTHER = re.compile(r"[^A-Za-z0-9_-]+")


def checked_name(name: str) -> str:
    """The name, if it can be that of a folder.

    Raises:
        ValueError: if it cannot.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"a project's name has letters, digits, - and _, at most 60 of them, got {name[:80]!r}")
    return name


def names_of(home: Path) -> list[str]:
    """The names of all projects, in order."""
    folder = home / FOLDER
    return (
        sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name[0] != ".")
        if folder.is_dir()
        else []
    )


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """A name that a project may have, like the one wanted, and that no other has."""
    plain = _OTHER.sub("-", wanted).strip("-_")[:50] or "project"
    number, name, known = 1, plain, set(taken)
    while name in known:
        number += 1
        name = f"{plain}-{number}"
    return name
