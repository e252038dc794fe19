"""What every source of points returns."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


class DatasetError(RuntimeError):
    """A data set cannot be had; the message is a sentence for the user."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """A pool of points to label and a test set that is never used to choose anything.

    Attributes:
        name: the key it was loaded by.
        x_pool: images as uint8 (N, 1, H, W), or numbers as float (N, D); of one's own data also a pandas
            DataFrame, a SciPy sparse matrix or texts.
        y_pool: the labels an oracle would give, int64 in 0..C-1.
        x_test: as x_pool.
        y_test: as y_pool.
        class_names: one a class.
        labels: what the user calls each class, a word, whole number or boolean; empty where that is its name.
        published_start: the first labelled points of a published experiment on this data, if there is one.
        y_true: where the oracle errs, the labels that are true of the pool; not given where y_pool is true.
    """

    name: str
    x_pool: Any
    y_pool: NDArray[np.int64]
    x_test: Any
    y_test: NDArray[np.int64]
    class_names: tuple[str, ...]
    published_start: NDArray[np.int64] | None = None
    y_true: NDArray[np.int64] | None = None
    labels: tuple[Any, ...] = ()

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.class_names)

    @property
    def truth(self) -> NDArray[np.int64]:
        """The true labels of the pool, without the oracle's label noise."""
        return self.y_pool if self.y_true is None else self.y_true
