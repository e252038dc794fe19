"""Deletion of a run: its row, its rounds, and its files."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from alcore.runs import locks
from alcore.runs.errors import StoreError
from alcore.runs.paths import inside, is_run_id
from alcore.runs.store import checkpoints
from alcore.runs.store.run_info import DamagedRun, RunInfo
from alcore.runs.store.schema import Database

_LOOK_SECONDS = 0.05


def log_path(home: Path, run_id: str) -> Path:
    """Path of a run's log: its events with times, and the traceback of a failure.

    Raises:
        StoreError: if the id is invalid.
    """
    return inside(home, "logs", f"{run_id}.log")


def delete_ended(database: Database, run_id: str, look: Callable[[], RunInfo], *, timeout: float) -> None:
    """Delete a run that was cancelled.

    Args:
        database: the store's connection.
        run_id: id of the run.
        look: reads the run's current state.
        timeout: seconds to wait for its end.

    Raises:
        StoreError: if it has not ended in time, or was started again.
    """
    deadline = time.monotonic() + timeout
    while look().state == "running":
        if time.monotonic() > deadline:
            raise StoreError(
                f"Run {run_id} has not stopped within {timeout:g} s. It has been asked to; delete it again in a moment."
            )
        time.sleep(_LOOK_SECONDS)
    with database.transaction() as connection:
        deleted = connection.execute(
            "DELETE FROM runs WHERE id = ? AND state NOT IN ('queued', 'running')", (run_id,)
        ).rowcount
    if not deleted:
        raise StoreError(f"Run {run_id} was started or deleted elsewhere meanwhile. Look at the list again.")
    _drop_files(database.home, run_id)


def delete_damaged(database: Database, damaged: DamagedRun, *, timeout: float) -> None:
    """Delete a damaged row with its rounds and files; a process that carries it out is stopped first.

    Raises:
        StoreError: if it did not stop in time, or the row changed meanwhile.
    """
    carried = is_run_id(damaged.name)
    if carried:
        with database.transaction() as connection:
            connection.execute("UPDATE runs SET cancel = 1 WHERE rowid = ?", (damaged.row,))
    lock = locks.take(database.home, damaged.name, timeout=timeout) if carried else None
    if carried and lock is None:
        raise StoreError(
            f"Run {damaged.name} has not stopped within {timeout:g} s. It has been asked to; "
            "delete it again in a moment."
        )
    try:
        with database.transaction() as connection:
            connection.execute("DELETE FROM runs WHERE rowid = ?", (damaged.row,))
        if carried:
            _drop_files(database.home, damaged.name)
    finally:
        if lock is not None:
            locks.release(lock)


def _drop_files(home: Path, run_id: str) -> None:
    # The target of a link is not deleted.
    with suppress(StoreError):
        checkpoints.delete_checkpoints(home, run_id)
    with suppress(OSError, StoreError):
        log_path(home, run_id).unlink()
