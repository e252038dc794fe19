"""The best k rows of a pool, found in parts: an exact selection whose merge is associative and commutative."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Top:
    """Rows of a pool, best first: higher scores, then lower keys, then lower rows.

    Attributes:
        scores: (m,) float64, no NaN.
        keys: (m,) uint64, which order equal scores.
        rows: (m,) int64, distinct.
    """

    scores: NDArray[np.float64]
    keys: NDArray[np.uint64]
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.rows)


def top_of(scores_N: NDArray, keys_N: NDArray, rows_N: NDArray, k: int) -> Top:
    """The best k of some rows; all where there are fewer. Time O(N + k log k)."""
    if len(rows_N) > k:
        bar = np.partition(scores_N, len(rows_N) - k)[len(rows_N) - k]
        keep = np.flatnonzero(scores_N > bar)
        level = np.flatnonzero(scores_N == bar)
        if (left := k - len(keep)) < len(level):
            level = level[np.lexsort((rows_N[level], keys_N[level]))[:left]]
        keep = np.concatenate([keep, level])
        scores_N, keys_N, rows_N = scores_N[keep], keys_N[keep], rows_N[keep]
    order = np.lexsort((rows_N, keys_N, -scores_N))
    return Top(scores_N[order].astype(np.float64), keys_N[order], rows_N[order].astype(np.int64))


def merged(parts: Iterable[Top], k: int) -> Top:
    """The best k of all parts, whatever their order and grouping."""
    some = list(parts) or [nothing()]
    scores, keys, rows = (np.concatenate([getattr(one, name) for one in some]) for name in ("scores", "keys", "rows"))
    return top_of(scores, keys, rows, k)


def nothing() -> Top:
    """No row: what `merged` starts from."""
    return Top(np.empty(0), np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64))
