"""A learner whose distances are measured in other features than those that its model is fitted on."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from alcore.learners.base import Learner
from alcore.learners.pool_features import PoolFeatures, dense
from alcore.points import PlacedParts, count, plain


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

    def prepare(self, x: Any) -> PlacedParts:
        """Points as the inner learner places them, and their rows of the pool, which is placed first; else None."""
        placed = self.inner.prepare(x)
        if self.pool is not None:
            return PlacedParts((placed, None))
        self.pool = x if self.until_fitted else placed if self.member is None else placed.parts[self.member]
        return PlacedParts((placed, np.arange(count(placed))))

    def fit(self, x_M: PlacedParts, y_M: Any, *, rng: np.random.Generator) -> float:
        """Fit the inner learner; returns its mean training loss in nats."""
        self._fitted = True
        return self.inner.fit(x_M.parts[0], y_M, rng=rng)

    def predict_probs(self, x_N: PlacedParts) -> NDArray[Any]:
        """probs_N_C, as a NumPy array where the features are one."""
        return self._beside(self.inner.predict_probs(x_N.parts[0]))

    def sample_probs(self, x_N: PlacedParts, samples: int | None, *, rng: np.random.Generator) -> NDArray[Any]:
        """probs_N_K_C of the inner learner's posterior samples or committee."""
        return self._beside(self.inner.sample_probs(x_N.parts[0], samples, rng=rng))

    def features(self, x_N: PlacedParts) -> NDArray[Any]:
        """features_N_D of points of the pool.

        Raises:
            ValueError: as `PoolFeatures.of`, or if these are no points of the pool.
        """
        if self.until_fitted:
            try:
                return self.inner.features(x_N.parts[0])
            except RuntimeError:
                # A network without weights; an error after a fit is raised unchanged.
                if self._fitted:
                    raise
        if x_N.parts[1] is None:
            raise ValueError("features are those of the pool: points of another data set have none")
        part = self.inner if self.member is None else self.inner.members[self.member]  # type: ignore[attr-defined]
        return self.pool_features.of(self.pool, x_N.parts[1], getattr(part, "fitted", None))

    def layers(self, x_N: PlacedParts) -> Any:
        """The chain of dense layers of the inner learner, or the last step of a pipeline as one layer.

        What enters a single layer counts by its length alone, so sparse points are given as their lengths.
        """
        pipeline = getattr(self.inner, "fitted", None)
        if not _ends_in_softmax(self.inner):
            return self.inner.layers(x_N.parts[0])
        points = x_N.parts[0] if not isinstance(pipeline, Pipeline) else pipeline[:-1].transform(plain(x_N.parts[0]))
        if hasattr(points, "tocsr"):
            return [np.sqrt(np.asarray(points.multiply(points).sum(axis=1)).reshape(-1, 1))], []
        return [dense(points, 0)], []

    def gradient_lengths(self, x_N: PlacedParts) -> NDArray[Any]:
        """Expected gradient lengths of an inner learner that is no chain of dense layers."""
        return self._beside(self.inner.gradient_lengths(x_N.parts[0]))

    def _beside(self, values: Any) -> Any:
        """Values of the inner learner, on the CPU where the features are there."""
        return values if self.until_fitted else np.asarray(values.cpu() if hasattr(values, "cpu") else values)


def _ends_in_softmax(learner: Learner) -> bool:
    estimator = getattr(learner, "estimator", None)
    last = estimator[-1] if isinstance(estimator, Pipeline) and len(estimator) else estimator
    return isinstance(last, LogisticRegression)
