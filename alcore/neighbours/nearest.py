"""The nearest neighbours of many points among many, exactly, a slice of queries at a time."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

# Large enough that scikit-learn is at its fastest, small enough to be stopped within about a second.
QUERIES = 4000
# Differences are taken in slices so that no temporary exceeds this many numbers.
COORDINATES_AT_A_TIME = 4_000_000


def nearest_neighbours(
    query_Q_D: NDArray[np.floating],
    points_P_D: NDArray[np.floating],
    k: int,
    *,
    themselves: bool = False,
    tick: Callable[[], None] = lambda: None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The k points nearest to each query by Euclidean distance.

    Found by scikit-learn around the mean of the points, measured again by subtraction, so that copies are at distance
    0. Time O(Q P D), memory O((Q + P) D).

    Args:
        query_Q_D: the queries.
        points_P_D: the points.
        k: neighbours of each, at most P; P - 1 where the queries are the points.
        themselves: the queries are the points, and none is its own neighbour.
        tick: called for every slice of queries.

    Returns:
        rows_Q_K of the points, the nearest first, and their squared distances.
    """
    from sklearn.neighbors import NearestNeighbors

    mean_D = points_P_D.mean(axis=0, dtype=np.float64).astype(points_P_D.dtype)
    # With more duplicates than neighbours a point may not be found itself: then the farthest is left out.
    found = NearestNeighbors(n_neighbors=k + 1 if themselves else k, algorithm="brute").fit(points_P_D - mean_D)
    rows_Q_K = np.empty((len(query_Q_D), k), np.int64)
    squared_Q_K = np.empty((len(query_Q_D), k))
    for start in range(0, len(query_Q_D), QUERIES):
        tick()
        query = query_Q_D[start : start + QUERIES]
        rows = found.kneighbors(query - mean_D, return_distance=False)
        squared = _squared(query, points_P_D, rows)
        if themselves:
            squared[rows == np.arange(start, start + len(query))[:, None]] = np.inf
        order = np.argsort(squared, axis=1, kind="stable")[:, :k]
        rows_Q_K[start : start + QUERIES] = np.take_along_axis(rows, order, axis=1)
        squared_Q_K[start : start + QUERIES] = np.take_along_axis(squared, order, axis=1)
    return rows_Q_K, squared_Q_K


def _squared(
    query_Q_D: NDArray[np.floating], points_P_D: NDArray[np.floating], rows_Q_K: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Squared distances between queries and some points each."""
    squared_Q_K = np.empty(rows_Q_K.shape)
    step = max(1, COORDINATES_AT_A_TIME // (rows_Q_K.shape[1] * query_Q_D.shape[1]))
    for start in range(0, len(query_Q_D), step):
        some = slice(start, start + step)
        gaps = query_Q_D[some, None].astype(np.float64) - points_P_D[rows_Q_K[some]]
        squared_Q_K[some] = (gaps * gaps).sum(axis=2)
    return squared_Q_K
