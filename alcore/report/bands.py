"""Filled iso-bands of a surface as polygons: crisp at any zoom, small, and redrawn without flicker."""

from collections.abc import Sequence

import numpy as np
from contourpy import FillType, contour_generator
from numpy.typing import NDArray

# How far a polygon may lie from the true band, as a share of the surface's side: a third of a pixel on 300.
TOLERANCE = 1e-3


def bands(x: NDArray, y: NDArray, z_Y_X: NDArray, levels: Sequence[float]) -> list[NDArray[np.float32]]:
    """Where a surface is at or above each level.

    Args:
        x: ascending positions of the columns.
        y: ascending positions of the rows.
        z_Y_X: the surface.
        levels: the lower edges.

    Returns:
        For each level (V, 2) vertices of closed polygons, separated by rows of NaN; holes run the other way
        round than their outlines, so that the nonzero fill rule leaves them empty. One row of NaN where the
        surface stays below: a trace without any point would be forgotten by an animation.
    """
    top = float(z_Y_X.max())
    contours = contour_generator(x, y, z_Y_X, fill_type=FillType.OuterOffset)
    tolerance = TOLERANCE * float(max(x[-1] - x[0], y[-1] - y[0]))
    gap = np.full((1, 2), np.nan)
    found = []
    for level in levels:
        rings: list[NDArray] = []
        if top >= level:
            for polygon_V_2, starts in zip(*contours.filled(level, top + 1), strict=True):
                for start, end in zip(starts[:-1], starts[1:], strict=True):
                    rings += [_without_straight_vertices(polygon_V_2[start:end], tolerance), gap]
        found.append(np.concatenate(rings[:-1] or [gap]).astype(np.float32))
    return found


def lead(probs_Y_X_C: NDArray) -> NDArray:
    """By how much each class leads the best of the others, -1 to 1: 0 along its decision boundary."""
    if probs_Y_X_C.shape[-1] == 1:
        return probs_Y_X_C
    ordered = np.sort(probs_Y_X_C, axis=-1)
    best, second = ordered[..., -1:], ordered[..., -2:-1]
    return np.where(probs_Y_X_C == best, probs_Y_X_C - second, probs_Y_X_C - best)


def _without_straight_vertices(ring_V_2: NDArray, tolerance: float) -> NDArray:
    """Drop vertices that lie on the line between their neighbours, every other one at a time."""
    while len(ring_V_2) > 4:
        before, here, after = ring_V_2[:-2:2], ring_V_2[1:-1:2], ring_V_2[2::2]
        chord, step = after - before, here - before
        area = np.abs(chord[:, 0] * step[:, 1] - chord[:, 1] * step[:, 0])
        straight = area <= tolerance * np.hypot(chord[:, 0], chord[:, 1])
        if not straight.any():
            return ring_V_2
        keep = np.ones(len(ring_V_2), dtype=bool)
        keep[1 : 1 + 2 * len(here) : 2] = ~straight
        ring_V_2 = ring_V_2[keep]
    return ring_V_2
