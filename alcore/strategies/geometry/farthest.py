"""Farthest-first order of NumPy points: single precision ranks all of them, double precision decides between the first.

The time is that of reading the points: half as much in single precision, and for many picks at once, because a pick
concerns the farthest points alone. The points within rounding of the farthest, rarely more than two, are measured again
by subtraction in double precision.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.strategies.geometry.distances import PAIRS_AT_A_TIME, around, centre_of, lower

Floats = NDArray[np.floating]
Single = NDArray[np.float32]

# Coordinates between which squares in single precision neither over- nor underflow.
SMALL, LARGE = 1e-12, 1e12
# Points in the front: so many, or one in so many.
FRONT, PART = 1000, 32
# Numbers of a temporary that stays in a core's cache.
IN_CACHE = 200_000
# Of so many numbers the products are made by one thread: two wait for memory, and on some machines for one another.
MANY = 2_000_000


def farthest_first(features_N_D: Floats, labeled_M_D: Floats, k: int) -> tuple[list[int], list[float]]:
    """The picks of greedy k-center, and the distance of each from all centres before it.

    Args:
        features_N_D: finite points.
        labeled_M_D: the first centres; with none the first pick is the point nearest the mean.
        k: picks, at most N.

    Returns:
        rows and distances (infinite for a first pick without centres); of equal distances the lower row first.

    Raises:
        ValueError: if a squared distance overflows.
    """
    with _one_thread() if features_N_D.size > MANY else nullcontext():
        return _picked(features_N_D, labeled_M_D, k)


def _one_thread() -> AbstractContextManager[Any]:
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(limits=1, user_api="blas")
    return limits


def _picked(features_N_D: Floats, labeled_M_D: Floats, k: int) -> tuple[list[int], list[float]]:
    mean_D = centre_of(features_N_D)
    ranked = _Ranked(*_single(features_N_D, labeled_M_D, mean_D))
    measured = _Measured(features_N_D, labeled_M_D, k)
    picks, distances = [], []
    for _ in range(k):
        if measured.count == 0:
            pick, squared = int(around(mean_D, features_N_D)[1].argmin()), float("inf")
        else:
            rows = ranked.contenders()
            squared_R = measured.squared(rows)
            best = int(squared_R.argmax())
            pick, squared = int(rows[best]), float(squared_R[best])
        picks.append(pick)
        distances.append(squared**0.5)
        ranked.add(pick)
        measured.add(pick)
    return picks, distances


def _single(features_N_D: Floats, labeled_M_D: Floats, mean_D: Floats) -> tuple[Single, Single]:
    """Both kinds of points as seen from the mean, in units in which no square over- or underflows."""
    seen = tuple(_seen_from(mean_D, x) for x in (features_N_D, labeled_M_D))
    largest = max(float(max(x.max(initial=0), -x.min(initial=0))) for x in seen)
    if SMALL < largest < LARGE:
        return seen[0], seen[1]
    centred = [around(mean_D, x)[0] for x in (features_N_D, labeled_M_D.astype(features_N_D.dtype, copy=False))]
    largest = max(float(np.abs(x).max(initial=0)) for x in centred) or 1.0
    return (centred[0] / largest).astype(np.float32), (centred[1] / largest).astype(np.float32)


def _seen_from(mean_D: Floats, x_N_D: Floats) -> Single:
    centred_N_D = np.empty(x_N_D.shape, dtype=np.float32)
    with np.errstate(over="ignore", under="ignore"):
        return np.subtract(x_N_D, mean_D, out=centred_N_D, casting="same_kind")


class _Ranked:
    """Squared distances of all points from their nearest centres, in single precision.

    Distances only fall as centres are added. So a new centre is compared with the front alone, the points that are
    farthest away, until what is left of it is nearer than what the others were; then with all others, for many new
    centres at once. Where that happens at every pick all points are the front for a while.
    """

    def __init__(self, x_N_D: Single, centres_M_D: Single) -> None:
        self._x_N_D = x_N_D
        self._norms_N = np.einsum("nd,nd->n", x_N_D, x_N_D)
        self._squared_N = np.full(len(x_N_D), np.inf, dtype=np.float32)
        self._work_N = np.empty_like(self._squared_N)
        norms_M = np.einsum("md,md->m", centres_M_D, centres_M_D)
        largest = max(self._norms_N.max(), norms_M.max(initial=0))
        # What rounding can make of the difference of two squared distances, from above: see any text on dot products.
        self._rounding = 2 * (2 * x_N_D.shape[1] + 16) * np.finfo(np.float32).eps * largest
        self._compare(centres_M_D)
        self._size = max(FRONT, len(x_N_D) // PART)
        self._whole_for = 1
        self._take_all()

    def add(self, row: int) -> None:
        """Make a point a centre; it is no contender any more."""
        self._squared_N[row] = -np.inf
        if self._rows_F is not None:
            self._new.append(row)
            self._near_F[self._rows_F == row] = -np.inf
        lower(self._near_F, self._x_F_D, self._norms_F, self._x_N_D[row], self._work_N[: len(self._near_F)])
        self._picks += 1

    def contenders(self) -> NDArray[np.int64]:
        """The points, in order, that may be the farthest."""
        least = self._near_F.max() - self._rounding
        if self._rows_F is not None and not least > self._others:
            self._compare(self._x_N_D[self._new])
            # A front that did not last is not worth its choice.
            self._whole_for = 0 if self._picks > 2 else 2 * max(self._whole_for, 1)
            self._take_all()
        if self._rows_F is None and self._picks >= self._whole_for:
            self._take_front()
        rows_R = np.flatnonzero(self._near_F >= self._near_F.max() - self._rounding)
        return rows_R if self._rows_F is None else self._rows_F[rows_R]

    def _take_all(self) -> None:
        self._rows_F: NDArray[np.int64] | None = None
        self._x_F_D, self._norms_F, self._near_F = self._x_N_D, self._norms_N, self._squared_N
        self._picks = 0

    def _take_front(self) -> None:
        """Choose the front, if there are many more points, and it holds every contender."""
        if 2 * self._size > len(self._x_N_D):
            return
        apart_N = np.argpartition(-self._squared_N, self._size)
        rows_F = np.sort(apart_N[: self._size])
        near_F, others = self._squared_N[rows_F], self._squared_N[apart_N[self._size]]
        self._picks = 0
        if near_F.max() - self._rounding > others:
            self._rows_F, self._near_F, self._others = rows_F, near_F, others
            self._x_F_D, self._norms_F = self._x_N_D[rows_F], self._norms_N[rows_F]
            self._new: list[int] = []
        else:
            self._whole_for = 2 * max(self._whole_for, 1)

    def _compare(self, centres_M_D: Single) -> None:
        """Lower the distances of all points where one of these centres is nearer."""
        if not len(centres_M_D):
            return
        minus_twice_D_M, norms_M = -2 * centres_M_D.T, np.einsum("md,md->m", centres_M_D, centres_M_D)
        step = max(1, IN_CACHE // len(centres_M_D))
        for start in range(0, len(self._x_N_D), step):
            some = slice(start, start + step)
            squared_S_M = self._x_N_D[some] @ minus_twice_D_M
            squared_S_M += norms_M
            least_S = squared_S_M.min(axis=1)
            least_S += self._norms_N[some]
            np.minimum(self._squared_N[some], least_S, out=self._squared_N[some])


class _Measured:
    """Squared distances of some points from their nearest centres, by subtraction in double precision.

    A point asked for again is measured from the centres added since.
    """

    def __init__(self, features_N_D: Floats, labeled_M_D: Floats, more: int) -> None:
        self._x_N_D = features_N_D
        self._centres = np.empty((len(labeled_M_D) + more, features_N_D.shape[1]))
        self._centres[: len(labeled_M_D)] = labeled_M_D
        self.count = len(labeled_M_D)
        self._squared_N = np.full(len(features_N_D), np.inf)
        self._seen_N = np.zeros(len(features_N_D), dtype=np.int64)

    def add(self, row: int) -> None:
        """Make a point a centre."""
        self._centres[self.count] = self._x_N_D[row]
        self.count += 1

    def squared(self, rows: NDArray[np.int64]) -> Floats:
        """The squared distances of these points."""
        seen_R = self._seen_N[rows]
        for seen in seen_R[:1] if (seen_R == seen_R[0]).all() else np.unique(seen_R):
            self._measure(rows[seen_R == seen], int(seen))
        return self._squared_N[rows]

    def _measure(self, rows: NDArray[np.int64], seen: int) -> None:
        """Measure points from the centres after the first `seen`."""
        centres_C_D = self._centres[seen : self.count]
        step = max(1, PAIRS_AT_A_TIME // max(centres_C_D.size, 1))
        for start in range(0, len(rows), step):
            some = rows[start : start + step]
            gaps_S_C_D = self._x_N_D[some][:, None] - centres_C_D
            squared_S_C = np.einsum("scd,scd->sc", gaps_S_C_D, gaps_S_C_D)
            self._squared_N[some] = np.minimum(self._squared_N[some], squared_S_C.min(axis=1, initial=np.inf))
        self._seen_N[rows] = self.count
