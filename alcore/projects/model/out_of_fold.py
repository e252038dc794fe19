"""Class probabilities of labelled items by models that have not seen their labels."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits

from alcore.projects.model.features import Features

FOLDS = 5


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """What cross-validated models say of labelled items.

    Attributes:
        places_M: the items.
        classes: in the order of the columns of probs_M_C; none where fewer than two classes have two labels.
        given_M: the label of each, as a number of `classes`.
        probs_M_C: class probabilities.
        left_out: classes with too few labels to be compared.
    """

    places_M: NDArray[np.int64]
    classes: tuple[str, ...]
    given_M: NDArray[np.int64]
    probs_M_C: NDArray[np.float64]
    left_out: tuple[str, ...]


@threadpool_limits.wrap(limits=1)
def out_of_fold(features: Features, labels: Mapping[int, str], *, estimator: Any, seed: int) -> OutOfFold:
    """Predict each labelled item by a model trained without it, in five folds.

    Args:
        features: of all items.
        labels: place -> class.
        estimator: not fitted.
        seed: of the folds.
    """
    counts = Counter(labels.values())
    left_out = tuple(name for name, count in counts.items() if count < 2)
    kept = {place: label for place, label in labels.items() if label not in left_out}
    classes = tuple(sorted(set(kept.values())))
    if len(classes) < 2:
        none = np.empty(0, dtype=np.int64)
        return OutOfFold(none, (), none, np.empty((0, 0)), left_out)
    places_M = np.fromiter(kept, np.int64, len(kept))
    given_M = np.array([classes.index(label) for label in kept.values()])
    probs_M_C = cross_val_predict(
        clone(estimator),
        features[places_M],
        given_M,
        cv=StratifiedKFold(min(FOLDS, *Counter(given_M.tolist()).values()), shuffle=True, random_state=seed),
        method="predict_proba",
    )
    return OutOfFold(places_M, classes, given_M, probs_M_C, left_out)
