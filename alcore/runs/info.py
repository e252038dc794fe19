"""What is known of a run without its rounds."""

import json
import sqlite3
import time
from dataclasses import dataclass
from typing import Literal, cast

from alcore.runs.config import RunConfig
from alcore.runs.course import Ancestor, Course, lineage_of, stored_config
from alcore.runs.database import Database

State = Literal["queued", "running", "paused", "done", "cancelled", "failed"]

# The time left is judged by the latest rounds only: training grows with the labels.
_RECENT_ROUNDS = 3

_INFO = """
    SELECT runs.*, coalesce(summary.rounds_done, 0) AS rounds_done, last.labels, last.accuracy, last.stored,
           (SELECT count(*) FROM runs AS ahead WHERE ahead.state = 'queued' AND ahead.place <= runs.place)
               AS queue_position,
           (SELECT json_group_array(json_array(round, labels_per_round)) FROM label_changes
               WHERE run_id = runs.id) AS changes
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
        state: queued, running, paused, done, cancelled or failed.
        error: the sentence of a failed run, else "".
        record: device, scoring mode, versions, threads, platform: what the result was made with.
        created: when it was submitted, seconds since the epoch.
        started: when a process took it, the last time; None before.
        finished: when it ended; None before.
        rounds_done: rounds stored, round 0 counted; a done run has config.rounds + 1 unless its pool ran out.
        labels: labels after the last stored round; None before the first.
        accuracy: test accuracy in the last stored round; None before the first.
        queue_position: 1 for the queued run that comes next; None unless queued.
        seconds_left: estimate for a running run with at least one round, else None.
        cancel_asked: the run was asked to stop and has not stopped yet.
        pause_asked: the run was asked to pause and has not paused yet.
        lineage: the runs it was forked from, the first rounds' first.
        changes: (round, labels per round) from that round on, where that was changed on the way.
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
    pause_asked: bool = False
    lineage: tuple[Ancestor, ...] = ()
    changes: tuple[tuple[int, int], ...] = ()

    @property
    def course(self) -> Course:
        """What it does round by round."""
        return Course(self.config, self.lineage, self.changes)

    @property
    def title(self) -> str:
        """The config's title, and what was changed on the way: forks, labels per round."""
        return self.course.title

    @property
    def labels_per_round(self) -> int:
        """What the next round to be begun asks for."""
        return self.course.labels_at(self.rounds_done + (self.state == "running"))

    @property
    def resumable(self) -> bool:
        """Whether it can go on after its last stored round."""
        return self.state in ("paused", "failed", "cancelled")


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
    config = stored_config(json.loads(row["config"]))
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
        pause_asked=running and bool(row["pause"]),
        lineage=lineage_of(row["lineage"]),
        changes=tuple(sorted((number, labels) for number, labels in json.loads(row["changes"]))),
    )


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
    # What was stored before a pause says nothing about the round that is under way.
    under_way = max(0.0, time.time() - max(row["stored"], row["started"] or 0.0))
    return max(0.0, to_come * sum(recent) / len(recent) - under_way) if to_come else 0.0
