"""The search of `distortion` compiled by numba: the same numbers as its NumPy form, many times as fast."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from alcore.extras import optional_imports

# Jit-compiled functions read their types from the arguments.
Array = Any


@cache
def compiled_search() -> Callable[..., None]:
    """`distortion.search`, compiled at the first call in a process; it runs without the interpreter's lock.

    Raises:
        MissingExtraError: numba is not installed.
    """
    with optional_imports():
        from numba import njit

    @njit(nogil=True, error_model="numpy")
    def lower(
        across: Array, along: Array, other: Array, start: Any, there: Any, size: Any, down: Any, buffers: Any
    ) -> None:
        """Lower the least sums to those of one move.

        Every loop is over whole vectors of 16-bit numbers in one line of memory. Places are unsigned: an index that
        could count from the end would keep a loop from being vectorised.
        """
        difference, column, least = buffers
        one, two, twice = np.uint64(1), np.uint64(2), np.uint64(2) * down
        for place in range(size + 2 * np.int64(down)):
            i = np.uint64(place)
            d0 = np.int16(across[start + i] - other[0, there + i])
            d1 = np.int16(along[start + i] - other[1, there + i])
            difference[i] = np.uint16(d0 * d0 + d1 * d1)
        for place in range(size):
            i = np.uint64(place)
            column[i] = np.uint16(difference[i] + difference[i + down] + difference[i + twice])
        for place in range(size):
            i = np.uint64(place)
            least[i] = min(least[i], np.uint16(column[i] + column[i + one] + column[i + two]))

    @njit(nogil=True, error_model="numpy")
    def search(
        query_Q_2_L: Array, points_P_2_L: Array, tried_Q_C: Array, rows_Q_K: Array, far_Q_K: Array, sizes: Any
    ) -> None:
        height, width, stride, move, edge = sizes
        kept, size = rows_Q_K.shape[1], height * stride
        start, gap = (edge - 1) * stride + edge, np.uint64(stride)
        # What lies between two rows is computed with them, and counts as 0.
        mask = np.zeros(size, np.uint16)
        for place in range(size):
            mask[place] = 65535 if place % stride < width else 0
        line = query_Q_2_L.shape[2]
        across, along = np.empty(line, np.int16), np.empty(line, np.int16)
        least = np.zeros(size, np.uint16)
        buffers = (np.zeros(size + 2 * stride + 2, np.uint16), np.zeros(size + 2, np.uint16), least)
        for q in range(len(query_Q_2_L)):
            across[:] = query_Q_2_L[q, 0]
            along[:] = query_Q_2_L[q, 1]
            for c in range(tried_Q_C.shape[1]):
                point = tried_Q_C[q, c]
                if point < 0:
                    continue
                other, most = points_P_2_L[point], far_Q_K[q, kept - 1]
                least[:] = mask
                for by in range(-move, move + 1):
                    for to in range(-move, move + 1):
                        there = np.uint64(start + by * stride + to)
                        lower(across, along, other, np.uint64(start), there, size, gap, buffers)
                total = np.int64(0)
                for i in range(size):
                    total += np.int64(least[i])
                if total > most or (total == most and point > rows_Q_K[q, kept - 1]):
                    continue
                at = kept - 1
                while at > 0 and (
                    far_Q_K[q, at - 1] > total or (far_Q_K[q, at - 1] == total and rows_Q_K[q, at - 1] > point)
                ):
                    far_Q_K[q, at], rows_Q_K[q, at] = far_Q_K[q, at - 1], rows_Q_K[q, at - 1]
                    at -= 1
                far_Q_K[q, at], rows_Q_K[q, at] = total, point

    return search
