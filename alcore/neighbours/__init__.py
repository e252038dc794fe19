"""Neighbour graphs of points and their communities; imports nothing of the library, and SciPy on first use only."""

from alcore.neighbours.communities import louvain, modularity
from alcore.neighbours.graph import edge_weights, local_scales, neighbour_graph
from alcore.neighbours.levels import DIGITS, RESOLUTIONS, Levels
from alcore.neighbours.nearest import nearest_neighbours

__all__ = [
    "DIGITS",
    "RESOLUTIONS",
    "Levels",
    "edge_weights",
    "local_scales",
    "louvain",
    "modularity",
    "nearest_neighbours",
    "neighbour_graph",
]
