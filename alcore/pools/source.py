"""What a pool is read through, and the error that says what is wrong with one.

A source is read in tiles of `TILE` rows whose edges do not depend on the size of blocks, so that a row's score is the
same bit for bit however the pool is divided.
"""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from alcore.pools.hashes import Codes

# Rows that are scored at a time.
TILE = 1024
# Rows that are read at a time.
READ = 8 * TILE


class PoolError(ValueError):
    """A pool, its labels or a request that cannot be used; the message is a sentence with the next step."""


class Source(Protocol):
    """Rows of embeddings, readable in any order by any number of threads."""

    @property
    def name(self) -> str:
        """What sentences call it."""

    @property
    def rows(self) -> int:
        """How many."""

    @property
    def dimensions(self) -> int:
        """How many numbers a row has."""

    @property
    def has_ids(self) -> bool:
        """Whether rows have ids of their own; otherwise their number is their id."""

    @property
    def stamp(self) -> str:
        """Changes when the rows change, so far as can be seen without reading them."""

    def blocks(self, size: int) -> list[tuple[int, int]]:
        """The pool in blocks (first row, row after the last) of about so many rows."""

    def tiles(self, begin: int, end: int) -> Iterator[tuple[int, NDArray]]:
        """The rows of a block, as (first row, features) of up to `TILE` rows each."""

    def codes(self, begin: int, end: int) -> Codes:
        """64 bits of the id of each row of a block."""

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The features of some rows, in any order."""

    def ids(self, rows: NDArray[np.int64]) -> NDArray:
        """The ids of some rows, in any order."""


def row_number(source: Source, row: int) -> int:
    """The number of a row in the whole pool; rows of a subpool are places in what was chosen."""
    chosen = getattr(source, "chosen", None)
    return int(row if chosen is None else chosen[row])


def checked_array(array: NDArray, name: str) -> NDArray:
    """The array, if it holds rows of floating-point numbers.

    Raises:
        PoolError: it does not.
    """
    if array.ndim != 2 or 0 in array.shape:
        raise PoolError(f"{name} has the shape {array.shape}: embeddings are rows of numbers, one row an item.")
    if array.dtype.kind != "f" or array.dtype.itemsize > 8:
        raise PoolError(
            f"{name} holds {array.dtype}: embeddings are float16 or float32; convert them with "
            "numpy.asarray(rows, dtype='float16')."
        )
    return array
