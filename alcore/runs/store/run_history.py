"""The history of a run by round: its config, the runs it was forked from, and its changes of labels per round."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from alcore.runs.config import RunConfig
from alcore.runs.errors import DamagedRunError
from alcore.runs.paths import is_run_id

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
        before: list[Ancestor] = []
        for ancestor in self.lineage:
            if ancestor.until >= number:
                # The kept rounds end within this ancestor: the run itself has no part in them.
                before.append(Ancestor(ancestor.run_id, ancestor.config, number))
                break
            before.append(ancestor)
        else:
            before.append(Ancestor(run_id, self.config, number))
        changes = tuple(change for change in self.changes if change[0] <= number)
        return RunHistory(config, tuple(before), changes)

    @property
    def fork_id(self) -> str:
        """The id of a forked run: from its config, and from the run and the round it was forked from."""
        last = self.lineage[-1]
        whole = f"{self.config.run_id} from {last.run_id} at {last.until} with {list(self.changes)}"
        return hashlib.sha256(whole.encode()).hexdigest()[:12]


def lineage_text(lineage: Sequence[Ancestor]) -> str:
    """Ancestors in stored form."""
    return json.dumps(
        [{"run": one.run_id, "until": one.until, "config": json.loads(one.config.model_dump_json())} for one in lineage]
    )


def lineage_of(text: str) -> tuple[Ancestor, ...]:
    """Ancestors from `lineage_text`.

    Raises:
        DamagedRunError: if the text is not from `lineage_text`.
    """
    if text == "[]":
        return ()
    found = json_of(text, list)
    try:
        ancestors = tuple(Ancestor(one["run"], _config(one["config"]), one["until"]) for one in found)
    except (KeyError, TypeError) as error:
        raise DamagedRunError("what it was forked from cannot be read") from error
    untils = [ancestor.until for ancestor in ancestors]
    if not all(is_run_id(one.run_id) and type(one.until) is int and one.until >= 0 for one in ancestors):
        raise DamagedRunError("what it was forked from cannot be read")
    if untils != sorted(untils):
        raise DamagedRunError("the rounds of its forks are not in order")
    return ancestors


def config_of_text(text: str) -> RunConfig:
    """A config from the store; configs of other versions are listed, shown and exported, but cannot be run.

    Raises:
        DamagedRunError: if it is not a config, or a value is out of its bounds.
    """
    return _config(json_of(text, dict))


def json_of(text: str, kind: type[dict] | type[list]) -> Any:
    """A stored JSON object or array.

    Raises:
        DamagedRunError: if it is neither.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DamagedRunError(f"what should be JSON cannot be read: {str(error)[:80]}") from error
    if not isinstance(found, kind):
        raise DamagedRunError(f"what should be JSON is {type(found).__name__}")
    return found


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
