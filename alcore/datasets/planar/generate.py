"""Two-dimensional data whose difficulty is one number."""

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.corruptions import CorruptedDataset, inject
from alcore.datasets.planar.shapes import SHAPES, Shape, shape_of

TEST_POINTS = 1000


def planar(
    shape: str,
    *,
    points: int = 400,
    overlap: float = 0.4,
    classes: int = 2,
    imbalance: float = 1.0,
    near_duplicates: int = 0,
    label_noise: float = 0.0,
    outliers: int = 0,
    rng: np.random.Generator,
) -> Dataset:
    """`planted`, without the record of which points are corrupted."""
    return planted(
        shape,
        points=points,
        overlap=overlap,
        classes=classes,
        imbalance=imbalance,
        near_duplicates=near_duplicates,
        label_noise=label_noise,
        outliers=outliers,
        rng=rng,
    ).dataset


def planted(
    shape: str,
    *,
    points: int = 400,
    overlap: float = 0.4,
    classes: int = 2,
    imbalance: float = 1.0,
    near_duplicates: int = 0,
    label_noise: float = 0.0,
    outliers: int = 0,
    rng: np.random.Generator,
) -> CorruptedDataset:
    """Classes in the plane, in random order, with a test set of 1,000 from the same distribution.

    Imbalance and the plants are in the pool alone: the test set is what the shape is, so an accuracy says
    how much of the clean problem was learned. Each draws from its own stream; moving one of them leaves the
    other points where they were.

    Args:
        shape: a key of `SHAPES`. `blobs` (centres on a circle) can have more than two classes; of
            `imbalanced`, pool and test set hold nine A to each B; of `far_cluster`, a fifth of B lies far
            away on the side of A, in the sampling-bias example of Dasgupta & Hsu (2008) made planar; of
            `honeypot` and `diverging_sine` (Werner et al. 2024), half of the points have labels at random, and
            two classes are hard to tell apart at one end only.
        points: size of the pool, before near-duplicates and outliers.
        overlap: 0 (classes apart) to 1 (mostly noise).
        classes: 2 or more, blobs only.
        imbalance: above 0 to 1: what the pool holds of each class after the first, relative to the shape's
            own proportion; the first class takes the places that become free. At least one point of each
            class stays.
        near_duplicates: copies added to the pool, each within about 0.01 of a random point of the pool.
        label_noise: the share of the oracle's answers, copies included, that name another class.
        outliers: isolated points with random labels added far from all classes.
        rng: the data's stream.

    Raises:
        ValueError: if the shape is unknown or a number is out of range.
    """
    form = shape_of(shape, overlap=overlap, classes=classes)
    if points < classes or not 0 < imbalance <= 1:
        raise ValueError(
            f"planar data needs points >= classes and imbalance above 0, at most 1, got points={points}, "
            f"classes={classes}, imbalance={imbalance}"
        )
    shares = form.shares_of(classes)
    y_pool, y_test = (rng.permutation(_labels(shares, size)) for size in (points, TEST_POINTS))
    x_pool, x_test = (_draw(form, y, overlap, classes, rng) for y in (y_pool, y_test))
    (imbalance_rng,) = rng.spawn(1)
    fewer = _fewer(y_pool, classes, imbalance, imbalance_rng)
    # All drawn, whatever the number, so that a point moves once at most as the imbalance grows.
    in_place_N_2 = _draw(form, np.zeros_like(y_pool), overlap, classes, imbalance_rng)
    x_pool[fewer], y_pool[fewer] = in_place_N_2[fewer], 0
    dataset = Dataset(shape, x_pool, y_pool, x_test, y_test, tuple("ABCDEFGHIJ"[:classes]))
    return inject(dataset, near_duplicates=near_duplicates, label_noise=label_noise, outliers=outliers, rng=rng)


def _labels(shares_C: NDArray[np.float64], size: int) -> NDArray[np.int64]:
    """Labels in the classes' proportions, rounded; of equal classes the first take what is left over."""
    if np.all(shares_C == shares_C[0]):
        return np.arange(size) % len(shares_C)
    return np.searchsorted(np.cumsum(shares_C), (np.arange(size) + 0.5) / size)


def _draw(
    form: Shape, y_N: NDArray[np.int64], overlap: float, classes: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    skeleton_N_2 = form.prepare(y_N, form.draw(len(y_N), rng), classes)
    return skeleton_N_2 + rng.normal(scale=form.spread(overlap), size=(len(y_N), 2))


def _fewer(y_N: NDArray[np.int64], classes: int, imbalance: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """The points of each class but the first that are too many at this imbalance; more as it falls."""
    order = rng.permutation(len(y_N))
    ratio_C = np.bincount(y_N, minlength=classes) * np.where(np.arange(classes) == 0, 1, imbalance)
    kept_C = np.maximum(1, np.rint(len(y_N) * ratio_C / ratio_C.sum())).astype(np.int64)
    return np.concatenate([order[y_N[order] == c][kept_C[c] :] for c in range(1, classes)])


__all__ = ["SHAPES", "TEST_POINTS", "CorruptedDataset", "planar", "planted"]
