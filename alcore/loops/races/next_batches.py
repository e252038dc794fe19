"""The batches of several strategies from the same state."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.datasets.dataset import Dataset
from alcore.learners.registry import make_learner
from alcore.logistic.batched import solve
from alcore.loops.ask import ask, checked_order, rows_for, tie_order
from alcore.loops.get_strategy import AnyStrategy, check_compatible, get_strategy
from alcore.loops.races.features import LOCKSTEP, mapped
from alcore.loops.races.models import DatasetStack, FittedModels
from alcore.loops.ready import ready
from alcore.loops.session import Session
from alcore.loops.steps import OnStep, counted, ignored
from alcore.rng import lazy_rng_for
from alcore.strategies.batch import Batch
from alcore.strategies.pool_view import PoolView
from alcore.strategies.strategy import Strategy

Views = Callable[[Strategy, NDArray[np.int64]], PoolView]


@dataclass(frozen=True, eq=False)
class ProposedBatch:
    """The batch of one strategy.

    Attributes:
        batch: its picks; None after an error.
        scores_N: its score of every point of the data set; NaN for labelled points, and for points not picked
            by a strategy that chooses whole batches.
        error: a sentence; None if there is a batch.
    """

    batch: Batch | None
    scores_N: NDArray[np.float64]
    error: str | None = None


def next_batches(
    dataset: Dataset,
    labeled: ArrayLike,
    strategies: Iterable[AnyStrategy],
    *,
    seed: int,
    round: int,
    k: int,
    learner: str = "logistic",
    on_step: OnStep = ignored,
) -> dict[str, ProposedBatch]:
    """The batch of each strategy from one state: the same labelled points, the same model.

    They are those of a race with this seed and these labels in this round.

    Args:
        dataset: its own labels are those of the labelled points.
        labeled: the labelled points, one or more, in the order of labelling.
        strategies: as `get_strategy` takes them.
        seed: of the random streams.
        round: the number of the query, from 0.
        k: labels to query.
        learner: a key of `LEARNERS`.
        on_step: called with the share completed, after each strategy; an exception stops the work.

    Returns:
        the proposal by name of the strategy; an error of a strategy stops no other.

    Raises:
        ValueError: if nothing is labelled, or a labelled point is not one of the data set's or given twice.
    """
    dataset = ready(dataset, numbers=True)
    order_M = checked_order(labeled, len(dataset.y_pool))
    view_of = _lockstep_views if learner in LOCKSTEP else _session_views
    views = view_of(dataset, learner, order_M, seed, round, k)
    unlabeled = np.setdiff1d(np.arange(len(dataset.y_pool)), order_M)
    ties_N = tie_order(seed, len(dataset.y_pool))
    found = {}
    for strategy in counted([get_strategy(one) for one in strategies], on_step):
        try:
            asked = ask(
                strategy,
                views(strategy, rows_for(strategy, unlabeled, ties_N)),
                k,
                lazy_rng_for(seed, "acquisition", round),
                ties_N,
            )
            found[strategy.name] = ProposedBatch(asked.batch, asked.scores_of_all(len(dataset.y_pool)))
        except Exception as error:
            nothing_N = np.full(len(dataset.y_pool), np.nan)
            found[strategy.name] = ProposedBatch(None, nothing_N, f"{strategy.label}: {error}")
    return found


def _lockstep_views(dataset: Dataset, learner: str, order_M: NDArray[np.int64], seed: int, round: int, k: int) -> Views:
    data = mapped(dataset, learner, seed)
    coefs = solve(data.x_pool[order_M], data.y_pool[order_M], classes=data.classes)
    models = FittedModels(DatasetStack.of([data]), coefs[None], order_M[None, None], [seed], round)
    return lambda strategy, rows: models.view(0, 0, rows)


def _session_views(dataset: Dataset, learner: str, order_M: NDArray[np.int64], seed: int, round: int, k: int) -> Views:
    model = make_learner(learner, classes=dataset.classes, seed=seed)
    session = Session(dataset.x_pool, model, "random", seed=seed, classes=dataset.classes)
    # Told round by round: every round has its own streams.
    for rows in np.split(order_M, np.arange(len(order_M) - round * k, len(order_M), k)):
        if len(rows):
            session.tell(rows, dataset.y_pool[rows])
    session.fit()

    def view(strategy: Strategy, rows: NDArray[np.int64]) -> PoolView:
        check_compatible(strategy, model)
        session.strategy = strategy
        return session.view()

    return view
