"""k-means clusters of a pool, and how typical each point is of its own."""

import warnings

import numpy as np
from numpy.typing import NDArray

from alcore.neighbours import nearest_neighbours
from alcore.strategies.geometry.distances import centre_of
from alcore.strategies.geometry.lloyd import lloyd_labels

# Beyond this many clusters k-means is not run to its end; the authors' code of TypiClust takes mini-batches there.
FULL_BATCH_CLUSTERS = 50


def cluster_labels(x_N_D: NDArray, clusters: int, *, rng: np.random.Generator) -> NDArray[np.int64]:
    """The k-means cluster of each point, found around the mean of all, where rounding is smallest.

    Args:
        x_N_D: the points.
        clusters: at most this many; fewer where fewer points are distinct.
        rng: seeds the starts.

    Returns:
        labels_N from 0; not every number below `clusters` need occur.

    Raises:
        ValueError: if there is no point or clusters < 1.
    """
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    if len(x_N_D) == 0 or clusters < 1:
        raise ValueError(f"k-means needs a point and a cluster, got {len(x_N_D)} and {clusters}")
    clusters = min(clusters, len(x_N_D))
    centred_N_D = x_N_D - centre_of(x_N_D)
    # k-means is thousands of small steps: with several threads each, a busy machine spends twenty times as
    # long waiting for them as computing.
    with warnings.catch_warnings(), threadpool_limits(limits=1):
        if clusters > FULL_BATCH_CLUSTERS:
            return lloyd_labels(centred_N_D, clusters, rng=rng)
        warnings.simplefilter("ignore")  # copies make fewer distinct points than clusters: that is no fault
        model = KMeans(clusters, n_init=1, random_state=int(rng.integers(2**31)), copy_x=False)
        return model.fit_predict(centred_N_D).astype(np.int64)


class Typicality:
    """How near the points of one cluster lie to their nearest neighbours in it, while points are taken out.

    From the second point on every point keeps a list of its nearest others, twice as long as is needed, so that a
    point can be taken out without measuring all distances again: O(s neighbours) instead of O(s^2 d) for s points.
    """

    def __init__(self, x_S_D: NDArray, neighbours: int) -> None:
        """Measure nothing yet.

        Args:
            x_S_D: the points of the cluster.
            neighbours: how many the mean distance is taken over; half the points left where that is fewer.
        """
        self.x_S_D = x_S_D
        self.neighbours = neighbours
        self.open_S = np.ones(len(x_S_D), dtype=bool)
        self._listed: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]] | None = None

    def __len__(self) -> int:
        """The number of points left."""
        return int(self.open_S.sum())

    def take(self) -> tuple[int, float]:
        """Take out the point with the smallest mean distance; equal: the lower index.

        Returns:
            its row, and that mean distance: 0 for a point that is alone.
        """
        rows_S, means_S = self._means()
        best = int(np.argmin(means_S))
        self.open_S[rows_S[best]] = False
        return int(rows_S[best]), float(means_S[best])

    def _means(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The points left, and the mean distance of each to its nearest others left."""
        left = len(self)
        count = min(self.neighbours, max(1, left // 2), left - 1)
        if count == 0:
            return np.flatnonzero(self.open_S), np.zeros(left)
        if self._listed is not None:
            rows_S, others_S_L, gaps_S_L = self._listed
            still_S = self.open_S[rows_S]
            usable_S_L = self.open_S[others_S_L[still_S]]
            if (usable_S_L.sum(axis=1) >= count).all():
                # Side by side and nearest first, so that equal neighbourhoods add up equally.
                first_S_K = np.argsort(~usable_S_L, axis=1, kind="stable")[:, :count]
                means_S = np.take_along_axis(gaps_S_L[still_S], first_S_K, axis=1).mean(axis=1)
                return rows_S[still_S], means_S
        rows_S = np.flatnonzero(self.open_S)
        x_S_D = self.x_S_D[rows_S]
        listed = count if left == len(self.open_S) else min(2 * count, left - 1)
        others_S_L, squared_S_L = nearest_neighbours(x_S_D, x_S_D, listed, themselves=True)
        gaps_S_L = np.sqrt(squared_S_L)
        self._listed = rows_S, rows_S[others_S_L], gaps_S_L
        return rows_S, gaps_S_L[:, :count].mean(axis=1)
