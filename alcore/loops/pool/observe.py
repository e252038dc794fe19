"""What is looked at in every round and changes nothing: the test set, and a map of the pool."""

import numpy as np
from numpy.typing import NDArray

from alcore.learners.base import Array, Learner
from alcore.loops.calibrated_learner import Calibrated
from alcore.loops.pool.evaluate import Quality, quality
from alcore.loops.pool.pool_map import PoolMap, map_points, pool_map
from alcore.loops.session import Session
from alcore.rng import rng_for
from alcore.strategies.arrays import to_numpy


def evaluate_model(model: Learner, x_test: Array, y_test: NDArray[np.int64]) -> Quality:
    """Measure a fitted model on placed test points; a calibrated one with and without its temperature."""
    if not isinstance(model, Calibrated):
        return quality(to_numpy(model.predict_probs(x_test)), y_test)
    unscaled = model.learner.predict_probs(x_test)
    return quality(to_numpy(model.scaled(unscaled)), y_test, to_numpy(unscaled), model.temperature)


def draw_pool_map(session: Session, asked: NDArray[np.int64], size: int, previous: PoolMap | None) -> PoolMap:
    """A map of so many points of a session's pool as its model is now, laid out like the one before.

    Args:
        session: has been fitted.
        asked: all points asked about so far, in their order.
        size: how many points.
        previous: the map of the round before, if there is one.
    """
    # The stream of the run: the points beside those asked about stay from round to round.
    rng = rng_for(session.seed, "map")
    points = map_points(np.flatnonzero(session.askable_N), asked, size, rng=rng)
    return pool_map(points, *_features_and_probs(session.learner, session.x[points]), previous)


def _features_and_probs(model: Learner, x_P: Array) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(model, Calibrated):
        features_P_D, unscaled_P_C = _features_and_probs(model.learner, x_P)
        return features_P_D, model.scaled(unscaled_P_C)
    # A network gives both for the price of one.
    both = getattr(model, "features_and_probs", None)
    features_P_D, probs_P_C = both(x_P) if both else (model.features(x_P), model.predict_probs(x_P))
    return to_numpy(features_P_D), to_numpy(probs_P_C)
