"""The query of a strategy: its batch, and the scores behind it.

The pure functions of `alcore.strategies` put the lower row first where scores are equal. Here rows are put in an order
that the seed draws once (`tie_order`), so the order of a file never decides a query.
"""

from typing import NamedTuple

import numpy as np
from array_api_compat import device
from numpy.typing import ArrayLike, NDArray

from alcore.learners.labels import Ints, whole_numbers
from alcore.rng import rng_for
from alcore.strategies.arrays import Array, namespace, to_numpy
from alcore.strategies.batch import Batch
from alcore.strategies.pool_view import PoolView
from alcore.strategies.strategy import Strategy, highest


class Asked(NamedTuple):
    """The query of a strategy.

    Attributes:
        batch: the result of `Strategy.select`.
        unlabeled: the points it was chosen from, in the order of the view.
        scores_N: one score for each of them; None where a strategy chooses its batch as a whole.
    """

    batch: Batch
    unlabeled: Ints
    scores_N: Array | None

    def scores_of_all(self, n: int) -> NDArray[np.float64]:
        """One score for each of a data set's n points; NaN where there is none."""
        scores_N = np.full(n, np.nan)
        if self.scores_N is None:
            scores_N[self.batch.indices] = self.batch.scores
        else:
            scores_N[self.unlabeled] = to_numpy(self.scores_N)
        return scores_N


def tie_order(seed: int, n: int) -> Ints:
    """order_N: the points of a data set in the order in which equal scores are taken.

    A random permutation, one for all rounds of a seed.
    """
    return rng_for(seed, "ties").permutation(n)


def rows_for(strategy: Strategy, points: Ints, order_N: Ints) -> Ints:
    """The order in which a strategy's view must hold points.

    A strategy that chooses whole batches takes the lower row of equals, so its rows are in the order of ties.
    Scores are put in that order by `ask`, after they are computed: the points stay in their order.
    """
    return points if strategy.score is not None else _in_order(points, order_N)


def ask(strategy: Strategy, view: PoolView, k: int, rng: np.random.Generator, order_N: Ints) -> Asked:
    """As `Strategy.select`, with the scores; of points with equal scores the first in `order_N` is taken.

    Args:
        strategy: chooses the batch.
        view: the pool; its rows are in the order of `rows_for`.
        k: labels to query.
        rng: the acquisition stream of this round.
        order_N: from `tie_order`.

    Raises:
        ValueError: as `Strategy.select`.
    """
    if strategy.score is None:
        return Asked(strategy.select(view, k, rng), view.indices_N, None)
    scores_N = strategy.score(view, rng)
    if strategy.choose is highest and type(scores_N) is np.ndarray:
        rows = highest(scores_N, k, rng)
        # No ties, which is the rule with continuous numbers: a race has ten thousand queries.
        if not _tied(scores_N, rows.scores):
            return Asked(Batch(view.indices_N[rows.indices], rows.scores), view.indices_N, scores_N)
    row_N = np.empty(len(order_N), dtype=np.int64)
    row_N[view.indices_N] = np.arange(len(view.indices_N))
    rows_N = row_N[_in_order(view.indices_N, order_N)]
    if type(scores_N) is np.ndarray:
        ordered_N = scores_N[rows_N]
    else:
        xp = namespace(scores_N)
        ordered_N = xp.take(scores_N, xp.asarray(rows_N, device=device(scores_N)), axis=0)
    rows = strategy.choose(ordered_N, k, rng)
    return Asked(Batch(view.indices_N[rows_N[rows.indices]], rows.scores), view.indices_N, scores_N)


def _in_order(points: Ints, order_N: Ints) -> Ints:
    there_N = np.zeros(len(order_N), dtype=bool)
    there_N[points] = True
    return order_N[there_N[order_N]]


def _tied(scores_N: NDArray[np.floating], picked_k: NDArray[np.floating]) -> bool:
    """Whether the order of rows decided which of the highest scores were picked, or in which order."""
    more = np.count_nonzero(scores_N >= picked_k[-1]) > len(picked_k)
    return bool(more or (picked_k[1:] == picked_k[:-1]).any())


def checked_order(order: ArrayLike, n: int) -> Ints:
    """Labelled points as an array.

    Raises:
        ValueError: if there is none, or one is not a whole number from 0 to n - 1 or there twice.
    """
    order_M = whole_numbers(order, "labelled points")
    if order_M.ndim != 1 or len(order_M) == 0:
        raise ValueError(f"nothing is labelled: at least one label is needed, got shape {order_M.shape}")
    if order_M.min() < 0 or order_M.max() >= n:
        raise ValueError(f"labelled points must be 0 to {n - 1}, got {order_M.min()} to {order_M.max()}")
    if len(np.unique(order_M)) != len(order_M):
        raise ValueError("a point was labelled twice")
    return order_M
