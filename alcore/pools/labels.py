"""Labels beside a pool: a table or a mapping, found in the pool by row number or by id."""

import os
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.extras import optional_imports
from alcore.pools.hashes import Codes, codes_of, keys_of
from alcore.pools.source import PoolError, Source
from alcore.short import short

# Ids are compared for equality in parts, so that no more codes than these are in memory.
CODES_AT_A_TIME = 16_000_000
# Rows whose ids are read at a time.
_IDS = 1_000_000


@dataclass(frozen=True, eq=False)
class Labels:
    """Labelled rows of a pool.

    Attributes:
        rows: (M,) int64, in an order that depends on their ids alone.
        codes: (M,) int64, positions in `classes`.
        classes: the labels that occur, sorted.
        note: a sentence about what was left out; empty if nothing was.
    """

    rows: NDArray[np.int64]
    codes: NDArray[np.int64]
    classes: list[Any] = field(repr=False)
    note: str = ""

    def __len__(self) -> int:
        """The number of labelled rows."""
        return len(self.rows)


def labels_of(labels: Any, source: Source) -> Labels:
    """The labelled rows of a pool.

    Args:
        labels: None; a mapping from row number or, in a pool with ids, from id to label; a DataFrame with the columns
            `label` and `row` or `id`; or the path of a CSV or Parquet file with these. Rows whose label is empty are
            not labelled yet.
        source: the pool.

    Raises:
        PoolError: a column is missing, a row is not in the pool, or has two labels.
    """
    name = "the labels"
    if labels is None:
        labels = {}
    if isinstance(labels, str | os.PathLike):
        name = Path(labels).name
        labels = _read(Path(labels))
    if isinstance(labels, Mapping):
        keys, values, by_id = list(labels), list(labels.values()), source.has_ids
    else:
        columns = {str(column).strip().lower(): column for column in getattr(labels, "columns", ())}
        by_id = source.has_ids and "id" in columns
        key = "id" if by_id else "row"
        if "label" not in columns or key not in columns:
            wanted = "id (or row)" if source.has_ids else "row"
            have = ", ".join(map(str, columns)) or "none"
            raise PoolError(f"{name} needs the columns {wanted} and label; it has {have}.")
        keys, values = labels[columns[key]].tolist(), labels[columns["label"]].tolist()
    for key, value in zip(keys, values, strict=True):
        if not isinstance(value, Hashable):
            raise PoolError(f"{name} has the label {short(value)} for {short(key)}: a label is one word or number.")
    given = [(key, value) for key, value in zip(keys, values, strict=True) if not _empty(value)]
    keys, values = [key for key, _ in given], [value for _, value in given]
    rows = _rows_of_ids(keys, source, name) if by_id else _rows_of_numbers(keys, source, name)
    order = np.argsort(rows, kind="stable")
    twice = np.flatnonzero(np.diff(rows[order]) == 0)
    if len(twice):
        raise PoolError(f"{name} has two labels for {short(keys[order[twice[0]]])}: keep one row for each.")
    # Sums and bootstrap samples depend on the order of the labels, and must not on that of the files.
    order = np.argsort(keys_of(codes_of(source.ids(rows)), 0), kind="stable")
    classes = sorted(set(values), key=lambda value: (type(value).__name__, value))
    number = {value: code for code, value in enumerate(classes)}
    codes = np.array([number[value] for value in values], dtype=np.int64)
    left = len(labels) - len(given)
    note = f"{left:,} rows of {name} have no label yet" if left else ""
    return Labels(rows[order], codes[order], classes, note)


def check_ids(source: Source) -> None:
    """That no id occurs twice in a pool. Memory O(1): in large pools the ids are read once for every part of them.

    Raises:
        PoolError: one does.
    """
    if not source.has_ids:
        return
    parts = -(-source.rows // CODES_AT_A_TIME)
    for part in range(parts):
        codes = np.concatenate([codes[codes % np.uint64(parts) == part] for _, codes in _all_codes(source)])
        codes.sort()
        twice = codes[:-1][codes[1:] == codes[:-1]]
        if len(twice):
            rows = [begin + np.flatnonzero(some == twice[0]) for begin, some in _all_codes(source)]
            first, second = np.concatenate(rows)[:2]
            id_ = source.ids(np.array([first]))[0]
            raise PoolError(
                f"{source.name} has the id {short(id_)} twice, in rows {first:,} and {second:,}: ids tell rows apart, "
                "so give every row its own."
            )


def _all_codes(source: Source) -> Any:
    for begin, end in source.blocks(_IDS):
        yield begin, source.codes(begin, end)


def _rows_of_numbers(keys: list[Any], source: Source, name: str) -> NDArray[np.int64]:
    rows = np.empty(len(keys), dtype=np.int64)
    for place, key in enumerate(keys):
        number = _whole(key)
        if number is None or not 0 <= number < source.rows:
            raise PoolError(
                f"{name} has a label for row {short(key)}: rows of {source.name} are numbered 0 to {source.rows - 1:,}."
            )
        rows[place] = number
    return rows


def _rows_of_ids(keys: list[Any], source: Source, name: str) -> NDArray[np.int64]:
    if not keys:
        return np.empty(0, dtype=np.int64)
    kind = source.ids(np.array([0], dtype=np.int64)).dtype.kind
    order = np.arange(len(keys))
    if kind in "iu":
        numbers = []
        for key in keys:
            if (number := _whole(key)) is None:
                raise PoolError(f"{name} has a label for the id {short(key)}: ids of {source.name} are whole numbers.")
            numbers.append(number)
        # Modulo 2 ** 64 a negative number and a large one have one code: what the other type holds, is not here.
        low, high = (0, 2**64) if kind == "u" else (-(2**63), 2**63)
        order = np.array([place for place, number in enumerate(numbers) if low <= number < high], dtype=np.int64)
        wanted = np.array([number % 2**64 for number in numbers], dtype=np.uint64)
    else:
        wanted = codes_of(np.array([str(key) for key in keys], dtype=object))
    rows = np.full(len(keys), -1, dtype=np.int64)
    order = order[np.argsort(wanted[order], kind="stable")]
    for begin, codes in _all_codes(source):
        _find(wanted[order], codes, begin, rows, order)
    if (rows < 0).any():
        key = keys[int(np.argmin(rows))]
        missing = int((rows < 0).sum())
        raise PoolError(
            f"{name} has labels for {missing:,} ids that {source.name} lacks, such as {short(key)}: are they of "
            "another pool?"
        )
    return rows


def _find(wanted: Codes, codes: Codes, begin: int, rows: NDArray[np.int64], order: NDArray[np.int64]) -> None:
    """Write the rows of the sorted codes that occur in a block."""
    low, high = np.searchsorted(wanted, codes, "left"), np.searchsorted(wanted, codes, "right")
    for row in np.flatnonzero(high > low):
        rows[order[low[row] : high[row]]] = begin + row


def _whole(key: Any) -> int | None:
    """A whole number, also as a word or a float; None for anything else."""
    if isinstance(key, float | np.floating) and not float(key).is_integer():
        return None
    try:
        number = int(key)
    except (TypeError, ValueError, OverflowError):
        return None
    whole = isinstance(key, str | float | np.floating | np.integer) or number == key
    return number if whole and -(2**63) <= number < 2**64 else None


def _empty(value: Any) -> bool:
    import pandas as pd

    return value is None or value is pd.NA or value != value or (isinstance(value, str) and not value.strip())


def _read(path: Path) -> Any:
    """A table of words, or of what a Parquet file holds."""
    import pandas as pd

    if not path.is_file():
        raise PoolError(f"{path} is not there: give a CSV or Parquet file with the columns row (or id) and label.")
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            with optional_imports():
                import pyarrow  # noqa: F401
            return pd.read_parquet(path)
        return pd.read_csv(
            path, dtype=str, keep_default_na=False, encoding="utf-8-sig", sep="\t" if path.suffix == ".tsv" else ","
        )
    except ImportError:
        raise
    except (ValueError, OSError) as error:  # pandas' and pyarrow's own are among them
        reason = str(error).splitlines()[0].rstrip(".")
        raise PoolError(f"{path.name} cannot be read as a table ({reason}): write it as CSV in UTF-8.") from error
