"""The shapes of two-dimensional data: where the points of each class would lie without noise."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Fine enough for a density to be summed along a curve: see `alcore.datasets.planar.bayes_boundary`.
CURVE_STEPS = 400

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Shape:
    """Classes in the plane: a skeleton for each, blurred by a round Gaussian.

    Attributes:
        title: its name for people.
        place: (labels y_N, positions u_N, classes) -> points_N_2 on the skeleton; u in 0..1 says where on it.
        draw: (size, rng) -> u_N, all parts of the skeleton equally likely.
        steps: how many equally likely u stand for the whole skeleton; the exact number of separate points,
            `CURVE_STEPS` for a curve.
        spread: overlap (0 to 1) -> standard deviation of the Gaussian.
        shares: of the classes, summing to 1; None: equal, as many classes as asked for.
    """

    title: str
    prepare: Callable[[NDArray[np.int64], Points, int], Points]
    draw: Callable[[int, np.random.Generator], Points]
    steps: int
    spread: Callable[[float], float]
    shares: tuple[float, ...] | None = None

    def shares_of(self, classes: int) -> Points:
        """The share of each class, (C,)."""
        return np.full(classes, 1 / classes) if self.shares is None else np.array(self.shares)


def _polar(radius_N: Points, angle_N: Points) -> Points:
    return np.stack([radius_N * np.cos(angle_N), radius_N * np.sin(angle_N)], axis=1)


def _on_circle(y_N: NDArray[np.int64], u_N: Points, classes: int) -> Points:
    return _polar(np.ones(len(y_N)), 2 * np.pi * y_N / classes + np.pi / 6)


def _half_circles(y_N: NDArray[np.int64], u_N: Points, classes: int) -> Points:
    upper_N_2 = _polar(np.ones(len(u_N)), np.pi * u_N) - np.array([0.5, 0.25])
    return upper_N_2 * np.where(y_N == 0, 1, -1)[:, None]


def _rings(y_N: NDArray[np.int64], u_N: Points, classes: int) -> Points:
    return _polar(np.where(y_N == 0, 1.5, 0.6), 2 * np.pi * u_N)


def _corners(y_N: NDArray[np.int64], u_N: Points, classes: int) -> Points:
    right_N = (u_N >= 0.5).astype(np.int64)
    return 2.0 * np.stack([right_N, right_N ^ y_N], axis=1) - 1


def _arms(y_N: NDArray[np.int64], u_N: Points, classes: int) -> Points:
    # An Archimedean spiral of about one turn; the root spreads the points nearly evenly along it.
    along_N = np.sqrt((1 + 15 * u_N) / 16)
    return _polar(1.8 * along_N, 2.5 * np.pi * along_N + np.pi * y_N)


def _far(y_N: NDArray[np.int64], u_N: Points, classes: int) -> Points:
    # One step in five of the upper class lies far off, on the side of the lower class: a model
    # trained on the two blobs alone is confident there, and wrong. A line can still separate all three.
    near_N_2 = np.stack([np.zeros(len(y_N)), 2.0 * y_N - 1], axis=1)
    return np.where(((y_N == 1) & (u_N < 1 / 5))[:, None], [5.0, -3.0], near_N_2)


def _honeypot(y_N: NDArray[np.int64], u_N: Points, classes: int) -> Points:
    # Half of each class lies in one cloud on the boundary of the other two halves: its labels cannot be learned.
    easy_N_2 = np.stack([np.full(len(y_N), -2 / 3), 1 - 2.0 * y_N], axis=1)
    return np.where((u_N < 0.5)[:, None], easy_N_2, [2 / 3, 0.0])


def _diverging(y_N: NDArray[np.int64], u_N: Points, classes: int) -> Points:
    # y = sin 2x + x / 2 and sin 2x - x / 2 for x in 0..10, a third of the size.
    x_N = 10 * u_N
    return np.stack([x_N - 5, np.sin(2 * x_N) + x_N * (y_N - 0.5)], axis=1) / 3


def _points(steps: int) -> Callable[[int, np.random.Generator], Points]:
    """Separate points: the middle of one of `steps` equal parts of 0..1."""
    return lambda size, rng: (rng.integers(0, steps, size) + 0.5) / steps


def _curve(size: int, rng: np.random.Generator) -> Points:
    return rng.random(size)


def _clouds(overlap: float) -> float:
    return 0.15 + 0.85 * overlap


def _bands(overlap: float) -> float:
    return 0.5 * overlap


# At the usual overlap of 0.4 the standard deviations of the published data: 1 and 0.3, a third of the size.
def _honeypot_clouds(overlap: float) -> float:
    return 5 / 6 * overlap


def _diverging_bands(overlap: float) -> float:
    return 0.25 * overlap


# Honeypot and diverging sine: Werner et al. (2024), A cross-domain benchmark for active learning, arXiv 2408.00426.
SHAPES: dict[str, Shape] = {
    "blobs": Shape("Overlapping blobs", _on_circle, _points(1), 1, _clouds),
    "moons": Shape("Two moons", _half_circles, _curve, CURVE_STEPS, _bands),
    "circles": Shape("Two circles", _rings, _curve, CURVE_STEPS, _bands),
    "xor": Shape("XOR", _corners, _points(2), 2, _clouds),
    "spirals": Shape("Two spirals", _arms, _curve, CURVE_STEPS, _bands),
    "imbalanced": Shape("Imbalanced blobs", _on_circle, _points(1), 1, _clouds, (0.9, 0.1)),
    "far_cluster": Shape("Blobs and a far cluster", _far, _points(5), 5, _clouds),
    "honeypot": Shape("Honeypot", _honeypot, _points(2), 2, _honeypot_clouds),
    "diverging_sine": Shape("Diverging sine", _diverging, _curve, CURVE_STEPS, _diverging_bands),
}


def shape_of(name: str, *, overlap: float, classes: int) -> Shape:
    """A shape by its name, checked to go with an overlap and a number of classes.

    Raises:
        ValueError: if there is no such shape, or it cannot have that overlap or number of classes.
    """
    if name not in SHAPES:
        raise ValueError(f"unknown shape {name!r}: choose one of {', '.join(SHAPES)}")
    if not 0 <= overlap <= 1 or not 2 <= classes <= 10:
        raise ValueError(
            f"planar data needs an overlap from 0 to 1 and 2 to 10 classes, got overlap={overlap}, classes={classes}"
        )
    if name != "blobs" and classes != 2:
        raise ValueError(f"{name} have two classes, got classes={classes}; only blobs can have more")
    return SHAPES[name]
