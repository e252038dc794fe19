"""The source that a user gives a pool as."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from alcore.pools.arrays import ArraySource, NpySource, spooled
from alcore.pools.parquet import ParquetSource
from alcore.pools.source import PoolError, Source, checked_array
from alcore.short import short


def open_source(pool: Any, *, id_column: str | None = None) -> Source:
    """The source that a pool is given as.

    Args:
        pool: the path of a .npy file, or of a Parquet file or a folder of them; an array; a source; or an iterable of
            blocks, each an array (rows, dimensions) or a pair of it and its ids. Blocks are written to a temporary
            file once, because labelled and chosen rows are looked at again.
        id_column: the column of ids in Parquet; by default `id`, where there is one.

    Raises:
        PoolError: it is none of these, is damaged, or holds no numbers of 16, 32 or 64 bits.
        MissingExtraError: Parquet without pyarrow.
    """
    if isinstance(pool, str | os.PathLike):
        path = Path(pool)
        if path.is_dir() or path.suffix.lower() in (".parquet", ".pq"):
            return ParquetSource.open(path, id_column)
        return NpySource.open(path)
    if isinstance(pool, np.ndarray):
        return ArraySource(checked_array(np.asarray(pool), "the pool"))
    if hasattr(pool, "tiles") and hasattr(pool, "take"):
        return pool
    if isinstance(pool, Iterable):
        return spooled(pool)
    raise PoolError(f"a pool is a path, an array or blocks of rows, not {short(pool)}")
