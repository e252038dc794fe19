"""The nearest neighbours of many points among many, exactly, a slice of queries at a time."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

# Large enough that scikit-learn is at its fastest, small enough to be stopped within about a second.
QUERIES = 4000


def nearest_neighbours(
    query_Q_D: NDArray[np.float32],
    points_P_D: NDArray[np.float32],
    k: int,
    *,
    themselves: bool = False,
    tick: Callable[[], None] = lambda: None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The k points nearest to each query by Euclidean distance.

    Found by scikit-learn, measured again by subtraction, so that copies are at distance 0. Time O(Q P D),
    memory O((Q + P) D).

    Args:
        query_Q_D: the queries.
        points_P_D: the points, centred for precision.
        k: neighbours of each, at most P; P - 1 where the queries are the points.
        themselves: the queries are the points, and none is its own neighbour.
        tick: called for every slice of queries.

    Returns:
        rows_Q_K of the points, the nearest first, and their squared distances.
    """
    # With more duplicates than neighbours a point may not be found itself: then the farthest is left out.
    found = NearestNeighbors(n_neighbors=k + 1 if themselves else k, algorithm="brute").fit(points_P_D)
    rows_Q_K = np.empty((len(query_Q_D), k), np.int64)
    squared_Q_K = np.empty((len(query_Q_D), k))
    for start in range(0, len(query_Q_D), QUERIES):
        tick()
        query = query_Q_D[start : start + QUERIES]
        rows = found.kneighbors(query, return_distance=False)
        gaps = query[:, None].astype(np.float64) - points_P_D[rows]
        squared = (gaps * gaps).sum(axis=2)
        if themselves:
            squared[rows == np.arange(start, start + len(query))[:, None]] = np.inf
        order = np.argsort(squared, axis=1, kind="stable")[:, :k]
        rows_Q_K[start : start + QUERIES] = np.take_along_axis(rows, order, axis=1)
        squared_Q_K[start : start + QUERIES] = np.take_along_axis(squared, order, axis=1)
    return rows_Q_K, squared_Q_K
