"""A data set of the user's own points and labels, split into pool and test set."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.points import as_points

Test = float | tuple[Any, Any]

_NAME = "your data"


def from_arrays(X: Any, y: Any, *, test: Test = 0.3, seed: int = 0, name: str | None = None) -> Dataset:
    """A data set of points and labels as the user has them.

    Args:
        X: N points: a NumPy array (N, D), images as bytes (N, H, W) or (N, 1, H, W), a pandas DataFrame, a SciPy
            sparse matrix, or a list of texts.
        y: N labels: words, whole numbers or booleans, in a list, an array or a column.
        test: share of the points that become the test set, above 0 and below 1; or a test set (X_test, y_test), with
            which all of X is the pool.
        seed: of the split, which is stratified: that of scikit-learn's `train_test_split` with
            `stratify=y, random_state=seed`.
        name: what sentences call the data set.

    Returns:
        a data set with labels as class numbers; `labels` are the different labels in sorted order, `class_names` their
        texts.

    Raises:
        ValueError: if a label is missing, labels are of several kinds or of one class, there is not one a point, their
            index has the points in another order, or the data set cannot be split so.
    """
    x, labels_N = _rows(X, "X"), _labels(y, "y")
    _one_each(x, labels_N, "X", "y")
    check_order(X, y, "X", "y")
    if isinstance(test, tuple | list):
        if len(test) != 2:
            raise ValueError(f"test must be a share of the points or a pair (X_test, y_test), got {len(test)} things")
        x_test, labels_T = _rows(test[0], "X_test"), _labels(test[1], "y_test")
        _one_each(x_test, labels_T, "X_test", "y_test")
        check_order(test[0], test[1], "X_test", "y_test")
        if len(labels_T) == 0:
            raise ValueError("the test set is empty: give at least one point in (X_test, y_test)")
        if x_test.shape[1:] != x.shape[1:]:
            raise ValueError(
                "points of the test set must be like those of the pool, got shape "
                f"{x_test.shape[1:]} beside {x.shape[1:]}"
            )
        values, codes = _classes(_joined(labels_N, labels_T))
        y_pool, y_test = codes[: len(labels_N)], codes[len(labels_N) :]
        return Dataset(name or _NAME, x, y_pool, x_test, y_test, _names(values), labels=values)
    values, codes_N = _classes(labels_N)
    pool, held = _split(codes_N, _names(values), test, seed)
    x_pool, x_test = _take(x, pool), _take(x, held)
    return Dataset(name or _NAME, x_pool, codes_N[pool], x_test, codes_N[held], _names(values), labels=values)


def check_order(x: Any, y: Any, points: str, labels: str) -> None:
    """Refuse labels whose index names the same points in another order; labels are matched by position.

    Args:
        x: points; only a table, by its index, or a list of whole numbers that are names of points is checked.
        y: labels; only those with an index which is not simply 0, 1, 2, ... are checked.
        points: what x is called.
        labels: what y is called.

    Raises:
        ValueError: they are in another order.
    """
    if not hasattr(y, "iloc") or not (hasattr(x, "iloc") or isinstance(x, list)):
        return
    names, given = list(x.index if hasattr(x, "iloc") else x), list(y.index)
    if (
        given in (names, list(range(len(given))))
        or len(set(given)) < len(given)
        or sorted(map(repr, given)) != sorted(map(repr, names))
    ):
        return
    raise ValueError(
        f"the index of {labels} has the points of {points} in another order, and labels are matched by position: "
        f"bring {labels} into the order of {points}, for example by .loc, or give {labels}.to_numpy()"
    )


def _rows(x: Any, what: str) -> Any:
    """Points in a form whose rows can be taken; images as bytes with a channel."""
    points = as_points(x, what)
    is_grey = isinstance(points, np.ndarray) and points.dtype == np.uint8 and points.ndim == 3
    return points[:, None] if is_grey else points


def _take(x: Any, rows: NDArray[np.int64]) -> Any:
    return x.iloc[rows] if hasattr(x, "iloc") else x[rows]


def _labels(y: Any, what: str) -> NDArray[Any]:
    """Labels as an array of words, whole numbers or booleans."""
    import pandas as pd

    given = y.cpu() if hasattr(y, "cpu") else y
    if hasattr(given, "iloc") and getattr(given, "ndim", 1) == 2 and given.shape[1] == 1:
        given = given.iloc[:, 0]
    try:
        as_given = np.asarray(given, dtype=object)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{what} must be one label a point, got {type(y).__name__}: {error}") from error
    if as_given.ndim == 2 and as_given.shape[1] == 1:
        as_given = as_given[:, 0]
    if as_given.ndim != 1:
        raise ValueError(f"{what} must be one label a point, got shape {as_given.shape}")
    missing = np.flatnonzero(pd.isna(as_given))
    if len(missing):
        raise ValueError(
            f"{what} has no label for {len(missing):,} of {len(as_given):,} points, the first in row {missing[0]}: "
            "leave points without a label out"
        )
    kinds = {_kind(label) for label in as_given}
    if len(kinds) > 1 or None in kinds:
        found = sorted({type(label).__name__ for label in as_given})
        raise ValueError(f"{what} must be all words, all whole numbers or all booleans, got {', '.join(found)}")
    if kinds == {"number"}:
        return _whole(as_given.astype(np.float64), what) if _any_float(as_given) else as_given.astype(np.int64)
    return as_given.astype(bool) if kinds == {"boolean"} else as_given.astype(str)


def _kind(label: Any) -> str | None:
    if isinstance(label, bool | np.bool_):
        return "boolean"
    if isinstance(label, int | float | np.integer | np.floating):
        return "number"
    return "word" if isinstance(label, str) else None


def _any_float(labels_N: NDArray[Any]) -> bool:
    return any(isinstance(label, float | np.floating) for label in labels_N)


def _whole(labels_N: NDArray[np.float64], what: str) -> NDArray[np.int64]:
    broken = labels_N[labels_N != np.floor(labels_N)]
    if len(broken) or not np.isfinite(labels_N).all():
        first = broken[0] if len(broken) else labels_N[~np.isfinite(labels_N)][0]
        raise ValueError(
            f"{what} must be classes, and {first:g} is a measurement: give words or whole numbers, for example by "
            "cutting the measurements into ranges"
        )
    return labels_N.astype(np.int64)


def _joined(pool_N: NDArray[Any], test_T: NDArray[Any]) -> NDArray[Any]:
    if pool_N.dtype.kind != test_T.dtype.kind:
        words = {"U": "words", "i": "whole numbers", "b": "booleans"}
        raise ValueError(
            f"y and y_test must be labels of one kind, got {words[pool_N.dtype.kind]} and {words[test_T.dtype.kind]}"
        )
    return np.concatenate([pool_N, test_T])


def _names(values: Sequence[Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)


def _classes(labels_N: NDArray[Any]) -> tuple[tuple[Any, ...], NDArray[np.int64]]:
    """The different labels in sorted order, and each label's number."""
    values_C, codes_N = np.unique(labels_N, return_inverse=True)
    if len(values_C) < 2:
        held = f"only {values_C[0]}" if len(values_C) else "no label"
        raise ValueError(f"y must hold two classes or more, got {held}")
    return tuple(values_C.tolist()), codes_N.astype(np.int64)


def _split(
    codes_N: NDArray[np.int64], names: Sequence[str], test: Any, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if isinstance(test, bool) or not isinstance(test, int | float | np.floating) or not 0 < test < 1:
        raise ValueError(f"test must be a share above 0 and below 1, or a pair (X_test, y_test), got {test!r}")
    counts_C = np.bincount(codes_N, minlength=len(names))
    if counts_C.min() < 2:
        rare = names[int(counts_C.argmin())]
        raise ValueError(
            f"class {rare} has a single point, which cannot be both in the pool and in the test set: leave the class "
            "out, or give a test set of your own, test=(X_test, y_test)"
        )
    smaller = min(int(np.ceil(test * len(codes_N))), len(codes_N) - int(np.ceil(test * len(codes_N))))
    if smaller < len(names):
        raise ValueError(
            f"with test={test:g}, {len(codes_N):,} points are too few for a pool and a test set that both hold all "
            f"{len(names)} classes: choose another share, or give more points"
        )
    from sklearn.model_selection import train_test_split

    pool, held = train_test_split(np.arange(len(codes_N)), test_size=float(test), stratify=codes_N, random_state=seed)
    return pool, held


def _one_each(x: Any, labels_N: NDArray[Any], points: str, labels: str) -> None:
    if x.shape[0] != len(labels_N):
        raise ValueError(
            f"{labels} must be one label a point, got {x.shape[0]:,} points in {points} and {len(labels_N):,} labels"
        )
