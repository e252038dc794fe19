"""A lazy look at the unlabelled pool through the current learner."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.strategies.arrays import Array


class PoolView:
    """What a strategy may look at: read by name, computed when first read, kept.

    A strategy takes what it needs (`view.probs_N_C`, `view.features_N_D`, `view.labeled_M_D`, ...) and
    nothing else is computed, so a random choice never scores the pool.

    Attributes:
        indices_N: the unlabelled points, as indices of the data set; the rows of every array are in this
            order.
    """

    def __init__(self, indices_N: NDArray[np.int64], **sources: Callable[[], Array]) -> None:
        """Make a view.

        Args:
            indices_N: the unlabelled points, as indices of the data set.
            sources: for each name that can be read, a function that computes it.

        Raises:
            ValueError: if there is no unlabelled point.
        """
        if len(indices_N) == 0:
            raise ValueError("the pool is empty: every point is labelled, so there is nothing to ask about")
        self.indices_N = indices_N
        self._sources = sources

    def provides(self, name: str) -> bool:
        """Whether a name can be read; nothing is computed."""
        return name in self._sources

    def __getattr__(self, name: str) -> Any:
        """Compute a source on its first reading; later readings find the stored value."""
        sources = self.__dict__.get("_sources", {})
        if name not in sources:
            raise AttributeError(f"this learner does not provide {name}; it provides {', '.join(sorted(sources))}")
        value = sources[name]()
        self.__dict__[name] = value
        return value
