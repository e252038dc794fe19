"""Filled iso-bands of surfaces as polygons: crisp at any zoom, small, and redrawn without flicker."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.extras import optional_imports

with optional_imports():
    from contourpy import FillType, LineType, contour_generator

# How far a polygon may lie from the true band, as a share of the surface's side: a third of a pixel on 300.
TOLERANCE = 1e-3
# Log-probabilities end here: float32 cannot tell a probability further from one.
FLOOR = 1e-6

Polygons = NDArray[np.float32]  # (V, 2) vertices of closed rings, separated by rows of NaN
EMPTY: Polygons = np.full((1, 2), np.nan, dtype=np.float32)


def bands(x: NDArray, y: NDArray, z_Y_X: NDArray, levels: Sequence[float]) -> list[Polygons]:
    """Where one surface is at or above each level; see `stacked_bands`."""
    return [found[0] for found in stacked_bands(x, y, z_Y_X[None], levels)]


def stacked_bands(x: NDArray, y: NDArray, z_R_Y_X: NDArray, levels: Sequence[float]) -> list[list[Polygons]]:
    """Where each of many surfaces is at or above each level.

    The surfaces are laid end to end and traced as one: a call of the tracer a surface costs more than its
    contours.

    Args:
        x: ascending positions of the columns.
        y: ascending positions of the rows.
        z_R_Y_X: the surfaces.
        levels: the lower edges.

    Returns:
        For each level, for each surface (V, 2) vertices of closed polygons, separated by rows of NaN; holes
        run the other way round than their outlines, so that the nonzero fill rule leaves them empty. One row
        of NaN where the surface stays below: a trace without any point would be forgotten by an animation.
    """
    tracer = _tracer(z_R_Y_X)
    top = max(float(z_R_Y_X.max()), *levels) + 1
    tolerance = TOLERANCE * float(max(x[-1] - x[0], y[-1] - y[0]))
    found = []
    for level in levels:
        chunks, offsets = tracer.filled(level, top)
        at_V_2, size_G, rings_R = _unstacked(chunks, offsets, len(y))
        kept_V_2, size_G = _without_straight_vertices(_positions(at_V_2, x, y), size_G, tolerance)
        found.append(list(_apart(kept_V_2, size_G, rings_R)))
    return found


def outside(x: NDArray, y: NDArray, sets: Sequence[Polygons]) -> Polygons:
    """The rectangle of a surface without some sets that do not overlap.

    Args:
        x: positions of the columns.
        y: positions of the rows.
        sets: polygons as `bands` gives them.

    Returns:
        polygons of the same form.
    """
    left, right, low, high = x[0], x[-1], y[0], y[-1]
    frame = [[left, low], [right, low], [right, high], [left, high], [left, low]]
    parts = [np.array(frame, dtype=np.float32)]
    for polygons_V_2 in sets:
        if not np.isnan(polygons_V_2[0, 0]):
            parts += [EMPTY, polygons_V_2[::-1]]  # the other way round: a hole
    return np.concatenate(parts)


def log_lead(probs_C: NDArray) -> NDArray:
    """By how much each class leads the best of the others, as the logarithm of the ratio of probabilities.

    Zero along a decision boundary. For logistic regression it is linear in the plane wherever the runner-up
    stays the same, so that contours of it, unlike those of the probabilities, are exact on any grid.

    Args:
        probs_C: (..., C) class probabilities.

    Returns:
        the same shape; zeros where there is one class only.
    """
    logs_C = np.log(np.maximum(probs_C, FLOOR))
    if probs_C.shape[-1] == 1:
        return np.zeros_like(logs_C)
    if probs_C.shape[-1] == 2:
        return logs_C - logs_C[..., ::-1]
    ordered = np.sort(logs_C, axis=-1)
    best, second = ordered[..., -1:], ordered[..., -2:-1]
    return np.where(logs_C == best, logs_C - second, logs_C - best)


def tie_lines(x: NDArray, y: NDArray, probs_Y_X_C: NDArray) -> Polygons:
    """The decision boundary of one surface; see `stacked_tie_lines`."""
    return stacked_tie_lines(x, y, probs_Y_X_C[None])[0]


def stacked_tie_lines(x: NDArray, y: NDArray, probs_R_Y_X_C: NDArray) -> list[Polygons]:
    """Where the two most probable classes tie: the decision boundary of each of many surfaces.

    Args:
        x: ascending positions of the columns.
        y: ascending positions of the rows.
        probs_R_Y_X_C: class probabilities.

    Returns:
        For each surface (V, 2) vertices of lines, separated by rows of NaN; one row of NaN without a tie.
    """
    logs_R_Y_X_C = np.log(np.maximum(probs_R_Y_X_C, FLOOR))
    tolerance = TOLERANCE * float(max(x[-1] - x[0], y[-1] - y[0]))
    classes = range(logs_R_Y_X_C.shape[-1])
    found: list[list[Polygons]] = [[] for _ in probs_R_Y_X_C]
    for one, other in combinations(classes, 2):
        rest = [label for label in classes if label not in (one, other)]
        chunks, offsets = _tracer(logs_R_Y_X_C[..., one] - logs_R_Y_X_C[..., other]).lines(0.0)
        at_V_2, size_G, lines_R = _unstacked(chunks, offsets, len(y))
        if rest and len(at_V_2):
            # A third class is more probable than the two that tie: not a part of the boundary.
            surface_V = np.repeat(np.repeat(np.arange(len(lines_R)), lines_R), size_G)
            logs_V_C = _between(logs_R_Y_X_C, surface_V, at_V_2)
            keep_V = logs_V_C[:, rest].max(axis=1) <= logs_V_C[:, one]
            at_V_2, size_G, lines_R = _runs(at_V_2, keep_V, size_G, surface_V, len(lines_R))
        kept_V_2, size_G = _without_straight_vertices(_positions(at_V_2, x, y), size_G, tolerance)
        for lines, line_V_2 in zip(found, _apart(kept_V_2, size_G, lines_R), strict=True):
            lines += [line_V_2, EMPTY]
    return [np.concatenate(lines[:-1] or [EMPTY]) for lines in found]


def _tracer(z_R_Y_X: NDArray) -> Any:
    """One contour tracer for surfaces laid end to end; a masked row between two keeps them apart."""
    surfaces, rows, columns = z_R_Y_X.shape
    tall = np.ma.masked_all((surfaces, rows + 1, columns))
    tall[:, :rows] = z_R_Y_X
    return contour_generator(
        z=tall.reshape(-1, columns),
        fill_type=FillType.ChunkCombinedOffset,
        line_type=LineType.ChunkCombinedOffset,
        chunk_size=(rows + 1, 0),  # a surface with its masked row
    )


def _unstacked(
    chunks: Sequence[NDArray | None], offsets: Sequence[NDArray | None], rows: int
) -> tuple[NDArray, NDArray[np.int64], NDArray[np.int64]]:
    """What was traced on all surfaces, line after line.

    Returns:
        vertices as columns and rows of their own surface; the sizes of the lines; how many each surface has.
    """
    vertices: list[NDArray] = [np.empty((0, 2))]
    sizes: list[NDArray] = [np.empty(0, dtype=np.int64)]
    for number, (points_V_2, ends) in enumerate(zip(chunks, offsets, strict=True)):
        if points_V_2 is not None and ends is not None:
            vertices.append(points_V_2 - (0, number * (rows + 1)))
            sizes.append(np.diff(ends.astype(np.int64)))
    lines_R = np.array([0 if ends is None else len(ends) - 1 for ends in offsets])
    return np.concatenate(vertices), np.concatenate(sizes), lines_R


def _runs(
    at_V_2: NDArray, keep_V: NDArray[np.bool_], size_G: NDArray[np.int64], surface_V: NDArray, surfaces: int
) -> tuple[NDArray, NDArray[np.int64], NDArray[np.int64]]:
    """What is kept of lines: each unbroken run of vertices is a line of its own."""
    line_V = np.repeat(np.arange(len(size_G)), size_G)
    before = np.concatenate([[-1], np.where(keep_V, line_V, -1)[:-1]])
    starts_V = keep_V & (before != line_V)
    run_V = np.cumsum(starts_V)[keep_V] - 1
    return at_V_2[keep_V], np.bincount(run_V), np.bincount(surface_V[starts_V], minlength=surfaces)


def _positions(places_V_2: NDArray, x: NDArray, y: NDArray) -> NDArray:
    """From columns and rows, counted from 0, to positions."""
    return np.stack(
        [
            np.interp(places_V_2[:, 0], np.arange(len(x)), x),
            np.interp(places_V_2[:, 1], np.arange(len(y)), y),
        ],
        axis=1,
    )


def _between(z_R_Y_X_C: NDArray, surface_V: NDArray, places_V_2: NDArray) -> NDArray:
    """Bilinear interpolation at columns and rows, counted from 0, of the surface of each vertex."""
    column, row = places_V_2.T
    left = np.minimum(column.astype(int), z_R_Y_X_C.shape[2] - 2)
    low = np.minimum(row.astype(int), z_R_Y_X_C.shape[1] - 2)
    across, up = (column - left)[:, None], (row - low)[:, None]
    below, above = (
        z_R_Y_X_C[surface_V, line, left] * (1 - across) + z_R_Y_X_C[surface_V, line, left + 1] * across
        for line in (low, low + 1)
    )
    return below * (1 - up) + above * up


def _without_straight_vertices(
    at_V_2: NDArray, size_G: NDArray[np.int64], tolerance: float
) -> tuple[NDArray, NDArray[np.int64]]:
    """Drop vertices that lie on the line between their neighbours.

    Args:
        at_V_2: lines one after the other; a ring has its first vertex again at its end.
        size_G: how many vertices each line has.
        tolerance: how far off the line a vertex may lie.

    Returns:
        the vertices kept, and the lines' new sizes.
    """
    # Most lie on it exactly and go at once; of the others every other one at a time, lest a gentle bend go
    # step by step.
    at_V_2, size_G = _merged(at_V_2, size_G, tolerance / 100)
    at_V_2, size_G = _dropped(at_V_2, size_G, tolerance / 100, every=1)
    before = -1
    while len(at_V_2) != before:
        before = len(at_V_2)
        at_V_2, size_G = _dropped(at_V_2, size_G, tolerance, every=2)
    return at_V_2, size_G


def _merged(at_V_2: NDArray, size_G: NDArray[np.int64], tolerance: float) -> tuple[NDArray, NDArray[np.int64]]:
    # Of two vertices at one place each lies on a line through the other: both would go, and the corner too.
    line_V, place_V = _places(size_G)
    near_V = np.hypot(*np.diff(at_V_2, axis=0, prepend=at_V_2[:1]).T) <= tolerance
    inner_V = (place_V > 0) & (place_V < size_G[line_V] - 1) & (size_G[line_V] > 4)
    keep = ~(near_V & inner_V)
    return at_V_2[keep], np.bincount(line_V[keep], minlength=len(size_G))


def _places(size_G: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The line of each vertex, and its place on it."""
    line_V = np.repeat(np.arange(len(size_G)), size_G)
    return line_V, np.arange(len(line_V)) - np.repeat(np.cumsum(size_G) - size_G, size_G)


def _dropped(
    at_V_2: NDArray, size_G: NDArray[np.int64], tolerance: float, *, every: int
) -> tuple[NDArray, NDArray[np.int64]]:
    line_V, place_V = _places(size_G)
    size_V = size_G[line_V]
    (here,) = np.nonzero(((place_V + 1) % every == 0) & (place_V > 0) & (place_V < size_V - 1) & (size_V > 4))
    chord, step = at_V_2[here + 1] - at_V_2[here - 1], at_V_2[here] - at_V_2[here - 1]
    area = np.abs(chord[:, 0] * step[:, 1] - chord[:, 1] * step[:, 0])
    keep = np.ones(len(at_V_2), dtype=bool)
    keep[here[area <= tolerance * np.hypot(chord[:, 0], chord[:, 1])]] = False
    return at_V_2[keep], np.bincount(line_V[keep], minlength=len(size_G))


def _apart(at_V_2: NDArray, size_G: NDArray[np.int64], lines_R: NDArray[np.int64]) -> Iterator[Polygons]:
    """The lines of each surface with a row of NaN between two."""
    line_V = np.repeat(np.arange(len(size_G)), size_G)
    spread = np.full((len(at_V_2) + len(size_G), 2), np.nan, dtype=np.float32)
    spread[np.arange(len(at_V_2)) + line_V] = at_V_2
    ends = np.concatenate([[0], np.cumsum(size_G + 1)])
    start = 0
    for count in lines_R:
        yield spread[ends[start] : ends[start + count] - 1] if count else EMPTY
        start += count
