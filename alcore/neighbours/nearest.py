"""The nearest neighbours of many points among many, exactly, a slice of queries at a time."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

# Large enough that scikit-learn is at its fastest, small enough to be stopped within about a second.
QUERIES = 4000
# Up to so many points all distances are held at once, which takes less time than scikit-learn's checks.
FEW_POINTS = 1000
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

    Found around the mean of the points, by scikit-learn where they are many, and measured again by subtraction, so that
    copies are at distance 0. Time O(Q P D), memory O((Q + P) D).

    Args:
        query_Q_D: the queries.
        points_P_D: the points.
        k: neighbours of each, at most P; P - 1 where the queries are the points.
        themselves: the queries are the points, and none is its own neighbour.
        tick: called for every slice of queries.

    Returns:
        rows_Q_K of the points, the nearest first, and their squared distances.
    """
    mean_D = points_P_D.mean(axis=0, dtype=np.float64).astype(points_P_D.dtype)
    # With more duplicates than neighbours a point may not be found itself: then the farthest is left out.
    candidates_of = _finder(points_P_D - mean_D, k + 1 if themselves else k)
    rows_Q_K = np.empty((len(query_Q_D), k), np.int64)
    squared_Q_K = np.empty((len(query_Q_D), k))
    for start in range(0, len(query_Q_D), QUERIES):
        tick()
        query = query_Q_D[start : start + QUERIES]
        rows = candidates_of(query - mean_D)
        squared = _squared(query, points_P_D, rows)
        if themselves:
            squared[rows == np.arange(start, start + len(query))[:, None]] = np.inf
        order = np.argsort(squared, axis=1, kind="stable")[:, :k]
        rows_Q_K[start : start + QUERIES] = np.take_along_axis(rows, order, axis=1)
        squared_Q_K[start : start + QUERIES] = np.take_along_axis(squared, order, axis=1)
    return rows_Q_K, squared_Q_K


def _finder(points_P_D: NDArray[np.floating], k: int) -> Callable[[NDArray[np.floating]], NDArray[np.int64]]:
    """A function from queries to the rows of their k nearest points, in no order, to within rounding."""
    if len(points_P_D) <= FEW_POINTS:
        norms_P = np.einsum("pd,pd->p", points_P_D, points_P_D)

        def found(query_Q_D: NDArray[np.floating]) -> NDArray[np.int64]:
            relative_Q_P = norms_P - 2 * (query_Q_D @ points_P_D.T)
            if k == len(points_P_D):
                return np.broadcast_to(np.arange(k), relative_Q_P.shape)
            return np.argpartition(relative_Q_P, k - 1, axis=1)[:, :k]

        return found
    from sklearn.neighbors import NearestNeighbors

    model = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(points_P_D)
    return lambda query_Q_D: model.kneighbors(query_Q_D, return_distance=False)


def _squared(
    query_Q_D: NDArray[np.floating], points_P_D: NDArray[np.floating], rows_Q_K: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Squared distances between queries and some points each."""
    squared_Q_K = np.empty(rows_Q_K.shape)
    step = max(1, COORDINATES_AT_A_TIME // (rows_Q_K.shape[1] * query_Q_D.shape[1]))
    for start in range(0, len(query_Q_D), step):
        some = slice(start, start + step)
        gaps = query_Q_D[some, None].astype(np.float64) - points_P_D[rows_Q_K[some]]
        squared_Q_K[some] = np.einsum("qkd,qkd->qk", gaps, gaps)
    return squared_Q_K
