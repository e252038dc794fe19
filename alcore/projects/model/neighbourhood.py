"""Similarity of items: the nearest labelled one, and near-duplicates."""

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

# Items as similar as this (cosine) are near-duplicates.
ALIKE = 0.99
# Items compared at a time, and near-duplicates named at the most.
_BLOCK, _MOST = 8192, 50
# Rows from which the mean is taken.
_SAMPLE = 5000


class Neighbourhood:
    """Cosine similarities, of dense features around their mean, between some items and others.

    Args:
        x: features of all items, numbers (N, D) or a CSR matrix; others have no neighbours.
        places: the M items whose neighbours are sought.
    """

    def __init__(self, x: Any, places: NDArray[np.int64]) -> None:
        self.x, self.places = x, places
        self._fits = sp.issparse(x) or (isinstance(x, np.ndarray) and x.dtype.kind in "biuf")
        self._mean: Any = 0.0
        if self._fits and not sp.issparse(x):
            step = max(1, len(x) // _SAMPLE)
            self._mean = (
                np.asarray(x[::step], dtype=np.float64).reshape(len(x[::step]), -1).mean(axis=0).astype(np.float32)
            )
        self._ours = self._unit(places) if self._fits else None

    def nearest(self, others: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """For each of the items the most similar of others and its similarity; -1 and -inf without any."""
        found = np.full(len(self.places), -1, dtype=np.int64)
        best = np.full(len(self.places), -np.inf)
        for block, similar_M_B in self._blocks(others):
            column = similar_M_B.argmax(axis=1)
            value = similar_M_B[np.arange(len(column)), column]
            better = value > best
            found[better], best[better] = block[column[better]], value[better]
        return found, best

    def alike(self, others: NDArray[np.int64]) -> dict[int, tuple[int, ...]]:
        """Place -> its near-duplicates among others, itself left out, for items that have any; 50 at the most."""
        found: dict[int, list[int]] = {}
        for block, similar_M_B in self._blocks(others):
            for row, column in np.argwhere(similar_M_B >= ALIKE):
                place, other = int(self.places[row]), int(block[column])
                if other != place:
                    found.setdefault(place, []).append(other)
        return {place: tuple(near[:_MOST]) for place, near in found.items()}

    def _blocks(self, others: NDArray[np.int64]) -> Any:
        if self._ours is None or not len(self.places):
            return
        for start in range(0, len(others), _BLOCK):
            block = others[start : start + _BLOCK]
            product = self._ours @ self._unit(block).T
            yield block, np.asarray(product.toarray() if sp.issparse(product) else product)

    def _unit(self, rows: NDArray[np.int64]) -> Any:
        """Rows of unit length; rows of zeros stay zero."""
        if sp.issparse(self.x):
            part = sp.csr_matrix(self.x[rows], dtype=np.float32)
            lengths = np.sqrt(np.asarray(part.multiply(part).sum(axis=1)).ravel())
            return sp.diags(1 / np.where(lengths > 0, lengths, 1)) @ part
        # 32 bits take half the memory and time, and a cosine needs no more.
        part = np.asarray(self.x[rows], dtype=np.float32)
        part = part.reshape(len(rows), int(np.prod(self.x.shape[1:]))) - self._mean
        lengths = np.linalg.norm(part, axis=1, keepdims=True)
        return part / np.where(lengths > 0, lengths, 1)
