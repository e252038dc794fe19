"""Learners that lockstep races serve: logistic regression on the points, or on a map of them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.logistic.fourier import FourierFeatures

FeatureMap = Callable[[NDArray[np.floating]], NDArray[np.floating]]
# Keys of `LEARNERS`, and what makes the map of a seed; None: the points themselves.
LOCKSTEP: dict[str, Callable[[int], FeatureMap] | None] = {"logistic": None, "logistic_fourier": FourierFeatures}


def feature_map(learner: str, seed: int) -> FeatureMap:
    """The map from points to the features that a learner of LOCKSTEP is linear in."""
    make = LOCKSTEP[learner]
    return _unchanged if make is None else make(seed)


def mapped(dataset: Dataset, learner: str, seed: int) -> Dataset:
    """The data set in these features; itself, where they are the points."""
    if LOCKSTEP[learner] is None:
        return dataset
    features = feature_map(learner, seed)
    return replace(dataset, x_pool=features(dataset.x_pool), x_test=features(dataset.x_test))


def _unchanged(x_N_D: NDArray[np.floating]) -> NDArray[np.floating]:
    return x_N_D
