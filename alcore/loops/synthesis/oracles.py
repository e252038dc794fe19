"""Oracles: labels of points that are in no data set."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from alcore.points import as_rows

Array = NDArray[np.floating]
Ints = NDArray[np.int64]

# (points_N, rng) -> labels_N. It may ignore the generator.
Oracle = Callable[[NDArray, np.random.Generator], Ints]


def sample_from_posterior(posterior: Callable[[NDArray], Array]) -> Oracle:
    """An oracle that draws a label from the true class probabilities at the point.

    Args:
        posterior: points_N_D -> probs_N_C.
    """

    def answer(points_N: NDArray, rng: np.random.Generator) -> Ints:
        below_N_C = np.cumsum(posterior(points_N), axis=1)
        # Scaled by the last sum, which rounding may leave short of 1.
        return (rng.random((len(points_N), 1)) * below_N_C[:, -1:] >= below_N_C).sum(axis=1)

    return answer


def nearest_neighbour_vote(x_pool: NDArray, y_pool: Ints, *, neighbours: int = 5) -> Oracle:
    """An oracle that estimates: the label most frequent among the nearest real points.

    It replaces a person, who could not recognise a synthesised image. Of equally frequent labels it gives that of the
    nearest point.

    Args:
        x_pool: real points.
        y_pool: their labels.
        neighbours: how many vote.
    """

    def answer(points_N: NDArray, rng: np.random.Generator) -> Ints:
        voters_N_J = y_pool[nearest_rows(points_N, x_pool, neighbours)[0]]
        votes_N_J = (voters_N_J[:, :, None] == voters_N_J[:, None, :]).sum(axis=2)
        return np.take_along_axis(voters_N_J, votes_N_J.argmax(axis=1)[:, None], axis=1)[:, 0]

    return answer


def nearest_rows(points_N: NDArray, x_pool: NDArray, k: int) -> tuple[Ints, Array]:
    """The real points nearest to each point.

    Args:
        points_N: numbers, or pixels in [0, 1].
        x_pool: real points of the same shape; images as bytes are taken as pixels in [0, 1].
        k: how many, at most the size of the pool.

    Returns:
        indices_N_k of the pool, nearest first, and Euclidean distances_N_k.
    """
    from sklearn.neighbors import NearestNeighbors  # other oracles need no scikit-learn

    pool_N_D, rows_N_D = as_rows(x_pool), as_rows(points_N)
    # Centring leaves distances unchanged and keeps rounding errors small.
    mean_D = pool_N_D.mean(axis=0, dtype=np.float64).astype(np.result_type(pool_N_D, np.float32))
    search = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(pool_N_D - mean_D)
    distances_N_k, indices_N_k = search.kneighbors(rows_N_D - mean_D)
    return indices_N_k, distances_N_k
