"""State changes of a stored run: queued, paused, resumed, changed, forked."""

import sqlite3
import time

from alcore.runs.config import RunConfig, config_from
from alcore.runs.errors import StoreError, UnknownRunError
from alcore.runs.store.digests import digest_of
from alcore.runs.store.run_history import RunHistory, lineage_text
from alcore.runs.store.run_info import RunInfo

# States from which a run can be resumed.
RESUMABLE = ("paused", "failed", "cancelled")
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
    connection.execute(
        "INSERT INTO runs (id, config, lineage, state, place, created, digest, record_digest)"
        " VALUES (?, ?, ?, 'queued', ?, ?, ?, ?)",
        (
            run_id,
            config,
            lineage,
            _last_place(connection),
            time.time(),
            digest_of(run_id, config, lineage),
            digest_of(run_id, "{}"),
        ),
    )
    for number, labels in course.changes:
        _note_change(connection, run_id, number, labels)
    return True


def requeue(connection: sqlite3.Connection, run_id: str, *, waits: bool = True) -> None:
    """Queue an unfinished run, to resume after its last stored round; a requested pause is withdrawn.

    A run that was started goes before those that have not, behind those resumed before it; a run that was paused while
    it waited keeps its place.

    Raises:
        StoreError: as `enqueue`.
    """
    left = f"FROM runs WHERE id = ? AND state IN ({_RESUMABLE})"
    if waits and connection.execute(f"SELECT 1 {left}", (run_id,)).fetchone():
        _refuse_if_full(connection)
    connection.execute(
        "UPDATE runs SET state = 'queued', error = '', cancel = 0, pause = 0, finished = NULL,"
        " place = CASE WHEN state = 'paused' AND started IS NULL THEN place ELSE ? END"
        f" WHERE id = ? AND state IN ({_RESUMABLE})",
        (_last_place(connection), run_id),
    )
    connection.execute("UPDATE runs SET pause = 0 WHERE id = ? AND state = 'running'", (run_id,))


def ask_to_pause(connection: sqlite3.Connection, run_id: str) -> None:
    """Pause a queued run at once; request it of a running one."""
    connection.execute(
        "UPDATE runs SET state = 'paused', finished = ? WHERE id = ? AND state = 'queued'",
        (time.time(), run_id),
    )
    connection.execute("UPDATE runs SET pause = 1 WHERE id = ? AND state = 'running'", (run_id,))


def ask_to_cancel(connection: sqlite3.Connection, run_id: str) -> None:
    """Cancel a waiting run at once; request it of a running one."""
    connection.execute(
        "UPDATE runs SET state = 'cancelled', finished = ? WHERE id = ? AND state IN ('queued', 'paused')",
        (time.time(), run_id),
    )
    connection.execute("UPDATE runs SET cancel = 1 WHERE id = ? AND state = 'running'", (run_id,))


def end(connection: sqlite3.Connection, run_id: str, state: str, error: str) -> None:
    """End a running run; if a pause was withdrawn meanwhile, the run is queued instead."""
    connection.execute(
        "UPDATE runs SET error = ?, finished = ?, pause = 0, state = CASE"
        " WHEN ? = 'paused' AND cancel = 1 THEN 'cancelled'"
        " WHEN ? = 'paused' AND pause = 0 THEN 'queued' ELSE ? END"
        " WHERE id = ? AND state = 'running'",
        (error, time.time(), state, state, state, run_id),
    )


def change_labels(connection: sqlite3.Connection, info: RunInfo, labels_per_round: int) -> None:
    """Set the number of labels per round from the next round on; the current round is unchanged.

    Raises:
        ConfigError: if the number is out of its bounds.
        StoreError: if no round with a query is left.
        UnknownRunError: if the run was deleted meanwhile.
    """
    config_from(info.config.model_dump() | {"labels_per_round": labels_per_round})
    query = "SELECT state, (SELECT count(*) FROM rounds WHERE run_id = id) AS done FROM runs WHERE id = ?"
    row = connection.execute(query, (info.id,)).fetchone()
    if row is None:
        raise gone(info.id)
    # No round is stored within the transaction: the current round is the first that is not stored.
    number = row["done"] + (row["state"] == "running")
    if row["state"] == "done" or number >= info.config.rounds:
        raise StoreError(
            f"Run {info.id} has no round left that asks for labels. Start one with other settings instead."
        )
    connection.execute("DELETE FROM label_changes WHERE run_id = ? AND round >= ?", (info.id, number))
    now = connection.execute(
        "SELECT labels_per_round FROM label_changes WHERE run_id = ? ORDER BY round DESC LIMIT 1", (info.id,)
    ).fetchone()
    if labels_per_round != (info.config.labels_per_round if now is None else now[0]):
        _note_change(connection, info.id, number, labels_per_round)


def fork_course(info: RunInfo, number: int, strategy: str) -> RunHistory:
    """The history of a fork: equal up to this round, whose query another strategy selects.

    Raises:
        ConfigError: if the strategy is unknown, or invalid with the other settings.
        StoreError: if the run has no such round, the round has no query, or already uses that strategy.
    """
    last = min(info.rounds_done, info.config.rounds) - 1
    if not 0 <= number <= last:
        there = f"choose a round from 0 to {last}" if last >= 0 else "wait for its first round"
        raise StoreError(f"Run {info.id} has no stored round {number} that asks for labels: {there}.")
    if strategy == info.course.config_at(number).strategy:
        raise StoreError(f"Run {info.id} is led by that strategy in round {number}: choose another one.")
    return info.course.forked(info.id, number, _with_strategy(info.config, strategy))


def gone(run_id: str) -> UnknownRunError:
    """The error about a run that was deleted a moment ago."""
    return UnknownRunError(f"Run {run_id} was deleted meanwhile, elsewhere. Look at the list again.")


def _with_strategy(config: RunConfig, strategy: str) -> RunConfig:
    return config_from(config.model_dump() | {"strategy": strategy})


def _last_place(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(place), 0) + 1 FROM runs").fetchone()[0])


def _note_change(connection: sqlite3.Connection, run_id: str, number: int, labels: int) -> None:
    connection.execute(
        "INSERT INTO label_changes (run_id, round, labels_per_round, digest) VALUES (?, ?, ?, ?)",
        (run_id, number, labels, digest_of(run_id, number, labels)),
    )


def _refuse_if_full(connection: sqlite3.Connection) -> None:
    waiting = connection.execute("SELECT count(*) FROM runs WHERE state = 'queued'").fetchone()[0]
    if waiting >= MOST_WAITING:
        raise StoreError(
            f"{waiting:,} runs wait in the queue, which takes {MOST_WAITING:,}; this one was not added. Wait "
            "until some of them have ended, or cancel or delete some."
        )
