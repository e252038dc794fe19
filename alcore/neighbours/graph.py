"""The weighted graph of points and their nearest neighbours."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Keeps isolated points connected to their neighbours, however much closer together these are.
FARTHEST = 10.0


def edge_weights(
    squared_N_K: NDArray[np.float64], width_N: NDArray[np.float64], neighbour_width_N_K: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Edge weights between points and their neighbours: exp(-d^2 / (s s')), at least exp(-10).

    Args:
        squared_N_K: squared distances d^2.
        width_N: the scale s of each point, such as half the distance of its farthest neighbour.
        neighbour_width_N_K: the scale s' of each neighbour.

    Source: Zelnik-Manor & Perona (2004), self-tuning spectral clustering.
    """
    # Duplicates have scale 0 and distance 0; to a point apart from them they are as far as can be.
    scale_N_K = np.maximum(width_N[:, None] * neighbour_width_N_K, np.finfo(np.float64).tiny)
    with np.errstate(over="ignore"):
        return np.exp(-np.minimum(squared_N_K / scale_N_K, FARTHEST))


def local_scales(squared_N_K: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half the distance of each point's farthest neighbour, given squared distances, the nearest first."""
    return np.sqrt(squared_N_K[:, -1]) / 2


def neighbour_graph(rows_N_K: NDArray[np.int64], squared_N_K: NDArray[np.float64], width_N: NDArray[np.float64]) -> Any:
    """The symmetric graph W + W' of the edge weights W, an N x N `scipy.sparse.csr_array`.

    Args:
        rows_N_K: the neighbours of each point, itself not among them.
        squared_N_K: their squared distances, the nearest first; at least one.
        width_N: the scale s of each point, such as `local_scales`.
    """
    from scipy import sparse

    n, k = rows_N_K.shape
    weights_N_K = edge_weights(squared_N_K, width_N, width_N[rows_N_K])
    starts = np.arange(0, n * k + 1, k)
    one_way = sparse.csr_array((weights_N_K.ravel(), rows_N_K.ravel(), starts), shape=(n, n))
    return (one_way + one_way.T).tocsr()
