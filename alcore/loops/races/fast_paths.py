"""Which races the lockstep engine serves, and these races in groups of seeds that fit into memory."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from alcore.datasets.dataset import Dataset
from alcore.loops.get_strategy import AnyStrategy, get_strategy
from alcore.loops.races.paired import PairedRaces, paired_races
from alcore.loops.races.paired_loop import DatasetOfSeed, RaceSettings
from alcore.loops.ready import ready
from alcore.loops.steps import OnStep, ignored, part
from alcore.strategies.pool_view import PROPERTIES

# Properties of `FittedModels.view`.
SERVED = frozenset(PROPERTIES)
# Newton's method takes time cubic in the coefficients of a model: beyond these scikit-learn's solver is faster.
MOST_COEFFICIENTS = 200
# Numbers of the pools and their probabilities that are held at once: 64 MB in double precision.
NUMBERS_AT_ONCE = 8_000_000
# Parameters of LogisticRegression that do not change the optimum.
_NO_MATTER = {"max_iter", "n_jobs", "verbose", "random_state", "warm_start"}


def is_plain_logistic(learner: Any) -> bool:
    """Whether a learner is the key `logistic`, or LogisticRegression with the defaults of scikit-learn."""
    if isinstance(learner, str):
        return learner == "logistic"
    if type(learner).__name__ != "LogisticRegression":
        return False
    from sklearn.linear_model import LogisticRegression

    if type(learner) is not LogisticRegression:
        return False
    given, usual = learner.get_params(), LogisticRegression().get_params()
    return all(given[name] == usual[name] for name in usual.keys() - _NO_MATTER)


def serves_lockstep(dataset: Dataset, learner: Any, strategies: Sequence[AnyStrategy]) -> bool:
    """Whether lockstep gives the curves of the loop: plain logistic regression on a dense table of numbers.

    Args:
        dataset: of one of the seeds.
        learner: as `pool_learner` takes it.
        strategies: of the races.
    """
    if not is_plain_logistic(learner) or hasattr(dataset.x_pool, "tocsr"):
        return False
    if any(not SERVED.issuperset(get_strategy(strategy).needs) for strategy in strategies):
        return False
    try:
        numbers = ready(dataset, numbers=True)
    except ValueError:
        return False
    if numbers.x_pool.ndim != 2 or numbers.x_pool.dtype.kind not in "biuf":
        return False
    finite = all(np.isfinite(x).all() for x in (numbers.x_pool, numbers.x_test))
    coefficients = numbers.x_pool.shape[1] * (1 if dataset.classes == 2 else dataset.classes - 1)
    return bool(finite) and coefficients <= MOST_COEFFICIENTS and _numbers_of(dataset) <= NUMBERS_AT_ONCE


def lockstep_races(
    dataset_of: DatasetOfSeed,
    strategies: Sequence[AnyStrategy],
    *,
    seeds: Sequence[int],
    settings: RaceSettings,
    on_step: OnStep = ignored,
) -> PairedRaces:
    """`paired_races` on logistic regression, a group of seeds at a time; arguments as `paired_loops`."""
    group = max(1, NUMBERS_AT_ONCE // _numbers_of(dataset_of(seeds[0])))
    groups = [list(seeds[start : start + group]) for start in range(0, len(seeds), group)]
    found = [
        paired_races(
            [dataset_of(seed) for seed in some],
            strategies,
            seeds=some,
            seed_labels=settings.initial_labels,
            labels_per_round=settings.labels_per_round,
            rounds=settings.rounds,
            seed_set=settings.seed_set,
            on_step=part(on_step, number / len(groups), (number + 1) / len(groups)),
        )
        for number, some in enumerate(groups)
    ]
    return PairedRaces(
        names=found[0].names,
        seeds=tuple(seeds),
        labels_T=found[0].labels_T,
        accuracy_S_R_T=np.concatenate([races.accuracy_S_R_T for races in found]),
        train_loss_S_R_T=np.concatenate([races.train_loss_S_R_T for races in found]),
        order_S_R_M=np.concatenate([races.order_S_R_M for races in found]),
    )


def _numbers_of(dataset: Dataset) -> int:
    points, *rest = dataset.x_pool.shape
    return int(points * (np.prod(rest, dtype=np.int64) + 5 * dataset.classes))
