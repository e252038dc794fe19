"""Batches for the first labels: a typical point of every community of the neighbour graph."""

import hashlib
import heapq
import threading
from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.neighbours import DIGITS, RESOLUTIONS, Levels, nearest_neighbours, neighbour_graph
from alcore.strategies.arrays import Array, check_features, check_k, floating, to_numpy
from alcore.strategies.batch import Batch
from alcore.strategies.geometry.distances import around, centre_of, principal_components

NEIGHBOURS = 10
# The neighbour whose distance is the scale of a point.
SCALE = 5
# Points of more dimensions are replaced by so many principal components.
COMPONENTS = 60
# Smaller communities are passed over while there are others: points, and share of all points.
SMALL, SMALL_SHARE = 5, 0.0004
# Points of all graphs that are kept.
KEPT_POINTS = 200_000

_KEPT: "OrderedDict[bytes, Levels]" = OrderedDict()
_KEPT_LOCK = threading.Lock()


def communities(
    features_N_D: Array,
    labeled_M_D: Array,
    k: int,
    *,
    uncertainty_N: Array | None = None,
    levels: tuple[Levels, NDArray[np.int64]] | None = None,
) -> Batch:
    """The most typical point of each community without a label, the largest community first.

    Communities are groups of points that are each other's neighbours, whatever their shape: those of high modularity
    in the graph of the 10 nearest neighbours of all distinct points, labelled or not, with weights exp(-d^2 / (s s')),
    both ways, where s is the distance of a point to its 5th neighbour. They are found at a resolution
    of 0.5; once each has a label, at 0.7, and so on in 12 steps up to 38. Communities of fewer than 5 points, or 0.04 %
    of all, are passed over. What is left after that follows from the last communities in turn: from those with the
    fewest labels, of these from the largest; in each, copies of labelled points come last. Where a model's uncertainty
    is given, the communities at 0.7 and finer are taken by the sum of it in place of their size. The most typical point
    of a community is the largest entry after 10 power steps from all ones of its part of D^-1/2 W D^-1/2.

    Needs no model. A query is a function of the points alone: k queries of one point are one query of k. Computed by
    NumPy, SciPy and scikit-learn on the CPU, whatever comes in: in time O((N + M)^2 min(d, 60)) for the graph and
    O(N + M) for each resolution. The graphs of the last pools are kept, up to 200,000 points, so that the rounds of a
    run share one where the features stay the same.

    Args:
        features_N_D: the unlabelled points; of more than 60 dimensions their principal components, and those of the
            labelled points, are compared.
        labeled_M_D: the labelled points; may have no rows.
        k: labels to ask for; more than there are points means all of them.
        uncertainty_N: of the unlabelled points, 0 or more.
        levels: a graph in place of that of the features, and which of its points each unlabelled and then each
            labelled point is.

    Returns:
        The batch; scores are the number of points, copies included, of the community that each pick was taken from, or
        the sum of its uncertainty, where that decided. Equal scores or typicalities: the larger weight of all edges
        first, then the lower index.

    Raises:
        ValueError: if there is no point, a feature is not finite, dimensions differ, or k < 1.

    Source: Blondel et al. (2008) for the communities; Zelnik-Manor & Perona (2004) for the weights of the graph.
    """
    x_N_D = to_numpy(check_features(features_N_D, labeled_M_D))
    n, k = len(x_N_D), check_k(k, len(x_N_D))
    if levels is None:
        x_P_D = np.concatenate([x_N_D, to_numpy(floating(labeled_M_D)).astype(x_N_D.dtype)])
        levels = _graph_of(x_P_D)
    graph, node_P = levels
    choice = _Choice(graph, node_P, n)
    for resolution in RESOLUTIONS:
        finer = resolution > RESOLUTIONS[0] and uncertainty_N is not None
        choice.one_of_each(resolution, k, to_numpy(floating(uncertainty_N)) if finer else None)
        if len(choice.picks) == k:
            break
    choice.in_turn(RESOLUTIONS[-1], k)
    return Batch(np.array(choice.picks, dtype=np.int64), np.array(choice.scores))


def _neighbours_of(x_P_D: NDArray[np.floating]) -> Any:
    """The neighbour graph of distinct points; None of a single one."""
    if len(x_P_D) == 1:
        return None
    x_P_D = principal_components(x_P_D, COMPONENTS)
    count = min(NEIGHBOURS, len(x_P_D) - 1)
    rows_P_K, squared_P_K = nearest_neighbours(x_P_D, x_P_D, count, themselves=True)
    return neighbour_graph(rows_P_K, squared_P_K, np.sqrt(squared_P_K[:, min(SCALE, count) - 1]))


class _Choice:
    """Picks, and what they leave."""

    def __init__(self, graph: Levels, node_P: NDArray[np.int64], n: int) -> None:
        """Start without picks.

        Args:
            graph: of the distinct points.
            node_P: the distinct point of each unlabelled and labelled point.
            n: how many of them are unlabelled; these are first.
        """
        self.graph, self.node_P, self.n = graph, node_P, n
        self.degree_S = graph.degrees
        self.count_S = np.bincount(node_P, minlength=len(self.degree_S))
        self.row_S = np.full(len(self.count_S), len(node_P))
        np.minimum.at(self.row_S, node_P, np.arange(len(node_P)))
        self.covered_S = np.zeros(len(self.count_S), dtype=bool)
        self.covered_S[node_P[n:]] = True
        self.open_N = np.ones(n, dtype=bool)
        self.picks: list[int] = []
        self.scores: list[float] = []

    def one_of_each(self, resolution: float, k: int, uncertainty_N: NDArray[np.floating] | None = None) -> None:
        """Pick from each community without a label, the largest first, or that of the largest uncertainty."""
        label_S, typical_S = self.graph.communities(resolution), self.graph.typicality(resolution)
        size_C = np.bincount(label_S, self.count_S)
        score_C = size_C
        if uncertainty_N is not None:
            score_C = np.round(np.bincount(label_S[self.node_P[: self.n]], uncertainty_N, len(size_C)), DIGITS)
        degree_C = self._degrees(label_S)
        # Points of the graph that may not be queried come last in their community.
        order_S = np.lexsort((self.row_S, -self.degree_S, -typical_S, self.row_S >= self.n, label_S))
        best_C = order_S[np.flatnonzero(np.diff(label_S[order_S], prepend=-1))]
        known_C = np.bincount(label_S, self.covered_S) > 0
        least = max(SMALL, SMALL_SHARE * len(self.node_P))
        for c in np.lexsort((self.row_S[best_C], -degree_C, -score_C)):
            if len(self.picks) == k:
                break
            row = int(self.row_S[best_C[c]])
            if not known_C[c] and size_C[c] >= least and row < self.n:
                self._pick(row, score_C[c])

    def in_turn(self, resolution: float, k: int) -> None:
        """Pick the most typical open point of the communities with the fewest labels until there are k."""
        if len(self.picks) == k:
            return
        label_S, typical_S = self.graph.communities(resolution), self.graph.typicality(resolution)
        label_N, size_C = label_S[self.node_P[: self.n]], np.bincount(label_S, self.count_S)
        told_C = np.bincount(label_S[self.node_P[self.n :]], minlength=len(size_C))
        told_C += np.bincount(label_N[~self.open_N], minlength=len(size_C))
        rows = np.flatnonzero(self.open_N)
        node = self.node_P[rows]
        first = (self.row_S[node] == rows) & ~self.covered_S[node]
        order = rows[np.lexsort((rows, -self.degree_S[node], -typical_S[node], ~first, label_S[node]))]
        waiting = {int(label_N[some[0]]): some for some in np.split(order, _changes(label_N[order])) if len(some)}
        place = dict.fromkeys(waiting, 0)
        degree_C = self._degrees(label_S)
        queue = [(int(told_C[c]), -size_C[c], -degree_C[c], int(some[0]), c) for c, some in waiting.items()]
        heapq.heapify(queue)
        while len(self.picks) < k:
            told, size, degree, row, c = heapq.heappop(queue)
            self._pick(row, -size)
            place[c] += 1
            if place[c] < len(waiting[c]):
                heapq.heappush(queue, (told + 1, size, degree, int(waiting[c][place[c]]), c))

    def _degrees(self, label_S: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.round(np.bincount(label_S, self.degree_S), DIGITS)

    def _pick(self, row: int, size: float) -> None:
        self.picks.append(row)
        self.scores.append(float(size))
        self.open_N[row] = False
        self.covered_S[self.node_P[row]] = True


def _graph_of(x_P_D: NDArray[np.floating]) -> tuple[Levels, NDArray[np.int64]]:
    """The graph of the distinct points, kept from before if it was, and the distinct point of each point.

    Distinct points are sorted by their bytes: the graph does not depend on the order of the points, nor on which are
    labelled.
    """
    around(centre_of(x_P_D), x_P_D)  # refuses what is too large to be squared
    whole_P_D = np.ascontiguousarray(x_P_D + 0.0)  # -0.0 and 0.0 are the same point, of different bytes
    rows_P = whole_P_D.view(np.dtype((np.void, whole_P_D.itemsize * whole_P_D.shape[1]))).ravel()
    _, first, node_P = np.unique(rows_P, return_index=True, return_inverse=True)
    distinct_S_D = whole_P_D[first]
    key = hashlib.blake2b(f"{distinct_S_D.shape} {distinct_S_D.dtype}".encode())
    key.update(distinct_S_D.data)
    with _KEPT_LOCK:
        graph = _KEPT.get(key.digest())
    graph = graph or Levels(_neighbours_of(distinct_S_D))
    with _KEPT_LOCK:
        _KEPT[key.digest()] = graph
        _KEPT.move_to_end(key.digest())
        while len(_KEPT) > 1 and sum(map(len, _KEPT.values())) > KEPT_POINTS:
            _KEPT.popitem(last=False)
    return graph, node_P


def _changes(label: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where a sorted list of labels changes."""
    return np.flatnonzero(np.diff(label)) + 1
