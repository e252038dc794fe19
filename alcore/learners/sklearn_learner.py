"""Any scikit-learn classifier with `predict_proba` as a learner."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sklearn
from sklearn.base import clone, is_classifier
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from alcore.learners.base import (
    COMMITTEE,
    EstimatorError,
    Learner,
    TooFewLabelsError,
    mean_log_loss,
    no_tick,
    without_tick,
)
from alcore.learners.committee import bootstrap_rows, committee_size
from alcore.learners.labels import class_numbers
from alcore.learners.seeds import fixed_seeds, seed_nested
from alcore.points import Frame, as_points, as_rows, numbers_of, plain
from alcore.rng import rng_for

# Copies of each label on which an estimator is tried that cannot be fitted on the labels.
COPIES = 10


def logistic_regression() -> LogisticRegression:
    """Logistic regression with scikit-learn's defaults and enough iterations to converge."""
    return LogisticRegression(max_iter=2000)


class ClassifierLearner(Learner):
    """A scikit-learn classifier, fitted afresh each round.

    Classes without a label have probability 0; while all labels are of one class, it has probability 1 everywhere. The
    classifier is fitted on the classes seen so far as 0 to k - 1, or on their `labels` where these are given: it then
    predicts labels, and its `class_weight` is by label.

    Every `random_state` of the classifier and of its parts that is None is seeded from the round's stream, so that
    the seed determines the whole run. Those that are set stay unchanged, the same in every round: see `fixed_seeds`.

    Attributes:
        fixed_seeds: parameters that hold a random state which was set, such as `svc__random_state`.
        seen: the class of each of the classifier's own numbers, after a fit.
    """

    def __init__(
        self,
        estimator: Any,
        classes: int,
        *,
        components: int | None = None,
        features: Callable[[np.ndarray], np.ndarray] | None = None,
        labels: Sequence[Any] = (),
        tick: Callable[[], None] = no_tick,
    ) -> None:
        """Wrap an unfitted classifier.

        Args:
            estimator: has `fit` and `predict_proba`.
            classes: how many classes there are, seen or not.
            components: give it so many principal components of the pool in place of the points themselves.
            features: give it these features of the points, as numbers, in place of the points themselves.
            labels: of class 0, 1, ...: all words, all numbers or all booleans, at most `classes` of them.
            tick: called at every fit and prediction.

        Raises:
            ValueError: if the classifier has no `predict_proba`.
        """
        if not hasattr(estimator, "predict_proba"):
            raise ValueError(_no_probabilities(estimator))
        self.estimator = estimator
        self.classes = classes
        self.components = components
        self.feature_map = features
        self.labels = tuple(labels)
        self.tick = tick
        self.fixed_seeds = fixed_seeds(estimator)
        self.principal: PCA | None = None
        self.fitted: Any = None
        self.seen = np.empty(0, dtype=np.int64)
        self.fitted_on: tuple[Any, np.ndarray] | None = None

    @property
    def record(self) -> dict[str, str]:
        """How and where it computes."""
        record = {"device": "cpu", "scoring": "float64", "scikit-learn": sklearn.__version__}
        return record | ({"seeds left as set": ", ".join(self.fixed_seeds)} if self.fixed_seeds else {})

    @property
    def title(self) -> str:
        """The classifier's own name."""
        return type(self.estimator).__name__

    @property
    def capabilities(self) -> frozenset[str]:
        """Gradient lengths of logistic regression; none of other classifiers."""
        linear = isinstance(self.estimator, LogisticRegression)
        return frozenset({"gradient_lengths_N"}) if linear else frozenset()

    def prepare(self, x: Any) -> Any:
        """One row a point: numbers, pixels of images in [0, 1]; or their features or principal components.

        A table stays one, so that the classifier finds its columns by name; texts stay texts, and a sparse
        matrix stays sparse.

        Raises:
            ValueError: the pool has not so many components; see also `as_points`.
        """
        points = as_points(x)
        if hasattr(points, "iloc"):
            points = Frame(points)
        elif isinstance(points, np.ndarray) and points.ndim > 1:
            points = as_rows(points)
        if self.feature_map is not None:
            return self.feature_map(numbers_of(points))
        if self.components is None:
            return points
        points = points if hasattr(points, "tocsr") else numbers_of(points)
        if self.principal is None:
            if self.components > min(points.shape):
                raise ValueError(
                    f"components were {self.components:,}, but {points.shape[0]:,} points of "
                    f"{points.shape[1]:,} numbers have at most {min(points.shape):,}"
                )
            self.principal = PCA(self.components, svd_solver="covariance_eigh").fit(points)
        return self.principal.transform(points)

    def fit(self, x_M: Any, y_M: Any, *, rng: np.random.Generator) -> float:
        """Fit a fresh clone; returns the mean log loss on the labelled points in nats.

        Raises:
            TooFewLabelsError: it cannot be fitted on these labels and can on ten copies of them, as
                cross-validation inside of it needs some labels of each class.
            EstimatorError: it cannot be fitted.
        """
        self.tick()
        x_M, y_M = _placed(x_M), class_numbers(y_M, self.classes)
        self.fitted_on = (x_M, y_M)
        self.seen, code_M = np.unique(y_M, return_inverse=True)
        if len(self.seen) == 1:
            self.fitted = None
            return 0.0
        labels_M = np.array(self.labels)[y_M] if self.labels else code_M
        try:
            self.fitted = self._fitted_clone(x_M, labels_M, rng)
            probs_M_C = self.predict_probs(x_M)
        except Warning:  # an error only where the user made warnings errors
            raise
        except Exception as error:
            self.fitted = None
            few = self._can_be_fitted_on_copies(x_M, labels_M)
            raise (TooFewLabelsError if few else EstimatorError)(
                f"{self.title} cannot be fitted on the {len(y_M):,} labels so far: {_reason(error)}"
            ) from error
        return mean_log_loss(probs_M_C, y_M)

    def predict_probs(self, x_N: Any) -> np.ndarray:
        """probs_N_C over all classes, also those not seen yet."""
        self.tick()
        self._fitted()
        x_N = _placed(x_N)
        probs_N_C = np.zeros((x_N.shape[0], self.classes))
        if len(self.seen) == 1:
            probs_N_C[:, self.seen[0]] = 1
        else:
            try:
                probs_N_K, own_K = self.fitted.predict_proba(plain(x_N)), np.asarray(self.fitted.classes_)
                if self.labels:
                    columns_K = np.array([self.labels.index(label) for label in own_K.tolist()])
                else:
                    columns_K = self.seen[own_K.astype(np.int64)]
                probs_N_C[:, columns_K] = probs_N_K
            except Warning:
                raise
            except Exception as error:
                raise EstimatorError(f"{self.title} cannot predict these points: {_reason(error)}") from error
        return probs_N_C

    def features(self, x_N: Any) -> np.ndarray:
        """The points themselves, as numbers."""
        return numbers_of(x_N)

    def sample_probs(self, x_N: Any, samples: int | None, *, rng: np.random.Generator) -> np.ndarray:
        """probs_N_K_C of a bootstrap committee, trained on the labels last fitted."""
        x_M, y_M = self._fitted()
        probs_K = []
        for rows in bootstrap_rows(y_M, committee_size(samples, COMMITTEE), rng=rng):
            member = ClassifierLearner(self.estimator, self.classes, labels=self.labels, tick=self.tick)
            member.fit(x_M[rows], y_M[rows], rng=rng)
            probs_K.append(member.predict_probs(x_N))
        return np.stack(probs_K, axis=1)

    def layers(self, x_N: Any) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Softmax regression is a chain of one layer, which the points themselves enter."""
        return [numbers_of(x_N)], []

    def __getstate__(self) -> dict[str, Any]:
        return without_tick(self)

    def _fitted_clone(self, x_M: Any, labels_M: np.ndarray, rng: np.random.Generator) -> Any:
        fresh = clone(self.estimator)
        seed_nested(fresh, rng)
        if not self.labels and self.seen[-1] >= len(self.seen):
            _weigh_by_code(fresh, self.seen)
        return fresh.fit(plain(x_M), labels_M)

    def _can_be_fitted_on_copies(self, x_M: Any, labels_M: np.ndarray) -> bool:
        rows = np.tile(np.arange(len(labels_M)), COPIES)
        try:
            self._fitted_clone(x_M[rows], labels_M[rows], rng_for(0, "copies")).predict_proba(plain(x_M))
        except Exception:
            return False
        return True

    def _fitted(self) -> tuple[Any, np.ndarray]:
        if self.fitted_on is None:
            raise RuntimeError("the classifier has not been fitted: call fit before asking for predictions")
        return self.fitted_on


def _placed(x: Any) -> Any:
    """Points in a form whose rows can be taken, placed or not."""
    if isinstance(x, Frame):
        return x
    points = as_points(x)
    return Frame(points) if hasattr(points, "iloc") else points


def _reason(error: Exception) -> str:
    """The first line of an estimator's error, with its type unless that is ValueError."""
    lines = str(error).strip().splitlines()
    text = lines[0].rstrip(".") if lines else ""
    return text if isinstance(error, ValueError) and text else f"{type(error).__name__} {text}".rstrip()


def _no_probabilities(estimator: Any) -> str:
    steps = getattr(estimator, "steps", None)
    last = steps[-1][1] if steps else getattr(estimator, "estimator", estimator)
    name = type(last).__name__
    if is_classifier(last):
        return (
            f"{name} has no predict_proba, of which every score is made; wrap it in "
            "sklearn.calibration.CalibratedClassifierCV"
        )
    return (
        f"{name} has no predict_proba, of which every score is made: give a classifier, not a regressor or transformer"
    )


def _weigh_by_code(estimator: Any, seen: np.ndarray) -> None:
    """Class weights by class, made weights by the number that the class has for this fit."""
    for name, weights in estimator.get_params(deep=True).items():
        if name.rpartition("__")[2] == "class_weight" and isinstance(weights, dict):
            coded = {code: weights[label] for code, label in enumerate(seen.tolist()) if label in weights}
            estimator.set_params(**{name: coded})
