"""Arrays as sources: in memory, in a .npy file, or from an iterator of blocks."""

import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.pools.hashes import Codes, codes_of
from alcore.pools.source import READ, TILE, PoolError, checked_array


class Rowwise:
    """What sources share whose blocks may begin at any tile and whose ids are an array or the rows' numbers."""

    rows: int
    given_ids: NDArray | None

    @property
    def has_ids(self) -> bool:
        """Whether rows have ids of their own."""
        return self.given_ids is not None

    def blocks(self, size: int) -> list[tuple[int, int]]:
        """Blocks of whole tiles."""
        size = max(1, -(-size // TILE)) * TILE
        return [(begin, min(begin + size, self.rows)) for begin in range(0, self.rows, size)]

    def tiles(self, begin: int, end: int) -> Iterator[tuple[int, NDArray]]:
        """The rows of a block in tiles."""
        for first in range(begin, end, READ):
            piece = self.read(first, min(first + READ, end))
            for row in range(0, len(piece), TILE):
                yield first + row, piece[row : row + TILE]

    def read(self, begin: int, end: int) -> NDArray:
        """Some rows that follow one another."""
        raise NotImplementedError

    def codes(self, begin: int, end: int) -> Codes:
        """64 bits of the id of each row of a block."""
        if self.given_ids is None:
            return np.arange(begin, end, dtype=np.uint64)
        return codes_of(self.given_ids[begin:end])

    def ids(self, rows: NDArray[np.int64]) -> NDArray:
        """The ids of some rows."""
        return rows if self.given_ids is None else self.given_ids[rows]


@dataclass(frozen=True, eq=False)
class ArraySource(Rowwise):
    """An array in memory, or mapped by the caller."""

    array: NDArray = field(repr=False)
    given_ids: NDArray | None = field(default=None, repr=False)
    name: str = "the pool"

    @property
    def rows(self) -> int:  # type: ignore[override]
        """The number of rows."""
        return len(self.array)

    @property
    def dimensions(self) -> int:
        """The numbers of a row."""
        return self.array.shape[1]

    @property
    def stamp(self) -> str:
        """Its shape and type: the contents are compared by the scores of the first rows."""
        return f"{self.array.shape} {self.array.dtype}"

    def read(self, begin: int, end: int) -> NDArray:
        """A view of some rows."""
        return self.array[begin:end]

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """A copy of some rows."""
        return self.array[rows].astype(np.float32)


@dataclass(frozen=True, eq=False)
class NpySource(Rowwise):
    """A .npy file, read in pieces: mapped pages would count as memory of the process until the end.

    Attributes:
        path: the file.
        offset: bytes before the first row.
        dtype: of the numbers.
    """

    path: str
    offset: int
    dtype: np.dtype
    rows: int
    dimensions: int
    given_ids: NDArray | None = field(default=None, repr=False)

    @classmethod
    def open(cls, path: Path) -> "NpySource":
        """Read the header.

        Raises:
            PoolError: it is missing, no .npy file, cut off, or holds something else than rows of numbers.
        """
        name = path.name
        if not path.is_file():
            raise PoolError(f"{path} is not there: give a .npy file, or a folder of Parquet files.")
        with path.open("rb") as file:
            if file.read(6) != np.lib.format.MAGIC_PREFIX:
                raise PoolError(f"{name} is no .npy file: write it with numpy.save.")
        try:
            array = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            if "object" in str(error).lower():
                raise PoolError(
                    f"{name} holds Python objects, which are never loaded: save numbers, as in "
                    "numpy.save(path, numpy.asarray(rows, dtype='float16'))."
                ) from error
            raise PoolError(f"{name} is cut off or damaged: write it with numpy.save, or copy it again.") from error
        checked_array(array, name)
        if not array.flags.c_contiguous:
            raise PoolError(
                f"{name} is stored column by column: save numpy.ascontiguousarray of it, so that rows can be read."
            )
        return cls(str(path.resolve()), int(array.offset), array.dtype, *array.shape)

    @property
    def name(self) -> str:
        """The file's name."""
        return Path(self.path).name

    @property
    def stamp(self) -> str:
        """Shape, type, size and time of the last change."""
        found = Path(self.path).stat()
        return f"{self.rows} {self.dimensions} {self.dtype} {found.st_size} {found.st_mtime_ns}"

    def read(self, begin: int, end: int) -> NDArray:
        """Some rows, copied from the file."""
        count, start = (end - begin) * self.dimensions, begin * self.dimensions * self.dtype.itemsize
        piece = np.fromfile(self.path, self.dtype, count, offset=self.offset + start)
        if len(piece) < count:
            raise self._shorter()
        return piece.reshape(-1, self.dimensions)

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Some rows, one read each, in the order of the file."""
        taken = np.empty((len(rows), self.dimensions), dtype=np.float32)
        size = self.dimensions * self.dtype.itemsize
        with Path(self.path).open("rb", buffering=0) as file:
            for place in np.argsort(rows, kind="stable"):
                file.seek(self.offset + int(rows[place]) * size)
                if len(row := file.read(size)) < size:
                    raise self._shorter()
                taken[place] = np.frombuffer(row, self.dtype)
        return taken

    def _shorter(self) -> PoolError:
        return PoolError(f"{self.name} has become shorter while it was read: start again once it is written.")


def spooled(blocks: Iterable[Any]) -> NpySource:
    """Blocks written to a temporary file, in their order; it is deleted with the source."""
    folder = tempfile.mkdtemp(prefix="alcore-pool-")
    try:
        source = _written(blocks, Path(folder) / "blocks")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(source, shutil.rmtree, folder, ignore_errors=True)
    return source


def _written(blocks: Iterable[Any], path: Path) -> NpySource:
    rows, first = 0, None
    ids: list[NDArray] = []
    with path.open("wb") as file:
        for number, block in enumerate(blocks):
            name = f"block {number}"
            try:
                features, given = block if isinstance(block, tuple) else (block, None)
                features = checked_array(np.asarray(features), name)
            except PoolError:
                raise
            except (TypeError, ValueError) as error:
                raise PoolError(f"{name} is no array of rows: give one, or the tuple (rows, ids) of both.") from error
            first = features if first is None else first
            if features.shape[1] != first.shape[1]:
                raise PoolError(f"{name} has {features.shape[1]} columns, block 0 has {first.shape[1]}.")
            if number and (given is None) != (not ids):
                raise PoolError(f"{name} comes {'without' if given is None else 'with'} ids, unlike those before it.")
            if given is not None:
                if len(given) != len(features):
                    raise PoolError(f"{name} has {len(features)} rows and {len(given)} ids.")
                ids.append(np.asarray(given))
                kinds = {{"U": "O"}.get(one.dtype.kind, one.dtype.kind) for one in (ids[0], ids[-1])}
                if len(kinds) > 1 or not kinds <= set("iuO"):
                    raise PoolError(
                        f"{name} has ids of type {ids[-1].dtype}: ids of all blocks are words, or whole numbers."
                    )
            np.ascontiguousarray(features, dtype=first.dtype).tofile(file)
            rows += len(features)
    if first is None:
        raise PoolError("the pool has no block: give at least one row.")
    given_ids = np.concatenate(ids) if ids else None
    return NpySource(str(path), 0, first.dtype, rows, first.shape[1], given_ids)
