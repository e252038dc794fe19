"""Asking a strategy for a batch, and for the scores behind it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.strategies.arrays import Array, to_numpy
from alcore.strategies.batch import Batch
from alcore.strategies.strategy import Strategy
from alcore.strategies.view import PoolView


class Asked(NamedTuple):
    """What a strategy asks for.

    Attributes:
        batch: what `Strategy.select` returns.
        unlabeled: the points it chose from.
        scores_N: one score for each of them; None where a strategy chooses its batch as a whole.
    """

    batch: Batch
    unlabeled: NDArray[np.int64]
    scores_N: Array | None

    def scores_of_all(self, n: int) -> NDArray[np.float64]:
        """One score for each of a data set's n points; NaN where there is none."""
        scores_N = np.full(n, np.nan)
        if self.scores_N is None:
            scores_N[self.batch.indices] = self.batch.scores
        else:
            scores_N[self.unlabeled] = to_numpy(self.scores_N)
        return scores_N


def ask(strategy: Strategy, view: PoolView, k: int, rng: np.random.Generator) -> Asked:
    """As `Strategy.select`, with the scores."""
    if strategy.score is None:
        return Asked(strategy.select(view, k, rng), view.indices_N, None)
    scores_N = strategy.score(view, rng)
    rows = strategy.choose(scores_N, k, rng)
    return Asked(Batch(view.indices_N[rows.indices], rows.scores), view.indices_N, scores_N)


def checked_order(order: ArrayLike, n: int) -> NDArray[np.int64]:
    """Labelled points as an array.

    Raises:
        ValueError: if there is none, or one is not from 0 to n - 1 or there twice.
    """
    order_M = np.asarray(order, dtype=np.int64)
    if order_M.ndim != 1 or len(order_M) == 0:
        raise ValueError(f"nothing is labelled: at least one label is needed, got shape {order_M.shape}")
    if order_M.min() < 0 or order_M.max() >= n:
        raise ValueError(f"labelled points must be 0 to {n - 1}, got {order_M.min()} to {order_M.max()}")
    if len(np.unique(order_M)) != len(order_M):
        raise ValueError("a point was labelled twice")
    return order_M
