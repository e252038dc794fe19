"""Label spreading over the neighbour graph of the pool: it also learns from points without a label."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sparse
import sklearn
from numpy.typing import NDArray

from alcore.did_you_mean import one_of
from alcore.learners.base import COMMITTEE, Learner, mean_log_loss, no_tick, without_tick
from alcore.learners.committee import bootstrap_rows, committee_size
from alcore.learners.graph.filling import filled, shares
from alcore.learners.graph.label_spreading import label_spreading, similarity
from alcore.learners.graph.spaces import SPACES, Euclid, Near
from alcore.learners.labels import class_numbers
from alcore.learners.options import METRICS, Metric
from alcore.neighbours import Levels, neighbour_graph
from alcore.points import numbers_of

NEIGHBOURS = 10

Tick = Callable[[], None]

# The last pool's graph, by the digest of the pool: races of all strategies and seeds use it one after the other. It is
# not stored: a worker builds it once for a whole queue.
_BUILT: dict[str, "PoolGraph"] = {}


@dataclass(frozen=True, eq=False)
class GraphPoints:
    """Points in the graph.

    Attributes:
        features_N_D: their principal components.
        ties_N_P: each point as a weighted mean of the pool's points, rows that sum to 1: a point of the pool is
            itself, any other a mean of its nearest neighbours in the pool.
    """

    features_N_D: NDArray[np.float32]
    ties_N_P: sparse.csr_array

    def __getitem__(self, rows: NDArray) -> "GraphPoints":
        """Rows of these points, by number, slice or mask."""
        return GraphPoints(self.features_N_D[rows], self.ties_N_P[rows])

    def __len__(self) -> int:
        """The number of points."""
        return len(self.features_N_D)


class PoolGraph:
    """A pool's principal components and its neighbour graph; needs no label, so all runs on a pool share it.

    Attributes:
        x_pool: its points.
        levels: its edge weights, see `neighbour_graph`, and their communities.
        similarity_P_P: the normalised graph, see `similarity`.
    """

    def __init__(self, x_pool: NDArray, tick: Tick = no_tick, metric: Metric = "euclid") -> None:
        """Find all neighbours; some ten seconds for 60,000 images on two cores, by distortion three times as long.

        Raises:
            ValueError: the pool has fewer than 2 points, or is none of grey images where the metric needs these.
        """
        neighbours = min(NEIGHBOURS, len(x_pool) - 1)
        if neighbours == 0:
            raise ValueError("a neighbour graph needs 2 points or more, got a pool of 1")
        space = SPACES[metric](x_pool, tick)
        self.join(x_pool, space, space.features_P_D, space.of_pool(neighbours, tick))

    def join(self, x_pool: NDArray, space: Euclid, features_P_D: NDArray[np.float32], near: Near) -> None:
        """Join each point of the pool to its neighbours in it."""
        self.x_pool, self.space = x_pool, space
        self.scale_P = space.scales(near[1])
        self.levels = Levels(neighbour_graph(*near, self.scale_P))
        self.similarity_P_P = similarity(self.levels.graph)
        itself = sparse.eye_array(len(x_pool), format="csr", dtype=np.float32)
        self.pool = GraphPoints(features_P_D, itself)

    def prepare(self, x: NDArray, tick: Tick) -> GraphPoints:
        """The pool itself, or other points tied to their nearest neighbours in it; the graph stays."""
        if np.array_equal(x, self.x_pool):
            return self.pool
        return self.tied(*self.space.of_others(x, min(NEIGHBOURS, len(self.x_pool)), tick))

    def tied(self, features_N_D: NDArray[np.float32], near: Near) -> GraphPoints:
        """Other points, each as a weighted mean of its neighbours in the pool."""
        rows_N_K, squared_N_K = near
        weights_N_K = self.space.votes(rows_N_K, squared_N_K, self.scale_P)
        weights_N_K /= weights_N_K.sum(axis=1, keepdims=True)
        starts = np.arange(0, rows_N_K.size + 1, rows_N_K.shape[1])
        parts = (weights_N_K.astype(np.float32).ravel(), rows_N_K.ravel(), starts)
        return GraphPoints(features_N_D, sparse.csr_array(parts, shape=(len(rows_N_K), len(self.x_pool))))


class GraphLearner(Learner):
    """Label spreading over the pool's graph; every fit depends on its labels alone.

    The first points placed are the pool, whole: points that may not be queried are used in training, too. Points placed
    later never become part of the graph. The labels of a class count as much as those of any other together, since a
    strategy may query more of it; a class without a label has probability 0.
    """

    def __init__(self, classes: int, *, metric: Metric = "euclid", fill: bool = False, tick: Tick = no_tick) -> None:
        """See `make_learner`.

        Args:
            classes: how many there are.
            metric: the distance of the graph: `euclid` of principal components, or `distortion` of grey images, see
                `nearest_by_distortion`.
            fill: labels fill communities of the graph, which are then smoothed, see `filled`, in place of label
                spreading; for the first dozens of labels.
            tick: called now and then; an exception from it stops the work.

        Raises:
            ValueError: there is no such metric.
        """
        if metric not in METRICS:
            raise ValueError(one_of("metric", metric, METRICS))
        self.classes = classes
        self.metric: Metric = metric
        self.fill = fill
        self.tick = tick
        self.graph: PoolGraph | None = None
        self.fitted_on: tuple[GraphPoints, NDArray[np.int64]] | None = None
        self.probs_P_C = np.empty((0, classes), np.float32)

    @property
    def record(self) -> dict[str, str]:
        """How and where it computes."""
        return {"device": "cpu", "scoring": "float32", "scikit-learn": sklearn.__version__}

    @property
    def title(self) -> str:
        """Its name."""
        return "the graph learner"

    @property
    def levels(self) -> Levels | None:
        """The pool's neighbour graph, in which a strategy may find communities."""
        return None if self.graph is None else self.graph.levels

    def prepare(self, x: Any) -> GraphPoints:
        """The pool, which is placed first, as points of its graph; other points tied to it."""
        x = numbers_of(x)
        if self.graph is None:
            self.graph = pool_graph(x, self.tick, self.metric)
        return self.graph.prepare(x, self.tick)

    def fit(self, x_M: Any, y_M: Any, *, rng: np.random.Generator) -> float:
        """Spread the labels; returns the mean log loss on the labelled points in nats."""
        x_M, y_M = self._placed(x_M), class_numbers(y_M, self.classes)
        self.fitted_on = (x_M, y_M)
        self.probs_P_C = self._spread(x_M, y_M)
        return mean_log_loss(self.predict_probs(x_M), y_M)

    def predict_probs(self, x_N: Any) -> NDArray[np.float32]:
        """probs_N_C: the spread labels at each point, or at its neighbours; uniform where no label reaches."""
        self._fitted()
        self.tick()
        return self._placed(x_N).ties_N_P @ self.probs_P_C

    def features(self, x_N: Any) -> NDArray[np.float32]:
        """The principal components."""
        return self._placed(x_N).features_N_D

    def sample_probs(self, x_N: Any, samples: int | None, *, rng: np.random.Generator) -> NDArray[np.float32]:
        """probs_N_K_C of a bootstrap committee: each member spreads its own labels over the graph."""
        x_M, y_M = self._fitted()
        ties_N_P = self._placed(x_N).ties_N_P
        return np.stack(
            [
                ties_N_P @ self._spread(x_M[rows], y_M[rows])
                for rows in bootstrap_rows(y_M, committee_size(samples, COMMITTEE), rng=rng)
            ],
            axis=1,
        )

    def __getstate__(self) -> dict[str, Any]:
        return without_tick(self)

    def _placed(self, x: Any) -> GraphPoints:
        return x if isinstance(x, GraphPoints) else self.prepare(x)

    def _spread(self, x_M: GraphPoints, y_M: NDArray[np.int64]) -> NDArray[np.float32]:
        """probs_P_C over the pool."""
        assert self.graph is not None  # points are placed before they are labelled
        if self.fill:
            return filled(self.graph.levels, x_M.ties_N_P, y_M, self.classes, tick=self.tick)
        counts_C = np.bincount(y_M, minlength=self.classes)
        spread_M_C = np.eye(self.classes, dtype=np.float32)[y_M] / np.maximum(counts_C, 1).astype(np.float32)
        return shares(label_spreading(self.graph.similarity_P_P, x_M.ties_N_P.T @ spread_M_C, tick=self.tick))

    def _fitted(self) -> tuple[GraphPoints, NDArray[np.int64]]:
        if self.fitted_on is None:
            raise RuntimeError("nothing has been spread yet: call fit before asking for predictions")
        return self.fitted_on


def pool_graph(x_pool: NDArray, tick: Tick = no_tick, metric: Metric = "euclid") -> PoolGraph:
    """The graph of a pool, built once while the process works on that pool.

    Raises:
        ValueError: as `PoolGraph`.
    """
    content = np.ascontiguousarray(x_pool)
    digest = hashlib.blake2b(f"{metric} {content.shape} {content.dtype}".encode())
    digest.update(content.data)
    key = digest.hexdigest()
    if key not in _BUILT:
        graph = PoolGraph(x_pool, tick, metric)
        _BUILT.clear()
        _BUILT[key] = graph
    return _BUILT[key]
