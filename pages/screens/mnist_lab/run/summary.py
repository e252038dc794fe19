"""The results of runs in sentences."""

from collections.abc import Mapping, Sequence
from typing import Any

from alcore.datasets.catalogue import DATASETS
from alcore.report.curves import curve_frame
from alcore.report.phrases import percent, plural
from alcore.report.style import SHARES
from alcore.report.text.race import describe_frame
from alcore.runs.config import RunConfig
from alcore.runs.store.run_info import RunInfo
from pages.screens.mnist_lab import texts

Rows = list[dict[str, Any]]


def starts_of(infos: Sequence[RunInfo]) -> set[RunConfig]:
    """The distinct starts of these runs, ignoring seeds: a single one if they differ only in strategy and seed."""
    return {info.config.rival.model_copy(update={"seed": 0}) for info in infos}


def verdict(infos: Sequence[RunInfo], rows: Rows) -> str:
    """The comparison of the runs in a sentence, or why they cannot be compared."""
    if len(starts_of(infos)) > 1:
        return "These runs differ in more than strategy and seed: the chart shows them side by side, without a verdict."
    early = [info for info in infos if info.state != "done"]
    if early:
        stopped = " and ".join(f"{texts.strategy(info.config.strategy)} ({info.state})" for info in early)
        return f"Not every run was finished: {stopped}. A verdict needs the whole curves."
    counts = [{row["labels"] for row in rows if row["run"] == info.id} for info in infos]
    step = infos[0].config.labels_per_round
    if not set.intersection(*counts) and any(info.config.calibration % step for info in infos):
        return (
            "These runs have no number of labels in common, so they cannot be compared. They have if the labels "
            f"held out to calibrate are a multiple of the labels per round: {step:,}, {2 * step:,}, or more."
        )
    points = DATASETS[infos[0].config.dataset].test_points
    return describe_frame(curve_frame(rows), names=texts.STRATEGY_NAMES, test_points=points)


def latest(infos: Sequence[RunInfo], rows: Rows, metric: str) -> str:
    """The status of each run, as alternative text of the chart."""
    last = {row["run"]: row for row in rows}
    parts = [
        f"{texts.strategy(info.config.strategy)}: {_standing(last[info.id], metric)}"
        for info in infos
        if info.id in last
    ]
    return "; ".join(parts) or "No round has finished yet."


def _standing(row: Mapping[str, Any], metric: str) -> str:
    """A metric of a round, and its labels."""
    labels, value = plural(row["labels"], "label"), row[metric]
    if metric == "labels":
        return labels
    if value is None or value != value:
        return f"not measured with {labels}"
    return f"{percent(value) if metric in SHARES else f'{value:.4g}'} with {labels}"
