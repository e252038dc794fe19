"""The store of runs: an SQLite file shared by the dashboard, the worker and the command line."""

import json
import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Literal

from alcore.loops.pool.simulate import Round
from alcore.runs import locks
from alcore.runs.config import RunConfig
from alcore.runs.errors import DamagedRunError, StoreError, StoreFullError, UnknownRunError
from alcore.runs.store import checkpoints, transitions
from alcore.runs.store.crashed_runs import mark_crashed
from alcore.runs.store.deletion import delete_damaged, delete_ended, log_path
from alcore.runs.store.digests import digest_of
from alcore.runs.store.listing import next_runs, one_run
from alcore.runs.store.reading import StoredRuns
from alcore.runs.store.round_rows import add_round, copy_rounds
from alcore.runs.store.run_history import RunHistory
from alcore.runs.store.run_info import DamagedRun, RunInfo

__all__ = ["RunInfo", "Store", "StoreError", "StoreFullError", "UnknownRunError", "log_path"]

# Seconds to wait for a run's lock: checks of a run hold it for an instant.
_CLAIM_SECONDS = 2.0


class Store(StoredRuns):
    """Runs and their rounds in ALCORE_HOME/runs.sqlite.

    A context manager; use one per thread. Every method raises StoreError, a sentence with the next step, if the file is
    locked, damaged or not writable or the disk is full; nothing is deleted then.

    A run is carried out by the process that holds its lock. A run that is "running" in the file without a lock has
    crashed: it is marked and shown as failed (or as cancelled or paused, if that was requested). Like a paused or
    cancelled run it can be resumed after its last stored round, with bit-identical results on the CPU.

    Args:
        home: the home folder, from `alcore_home()`.
        timeout: seconds to wait while another process writes.
    """

    def __init__(self, home: Path, *, timeout: float = 5.0) -> None:
        super().__init__(home, timeout)

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and release the runs that this store carries out."""
        for run_id in list(self._held):
            self._let_go(run_id)
        self._database.close()

    def wait_for_writers(self, seconds: float) -> None:
        """Set the time in seconds to wait while another process writes."""
        self._database.wait_for_writers(seconds)

    def submit(self, config: RunConfig) -> RunInfo:
        """Queue a run.

        Done, running and queued runs are unchanged; a paused, failed or cancelled run is resumed.

        Raises:
            DamagedRunError: if its row exists and is damaged.
            StoreError: if the queue is full.
        """
        self.find(config.run_id)
        with self._database.transaction() as connection:
            transitions.enqueue(connection, config.run_id, RunHistory(config))
        return self.run(config.run_id)

    def resume(self, run_id: str) -> RunInfo:
        """Queue a paused, failed or cancelled run again, with its rounds; a requested pause is withdrawn."""
        return self._steer(run_id, transitions.requeue)

    def pause(self, run_id: str) -> RunInfo:
        """Pause a run: a queued run at once, a running run at its next check; runs in other states are unchanged.

        The interrupted round restarts when the run is resumed.
        """
        return self._steer(run_id, transitions.ask_to_pause)

    def request_cancel(self, run_id: str) -> RunInfo:
        """Cancel a run: a waiting run at once, a running run at its next check; runs in other states are unchanged."""
        return self._steer(run_id, transitions.ask_to_cancel)

    def set_labels_per_round(self, run_id: str, labels_per_round: int) -> RunInfo:
        """Set the number of labels per round from the next round on; the run records it in `changes`.

        Raises:
            ConfigError: if the number is out of its bounds.
            StoreError: if no round with a query is left.
            UnknownRunError: if there is no such run.
        """
        info = self.run(run_id)
        with self._database.transaction() as connection:
            transitions.change_labels(connection, info, labels_per_round)
        return self.run(run_id)

    def fork(self, run_id: str, number: int, strategy: str) -> RunInfo:
        """Queue a run that shares this run's rounds before a given round, from which another strategy selects.

        The model of that round is retrained from the stored labels: for a warm-started network this repeats all
        trainings up to the round, for other learners none. Equal forks are the same run.

        Raises:
            ConfigError: if the strategy is unknown, or invalid with the run's other settings.
            DamagedRunError: if a round before is damaged.
            StoreError: if there is no such round, the queries would be the same, or the queue is full.
            UnknownRunError: if there is no such run.
        """
        info = self.run(run_id)
        course = transitions.fork_course(info, number, strategy)
        with self._database.transaction() as connection:
            if transitions.enqueue(connection, course.fork_id, course):
                if one_run(self._database, run_id) is None:
                    raise transitions.gone(run_id)
                copy_rounds(self._database, connection, course.fork_id, run_id, number)
        return self.run(course.fork_id)

    def delete(self, run_id: str, *, timeout: float = 5.0) -> None:
        """Delete a run, damaged or not, with its rounds and files; a running run is cancelled first.

        Args:
            run_id: id of the run, or the name of a damaged one, see `DamagedRun`.
            timeout: seconds to wait for a running run to stop.

        Raises:
            StoreError: if it did not stop in time (it is not deleted, but its cancellation stays requested).
            UnknownRunError: if there is none.
        """
        found = one_run(self._database, run_id)
        if isinstance(found, DamagedRun):
            delete_damaged(self._database, found, timeout=timeout)
            return
        self.request_cancel(run_id)
        delete_ended(self._database, run_id, lambda: self.run(run_id), timeout=timeout)

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
                self._let_go(info.id)
        return None

    def claim(self, config: RunConfig) -> RunInfo:
        """Claim this run, submitting it in the same transaction, so that no worker can claim it first.

        Returns:
            The run: "running" and held by this store, or "done" if it was finished before.

        Raises:
            DamagedRunError: if its row exists and is damaged.
            StoreError: if another process carries it out.
        """
        course = RunHistory(config)
        self.find(config.run_id)
        return self._take(
            config.run_id,
            lambda connection: transitions.enqueue(connection, config.run_id, course, waits=False),
        )

    def claim_run(self, run_id: str) -> RunInfo:
        """Claim an existing run, to resume it; otherwise as `claim`.

        Raises:
            StoreError: if another process carries it out.
            UnknownRunError: if there is none.
        """
        self.run(run_id)
        return self._take(run_id, lambda connection: transitions.requeue(connection, run_id, waits=False))

    def start(self, run_id: str, record: Mapping[str, str]) -> None:
        """Record the environment of a running run; called again when more of it is known."""
        text = json.dumps(dict(record))
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE runs SET record = ?, record_digest = ? WHERE id = ?",
                (text, digest_of(run_id, text), run_id),
            )

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
            self._let_go(run_id)
        if info is None:
            raise transitions.gone(run_id)
        if state == "done":
            checkpoints.delete_checkpoints(self.home, run_id)
        return info

    def _steer(self, run_id: str, change: Callable[[sqlite3.Connection, str], None]) -> RunInfo:
        self.run(run_id)
        with self._database.transaction() as connection:
            change(connection, run_id)
        return self.run(run_id)

    def _take(self, run_id: str, prepare: Callable[[sqlite3.Connection], object]) -> RunInfo:
        if not self._hold(run_id):
            raise StoreError(
                f"Run {run_id} is being carried out by another process. "
                "Follow it in the dashboard, or cancel it there first."
            )
        try:
            mark_crashed(self._database, run_id)
            with self._database.transaction() as connection:
                prepare(connection)
            taken = self._mark_running(run_id)
        except BaseException:
            self._let_go(run_id)
            raise
        if not taken:
            self._let_go(run_id)
        return self.run(run_id)

    def _mark_running(self, run_id: str) -> bool:
        with self._database.transaction() as connection:
            return bool(
                connection.execute(
                    "UPDATE runs SET state = 'running', started = ? WHERE id = ? AND state = 'queued'",
                    (time.time(), run_id),
                ).rowcount
            )

    def _end(self, run_id: str, state: str, error: str) -> RunInfo | None:
        with self._database.transaction() as connection:
            transitions.end(connection, run_id, state, error)
            # Within the transaction: right after it another process may delete the run.
            info = one_run(self._database, run_id)
            if isinstance(info, DamagedRun):
                raise DamagedRunError(info.sentence)
            return info

    def _hold(self, run_id: str) -> bool:
        lock = locks.take(self.home, run_id, timeout=_CLAIM_SECONDS)
        if lock is not None:
            self._held[run_id] = lock
        return lock is not None

    def _let_go(self, run_id: str) -> None:
        if (lock := self._held.pop(run_id, None)) is not None:
            locks.release(lock)
