"""The models of a labelling project: estimators by a key, for any kind of features, or one that Python gave."""

from collections.abc import Mapping
from typing import Any

import scipy.sparse as sp

from alcore.did_you_mean import one_of
from alcore.extras import require
from alcore.projects.model.features import FeatureChoice, Features

MODELS = {
    "logistic": "Logistic regression",
    "boosting": "Gradient boosting",
    "forest": "Random forest",
    "kernel": "Kernel logistic regression",
    "cnn": "CNN",
}
# The model of a project whose estimator is the user's own.
OWN = "own"


def models_for(choice: FeatureChoice) -> dict[str, str]:
    """The models that take such features: key -> name."""
    refused = {"boosting": choice.method == "tfidf", "cnn": choice.method != "images"}
    return {key: words for key, words in MODELS.items() if not refused.get(key)}


def estimator_for(model: str, features: Features, seed: int) -> Any:
    """A fresh scikit-learn estimator for a project's features.

    Args:
        model: a key of `MODELS`.
        features: (N, D), dense or a CSR matrix. Word weights, which are short vectors of unit length, are regularised
            less than scaled numbers.
        seed: of its random state.

    Raises:
        ValueError: if there is no such model, or it does not take the features.
        MissingExtraError: the CNN is asked for, and torch is not installed.
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
    if model == "cnn":
        from alcore.projects.model.network import ImageNetwork, is_square

        require("torch")
        if sp.issparse(features) or not is_square(features.shape[1]):
            raise ValueError("the CNN takes the pixels of square images: choose the features images")
        return ImageNetwork(random_state=seed)
    if model == "kernel":
        from alcore.projects.model.kernel_logistic import KernelLogistic

        return KernelLogistic(random_state=seed)
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if sp.issparse(features):
        return LogisticRegression(C=30, max_iter=2000)
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))


def own_model(estimator: Any) -> dict[str, Any]:
    """What a project keeps of a user's estimator: its class, and its parameters where they can be written.

    Returns:
        `name`; `estimator`, as `estimator_to_json` writes it, or None; and `why` it is None.

    Raises:
        ValueError: it has no `fit` or no `predict_proba`.
    """
    from alcore.learners.saved_estimators import NotSavedError, estimator_to_json

    name = type(estimator).__name__
    if isinstance(estimator, type) or not (hasattr(estimator, "fit") and hasattr(estimator, "predict_proba")):
        raise ValueError(f"a model is an object with fit and predict_proba, as of scikit-learn; {name} has not both")
    try:
        return {"name": name, "estimator": estimator_to_json(estimator), "why": ""}
    except NotSavedError as error:
        return {"name": name, "estimator": None, "why": str(error)}


def own_estimator(kept: Mapping[str, Any]) -> Any:
    """The user's estimator, made again of what the project keeps of it.

    Raises:
        ValueError: it could not be kept.
    """
    from alcore.learners.saved_estimators import estimator_from_json

    if kept["estimator"] is None:
        raise ValueError(
            f"This project's model is a {kept['name']} that Python gave, and only Python can train it "
            f"({kept['why'].rstrip('.')}): call project.use(estimator) and project.train() there, or choose another "
            "model under Project. What the last model said stays"
        )
    return estimator_from_json(kept["estimator"])
