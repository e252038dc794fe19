"""Any scikit-learn classifier with `predict_proba` as a learner."""

from collections.abc import Callable
from typing import Any

import numpy as np
import sklearn
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from alcore.learners.committee import bootstrap_rows, committee_size
from alcore.learners.learner import COMMITTEE


def logistic_regression() -> LogisticRegression:
    """Logistic regression with scikit-learn's defaults and enough iterations to converge."""
    return LogisticRegression(max_iter=2000)


class ClassifierLearner:
    """A scikit-learn classifier, fitted afresh each round.

    Classes that no label has shown yet have probability 0; while only one has been shown, it has
    probability 1 everywhere.
    """

    def __init__(
        self,
        estimator: Any,
        classes: int,
        *,
        components: int | None = None,
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        """Wrap an unfitted classifier.

        Args:
            estimator: has `fit` and `predict_proba`.
            classes: how many classes there are, seen or not.
            components: give it so many principal components of the pool in place of the points themselves.
            tick: called at every fit and prediction.

        Raises:
            ValueError: if the classifier has no `predict_proba`.
        """
        if not hasattr(estimator, "predict_proba"):
            raise ValueError(
                f"{type(estimator).__name__} has no predict_proba, of which every score is made; "
                "wrap it in sklearn.calibration.CalibratedClassifierCV"
            )
        self.estimator = estimator
        self.classes = classes
        self.components = components
        self.tick = tick
        self.principal: PCA | None = None
        self.fitted: Any = None
        self.only_class: int | None = None
        self.fitted_on: tuple[np.ndarray, np.ndarray] | None = None

    @property
    def record(self) -> dict[str, str]:
        """How and where it computes."""
        return {"device": "cpu", "scoring": "float64", "scikit-learn": sklearn.__version__}

    @property
    def title(self) -> str:
        """The classifier's own name."""
        return type(self.estimator).__name__

    @property
    def provides(self) -> frozenset[str]:
        """Gradient lengths of logistic regression; no other classifier tells its parameters."""
        linear = isinstance(self.estimator, LogisticRegression)
        return frozenset({"gradient_lengths_N"}) if linear else frozenset()

    def place(self, x: np.ndarray) -> np.ndarray:
        """One row of numbers a point, pixels in [0, 1]; or its principal components, those of the pool.

        Raises:
            ValueError: the pool has not so many components.
        """
        flat_N_D = x.reshape(len(x), -1)
        flat_N_D = flat_N_D.astype(np.float32) / 255 if x.dtype == np.uint8 else flat_N_D
        if self.components is None:
            return flat_N_D
        if self.principal is None:
            if self.components > min(flat_N_D.shape):
                raise ValueError(
                    f"components were {self.components:,}, but {len(x):,} points of {flat_N_D.shape[1]:,} "
                    f"numbers have at most {min(flat_N_D.shape):,}"
                )
            self.principal = PCA(self.components, svd_solver="covariance_eigh").fit(flat_N_D)
        return self.principal.transform(flat_N_D)

    def fit(self, x_M: np.ndarray, y_M: np.ndarray, *, rng: np.random.Generator) -> float:
        """Fit a fresh clone; returns the mean log loss on the labelled points in nats."""
        self.tick()
        self.fitted_on = (x_M, y_M)
        seen = np.unique(y_M)
        self.only_class = int(seen[0]) if len(seen) == 1 else None
        if self.only_class is not None:
            return 0.0
        fresh = clone(self.estimator)
        if "random_state" in fresh.get_params():
            fresh.set_params(random_state=int(rng.integers(2**31)))
        self.fitted = fresh.fit(x_M, y_M)
        own_M = self.predict_probs(x_M)[np.arange(len(y_M)), y_M]
        return float(-np.mean(np.log(np.maximum(own_M, np.finfo(own_M.dtype).tiny))))

    def predict_probs(self, x_N: np.ndarray) -> np.ndarray:
        """probs_N_C over all classes, also those not seen yet."""
        self.tick()
        probs_N_C = np.zeros((len(x_N), self.classes))
        if self.only_class is not None:
            probs_N_C[:, self.only_class] = 1
        else:
            probs_N_C[:, self.fitted.classes_] = self.fitted.predict_proba(x_N)
        return probs_N_C

    def features(self, x_N: np.ndarray) -> np.ndarray:
        """The points themselves."""
        return x_N

    def sample_probs(self, x_N: np.ndarray, samples: int | None, *, rng: np.random.Generator) -> np.ndarray:
        """probs_N_K_C of a bootstrap committee, trained on the labels last fitted."""
        if self.fitted_on is None:
            raise RuntimeError("the classifier has not been fitted: call fit before asking for a committee")
        x_M, y_M = self.fitted_on
        probs_K = []
        for rows in bootstrap_rows(y_M, committee_size(samples, COMMITTEE), rng=rng):
            member = ClassifierLearner(self.estimator, self.classes, tick=self.tick)
            member.fit(x_M[rows], y_M[rows], rng=rng)
            probs_K.append(member.predict_probs(x_N))
        return np.stack(probs_K, axis=1)

    def layers(self, x_N: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Softmax regression is a chain of one layer, which the points themselves enter."""
        return [x_N], []

    def gradient_lengths(self, x_N: np.ndarray) -> np.ndarray:
        """Never asked for: see `layers`."""
        raise RuntimeError("gradient lengths of a classifier come from its layers")
