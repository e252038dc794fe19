"""Paired races with any learner: the pool loop once for each seed and strategy, in one process or several."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.learners.estimators import pool_learner
from alcore.loops.get_strategy import AnyStrategy
from alcore.loops.races.lockstep import StrategySchedule, names_of
from alcore.loops.races.one_by_one import rounds_one_by_one
from alcore.loops.races.paired import PairedRaces
from alcore.loops.races.settings import RaceSettings
from alcore.loops.steps import OnStep, ignored

DatasetOfSeed = Callable[[int], Dataset]


def paired_loops(
    dataset_of: DatasetOfSeed,
    learner: Any,
    strategies: Sequence[AnyStrategy | StrategySchedule],
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
    labels, accuracies, losses, orders, seconds = zip(*curves, strict=True)
    shape = (len(seeds), len(strategies), -1)
    return PairedRaces(
        names=names_of(strategies),
        seeds=tuple(seeds),
        labels_T=np.array(labels[0]),
        accuracy_S_R_T=np.array(accuracies).reshape(shape),
        train_loss_S_R_T=np.array(losses).reshape(shape),
        order_S_R_M=np.stack(orders).reshape(shape),
        query_seconds_S_R=np.array(seconds).reshape(shape[:2]),
    )


def _one_race(
    dataset_of: DatasetOfSeed,
    learner: Any,
    strategy: AnyStrategy | StrategySchedule,
    seed: int,
    settings: RaceSettings,
) -> tuple[list[int], list[float], list[float], NDArray[np.int64], float]:
    """Labels, accuracy and training loss after each round, the labelled points in order, and seconds of all queries."""
    dataset = dataset_of(seed)
    model = pool_learner(deepcopy(learner), dataset.classes, seed, labels=dataset.labels)
    rounds = list(rounds_one_by_one(dataset, model, strategy, seed=seed, settings=settings))
    return (
        [len(one.labeled) for one in rounds],
        [one.accuracy for one in rounds],
        [one.train_loss for one in rounds],
        rounds[-1].labeled,
        sum(one.seconds["score"] + one.seconds["select"] for one in rounds),
    )
