"""A learner whose distances are measured in other features than those that its model is fitted on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from alcore.learners.base import Learner
from alcore.learners.pool_features import PoolFeatures, dense
from alcore.points import count, plain


@dataclass(frozen=True, eq=False)
class Rows:
    """Placed points and their rows of the pool.

    Attributes:
        points: as the inner learner placed them.
        rows: their rows of the pool; None for points of another data set.
    """

    points: Any
    rows: NDArray[np.int64] | None

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the points."""
        return tuple(self.points.shape)

    def __len__(self) -> int:
        """The number of points."""
        return count(self.points)

    def __getitem__(self, rows: Any) -> "Rows":
        """Rows of these points, by number, slice or mask."""
        return Rows(self.points[rows], None if self.rows is None else self.rows[rows])


class MeasuredLearner:
    """A learner with the features of a `PoolFeatures`; its other outputs are those of the inner learner.

    The first points placed are the pool. With `until_fitted` these features stand in for those of the inner
    learner while it has none, as a network before its first fit. Expected gradient lengths are those of the
    last step of a pipeline that ends in logistic regression, on what its other steps give.
    """

    def __init__(
        self, inner: Learner, features: PoolFeatures, *, member: int | None = None, until_fitted: bool = False
    ) -> None:
        """Put features around a learner.

        Args:
            inner: gives all other outputs.
            features: of the pool.
            member: of a committee, from whose placed points and fitted pipeline the features are computed.
            until_fitted: whether they are used only before the first fit, and only if the inner learner raises
                RuntimeError because it has none.
        """
        self.inner = inner
        self.pool_features = features
        self.member = member
        self.until_fitted = until_fitted
        self._fitted = False
        self.pool: Any = None

    def __getattr__(self, name: str) -> Any:
        # Of the inner learner's attributes, those that take no points.
        if name not in ("record", "title", "classes", "lacks", "goes_on", "is_prefit"):
            raise AttributeError(name)
        return getattr(self.inner, name)

    @property
    def capabilities(self) -> frozenset[str]:
        """Those of the inner learner; gradient lengths also of a pipeline that ends in logistic regression."""
        return self.inner.capabilities | ({"gradient_lengths_N"} if _ends_in_softmax(self.inner) else frozenset())

    def forget(self) -> None:
        """Return to the state before the first fit."""
        self._fitted = False
        self.inner.forget()  # type: ignore[attr-defined]

    def prepare(self, x: Any) -> Rows:
        """Points as the inner learner places them; the first ones are the pool."""
        placed = self.inner.prepare(x)
        if self.pool is not None:
            return Rows(placed, None)
        self.pool = x if self.until_fitted else placed if self.member is None else placed.parts[self.member]
        return Rows(placed, np.arange(count(placed)))

    def fit(self, x_M: Rows, y_M: Any, *, rng: np.random.Generator) -> float:
        """Fit the inner learner; returns its mean training loss in nats."""
        self._fitted = True
        return self.inner.fit(x_M.points, y_M, rng=rng)

    def predict_probs(self, x_N: Rows) -> NDArray[Any]:
        """probs_N_C, as a NumPy array where the features are one."""
        return self._beside(self.inner.predict_probs(x_N.points))

    def sample_probs(self, x_N: Rows, samples: int | None, *, rng: np.random.Generator) -> NDArray[Any]:
        """probs_N_K_C of the inner learner's posterior samples or committee."""
        return self._beside(self.inner.sample_probs(x_N.points, samples, rng=rng))

    def features(self, x_N: Rows) -> NDArray[Any]:
        """features_N_D of points of the pool.

        Raises:
            ValueError: as `PoolFeatures.of`, or if these are no points of the pool.
        """
        if self.until_fitted:
            try:
                return self.inner.features(x_N.points)
            except RuntimeError:
                # A network without weights; an error after a fit is raised unchanged.
                if self._fitted:
                    raise
        if x_N.rows is None:
            raise ValueError("features are those of the pool: points of another data set have none")
        part = self.inner if self.member is None else self.inner.members[self.member]  # type: ignore[attr-defined]
        return self.pool_features.of(self.pool, x_N.rows, getattr(part, "fitted", None))

    def layers(self, x_N: Rows) -> Any:
        """The chain of dense layers of the inner learner, or the last step of a pipeline as one layer.

        What enters a single layer counts by its length alone, so sparse points are given as their lengths.
        """
        pipeline = getattr(self.inner, "fitted", None)
        if not _ends_in_softmax(self.inner):
            return self.inner.layers(x_N.points)
        points = x_N.points if not isinstance(pipeline, Pipeline) else pipeline[:-1].transform(plain(x_N.points))
        if hasattr(points, "tocsr"):
            return [np.sqrt(np.asarray(points.multiply(points).sum(axis=1)).reshape(-1, 1))], []
        return [dense(points, 0)], []

    def gradient_lengths(self, x_N: Rows) -> NDArray[Any]:
        """Expected gradient lengths of an inner learner that is no chain of dense layers."""
        return self._beside(self.inner.gradient_lengths(x_N.points))

    def _beside(self, values: Any) -> Any:
        """Values of the inner learner, on the CPU where the features are there."""
        return values if self.until_fitted else np.asarray(values.cpu() if hasattr(values, "cpu") else values)


def _ends_in_softmax(learner: Learner) -> bool:
    estimator = getattr(learner, "estimator", None)
    last = estimator[-1] if isinstance(estimator, Pipeline) and len(estimator) else estimator
    return isinstance(last, LogisticRegression)
