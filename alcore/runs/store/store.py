"""The store of runs: an SQLite file shared by the dashboard, the worker and the command line."""

import dataclasses
import json
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from itertools import islice
from pathlib import Path
from typing import Literal

from filelock import FileLock

from alcore.did_you_mean import no_such
from alcore.loops.pool.simulate import Round
from alcore.runs.config import RunConfig, config_from
from alcore.runs.errors import DamagedRunError, UnknownRunError
from alcore.runs.store import checkpoints
from alcore.runs.store.round_rows import add_round, all_rounds, copy_rounds, curve_rows, one_round
from alcore.runs.store.run_info import DamagedRun, RunHistory, RunInfo
from alcore.runs.store.run_rows import Listing, all_runs, next_runs, one_run
from alcore.runs.store.tables import RUNS
from alcore.runs.store.transitions import enqueue, gone, note_change, requeue
from alcore.storage import locks
from alcore.storage.database import Database, digest_of
from alcore.storage.errors import StoreError, StoreFullError, disk_is_full
from alcore.storage.paths import is_run_id, log_path

__all__ = ["RunInfo", "Store", "StoreError", "StoreFullError", "UnknownRunError"]

# Seconds to wait for a run's lock: checks of a run hold it for an instant.
_CLAIM_SECONDS = 2.0
# Largest number of ids searched for a mistyped id, and of characters of it shown.
_NEAR, _SHOWN = 1000, 60


class Store:
    """Runs and their rounds in ALCORE_HOME/runs.sqlite.

    A context manager; use one per thread. Every method raises StoreError, a sentence with the next step, if the file is
    locked, damaged or not writable or the disk is full; nothing is deleted then. Every method on a run raises
    UnknownRunError if there is no such run, DamagedRunError if its row is damaged.

    A run is carried out by the process that holds its lock. A run that is "running" in the file without a lock has
    crashed: it is marked and shown as failed (or as cancelled or paused, if that was requested). Like a paused or
    cancelled run it can be resumed after its last stored round, with bit-identical results on the CPU.

    Args:
        home: the home folder, from `alcore_home()`.
        timeout: seconds to wait while another process writes.
    """

    def __init__(self, home: Path, *, timeout: float = 5.0) -> None:
        self.home = Path(home)
        self._held: dict[str, FileLock] = {}
        self._database = Database(self.home, RUNS, timeout)

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and release the runs that this store carries out."""
        for run_id in list(self._held):
            self._release(run_id)
        self._database.close()

    def wait_for_writers(self, seconds: float) -> None:
        """Set the time in seconds to wait while another process writes."""
        self._database.wait_for_writers(seconds)

    def listing(self) -> Listing:
        """All undamaged runs, newest first, and separately the damaged ones."""
        unwritten = self._mark_all_crashed()
        found = all_runs(self._database)
        return Listing([_as_crashed(info, unwritten) for info in found.runs], found.damaged)

    def runs(self) -> list[RunInfo]:
        """All undamaged runs, newest first."""
        return self.listing().runs

    def queue(self) -> list[RunInfo]:
        """Running runs, then queued runs in order."""
        return self.listing().queue

    def waiting(self, most: int | None = None) -> int:
        """Number of queued runs, counted up to a limit; damaged runs are not counted."""
        return sum(1 for _ in islice(next_runs(self._database), most))

    def run(self, run_id: str) -> RunInfo:
        """The run of this id; the sentence about an unknown one suggests similar ids."""
        info = self.find(run_id)
        if info is None:
            rows = self._database.rows("SELECT id FROM runs ORDER BY place DESC LIMIT ?", (_NEAR,))
            shown = run_id if len(run_id) <= _SHOWN else f"{run_id[:_SHOWN]}..."
            raise UnknownRunError(no_such("run", shown, [row["id"] for row in rows if is_run_id(row["id"])]))
        return info

    def find(self, run_id: str) -> RunInfo | None:
        """The run of this id, or None."""
        unwritten = self._mark_all_crashed(run_id)
        info = self._undamaged(run_id)
        return None if info is None else _as_crashed(info, unwritten)

    def rounds(self, run_id: str) -> list[Round]:
        """The stored rounds, in order, with their arrays."""
        return all_rounds(self._database, run_id)

    def round(self, run_id: str, number: int) -> Round | None:
        """A stored round with its arrays; None if there is none."""
        return one_round(self._database, run_id, number)

    def curve(self, run_ids: Sequence[str]) -> list[dict[str, str | int | float]]:
        """Tidy rows, one per round, run after run, for `alcore.report.curves.curve_frame`."""
        return [row for run_id in run_ids for row in curve_rows(self._database, run_id, self.run(run_id).config)]

    def stop_asked(self, run_id: str) -> Literal["cancel", "pause"] | None:
        """Whether a running run has a request to cancel (or was deleted) or to pause. Cheap to poll."""
        rows = self._database.rows("SELECT cancel, pause FROM runs WHERE id = ?", (run_id,))
        if not rows or rows[0]["cancel"]:
            return "cancel"
        return "pause" if rows[0]["pause"] else None

    def submit(self, config: RunConfig) -> RunInfo:
        """Queue a run.

        Done, running and queued runs are unchanged; a paused, failed or cancelled run is resumed.

        Raises:
            StoreError: if the queue is full.
        """
        self.find(config.run_id)
        with self._database.transaction() as connection:
            enqueue(connection, config.run_id, RunHistory(config))
        return self.run(config.run_id)

    def resume(self, run_id: str) -> RunInfo:
        """Queue a paused, failed or cancelled run again, with its rounds; a requested pause is withdrawn."""
        self.run(run_id)
        with self._database.transaction() as connection:
            requeue(connection, run_id)
        return self.run(run_id)

    def pause(self, run_id: str) -> RunInfo:
        """Pause a run: a queued run at once, a running run at its next check; runs in other states are unchanged.

        The interrupted round restarts when the run is resumed.
        """
        return self._stop(run_id, "pause", "paused", "state = 'queued'")

    def request_cancel(self, run_id: str) -> RunInfo:
        """Cancel a run: a waiting run at once, a running run at its next check; runs in other states are unchanged."""
        return self._stop(run_id, "cancel", "cancelled", "state IN ('queued', 'paused')")

    def set_labels_per_round(self, run_id: str, labels_per_round: int) -> RunInfo:
        """Set the number of labels per round from the next round on; the run records it in `changes`.

        Raises:
            ConfigError: if the number is out of its bounds.
            StoreError: if no round with a query is left.
        """
        config = self.run(run_id).config
        config_from(config.model_dump() | {"labels_per_round": labels_per_round})
        query = "SELECT state, (SELECT count(*) FROM rounds WHERE run_id = id) AS done FROM runs WHERE id = ?"
        with self._database.transaction() as connection:
            row = connection.execute(query, (run_id,)).fetchone()
            if row is None:
                raise gone(run_id)
            # No round is stored within the transaction: the current round is the first that is not stored.
            number = row["done"] + (row["state"] == "running")
            if row["state"] == "done" or number >= config.rounds:
                raise StoreError(
                    f"Run {run_id} has no round left that queries labels. Start one with other settings instead."
                )
            connection.execute("DELETE FROM label_changes WHERE run_id = ? AND round >= ?", (run_id, number))
            last = connection.execute(
                "SELECT labels_per_round FROM label_changes WHERE run_id = ? ORDER BY round DESC LIMIT 1", (run_id,)
            ).fetchone()
            if labels_per_round != (config.labels_per_round if last is None else last[0]):
                note_change(connection, run_id, number, labels_per_round)
        return self.run(run_id)

    def fork(self, run_id: str, number: int, strategy: str) -> RunInfo:
        """Queue a run that shares this run's rounds before a given round, from which another strategy selects.

        The model of that round is retrained from the stored labels: for a warm-started network this repeats all
        trainings up to the round, for other learners none. Equal forks are the same run.

        Raises:
            ConfigError: if the strategy is unknown, or invalid with the run's other settings.
            DamagedRunError: if a round before is damaged.
            StoreError: if there is no such round, the queries would be the same, or the queue is full.
        """
        info = self.run(run_id)
        last = min(info.rounds_done, info.config.rounds) - 1
        if not 0 <= number <= last:
            there = f"choose a round from 0 to {last}" if last >= 0 else "wait for its first round"
            raise StoreError(f"Run {run_id} has no stored round {number} that queries labels: {there}.")
        if strategy == info.course.config_at(number).strategy:
            raise StoreError(f"Run {run_id} uses that strategy in round {number} already: choose another one.")
        config = config_from(info.config.model_dump() | {"strategy": strategy})
        course = info.course.forked(run_id, number, config)
        with self._database.transaction() as connection:
            if enqueue(connection, course.fork_id, course):
                if one_run(self._database, run_id) is None:
                    raise gone(run_id)
                copy_rounds(self._database, connection, course.fork_id, run_id, number)
        return self.run(course.fork_id)

    def delete(self, run_id: str, *, timeout: float = 5.0) -> None:
        """Delete a run, damaged or not, with its rounds and files; a running run is cancelled first.

        Args:
            run_id: id of the run, or the name of a damaged one, see `DamagedRun`.
            timeout: seconds to wait for a running run to stop.

        Raises:
            StoreError: if it did not stop in time (it is not deleted, but its cancellation stays requested).
        """
        found = one_run(self._database, run_id)
        column, key = ("rowid", found.row) if isinstance(found, DamagedRun) else ("id", run_id)
        if isinstance(found, DamagedRun):
            self._execute("UPDATE runs SET cancel = 1 WHERE rowid = ?", key)
        else:
            self.request_cancel(run_id)
        # Holding the lock: no process carries the run out, or starts it meanwhile.
        lock = locks.held(self.home, run_id, timeout=timeout) if is_run_id(run_id) else nullcontext(True)
        with lock as free:
            if not free:
                raise StoreError(
                    f"Run {run_id} has not stopped within {timeout:g} s. Its end is requested; delete it again in a "
                    "moment."
                )
            if not self._execute(f"DELETE FROM runs WHERE {column} = ?", key):
                raise gone(run_id)
            # The target of a link is not deleted.
            with suppress(StoreError):
                checkpoints.delete_checkpoints(self.home, run_id)
            with suppress(OSError, StoreError):
                log_path(self.home, run_id).unlink()

    def claim_next(self, suits: Callable[[RunConfig], bool] = lambda _: True) -> RunInfo | None:
        """Claim the next queued run that matches `suits`: it is then running, and held by this store.

        Args:
            suits: called with the config of a queued run; returns whether to claim it.

        Returns:
            The run; None if there is none. Damaged runs are skipped.
        """
        for info in next_runs(self._database, suits):
            if self._hold(info.id):
                if self._mark_running(info.id):
                    return self.run(info.id)
                self._release(info.id)
        return None

    def claim(self, config: RunConfig) -> RunInfo:
        """Claim this run, submitting it in the same transaction, so that no worker can claim it first.

        Returns:
            The run: "running" and held by this store, or "done" if it was finished before.

        Raises:
            StoreError: if another process carries it out.
        """
        run_id, course = config.run_id, RunHistory(config)
        self.find(run_id)
        return self._take(run_id, lambda connection: enqueue(connection, run_id, course, waits=False))

    def claim_run(self, run_id: str) -> RunInfo:
        """Claim an existing run, to resume it; otherwise as `claim`."""
        self.run(run_id)
        return self._take(run_id, lambda connection: requeue(connection, run_id, waits=False))

    def start(self, run_id: str, record: Mapping[str, str]) -> None:
        """Record the environment of a running run; called again when more of it is known."""
        text = json.dumps(dict(record))
        digest = digest_of(run_id, text)
        self._execute("UPDATE runs SET record = ?, record_digest = ? WHERE id = ?", text, digest, run_id)

    def add_round(self, run_id: str, round_: Round, carried: bytes = b"") -> None:
        """Store a round in full, or not at all (StoreError).

        Args:
            run_id: id of the run.
            round_: the round after the last stored.
            carried: the learner's checkpoint for the next round, if any; kept until that round is stored.
        """
        if carried:
            checkpoints.save_checkpoint(self.home, run_id, round_.round, carried)
        add_round(self._database, run_id, round_)
        checkpoints.prune_checkpoints(self.home, run_id, round_.round)

    def finish(self, run_id: str, state: Literal["done", "paused", "cancelled", "failed"], error: str = "") -> RunInfo:
        """End a running run and release it, even if the end cannot be stored (StoreError).

        A pause that was withdrawn in time leaves the run queued.
        """
        try:
            try:
                info = self._end(run_id, state, error)
            except StoreFullError:
                self._database.make_room()
                info = self._end(run_id, state, error)
        finally:
            self._release(run_id)
        if info is None:
            raise gone(run_id)
        if state == "done":
            checkpoints.delete_checkpoints(self.home, run_id)
        return info

    def _execute(self, statement: str, *values: object) -> int:
        """Carry out a statement in a transaction; returns the number of rows changed."""
        with self._database.transaction() as connection:
            return connection.execute(statement, values).rowcount

    def _undamaged(self, run_id: str) -> RunInfo | None:
        info = one_run(self._database, run_id)
        if isinstance(info, DamagedRun):
            raise DamagedRunError(info.sentence)
        return info

    def _stop(self, run_id: str, request: str, state: str, waits: str) -> RunInfo:
        self.run(run_id)
        with self._database.transaction() as connection:
            connection.execute(
                f"UPDATE runs SET state = ?, finished = ? WHERE id = ? AND {waits}", (state, time.time(), run_id)
            )
            connection.execute(f"UPDATE runs SET {request} = 1 WHERE id = ? AND state = 'running'", (run_id,))
        return self.run(run_id)

    def _take(self, run_id: str, prepare: Callable[[sqlite3.Connection], object]) -> RunInfo:
        if not self._hold(run_id):
            raise StoreError(
                f"Run {run_id} is being carried out by another process. "
                "Follow it in the dashboard, or cancel it there first."
            )
        taken = False
        try:
            self._mark_crashed(run_id)
            with self._database.transaction() as connection:
                prepare(connection)
            taken = self._mark_running(run_id)
        finally:
            if not taken:
                self._release(run_id)
        return self.run(run_id)

    def _mark_running(self, run_id: str) -> bool:
        statement = "UPDATE runs SET state = 'running', started = ? WHERE id = ? AND state = 'queued'"
        return self._execute(statement, time.time(), run_id) > 0

    def _end(self, run_id: str, state: str, error: str) -> RunInfo | None:
        with self._database.transaction() as connection:
            # If a pause was withdrawn meanwhile, the run is queued instead.
            connection.execute(
                "UPDATE runs SET error = ?, finished = ?, pause = 0, state = CASE"
                " WHEN ? = 'paused' AND cancel = 1 THEN 'cancelled'"
                " WHEN ? = 'paused' AND pause = 0 THEN 'queued' ELSE ? END"
                " WHERE id = ? AND state = 'running'",
                (error, time.time(), state, state, state, run_id),
            )
            # Within the transaction: right after it another process may delete the run.
            return self._undamaged(run_id)

    def _mark_all_crashed(self, run_id: str | None = None) -> dict[str, str]:
        """Mark every run, or this one, as failed if it is "running" while no process holds its lock.

        Returns:
            The error sentences, by id, of crashed runs that could not be marked (disk full, store locked).
        """
        unwritten: dict[str, str] = {}
        for row in self._database.rows("SELECT id FROM runs WHERE state = 'running'"):
            suspect = row["id"]
            if not is_run_id(suspect) or suspect in self._held or run_id not in (None, suspect):
                continue
            # Holding the lock: no process can start this run meanwhile.
            with locks.held(self.home, suspect) as free:
                if not free:
                    continue
                try:
                    self._mark_crashed(suspect)
                except StoreError as error:
                    full = isinstance(error, StoreFullError) or disk_is_full(self.home)
                    unwritten[suspect] = self._crash_sentence(suspect, full=full)
        return unwritten

    def _mark_crashed(self, run_id: str) -> None:
        """Mark a run as failed if it is "running". The caller holds its lock, so no process carries it out."""
        self._execute(
            "UPDATE runs SET"
            " state = CASE WHEN cancel THEN 'cancelled' WHEN pause THEN 'paused' ELSE 'failed' END,"
            " error = CASE WHEN cancel OR pause THEN '' ELSE ? END, pause = 0, finished = ?"
            " WHERE id = ? AND state = 'running'",
            *(self._crash_sentence(run_id, full=disk_is_full(self.home)), time.time(), run_id),
        )

    def _crash_sentence(self, run_id: str, *, full: bool) -> str:
        kept = self._database.rows("SELECT count(*) AS kept FROM rounds WHERE run_id = ?", (run_id,))[0]["kept"]
        rounds = f"{kept} stored round{'' if kept == 1 else 's'}"
        if full:
            return (
                f"The disk that holds {self.home} is full, and the run stopped; {rounds} kept. "
                "Make room, then resume it."
            )
        return (
            "The process that carried out this run ended without a message (it was killed, or the machine was "
            f"switched off); {rounds} kept. Resume it to go on from there."
        )

    def _hold(self, run_id: str) -> bool:
        lock = locks.take(self.home, run_id, timeout=_CLAIM_SECONDS)
        if lock is not None:
            self._held[run_id] = lock
        return lock is not None

    def _release(self, run_id: str) -> None:
        if (lock := self._held.pop(run_id, None)) is not None:
            locks.release(lock)


def _as_crashed(info: RunInfo, unwritten: Mapping[str, str]) -> RunInfo:
    if info.id not in unwritten:
        return info
    return dataclasses.replace(info, state="failed", error=unwritten[info.id], seconds_left=None)
