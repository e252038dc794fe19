"""Corruptions of a pool: near-duplicates, label noise, outliers. The test set stays clean."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset

# Directions this far apart never come back to one another, however many follow.
_GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


@dataclass(frozen=True, eq=False)
class CorruptedDataset:
    """A data set and what was planted in its pool; all indices are those of that pool, ascending.

    Attributes:
        dataset: the data; its test set is the one that was given.
        duplicates: points that are copies of others.
        flipped: points for which the oracle gives a wrong answer.
        outliers: points far from all classes, with random labels.
    """

    dataset: Dataset
    duplicates: NDArray[np.int64]
    flipped: NDArray[np.int64]
    outliers: NDArray[np.int64]


def inject(
    dataset: Dataset,
    *,
    near_duplicates: int = 0,
    label_noise: float = 0.0,
    outliers: int = 0,
    rng: np.random.Generator,
) -> CorruptedDataset:
    """Add copies, then flip answers, then add outliers, each kind from a stream of its own.

    The points given keep their places in the pool, copies and outliers follow them. A larger number keeps
    what a smaller one planted (copies keep their originals), and no number moves another kind's points;
    only which answers are flipped can shift a little with the number of copies.

    Args:
        dataset: points in the plane.
        near_duplicates: copies, each within about 0.01 of a random point of the pool.
        label_noise: the share of the points and copies whose label is flipped to another class, 0 to 1.
        outliers: isolated points around the pool, 1.2 to 1.6 times as far from its mean as its last point.
        rng: the stream of the copies, from which the other two are spawned.

    Raises:
        ValueError: if the points are not in the plane or a number is out of range.
    """
    if dataset.x_pool.ndim != 2 or dataset.x_pool.shape[1] != 2:
        raise ValueError(f"plants need points in the plane, got a pool of shape {dataset.x_pool.shape}")
    if near_duplicates < 0 or outliers < 0 or not 0 <= label_noise <= 1:
        raise ValueError(
            f"plants need near_duplicates and outliers >= 0 and label_noise from 0 to 1, got "
            f"near_duplicates={near_duplicates}, outliers={outliers}, label_noise={label_noise}"
        )
    noise_rng, outlier_rng = rng.spawn(2)
    given, classes = len(dataset.y_pool), dataset.classes
    originals = rng.integers(0, given, near_duplicates)
    copies = dataset.x_pool[originals] + rng.normal(scale=0.01, size=(near_duplicates, 2))
    far, far_labels = _around(dataset.x_pool, classes, outliers, outlier_rng)
    x = np.concatenate([dataset.x_pool, copies, far])
    truth = np.concatenate([dataset.y_pool, dataset.y_pool[originals]])
    flipped, answers = _flip(truth, classes, label_noise, noise_rng)
    y = np.concatenate([answers, far_labels])
    return CorruptedDataset(
        replace(dataset, x_pool=x, y_pool=y),
        duplicates=np.arange(given, len(truth)),
        flipped=flipped,
        outliers=np.arange(len(truth), len(y)),
    )


def _flip(
    truth_N: NDArray[np.int64], classes: int, share: float, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The indices of a share of the labels, and all labels with those moved to another class."""
    rank_N, other_N = rng.random((len(truth_N), 2)).T
    flipped = np.sort(np.argsort(rank_N)[: round(share * len(truth_N))])
    answers = truth_N.copy()
    answers[flipped] += 1 + (other_N[flipped] * (classes - 1)).astype(np.int64)
    return flipped, answers % classes


def _around(
    x_N_2: NDArray[np.float64], classes: int, count: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points in a ring around others, apart from them and from one another, and random labels."""
    first = 2 * np.pi * rng.random()
    reach, lot = rng.random((count, 2)).T
    angle = first + _GOLDEN_ANGLE * np.arange(count)
    middle = x_N_2.mean(axis=0)
    radius = np.linalg.norm(x_N_2 - middle, axis=1).max() * (1.2 + 0.4 * reach)
    ring = middle + radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return ring, (lot * classes).astype(np.int64)
