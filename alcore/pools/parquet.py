"""A folder of Parquet files as a source: vectors in one column of lists or in several of numbers, ids kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.extras import optional_imports
from alcore.pools.hashes import Codes, codes_of
from alcore.pools.source import READ, TILE, PoolError
from alcore.short import short


@dataclass(frozen=True)
class _Group:
    """A row group of a file, and the row of the pool that it begins with."""

    path: str
    number: int
    begin: int
    end: int


@dataclass(frozen=True, eq=False)
class ParquetSource:
    """Parquet files in the order of their names; tiles begin anew with every row group.

    Attributes:
        path: the file or folder.
        groups: the row groups, which are read whole or not at all, streamed.
        columns: the column of lists, or the columns of numbers.
        lists: which of the two.
        id_column: the column of ids; None where the number of a row is its id.
        dimensions: how many numbers a row has.
        stamp: names, sizes and times of the files, and the columns that are read.
    """

    path: str
    groups: tuple[_Group, ...]
    columns: tuple[str, ...]
    lists: bool
    id_column: str | None
    dimensions: int
    stamp: str

    @classmethod
    def open(cls, path: Path, id_column: str | None = None) -> "ParquetSource":
        """Read the footers of all files.

        Raises:
            PoolError: there is no file, one is damaged, columns differ or hold no vectors.
            MissingExtraError: pyarrow is not installed.
        """
        pa, dataset, _ = _arrow()
        if not path.exists():
            raise PoolError(f"{path} is not there: give a .npy file, or a folder of Parquet files.")
        with _sentences(path.name):
            files = sorted(dataset.dataset(path, format="parquet", exclude_invalid_files=False).files)
        if not files:
            raise PoolError(f"{path.name} holds no Parquet file: write the embeddings there, or give a .npy file.")
        groups: list[_Group] = []
        schema: Any = None
        rows, stamps = 0, []
        for file in files:
            name = Path(file).name
            with _sentences(name), _opened(file) as opened:
                schema = opened.schema_arrow if schema is None else schema
                if opened.schema_arrow.remove_metadata() != schema.remove_metadata():
                    raise PoolError(f"{name} has other columns than {Path(files[0]).name}: write all files alike.")
                for number in range(opened.metadata.num_row_groups):
                    if count := opened.metadata.row_group(number).num_rows:
                        groups.append(_Group(file, number, rows, rows + count))
                        rows += count
            found = Path(file).stat()
            stamps.append(f"{name} {found.st_size} {found.st_mtime_ns}")
        if id_column is not None and id_column not in schema.names:
            raise PoolError(f"{path.name} has no column {short(id_column)}: its columns are {', '.join(schema.names)}.")
        if id_column is None and "id" in schema.names:
            id_column = "id"
        if id_column is not None and not _tells_apart(pa, kind := schema.field(id_column).type):
            raise PoolError(f"{path.name} has ids of type {kind}: ids are whole numbers or words.")
        kinds = {one.name: one.type for one in schema if one.name != id_column}
        lists = [name for name, kind in kinds.items() if _is_vector(pa, kind)]
        numbers = [name for name, kind in kinds.items() if pa.types.is_floating(kind)]
        columns = tuple(lists or numbers)
        if not rows or not columns or len(lists) > 1:
            raise PoolError(
                f"{path.name} needs rows, and one column of lists of fractions or columns of fractions: it has "
                f"{rows:,} rows and the columns {', '.join(f'{name} ({kind})' for name, kind in kinds.items())}."
            )
        width = len(columns)
        if lists:
            with _sentences(path.name), _opened(groups[0].path) as opened:
                first = next(opened.iter_batches(1, row_groups=[groups[0].number], columns=lists)).column(0)
                width = len(first.flatten())
            if not width:
                raise PoolError(
                    f"Row 0 of {path.name} has no number in the column {short(lists[0])}: give all vectors."
                )
        stamp = f"{' '.join(stamps)} {id_column!r} {columns!r}"
        return cls(str(path.resolve()), tuple(groups), columns, bool(lists), id_column, width, stamp)

    @property
    def name(self) -> str:
        """The folder's name."""
        return Path(self.path).name

    @property
    def note(self) -> str:
        """Which columns a row is made of, where they are several; empty otherwise."""
        if self.lists:
            return ""
        names = [short(name) for name in self.columns]
        shown = names if len(names) <= 8 else [*names[:3], "...", names[-1]]
        return f"the embedding of {self.name} is the {len(names):,} columns of fractions: {', '.join(shown)}"

    @property
    def rows(self) -> int:
        """The number of rows."""
        return self.groups[-1].end

    @property
    def has_ids(self) -> bool:
        """Whether there is a column of ids."""
        return self.id_column is not None

    def blocks(self, size: int) -> list[tuple[int, int]]:
        """Whole row groups, as many as make about so many rows."""
        cuts = [0]
        for group in self.groups:
            if group.end - cuts[-1] >= size:
                cuts.append(group.end)
        if cuts[-1] < self.rows:
            cuts.append(self.rows)
        return list(zip(cuts[:-1], cuts[1:], strict=True))

    def tiles(self, begin: int, end: int) -> Iterator[tuple[int, NDArray]]:
        """The rows of a block in tiles."""
        for group in self._within(begin, end):
            row = group.begin
            for features in self._batches(group):
                for first in range(0, len(features), TILE):
                    yield row + first, features[first : first + TILE]
                row += len(features)

    def codes(self, begin: int, end: int) -> Codes:
        """64 bits of the id of each row of a block."""
        if self.id_column is None:
            return np.arange(begin, end, dtype=np.uint64)
        return np.concatenate([codes_of(self._group_ids(group)) for group in self._within(begin, end)])

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Some rows, from the row groups that hold them."""
        taken = np.empty((len(rows), self.dimensions), dtype=np.float32)
        for group, places in self._holding(rows):
            begin = group.begin
            for features in self._batches(group):
                some = places[(rows[places] >= begin) & (rows[places] < begin + len(features))]
                taken[some] = features[rows[some] - begin]
                begin += len(features)
        return taken

    def ids(self, rows: NDArray[np.int64]) -> NDArray:
        """The ids of some rows."""
        if self.id_column is None:
            return rows
        parts = [(places, self._group_ids(group)[rows[places] - group.begin]) for group, places in self._holding(rows)]
        found = np.empty(len(rows), dtype=parts[0][1].dtype if parts else np.int64)
        for places, ids in parts:
            found[places] = ids
        return found

    def _holding(self, rows: NDArray[np.int64]) -> Iterator[tuple[_Group, NDArray[np.int64]]]:
        """The row groups that hold some rows, and the places of these rows."""
        order = np.argsort(rows, kind="stable")
        for group in self.groups:
            low, high = np.searchsorted(rows[order], [group.begin, group.end])
            if low < high:
                yield group, order[low:high]

    def _within(self, begin: int, end: int) -> list[_Group]:
        return [group for group in self.groups if begin <= group.begin and group.end <= end]

    def _group_ids(self, group: _Group) -> NDArray:
        name = Path(group.path).name
        with _sentences(name), _opened(group.path) as opened:
            column = opened.read_row_group(group.number, columns=[self.id_column]).column(0)
        if column.null_count:
            raise PoolError(
                f"{name} has {column.null_count:,} rows without {short(self.id_column)}: give all rows ids."
            )
        return column.to_numpy()

    def _batches(self, group: _Group) -> Iterator[NDArray]:
        """The features of a row group, streamed."""
        name, row = Path(group.path).name, group.begin
        with _sentences(name), _opened(group.path) as opened:
            for batch in opened.iter_batches(READ, row_groups=[group.number], columns=list(self.columns)):
                if self.lists:
                    features = _vectors(batch.column(0), self.dimensions, name, row)
                else:
                    features = np.column_stack([one.to_numpy(zero_copy_only=False) for one in batch.columns])
                yield features
                row += len(features)


def _tells_apart(pa: Any, kind: Any) -> bool:
    """Whether a column of this type can hold ids: whole numbers or words."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_integer(kind) or kind in (pa.string(), pa.large_string(), pa.string_view())


def _is_vector(pa: Any, kind: Any) -> bool:
    """Whether a column of this type holds lists of fractions."""
    lists = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return lists and pa.types.is_floating(kind.value_type)


def _vectors(column: Any, width: int, name: str, row: int) -> NDArray:
    """A column of lists as rows of numbers."""
    lengths = column.value_lengths().to_numpy(zero_copy_only=False)
    unlike = np.flatnonzero(lengths != width)  # NaN where there is no list
    if len(unlike):
        raise PoolError(f"Row {row + unlike[0]:,} of {name} has no vector of {width:,} numbers: give all one length.")
    return column.flatten().to_numpy(zero_copy_only=False).reshape(-1, width)


def _arrow() -> tuple[Any, Any, Any]:
    """pyarrow, and its modules of data sets and of Parquet."""
    with optional_imports():
        import pyarrow
        import pyarrow.dataset
        import pyarrow.parquet
    return pyarrow, pyarrow.dataset, pyarrow.parquet


def _opened(file: str) -> Any:
    _, _, parquet = _arrow()
    # Buffered, so that a column of a row group is never held in memory as a whole.
    return parquet.ParquetFile(file, buffer_size=1 << 20, pre_buffer=False)


@contextmanager
def _sentences(name: str) -> Iterator[None]:
    """Errors of a damaged file as a sentence."""
    pa, _, _ = _arrow()
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise PoolError(f"{name} is no whole Parquet file ({reason}): write or copy it again.") from error
