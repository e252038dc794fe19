"""What is known of a run without its rounds."""

import json
import sqlite3
import time
from dataclasses import dataclass
from typing import Literal, cast

from pydantic import ValidationError

from alcore.runs.config import RunConfig
from alcore.runs.database import Database

State = Literal["queued", "running", "done", "cancelled", "failed"]

# The time left is judged by the latest rounds only: training grows with the labels.
_RECENT_ROUNDS = 3

_INFO = """
    SELECT runs.*, coalesce(summary.rounds_done, 0) AS rounds_done, last.labels, last.accuracy, last.stored,
           (SELECT count(*) FROM runs AS ahead WHERE ahead.state = 'queued' AND ahead.place <= runs.place)
               AS queue_position
    FROM runs
    LEFT JOIN (SELECT run_id, count(*) AS rounds_done, max(round) AS last_round FROM rounds GROUP BY run_id)
        AS summary ON summary.run_id = runs.id
    LEFT JOIN rounds AS last ON last.run_id = runs.id AND last.round = summary.last_round
"""


@dataclass(frozen=True)
class RunInfo:
    """A run as the store knows it.

    Attributes:
        id: the config's `run_id`.
        config: what is run.
        state: queued, running, done, cancelled or failed.
        error: the sentence of a failed run, else "".
        record: device, scoring mode, versions, threads, platform: what the result was made with.
        created: when it was submitted, seconds since the epoch.
        started: when a process took it; None before.
        finished: when it ended; None before.
        rounds_done: rounds stored, round 0 counted; a done run has config.rounds + 1 unless its pool ran out.
        labels: labels after the last stored round; None before the first.
        accuracy: test accuracy in the last stored round; None before the first.
        queue_position: 1 for the queued run that comes next; None unless queued.
        seconds_left: estimate for a running run with at least one round, else None.
        cancel_asked: the run was asked to stop and has not stopped yet.
    """

    id: str
    config: RunConfig
    state: State
    error: str
    record: dict[str, str]
    created: float
    started: float | None
    finished: float | None
    rounds_done: int
    labels: int | None
    accuracy: float | None
    queue_position: int | None
    seconds_left: float | None
    cancel_asked: bool


def all_infos(database: Database) -> list[RunInfo]:
    """All runs, the newest first."""
    return [_info(database, row) for row in database.rows(f"{_INFO} ORDER BY runs.place DESC")]


def one_info(database: Database, run_id: str) -> RunInfo | None:
    """The run of this id, if there is one."""
    # The summary of one run is a look into an index; that of all runs grows with the store.
    query = _INFO.replace("GROUP BY", "WHERE run_id = ? GROUP BY") + "WHERE runs.id = ?"
    rows = database.rows(query, (run_id, run_id))
    return _info(database, rows[0]) if rows else None


def _info(database: Database, row: sqlite3.Row) -> RunInfo:
    config = _config(row["config"])
    running = row["state"] == "running"
    return RunInfo(
        id=row["id"],
        config=config,
        state=cast(State, row["state"]),
        error=row["error"],
        record=json.loads(row["record"]),
        created=row["created"],
        started=row["started"],
        finished=row["finished"],
        rounds_done=row["rounds_done"],
        labels=row["labels"],
        accuracy=row["accuracy"],
        queue_position=row["queue_position"] if row["state"] == "queued" else None,
        seconds_left=_seconds_left(database, row, config.rounds) if running else None,
        cancel_asked=running and bool(row["cancel"]),
    )


def _config(text: str) -> RunConfig:
    try:
        return RunConfig.model_validate_json(text)
    except ValidationError:
        # A run made with another version is still listed, shown and exported, only not started again.
        return RunConfig.model_construct(**json.loads(text))


def _seconds_left(database: Database, row: sqlite3.Row, rounds: int) -> float | None:
    if not row["rounds_done"]:
        return None
    to_come = max(0, rounds + 1 - row["rounds_done"])
    recent = [
        sum(json.loads(latest["seconds"]).values())
        for latest in database.rows(
            "SELECT seconds FROM rounds WHERE run_id = ? ORDER BY round DESC LIMIT ?",
            (row["id"], _RECENT_ROUNDS),
        )
    ]
    under_way = max(0.0, time.time() - row["stored"])
    return max(0.0, to_come * sum(recent) / len(recent) - under_way) if to_come else 0.0
