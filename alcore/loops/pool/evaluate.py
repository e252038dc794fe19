"""The quality of a model on the test set after one round: accuracy, calibration, confusion."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.learners.base import Array, Learner
from alcore.loops.calibrated_learner import Calibrated
from alcore.loops.pool.pool_map import PoolMap, map_points, pool_map
from alcore.loops.session import Session
from alcore.points import rows_of
from alcore.rng import rng_for
from alcore.strategies.arrays import to_numpy

BINS = 15
# The least probability in a likelihood: a class without a label costs 27.6 nats.
LEAST = 1e-12


@dataclass(frozen=True, eq=False)
class Reliability:
    """Accuracy by confidence, in bins.

    Attributes:
        count_B: points whose highest probability lies in the bin; bins are of equal width, open below, closed above.
        confidence_B: mean of their highest probabilities; NaN in an empty bin.
        accuracy_B: share of them predicted correctly; NaN in an empty bin.
    """

    count_B: NDArray[np.int64]
    confidence_B: NDArray[np.float64]
    accuracy_B: NDArray[np.float64]

    @property
    def gaps_B(self) -> NDArray[np.float64]:
        """Confidence less accuracy, weighted by the bin's share of the points; 0 in an empty bin."""
        shares_B = self.count_B / max(1, int(self.count_B.sum()))
        return np.where(self.count_B > 0, shares_B * (self.confidence_B - self.accuracy_B), 0.0)


@dataclass(frozen=True, eq=False)
class Quality:
    """The measures of one round on the test set.

    Attributes:
        accuracy: share of the test set that it predicts correctly.
        numbers: `balanced_accuracy` (mean recall of the classes there are); `nll` in nats; `ece` (expected
            calibration error); `overconfidence` (mean highest probability less accuracy). With a temperature
            also `temperature`, and `nll_unscaled` and `ece_unscaled` without it.
        confusion_C_C: test points by true class (row) and predicted class (column).
        reliability: of the probabilities without a temperature.
        reliability_scaled: of those with it; None where none was fitted.
    """

    accuracy: float
    numbers: dict[str, float]
    confusion_C_C: NDArray[np.int64]
    reliability: Reliability
    reliability_scaled: Reliability | None


def quality(
    probs_N_C: NDArray,
    labels_N: NDArray[np.int64],
    unscaled_N_C: NDArray | None = None,
    temperature: float = 1.0,
) -> Quality:
    """Measure a model by its probabilities of the test set.

    Args:
        probs_N_C: as the loop uses them: at the temperature, if there is one.
        labels_N: the true classes.
        unscaled_N_C: the same without the temperature, which was fitted on labels held out from training and
            never on these; None where there is none.
        temperature: of `probs_N_C`.

    Raises:
        ValueError: if there is no test point, or a label is not a class.
    """
    if probs_N_C.ndim != 2 or 0 in probs_N_C.shape or labels_N.shape != (len(probs_N_C),):
        raise ValueError(
            f"a test set needs one label a row of probabilities, got {probs_N_C.shape} and {labels_N.shape}"
        )
    if labels_N.min() < 0 or labels_N.max() >= probs_N_C.shape[1]:
        raise ValueError(
            f"labels_N must be classes from 0 to {probs_N_C.shape[1] - 1}, got {labels_N.min()} to {labels_N.max()}"
        )
    confusion = confusion_matrix(probs_N_C, labels_N)
    scaled = reliability(probs_N_C, labels_N)
    numbers = {
        "balanced_accuracy": balanced_accuracy(confusion),
        "nll": negative_log_likelihood(probs_N_C, labels_N),
        "ece": expected_calibration_error(scaled),
        "overconfidence": float(scaled.gaps_B.sum()),
    }
    accuracy = float(np.mean(probs_N_C.argmax(axis=1) == labels_N))
    if unscaled_N_C is None:
        return Quality(accuracy, numbers, confusion, scaled, None)
    before = reliability(unscaled_N_C, labels_N)
    numbers |= {
        "temperature": temperature,
        "nll_unscaled": negative_log_likelihood(unscaled_N_C, labels_N),
        "ece_unscaled": expected_calibration_error(before),
    }
    return Quality(accuracy, numbers, confusion, before, scaled)


def confusion_matrix(probs_N_C: ArrayLike, labels_N: NDArray[np.int64]) -> NDArray[np.int64]:
    """confusion_C_C: points by true class (row) and most probable class (column)."""
    probs = np.asarray(probs_N_C)
    classes = probs.shape[1]
    flat = np.bincount(labels_N * classes + probs.argmax(axis=1), minlength=classes * classes)
    return flat.reshape(classes, classes).astype(np.int64)


def balanced_accuracy(confusion_C_C: NDArray[np.int64]) -> float:
    """Mean recall over the classes that occur.

    Source: Brodersen, Ong, Stephan & Buhmann (2010).
    """
    of_class_C = confusion_C_C.sum(axis=1)
    there_C = of_class_C > 0
    return float(np.mean(confusion_C_C.diagonal()[there_C] / of_class_C[there_C]))


def negative_log_likelihood(probs_N_C: ArrayLike, labels_N: NDArray[np.int64]) -> float:
    """Mean of -ln p(label) in nats; a probability below `LEAST` counts as `LEAST`."""
    own_N = np.asarray(probs_N_C, dtype=np.float64)[np.arange(len(labels_N)), labels_N]
    return float(-np.log(np.maximum(own_N, LEAST)).mean())


def reliability(probs_N_C: ArrayLike, labels_N: NDArray[np.int64], bins: int = BINS) -> Reliability:
    """Accuracy by confidence.

    Source: Guo, Pleiss, Sun & Weinberger (2017).
    """
    probs = np.asarray(probs_N_C, dtype=np.float64)
    sure_N = probs.max(axis=1)
    right_N = probs.argmax(axis=1) == labels_N
    bin_N = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], sure_N)
    count_B = np.bincount(bin_N, minlength=bins)
    with np.errstate(invalid="ignore"):
        sure_B = np.bincount(bin_N, weights=sure_N, minlength=bins) / count_B
        right_B = np.bincount(bin_N, weights=right_N, minlength=bins) / count_B
    return Reliability(count_B.astype(np.int64), sure_B, right_B)


def expected_calibration_error(found: Reliability) -> float:
    """Mean over the points of the distance of accuracy from confidence in their bin.

    Source: Naeini, Cooper & Hauskrecht (2015), with 15 bins as in Guo et al. (2017).
    """
    return float(np.abs(found.gaps_B).sum())


def evaluate_model(model: Learner, x_test: Array, y_test: NDArray[np.int64]) -> Quality:
    """Measure a fitted model on placed test points; a calibrated model with and without its temperature."""
    if not isinstance(model, Calibrated):
        return quality(to_numpy(model.predict_probs(x_test)), y_test)
    unscaled = model.learner.predict_probs(x_test)
    return quality(to_numpy(model.scaled(unscaled)), y_test, to_numpy(unscaled), model.temperature)


def draw_pool_map(session: Session, asked: NDArray[np.int64], size: int, previous: PoolMap | None) -> PoolMap:
    """A map of so many points of a session's pool under its present model, laid out like the map before.

    Args:
        session: has been fitted.
        asked: all points queried so far, in their order.
        size: how many points.
        previous: the map of the round before, if there is one.
    """
    # The stream of the run: the points besides the queried ones are the same in every round.
    rng = rng_for(session.seed, "map")
    points = map_points(np.flatnonzero(session.askable_N), asked, size, rng=rng)
    return pool_map(points, *_features_and_probs(session.learner, rows_of(session.x, points)), previous)


def _features_and_probs(model: Learner, x_P: Array) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(model, Calibrated):
        features_P_D, unscaled_P_C = _features_and_probs(model.learner, x_P)
        return features_P_D, model.scaled(unscaled_P_C)
    # A network computes both in one pass.
    both = getattr(model, "features_and_probs", None)
    features_P_D, probs_P_C = both(x_P) if both else (model.features(x_P), model.predict_probs(x_P))
    return to_numpy(features_P_D), to_numpy(probs_P_C)
