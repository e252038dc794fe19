"""The distances of the graph learner: the nearest neighbours of a pool's points, and of others in the pool."""

from collections.abc import Callable

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from alcore.learners.graph.deskew import deskew
from alcore.learners.graph.distortion import Gradients, nearest_by_distortion
from alcore.learners.options import Metric
from alcore.neighbours import edge_weights, local_scales, nearest_neighbours
from alcore.points import are_images

COMPONENTS = 60
# By distortion: candidates by principal components, the least number of neighbours that is kept of them, of how many
# neighbours of these others are tried, the neighbour whose distance is the scale of a point, and the vote of a test
# point's neighbours, exp(-2 d / scale).
CANDIDATES, KEPT, AGAIN, SCALE, VOTE = 100, 12, 10, 5, 2.0
# Images are set upright so many at a time.
IMAGES = 2000

Tick = Callable[[], None]
Near = tuple[NDArray[np.int64], NDArray[np.float64]]


class Euclid:
    """Principal components of the points, images deskewed.

    Attributes:
        features_P_D: those of the pool.
    """

    def __init__(self, x_pool: NDArray, tick: Tick) -> None:
        """Find the components."""
        flat_P_E = _upright(x_pool, tick)
        self._see(flat_P_E, x_pool)
        # In place: a pool of images is large.
        self._mean_E = flat_P_E.mean(axis=0, dtype=np.float64).astype(np.float32)
        flat_P_E -= self._mean_E
        size = flat_P_E.shape[1]
        kept = (max(0, size - COMPONENTS), size - 1)
        _, self._axes_E_D = scipy.linalg.eigh(flat_P_E.T @ flat_P_E, subset_by_index=kept)
        self.features_P_D = flat_P_E @ self._axes_E_D

    def of_pool(self, k: int, tick: Tick) -> Near:
        """The k nearest others of each point of the pool, the nearest first, and their squared distances."""
        return nearest_neighbours(self.features_P_D, self.features_P_D, k, themselves=True, tick=tick)

    def of_others(self, x: NDArray, k: int, tick: Tick) -> tuple[NDArray[np.float32], Near]:
        """The features of other points, and their k nearest in the pool."""
        features_N_D = (_upright(x, tick) - self._mean_E) @ self._axes_E_D
        return features_N_D, nearest_neighbours(features_N_D, self.features_P_D, k, tick=tick)

    def _see(self, flat_P_E: NDArray[np.float32], x_pool: NDArray) -> None:
        """Take from the upright pool what is needed beside its components."""

    @staticmethod
    def scales(squared_P_K: NDArray[np.float64]) -> NDArray[np.float64]:
        """The scale of each point of the pool."""
        return local_scales(squared_P_K)

    @staticmethod
    def votes(rows_N_K: NDArray[np.int64], squared_N_K: NDArray[np.float64], scale_P: NDArray) -> NDArray[np.float64]:
        """The weight of each of other points' neighbours."""
        return edge_weights(squared_N_K, local_scales(squared_N_K), scale_P[rows_N_K])


class Distortion(Euclid):
    """The image distortion model, among candidates by principal components; see `nearest_by_distortion`."""

    def __init__(self, x_pool: NDArray, tick: Tick) -> None:
        """Find components and gradients.

        Raises:
            ValueError: the points are no grey images.
        """
        if not (are_images(x_pool) and (x_pool.ndim == 3 or x_pool.shape[1] == 1)):
            raise ValueError(
                f"the metric distortion compares grey images, and these points have the shape {x_pool.shape[1:]}: "
                "choose the metric euclid"
            )
        super().__init__(x_pool, tick)

    def of_pool(self, k: int, tick: Tick) -> Near:
        """See `Euclid.of_pool`."""
        n = len(self.features_P_D)
        tried_P_C, _ = super().of_pool(min(CANDIDATES, n - 1), tick)
        kept = min(max(k, KEPT), tried_P_C.shape[1])
        rows_P_K, far_P_K = nearest_by_distortion(
            self._gradients, self._gradients, tried_P_C, kept, from_best=KEPT, then=AGAIN, tick=tick
        )
        self._near_P_K = rows_P_K[:, :AGAIN]
        return rows_P_K[:, :k], far_P_K[:, :k].astype(np.float64)

    def of_others(self, x: NDArray, k: int, tick: Tick) -> tuple[NDArray[np.float32], Near]:
        """See `Euclid.of_others`; after `of_pool`, whose neighbours are tried."""
        features_N_D, (tried_N_C, _) = super().of_others(x, min(CANDIDATES, len(self.features_P_D)), tick)
        query = _gradients(_upright(x, tick), x)
        kept = min(max(k, KEPT), tried_N_C.shape[1])
        rows_N_K, far_N_K = nearest_by_distortion(
            query,
            self._gradients,
            tried_N_C,
            kept,
            from_best=KEPT,
            then=AGAIN,
            rows_P_K=self._near_P_K,
            tick=tick,
        )
        return features_N_D, (rows_N_K[:, :k], far_N_K[:, :k].astype(np.float64))

    def _see(self, flat_P_E: NDArray[np.float32], x_pool: NDArray) -> None:
        self._gradients = _gradients(flat_P_E, x_pool)

    @staticmethod
    def scales(squared_P_K: NDArray[np.float64]) -> NDArray[np.float64]:
        """See `Euclid.scales`."""
        return np.sqrt(squared_P_K[:, min(SCALE, squared_P_K.shape[1]) - 1])

    @staticmethod
    def votes(rows_N_K: NDArray[np.int64], squared_N_K: NDArray[np.float64], scale_P: NDArray) -> NDArray[np.float64]:
        """See `Euclid.votes`."""
        scale_N_1 = Distortion.scales(squared_N_K / VOTE)[:, None]
        return edge_weights(squared_N_K, scale_N_1[:, 0], np.repeat(scale_N_1, squared_N_K.shape[1], axis=1))


SPACES: dict[Metric, type[Euclid]] = {"euclid": Euclid, "distortion": Distortion}


def _upright(x_N: NDArray, tick: Tick) -> NDArray[np.float32]:
    """One row of numbers a point: images deskewed and in [0, 1], numbers unchanged."""
    if not are_images(x_N):
        return x_N.reshape(len(x_N), -1).astype(np.float32)
    images = x_N.reshape(-1, *x_N.shape[-2:])
    upright = np.empty(images.shape, np.float32)
    for start in range(0, len(images), IMAGES):
        tick()
        upright[start : start + IMAGES] = deskew(images[start : start + IMAGES]) / 255
    return upright.reshape(len(x_N), -1)


def _gradients(flat_N_E: NDArray[np.float32], x_N: NDArray) -> Gradients:
    return Gradients(flat_N_E.reshape(len(flat_N_E), *x_N.shape[-2:]) * 255)
