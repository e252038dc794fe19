"""What a strategy returns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Batch:
    """The points asked for, in picking order.

    Attributes:
        indices: (k,) int64. Functions of arrays count rows of those arrays; `Strategy.select`, sessions and
            loops count points of the data set.
        scores: (k,) the number by which each point was picked, at the moment it was picked.
    """

    indices: NDArray[np.int64]
    scores: NDArray[np.floating]

    def __len__(self) -> int:
        """The number of points asked for."""
        return len(self.indices)
