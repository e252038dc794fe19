"""Where runs are kept: one SQLite file that the dashboard, the worker and the command line share."""

import dataclasses
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Literal

from filelock import FileLock

from alcore.loops.pool import Round
from alcore.runs import locks
from alcore.runs.config import RunConfig
from alcore.runs.database import Database
from alcore.runs.errors import StoreError, StoreFullError, UnknownRunError
from alcore.runs.info import RunInfo, all_infos, one_info
from alcore.runs.life import bury, bury_dead
from alcore.runs.names import did_you_mean
from alcore.runs.rounds import add_round, curve_rows, one_round, rounds_after

__all__ = ["RunInfo", "Store", "StoreError", "StoreFullError", "UnknownRunError", "log_path"]

# A look at a run holds its lock for an instant; who wants to carry the run out waits that instant.
_CLAIM_SECONDS = 2.0


def log_path(home: Path, run_id: str) -> Path:
    """The log of a run: what happened when, and the traceback of a failure."""
    return home / "logs" / f"{run_id}.log"


class Store:
    """Runs and their rounds in ALCORE_HOME/runs.sqlite.

    Use it as a context manager, one per thread. Every method raises StoreError, a sentence with the next
    step, where the file is locked, damaged, not writable or the disk is full; nothing is deleted then.

    A run is carried out by the process that holds its lock. A run that is "running" in the file while
    nobody holds its lock has lost its process: it is shown, and written down, as failed (or as cancelled,
    if it had been asked to stop).

    Args:
        home: the home folder, from `alcore_home()`.
        timeout: seconds to wait while another process writes.
    """

    def __init__(self, home: Path, *, timeout: float = 5.0) -> None:
        self.home = Path(home)
        self._held: dict[str, FileLock] = {}
        self._database = Database(self.home, timeout)

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

    def runs(self) -> list[RunInfo]:
        """All runs, the newest first."""
        unwritten = bury_dead(self._database, self._held)
        return [_as_dead(info, unwritten) for info in all_infos(self._database)]

    def run(self, run_id: str) -> RunInfo:
        """The run of this id.

        Raises:
            UnknownRunError: there is none; the sentence names near matches.
        """
        unwritten = bury_dead(self._database, self._held, run_id)
        info = one_info(self._database, run_id)
        if info is None:
            known = [row["id"] for row in self._database.rows("SELECT id FROM runs ORDER BY place DESC")]
            raise UnknownRunError(f"There is no run {run_id!r}. {did_you_mean(run_id, known)}")
        return _as_dead(info, unwritten)

    def rounds(self, run_id: str, *, after: int = -1) -> list[Round]:
        """The stored rounds numbered above `after`, in order, with their arrays; cheap to poll."""
        return rounds_after(self._database, run_id, after)

    def round(self, run_id: str, number: int) -> Round | None:
        """One stored round with its arrays; None if it is not there."""
        return one_round(self._database, run_id, number)

    def curve(self, run_ids: Sequence[str]) -> list[dict[str, str | int | float]]:
        """Tidy rows, one a round, run after run, for `alcore.report.curves.curve_frame`.

        Raises:
            UnknownRunError: one of the runs does not exist.
        """
        return [
            row for run_id in run_ids for row in curve_rows(self._database, run_id, self.run(run_id).config)
        ]

    def something_queued(self) -> bool:
        """Whether a run waits for a worker."""
        return bool(self._database.rows("SELECT 1 FROM runs WHERE state = 'queued' LIMIT 1"))

    def cancel_asked(self, run_id: str) -> bool:
        """Whether a running run should stop: it was asked to, or is not there any more. Cheap to poll."""
        rows = self._database.rows("SELECT cancel FROM runs WHERE id = ?", (run_id,))
        return not rows or bool(rows[0]["cancel"])

    def submit(self, config: RunConfig) -> RunInfo:
        """Put a run in the queue. Done, running and queued runs stay as they are; others begin afresh."""
        bury_dead(self._database, self._held, config.run_id)
        self._enqueue(config)
        return self.run(config.run_id)

    def request_cancel(self, run_id: str) -> RunInfo:
        """Stop a run: a queued one at once, a running one as soon as its process notices. Others stay."""
        self.run(run_id)
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE runs SET state = 'cancelled', finished = ? WHERE id = ? AND state = 'queued'",
                (time.time(), run_id),
            )
            connection.execute("UPDATE runs SET cancel = 1 WHERE id = ? AND state = 'running'", (run_id,))
        return self.run(run_id)

    def delete(self, run_id: str, *, timeout: float = 5.0) -> None:
        """Delete a run, its rounds and its log; a running one is cancelled first.

        Args:
            run_id: which.
            timeout: seconds to wait for a running one to stop.

        Raises:
            StoreError: it did not stop in time (it stays, and is still being cancelled).
            UnknownRunError: there is none.
        """
        deadline = time.monotonic() + timeout
        info = self.request_cancel(run_id)
        while info.state == "running":
            if time.monotonic() > deadline:
                raise StoreError(
                    f"Run {run_id} has not stopped within {timeout:g} s. It has been asked to; "
                    "delete it again in a moment."
                )
            time.sleep(0.05)
            info = self.run(run_id)
        with self._database.transaction() as connection:
            deleted = connection.execute(
                "DELETE FROM runs WHERE id = ? AND state NOT IN ('queued', 'running')", (run_id,)
            ).rowcount
        if not deleted:
            raise StoreError(
                f"Run {run_id} was started or deleted elsewhere meanwhile. Look at the list again."
            )
        with suppress(OSError):
            log_path(self.home, run_id).unlink()

    def claim_next(self) -> RunInfo | None:
        """Take the oldest queued run: it is then running, held by this store. None: there is none to take."""
        for row in self._database.rows("SELECT id FROM runs WHERE state = 'queued' ORDER BY place"):
            if self._hold(row["id"]):
                if self._mark_running(row["id"]):
                    return self.run(row["id"])
                self._let_go(row["id"])
        return None

    def claim(self, config: RunConfig) -> RunInfo:
        """Take this run, submitting it on the way, so that no worker can take it first.

        Returns:
            The run: "running" and held by this store, or "done" from an earlier time.

        Raises:
            StoreError: another process carries it out.
        """
        run_id = config.run_id
        if not self._hold(run_id):
            raise StoreError(
                f"Run {run_id} is being carried out by another process. "
                "Follow it in the dashboard, or cancel it there first."
            )
        try:
            bury(self._database, run_id)
            self._enqueue(config)
            taken = self._mark_running(run_id)
        except BaseException:
            self._let_go(run_id)
            raise
        if not taken:
            self._let_go(run_id)
        return self.run(run_id)

    def start(self, run_id: str, record: Mapping[str, str]) -> None:
        """Write down what a running run is made with; again whenever more of it is known."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE runs SET record = ? WHERE id = ?", (json.dumps(dict(record)), run_id))

    def add_round(self, run_id: str, round_: Round) -> None:
        """Keep a round: wholly, or (StoreError) not at all."""
        add_round(self._database, run_id, round_)

    def finish(self, run_id: str, state: Literal["done", "cancelled", "failed"], error: str = "") -> RunInfo:
        """End a running run and let go of it, even where the end cannot be written down (StoreError)."""
        try:
            try:
                info = self._end(run_id, state, error)
            except StoreFullError:
                self._database.make_room()
                info = self._end(run_id, state, error)
        finally:
            self._let_go(run_id)
        if info is None:
            raise UnknownRunError(f"There is no run {run_id!r} any more.")
        return info

    def _enqueue(self, config: RunConfig) -> None:
        run_id = config.run_id
        with self._database.transaction() as connection:
            row = connection.execute("SELECT state FROM runs WHERE id = ?", (run_id,)).fetchone()
            if row is not None and row["state"] not in ("failed", "cancelled"):
                return
            place = connection.execute("SELECT coalesce(max(place), 0) + 1 FROM runs").fetchone()[0]
            # Its rounds go with the row.
            connection.execute("DELETE FROM runs WHERE id = ?", (run_id,))
            connection.execute(
                "INSERT INTO runs (id, config, state, place, created) VALUES (?, ?, 'queued', ?, ?)",
                (run_id, config.model_dump_json(), place, time.time()),
            )

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
            connection.execute(
                "UPDATE runs SET state = ?, error = ?, finished = ? WHERE id = ? AND state = 'running'",
                (state, error, time.time(), run_id),
            )
            # Within the transaction: right after it somebody may delete the run.
            return one_info(self._database, run_id)

    def _hold(self, run_id: str) -> bool:
        lock = locks.take(self.home, run_id, timeout=_CLAIM_SECONDS)
        if lock is not None:
            self._held[run_id] = lock
        return lock is not None

    def _let_go(self, run_id: str) -> None:
        if (lock := self._held.pop(run_id, None)) is not None:
            lock.release()


def _as_dead(info: RunInfo, unwritten: Mapping[str, str]) -> RunInfo:
    if info.id not in unwritten:
        return info
    return dataclasses.replace(info, state="failed", error=unwritten[info.id], seconds_left=None)
