"""The interface of a learner: a model that is fitted again each round and scores the pool."""

from typing import Any, Protocol

import numpy as np

# A NumPy array for scikit-learn, a torch tensor on the network's device.
Array = Any

COMMITTEE = 5
DROPOUT_SAMPLES = 20


class EstimatorError(ValueError):
    """A user's estimator cannot be fitted, or cannot predict; the message gives the estimator's own reason."""


class TooFewLabelsError(EstimatorError):
    """An estimator cannot be fitted yet: on copies of the same labels it can."""


def no_tick() -> None:
    """The tick of a computation that cannot be stopped."""


def without_tick(learner: object) -> dict[str, Any]:
    """The state of a learner for pickling: without its tick, which belongs to the process that set it."""
    return {**vars(learner), "tick": no_tick}


def mean_log_loss(probs_M_C: Any, y_M: Any) -> float:
    """The mean of -ln p(label) in nats, finite: a probability of 0 counts as the least positive number."""
    own_M = probs_M_C[np.arange(len(y_M)), y_M]
    return float(-np.mean(np.log(np.maximum(own_M, np.finfo(own_M.dtype).tiny))))


class Learner(Protocol):
    """A model that is fitted again each round and scores the pool.

    A learner whose next fit starts from its last has, besides the members below, `goes_on`, which is true, and
    `forget()`, which returns it to the state before its first fit. A learner that predicts before its first fit has
    `is_prefit`, which is true. Where it depends on the points what a learner can give, it has `lacks`, a dict from each
    missing output to the reason: see `loops.get_strategy.check_compatible`. Learners of this package can be pickled.
    """

    @property
    def record(self) -> dict[str, str]:
        """How and where it computes, for the run's record."""
        ...

    @property
    def title(self) -> str:
        """Its name for people."""
        ...

    @property
    def capabilities(self) -> frozenset[str]:
        """Outputs besides probabilities and features: `gradient_lengths_N`, or none."""
        return frozenset()

    def prepare(self, x: Any) -> Array:
        """Points in the learner's own form (float features, or a tensor on its device). Done once.

        The pool is placed first, and whole: a learner may learn from points that have no label.
        """
        ...

    def fit(self, x_M: Array, y_M: Any, *, rng: np.random.Generator) -> float:
        """Train on placed points and their labels; returns the mean training loss in nats."""
        ...

    def predict_probs(self, x_N: Array) -> Array:
        """Class probabilities probs_N_C of placed points."""
        ...

    def features(self, x_N: Array) -> Array:
        """features_N_D of placed points, in which distances are measured."""
        ...

    def sample_probs(self, x_N: Array, samples: int | None, *, rng: np.random.Generator) -> Array:
        """probs_N_K_C of placed points under K plausible models of the labels last fitted.

        A network with dropout holds one mask a sample over all points (20 by default); any other learner
        trains a bootstrap committee of its kind (5 members by default).

        Raises:
            ValueError: if samples < 2.
        """
        ...

    def layers(self, x_N: Array) -> tuple[list[Array], list[Array]] | None:
        """Activations entering each layer, and weights of all but the first, of a chain of dense layers; else None."""
        return None

    def gradient_lengths(self, x_N: Array) -> Array:
        """Expected gradient lengths of placed points over all parameters, where there is no chain of dense layers."""
        raise RuntimeError(f"{self.title} has no gradients other than those of its layers")
