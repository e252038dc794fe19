"""Two-dimensional data whose difficulty is one number, for looking at."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset

TEST_POINTS = 1000

# Points and labels of one shape: (labels, noise, classes, rng) -> points_N_2.
Shape = Callable[[NDArray[np.int64], float, int, np.random.Generator], NDArray[np.float64]]


def _blobs(
    y_N: NDArray[np.int64], noise: float, classes: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    angle_N = 2 * np.pi * y_N / classes + np.pi / 6
    centres_N_2 = np.stack([np.cos(angle_N), np.sin(angle_N)], axis=1)
    return centres_N_2 + rng.normal(scale=0.15 + 0.85 * noise, size=(len(y_N), 2))


def _moons(
    y_N: NDArray[np.int64], noise: float, classes: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    angle_N = rng.uniform(0, np.pi, len(y_N))
    upper_N_2 = np.stack([np.cos(angle_N) - 0.5, np.sin(angle_N) - 0.25], axis=1)
    flip_N_1 = np.where(y_N == 0, 1, -1)[:, None]
    return upper_N_2 * flip_N_1 + rng.normal(scale=0.5 * noise, size=(len(y_N), 2))


def _circles(
    y_N: NDArray[np.int64], noise: float, classes: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    angle_N = rng.uniform(0, 2 * np.pi, len(y_N))
    radius_N = np.where(y_N == 0, 1.5, 0.6)
    ring_N_2 = radius_N[:, None] * np.stack([np.cos(angle_N), np.sin(angle_N)], axis=1)
    return ring_N_2 + rng.normal(scale=0.5 * noise, size=(len(y_N), 2))


def _xor(y_N: NDArray[np.int64], noise: float, classes: int, rng: np.random.Generator) -> NDArray[np.float64]:
    right_N = rng.integers(0, 2, len(y_N))
    up_N = right_N ^ y_N
    corners_N_2 = 2.0 * np.stack([right_N, up_N], axis=1) - 1
    return corners_N_2 + rng.normal(scale=0.15 + 0.85 * noise, size=(len(y_N), 2))


SHAPES: dict[str, Shape] = {"blobs": _blobs, "moons": _moons, "circles": _circles, "xor": _xor}


def planar(
    shape: str,
    *,
    points: int = 400,
    overlap: float = 0.4,
    classes: int = 2,
    near_duplicates: int = 0,
    rng: np.random.Generator,
) -> Dataset:
    """Balanced classes in the plane, in random order, with a test set of 1,000 from the same distribution.

    Args:
        shape: `blobs` (centres on a circle), `moons`, `circles` or `xor`; all but blobs have two classes.
        points: size of the pool, before near-duplicates.
        overlap: 0 (classes apart) to 1 (mostly noise).
        classes: 2 or more, blobs only.
        near_duplicates: copies added to the pool, each within about 0.01 of a random point of the pool.
        rng: the data's stream.

    Raises:
        ValueError: if the shape is unknown or a number is out of range.
    """
    if shape not in SHAPES:
        raise ValueError(f"unknown shape {shape!r}: choose one of {', '.join(SHAPES)}")
    if points < classes or classes < 2 or not 0 <= overlap <= 1 or near_duplicates < 0:
        raise ValueError(
            f"planar data needs points >= classes >= 2, overlap from 0 to 1 and near_duplicates >= 0, got "
            f"points={points}, classes={classes}, overlap={overlap}, near_duplicates={near_duplicates}"
        )
    if shape != "blobs" and classes != 2:
        raise ValueError(f"{shape} have two classes, got classes={classes}; only blobs can have more")
    y_pool, y_test = (rng.permutation(np.arange(size) % classes) for size in (points, TEST_POINTS))
    x_pool, x_test = (SHAPES[shape](y, overlap, classes, rng) for y in (y_pool, y_test))
    if near_duplicates:
        originals = rng.integers(0, points, near_duplicates)
        copies = x_pool[originals] + rng.normal(scale=0.01, size=(near_duplicates, 2))
        x_pool, y_pool = np.concatenate([x_pool, copies]), np.concatenate([y_pool, y_pool[originals]])
    return Dataset(shape, x_pool, y_pool, x_test, y_test, tuple("ABCDEFGHIJ"[:classes]))
