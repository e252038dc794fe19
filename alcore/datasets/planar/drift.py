"""Concept drift: the distribution of arriving points changes over time."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def _half_way(times_N: Floats) -> Floats:
    return (times_N >= 0.5).astype(np.float64)


# How much of a drift has happened by a time from 0 (the first arrival) to 1 (the last).
PACES: dict[str, Callable[[Floats], Floats]] = {"gradual": lambda times_N: times_N, "abrupt": _half_way}


@dataclass(frozen=True)
class Drift:
    """A motion of the whole plane, which carries the classes and the best boundary along.

    Attributes:
        turn: degrees about the origin, counter-clockwise, by the end; 180 lets two blobs change places.
        shift: along both axes by the end, in the units of the data.
        pace: `gradual` (in proportion to time) or `abrupt` (all of it half-way through).

    Raises:
        ValueError: if the pace is unknown.
    """

    turn: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    pace: str = "gradual"

    def __post_init__(self) -> None:
        if self.pace not in PACES:
            raise ValueError(f"pace must be one of {', '.join(PACES)}, got {self.pace!r}")

    def move(self, x_N_D: Floats, times_N: Floats | float) -> Floats:
        """Where points of the first concept lie at a time each, or at one time for all.

        Raises:
            ValueError: if there is drift and the points are not in the plane.
        """
        if not self:
            return x_N_D
        amount_N = self._amount(x_N_D, times_N)
        return self._turned(x_N_D, amount_N) + amount_N[:, None] * np.array(self.shift)

    def back(self, x_N_D: Floats, times_N: Floats | float) -> Floats:
        """The points of the first concept that have moved here: the inverse of `move`.

        The class probabilities at a time are those of the first concept there:
        `posterior(shape, drift.back(points, time))`.
        """
        if not self:
            return x_N_D
        amount_N = self._amount(x_N_D, times_N)
        return self._turned(x_N_D - amount_N[:, None] * np.array(self.shift), -amount_N)

    def __bool__(self) -> bool:
        return bool(self.turn or any(self.shift))

    def _amount(self, x_N_D: Floats, times_N: Floats | float) -> Floats:
        if x_N_D.ndim != 2 or x_N_D.shape[1] != 2:
            raise ValueError(f"drift moves points in the plane, got points of shape {x_N_D.shape}")
        return PACES[self.pace](np.broadcast_to(np.asarray(times_N, dtype=np.float64), len(x_N_D)))

    def _turned(self, x_N_2: Floats, amount_N: Floats) -> Floats:
        angle_N = np.deg2rad(self.turn) * amount_N
        cos_N, sin_N, (x_N, y_N) = np.cos(angle_N), np.sin(angle_N), x_N_2.T
        return np.stack([cos_N * x_N - sin_N * y_N, sin_N * x_N + cos_N * y_N], axis=1)


NO_DRIFT = Drift()


def arrival_times(arrivals: int) -> Floats:
    """The time of each arrival: evenly from 0 to 1."""
    return np.linspace(0, 1, arrivals)
