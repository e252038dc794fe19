"""A stored run without its rounds: its state, its config, and its history of forks and changes."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args

from pydantic import TypeAdapter, ValidationError

from alcore.runs.config import RunConfig
from alcore.runs.errors import DamagedRunError
from alcore.storage.paths import is_run_id

State = Literal["queued", "running", "paused", "done", "cancelled", "failed"]
STATES: tuple[str, ...] = get_args(State)
# States from which a run can be resumed.
RESUMABLE = ("paused", "failed", "cancelled")
# Stored JSON objects: the record of a run, and the seconds and measures of a round.
TEXTS, NUMBERS = TypeAdapter(dict[str, str]), TypeAdapter(dict[str, float])
# Longest name accepted from a later version.
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Ancestor:
    """A run whose rounds are the first rounds of another.

    Attributes:
        run_id: its id; it may have been deleted since.
        config: its config, which selected the points before `until`.
        until: first round that is not its own any more.
    """

    run_id: str
    config: RunConfig
    until: int


@dataclass(frozen=True)
class RunHistory:
    """A config with its forks and changes.

    Attributes:
        config: config of the run; it alone applies after the last fork.
        lineage: runs it was forked from, that of the first rounds first.
        changes: (round, labels per round) from that round on, in order of rounds.
    """

    config: RunConfig
    lineage: tuple[Ancestor, ...] = ()
    changes: tuple[tuple[int, int], ...] = ()

    def config_at(self, number: int) -> RunConfig:
        """The config that selects the points in this round."""
        return next((ancestor.config for ancestor in self.lineage if number < ancestor.until), self.config)

    def labels_at(self, number: int) -> int:
        """Number of labels queried in this round."""
        made = [labels for start, labels in self.changes if start <= number]
        return made[-1] if made else self.config.labels_per_round

    @property
    def label_range(self) -> tuple[int, int]:
        """Number of labels before the first query and after the last."""
        first = self.config_at(0).label_range[0]
        return first, first + sum(map(self.labels_at, range(self.config.rounds)))

    @property
    def title(self) -> str:
        """The config's title, with forks and changes."""
        parts = [self.config.title]
        parts += [f"forked from {ancestor.run_id} at round {ancestor.until}" for ancestor in self.lineage[-1:]]
        parts += [f"{labels:,} labels a round from round {start} on" for start, labels in self.changes]
        return ", ".join(parts)

    def forked(self, run_id: str, number: int, config: RunConfig) -> "RunHistory":
        """The history of a fork: this run's first rounds, then another config.

        Args:
            run_id: this run's id.
            number: first round in which the other config selects points.
            config: the other config.
        """
        # An ancestor whose rounds reach beyond the kept ones is the last: the run itself has no part in them.
        before = [ancestor for ancestor in self.lineage if ancestor.until < number]
        parents = [*self.lineage[len(before) :], Ancestor(run_id, self.config, number)]
        before.append(Ancestor(parents[0].run_id, parents[0].config, number))
        changes = tuple(change for change in self.changes if change[0] <= number)
        return RunHistory(config, tuple(before), changes)

    @property
    def fork_id(self) -> str:
        """The id of a forked run: from its config, and from the run and the round it was forked from."""
        last = self.lineage[-1]
        whole = f"{self.config.run_id} from {last.run_id} at {last.until} with {list(self.changes)}"
        return hashlib.sha256(whole.encode()).hexdigest()[:12]


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
        return self.state in RESUMABLE


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


def same_but_for_seed(infos: Sequence[RunInfo]) -> list[list[RunInfo]]:
    """Groups of runs that differ only in their seed, in the order of the first run of each."""
    found: dict[tuple[object, ...], list[RunInfo]] = {}
    for info in infos:
        config = info.config.model_copy(update={"seed": 0})
        found.setdefault((config, info.lineage, info.changes), []).append(info)
    return list(found.values())


def one_group_a_strategy(infos: Sequence[RunInfo]) -> bool:
    """Whether the runs of each strategy differ only in their seed, so that their curves have a mean and a band."""
    return len(same_but_for_seed(infos)) == len({info.config.strategy for info in infos})


def lineage_text(lineage: Sequence[Ancestor]) -> str:
    """Ancestors in stored form."""
    return json.dumps(
        [{"run": one.run_id, "until": one.until, "config": one.config.model_dump(mode="json")} for one in lineage]
    )


def lineage_of(text: str) -> tuple[Ancestor, ...]:
    """Ancestors from `lineage_text`.

    Raises:
        DamagedRunError: if the text is not from `lineage_text`.
    """
    if text == "[]":
        return ()
    try:
        found = tuple(Ancestor(one["run"], _config(one["config"]), one["until"]) for one in _json_of(text))
    except (KeyError, TypeError) as error:
        raise DamagedRunError("what it was forked from cannot be read") from error
    if not all(is_run_id(one.run_id) and type(one.until) is int and one.until >= 0 for one in found):
        raise DamagedRunError("what it was forked from cannot be read")
    untils = [ancestor.until for ancestor in found]
    if untils != sorted(untils):
        raise DamagedRunError("the rounds of its forks are not in order")
    return found


def config_of_text(text: str) -> RunConfig:
    """A config from the store; configs of other versions are listed, shown and exported, but cannot be run.

    Raises:
        DamagedRunError: if it is not a config, or a value is out of its bounds.
    """
    return _config(_json_of(text))


def _json_of(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DamagedRunError(f"what should be JSON cannot be read: {str(error)[:80]}") from error


def _config(fields: Any) -> RunConfig:
    if not isinstance(fields, dict):
        raise DamagedRunError("its settings are none")
    try:
        # Strict: a later version may have other names, but numbers and their bounds are the same.
        return RunConfig.model_validate(fields, strict=True)
    except ValidationError as error:
        for part in error.errors(include_url=False):
            another_version = part["type"] in ("value_error", "extra_forbidden")
            if not another_version or len(str(part["input"])) > _LONGEST_NAME and part["loc"]:
                name = ".".join(map(str, part["loc"]))[:_LONGEST_NAME]
                raise DamagedRunError(f"its settings cannot be read: {name}: {part['msg'][:80]}") from error
        known = {name: value for name, value in fields.items() if name in RunConfig.model_fields}
        return RunConfig.model_construct(**known)
