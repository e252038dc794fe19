"""Where runs are kept: one SQLite file that the dashboard, the worker and the command line share."""

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

# A look at a run holds its lock for an instant; who wants to carry the run out waits that instant.
_CLAIM_SECONDS = 2.0


class Store(StoredRuns):
    """Runs and their rounds in ALCORE_HOME/runs.sqlite.

    Use it as a context manager, one per thread. Every method raises StoreError, a sentence with the next
    step, where the file is locked, damaged, not writable or the disk is full; nothing is deleted then.

    A run is carried out by the process that holds its lock. A run that is "running" in the file while
    nobody holds its lock has lost its process: it is shown, and written down, as failed (or as cancelled or
    paused, if it had been asked to stop). Like a paused or cancelled one it can be resumed: it goes on after
    its last stored round, on the CPU bit for bit as if it had never stopped.

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
        """Close the file and let go of the runs that this store carries out."""
        for run_id in list(self._held):
            self._let_go(run_id)
        self._database.close()

    def wait_for_writers(self, seconds: float) -> None:
        """From now on wait this long while another process writes."""
        self._database.wait_for_writers(seconds)

    def submit(self, config: RunConfig) -> RunInfo:
        """Put a run in the queue.

        Done, running and queued runs stay as they are; a paused, failed or cancelled one is resumed.

        Raises:
            DamagedRunError: it is there, and its row is damaged.
            StoreError: as many runs wait already as may.
        """
        self.find(config.run_id)
        with self._database.transaction() as connection:
            transitions.enqueue(connection, config.run_id, RunHistory(config))
        return self.run(config.run_id)

    def resume(self, run_id: str) -> RunInfo:
        """Put a paused, failed or cancelled run back in the queue, its rounds kept; a pause is taken back."""
        return self._steer(run_id, transitions.requeue)

    def pause(self, run_id: str) -> RunInfo:
        """Stop a run for a while: a queued one at once, a running one as soon as its process notices.

        The round it is in is begun again when it is resumed. Others stay as they are.
        """
        return self._steer(run_id, transitions.ask_to_pause)

    def request_cancel(self, run_id: str) -> RunInfo:
        """Stop a run: a waiting one at once, a running one as soon as its process notices. Others stay."""
        return self._steer(run_id, transitions.ask_to_cancel)

    def set_labels_per_round(self, run_id: str, labels_per_round: int) -> RunInfo:
        """Ask for so many labels a round from the next round on; the run notes it in its `changes`.

        Raises:
            ConfigError: the number is out of its bounds.
            StoreError: no round is left that asks for labels.
            UnknownRunError: there is no such run.
        """
        info = self.run(run_id)
        with self._database.transaction() as connection:
            transitions.change_labels(connection, info, labels_per_round)
        return self.run(run_id)

    def fork(self, run_id: str, number: int, strategy: str) -> RunInfo:
        """Queue a run that has this run's rounds before one of them, in which another strategy asks.

        The model of that round is trained again from the stored labels: that takes the time of the trainings
        up to it for a network that is carried on, and none for other learners. The same fork is the same run.

        Raises:
            ConfigError: there is no such strategy, or it does not go with the run's other settings.
            DamagedRunError: one of the rounds before is not what was written.
            StoreError: there is no such round, nothing else would be asked in it, or the queue is full.
            UnknownRunError: there is no such run.
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
        """Delete a run, damaged or not, its rounds and its files; a running one is cancelled first.

        Args:
            run_id: which; the name of a damaged one, see `DamagedRun`.
            timeout: seconds to wait for a running one to stop.

        Raises:
            StoreError: it did not stop in time (it stays, and is still being cancelled).
            UnknownRunError: there is none.
        """
        found = one_run(self._database, run_id)
        if isinstance(found, DamagedRun):
            delete_damaged(self._database, found, timeout=timeout)
            return
        self.request_cancel(run_id)
        delete_ended(self._database, run_id, lambda: self.run(run_id), timeout=timeout)

    def claim_next(self, suits: Callable[[RunConfig], bool] = lambda _: True) -> RunInfo | None:
        """Take the queued run that comes next and suits: it is then running, held by this store.

        Args:
            suits: told the config of a queued run, says whether to take it.

        Returns:
            The run; None if there is none to take. One that is damaged is left alone.
        """
        for info in next_runs(self._database, suits):
            if self._hold(info.id):
                if self._mark_running(info.id):
                    return self.run(info.id)
                self._let_go(info.id)
        return None

    def claim(self, config: RunConfig) -> RunInfo:
        """Take this run, submitting it on the way, so that no worker can take it first.

        Returns:
            The run: "running" and held by this store, or "done" from an earlier time.

        Raises:
            DamagedRunError: it is there, and its row is damaged.
            StoreError: another process carries it out.
        """
        course = RunHistory(config)
        self.find(config.run_id)
        return self._take(
            config.run_id,
            lambda connection: transitions.enqueue(connection, config.run_id, course, waits=False),
        )

    def claim_run(self, run_id: str) -> RunInfo:
        """Take a run that is there already, to go on with it; otherwise as `claim`.

        Raises:
            StoreError: another process carries it out.
            UnknownRunError: there is none.
        """
        self.run(run_id)
        return self._take(run_id, lambda connection: transitions.requeue(connection, run_id, waits=False))

    def start(self, run_id: str, record: Mapping[str, str]) -> None:
        """Write down what a running run is made with; again whenever more of it is known."""
        text = json.dumps(dict(record))
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE runs SET record = ?, record_digest = ? WHERE id = ?",
                (text, digest_of(run_id, text), run_id),
            )

    def add_round(self, run_id: str, round_: Round, carried: bytes = b"") -> None:
        """Keep a round: wholly, or (StoreError) not at all.

        Args:
            run_id: which.
            round_: the one after the last stored.
            carried: what the learner carries into the next round, if anything; kept until that is stored.
        """
        if carried:
            checkpoints.save_checkpoint(self.home, run_id, round_.round, carried)
        add_round(self._database, run_id, round_)
        checkpoints.prune_checkpoints(self.home, run_id, round_.round)

    def finish(self, run_id: str, state: Literal["done", "paused", "cancelled", "failed"], error: str = "") -> RunInfo:
        """End a running run and let go of it, even where the end cannot be written down (StoreError).

        A pause that was taken back before it was noticed leaves the run in the queue.
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
            # Within the transaction: right after it somebody may delete the run.
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
