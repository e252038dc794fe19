"""The nearest neighbours of many points: every distance, but no list of distances is ever sorted."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

# Products are taken of so many queries at a time that they fill this many numbers.
CHUNK = 1 << 24
# The k largest of a line lie in the k groups of the largest maxima: only those groups are looked into.
GROUP = 128
# So many candidates more than asked for are measured exactly, so that rounding drops none of the nearest.
SPARE = 6


def nearest(
    query_Q_D: NDArray[np.float32],
    points_P_D: NDArray[np.float32],
    k: int,
    *,
    themselves: bool = False,
    tick: Callable[[], None] = lambda: None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The k points nearest to each query by Euclidean distance.

    Candidates come from products in float32, their distances from subtraction in float64. Time O(Q P D),
    memory O((Q + P) D) and a slice of fixed size.

    Args:
        query_Q_D: where to look from.
        points_P_D: what to find, centred for the sake of precision.
        k: how many, at most P; of P - 1 others where the queries are the points.
        themselves: the queries are the points, and none is its own neighbour.
        tick: called for every slice of queries.

    Returns:
        rows_Q_K of the points, the nearest first (equal: the lower row), and their squared distances.
    """
    points, dimensions = points_P_D.shape
    groups = -(-points // GROUP)
    # |q - p|^2 is smallest where q.p - |p|^2 / 2 is largest: one product with one dimension more.
    columns = np.zeros((dimensions + 1, groups * GROUP), np.float32)
    columns[:-1, :points] = points_P_D.T
    columns[-1, :points] = -0.5 * (points_P_D * points_P_D).sum(axis=1)
    columns[-1, points:] = np.finfo(np.float32).min / 4
    keep = min(k + SPARE, points)
    rows_Q_K = np.empty((len(query_Q_D), k), np.int64)
    squared_Q_K = np.empty((len(query_Q_D), k))
    step = max(1, CHUNK // columns.shape[1])
    # Written over and over: fresh memory would take as long to clear as the products take.
    products = np.empty((min(step, len(query_Q_D)), columns.shape[1]), np.float32)
    for start in range(0, len(query_Q_D), step):
        tick()
        query = query_Q_D[start : start + step]
        longer = np.pad(query, ((0, 0), (0, 1)), constant_values=1)
        near = np.matmul(longer, columns, out=products[: len(query)]).reshape(len(query), groups, GROUP)
        rows = np.sort(_largest(near, keep), axis=1)
        gaps = query[:, None].astype(np.float64) - points_P_D[rows]
        squared = (gaps * gaps).sum(axis=2)
        if themselves:
            squared[rows == np.arange(start, start + len(query))[:, None]] = np.inf
        order = np.argsort(squared, axis=1, kind="stable")[:, :k]
        rows_Q_K[start : start + step] = np.take_along_axis(rows, order, axis=1)
        squared_Q_K[start : start + step] = np.take_along_axis(squared, order, axis=1)
    return rows_Q_K, squared_Q_K


def _largest(values_Q_G_W: NDArray[np.float32], keep: int) -> NDArray[np.int64]:
    """Where the largest values of each line are, in no order; a line is G groups of W."""
    count, groups, width = values_Q_G_W.shape
    best_Q_B = _top(values_Q_G_W.max(axis=2), min(keep, groups))
    candidates = values_Q_G_W[np.arange(count)[:, None], best_Q_B].reshape(count, -1)
    top_Q_K = _top(candidates, keep)
    return np.take_along_axis(best_Q_B, top_Q_K // width, axis=1) * width + top_Q_K % width


def _top(values_Q_N: NDArray[np.float32], keep: int) -> NDArray[np.int64]:
    first = values_Q_N.shape[1] - keep
    return np.argpartition(values_Q_N, first, axis=1)[:, first:]
