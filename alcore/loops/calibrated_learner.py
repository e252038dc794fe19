"""A learner whose probabilities are scaled by a temperature, fitted on labels that are not trained on."""

from typing import Any

import numpy as np
from array_api_compat import array_namespace

from alcore.learners.base import Array, Learner
from alcore.strategies.arrays import floating
from alcore.strategies.remedies import fit_temperature


class Calibrated:
    """Another learner with softmax(ln p / T) for p, which keeps the order of the classes.

    Gradient lengths of a chain of dense layers follow from these probabilities; those of other networks are
    the uncalibrated network's own.

    Attributes:
        learner: the uncalibrated learner.
        temperature: T, 1 before `calibrate`.
    """

    def __init__(self, learner: Learner) -> None:
        """Wrap a learner, with temperature 1."""
        self.learner = learner
        self.temperature = 1.0

    def __getattr__(self, name: str) -> Any:
        """All other attributes are the learner's own."""
        if name == "learner" or name.startswith("__"):  # not there yet while it is unpickled
            raise AttributeError(name)
        return getattr(self.learner, name)

    def calibrate(self, x_H: Array, y_H: np.ndarray) -> None:
        """Fit the temperature on placed points that were held out from training, and their labels."""
        self.temperature = fit_temperature(_logs(self.learner.predict_probs(x_H)), y_H)

    def predict_probs(self, x_N: Array) -> Array:
        """probs_N_C at the temperature."""
        return self.scaled(self.learner.predict_probs(x_N))

    def sample_probs(self, x_N: Array, samples: int | None, *, rng: np.random.Generator) -> Array:
        """probs_N_K_C, every model at the temperature of the learner."""
        return self.scaled(self.learner.sample_probs(x_N, samples, rng=rng))

    def scaled(self, probs: Array) -> Array:
        """The learner's own probabilities (classes last) at the temperature."""
        if self.temperature == 1.0:
            return probs
        xp = array_namespace(probs)
        logs = _logs(probs) / self.temperature
        scaled = xp.exp(logs - xp.max(logs, axis=-1, keepdims=True))
        return scaled / xp.sum(scaled, axis=-1, keepdims=True)


def _logs(probs: Array) -> Array:
    # A class of probability 0 gets the log of the least positive number: a temperature needs finite logits.
    xp = array_namespace(probs)
    probs = floating(probs)
    return xp.log(xp.clip(probs, xp.finfo(probs.dtype).smallest_normal, None))
