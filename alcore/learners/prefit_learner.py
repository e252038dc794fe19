"""A model that was fitted elsewhere, used until one fitted on the labels is better, or always."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.learners.base import TooFewLabelsError
from alcore.learners.labels import class_numbers, label_values
from alcore.learners.pool_features import plain
from alcore.learners.sklearn_learner import ClassifierLearner

# The fewest labels on which the two models are compared, and the folds of the comparison.
FEWEST = 10
FOLDS = 5


class PrefitLearner:
    """Predicts by the model it is given; with `refit`, by a fresh clone once that is more accurate.

    The rule, applied at every fit on its own: with 10 labels or more, the accuracy of the given model on the
    labels so far is compared with the 5-fold cross-validated accuracy of a fresh clone on the same labels, the
    folds drawn from the stream of the fit. The clone, fitted on all labels, is used where it is higher; with
    equal accuracies the given model stays, as it does where a clone cannot be fitted on so few labels. Neither
    sees a test set.

    Attributes:
        is_prefit: always true: it predicts before its first fit.
        refitted: whether the last fit chose the fresh clone.
    """

    is_prefit = True

    def __init__(self, model: Any, inner: ClassifierLearner, labels: Sequence[Any], *, refit: bool) -> None:
        """Wrap a fitted classifier.

        Args:
            model: fitted, with `classes_` and `predict_proba`.
            inner: fits fresh clones on the same labels.
            labels: of class 0, 1, ...; every one of `model.classes_` among them.
            refit: whether a clone may take the model's place.
        """
        self.model = model
        self.inner = inner
        self.refit = refit
        self.refitted = False
        self._columns = [labels.index(label) for label in label_values(model.classes_, "classes_")]

    @property
    def estimator(self) -> Any:
        """The classifier whose clones are fitted."""
        return self.inner.estimator

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return self.inner.classes

    @property
    def record(self) -> dict[str, str]:
        """How and where it computes."""
        return self.inner.record

    @property
    def title(self) -> str:
        """The classifier's name."""
        return self.inner.title

    @property
    def capabilities(self) -> frozenset[str]:
        """Those of a classifier of its kind."""
        return self.inner.capabilities

    @property
    def fitted(self) -> Any:
        """The model that predicts."""
        return self.inner.fitted if self.refitted else self.model

    def prepare(self, x: Any) -> Any:
        """Points as the classifier takes them."""
        return self.inner.prepare(x)

    def fit(self, x_M: Any, y_M: Any, *, rng: np.random.Generator) -> float:
        """Choose the model by the rule above; returns its mean log loss on the labels in nats."""
        y_M = class_numbers(y_M, self.classes)
        self.refitted = False
        if self.refit:
            with suppress(TooFewLabelsError):
                loss = self.inner.fit(x_M, y_M, rng=rng)
                if len(y_M) >= FEWEST and len(np.unique(y_M)) > 1:
                    own = np.mean(np.argmax(self._given_probs(x_M), axis=1) == y_M)
                    self.refitted = bool(self._cross_validated(x_M, y_M, rng) > own)
                if self.refitted:
                    return loss
        own_M = self._given_probs(x_M)[np.arange(len(y_M)), y_M]
        return float(-np.mean(np.log(np.maximum(own_M, np.finfo(own_M.dtype).tiny))))

    def predict_probs(self, x_N: Any) -> NDArray[Any]:
        """probs_N_C over all classes; 0 for those the model does not have."""
        return self.inner.predict_probs(x_N) if self.refitted else self._given_probs(x_N)

    def sample_probs(self, x_N: Any, samples: int | None, *, rng: np.random.Generator) -> NDArray[Any]:
        """probs_N_K_C of a bootstrap committee of fresh clones, fitted on the labels.

        Raises:
            ValueError: if no clone may be fitted.
        """
        if not self.refit:
            raise ValueError(
                "a model that is only used, never fitted again, gives no committee: choose a strategy of its "
                "probabilities, such as margin, or prefit=True"
            )
        return self.inner.sample_probs(x_N, samples, rng=rng)

    def layers(self, x_N: Any) -> Any:
        """Those of the classifier."""
        return self.inner.layers(x_N)

    def gradient_lengths(self, x_N: Any) -> NDArray[Any]:
        """Never called: see `layers`."""
        return self.inner.gradient_lengths(x_N)

    def features(self, x_N: Any) -> NDArray[Any]:
        """The points themselves, as numbers."""
        return self.inner.features(x_N)

    def _given_probs(self, x_N: Any) -> NDArray[Any]:
        probs_N_K = np.asarray(self.model.predict_proba(plain(x_N)), dtype=np.float64)
        probs_N_C = np.zeros((len(probs_N_K), self.classes))
        probs_N_C[:, self._columns] = probs_N_K
        return probs_N_C

    def _cross_validated(self, x_M: Any, y_M: NDArray[np.int64], rng: np.random.Generator) -> float:
        """Share of labels that clones fitted without them predict."""
        right = 0
        for fold in np.array_split(rng.permutation(len(y_M)), FOLDS):
            rest = np.setdiff1d(np.arange(len(y_M)), fold)
            clone = ClassifierLearner(self.estimator, self.classes, labels=self.inner.labels)
            clone.fit(x_M[rest], y_M[rest], rng=rng)
            right += int(np.sum(np.argmax(clone.predict_probs(x_M[fold]), axis=1) == y_M[fold]))
        return right / len(y_M)
