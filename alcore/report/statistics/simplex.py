"""The probability simplex of three classes as a triangle, and how scores order its points.

A corner is certainty of its class, the centre the uniform distribution; a class's probability is the distance from the
opposite side.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import kendalltau

from alcore.report.contours import EMPTY, Polygons, bands

Floats = NDArray[np.float64]
Score = Callable[[Floats], Floats]  # probs_N_C -> scores_N, higher means query first
Triple = tuple[float, float, float]

# Corners of classes 1, 2 and 3 in the unit square, y upwards.
_HALF, _LOW = 0.44, 0.1
CORNERS_3_2: Floats = np.array([[0.5, _LOW + _HALF * 3**0.5], [0.5 - _HALF, _LOW], [0.5 + _HALF, _LOW]])
# A prime: contours at hundredths of a score never pass through a grid node, where `bands` may lose a corner.
STEPS = 127
# Scores closer than this are ties: .5 - .49 differs from .34 - .33 by rounding.
TIE = 1e-9
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")


def to_plane(triples_N_3: ArrayLike) -> Floats:
    """Positions of probabilities in the unit square, (N, 2)."""
    return np.asarray(triples_N_3, dtype=np.float64) @ CORNERS_3_2


def from_plane(points_N_2: ArrayLike) -> Floats:
    """Probabilities at positions in the unit square (N, 3); outside the triangle those of the nearest border."""
    points = np.asarray(points_N_2, dtype=np.float64)
    sides_2_2 = (CORNERS_3_2[:2] - CORNERS_3_2[2]).T
    two_N_2 = np.linalg.solve(sides_2_2, (points - CORNERS_3_2[2]).T).T
    triples = np.clip(np.column_stack([two_N_2, 1 - two_N_2.sum(axis=1)]), 0, None)
    return triples / triples.sum(axis=1, keepdims=True)


def rounded(triple: Sequence[float], places: int = 2) -> Triple:
    """The nearest probabilities with this many decimals that sum to 1 (largest remainders)."""
    unit = 10**places
    exact = np.asarray(triple, dtype=np.float64) * unit
    whole = np.floor(exact + 1e-9).astype(np.int64)
    for c in np.argsort(whole - exact, kind="stable")[: unit - int(whole.sum())]:
        whole[c] += 1
    first, second, third = (whole / unit).tolist()
    return first, second, third


def read_triple(text: str) -> Triple:
    """Parse three probabilities: ".34 .33 .33", "0.5, 0.49, 0.01", "50 49 1".

    Numbers that do not sum to 1 are normalised.

    Raises:
        ValueError: unless there are three numbers, none negative and not all 0.
    """
    found = [float(one) for one in _NUMBER.findall(text)]
    rest = re.sub(r"[\s,;/%\[\]()]", "", _NUMBER.sub("", text))
    values = np.array(found)
    good = len(found) == 3 and not rest and np.isfinite(values).all()
    if not good or values.min() < 0 or values.max() <= 0:
        short = text if len(text) <= 30 else text[:29] + "…"
        raise ValueError(f"“{short}” is not three probabilities: write three numbers such as .5 .49 .01")
    top = float(values.max())  # the sum of three numbers near the largest float overflows
    total = float((values / top).sum())
    first, second, third = (values if abs(top * total - 1) < TIE else values / top / total).tolist()
    return first, second, third


def sum_of(text: str) -> float:
    """The sum of the numbers that `read_triple` parses; 1 if they are probabilities as they stand."""
    total = sum(float(one) for one in _NUMBER.findall(text))
    return 1.0 if abs(total - 1) < TIE else total


def spelled(triple: Sequence[float]) -> str:
    """Probabilities as text: "0.34 0.33 0.33"."""
    return " ".join(f"{share:.4f}".rstrip("0").ljust(4, "0") for share in triple)


def score_surface(score: Score) -> Floats:
    """A score over the grid of `where`: rows are the second class, columns the first, (Y, X).

    Outside the triangle, the score of the nearest point on the line to the third class's corner.
    """
    share = np.linspace(0, 1, STEPS + 1)
    first, second = (grid.ravel() for grid in np.meshgrid(share, share))
    triples = np.column_stack([first, second, np.clip(1 - first - second, 0, None)])
    return score(triples / triples.sum(axis=1, keepdims=True)).reshape(STEPS + 1, STEPS + 1)


def where(surface_Y_X: Floats, levels: Sequence[float]) -> list[Polygons]:
    """Regions where a surface is at or above each level, as polygons of the triangle in the unit square."""
    share = np.linspace(0, 1, STEPS + 1)
    return [_in_triangle(polygons) for polygons in bands(share, share, surface_Y_X, levels)]


def prefers(score: Score, first: Sequence[float], second: Sequence[float]) -> int:
    """1 if the score ranks the first above the second, -1 for the reverse, 0 for a tie."""
    one, other = score(np.array([first, second], dtype=np.float64))
    return 0 if abs(one - other) < TIE else 1 if one > other else -1


def apart(above_Y_X: Floats, above: float, below_Y_X: Floats, below: float) -> Floats:
    """A surface that is positive where the first score exceeds its level and the second is below its level."""
    return np.minimum(above_Y_X - above, below - below_Y_X)


def middles(steps: int) -> Floats:
    """The centroids of steps^2 equal triangles that tile the simplex, (steps^2, 3)."""
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(steps), np.arange(steps)))
    up, down = i + j < steps, i + j < steps - 1
    first = np.concatenate([i[up] + 1 / 3, i[down] + 2 / 3]) / steps
    second = np.concatenate([j[up] + 1 / 3, j[down] + 2 / 3]) / steps
    return np.column_stack([first, second, 1 - first - second])


def shares_apart(one: Score, other: Score, triple: Sequence[float], *, steps: int = 300) -> Triple:
    """Shares of the simplex that two scores rank on opposite sides of an example.

    Returns:
        The share (by area) that `one` ranks above and `other` below `triple`, the reverse, and the rest.
    """
    all_N_3 = np.concatenate([middles(steps), [triple]])
    ones, others = one(all_N_3), other(all_N_3)
    first = (ones[:-1] > ones[-1] + TIE) & (others[:-1] < others[-1] - TIE)
    second = (ones[:-1] < ones[-1] - TIE) & (others[:-1] > others[-1] + TIE)
    return float(first.mean()), float(second.mean()), float(1 - first.mean() - second.mean())


def discord(one: Score, other: Score, *, steps: int = 60) -> float:
    """Probability that two scores rank two random triples in opposite order.

    Source: (1 - tau) / 2 of Kendall (1938), ties left out.
    """
    all_N_3 = middles(steps)
    tau = kendalltau(np.round(one(all_N_3), 9), np.round(other(all_N_3), 9)).statistic
    return float((1 - tau) / 2)


def _in_triangle(polygons_V_2: Polygons) -> Polygons:
    """Rings of first and second probability, clipped to a sum of at most 1, as positions in the unit square."""
    parts: list[NDArray] = []
    for ring in np.split(polygons_V_2, np.flatnonzero(np.isnan(polygons_V_2[:, 0]))):
        cut = _cut(ring[~np.isnan(ring[:, 0])].astype(np.float64))
        if len(cut) > 2:
            parts += [EMPTY, to_plane(np.column_stack([cut, 1 - cut.sum(axis=1)])).astype(np.float32)]
    return np.concatenate(parts[1:]) if parts else EMPTY


def _cut(ring_V_2: Floats) -> Floats:
    """A closed ring clipped to the half plane of sums up to 1 (Sutherland & Hodgman, 1974)."""
    if not len(ring_V_2):
        return ring_V_2
    after_V_2 = np.roll(ring_V_2, -1, axis=0)
    spare, spare_after = 1 - ring_V_2.sum(axis=1), 1 - after_V_2.sum(axis=1)
    crosses = (spare >= 0) != (spare_after >= 0)
    at = np.where(crosses, spare / np.where(crosses, spare - spare_after, 1), 0)[:, None]
    met_V_2 = ring_V_2 + at * (after_V_2 - ring_V_2)
    both = np.stack([met_V_2, after_V_2], axis=1).reshape(-1, 2)
    kept = np.stack([crosses, spare_after >= 0], axis=1).ravel()
    return both[kept]
