"""Display texts of runs, states and times."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.catalogue import DATASETS
from alcore.learners.registry import LEARNERS, is_network
from alcore.report.phrases import percent, plural
from alcore.runs.config import RunConfig
from alcore.runs.config_data import STOPPED
from alcore.runs.store.run_info import RunInfo
from alcore.strategies.catalogue import STRATEGIES

STRATEGY_NAMES = {name: strategy.label for name, strategy in STRATEGIES.items()}
# State -> word, icon, colour of the badge. Word and icon repeat the information of the colour.
STATES = {
    "queued": ("Queued", ":material/schedule:", "gray"),
    "running": ("Running", ":material/play_circle:", "blue"),
    "done": ("Done", ":material/check_circle:", "green"),
    "cancelled": ("Cancelled", ":material/block:", "orange"),
    "paused": ("Paused", ":material/pause_circle:", "violet"),
    "failed": ("Failed", ":material/error:", "red"),
}
ACTIVE = ("queued", "running")


def strategy(name: str) -> str:
    """A strategy's display name; the key itself for a strategy of a later version."""
    return STRATEGY_NAMES.get(name, name)


def dataset(name: str) -> str:
    """A data set's display name; the key itself for a data set of a later version."""
    return DATASETS[name].label if name in DATASETS else name


def learner(name: str) -> str:
    """A learner's display name; its key in readable form for a learner of a later version."""
    return LEARNERS[name].label if name in LEARNERS else name.replace("_", " ")


def title(config: RunConfig) -> str:
    """A run in a list: the settings that users are likely to change."""
    return f"{strategy(config.strategy)} · {start(config)}"


def exported(info: RunInfo, **more: object) -> dict[str, Any]:
    """All settings of a run and its record, for exported files."""
    return {**info.config.model_dump(mode="json"), "run": info.id, **more, **info.record}


def run(info: RunInfo) -> str:
    """A run in a list, with the run that it was forked from."""
    return title(info.config) + "".join(f", forked at round {ancestor.until + 1}" for ancestor in info.lineage[-1:])


def way(info: RunInfo) -> str:
    """The changes of a run, and why it ended early, in sentences; empty if there are none."""
    forks = [
        f"Rounds before {ancestor.until + 1} are those of {strategy(ancestor.config.strategy)}, run {ancestor.run_id}"
        for ancestor in info.lineage
    ]
    changes = [f"{plural(labels, 'label')} a round from round {number + 1} on" for number, labels in info.changes]
    return "".join(f"{part}. " for part in [*forks, *changes, *_end(info)]).strip()


def _end(info: RunInfo) -> list[str]:
    if info.state != "done" or info.rounds_done > info.config.rounds:
        return []
    if STOPPED in info.record:
        return [f"Ended early, after round {info.rounds_done - 1}: {info.record[STOPPED]}"]
    return [f"Ended after round {info.rounds_done - 1}: no image without a label was left"]


def start(config: RunConfig) -> str:
    """The settings that a run shares with its rivals: all except the strategy."""
    parts = [
        f"{learner(config.learner)} on {dataset(config.dataset)}",
        f"{config.seed_labels:,} + {config.rounds} × {config.labels_per_round:,} labels",
        *_extras(config),
        f"seed {config.seed}",
    ]
    return ", ".join(parts)


def race(infos: Sequence[RunInfo]) -> str:
    """The settings shared by runs that differ in strategy and seed; several seeds are counted."""
    seeds = {info.config.seed for info in infos}
    shared = start(infos[0].config)
    return shared if len(seeds) == 1 else f"{shared.rpartition(', ')[0]}, {plural(len(seeds), 'seed')}"


def _extras(config: RunConfig) -> list[str]:
    parts = []
    if config.epochs != 1 and config.steps is None and is_network(config.learner):
        parts.append(f"{config.epochs} epochs")
    if not config.carry_on:
        parts.append("from scratch")
    if config.seed_set != "random":
        parts.append(f"{config.seed_set} start")
    if config.pool_size is not None:
        parts.append(f"pool of {config.pool_size:,}")
    if config.device != "auto":
        parts.append("GPU" if config.device == "cuda" else config.device.upper())
    return parts + config.remedies


def legend(infos: Sequence[RunInfo], *, short: bool = False) -> dict[str, str]:
    """Legend entries by run id: the strategy, and all other differences between these runs.

    `short`, for a narrow screen: a single difference, if it is enough to distinguish the runs.
    """
    starts = {info.id: start(info.config).split(", ") for info in infos}
    common = set.intersection(*map(set, starts.values())) if starts else set()
    names = {info.id: strategy(info.config.strategy) for info in infos}
    differences = {run_id: [part for part in parts if part not in common] for run_id, parts in starts.items()}
    if short:
        for place in range(min(map(len, differences.values()), default=0)):
            told = {run_id: f"{name}, {differences[run_id][place]}" for run_id, name in names.items()}
            if len(set(told.values())) == len(told):
                return told
    return {run_id: ", ".join([name, *differences[run_id]]) for run_id, name in names.items()}


def estimated(seconds: float) -> str:
    """An estimated duration as text: about 34 s, less than 1 s."""
    return ("" if seconds < 1 else "about ") + duration(seconds)


def duration(seconds: float) -> str:
    """A duration as text: 34 s, 2 min 5 s, 1 h 4 min."""
    if seconds < 1:
        return "less than 1 s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def moment(epoch_seconds: float | None) -> str:
    """A date and time in the server's time zone."""
    return "" if epoch_seconds is None else f"{datetime.fromtimestamp(epoch_seconds):%Y-%m-%d %H:%M}"


def ordinal(place: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th`."""
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place:,}{ending}"


def share(of: NDArray[np.bool_]) -> str:
    """The share of true values, in percent."""
    return f"{percent(float(of.mean()), 0)}" if len(of) else "none"
