"""Runs as rows of the store: each row is validated separately, so that a damaged row does not affect others."""

import math
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from pydantic import ValidationError

from alcore.runs.config import RunConfig
from alcore.runs.errors import DamagedRunError
from alcore.runs.store.run_info import NUMBERS, STATES, TEXTS, DamagedRun, RunInfo, State, config_of_text, lineage_of
from alcore.runs.store.tables import TURN
from alcore.storage.database import Database, agrees
from alcore.storage.paths import is_run_id

# Columns of a round for lists and curves; their digest is in digests.numbers.
COLUMNS = ("labels", "accuracy", "train_loss", "seconds", "stored")
# Number of recent rounds used to estimate the time left: training slows down as labels grow.
_RECENT_ROUNDS = 3
# Largest number of characters read of a text: a damaged length costs no memory.
_MOST_TEXT, _MOST_ERROR = 1_000_000, 10_000
_MOST_LABELS = 1_000_000

_RUN = f"""
    runs.rowid AS row, runs.id, substr(runs.config, 1, {_MOST_TEXT}) AS config, runs.state,
    substr(runs.error, 1, {_MOST_ERROR}) AS error, substr(runs.record, 1, {_MOST_TEXT}) AS record,
    runs.cancel, runs.pause, runs.place, runs.created, runs.started, runs.finished,
    substr(runs.lineage, 1, {_MOST_TEXT}) AS lineage, runs.digest, runs.record_digest
"""
_INFO = f"""
    SELECT {_RUN}, coalesce(summary.rounds_done, 0) AS rounds_done, summary.last_round, last.labels,
           last.accuracy, last.train_loss, substr(last.seconds, 1, {_MOST_ERROR}) AS seconds, last.stored,
           digests.numbers
    FROM runs
    LEFT JOIN (SELECT run_id, count(*) AS rounds_done, max(round) AS last_round FROM rounds GROUP BY run_id)
        AS summary ON summary.run_id = runs.id
    LEFT JOIN rounds AS last ON last.run_id = runs.id AND last.round = summary.last_round
    LEFT JOIN digests ON digests.run_id = last.run_id AND digests.round = last.round
"""
_CHANGES = "SELECT run_id, round, labels_per_round, digest FROM label_changes"
_AHEAD = (
    "SELECT count(*) AS ahead FROM runs"
    " WHERE state = 'queued' AND (started IS NULL, place) <= (?, ?) AND length(id) = 12"
)

Changes = Mapping[object, Sequence[sqlite3.Row]]


@dataclass(frozen=True)
class Listing:
    """All undamaged runs, newest first, and the damaged rows."""

    runs: list[RunInfo]
    damaged: list[DamagedRun]

    @property
    def queue(self) -> list[RunInfo]:
        """Running runs, then queued runs in order."""
        active = [info for info in self.runs if info.state in ("running", "queued")]
        return sorted(active, key=lambda info: (info.queue_position or 0, info.started or 0.0))


def all_runs(database: Database) -> Listing:
    """All stored rows, newest first."""
    changes: dict[object, list[sqlite3.Row]] = {}
    for change in database.rows(_CHANGES):
        changes.setdefault(change["run_id"], []).append(change)
    sound: list[sqlite3.Row] = []
    damaged: list[DamagedRun] = []
    for row in database.rows(f"{_INFO} ORDER BY runs.place DESC"):
        if reason := _damage(row, changes):
            damaged.append(_damaged(row, reason))
        else:
            sound.append(row)
    waiting = sorted((row["started"] is None, row["place"], row["id"]) for row in sound if row["state"] == "queued")
    places = {run_id: number for number, (_, _, run_id) in enumerate(waiting, 1)}
    return Listing([_info(database, row, places.get(row["id"]), changes) for row in sound], damaged)


def one_run(database: Database, run_id: str) -> RunInfo | DamagedRun | None:
    """The run of this id or name (see `DamagedRun`), or None."""
    if is_run_id(run_id):
        # The summary of one run is an index lookup; that of all runs grows with the store.
        query = _INFO.replace("GROUP BY", "WHERE run_id = ? GROUP BY") + "WHERE runs.id = ?"
        rows = database.rows(query, (run_id, run_id))
    else:
        number = run_id.removeprefix("row-")
        if number == run_id or not number.isdecimal() or len(number) > 18:
            return None
        rows = database.rows(f"{_INFO}WHERE runs.rowid = ?", (int(number),))
        rows = [row for row in rows if not is_run_id(row["id"])]
    if not rows:
        return None
    (row, *_) = rows
    changes = {row["id"]: database.rows(f"{_CHANGES} WHERE run_id = ?", (row["id"],))}
    if reason := _damage(row, changes):
        return _damaged(row, reason)
    place = None
    if row["state"] == "queued":
        place = database.rows(_AHEAD, (row["started"] is None, row["place"]))[0]["ahead"]
    return _info(database, row, place, changes)


def next_runs(database: Database, suits: Callable[[RunConfig], bool] = lambda _: True) -> Iterator[RunInfo]:
    """Queued runs in order that match `suits` and are undamaged, each as it is when it is reached.

    Args:
        database: the store's connection.
        suits: called with the config of a queued run; returns whether to include it.
    """
    queued = f"SELECT rowid AS row FROM runs WHERE state = 'queued' ORDER BY {TURN}"
    for (number,) in database.rows(queued):
        for row in database.rows(f"SELECT {_RUN} FROM runs WHERE rowid = ?", (number,)):
            # Checked first: the place of a run in a long queue takes far longer to find.
            if _damage_of_run(row) or not suits(config_of_text(row["config"])):
                continue
            info = one_run(database, row["id"])
            if isinstance(info, RunInfo) and info.state == "queued":
                yield info


def _damaged(row: sqlite3.Row, reason: str) -> DamagedRun:
    return DamagedRun(row["id"] if is_run_id(row["id"]) else f"row-{row['row']}", row["row"], reason)


def _damage(row: sqlite3.Row, changes: Changes) -> str:
    """Why a row is damaged, a phrase; empty if it is not."""
    return _damage_of_run(row) or _damage_of_rounds(row) or _damage_of_changes(changes.get(row["id"], ()))


def _damage_of_run(row: sqlite3.Row) -> str:
    run_id, config, state, error, record, cancel, pause, place = row[1:9]
    created, started, finished, lineage, digest, record_digest = row[9:15]
    if not is_run_id(run_id):
        return "its id is not 12 hex digits"
    if state not in STATES:
        return "its state is unknown"
    if not type(config) is type(error) is type(record) is type(lineage) is str:
        return "a text of it is no text"
    if not type(cancel) is type(pause) is type(place) is int:
        return "a number of it is no number"
    if not _is_time(created) or not all(one is None or _is_time(one) for one in (started, finished)):
        return "a time of it is no time"
    if not agrees(digest, (run_id, config, lineage)):
        return "its settings are not those that were written"
    if record != "{}" and not agrees(record_digest, (run_id, record)):
        return "its record is not the one that was written"
    try:
        if digest is None:
            config_of_text(config)
            lineage_of(lineage)
        if record != "{}":
            TEXTS.validate_json(record)
    except DamagedRunError as damage:
        return str(damage)
    except ValidationError:
        return "its record is not one of texts"
    return ""


def _damage_of_rounds(row: sqlite3.Row) -> str:
    done = row["rounds_done"]
    if not done:
        return ""
    if row["last_round"] != done - 1:
        return f"{done} rounds are stored, and the last is round {str(row['last_round'])[:20]}: one is missing"
    if not agrees(row["numbers"], (row["id"], row["last_round"], *(row[name] for name in COLUMNS))):
        return f"round {done - 1} is not the one that was written"
    sound = type(row["labels"]) is int and 0 <= row["labels"] <= 1 << 40 and _is_time(row["stored"])
    if not sound or not isinstance(row["accuracy"], float | None):
        return f"a number of round {done - 1} is no number"
    if row["accuracy"] is not None and not 0 <= row["accuracy"] <= 1:
        return f"the accuracy of round {done - 1} is not from 0 to 1"
    return ""


def _damage_of_changes(changes: Sequence[sqlite3.Row]) -> str:
    for change in changes:
        number, labels = change["round"], change["labels_per_round"]
        sound = type(number) is int and type(labels) is int and number >= 0 and 1 <= labels <= _MOST_LABELS
        if not sound or not agrees(change["digest"], (change["run_id"], number, labels)):
            return "a change of its labels per round is not the one that was written"
    return ""


def _is_time(value: object) -> bool:
    """Whether this is a time in seconds since 1970 within the range of displayable dates."""
    return isinstance(value, float) and 0 <= value < 1e11


def _info(database: Database, row: sqlite3.Row, place: int | None, changes: Changes) -> RunInfo:
    # By position: ten thousand rows are read at once.
    run_id, config, state, error, record, cancel, pause = row[1:8]
    created, started, finished, lineage = row[9:13]
    running = state == "running"
    made = changes.get(run_id, ())
    return RunInfo(
        id=run_id,
        config_text=config,
        state=cast(State, state),
        error=error,
        record={} if record == "{}" else TEXTS.validate_json(record),
        created=created,
        started=started,
        finished=finished,
        rounds_done=row["rounds_done"],
        labels=row["labels"],
        accuracy=row["accuracy"],
        queue_position=place,
        seconds_left=_seconds_left(database, row) if running else None,
        cancel_asked=running and bool(cancel),
        pause_asked=running and bool(pause),
        lineage_text=lineage,
        changes=tuple(sorted((one["round"], one["labels_per_round"]) for one in made)) if made else (),
    )


def _seconds_left(database: Database, row: sqlite3.Row) -> float | None:
    if not row["rounds_done"]:
        return None
    to_come = max(0, config_of_text(row["config"]).rounds + 1 - row["rounds_done"])
    query = "SELECT seconds FROM rounds WHERE run_id = ? ORDER BY round DESC LIMIT ?"
    try:
        latest = database.rows(query, (row["id"], _RECENT_ROUNDS))
        recent = [sum(NUMBERS.validate_json(str(one["seconds"])).values()) for one in latest]
    except ValidationError:
        return None
    # Rounds stored before a pause do not predict the current round.
    under_way = max(0.0, time.time() - max(row["stored"], row["started"] or 0.0))
    left = to_come * sum(recent) / len(recent) - under_way if to_come else 0.0
    return max(0.0, left) if math.isfinite(left) else None
