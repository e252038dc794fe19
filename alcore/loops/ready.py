"""Data sets as loops take them: points that learners can place, labels that are class numbers."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.learners.labels import class_numbers
from alcore.points import as_points, count, numbers_of, points_like


def ready(dataset: Dataset, *, numbers: bool = False) -> Dataset:
    """The data set with points and labels as arrays; itself, where they are.

    Args:
        dataset: its points as `as_points` takes them, its labels class numbers or names of classes.
        numbers: whether points must be arrays of numbers, which tables and sparse matrices are made into.

    Raises:
        ValueError: if points are none, those of the test set are of another form than the pool, a label is no class,
            or there is not one label a point.
    """
    make = numbers_of if numbers else as_points
    pool = as_points(dataset.x_pool)
    changed: dict[str, Any] = {
        "x_pool": make(pool),
        "y_pool": _labels(dataset.y_pool, dataset, "y_pool"),
        "x_test": make(points_like(dataset.x_test, pool)),
        "y_test": _labels(dataset.y_test, dataset, "y_test"),
        "y_true": None if dataset.y_true is None else _labels(dataset.y_true, dataset, "y_true"),
    }
    for x, y in (("x_pool", "y_pool"), ("x_test", "y_test")):
        if changed[y].shape != (count(changed[x]),):
            raise ValueError(
                f"a data set needs one label a point, got {count(changed[x]):,} points in {x} and labels of "
                f"shape {changed[y].shape} in {y}"
            )
    if all(value is getattr(dataset, name) for name, value in changed.items()):
        return dataset
    return replace(dataset, **changed)


def _labels(labels: Any, dataset: Dataset, name: str) -> NDArray[np.int64]:
    numbers = class_numbers(labels, dataset.classes, names=dataset.class_names, what=name)
    return labels if isinstance(labels, np.ndarray) and labels.dtype == np.int64 else numbers
