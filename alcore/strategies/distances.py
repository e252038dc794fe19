"""Distance of every candidate to its nearest centre, kept up to date as centres are added."""

from array_api_compat import array_namespace, device

from alcore.strategies.arrays import Array, floating

# Labelled points are taken in slices so that no temporary exceeds this many numbers.
LARGEST_TEMPORARY = 4_000_000


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
        # Distances do not change when all points move together, but rounding is smallest around the mean.
        self.mean_D = xp.mean(features_N_D, axis=0)
        self.centred_N_D = features_N_D - self.mean_D
        self.norms_N = xp.sum(self.centred_N_D * self.centred_N_D, axis=1)
        n, dimensions = features_N_D.shape
        self.squared_N = xp.full(n, xp.inf, dtype=features_N_D.dtype, device=device(features_N_D))
        # The nearest centre of each candidate: a labelled point's row, or M plus a candidate's row.
        self.nearest_N = xp.zeros(n, dtype=xp.int64, device=device(features_N_D))
        self.count = 0
        largest = float(xp.max(self.norms_N))
        step = max(1, LARGEST_TEMPORARY // n)
        for start in range(0, labeled_M_D.shape[0], step):
            centred_S_D = self.labeled_M_D[start : start + step] - self.mean_D
            norms_S = xp.sum(centred_S_D * centred_S_D, axis=1)
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
