"""The queue: runs that enter it, new or again, and changes of their labels per round."""

import sqlite3
import time

from alcore.runs.errors import UnknownRunError
from alcore.runs.store.run_info import RESUMABLE, RunHistory, lineage_text
from alcore.storage.database import digest_of
from alcore.storage.errors import StoreError

# Largest number of queued runs: every check of the queue reads them all.
MOST_WAITING = 10_000
_RESUMABLE = ", ".join(f"'{state}'" for state in RESUMABLE)


def enqueue(connection: sqlite3.Connection, run_id: str, course: RunHistory, *, waits: bool = True) -> bool:
    """Queue a run that is new or unfinished; runs in other states are unchanged.

    Args:
        connection: within a transaction.
        run_id: its id.
        course: its history.
        waits: whether it will wait in the queue rather than being claimed at once: then the queue must have room.

    Returns:
        Whether the run is new.

    Raises:
        StoreError: if the queue is full.
    """
    if connection.execute("SELECT 1 FROM runs WHERE id = ?", (run_id,)).fetchone():
        requeue(connection, run_id, waits=waits)
        return False
    if waits:
        _refuse_if_full(connection)
    config, lineage = course.config.model_dump_json(), lineage_text(course.lineage)
    digests = digest_of(run_id, config, lineage), digest_of(run_id, "{}")
    connection.execute(
        "INSERT INTO runs (id, config, lineage, state, place, created, digest, record_digest)"
        " VALUES (?, ?, ?, 'queued', ?, ?, ?, ?)",
        (run_id, config, lineage, _last_place(connection), time.time(), *digests),
    )
    for number, labels in course.changes:
        note_change(connection, run_id, number, labels)
    return True


def requeue(connection: sqlite3.Connection, run_id: str, *, waits: bool = True) -> None:
    """Queue an unfinished run, to resume after its last stored round; a requested pause is withdrawn.

    A run that was started goes before those that have not, behind those resumed before it; a run that was paused while
    it waited keeps its place.

    Raises:
        StoreError: as `enqueue`.
    """
    unfinished = f"id = ? AND state IN ({_RESUMABLE})"
    if waits and connection.execute(f"SELECT 1 FROM runs WHERE {unfinished}", (run_id,)).fetchone():
        _refuse_if_full(connection)
    connection.execute(
        "UPDATE runs SET state = 'queued', error = '', cancel = 0, pause = 0, finished = NULL,"
        " place = CASE WHEN state = 'paused' AND started IS NULL THEN place ELSE ? END"
        f" WHERE {unfinished}",
        (_last_place(connection), run_id),
    )
    connection.execute("UPDATE runs SET pause = 0 WHERE id = ? AND state = 'running'", (run_id,))


def note_change(connection: sqlite3.Connection, run_id: str, number: int, labels: int) -> None:
    """Store the number of labels per round from this round on."""
    connection.execute(
        "INSERT INTO label_changes (run_id, round, labels_per_round, digest) VALUES (?, ?, ?, ?)",
        (run_id, number, labels, digest_of(run_id, number, labels)),
    )


def gone(run_id: str) -> UnknownRunError:
    """The error about a run that was deleted a moment ago."""
    return UnknownRunError(f"Run {run_id} was deleted meanwhile, elsewhere. Look at the list again.")


def _last_place(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(place), 0) + 1 FROM runs").fetchone()[0])


def _refuse_if_full(connection: sqlite3.Connection) -> None:
    waiting = connection.execute("SELECT count(*) FROM runs WHERE state = 'queued'").fetchone()[0]
    if waiting >= MOST_WAITING:
        raise StoreError(
            f"{waiting:,} runs wait in the queue, which takes {MOST_WAITING:,}; this one was not added. Wait "
            "until some of them have ended, or cancel or delete some."
        )
