"""Paired races with any learner: the pool loop once for each seed and strategy, in one process or several."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.learners.estimators import pool_learner
from alcore.loops.get_strategy import AnyStrategy, get_strategy
from alcore.loops.pool.simulate import simulate
from alcore.loops.races.lockstep import names_of
from alcore.loops.races.paired import PairedRaces
from alcore.loops.seed_set import SeedSet
from alcore.loops.steps import OnStep, ignored

DatasetOfSeed = Callable[[int], Dataset]


@dataclass(frozen=True)
class RaceSettings:
    """The settings of all races.

    Attributes:
        initial_labels: labels before the first query.
        labels_per_round: labels of a query; fewer in the last if the pool runs out.
        rounds: queries.
        seed_set: how the first labels are chosen, see `seed_indices`.
    """

    initial_labels: int
    labels_per_round: int
    rounds: int
    seed_set: SeedSet = "random"


def paired_loops(
    dataset_of: DatasetOfSeed,
    learner: Any,
    strategies: Sequence[AnyStrategy],
    *,
    seeds: Sequence[int],
    settings: RaceSettings,
    n_jobs: int = 1,
    on_step: OnStep = ignored,
) -> PairedRaces:
    """Race strategies over many seeds; the curves do not depend on the number of processes.

    Args:
        dataset_of: seed -> its data set, of one size for all; it can be pickled where n_jobs is not 1.
        learner: as `pool_learner` takes it; each race has a copy of its own.
        strategies: R of them.
        seeds: of split, first labels and every other stream; all strategies of a seed share them.
        settings: of all races.
        n_jobs: processes, as joblib counts them: -1 is one a core.
        on_step: called with the share completed after each race; an exception stops the work.

    Raises:
        ValueError: as `simulate`.
    """
    cells = [(seed, strategy) for seed in seeds for strategy in strategies]
    work = (delayed(_one_race)(dataset_of, learner, strategy, seed, settings) for seed, strategy in cells)
    curves = []
    for curve in Parallel(n_jobs=n_jobs, return_as="generator")(work):
        curves.append(curve)
        on_step(len(curves) / len(cells))
    labels, accuracies, losses, orders = zip(*curves, strict=True)
    shape = (len(seeds), len(strategies), -1)
    return PairedRaces(
        names=names_of(strategies),
        seeds=tuple(seeds),
        labels_T=np.array(labels[0]),
        accuracy_S_R_T=np.array(accuracies).reshape(shape),
        train_loss_S_R_T=np.array(losses).reshape(shape),
        order_S_R_M=np.stack(orders).reshape(shape),
    )


def _one_race(
    dataset_of: DatasetOfSeed, learner: Any, strategy: AnyStrategy, seed: int, settings: RaceSettings
) -> tuple[list[int], list[float], list[float], NDArray[np.int64]]:
    """Labels, accuracy and training loss after each round, and the labelled points in order."""
    dataset = dataset_of(seed)
    rounds = list(
        simulate(
            dataset,
            pool_learner(deepcopy(learner), dataset.classes, seed, labels=dataset.labels),
            get_strategy(strategy),
            seed=seed,
            seed_labels=settings.initial_labels,
            labels_per_round=settings.labels_per_round,
            rounds=settings.rounds,
            seed_set=settings.seed_set,
        )
    )
    return (
        [one.labels for one in rounds],
        [one.accuracy for one in rounds],
        [one.train_loss for one in rounds],
        rounds[-1].labeled,
    )
