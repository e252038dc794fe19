"""Points in any form: arrays, lists, tables, sparse matrices, texts, images; checked and in a form for learners."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import array_api_compat
import numpy as np
from numpy.typing import NDArray

# The most numbers that a sparse matrix is written out as: 0.8 GB.
DENSE_NUMBERS = 100_000_000
# Channels of images: grey, colour, and colour with transparency.
CHANNELS = (1, 3, 4)


class Frame:
    """A table whose rows are taken like those of an array; for estimators that take columns by name.

    Attributes:
        table: a pandas DataFrame.
    """

    def __init__(self, table: Any) -> None:
        self.table = table

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.table.shape

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, rows: Any) -> "Frame":
        return Frame(self.table.iloc[rows])


def rows_of(x: Any, rows: NDArray[np.int64]) -> Any:
    """`x[rows]`; of a tensor, whole rows are copied at once: three times as fast for 60,000 images."""
    if not array_api_compat.is_torch_array(x):
        return x[rows]
    xp = array_api_compat.array_namespace(x)
    return xp.take(x, xp.asarray(rows, device=x.device), axis=0)


@dataclass(frozen=True, eq=False)
class PlacedParts:
    """The same points in several forms, whose rows are taken together.

    Attributes:
        parts: the forms, such as one a member of a committee; None for a missing form, never the first.
    """

    parts: tuple[Any, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the first form."""
        return tuple(self.parts[0].shape)

    def __len__(self) -> int:
        return count(self.parts[0])

    def __getitem__(self, rows: Any) -> "PlacedParts":
        return PlacedParts(tuple(None if part is None else part[rows] for part in self.parts))


def as_points(x: Any, what: str = "points") -> Any:
    """Points in a form that a learner can place: one row a point.

    Args:
        x: an array or tensor, a list of rows of numbers (or of numbers, each a point), a list of texts, a
            pandas DataFrame with any index, or a SciPy sparse matrix.
        what: what the points are called, for the sentence.

    Returns:
        a NumPy array (texts: one-dimensional, of str), the DataFrame itself, or a sparse matrix by rows.

    Raises:
        ValueError: if it is none of these.
    """
    if _is_table(x):
        return x
    if hasattr(x, "tocsr"):
        return x.tocsr()
    if isinstance(x, list | tuple) and x and all(isinstance(text, str) for text in x):
        # An array of text would take the length of the longest for each.
        texts = np.empty(len(x), dtype=object)
        texts[:] = x
        return texts
    if isinstance(x, str | Path):
        raise ValueError(
            f"{what} must be data, got the text {str(x)[:60]!r}: read the file first, for example by pandas"
        )
    if isinstance(x, Iterator):
        raise ValueError(f"{what} must be there all at once, got a {type(x).__name__}: give list(X)")
    if not isinstance(x, np.ndarray):
        x = x.cpu() if hasattr(x, "cpu") else x
        try:
            x = np.asarray(x)
        except (ValueError, TypeError) as error:
            raise ValueError(f"{what} must be rows of one length, got {type(x).__name__}: {error}") from error
    if x.dtype.kind == "O" and x.ndim == 2:
        x = _numbers_if_they_are(x, what)
    if x.ndim == 1 and x.dtype.kind in "UO" and len(x) and all(isinstance(text, str) for text in x):
        return x.astype(object)
    if x.ndim == 1 and x.dtype.kind == "O" and any(isinstance(text, str) for text in x):
        row = next(row for row, text in enumerate(x) if not isinstance(text, str))
        raise ValueError(
            f"{what} must be all texts, got {x[row]!r} in row {row}: leave it out, or give '' in its place"
        )
    if x.ndim == 0 or (x.ndim == 1 and x.dtype.kind not in "biuf"):
        raise ValueError(f"{what} must be rows of numbers, texts or a table, got {str(x)[:60]}")
    return x[:, None] if x.ndim == 1 else x


def points_like(x: Any, pool: Any, what: str = "X_test") -> Any:
    """Points of the same form as those of a pool.

    Args:
        x: further points; of a table its columns may be in any order and more than the pool has.
        pool: as `as_points` gives it.
        what: what the points are called, for the sentence.

    Returns:
        as `as_points`; of a table the columns of the pool.

    Raises:
        ValueError: if they are no points, or of another form or width; the sentence says what is missing.
    """
    points = as_points(x)
    if _is_table(pool) != _is_table(points):
        one, other = ("a table", "an array") if _is_table(pool) else ("an array", "a table")
        raise ValueError(
            f"X is {one} and {what} {other}, whose columns cannot be matched: give both in one form, for example "
            "both as tables, or X.to_numpy() of both"
        )
    if _is_table(pool):
        if list(points.columns) == list(pool.columns):
            return points
        missing = [str(name) for name in pool.columns if name not in points.columns]
        if missing or not pool.columns.is_unique or not points.columns.is_unique:
            lacks = f"{', '.join(missing[:5])} missing" if missing else "a name twice"
            names = [str(name) for name in points.columns]
            shown = ", ".join(names[:9]) + (", ..." if len(names) > 9 else "")
            raise ValueError(f"{what} must have the columns of X, got {lacks}: its columns are {shown}")
        return points[list(pool.columns)]
    if (points.dtype.kind == "O" and points.ndim == 1) != (pool.dtype.kind == "O" and pool.ndim == 1):
        raise ValueError(f"X and {what} must both be texts or both be numbers: give both in one form")
    if points.ndim == pool.ndim == 2 and points.shape[1] != pool.shape[1]:
        hint = "; one point is a list of one row" if points.shape == (pool.shape[1], 1) else ""
        raise ValueError(
            f"{what} must have the columns of X, {pool.shape[1]:,} numbers a row, got {points.shape[1]:,}{hint}"
        )
    return points


def plain(points: Any) -> Any:
    """Points as an estimator takes them: the table itself where there is one."""
    return points.table if isinstance(points, Frame) else points


def count(x: Any) -> int:
    """The number of points."""
    return int(x.shape[0])


def numbers_of(x: Any) -> NDArray[Any]:
    """Points as an array of numbers.

    Raises:
        ValueError: if some are no numbers, or a sparse matrix would be too large.
    """
    x = x.table if isinstance(x, Frame) else as_points(x)
    if _is_table(x):
        words = [str(name) for name in x.columns if getattr(x[name].dtype, "kind", "O") not in "biuf"]
        if words:
            raise ValueError(
                f"numbers are needed here, but the column {words[0]!r} holds none: make numbers of it first, "
                "for example by sklearn.preprocessing.OneHotEncoder, or take a strategy that needs no "
                "distances, such as margin, with a scikit-learn pipeline that does"
            )
        return x.to_numpy()
    if hasattr(x, "tocsr"):
        if np.prod(x.shape, dtype=float) > DENSE_NUMBERS:
            raise ValueError(
                f"a sparse matrix of {x.shape[0]:,} x {x.shape[1]:,} would take too much memory written out: "
                "make its rows shorter first, for example by sklearn.decomposition.TruncatedSVD, or take a "
                "strategy that needs no distances, such as margin"
            )
        return x.toarray()
    if x.dtype.kind not in "biuf":
        raise ValueError(
            "numbers are needed here, but the points are texts or words: make numbers of them first, for "
            "example by sklearn.feature_extraction.text.TfidfVectorizer, or take a strategy that needs no "
            "distances, such as margin, with a scikit-learn pipeline that does"
        )
    return x


def are_images(x: Any) -> bool:
    """Whether points are images as bytes, whose pixels are to be scaled: a table of bytes holds numbers."""
    return str(x.dtype).removeprefix("torch.") == "uint8" and x.ndim >= 3


def as_rows(x_N: NDArray[Any]) -> NDArray[Any]:
    """One row of numbers a point; pixels of images as bytes in [0, 1]."""
    rows_N_D = x_N.reshape(len(x_N), -1)
    return rows_N_D.astype(np.float32) / 255 if are_images(x_N) else rows_N_D


def channels_first(x_N: NDArray[Any]) -> NDArray[Any]:
    """Images as (N, C, H, W), a view where that is possible.

    Args:
        x_N: images (N, H, W), (N, H, W, C) with C of 1, 3 or 4, or (N, C, H, W). Where both the second and the last
            axis could be channels, the shorter of them is, and the second of equals. Arrays of other dimensions are
            returned unchanged.
    """
    if x_N.ndim == 3:
        return x_N[:, None]
    if x_N.ndim != 4:
        return x_N
    first, last = x_N.shape[1], x_N.shape[3]
    is_last = last in CHANNELS and (first not in CHANNELS or last < first)
    return np.moveaxis(x_N, 3, 1) if is_last else x_N


def points_digest(x: Any) -> str:
    """BLAKE2b of the content of points in their order, whatever their index: 32 hexadecimal digits.

    Raises:
        ValueError: if these are no points, see `as_points`.
    """
    points = as_points(x)
    digest = hashlib.blake2b(digest_size=16)
    if _is_table(points):
        import pandas as pd

        digest.update(repr([(str(name), str(dtype)) for name, dtype in points.dtypes.items()]).encode())
        digest.update(pd.util.hash_pandas_object(points, index=False).to_numpy().tobytes())
        return digest.hexdigest()
    if points.dtype.kind == "O":
        digest.update(repr(points.shape).encode())
        for value in points.ravel():
            text = value if isinstance(value, str) else repr(value)
            part = text.encode("utf-8", "surrogatepass")
            digest.update(len(part).to_bytes(8, "little") + part)
        return digest.hexdigest()
    digest.update(repr((points.shape, points.dtype.str)).encode())
    if hasattr(points, "tocsr"):
        points = points.copy()
        points.sort_indices()
        digest.update(np.diff(points.indptr).astype(np.int64).tobytes())
        digest.update(points.indices.astype(np.int64).tobytes())
        points = points.data
    for start in range(0, count(points), 4096):
        digest.update(np.ascontiguousarray(points[start : start + 4096]).tobytes())
    return digest.hexdigest()


def _is_table(x: Any) -> bool:
    return hasattr(x, "iloc") and hasattr(x, "columns")


def _numbers_if_they_are(x: NDArray[Any], what: str) -> NDArray[Any]:
    """Rows of objects as floats if all are numbers; unchanged if some are words."""
    if any(isinstance(value, str) for value in x.ravel()):
        return x
    try:
        return x.astype(np.float64)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{what} must be numbers or words: {error}") from error
