"""A lazy look at the unlabelled pool through the current learner."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.neighbours import Levels
from alcore.strategies.arrays import Array

Source = Callable[[], Any]


class PoolView:
    """What a strategy reads: each property is computed when it is first read, and kept.

    A strategy reads what it needs and nothing else is computed, so a random choice never scores the pool.

    Attributes:
        indices_N: the unlabelled points, as indices of the data set; the rows of every array are in this order.
    """

    def __init__(self, indices_N: NDArray[np.int64], **sources: Source) -> None:
        """Make a view.

        Args:
            indices_N: the unlabelled points, as indices of the data set.
            sources: for each property that can be read, a function that computes it.

        Raises:
            ValueError: if there is no unlabelled point.
            TypeError: if a source is no property of a view.
        """
        if len(indices_N) == 0:
            raise ValueError("the pool is empty: every point is labelled, so there is nothing to ask about")
        if unknown := sources.keys() - PROPERTIES:
            raise TypeError(f"a view has no {', '.join(sorted(unknown))}: its properties are {', '.join(PROPERTIES)}")
        self.indices_N = indices_N
        self._sources = sources

    @cached_property
    def probs_N_C(self) -> Array:
        """Class probabilities of the model."""
        return self._computed("probs_N_C")

    @cached_property
    def probs_N_K_C(self) -> Array:
        """Class probabilities of K posterior samples or committee members."""
        return self._computed("probs_N_K_C")

    @cached_property
    def features_N_D(self) -> Array:
        """Points where the learner measures distances."""
        return self._computed("features_N_D")

    @cached_property
    def labeled_M_D(self) -> Array:
        """The same of the labelled points."""
        return self._computed("labeled_M_D")

    @cached_property
    def labeled_probs_M_C(self) -> Array:
        """Class probabilities of the model for the labelled points."""
        return self._computed("labeled_probs_M_C")

    @cached_property
    def labels_M(self) -> NDArray[np.int64]:
        """Class numbers of the labelled points."""
        return self._computed("labels_M")

    @cached_property
    def gradient_lengths_N(self) -> Array:
        """Expected gradient lengths over the model's parameters."""
        return self._computed("gradient_lengths_N")

    @cached_property
    def classes(self) -> int:
        """How many classes there are."""
        return self._computed("classes")

    @cached_property
    def candidates(self) -> int | None:
        """How many points a strategy tries that tries each; None for all."""
        return self._computed("candidates")

    @cached_property
    def delta(self) -> float:
        """The radius of ProbCover's balls in this run."""
        return self._computed("delta")

    @cached_property
    def levels(self) -> tuple[Levels, NDArray[np.int64]]:
        """The learner's own neighbour graph, and its points that are the unlabelled, then the labelled points."""
        return self._computed("levels")

    def provides(self, name: str) -> bool:
        """Whether a property can be read; nothing is computed."""
        return name in self._sources

    def _computed(self, name: str) -> Any:
        if name not in self._sources:
            raise AttributeError(
                f"this learner does not provide {name}; it provides {', '.join(sorted(self._sources))}"
            )
        return self._sources[name]()


PROPERTIES = tuple(name for name, value in vars(PoolView).items() if isinstance(value, cached_property))
