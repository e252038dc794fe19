"""The models of a labelling project: estimators by a key, for any kind of features."""

from typing import Any

import scipy.sparse as sp

from alcore.did_you_mean import one_of
from alcore.projects.model.features import Features

MODELS = {
    "logistic": "Logistic regression",
    "boosting": "Gradient boosting",
    "forest": "Random forest",
    "kernel": "Kernel logistic regression",
}


def estimator_for(model: str, features: Features, seed: int) -> Any:
    """A fresh scikit-learn estimator for a project's features.

    Args:
        model: a key of `MODELS`.
        features: (N, D), dense or a CSR matrix. Word weights, which are short vectors of unit length, are regularised
            less than scaled numbers.
        seed: of its random state.

    Raises:
        ValueError: if there is no such model, or gradient boosting is asked for a sparse matrix.
    """
    if model not in MODELS:
        raise ValueError(one_of("model", model, MODELS))
    if model == "boosting":
        from sklearn.ensemble import HistGradientBoostingClassifier

        if sp.issparse(features):
            raise ValueError("gradient boosting takes no word weights: choose logistic regression or a random forest")
        return HistGradientBoostingClassifier(random_state=seed)
    if model == "forest":
        from sklearn.ensemble import RandomForestClassifier

        return RandomForestClassifier(random_state=seed, n_jobs=1)
    if model == "kernel":
        from alcore.projects.model.kernel_logistic import KernelLogistic

        return KernelLogistic(random_state=seed)
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if sp.issparse(features):
        return LogisticRegression(C=30, max_iter=2000)
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
