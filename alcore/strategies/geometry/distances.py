"""Distance of every candidate to its nearest centre, kept up to date as centres are added."""

import numpy as np
from array_api_compat import array_namespace, device
from numpy.typing import NDArray

from alcore.strategies.arrays import Array, check_measurable, floating

# Labelled points are taken in slices so that no temporary exceeds this many numbers.
PAIRS_AT_A_TIME = 4_000_000


def centre_of(x_N_D: Array) -> Array:
    """The mean of the points (D,), summed in double precision, as a point in their own precision.

    Distances do not change when all points are moved by it, but rounding is smallest around it: the offset that all
    points have in common is subtracted exactly.
    """
    xp = array_namespace(x_N_D)
    with np.errstate(over="ignore"):  # what is too large shows in the squared lengths
        return xp.astype(xp.sum(x_N_D, axis=0, dtype=xp.float64) / x_N_D.shape[0], x_N_D.dtype)


def around(mean_D: Array, x_N_D: Array) -> tuple[Array, Array]:
    """The points as seen from their mean or that of others, and their squared distances from it.

    Returns:
        centred_N_D and norms_N.

    Raises:
        ValueError: if a squared distance overflows.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        centred_N_D = x_N_D - mean_D
        norms_N = array_namespace(x_N_D).sum(centred_N_D * centred_N_D, axis=1)
    check_measurable(norms_N)
    return centred_N_D, norms_N


def principal_components(x_P_D: np.ndarray, count: int) -> np.ndarray:
    """The points around their mean in their leading principal components, or as they are if they have no more numbers.

    By scikit-learn's randomised method, with the same random numbers every time.
    """
    if x_P_D.shape[1] <= count:
        return x_P_D
    from sklearn.utils.extmath import randomized_svd

    left_P_E, lengths_E, _ = randomized_svd(x_P_D - centre_of(x_P_D), min(count, len(x_P_D)), random_state=0)
    return left_P_E * lengths_E


def lower(squared_N: NDArray, x_N_D: NDArray, norms_N: NDArray, centre_D: NDArray, work_N: NDArray) -> None:
    """Lower the squared distance of each point to its nearest centre where a new centre is nearer.

    Args:
        squared_N: these distances, changed; below zero by rounding where points coincide.
        x_N_D: the points.
        norms_N: their squared lengths.
        centre_D: the new centre.
        work_N: overwritten.
    """
    np.matmul(x_N_D, -2 * centre_D, out=work_N)
    work_N += norms_N
    work_N += np.dot(centre_D, centre_D)
    np.minimum(squared_N, work_N, out=squared_N)


class NearestCentre:
    """One running squared distance per candidate: O(n d) a centre, O(n) memory beside the features.

    Distances come from |x|^2 - 2 x.c + |c|^2, one matrix-vector product a centre, which loses digits when x
    and c nearly coincide. `exact` measures chosen candidates again by subtraction, so that ties are ties
    and duplicates are at distance zero.
    """

    def __init__(self, features_N_D: Array, labeled_M_D: Array) -> None:
        """Start with the labelled points as centres; there may be none."""
        xp = array_namespace(features_N_D)
        self.xp = xp
        self.features_N_D = features_N_D
        self.labeled_M_D = xp.astype(floating(labeled_M_D), features_N_D.dtype)
        self.mean_D = centre_of(features_N_D)
        self.centred_N_D, self.norms_N = around(self.mean_D, features_N_D)
        n, dimensions = features_N_D.shape
        self.squared_N = xp.full(n, xp.inf, dtype=features_N_D.dtype, device=device(features_N_D))
        # The nearest centre of each candidate: a labelled point's row, or M plus a candidate's row.
        self.nearest_N = xp.zeros(n, dtype=xp.int64, device=device(features_N_D))
        self.count = 0
        largest = float(xp.max(self.norms_N))
        step = max(1, PAIRS_AT_A_TIME // n)
        for start in range(0, labeled_M_D.shape[0], step):
            centred_S_D, norms_S = around(self.mean_D, self.labeled_M_D[start : start + step])
            largest = max(largest, float(xp.max(norms_S)))
            squared_N_S = self.norms_N[:, None] - 2 * (self.centred_N_D @ centred_S_D.T) + norms_S[None, :]
            closest_N = xp.argmin(squared_N_S, axis=1)
            self._lower(xp.min(squared_N_S, axis=1), closest_N + start)
        # What rounding can make of a squared distance, from above: see any text on dot products.
        self.rounding = 8 * dimensions * float(xp.finfo(features_N_D.dtype).eps) * largest

    def _lower(self, squared_N: Array, centre_N: Array | int) -> None:
        closer_N = squared_N < self.squared_N
        self.nearest_N = self.xp.where(closer_N, centre_N, self.nearest_N)
        self.squared_N = self.xp.where(closer_N, squared_N, self.squared_N)
        self.count += 1

    def add(self, row: int) -> None:
        """Make a candidate a centre."""
        squared_N = self.norms_N - 2 * (self.centred_N_D @ self.centred_N_D[row]) + self.norms_N[row]
        self._lower(squared_N, self.labeled_M_D.shape[0] + row)

    def exact(self, rows: Array) -> Array:
        """Squared distances of some candidates to their nearest centres, by subtraction."""
        m = self.labeled_M_D.shape[0]
        nearest = self.nearest_N[rows]
        known = nearest < m
        centres = self.features_N_D[self.xp.where(known, 0, nearest - m)]
        if m:
            labeled = self.labeled_M_D[self.xp.where(known, nearest, 0)]
            centres = self.xp.where(known[:, None], labeled, centres)
        gaps = self.features_N_D[rows] - centres
        return self.xp.sum(gaps * gaps, axis=1)

    def distances(self) -> Array:
        """Distances (N,), exact where rounding could matter; infinite while there is no centre."""
        xp = self.xp
        squared_N = self.squared_N
        close = xp.nonzero(squared_N <= self.rounding)[0]
        if close.shape[0]:
            squared_N = xp.asarray(squared_N, copy=True)
            squared_N[close] = self.exact(close)
        return xp.sqrt(squared_N)
