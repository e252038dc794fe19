"""Which runs are one experiment carried out with several seeds."""

from collections.abc import Sequence

from alcore.runs.store.run_info import RunInfo


def same_but_for_seed(infos: Sequence[RunInfo]) -> list[list[RunInfo]]:
    """Runs that differ in nothing but the seed, together, in the order of the first of each."""
    found: dict[tuple[object, ...], list[RunInfo]] = {}
    for info in infos:
        config = info.config.model_copy(update={"seed": 0})
        found.setdefault((config, info.lineage, info.changes), []).append(info)
    return list(found.values())


def one_group_a_strategy(infos: Sequence[RunInfo]) -> bool:
    """Whether the runs of each strategy differ in nothing but the seed.

    Only then can the runs of a strategy be drawn as a mean with a band: a band is of one strategy.
    """
    return len(same_but_for_seed(infos)) == len({info.config.strategy for info in infos})
