"""A run's status without its rounds."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

from alcore.runs.config import RunConfig
from alcore.runs.store.run_history import Ancestor, RunHistory, config_of_text, lineage_of

State = Literal["queued", "running", "paused", "done", "cancelled", "failed"]
STATES: tuple[str, ...] = get_args(State)


@dataclass(frozen=True)
class RunInfo:
    """A run's status in the store.

    Attributes:
        id: the config's `run_id`.
        config_text: the stored config; `config` parses it on demand.
        state: queued, running, paused, done, cancelled or failed.
        error: error sentence of a failed run, otherwise "".
        record: environment of the result: device, scoring mode, versions, threads, platform.
        created: time of submission, seconds since the epoch.
        started: time of the last start by a process; None before.
        finished: time of its end; None before.
        rounds_done: stored rounds, including round 0; a done run has config.rounds + 1 unless its pool ran out.
        labels: labels after the last stored round; None before the first.
        accuracy: test accuracy in the last stored round; None before the first.
        queue_position: 1 for the next queued run; None unless queued.
        seconds_left: estimate for a running run with at least one round, otherwise None.
        cancel_asked: cancellation is requested and pending.
        pause_asked: a pause is requested and pending.
        lineage_text: stored ancestors; `lineage` parses it.
        changes: (round, labels per round) from that round on, if changed.
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

    # Parsed on demand: a list of ten thousand runs shows a few.
    @cached_property
    def config(self) -> RunConfig:
        """The config.

        Raises:
            DamagedRunError: if it cannot be parsed; never after the store has validated it, as it does on reading.
        """
        return config_of_text(self.config_text)

    @cached_property
    def lineage(self) -> tuple[Ancestor, ...]:
        """The runs it was forked from, that of the first rounds first; raises as `config` does."""
        return lineage_of(self.lineage_text)

    @property
    def course(self) -> RunHistory:
        """Its history by round."""
        return RunHistory(self.config, self.lineage, self.changes)

    @property
    def title(self) -> str:
        """The config's title, with forks and changes of labels per round."""
        return self.course.title

    @property
    def labels_per_round(self) -> int:
        """Number of labels that the next round queries."""
        return self.course.labels_at(self.rounds_done + (self.state == "running"))

    @property
    def resumable(self) -> bool:
        """Whether it can resume after its last stored round."""
        return self.state in ("paused", "failed", "cancelled")


@dataclass(frozen=True)
class DamagedRun:
    """A damaged row of the store: it can only be deleted.

    Attributes:
        name: its id; "row-N" if the id is invalid.
        row: number of the row.
        reason: kind of damage, a phrase.
    """

    name: str
    row: int
    reason: str

    @property
    def sentence(self) -> str:
        """The damage and the next step, in a sentence."""
        return (
            f"Run {self.name} is damaged in the store ({self.reason}); no other run is touched. Put back a "
            f"copy of the store, or delete this run: python -m alcore delete {self.name}"
        )
