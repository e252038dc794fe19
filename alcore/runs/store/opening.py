"""Opening a database file in the home folder: created, migrated, or rejected with a sentence."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from alcore.runs import locks
from alcore.runs.errors import StoreError, sentences
from alcore.runs.paths import keep_private, open_private

Steps = Sequence[Iterable[str]]


def opened(path: Path, steps: Steps, timeout: float, traces: Callable[[], int] = lambda: 0) -> sqlite3.Connection:
    """A connection to a database in its newest format, in autocommit mode.

    Args:
        path: the file, in the home folder; created if missing, readable by its owner only.
        steps: statements that migrate each format from the one before; the first from an empty file.
        timeout: seconds to wait while another process writes.
        traces: returns the number of traces (such as logs) of earlier contents: if there are any, a file of 0 bytes has
            lost its contents, and is rejected instead of being initialised.

    Raises:
        StoreError: if the file is not from this program, is damaged or locked, or cannot be created.
    """
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "something that is no file"
        raise StoreError(
            f"There is {what} where the store should be, {path}; nothing was changed. Move it away, then try again."
        )
    if not _has_content(path):
        _make_anew(path, steps, timeout, traces)
    connection = _connect(path, timeout)
    try:
        with sentences(path):
            if _format(connection) != len(steps):
                _bring_up_to_date(connection, path, steps, timeout, traces)
            _refuse_programs(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(path: Path, timeout: float) -> sqlite3.Connection:
    with sentences(path):
        # Autocommit: transactions are started explicitly.
        connection = sqlite3.connect(path, timeout=timeout, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        with sentences(path):
            for setting in ("foreign_keys = ON", "trusted_schema = OFF", "cell_size_check = ON"):
                connection.execute(f"PRAGMA {setting}").close()
    except BaseException:
        connection.close()
        raise
    return connection


def _has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def _make_anew(path: Path, steps: Steps, timeout: float, traces: Callable[[], int]) -> None:
    lock = _lock(path, timeout)
    try:
        if _has_content(path):
            return
        left = path.with_name(f"{path.name}-wal")
        if _has_content(left):
            state = "empty" if path.exists() else "gone"
            raise StoreError(
                f"The store {path} is {state}, but {left.name} beside it holds what was written last; "
                "nothing was changed. Put back a copy of the store, or move that file away to begin with an "
                "empty one."
            )
        if path.exists():
            _refuse_lost(path, traces)
        try:
            # Permissions are set while the file is empty; SQLite copies them to -wal and -shm.
            open_private(path, "ab").close()
        except OSError as error:
            raise StoreError(
                f"The store {path} cannot be made ({error.strerror or error}). Make its folder writable, or "
                "set ALCORE_HOME to another folder."
            ) from error
        connection = _connect(path, timeout)
        try:
            with sentences(path):
                connection.execute("PRAGMA journal_mode = WAL").close()
                _take_steps(connection, steps, 0)
        finally:
            connection.close()
    finally:
        locks.release(lock)


def _bring_up_to_date(
    connection: sqlite3.Connection, path: Path, steps: Steps, timeout: float, traces: Callable[[], int]
) -> None:
    lock = _lock(path, timeout)
    try:
        version = _format(connection)
        if version == len(steps):
            return
        if version > len(steps):
            raise StoreError(
                f"The store {path} was written by a newer version of this program (format {version}, "
                f"here {len(steps)}); nothing was changed. Update, or set ALCORE_HOME to another folder."
            )
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] and not version:
            # Created by a process that was killed before it wrote anything.
            _refuse_lost(path, traces)
        elif version <= 0:
            raise StoreError(
                f"The file {path} is a database, but not of this program; nothing was changed. "
                "Move it away, or set ALCORE_HOME to another folder."
            )
        _take_steps(connection, steps, version)
        # Earlier versions created it readable by all users.
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm", "logs", "checkpoints", "locks"):
            keep_private(path.with_name(name))
        locks.sweep(path.parent)
    finally:
        locks.release(lock)


def _refuse_lost(path: Path, traces: Callable[[], int]) -> None:
    if count := traces():
        raise StoreError(
            f"The store {path} is empty, and {count:,} {'log' if count == 1 else 'logs'} of earlier work "
            f"{'lies' if count == 1 else 'lie'} beside it: its contents were lost. Put back a copy of it, or "
            "delete the empty file to begin with an empty store."
        )


def _take_steps(connection: sqlite3.Connection, steps: Steps, version: int) -> None:
    """Apply all migrations from this version on in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in steps[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(steps)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _refuse_programs(connection: sqlite3.Connection, path: Path) -> None:
    """Reject a file with views or triggers: this program creates neither."""
    query = "SELECT count(*) FROM sqlite_master WHERE type IN ('view', 'trigger')"
    if connection.execute(query).fetchone()[0]:
        raise StoreError(
            f"The store {path} has views or triggers, which this program does not make; nothing was changed. "
            "Put back a copy of it, or move it away to begin with an empty one."
        )


def _format(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _lock(path: Path, timeout: float) -> locks.FileLock:
    # Serialises processes that create or migrate the same file.
    lock = locks.take(path.parent, "store" if path.stem == "runs" else path.stem, timeout=timeout)
    if lock is None:
        raise StoreError(f"The store {path} is being made by another program; try again in a moment.")
    return lock
