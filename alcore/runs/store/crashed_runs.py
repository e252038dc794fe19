"""Detection of crashed runs: a run is alive while a process holds its lock."""

import time
from collections.abc import Collection

from alcore.runs import locks
from alcore.runs.errors import StoreError, StoreFullError, disk_is_full
from alcore.runs.paths import is_run_id
from alcore.runs.store.schema import Database


def mark_all_crashed(database: Database, mine: Collection[str], run_id: str | None = None) -> dict[str, str]:
    """Mark every run as failed that is "running" while no process holds its lock.

    Args:
        database: the store's connection.
        mine: ids of the runs that the caller carries out itself.
        run_id: check only this run; None checks all.

    Returns:
        The error sentences, by id, of crashed runs that could not be marked (disk full, store locked).
    """
    unwritten: dict[str, str] = {}
    for row in database.rows("SELECT id FROM runs WHERE state = 'running'"):
        suspect = row["id"]
        if not is_run_id(suspect) or suspect in mine or run_id not in (None, suspect):
            continue
        lock = locks.take(database.home, suspect)
        if lock is None:
            continue
        try:
            # Holding the lock: no process can start this run meanwhile.
            mark_crashed(database, suspect)
        except StoreFullError:
            unwritten[suspect] = _sentence(database, suspect, full=True)
        except StoreError:
            unwritten[suspect] = _sentence(database, suspect, full=disk_is_full(database.home))
        finally:
            locks.release(lock)
    return unwritten


def mark_crashed(database: Database, run_id: str) -> None:
    """Mark a run as failed if it is "running". The caller holds its lock, so no process carries it out."""
    error = _sentence(database, run_id, full=disk_is_full(database.home))
    with database.transaction() as connection:
        connection.execute(
            "UPDATE runs SET"
            " state = CASE WHEN cancel THEN 'cancelled' WHEN pause THEN 'paused' ELSE 'failed' END,"
            " error = CASE WHEN cancel OR pause THEN '' ELSE ? END, pause = 0, finished = ?"
            " WHERE id = ? AND state = 'running'",
            (error, time.time(), run_id),
        )


def _sentence(database: Database, run_id: str, *, full: bool) -> str:
    kept = database.rows("SELECT count(*) AS kept FROM rounds WHERE run_id = ?", (run_id,))[0]["kept"]
    rounds = f"{kept} stored round{'' if kept == 1 else 's'}"
    if full:
        return (
            f"The disk that holds {database.home} is full, and the run stopped; {rounds} kept. "
            "Make room, then resume it."
        )
    return (
        f"The process that carried out this run ended without a word (it was killed, or the machine was "
        f"switched off); {rounds} kept. Resume it to go on from there."
    )
