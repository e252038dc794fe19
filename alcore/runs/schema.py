"""The store's file: its tables, and opening it."""

import sqlite3
from pathlib import Path

from alcore.runs import locks
from alcore.runs.errors import StoreError, sentences

VERSION = 1

# `place` orders runs by submission. A round's arrays are kept as bytes (see rounds.py), the rest in
# columns, so that a curve is read without them.
TABLES = (
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
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise StoreError(
                f"The file {path} is a database, but not of this program; nothing was changed. "
                "Move it away, or set ALCORE_HOME to another folder."
            )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        try:
            for table in TABLES:
                connection.execute(table)
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    finally:
        lock.release()
