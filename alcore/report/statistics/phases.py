"""The two phases of a learning curve: a sharp rise, then a plateau."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

# Points each phase needs, the knee belonging to both: through two of them any line goes exactly.
_FEWEST = 3
# What makes a knee clear: the plateau is at most so steep against the rise, ...
_FLATTER = 0.25
# ... two lines leave at most this share of the squares that one line leaves, ...
_CLOSER = 0.3
# ... and the rise is so many times what is left.
_HIGHER = 6.0
# A flat curve's rise in a computer's arithmetic.
_DUST = 1e-9


@dataclass(frozen=True)
class Knee:
    """Where a curve's sharp rise ends and its plateau begins.

    Attributes:
        labels: at the knee.
        accuracy: of the fitted lines there.
        rise: accuracy gained by a label before it.
        plateau: accuracy gained by a label after it; may be negative.
    """

    labels: int
    accuracy: float
    rise: float
    plateau: float


def find_knee(labels_T: ArrayLike, accuracy_T: ArrayLike) -> Knee | None:
    """Fit two lines that meet at one of the rounds, by least squares.

    Args:
        labels_T: labels held after each round, ascending.
        accuracy_T: best the mean over many seeds: one race is rough.

    Returns:
        None where there is no clear knee: fewer than 5 rounds, no rise, a second line more than a quarter as
        steep as the first, or a rise that is lost in the roughness.

    Source: Quandt (1958), with the lines joined as in Hudson (1966).
    """
    x, y = np.asarray(labels_T, dtype=np.float64), np.asarray(accuracy_T, dtype=np.float64)
    if len(x) < 2 * _FEWEST - 1:
        return None
    knees_K = x[_FEWEST - 1 : len(x) - _FEWEST + 1]
    # Height at the knee, slope before it, slope after it.
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
