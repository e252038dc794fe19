"""What a running run does at this moment: a small file beside the store, replaced several times a second."""

import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from alcore.storage.errors import StoreError
from alcore.storage.paths import inside, open_private

# Seconds between two writes, and losses kept of one training: each further one halves their number.
EVERY, MOST = 0.3, 200


@dataclass(frozen=True)
class LiveState:
    """A moment of a run.

    Attributes:
        round: number of the round.
        stage: train, evaluate, select or map.
        since: start of the stage, seconds since the epoch.
        steps: gradient steps at which the losses below were measured.
        losses: mean training loss in nats since the step before.
        batch: the query selected last, in picking order; empty before the first.
    """

    round: int
    stage: str
    since: float
    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    batch: list[int] = field(default_factory=list)


class LiveWriter:
    """Writes the moments of a run. A disk that is full or read-only is no reason to stop a run: nothing is raised."""

    def __init__(self, home: Path, run_id: str) -> None:
        """For the run of this id."""
        self._path = live_path(home, run_id)
        self._state = LiveState(0, "train", time.time())
        self._written = 0.0
        self._spacing = 1

    def stage(self, number: int, stage: str, batch: Sequence[int] = ()) -> None:
        """Note that a stage of a round begins; with the batch, if it is known."""
        fresh = stage == "train"
        # The batch chosen last is the one that the next training learns.
        chosen = [int(index) for index in batch] or self._state.batch
        steps, losses = ([], []) if fresh else (self._state.steps, self._state.losses)
        self._state = LiveState(number, stage, time.time(), steps, losses, chosen)
        self._spacing = 1 if fresh else self._spacing
        self._write()

    def loss(self, step: int, loss: float) -> None:
        """Note the training loss up to a gradient step, from 1."""
        steps, losses = self._state.steps, self._state.losses
        if steps and step - steps[-1] < self._spacing:
            return
        steps.append(step)
        losses.append(loss)
        if len(steps) > MOST:
            del steps[::2], losses[::2]
            self._spacing = max(self._spacing, steps[1] - steps[0])
        if time.monotonic() - self._written > EVERY:
            self._write()

    def end(self) -> None:
        """Remove the file: the run is no longer in progress."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _write(self) -> None:
        self._written = time.monotonic()
        beside = self._path.with_suffix(".part")
        with suppress(OSError):
            with open_private(beside, "w", encoding="utf-8") as file:
                json.dump(asdict(self._state), file)
            beside.replace(self._path)


def live_path(home: Path, run_id: str) -> Path:
    """The file of a run in progress.

    Raises:
        StoreError: if the id is no plain file name.
    """
    return inside(home, "live", f"{run_id}.json")


def read_live(home: Path, run_id: str) -> LiveState | None:
    """The present moment of a run; None if it is not in progress."""
    try:
        found = json.loads(live_path(home, run_id).read_text(encoding="utf-8"))
        return LiveState(**found)
    except (OSError, ValueError, TypeError, StoreError):
        return None
