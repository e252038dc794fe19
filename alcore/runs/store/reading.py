"""The reading half of the store: runs, their rounds and curves, the queue."""

import dataclasses
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Literal

from filelock import FileLock

from alcore.did_you_mean import did_you_mean
from alcore.loops.pool.simulate import Round
from alcore.runs.errors import DamagedRunError, UnknownRunError
from alcore.runs.paths import is_run_id
from alcore.runs.store import checkpoints
from alcore.runs.store.crashed_runs import mark_all_crashed
from alcore.runs.store.listing import Listing, all_runs, next_runs, one_run
from alcore.runs.store.round_rows import curve_rows, one_round, rounds_after
from alcore.runs.store.run_info import DamagedRun, RunInfo
from alcore.runs.store.schema import Database

# Largest number of ids searched for a mistyped id, and of those listed.
_NEAR, _SHOWN = 1000, 60


class StoredRuns:
    """Read access to runs and their rounds; `Store` adds write access."""

    def __init__(self, home: Path, timeout: float) -> None:
        self.home = Path(home)
        self._held: dict[str, FileLock] = {}
        self._database = Database(self.home, timeout)

    def listing(self) -> Listing:
        """All undamaged runs, newest first, and separately the damaged ones."""
        unwritten = mark_all_crashed(self._database, self._held)
        found = all_runs(self._database)
        return Listing([_as_dead(info, unwritten) for info in found.runs], found.damaged)

    def runs(self) -> list[RunInfo]:
        """All undamaged runs, newest first."""
        return self.listing().runs

    def run(self, run_id: str) -> RunInfo:
        """The run of this id.

        Raises:
            DamagedRunError: if its row is damaged.
            UnknownRunError: if there is none; the sentence suggests similar ids.
        """
        unwritten = mark_all_crashed(self._database, self._held, run_id)
        info = one_run(self._database, run_id)
        if info is None:
            raise self._unknown(run_id)
        if isinstance(info, DamagedRun):
            raise DamagedRunError(info.sentence)
        return _as_dead(info, unwritten)

    def find(self, run_id: str) -> RunInfo | None:
        """The run of this id, or None.

        Raises:
            DamagedRunError: if its row is damaged.
        """
        try:
            return self.run(run_id)
        except UnknownRunError:
            return None

    def rounds(self, run_id: str, *, after: int = -1) -> list[Round]:
        """The stored rounds after number `after`, in order, with their arrays; cheap to poll."""
        return rounds_after(self._database, run_id, after)

    def round(self, run_id: str, number: int) -> Round | None:
        """A stored round with its arrays; None if there is none."""
        return one_round(self._database, run_id, number)

    def curve(self, run_ids: Sequence[str]) -> list[dict[str, str | int | float]]:
        """Tidy rows, one per round, run after run, for `alcore.report.curves.curve_frame`.

        Raises:
            UnknownRunError: if a run does not exist.
        """
        return [row for run_id in run_ids for row in curve_rows(self._database, run_id, self.run(run_id).config)]

    def queue(self) -> list[RunInfo]:
        """Running runs, then queued runs in order."""
        return queue_of(self.runs())

    def something_queued(self) -> bool:
        """Whether any run is queued."""
        return self.waiting(1) > 0

    def waiting(self, most: int | None = None) -> int:
        """Number of queued runs, counted up to a limit; damaged runs are not counted."""
        return sum(1 for _ in islice(next_runs(self._database), most))

    def stop_asked(self, run_id: str) -> Literal["cancel", "pause"] | None:
        """Whether a running run has a request to cancel (or was deleted) or to pause. Cheap to poll."""
        rows = self._database.rows("SELECT cancel, pause FROM runs WHERE id = ?", (run_id,))
        if not rows or rows[0]["cancel"]:
            return "cancel"
        return "pause" if rows[0]["pause"] else None

    def carried(self, run_id: str, number: int) -> bytes:
        """The learner's checkpoint after this round, or b"" if it is gone."""
        return checkpoints.load_checkpoint(self.home, run_id, number) or b""

    def _unknown(self, run_id: str) -> UnknownRunError:
        rows = self._database.rows("SELECT id FROM runs ORDER BY place DESC LIMIT ?", (_NEAR,))
        known = [row["id"] for row in rows if is_run_id(row["id"])]
        shown = repr(run_id) if len(run_id) <= _SHOWN else f"{run_id[:_SHOWN]!r}..."
        return UnknownRunError(f"There is no run {shown}. {did_you_mean(run_id[:_SHOWN], known)}")


def queue_of(infos: Sequence[RunInfo]) -> list[RunInfo]:
    """Running runs of these, then queued runs in order."""
    active = [info for info in infos if info.state in ("running", "queued")]
    return sorted(active, key=lambda info: (info.queue_position or 0, info.started or 0.0))


def _as_dead(info: RunInfo, unwritten: Mapping[str, str]) -> RunInfo:
    if info.id not in unwritten:
        return info
    return dataclasses.replace(info, state="failed", error=unwritten[info.id], seconds_left=None)
