"""Cells of a tournament carried out in groups: in lockstep where it serves, else one after the other."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from threadpoolctl import threadpool_limits

from alcore.datasets.catalogue import load_dataset
from alcore.datasets.dataset import Dataset
from alcore.loops.pool.simulate import simulate
from alcore.loops.races.fast_paths import lockstep_races, serves_lockstep
from alcore.loops.races.settings import RaceSettings
from alcore.runs.config import RunConfig
from alcore.runs.config_data import harden, learner_of, start_options, stop_rules_of, strategy_of
from alcore.runs.tournament.cells import CellFailure, CellResult

# Configs that differ in seed and strategy only.
Group = tuple[RunConfig, ...]
# Seeds of a group: with more, races are hardly faster, and an interruption loses more of them.
SEEDS = 5
# Fields of a config that races in lockstep read; all others must have their defaults.
_READ = {"dataset", "learner", "strategy", "seed", "seed_set", "seed_labels", "labels_per_round", "rounds", "device"}
_READ |= {"epsilon", "density"}


def grouped(configs: Iterable[RunConfig], home: str = "") -> list[Group]:
    """Groups for `run_group`, in the order of their first configs.

    In lockstep a group has all strategies of a task on up to `SEEDS` seeds, otherwise one config.

    Args:
        configs: cells of a tournament.
        home: folder of downloaded data sets.
    """
    rows: dict[RunConfig, list[RunConfig]] = {}
    order: dict[str, int] = {}
    for number, config in enumerate(configs):
        rows.setdefault(config.rival, []).append(config)
        order[config.run_id] = number
    alike: dict[Group, list[list[RunConfig]]] = {}
    for row in rows.values():
        alike.setdefault(tuple(config.model_copy(update={"seed": 0}) for config in row), []).append(row)
    groups: list[Group] = []
    for same in alike.values():
        if _is_fast(same[0][0], home):
            parts = (same[first : first + SEEDS] for first in range(0, len(same), SEEDS))
            groups += [tuple(config for row in part for config in row) for part in parts]
        else:
            groups += [(config,) for row in same for config in row]
    return sorted(groups, key=lambda group: order[group[0].run_id])


def run_group(group: Group, home: str = "") -> list[CellResult]:
    """Carry out a group; each result is that of `run_cell`, whatever the process, other load and other cells.

    Raises:
        Exception: any exception of a strategy, the learner or the data set.
    """
    # Sums in several threads are added in a different order, with different last digits.
    with threadpool_limits(1):
        datasets = {config.seed: harden(_dataset(config.dataset, config.seed, home), config) for config in group}
        rows: dict[int, list[RunConfig]] = {}
        for config in group:
            if _serves(config, datasets[config.seed]):
                rows.setdefault(config.seed, []).append(config)
        # What one call of the engine takes: the same strategies on pools and test sets of one size.
        stacks: dict[tuple[object, ...], list[list[RunConfig]]] = {}
        for seed, row in rows.items():
            sizes = datasets[seed].x_pool.shape, datasets[seed].x_test.shape, datasets[seed].classes
            stacks.setdefault((*sizes, *(config.strategy for config in row)), []).append(row)
        results = {one.cell: one for stack in stacks.values() for one in _in_lockstep(stack, datasets)}
        for config in group:
            if config.run_id not in results:
                results[config.run_id] = _one_by_one(config, datasets[config.seed])
    return [results[config.run_id] for config in group]


def run_cell(config: RunConfig, home: str = "") -> CellResult:
    """Carry out a cell.

    Args:
        config: the cell's config. The seed alone sets split and start: cells that differ only in strategy are paired.
        home: folder of downloaded data sets; bundled data sets need none.

    Raises:
        Exception: as `run_group`.
    """
    return run_group((config,), home)[0]


def try_group(group: Group, home: str = "") -> list[CellResult | CellFailure]:
    """`run_group` with errors as results: an error stops no other cell."""
    try:
        return list(run_group(group, home))
    except Exception as error:
        if len(group) > 1:
            return [outcome for config in group for outcome in try_group((config,), home)]
        return [CellFailure(group[0].run_id, f"{type(error).__name__}: {error}")]


def _in_lockstep(stack: Sequence[Sequence[RunConfig]], datasets: dict[int, Dataset]) -> list[CellResult]:
    """Results of a rectangle of configs: rows of one seed each, with the same strategies."""
    first = stack[0][0]
    races = lockstep_races(
        datasets.__getitem__,
        [strategy_of(config) for config in stack[0]],
        learner=first.learner,
        seeds=[row[0].seed for row in stack],
        settings=RaceSettings(first.seed_labels, first.labels_per_round, first.rounds, first.seed_set),
    )
    return [
        CellResult(
            config.run_id,
            len(datasets[config.seed].y_test),
            tuple(races.labels_T.tolist()),
            tuple(round(share * len(datasets[config.seed].y_test)) for share in races.accuracy_S_R_T[s, r]),
            tuple(races.train_loss_S_R_T[s, r].tolist()),
            float(races.query_seconds_S_R[s, r]),
        )
        for s, row in enumerate(stack)
        for r, config in enumerate(row)
    ]


def _one_by_one(config: RunConfig, data: Dataset) -> CellResult:
    rounds = list(
        simulate(
            data,
            learner_of(config.model_copy(update={"device": "cpu"}), data),
            strategy_of(config),
            labels_per_round=config.labels_per_round,
            rounds=config.rounds,
            stop=stop_rules_of(config),
            **start_options(config),
        )
    )
    return CellResult(
        config.run_id,
        len(data.y_test),
        tuple(round_.labels for round_ in rounds),
        tuple(round(round_.accuracy * len(data.y_test)) for round_ in rounds),
        tuple(float(round_.train_loss) for round_ in rounds),
        sum(round_.seconds["score"] + round_.seconds["select"] for round_ in rounds),
    )


def _serves(config: RunConfig, data: Dataset) -> bool:
    """Whether the lockstep engine gives the curve of `simulate`: a linear model on a small table, nothing special."""
    fields = RunConfig.model_fields
    if config.seed_set == "published" or any(
        getattr(config, name) != fields[name].default for name in fields if name not in _READ
    ):
        return False
    return serves_lockstep(data, config.learner, [strategy_of(config)])


def _is_fast(config: RunConfig, home: str) -> bool:
    """Whether a group with this config may run in lockstep; an error of its data set is left to the group."""
    try:
        return _serves(config, harden(_dataset(config.dataset, config.seed, home), config))
    except Exception:
        return False


@lru_cache(maxsize=16)
def _dataset(name: str, seed: int, home: str) -> Dataset:
    return load_dataset(name, seed=seed, home=Path(home), download=False)
