"""Which points lie within a radius of which: exact, in slices, with no neighbour graph kept."""

from collections.abc import Iterator
from copy import copy

from array_api_compat import array_namespace, device

from alcore.strategies.arrays import Array, floating
from alcore.strategies.geometry.distances import around, centre_of

# Distances are taken in tiles so that no temporary exceeds this many numbers; a tile of few rows takes twice as long.
DISTANCES_AT_A_TIME = 2_000_000
TILE_ROWS = 500
# Largest squared lengths between these are far from overflow and underflow in single precision.
SINGLE_FROM, SINGLE_TO = 1e-16, 1e16


class RadiusNeighbours:
    """Squared distances from |x|^2 - 2 x.c + |c|^2, decided by subtraction where rounding could matter."""

    def __init__(self, features_N_D: Array, *, single: bool = False) -> None:
        """Keep the points, moved to their mean, around which rounding is smallest.

        Args:
            features_N_D: the points.
            single: take products in single precision, twice as fast. Not for `nearest_stranger`.
        """
        xp = array_namespace(features_N_D)
        self.xp = xp
        self.features_N_D = features_N_D
        self.mean_D = centre_of(features_N_D)
        centred_N_D, norms_N = around(self.mean_D, features_N_D)
        largest = float(xp.max(norms_N))
        self.radius = largest**0.5
        n, dimensions = features_N_D.shape
        self.step = max(1, DISTANCES_AT_A_TIME // n)
        self.dtype = xp.float32 if single and SINGLE_FROM < largest < SINGLE_TO else features_N_D.dtype
        # The norms are columns, so that the product adds them.
        points_N_E = xp.concat([centred_N_D, norms_N[:, None], xp.ones_like(norms_N)[:, None]], axis=1)
        self.points_N_E = xp.astype(points_N_E, self.dtype)
        self.relative_rounding = 8 * (dimensions + 2) * float(xp.finfo(self.dtype).eps)

    def only(self, rows: Array) -> "RadiusNeighbours":
        """The same with some of the points."""
        some = copy(self)
        some.features_N_D, some.points_N_E = self.features_N_D[rows], self.points_N_E[rows]
        return some

    def held(self, centres_S_D: Array, delta: float) -> Array:
        """How many of the centres lie within delta of each point (N,), edge included."""
        xp = self.xp
        held_N = xp.zeros(self.points_N_E.shape[0], dtype=xp.int64, device=device(self.features_N_D))
        for _, columns, within_S_N in self._tiles(centres_S_D, delta):
            held_N[columns] += xp.sum(xp.astype(within_S_N, xp.uint8), axis=0, dtype=xp.int32)
        return held_N

    def holding(self, centres_S_D: Array, delta: float, counted_N: Array) -> Array:
        """How many of the counted points lie within delta of each centre (S,), edge included."""
        xp = self.xp
        holding_S = xp.zeros(centres_S_D.shape[0], dtype=xp.int64, device=device(self.features_N_D))
        for rows, columns, within_S_N in self._tiles(centres_S_D, delta):
            within_S_N = xp.astype(within_S_N & counted_N[columns], xp.uint8)
            holding_S[rows] += xp.sum(within_S_N, axis=1, dtype=xp.int32)
        return holding_S

    def _tiles(self, centres_S_D: Array, delta: float) -> Iterator[tuple[slice, slice, Array]]:
        """Which points are within delta of which centres: some centres and some points at a time."""
        xp = self.xp
        centres_S_D = xp.astype(floating(centres_S_D), self.features_N_D.dtype)
        for first in range(0, centres_S_D.shape[0], TILE_ROWS):
            rows = slice(first, first + TILE_ROWS)
            some_S_D = centres_S_D[rows]
            width = max(1, DISTANCES_AT_A_TIME // some_S_D.shape[0])
            centres_S_E, points_N_E, rounding = self._extended(some_S_D, delta * delta)
            for start in range(0, points_N_E.shape[0], width):
                columns = slice(start, start + width)
                gap_S_N = centres_S_E @ points_N_E[columns].T
                within_S_N = gap_S_N <= -rounding
                undecided_S_N = within_S_N != (gap_S_N <= rounding)
                # Of one axis: several times as fast as of two.
                (places,) = xp.nonzero(xp.reshape(undecided_S_N, (-1,)))
                across = max(1, DISTANCES_AT_A_TIME // max(1, some_S_D.shape[1]))
                for next_ in range(0, places.shape[0], across):
                    some = places[next_ : next_ + across]
                    r, c = some // gap_S_N.shape[1], some % gap_S_N.shape[1]
                    lengths = self._lengths(some_S_D[r] - self.features_N_D[start + c])
                    within_S_N[r, c] = lengths <= delta
                yield rows, columns, within_S_N

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
            centres_S_E, points_N_E, _ = self._extended(some_S_D)
            squared_S_N = xp.where(other_S_N, centres_S_E @ points_N_E.T, xp.inf)
            lengths_S = self._lengths(some_S_D - self.features_N_D[xp.argmin(squared_S_N, axis=1)])
            nearest_N[some] = xp.where(xp.any(other_S_N, axis=1), lengths_S, xp.inf)
        return nearest_N

    def _extended(self, some_S_D: Array, less: float = 0.0) -> tuple[Array, Array, float]:
        """Centres and points whose products are squared distances less a number, and what rounding can make of them."""
        xp = self.xp
        centred_S_D, norms_S = around(self.mean_D, some_S_D)
        ones_S_1 = xp.ones_like(norms_S)[:, None]
        largest = max(self.radius**2, float(xp.max(norms_S)))
        less = min(less, 8 * largest)  # twice the largest squared distance there can be
        centres_S_E = xp.concat([-2 * centred_S_D, ones_S_1, norms_S[:, None] - less], axis=1)
        dtype = self.dtype if largest < SINGLE_TO else self.features_N_D.dtype
        points_N_E = xp.astype(self.points_N_E, dtype, copy=False)
        return xp.astype(centres_S_E, dtype), points_N_E, self.relative_rounding * max(largest, less)

    def _lengths(self, gaps_S_D: Array) -> Array:
        return self.xp.sqrt(self.xp.sum(gaps_S_D * gaps_S_D, axis=1))
