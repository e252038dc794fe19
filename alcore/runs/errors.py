"""What to tell the user when the store cannot be used."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StoreError(RuntimeError):
    """The store cannot do what was asked; the message is a sentence with the next step."""


class StoreFullError(StoreError):
    """Nothing more can be written: the disk is full."""


class UnknownRunError(StoreError):
    """There is no run of this id."""


@contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into sentences with the next step."""
    try:
        yield
    except sqlite3.Error as error:
        raise _explained(path, error) from error


def _explained(path: Path, error: sqlite3.Error) -> StoreError:
    # The low byte is the kind of error; the rest says where it came up.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreError(
            f"The store {path} is locked by another program; nothing was lost. "
            "Close that program (a database viewer or a backup, perhaps), then try again."
        )
    if code == sqlite3.SQLITE_FULL:
        return StoreFullError(
            f"The disk that holds the store {path} is full; what was stored before is kept. "
            "Make room, then resume the run."
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreError(
            f"The store {path} is damaged ({error}); nothing was deleted. Put back a copy of it, or move it "
            "away (with the files of the same name ending in -wal and -shm) to begin with an empty one."
        )
    if code == sqlite3.SQLITE_IOERR:
        return StoreFullError(
            f"The store {path} could not be written or read ({error}): the disk is full, over its quota, "
            "or failing; what was stored before is kept. Make room, then resume the run."
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StoreError(
            f"The store {path} cannot be opened for writing ({error}). "
            "Make it and its folder writable, or set ALCORE_HOME to another folder."
        )
    return StoreError(f"The store {path} could not be used ({error}); nothing was deleted. Try again.")
