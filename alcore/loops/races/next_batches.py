"""The batches of several strategies from the same state."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.datasets.dataset import Dataset
from alcore.logistic.batched import solve
from alcore.loops.ask import ask, checked_order, rows_for, tie_order
from alcore.loops.get_strategy import AnyStrategy, get_strategy
from alcore.loops.races.models import DatasetStack, FittedModels
from alcore.loops.ready import ready
from alcore.loops.steps import OnStep, counted, ignored
from alcore.rng import lazy_rng_for
from alcore.strategies.batch import Batch


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
    on_step: OnStep = ignored,
) -> dict[str, ProposedBatch]:
    """The batch of each strategy from one state: the same labelled points, the same logistic regression.

    They are those of a race with this seed and these labels in this round.

    Args:
        dataset: its own labels are those of the labelled points.
        labeled: the labelled points, one or more, in the order of labelling.
        strategies: as `get_strategy` takes them.
        seed: of the random streams.
        round: the number of the query, from 0.
        k: labels to query.
        on_step: called with the share completed, after each strategy; an exception stops the work.

    Returns:
        the proposal by name of the strategy; an error of a strategy stops no other.

    Raises:
        ValueError: if nothing is labelled, or a labelled point is not one of the data set's or given twice.
    """
    dataset = ready(dataset, numbers=True)
    order_M = checked_order(labeled, len(dataset.y_pool))
    stack = DatasetStack.of([dataset])
    y_M = dataset.y_pool[order_M]
    coefs = solve(dataset.x_pool[order_M], y_M, classes=dataset.classes)
    models = FittedModels(stack, coefs[None], order_M[None, None], [seed], round)
    unlabeled = np.setdiff1d(np.arange(len(dataset.y_pool)), order_M)
    ties_N = tie_order(seed, len(dataset.y_pool))
    found = {}
    for strategy in counted([get_strategy(one) for one in strategies], on_step):
        try:
            view = models.view(0, 0, rows_for(strategy, unlabeled, ties_N))
            asked = ask(strategy, view, k, lazy_rng_for(seed, "acquisition", round), ties_N)
            found[strategy.name] = ProposedBatch(asked.batch, asked.scores_of_all(len(dataset.y_pool)))
        except Exception as error:
            nothing_N = np.full(len(dataset.y_pool), np.nan)
            found[strategy.name] = ProposedBatch(None, nothing_N, f"{strategy.label}: {error}")
    return found
