"""Logistic regression on a Gaussian kernel."""

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


class KernelLogistic(ClassifierMixin, BaseEstimator):
    """Logistic regression on a Gaussian kernel, its width as of `SVC(gamma="scale")`.

    The kernel is approximated from up to 300 training points, exactly where there are no more (Nystroem).
    """

    def __init__(self, C: float = 100.0, random_state: int = 0) -> None:
        self.C = C
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike) -> "KernelLogistic":
        """Fit; X is (N, D), dense or CSR."""
        variance = X.multiply(X).mean() - X.mean() ** 2 if sp.issparse(X) else np.var(X)
        gamma = 1 / (X.shape[1] * variance) if variance > 0 else 1.0
        kernel = Nystroem(gamma=gamma, n_components=min(300, X.shape[0]), random_state=self.random_state)
        self.pipeline_ = make_pipeline(kernel, LogisticRegression(C=self.C, max_iter=2000)).fit(X, y)
        self.classes_ = self.pipeline_.classes_
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Class probabilities, (N, classes)."""
        return self.pipeline_.predict_proba(X)

    def predict(self, X: Any) -> NDArray[Any]:
        """The most probable class of each, (N,)."""
        return self.pipeline_.predict(X)
