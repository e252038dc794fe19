"""k-means for many clusters: k-means++ and a few of Lloyd's steps in single precision."""

import numpy as np
from numpy.typing import NDArray

from alcore.strategies.geometry.distances import lower

Single = NDArray[np.float32]
Ints = NDArray[np.int64]

# After so many steps the inertia is that of scikit-learn's mini-batch k-means, within a few thousandths.
STEPS = 10
# Points that the centres are found on, or so many a cluster where that is more; the others only join the nearest.
SAMPLE, SAMPLE_A_CLUSTER = 20_000, 50
# Points whose distances to all centres are held at once.
BLOCK = 1000


def lloyd_labels(x_N_D: NDArray, clusters: int, *, rng: np.random.Generator) -> Ints:
    """The k-means cluster of each point.

    Args:
        x_N_D: finite points around zero.
        clusters: at most N; fewer are found where fewer points are distinct.
        rng: draws the sample and the first centres.

    Returns:
        labels_N from 0; not every number below `clusters` need occur.

    Sources: Lloyd (1982); Arthur & Vassilvitskii (2007).
    """
    largest = float(np.abs(x_N_D).max()) or 1.0
    x_N_D = np.ascontiguousarray(x_N_D / largest, dtype=np.float32)
    found_on = max(SAMPLE, SAMPLE_A_CLUSTER * clusters)
    sample_S_D = x_N_D if len(x_N_D) <= found_on else x_N_D[np.sort(rng.choice(len(x_N_D), found_on, replace=False))]
    centres_K_D = first_centres(sample_S_D, clusters, rng=rng)
    labels_S = nearest_centre(sample_S_D, centres_K_D)
    for _ in range(STEPS):
        means_of_clusters(sample_S_D, labels_S, out=centres_K_D)
        before_S, labels_S = labels_S, nearest_centre(sample_S_D, centres_K_D)
        if (labels_S == before_S).all():
            break
    return labels_S if sample_S_D is x_N_D else nearest_centre(x_N_D, centres_K_D)


def first_centres(x_N_D: Single, clusters: int, *, rng: np.random.Generator) -> Single:
    """k-means++: each point drawn with probability proportional to its squared distance from those before it."""
    norms_N = np.einsum("nd,nd->n", x_N_D, x_N_D)
    centres_K_D = np.empty((clusters, x_N_D.shape[1]), dtype=np.float32)
    squared_N = np.full(len(x_N_D), np.inf, dtype=np.float32)
    work_N = np.empty_like(squared_N)
    row = int(rng.integers(len(x_N_D)))
    for number, drawn in enumerate(rng.random(clusters)):
        if number:
            up_to_N = np.cumsum(squared_N, dtype=np.float64)
            row = min(int(np.searchsorted(up_to_N, drawn * up_to_N[-1], side="right")), len(x_N_D) - 1)
        centres_K_D[number] = x_N_D[row]
        lower(squared_N, x_N_D, norms_N, x_N_D[row], work_N)
        np.maximum(squared_N, 0, out=squared_N)
    return centres_K_D


def nearest_centre(x_N_D: Single, centres_K_D: Single) -> Ints:
    """The number of the centre nearest each point."""
    minus_twice_D_K = -2 * centres_K_D.T
    norms_K = np.einsum("kd,kd->k", centres_K_D, centres_K_D)
    labels_N = np.empty(len(x_N_D), dtype=np.int64)
    for start in range(0, len(x_N_D), BLOCK):
        relative_B_K = x_N_D[start : start + BLOCK] @ minus_twice_D_K
        relative_B_K += norms_K
        labels_N[start : start + BLOCK] = relative_B_K.argmin(axis=1)
    return labels_N


def means_of_clusters(x_N_D: Single, labels_N: Ints, *, out: Single) -> None:
    """Move each centre to the mean of its cluster; that of an empty one stays."""
    from scipy.sparse import csr_array

    n = len(x_N_D)
    member_N_K = csr_array((np.ones(n, dtype=np.float32), labels_N, np.arange(n + 1)), shape=(n, len(out)))
    sizes_K = np.bincount(labels_N, minlength=len(out))
    there_K = sizes_K > 0
    out[there_K] = (member_N_K.T @ x_N_D)[there_K] / sizes_K[there_K, None].astype(np.float32)
