"""Which races the lockstep engine serves, and these races in groups of seeds that fit into memory."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from alcore.datasets.dataset import Dataset
from alcore.loops.get_strategy import AnyStrategy, get_strategy
from alcore.loops.races.features import LOCKSTEP, feature_map
from alcore.loops.races.lockstep import StrategySchedule
from alcore.loops.races.paired import PairedRaces, paired_races
from alcore.loops.races.paired_loop import DatasetOfSeed
from alcore.loops.races.settings import RaceSettings
from alcore.loops.ready import ready
from alcore.loops.steps import OnStep, ignored, part
from alcore.strategies.pool_view import PROPERTIES
from alcore.strategies.strategy import Strategy

# Properties of `FittedModels.view`.
SERVED = frozenset(PROPERTIES)
# Newton's method takes time cubic in the coefficients of a model: beyond these scikit-learn's solver is faster.
MOST_COEFFICIENTS = 200
# Numbers of the pools and their probabilities that are held at once: 64 MB in double precision.
NUMBERS_AT_ONCE = 8_000_000
# Parameters of LogisticRegression that do not change the optimum.
_NO_MATTER = {"max_iter", "n_jobs", "verbose", "random_state", "warm_start"}


def lockstep_learner(learner: Any) -> str | None:
    """The key of LOCKSTEP that a learner is: `logistic` also where it is scikit-learn's, with its defaults; or None."""
    if isinstance(learner, str):
        return learner if learner in LOCKSTEP else None
    return "logistic" if _is_plain_logistic(learner) else None


def _is_plain_logistic(learner: Any) -> bool:
    if type(learner).__name__ != "LogisticRegression":
        return False
    from sklearn.linear_model import LogisticRegression

    if type(learner) is not LogisticRegression:
        return False
    given, usual = learner.get_params(), LogisticRegression().get_params()
    return all(given[name] == usual[name] for name in usual.keys() - _NO_MATTER)


def serves_lockstep(dataset: Dataset, learner: Any, strategies: Sequence[AnyStrategy | StrategySchedule]) -> bool:
    """Whether lockstep gives the curves of the loop: a learner of LOCKSTEP on a dense table of numbers.

    Args:
        dataset: of one of the seeds.
        learner: as `pool_learner` takes it.
        strategies: of the races.
    """
    key = lockstep_learner(learner)
    if key is None or hasattr(dataset.x_pool, "tocsr"):
        return False
    if any(not SERVED.issuperset(one.needs) for plan in strategies for one in _strategies_of(plan)):
        return False
    try:
        numbers = ready(dataset, numbers=True)
    except ValueError:
        return False
    if numbers.x_pool.ndim != 2 or numbers.x_pool.dtype.kind not in "biuf":
        return False
    finite = all(np.isfinite(x).all() for x in (numbers.x_pool, numbers.x_test))
    width = feature_map(key, 0)(numbers.x_pool[:1]).shape[1]
    coefficients = width * (1 if dataset.classes == 2 else dataset.classes - 1)
    return bool(finite) and coefficients <= MOST_COEFFICIENTS and _numbers_of(dataset, width) <= NUMBERS_AT_ONCE


def lockstep_races(
    dataset_of: DatasetOfSeed,
    strategies: Sequence[AnyStrategy | StrategySchedule],
    *,
    learner: str = "logistic",
    seeds: Sequence[int],
    settings: RaceSettings,
    on_step: OnStep = ignored,
) -> PairedRaces:
    """`paired_races`, a group of seeds at a time; arguments as `paired_loops`."""
    first = dataset_of(seeds[0])
    width = feature_map(learner, 0)(ready(first, numbers=True).x_pool[:1]).shape[1]
    group = max(1, NUMBERS_AT_ONCE // _numbers_of(first, width))
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
            learner=learner,
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
        query_seconds_S_R=np.concatenate([races.query_seconds_S_R for races in found]),
    )


def _strategies_of(plan: AnyStrategy | StrategySchedule) -> list[Strategy]:
    if not isinstance(plan, StrategySchedule):
        return [get_strategy(plan)]
    return [get_strategy(one) for one in (plan.strategy, plan.then) if one is not None]


def _numbers_of(dataset: Dataset, width: int) -> int:
    return int(dataset.x_pool.shape[0]) * (width + 5 * dataset.classes)
