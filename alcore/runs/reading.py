"""The reading half of the store: runs as they are, their rounds and curves, the queue."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from filelock import FileLock

from alcore.loops.pool import Round
from alcore.runs import checkpoints
from alcore.runs.database import Database
from alcore.runs.errors import UnknownRunError
from alcore.runs.info import RunInfo, all_infos, one_info
from alcore.runs.life import bury_dead
from alcore.runs.names import did_you_mean
from alcore.runs.rounds import curve_rows, one_round, rounds_after


class StoredRuns:
    """Runs and their rounds, to look at; see `Store`, which also writes."""

    def __init__(self, home: Path, timeout: float) -> None:
        self.home = Path(home)
        self._held: dict[str, FileLock] = {}
        self._database = Database(self.home, timeout)

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

    def queue(self) -> list[RunInfo]:
        """What is running, and then what waits, in the order in which it will be carried out."""
        infos = [info for info in self.runs() if info.state in ("running", "queued")]
        return sorted(infos, key=lambda info: (info.queue_position or 0, info.started or 0.0))

    def something_queued(self) -> bool:
        """Whether a run waits for a worker."""
        return self.waiting() > 0

    def waiting(self) -> int:
        """How many runs wait for a worker."""
        rows = self._database.rows("SELECT count(*) AS waiting FROM runs WHERE state = 'queued'")
        return int(rows[0]["waiting"])

    def stop_asked(self, run_id: str) -> Literal["cancel", "pause"] | None:
        """Whether a running run should stop, for good (or because it is gone) or a while. Cheap to poll."""
        rows = self._database.rows("SELECT cancel, pause FROM runs WHERE id = ?", (run_id,))
        if not rows or rows[0]["cancel"]:
            return "cancel"
        return "pause" if rows[0]["pause"] else None

    def carried(self, run_id: str, number: int) -> bytes:
        """What the learner carried on from this round, if it is still there, else b""."""
        return checkpoints.kept(self.home, run_id, number) or b""


def _as_dead(info: RunInfo, unwritten: Mapping[str, str]) -> RunInfo:
    if info.id not in unwritten:
        return info
    return dataclasses.replace(info, state="failed", error=unwritten[info.id], seconds_left=None)
