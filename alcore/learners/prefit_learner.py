"""A model that was fitted elsewhere, used until a model fitted on the labels is better, or always."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.learners.base import TooFewLabelsError, mean_log_loss
from alcore.learners.labels import class_numbers, label_values
from alcore.learners.sklearn_learner import ClassifierLearner
from alcore.points import plain

# The fewest labels on which the two models are compared, and the folds of the comparison.
FEWEST = 10
FOLDS = 5


class PrefitLearner:
    """Predicts by a given model; with `refit`, by a fresh clone once that is more accurate.

    The rule, applied at every fit on its own: with 10 labels or more, the accuracy of the given model on the
    labels so far is compared with the 5-fold cross-validated accuracy of a fresh clone on the same labels, the
    folds drawn from the stream of the fit. The clone, fitted on all labels, is used where it is higher; with
    equal accuracies the given model stays, as it does where a clone cannot be fitted on so few labels. Neither
    is compared on a test set.

    All other attributes are those of the classifier whose clones are fitted.

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

    def __getattr__(self, name: str) -> Any:
        if name == "inner" or name.startswith("__"):  # not there yet while it is unpickled
            raise AttributeError(name)
        return getattr(self.inner, name)

    @property
    def fitted(self) -> Any:
        """The model that predicts."""
        return self.inner.fitted if self.refitted else self.model

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
        return mean_log_loss(self._given_probs(x_M), y_M)

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
            clone = ClassifierLearner(self.inner.estimator, self.classes, labels=self.inner.labels)
            clone.fit(x_M[rest], y_M[rest], rng=rng)
            right += int(np.sum(np.argmax(clone.predict_probs(x_M[fold]), axis=1) == y_M[fold]))
        return right / len(y_M)
