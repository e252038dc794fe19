"""Rare classes: the rows near labelled ones, found in an approximate neighbour index, in place of the whole pool."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.extras import optional_imports
from alcore.pools.arrays import Rowwise
from alcore.pools.hashes import Codes, codes_of
from alcore.pools.labels import Labels
from alcore.pools.source import PoolError, Source
from alcore.rng import rng_for

SUBPOOLS = ("seals", "anchoral")
# Of SEALS: neighbours of every labelled row.
NEIGHBOURS = 100
# Of AnchorAL: labelled rows of each class, and their neighbours.
ANCHORS = 10
ANCHOR_NEIGHBOURS = 50
# Rows of a subpool of AnchorAL for each row that is wanted, and the fewest.
ROWS_A_PICK = 10
FEWEST_ROWS = 1_000
# Entries of the index that are compared with the pool.
_LOOKED_AT = 16


@dataclass(frozen=True, eq=False)
class Subset(Rowwise):
    """Some rows of a source, as a source; rows are places in `chosen`.

    Attributes:
        source: the whole.
        chosen: (N,) int64, its rows, ascending.
    """

    source: Source
    chosen: NDArray[np.int64] = field(repr=False)

    @property
    def name(self) -> str:
        """The name of the whole."""
        return self.source.name

    @property
    def rows(self) -> int:  # type: ignore[override]
        """How many are chosen."""
        return len(self.chosen)

    @property
    def dimensions(self) -> int:
        """The numbers of a row."""
        return self.source.dimensions

    @property
    def has_ids(self) -> bool:
        """Whether rows have ids of their own."""
        return self.source.has_ids

    @property
    def stamp(self) -> str:
        """That of the whole, and what is chosen."""
        return f"{self.source.stamp} {blake2b(self.chosen.tobytes(), digest_size=16).hexdigest()}"

    def read(self, begin: int, end: int) -> NDArray:
        """Some of the rows."""
        return self.source.take(self.chosen[begin:end])

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Some of the rows, in any order."""
        return self.source.take(self.chosen[rows])

    def codes(self, begin: int, end: int) -> Codes:
        """64 bits of the id of each row of a block."""
        return codes_of(self.ids(np.arange(begin, end)))

    def ids(self, rows: NDArray[np.int64]) -> NDArray:
        """The ids of some rows."""
        return self.source.ids(self.chosen[rows])


def build_index(
    source: Source,
    path: Path,
    *,
    block_rows: int = 65_536,
    on_rows: Callable[[int, int], None] = lambda done, rows: None,
) -> None:
    """Write a neighbour index (HNSW by cosine, unit vectors in half precision) of a pool; once, for all batches.

    It is held in memory until it is written: about 2 d + 150 bytes a row. All cores build it, so two builds may differ
    a little, and with them what is found; one file always gives the same rows.

    Args:
        source: the pool.
        path: the file.
        block_rows: rows that are added at a time, about.
        on_rows: called with the rows done and the rows of the pool.

    Raises:
        MissingExtraError: usearch is not installed.
        PoolError: a row is not finite, or the file cannot be written.
    """
    index_class = _index_class()
    index = index_class(ndim=source.dimensions, metric="cos", dtype="f16")
    for begin, end in source.blocks(block_rows):
        for row, features in source.tiles(begin, end):
            bad = np.flatnonzero(~np.isfinite(features).all(axis=1))
            if len(bad):
                raise PoolError(f"Row {row + bad[0]:,} of {source.name} holds NaN or infinity: leave such rows out.")
            index.add(np.arange(row, row + len(features)), _of_unit_length(features))
        on_rows(end, source.rows)
    part = path.with_name(path.name + ".new")
    try:
        index.save(str(part))
        part.replace(path)
    except (OSError, RuntimeError) as error:
        raise PoolError(f"{path} cannot be written ({error}): make room there.") from error


def open_index(source: Source, path: Path) -> Any:
    """The index of a pool, mapped.

    Raises:
        MissingExtraError: usearch is not installed.
        PoolError: it is missing, damaged, or of another pool.
    """
    index_class = _index_class()
    try:
        index = index_class.restore(str(path), view=True) if path.is_file() else None
    except (ValueError, RuntimeError) as error:
        raise PoolError(f"{path.name} is no whole index ({error}): delete it, and build it again.") from error
    if index is None:
        raise PoolError(f"{path} is not there: build the index first.")
    rows = np.unique(np.linspace(0, source.rows - 1, _LOOKED_AT).astype(np.int64))
    same = len(index) == source.rows and index.ndim == source.dimensions
    if not same or not np.allclose(np.stack(index.get(rows)), _of_unit_length(source.take(rows)), rtol=1e-2, atol=1e-4):
        raise PoolError(f"{path.name} is the index of another pool than {source.name}: delete it, and build it again.")
    return index


def seals(index: Any, features_M_D: NDArray[np.float32], neighbours: int = NEIGHBOURS) -> NDArray[np.int64]:
    """The nearest neighbours of all labelled rows, ascending.

    Source: Coleman et al. (2022), SEALS.
    """
    found, _ = _nearest(index, features_M_D, neighbours)
    return np.unique(found[found >= 0])


def anchoral(
    index: Any, features_M_D: NDArray[np.float32], codes_M: NDArray[np.int64], size: int, *, rng: np.random.Generator
) -> NDArray[np.int64]:
    """The rows most alike to anchors: of each class the same number of labelled rows, however rare it is; ascending.

    Anchors are drawn by k-means++ within their class. A row's likeness is its mean cosine similarity to the anchors
    that have it among their nearest neighbours.

    Args:
        index: what `open_index` returned.
        features_M_D: the labelled rows.
        codes_M: their classes.
        size: rows that are kept.
        rng: draws the anchors.

    Source: Lesci & Vlachos (2024), AnchorAL.
    """
    from sklearn.cluster import kmeans_plusplus

    anchors: list[int] = []
    for code in np.unique(codes_M):
        members = np.flatnonzero(codes_M == code)
        if len(members) > ANCHORS:
            _, drawn = kmeans_plusplus(features_M_D[members], ANCHORS, random_state=int(rng.integers(2**31)))
            members = members[np.unique(drawn)]
        anchors += members.tolist()
    neighbours = max(ANCHOR_NEIGHBOURS, -(-2 * size // len(anchors)))
    found, distances = _nearest(index, features_M_D[anchors], neighbours)
    near = found >= 0
    rows, places, counts = np.unique(found[near], return_inverse=True, return_counts=True)
    likeness = np.bincount(places, 1 - distances[near]) / counts
    return np.sort(rows[np.lexsort((rows, -likeness))[:size]])


def subpool_of(
    kind: str, index: Any, features_M_D: NDArray[np.float32], labels: Labels, k: int, seed: int
) -> NDArray[np.int64]:
    """The rows that are scored in place of the whole pool, none of them labelled.

    Args:
        kind: one of `SUBPOOLS`.
        index: what `open_index` returned.
        features_M_D: the labelled rows.
        labels: their labels, at least one.
        k: rows that are wanted.
        seed: of the anchors.

    Raises:
        PoolError: every neighbour is labelled already.
    """
    if kind == "seals":
        rows = seals(index, features_M_D)
    else:
        size = max(FEWEST_ROWS, ROWS_A_PICK * k) + len(labels)
        rows = anchoral(index, features_M_D, labels.codes, size, rng=rng_for(seed, "pool anchors"))
    rows = np.setdiff1d(rows, labels.rows)
    if not len(rows):
        raise PoolError(f"All neighbours that {kind} finds are labelled already: choose from the whole pool.")
    return rows


def _nearest(index: Any, x_M_D: NDArray[np.float32], count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Rows and cosine distances (M, count) of the nearest neighbours; row -1 where fewer are found."""
    count, x_M_D = min(count, len(index)), _of_unit_length(x_M_D)
    found = index.search(np.concatenate([x_M_D, x_M_D[:1]]), count)  # of a single row usearch returns a vector
    rows = found.keys[:-1].astype(np.int64)
    rows[np.arange(count) >= np.asarray(found.counts)[:-1, None]] = -1
    return rows, found.distances[:-1]


def _of_unit_length(x_N_D: NDArray) -> NDArray[np.float32]:
    """Rows divided by their length, since half precision has no room for large or small numbers; zeros stay zeros."""
    x_N_D = x_N_D.astype(np.float64)
    largest_N_1 = np.abs(x_N_D).max(axis=1, keepdims=True)
    x_N_D /= np.where(largest_N_1 > 0, largest_N_1, 1)
    lengths_N_1 = np.linalg.norm(x_N_D, axis=1, keepdims=True)
    return (x_N_D / np.where(lengths_N_1 > 0, lengths_N_1, 1)).astype(np.float32)


def _index_class() -> Any:
    with optional_imports():
        from usearch.index import Index
    return Index
