"""The two phases of a learning curve: a sharp rise, then a plateau."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

# Smallest number of points per phase, the knee belonging to both: any two points lie on a line.
_FEWEST = 3
# A knee is clear if the slope of the plateau is at most this share of the slope of the rise, ...
_FLATTER = 0.25
# ... the squared error of two lines is at most this share of that of a single line, ...
_CLOSER = 0.3
# ... and the rise is at least this multiple of the residual.
_HIGHER = 6.0
# Rise of a flat curve due to rounding errors.
_DUST = 1e-9


@dataclass(frozen=True)
class Knee:
    """The knee of a learning curve, where its sharp rise ends and its plateau begins.

    Attributes:
        labels: number of labels at the knee.
        accuracy: height of the fitted lines there.
        rise: accuracy gained per label before it.
        plateau: accuracy gained per label after it; may be negative.
    """

    labels: int
    accuracy: float
    rise: float
    plateau: float


def find_knee(labels_T: ArrayLike, accuracy_T: ArrayLike) -> Knee | None:
    """Fit two lines that meet at a round by least squares.

    Args:
        labels_T: labels held after each round, ascending.
        accuracy_T: preferably the mean over many seeds: a single race is noisy.

    Returns:
        None without a clear knee: fewer than 5 rounds, no rise, a second line with more than a quarter of the first
        slope, or a rise within the noise.

    Source: Quandt (1958), with the lines joined as in Hudson (1966).
    """
    x, y = np.asarray(labels_T, dtype=np.float64), np.asarray(accuracy_T, dtype=np.float64)
    if len(x) < 2 * _FEWEST - 1:
        return None
    knees_K = x[_FEWEST - 1 : len(x) - _FEWEST + 1]
    # Parameters: height at the knee, slope before it, slope after it.
    gap_K_T = x - knees_K[:, None]
    lines_K_T_3 = np.stack([np.ones_like(gap_K_T), np.minimum(gap_K_T, 0), np.maximum(gap_K_T, 0)], axis=2)
    squares_K_3_3 = lines_K_T_3.mT @ lines_K_T_3
    fit_K_3 = np.linalg.solve(squares_K_3_3, lines_K_T_3.mT @ y[:, None])[..., 0]
    left_K = (((lines_K_T_3 @ fit_K_3[..., None])[..., 0] - y) ** 2).sum(axis=1)
    best = int(left_K.argmin())
    height, rise, plateau = fit_K_3[best]
    straight = float(((np.polyval(np.polyfit(x, y, 1), x) - y) ** 2).sum())
    gained, rough = rise * (knees_K[best] - x[0]), np.sqrt(left_K[best] / len(x))
    clear = (
        rise > 0
        and abs(plateau) <= _FLATTER * rise
        and left_K[best] <= _CLOSER * straight
        and gained > max(_HIGHER * rough, _DUST)
    )
    return Knee(int(knees_K[best]), float(height), float(rise), float(plateau)) if clear else None
