"""Filled iso-bands of surfaces as polygons: crisp at any zoom, small, and redrawn without flicker."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.extras import optional_imports

with optional_imports():
    from contourpy import FillType, LineType, contour_generator

# Largest distance of a polygon from the true band, as a share of the surface's side: a third of a pixel at 300 pixels.
TOLERANCE = 1e-3
# Smallest probability before its logarithm is taken: float32 cannot represent 1 - p much closer to 1.
FLOOR = 1e-6

Polygons = NDArray[np.float32]  # (V, 2) vertices of closed rings, separated by rows of NaN
EMPTY: Polygons = np.full((1, 2), np.nan, dtype=np.float32)


def bands(x: NDArray, y: NDArray, z_Y_X: NDArray, levels: Sequence[float]) -> list[Polygons]:
    """Polygons where one surface is at or above each level; see `stacked_bands`."""
    return [found[0] for found in stacked_bands(x, y, z_Y_X[None], levels)]


def stacked_bands(x: NDArray, y: NDArray, z_R_Y_X: NDArray, levels: Sequence[float]) -> list[list[Polygons]]:
    """Polygons where each of many surfaces is at or above each level.

    The surfaces are traced in one call, end to end: a call of the tracer takes longer than the contours of one surface.

    Args:
        x: ascending positions of the columns.
        y: ascending positions of the rows.
        z_R_Y_X: the surfaces.
        levels: lower edges of the bands.

    Returns:
        For each level, for each surface (V, 2) vertices of closed polygons, separated by rows of NaN; holes run in the
        opposite direction to outlines, so that the nonzero fill rule leaves them empty. One row of NaN where the
        surface stays below the level: plotly's animation drops a trace without points.
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
    """The rectangle of a surface minus sets that do not overlap.

    Args:
        x: positions of the columns.
        y: positions of the rows.
        sets: polygons as `bands` gives them.

    Returns:
        polygons in the same format.
    """
    left, right, low, high = x[0], x[-1], y[0], y[-1]
    frame = [[left, low], [right, low], [right, high], [left, high], [left, low]]
    parts = [np.array(frame, dtype=np.float32)]
    for polygons_V_2 in sets:
        if not np.isnan(polygons_V_2[0, 0]):
            parts += [EMPTY, polygons_V_2[::-1]]  # opposite direction: a hole
    return np.concatenate(parts)


def log_lead(probs_C: NDArray) -> NDArray:
    """Log ratio of each class's probability to the largest probability among the other classes.

    Zero on a decision boundary. For logistic regression it is linear in the plane wherever the runner-up class is the
    same, so its contours, unlike those of the probabilities, are exact on any grid.

    Args:
        probs_C: (..., C) class probabilities.

    Returns:
        the same shape; zeros for a single class.
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
    """Lines where the two most probable classes tie: the decision boundary of each of many surfaces.

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
            # A third class is more probable than the two that tie: not on the boundary.
            surface_V = np.repeat(np.repeat(np.arange(len(lines_R)), lines_R), size_G)
            logs_V_C = _between(logs_R_Y_X_C, surface_V, at_V_2)
            keep_V = logs_V_C[:, rest].max(axis=1) <= logs_V_C[:, one]
            at_V_2, size_G, lines_R = _runs(at_V_2, keep_V, size_G, surface_V, len(lines_R))
        kept_V_2, size_G = _without_straight_vertices(_positions(at_V_2, x, y), size_G, tolerance)
        for lines, line_V_2 in zip(found, _apart(kept_V_2, size_G, lines_R), strict=True):
            lines += [line_V_2, EMPTY]
    return [np.concatenate(lines[:-1] or [EMPTY]) for lines in found]


def _tracer(z_R_Y_X: NDArray) -> Any:
    """A contour tracer for surfaces laid end to end, separated by masked rows."""
    surfaces, rows, columns = z_R_Y_X.shape
    tall = np.ma.masked_all((surfaces, rows + 1, columns))
    tall[:, :rows] = z_R_Y_X
    return contour_generator(
        z=tall.reshape(-1, columns),
        fill_type=FillType.ChunkCombinedOffset,
        line_type=LineType.ChunkCombinedOffset,
        chunk_size=(rows + 1, 0),  # a surface and its masked row
    )


def _unstacked(
    chunks: Sequence[NDArray | None], offsets: Sequence[NDArray | None], rows: int
) -> tuple[NDArray, NDArray[np.int64], NDArray[np.int64]]:
    """The traced lines of all surfaces, in order.

    Returns:
        vertices as columns and rows of their own surface; the size of each line; the number of lines per surface.
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
    """The kept vertices, split into lines: each unbroken run of kept vertices is a line."""
    line_V = np.repeat(np.arange(len(size_G)), size_G)
    before = np.concatenate([[-1], np.where(keep_V, line_V, -1)[:-1]])
    starts_V = keep_V & (before != line_V)
    run_V = np.cumsum(starts_V)[keep_V] - 1
    return at_V_2[keep_V], np.bincount(run_V), np.bincount(surface_V[starts_V], minlength=surfaces)


def _positions(places_V_2: NDArray, x: NDArray, y: NDArray) -> NDArray:
    """Convert columns and rows, counted from 0, to positions."""
    return np.stack(
        [
            np.interp(places_V_2[:, 0], np.arange(len(x)), x),
            np.interp(places_V_2[:, 1], np.arange(len(y)), y),
        ],
        axis=1,
    )


def _between(z_R_Y_X_C: NDArray, surface_V: NDArray, places_V_2: NDArray) -> NDArray:
    """Bilinear interpolation of each vertex's surface at columns and rows counted from 0."""
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
    """Drop vertices that lie on the straight line between their neighbours.

    Args:
        at_V_2: lines in order; a ring repeats its first vertex at its end.
        size_G: number of vertices of each line.
        tolerance: largest distance of a dropped vertex from the line.

    Returns:
        the vertices kept, and the lines' new sizes.
    """
    # Vertices exactly on the line are dropped at once; the rest in passes over every second vertex, which keeps curves
    # smooth: a single pass would remove a gentle bend vertex by vertex.
    at_V_2, size_G = _merged(at_V_2, size_G, tolerance / 100)
    at_V_2, size_G = _dropped(at_V_2, size_G, tolerance / 100, every=1)
    before = -1
    while len(at_V_2) != before:
        before = len(at_V_2)
        at_V_2, size_G = _dropped(at_V_2, size_G, tolerance, every=2)
    return at_V_2, size_G


def _merged(at_V_2: NDArray, size_G: NDArray[np.int64], tolerance: float) -> tuple[NDArray, NDArray[np.int64]]:
    # Merge coincident vertices first: each lies on a line through its twin, so both would be dropped.
    line_V, place_V = _places(size_G)
    near_V = np.hypot(*np.diff(at_V_2, axis=0, prepend=at_V_2[:1]).T) <= tolerance
    inner_V = (place_V > 0) & (place_V < size_G[line_V] - 1) & (size_G[line_V] > 4)
    keep = ~(near_V & inner_V)
    return at_V_2[keep], np.bincount(line_V[keep], minlength=len(size_G))


def _places(size_G: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Index of each vertex's line, and position of the vertex on it."""
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
    """The lines of each surface, separated by rows of NaN."""
    line_V = np.repeat(np.arange(len(size_G)), size_G)
    spread = np.full((len(at_V_2) + len(size_G), 2), np.nan, dtype=np.float32)
    spread[np.arange(len(at_V_2)) + line_V] = at_V_2
    ends = np.concatenate([[0], np.cumsum(size_G + 1)])
    start = 0
    for count in lines_R:
        yield spread[ends[start] : ends[start + count] - 1] if count else EMPTY
        start += count
