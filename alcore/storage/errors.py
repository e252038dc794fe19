"""Errors of the store, as sentences for the user."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Free space in bytes below which a disk counts as full: the smallest change needs a few pages.
_FULL_BELOW = 1 << 20
# Errors of reading and of file status: independent of free space.
_READING = frozenset(
    getattr(sqlite3, f"SQLITE_IOERR_{name}")
    for name in ("READ", "SHORT_READ", "FSTAT", "ACCESS", "CHECKRESERVEDLOCK", "RDLOCK", "LOCK", "UNLOCK")
)
_LACKS = ("no such table", "no such column", "has no column", "malformed database schema")


class StoreError(RuntimeError):
    """A failed operation of the store; the message is a sentence with the next step."""


class StoreFullError(StoreError):
    """A write failed because the disk is full."""


def disk_is_full(folder: Path) -> bool:
    """Whether the disk of this folder has no room for the smallest change."""
    try:
        return shutil.disk_usage(folder).free < _FULL_BELOW
    except OSError:
        return False


@contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into sentences with the next step."""
    try:
        yield
    except sqlite3.Error as error:
        raise _explained(path, error) from error


def _explained(path: Path, error: sqlite3.Error) -> StoreError:
    # The low byte is the kind of error; the rest is its origin.
    extended = getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR
    code, words = extended & 0xFF, str(error)[:200]
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreError(
            f"The store {path} is locked by another program; nothing was lost. "
            "Close that program (a database viewer or a backup, perhaps), then try again."
        )
    if code == sqlite3.SQLITE_FULL:
        return StoreFullError(
            f"The disk that holds the store {path} is full; what was stored before is kept. Make room, then resume."
        )
    lacks = code == sqlite3.SQLITE_ERROR and any(part in words for part in _LACKS)
    if lacks or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreError(
            f"The store {path} is damaged ({words}); nothing was deleted. Put back a copy of it, or "
            "move it away (with the files of the same name ending in -wal and -shm) to begin with an empty "
            "one."
        )
    if code == sqlite3.SQLITE_IOERR:
        if extended not in _READING or disk_is_full(path.parent):
            return StoreFullError(
                f"The store {path} could not be written ({words}): the disk is full, over its quota, or failing; "
                "what was stored before is kept. Make room, then resume."
            )
        log = path.with_name(f"{path.name}-wal")
        # A program that opens the store then creates an empty file in its place.
        if path.exists() and not (log.exists() and log.stat().st_size):
            return StoreError(
                f"The file {log.name} beside the store {path} was removed while a program had the store open. Close "
                "the programs that use it (the dashboard, and runs under way: pause them): each writes its remaining "
                "changes into the store when it ends. Then try again."
            )
        return StoreError(
            f"The store {path} could not be read ({words}): one of its files was replaced while it was in "
            "use, or the disk fails; nothing was deleted. Close the programs that use it, then try again, or "
            "put back a copy."
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StoreError(
            f"The store {path} cannot be opened for writing ({words}). "
            "Make it and its folder writable, or set ALCORE_HOME to another folder."
        )
    return StoreError(f"The store {path} could not be used ({words}); nothing was deleted. Try again.")
