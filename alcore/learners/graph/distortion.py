"""The image distortion model: a distance between images in which every pixel may move by up to two pixels."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from alcore.device import processors
from alcore.extras import MissingExtraError, require
from alcore.learners.graph.distortion_compiled import compiled_search

# Pixels that a part of an image may move, and pixels around each that move with it: a context of 3 x 3.
MOVE, CONTEXT = 2, 1
EDGE = MOVE + CONTEXT
# The smoothing before gradients are taken, in pixels.
BLUR = 0.6
# Gradients are whole numbers of at most STEEPEST, which is a Sobel gradient of STEEP for brightness 0 to 255: the
# largest sum over a context, 9 x 2 x 60^2, fits into 16 bits.
STEEPEST, STEEP = 30, 500
# Queries of a thread between two ticks.
QUERIES = 128
NONE, FARTHEST = -1, 2**62

Tick = Callable[[], None]
Ints = NDArray[np.int64]


class Gradients:
    """The gradients of images, laid out so that a move is a shift in a line of numbers.

    Attributes:
        sizes: height, width, numbers from a row to the next, move and edge.
        lines_N_2_L: int8; pixel (r, c) is at (r + 3) stride + c + 4, and everything around an image is 0. The gap
            between two rows is as wide as a move and its context, so it serves both.
    """

    def __init__(self, images_N_H_W: NDArray[np.floating]) -> None:
        """Take the gradients of images of brightness 0 to 255."""
        n, height, width = images_N_H_W.shape
        stride = width + EDGE + 1
        self.sizes = (height, width, stride, MOVE, EDGE)
        self.lines_N_2_L = np.zeros((n, 2, (height + 2 * EDGE) * stride + 8), np.int8)
        self.lines_N_2_L[:, :, _places(self.sizes)] = gradients(images_N_H_W).reshape(n, 2, -1)

    def __len__(self) -> int:
        """The number of images."""
        return len(self.lines_N_2_L)


def gradients(images_N_H_W: NDArray[np.floating]) -> NDArray[np.int8]:
    """gradients_N_2_H_W of smoothed images, across and down, by the Sobel operator: whole numbers from -30 to 30.

    Args:
        images_N_H_W: brightness from 0 to 255; outside an image it is 0.
    """
    from scipy import ndimage

    smooth = ndimage.gaussian_filter(images_N_H_W.astype(np.float32), (0, BLUR, BLUR), mode="constant")
    found = np.empty((len(smooth), 2, *smooth.shape[1:]), np.int8)
    for channel, (steep, flat) in enumerate(((2, 1), (1, 2))):
        change = ndimage.correlate1d(smooth, [-1, 0, 1], axis=steep, mode="constant")
        change = ndimage.correlate1d(change, [1, 2, 1], axis=flat, mode="constant")
        found[:, channel] = np.clip(np.rint(change * (STEEPEST / STEEP)), -STEEPEST, STEEPEST)
    return found


def nearest_by_distortion(
    query: Gradients,
    points: Gradients,
    tried_Q_C: Ints,
    k: int,
    *,
    from_best: int,
    then: int,
    rows_P_K: Ints | None = None,
    tick: Tick = lambda: None,
    threads: int | None = None,
    compiled: bool | None = None,
) -> tuple[Ints, Ints]:
    """The k points of least distance to each query, among candidates and then among neighbours of neighbours.

    d(q, p) is the sum over the pixels of q of the least sum of squared differences of both gradients over 3 x 3 pixels,
    least over all moves of p by up to 2 pixels across and down. Beyond its edges an image is 0. Equal distances: the
    lower number first. Distances are whole numbers, the same with numba and without, for any number of threads.

    Args:
        query: the queries.
        points: the points.
        tried_Q_C: the candidates of each query, different points, the query itself not among them.
        k: neighbours of each.
        from_best: afterwards the neighbours of so many of the best are tried, too,
        then: namely so many of the best of each.
        rows_P_K: the neighbours of the points, the nearest first; None where the queries are the points: then those
            that were found among the candidates.
        tick: called some times a second.
        threads: how many; all processors if not given.
        compiled: whether numba is used; where it is installed if not given.

    Returns:
        rows_Q_K of the points, the nearest first, and their distances.

    Source: Keysers, Deselaers, Gollan & Ney (2007), the image distortion model with Sobel gradients.
    """
    use = compiled_search() if (_has_numba() if compiled is None else compiled) else search
    themselves = rows_P_K is None
    rows_Q_K = np.full((len(query), k), NONE)
    far_Q_K = np.full((len(query), k), FARTHEST)

    def first(some: slice) -> None:
        use(
            query.lines_N_2_L[some],
            points.lines_N_2_L,
            tried_Q_C[some],
            rows_Q_K[some],
            far_Q_K[some],
            query.sizes,
        )

    def second(some: slice) -> None:
        tried = _strangers(
            known_P_K[rows_Q_K[some, :from_best], :then].reshape(len(rows_Q_K[some]), -1),
            tried_Q_C[some],
            np.arange(len(query))[some] if themselves else None,
        )
        use(query.lines_N_2_L[some], points.lines_N_2_L, tried, rows_Q_K[some], far_Q_K[some], query.sizes)

    slices = [slice(start, start + QUERIES) for start in range(0, len(query), QUERIES)]
    with ThreadPoolExecutor(threads or processors()) as workers:
        try:
            for _ in workers.map(first, slices):
                tick()
            # What was found so far, and is not changed while others read it.
            known_P_K = rows_Q_K.copy() if rows_P_K is None else rows_P_K
            for _ in workers.map(second, slices):
                tick()
        except BaseException:
            workers.shutdown(cancel_futures=True)
            raise
    return rows_Q_K, far_Q_K


def search(
    query_Q_2_L: NDArray[np.int8],
    points_P_2_L: NDArray[np.int8],
    tried_Q_C: Ints,
    rows_Q_K: Ints,
    far_Q_K: Ints,
    sizes: tuple[int, int, int, int, int],
) -> None:
    """Put the candidates of each query into its list of the nearest.

    Args:
        query_Q_2_L: lines of `Gradients`.
        points_P_2_L: the same of the points.
        tried_Q_C: points that are in no list yet; negative numbers are none.
        rows_Q_K: the points nearest so far, changed in place.
        far_Q_K: their distances, in order, changed in place.
        sizes: of `Gradients`.
    """
    kept = rows_Q_K.shape[1]
    for q, query_2_L in enumerate(query_Q_2_L):
        tried = tried_Q_C[q][tried_Q_C[q] >= 0]
        rows = np.concatenate([rows_Q_K[q], tried])
        far = np.concatenate([far_Q_K[q], _distances(query_2_L, points_P_2_L[tried], sizes)])
        order = np.lexsort((rows, far))[:kept]
        rows_Q_K[q], far_Q_K[q] = rows[order], far[order]


def _distances(
    query_2_L: NDArray[np.int8], points_C_2_L: NDArray[np.int8], sizes: tuple[int, int, int, int, int]
) -> Ints:
    """The distances of some points to a query."""
    height, _, stride, move, edge = sizes
    start, size = (edge - 1) * stride + edge, height * stride
    query, points = query_2_L.astype(np.int16), points_C_2_L.astype(np.int16)
    least = np.full((len(points), size), np.iinfo(np.uint16).max, np.uint16)
    tall = size + 2 * stride
    # Two numbers more than there are pixels: what lies beyond the last row is read and not counted.
    column = np.zeros((len(points), size + 2), np.uint16)
    for by in range(-move, move + 1):
        for to in range(-move, move + 1):
            there = start + by * stride + to
            gap = points[:, :, there : there + tall] - query[:, start : start + tall]
            gap *= gap
            squared = gap.view(np.uint16).sum(axis=1, dtype=np.uint16)
            np.add(squared[:, :size], squared[:, stride : stride + size], out=column[:, :size])
            column[:, :size] += squared[:, 2 * stride :]
            np.minimum(least, column[:, :-2] + column[:, 1:-1] + column[:, 2:], out=least)
    return least[:, _places(sizes) - start - stride - 1].sum(axis=1, dtype=np.int64)


def _strangers(tried_Q_C: Ints, known_Q_C: Ints, itself_Q: Ints | None) -> Ints:
    """Candidates that are new: each once, none that was tried before, none the query itself; the others are -1."""
    before = [known_Q_C] if itself_Q is None else [known_Q_C, itself_Q[:, None]]
    every = np.concatenate([*before, tried_Q_C], axis=1)
    order = np.argsort(every, axis=1, kind="stable")
    ranked = np.take_along_axis(every, order, axis=1)
    new = np.ones(every.shape, dtype=bool)
    new[:, 1:] = ranked[:, 1:] != ranked[:, :-1]
    new &= order >= every.shape[1] - tried_Q_C.shape[1]
    fresh = np.where(new, ranked, NONE)
    # Few are new: the columns that hold none are left out.
    return -np.sort(-fresh, axis=1)[:, : max(1, int(new.sum(axis=1).max(initial=0)))]


def _places(sizes: tuple[int, int, int, int, int]) -> Ints:
    """Where the pixels of an image are in its line."""
    height, width, stride, *_ = sizes
    return ((EDGE + np.arange(height))[:, None] * stride + EDGE + 1 + np.arange(width)).ravel()


def _has_numba() -> bool:
    try:
        require("numba")
    except MissingExtraError:
        return False
    return True
