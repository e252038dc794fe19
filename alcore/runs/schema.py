"""The store's file: its tables, opening it, and bringing an older one up to date."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from alcore.runs import locks
from alcore.runs.errors import StoreError, sentences

VERSION = 2

# `place` orders runs by submission. A round's arrays are kept as bytes (see rounds.py), the rest in
# columns, so that a curve is read without them.
_FIRST = (
    """CREATE TABLE runs (
        id TEXT PRIMARY KEY,
        config TEXT NOT NULL,
        state TEXT NOT NULL,
        error TEXT NOT NULL DEFAULT '',
        record TEXT NOT NULL DEFAULT '{}',
        cancel INTEGER NOT NULL DEFAULT 0,
        place INTEGER NOT NULL,
        created REAL NOT NULL,
        started REAL,
        finished REAL
    )""",
    "CREATE INDEX runs_by_state ON runs (state, place)",
    """CREATE TABLE rounds (
        run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        round INTEGER NOT NULL,
        labels INTEGER NOT NULL,
        accuracy REAL,
        train_loss REAL,
        seconds TEXT NOT NULL,
        stored REAL NOT NULL,
        arrays BLOB NOT NULL,
        PRIMARY KEY (run_id, round)
    )""",
)
# `pause`: the run was asked to stop for a while. `lineage`: the runs it was forked from, as JSON (fork.py).
# `label_changes`: from that round on so many labels are asked for in a round.
_SECOND = (
    "ALTER TABLE rounds ADD COLUMN measures TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE runs ADD COLUMN pause INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE runs ADD COLUMN lineage TEXT NOT NULL DEFAULT '[]'",
    """CREATE TABLE label_changes (
        run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        round INTEGER NOT NULL,
        labels_per_round INTEGER NOT NULL,
        PRIMARY KEY (run_id, round)
    )""",
)
# What makes each version of the one before; the first of an empty file.
STEPS: tuple[Iterable[str], ...] = (_FIRST, _SECOND)


def store_path(home: Path) -> Path:
    """The store's file in the home folder."""
    return home / "runs.sqlite"


def connect(home: Path, timeout: float) -> sqlite3.Connection:
    """Open the store, making it if it is not there.

    Args:
        home: the home folder.
        timeout: seconds to wait while another process writes.

    Raises:
        StoreError: the file is not a store, is damaged, locked, or cannot be made.
    """
    path = store_path(home)
    if path.is_dir():
        raise StoreError(
            f"There is a folder where the store should be, {path}; nothing was changed. "
            "Move the folder away, then try again."
        )
    with sentences(path):
        # Autocommit: transactions are begun by hand, where they are wanted.
        connection = sqlite3.connect(path, timeout=timeout, isolation_level=None)
    try:
        with sentences(path):
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            if _version(connection) != VERSION:
                _make(connection, home, timeout)
    except BaseException:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _make(connection: sqlite3.Connection, home: Path, timeout: float) -> None:
    path = store_path(home)
    # The change to write-ahead logging does not wait for others by itself.
    lock = locks.take(home, "store", timeout=timeout)
    if lock is None:
        raise StoreError(f"The store {path} is being made by another program; try again in a moment.")
    try:
        version = _version(connection)
        if version == VERSION:
            return
        if version > VERSION:
            raise StoreError(
                f"The store {path} was written by a newer version of this program (format {version}, "
                f"here {VERSION}); nothing was changed. Update, or set ALCORE_HOME to another folder."
            )
        if version == 0:
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise StoreError(
                    f"The file {path} is a database, but not of this program; nothing was changed. "
                    "Move it away, or set ALCORE_HOME to another folder."
                )
            connection.execute("PRAGMA journal_mode = WAL")
        _upgrade(connection, version)
    finally:
        lock.release()


def _upgrade(connection: sqlite3.Connection, version: int) -> None:
    """Take all steps from this version on in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in STEPS[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
