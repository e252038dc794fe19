"""Data sets of the user's own arrays, split as scikit-learn splits."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy.sparse import coo_matrix, csr_matrix, issparse
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split

from alcore import from_arrays

X, Y = load_wine(return_X_y=True)
NAMES = np.array(["rosé", "blanc", "rouge"])


@pytest.mark.parametrize(("test", "seed"), [(0.3, 0), (0.25, 11)])
def test_the_split_is_scikit_learns(test: float, seed: int) -> None:
    data = from_arrays(X, Y, test=test, seed=seed)
    x_pool, x_test, y_pool, y_test = train_test_split(X, Y, test_size=test, stratify=Y, random_state=seed)
    for found, known in zip((data.x_pool, data.x_test), (x_pool, x_test), strict=True):
        assert_array_equal(found, known)
    assert_array_equal(data.y_pool, y_pool)
    assert_array_equal(data.y_test, y_test)
    assert data.class_names == ("0", "1", "2") and data.y_pool.dtype == np.int64
    assert data.name == "your data" and from_arrays(X, Y, name="wine").name == "wine"


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (NAMES[Y], ("blanc", "rosé", "rouge")),
        (pd.Series(NAMES[Y], index=range(1000, 1178)), ("blanc", "rosé", "rouge")),
        (pd.Series(pd.Categorical(NAMES[Y])), ("blanc", "rosé", "rouge")),
        (NAMES[Y].tolist(), ("blanc", "rosé", "rouge")),
        (NAMES[Y].astype(object)[:, None], ("blanc", "rosé", "rouge")),
        (pd.DataFrame({"colour": NAMES[Y]}), ("blanc", "rosé", "rouge")),
        (Y == 1, ("False", "True")),
        ([bool(label) for label in Y == 2], ("False", "True")),
        (Y * 10 - 5, ("-5", "5", "15")),
        (Y.astype(np.float32), ("0", "1", "2")),
        (Y.astype(np.uint8).tolist(), ("0", "1", "2")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_labels_are_as_the_user_has_them(labels: Any, names: tuple[str, ...]) -> None:
    data = from_arrays(X, labels, seed=3)
    plain = np.asarray(labels).ravel()
    # The rows of the pool are found again by their numbers, which are all different.
    row_of = {tuple(row): number for number, row in enumerate(X)}
    rows = [row_of[tuple(row)] for row in data.x_pool]
    assert data.class_names == names
    told = [str(int(value)) if names[-1] in ("2", "15") else str(value) for value in plain[rows]]
    assert [data.class_names[code] for code in data.y_pool] == told


def test_points_keep_their_kind() -> None:
    table = pd.DataFrame(X, columns=[f"c{number}" for number in range(13)], index=range(500, 678))
    images = np.arange(178 * 12, dtype=np.uint32).astype(np.uint8).reshape(178, 4, 3)
    texts = [f"wine {number}" for number in range(178)]
    by_array = from_arrays(X, Y)
    framed = from_arrays(table, Y)
    assert isinstance(framed.x_pool, pd.DataFrame) and list(framed.x_pool.columns) == list(table.columns)
    assert_array_equal(framed.x_pool.to_numpy(), by_array.x_pool)
    for sparse in (csr_matrix(X), coo_matrix(X)):
        found = from_arrays(sparse, Y)
        assert issparse(found.x_pool)
        assert_array_equal(found.x_test.toarray(), by_array.x_test)
    pictures = from_arrays(images, Y)
    assert pictures.x_pool.shape == (124, 1, 4, 3) and pictures.x_pool.dtype == np.uint8
    assert from_arrays(images[:, None], Y).x_pool.shape == (124, 1, 4, 3)
    assert from_arrays(images / 255, Y).x_pool.shape == (124, 4, 3)
    words = from_arrays(texts, Y)
    rows = [int(text.split()[1]) for text in words.x_pool]
    assert_array_equal(X[rows], by_array.x_pool)
    assert from_arrays(X[:, 0], Y).x_pool.shape == (124, 1)


def test_a_test_set_of_ones_own_is_kept_and_all_of_x_is_the_pool() -> None:
    data = from_arrays(X[:100], NAMES[Y[:100]], test=(X[100:], NAMES[Y[100:]]), seed=5)
    assert_array_equal(data.x_pool, X[:100])
    assert_array_equal(data.x_test, X[100:])
    # The third class is only in the test set, and has a number all the same.
    assert Y[:100].max() == 1 and data.class_names == ("blanc", "rosé", "rouge")
    assert_array_equal(np.array(data.class_names)[data.y_pool], NAMES[Y[:100]])
    assert_array_equal(np.array(data.class_names)[data.y_test], NAMES[Y[100:]])


def test_what_was_given_is_not_changed() -> None:
    x, y = X.copy(), NAMES[Y].copy()
    data = from_arrays(x, y)
    data.x_pool[:] = 0
    data.y_pool[:] = 0
    assert_array_equal(x, X)
    assert_array_equal(y, NAMES[Y])


def wrong(y: Any, row: int, value: Any) -> Any:
    changed = list(y)
    changed[row] = value
    return changed


@pytest.mark.parametrize(
    ("y", "sentence"),
    [
        (wrong(NAMES[Y].tolist(), 7, None), "no label for 1 of 178 points, the first in row 7: leave points without"),
        (wrong(Y.tolist(), 9, float("nan")), "no label for 1 of 178 points, the first in row 9"),
        (pd.Series(wrong(Y.tolist(), 3, None), dtype="Int64"), "no label for 1 of 178 points, the first in row 3"),
        (wrong(NAMES[Y].tolist(), 2, 5), "all words, all whole numbers or all booleans, got int, str"),
        (wrong(Y.tolist(), 2, True), "all words, all whole numbers or all booleans, got bool, int"),
        (Y + 0.5, "y must be classes, and 0.5 is a measurement"),
        (np.where(Y == 0, np.inf, 1.0), "y must be classes, and inf is a measurement"),
        (np.zeros(178), "y must hold two classes or more, got only 0"),
        (Y[:100], "y must be one label a point, got 178 points in X and 100 labels"),
        (np.eye(3)[Y], r"y must be one label a point, got shape \(178, 3\)"),
        (wrong(NAMES[Y].tolist(), 0, "orange"), "class orange has a single point"),
    ],
)
def test_labels_that_cannot_be_are_a_sentence(y: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        from_arrays(X, y)


@pytest.mark.parametrize(
    ("test", "sentence"),
    [
        (0.0, "test must be a share above 0 and below 1"),
        (1.0, "test must be a share above 0 and below 1"),
        (True, "test must be a share above 0 and below 1"),
        (50, "test must be a share above 0 and below 1"),
        ("third", "test must be a share above 0 and below 1"),
        (0.01, "178 points are too few for a pool and a test set that both hold all 3 classes"),
        ((X, Y, Y), "test must be a share of the points or a pair"),
        ((X[:3], Y[:2]), "y_test must be one label a point, got 3 points in X_test and 2 labels"),
        ((X[:3, :5], Y[:3]), r"points of the test set must be like those of the pool, got shape \(5,\) beside \(13,\)"),
        ((X[:3], NAMES[Y[:3]]), "y and y_test must be labels of one kind, got whole numbers and words"),
        ((X[:0], Y[:0]), "the test set is empty|got float"),
    ],
)
def test_a_test_set_that_cannot_be_is_a_sentence(test: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        from_arrays(X, Y, test=test)


@pytest.mark.parametrize("x", [5, [[1, 2], [3]], [{"a": 1}] * 178, None])
def test_points_that_cannot_be_are_a_sentence(x: Any) -> None:
    with pytest.raises(ValueError, match="X must be"):
        from_arrays(x, Y)
