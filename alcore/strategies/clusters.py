"""k-means clusters of a pool, and how typical each point is of its own."""

import warnings

import numpy as np
from numpy.typing import NDArray

# Beyond this many clusters mini-batches are used, as in the authors' code of TypiClust.
FULL_BATCH_CLUSTERS = 50
# Differences are taken in slices so that no temporary exceeds this many numbers.
LARGEST_TEMPORARY = 4_000_000


def cluster_labels(x_N_D: NDArray, clusters: int, *, rng: np.random.Generator) -> NDArray[np.int64]:
    """The k-means cluster of each point.

    Args:
        x_N_D: the points.
        clusters: at most this many; fewer where fewer points are distinct.
        rng: seeds the starts.

    Returns:
        labels_N from 0; not every number below `clusters` need occur.

    Raises:
        ValueError: if there is no point or clusters < 1.
    """
    from sklearn.cluster import KMeans, MiniBatchKMeans
    from threadpoolctl import threadpool_limits

    if len(x_N_D) == 0 or clusters < 1:
        raise ValueError(f"k-means needs a point and a cluster, got {len(x_N_D)} and {clusters}")
    clusters = min(clusters, len(x_N_D))
    seed = int(rng.integers(2**31))
    if clusters <= FULL_BATCH_CLUSTERS:
        model = KMeans(clusters, n_init=1, random_state=seed)
    else:
        model = MiniBatchKMeans(clusters, n_init=1, batch_size=5000, random_state=seed)
    # k-means is thousands of small steps: with several threads each, a busy machine spends twenty times as
    # long waiting for them as computing.
    with warnings.catch_warnings(), threadpool_limits(limits=1):
        warnings.simplefilter("ignore")  # copies make fewer distinct points than clusters: that is no fault
        return model.fit_predict(x_N_D).astype(np.int64)


def neighbour_distances(x_N_D: NDArray, neighbours: int) -> NDArray[np.float64]:
    """The mean distance of each point to its nearest neighbours among the others.

    Found by scikit-learn, measured again by subtraction, so that copies are at distance 0 and ties are ties.

    Args:
        x_N_D: the points.
        neighbours: how many; at most all others.

    Returns:
        means_N; 0 for a point that is alone.
    """
    from sklearn.neighbors import NearestNeighbors

    n, dimensions = x_N_D.shape
    neighbours = min(neighbours, n - 1)
    if neighbours == 0:
        return np.zeros(n)
    centred_N_D = x_N_D.astype(np.float64) - x_N_D.mean(axis=0, dtype=np.float64)
    found = NearestNeighbors(n_neighbors=neighbours, algorithm="brute").fit(centred_N_D)
    rows_N_K = found.kneighbors(return_distance=False)
    means_N = np.empty(n)
    step = max(1, LARGEST_TEMPORARY // (neighbours * dimensions))
    for start in range(0, n, step):
        some = slice(start, start + step)
        gaps = x_N_D[some, None].astype(np.float64) - x_N_D[rows_N_K[some]]
        # Sorted, so that equal neighbourhoods add up equally.
        means_N[some] = np.sort(np.sqrt((gaps * gaps).sum(axis=2)), axis=1).mean(axis=1)
    return means_N
