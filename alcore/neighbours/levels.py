"""The communities of a graph from large to small, and how typical each point is of its own."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.neighbours.communities import louvain

# From the largest communities to the smallest; each is some 1.5 times the one before.
RESOLUTIONS = (0.5, 0.7, 1.0, 1.5, 2.2, 3.3, 5.0, 7.5, 11.0, 17.0, 25.0, 38.0)
POWER_STEPS = 10
# Digits of a typicality and of a degree: beyond them symmetric points differ by rounding.
DIGITS = 9


class Levels:
    """A graph, and its communities at each resolution once they were asked for.

    Attributes:
        graph: symmetric edge weights between S points, a `scipy.sparse` matrix; None for a single point.
    """

    def __init__(self, graph: Any) -> None:
        """Keep the graph; its communities are found when they are first read."""
        self.graph = graph
        self._labels: dict[float, NDArray[np.int64]] = {}
        self._typical: dict[float, NDArray[np.float64]] = {}

    def __len__(self) -> int:
        """The number of points."""
        return 1 if self.graph is None else self.graph.shape[0]

    @property
    def degrees(self) -> NDArray[np.float64]:
        """The weight of all edges of each point."""
        return np.zeros(1) if self.graph is None else np.round(np.asarray(self.graph.sum(axis=1)).ravel(), DIGITS)

    def communities(self, resolution: float) -> NDArray[np.int64]:
        """label_S: the community of each point, see `louvain`."""
        if self.graph is None:
            return np.zeros(1, dtype=np.int64)
        if resolution not in self._labels:
            self._labels[resolution] = louvain(self.graph, resolution)
        return self._labels[resolution]

    def typicality(self, resolution: float) -> NDArray[np.float64]:
        """How typical each point is of its community: 1 for the most typical, see `typicality`."""
        if self.graph is None:
            return np.ones(1)
        if resolution not in self._typical:
            self._typical[resolution] = typicality(self.graph, self.communities(resolution))
        return self._typical[resolution]


def typicality(graph: Any, label_S: NDArray[np.int64]) -> NDArray[np.float64]:
    """typical_S: 10 power steps of D^-1/2 W D^-1/2 from all ones within each community, relative to its largest entry.

    Args:
        graph: symmetric edge weights W, a `scipy.sparse` matrix.
        label_S: the community of each point.
    """
    from scipy import sparse

    root_S = np.sqrt(np.asarray(graph.sum(axis=1)).ravel())
    edges = graph.tocoo()
    row, column = edges.coords
    within = label_S[row] == label_S[column]
    weights = (edges.data / (root_S[row] * root_S[column]))[within]
    inside = sparse.csr_array((weights, (row[within], column[within])), shape=graph.shape)
    typical_S = np.ones(len(label_S))
    largest_C = np.ones(label_S.max() + 1)
    for _ in range(POWER_STEPS):
        typical_S = inside @ typical_S
        largest_C[:] = 0
        np.maximum.at(largest_C, label_S, typical_S)
        # A point that is alone in its community.
        typical_S = np.divide(typical_S, largest_C[label_S], out=np.ones_like(typical_S), where=largest_C[label_S] > 0)
    return np.round(typical_S, DIGITS)
