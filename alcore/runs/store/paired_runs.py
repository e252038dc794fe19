"""Grouping of runs that differ only in their seed."""

from collections.abc import Sequence

from alcore.runs.store.run_info import RunInfo


def same_but_for_seed(infos: Sequence[RunInfo]) -> list[list[RunInfo]]:
    """Groups of runs that differ only in their seed, in the order of the first run of each."""
    found: dict[tuple[object, ...], list[RunInfo]] = {}
    for info in infos:
        config = info.config.model_copy(update={"seed": 0})
        found.setdefault((config, info.lineage, info.changes), []).append(info)
    return list(found.values())


def one_group_a_strategy(infos: Sequence[RunInfo]) -> bool:
    """Whether the runs of each strategy differ only in their seed.

    This is required for drawing the runs of a strategy as a mean with a band.
    """
    return len(same_but_for_seed(infos)) == len({info.config.strategy for info in infos})
