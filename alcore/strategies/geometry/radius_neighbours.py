"""Which points lie within a radius of which: exact, in slices, with no neighbour graph kept."""

from collections.abc import Iterator

from array_api_compat import array_namespace, device

from alcore.strategies.arrays import Array, floating
from alcore.strategies.geometry.distances import around, centre_of

# Distances are taken in slices so that no temporary exceeds this many numbers.
DISTANCES_AT_A_TIME = 4_000_000


class RadiusNeighbours:
    """Squared distances from |x|^2 - 2 x.c + |c|^2, decided by subtraction where rounding could matter."""

    def __init__(self, features_N_D: Array) -> None:
        """Keep the points, moved to their mean, around which rounding is smallest."""
        xp = array_namespace(features_N_D)
        self.xp = xp
        self.features_N_D = features_N_D
        self.mean_D = centre_of(features_N_D)
        centred_N_D, norms_N = around(self.mean_D, features_N_D)
        self.radius = float(xp.max(norms_N)) ** 0.5
        n, dimensions = features_N_D.shape
        self.step = max(1, DISTANCES_AT_A_TIME // n)
        # The norms are columns, so that the product adds them.
        self.points_N_E = xp.concat([centred_N_D, norms_N[:, None], xp.ones_like(norms_N)[:, None]], axis=1)
        self.relative_rounding = 8 * (dimensions + 2) * float(xp.finfo(features_N_D.dtype).eps)

    def around(self, centres_S_D: Array, delta: float) -> Iterator[Array]:
        """Within delta of each centre, edge included: (S, N) in slices of centres."""
        xp = self.xp
        centres_S_D = xp.astype(floating(centres_S_D), self.features_N_D.dtype)
        for start in range(0, centres_S_D.shape[0], self.step):
            some_S_D = centres_S_D[start : start + self.step]
            gap_S_N, rounding = self._squared(some_S_D, delta * delta)
            within_S_N = gap_S_N <= -rounding
            undecided_S_N = within_S_N != (gap_S_N <= rounding)
            # Of one axis: several times as fast as of two.
            (places,) = xp.nonzero(xp.reshape(undecided_S_N, (-1,)))
            rows, columns = places // self.points_N_E.shape[0], places % self.points_N_E.shape[0]
            width = max(1, DISTANCES_AT_A_TIME // max(1, some_S_D.shape[1]))
            for first in range(0, rows.shape[0], width):
                r, c = rows[first : first + width], columns[first : first + width]
                within_S_N[r, c] = self._lengths(some_S_D[r] - self.features_N_D[c]) <= delta
            yield within_S_N

    def nearest_stranger(self, labels_N: Array) -> Array:
        """The distance (N,) from each point to the nearest one with another label; infinite if none."""
        xp = self.xp
        labels_N = xp.asarray(labels_N, device=device(self.features_N_D))
        n = labels_N.shape[0]
        nearest_N = xp.empty(n, dtype=self.features_N_D.dtype, device=device(self.features_N_D))
        for start in range(0, n, self.step):
            some = slice(start, start + self.step)
            some_S_D = self.features_N_D[some]
            other_S_N = labels_N[some, None] != labels_N[None, :]
            squared_S_N = xp.where(other_S_N, self._squared(some_S_D)[0], xp.inf)
            lengths_S = self._lengths(some_S_D - self.features_N_D[xp.argmin(squared_S_N, axis=1)])
            nearest_N[some] = xp.where(xp.any(other_S_N, axis=1), lengths_S, xp.inf)
        return nearest_N

    def _squared(self, some_S_D: Array, less: float = 0.0) -> tuple[Array, float]:
        """Squared distances (S, N) less a number, and what rounding can make of them."""
        xp = self.xp
        centred_S_D, norms_S = around(self.mean_D, some_S_D)
        ones_S_1 = xp.ones_like(norms_S)[:, None]
        largest = max(self.radius**2, float(xp.max(norms_S)))
        less = min(less, 8 * largest)  # twice the largest squared distance there can be
        squared_S_N = xp.concat([-2 * centred_S_D, ones_S_1, norms_S[:, None] - less], axis=1) @ self.points_N_E.T
        return squared_S_N, self.relative_rounding * max(largest, less)

    def _lengths(self, gaps_S_D: Array) -> Array:
        return self.xp.sqrt(self.xp.sum(gaps_S_D * gaps_S_D, axis=1))
