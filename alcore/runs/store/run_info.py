"""What is known of a run without its rounds."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

from alcore.runs.config import RunConfig
from alcore.runs.store.run_history import Ancestor, RunHistory, config_of_text, lineage_of

State = Literal["queued", "running", "paused", "done", "cancelled", "failed"]
STATES: tuple[str, ...] = get_args(State)


@dataclass(frozen=True)
class RunInfo:
    """A run as the store knows it.

    Attributes:
        id: the config's `run_id`.
        config_text: what is run, as it is stored; `config` reads it when it is needed.
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
        lineage_text: the runs it was forked from, as they are stored; `lineage` reads it.
        changes: (round, labels per round) from that round on, where that was changed on the way.
    """

    id: str
    config_text: str = field(repr=False)
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
    lineage_text: str = field(default="[]", repr=False)
    changes: tuple[tuple[int, int], ...] = ()

    # Read only where they are looked at: a list of ten thousand runs shows a few.
    @cached_property
    def config(self) -> RunConfig:
        """What is run.

        Raises:
            DamagedRunError: it cannot be read; never where the store has checked it, as it does on reading.
        """
        return config_of_text(self.config_text)

    @cached_property
    def lineage(self) -> tuple[Ancestor, ...]:
        """The runs it was forked from, the first rounds' first; raises as `config` does."""
        return lineage_of(self.lineage_text)

    @property
    def course(self) -> RunHistory:
        """What it does round by round."""
        return RunHistory(self.config, self.lineage, self.changes)

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


@dataclass(frozen=True)
class DamagedRun:
    """A row of the store that is not what was written: it can be deleted, and nothing else.

    Attributes:
        name: its id; where that is no id, "row-N".
        row: the number of its row.
        reason: what is wrong, a phrase.
    """

    name: str
    row: int
    reason: str

    @property
    def sentence(self) -> str:
        """What is wrong, and what can be done."""
        return (
            f"Run {self.name} is damaged in the store ({self.reason}); no other run is touched. Put back a "
            f"copy of the store, or delete this run: python -m alcore delete {self.name}"
        )
