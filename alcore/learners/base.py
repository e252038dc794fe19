"""The interface of a learner: a model that is fitted again each round and scores the pool."""

from typing import Any, Protocol

import numpy as np

# A NumPy array for scikit-learn, a torch tensor on the network's device.
Array = Any

COMMITTEE = 5
DROPOUT_SAMPLES = 20


class EstimatorError(ValueError):
    """An estimator of the user's cannot be fitted, or cannot predict; the message gives its own reason."""


class TooFewLabelsError(EstimatorError):
    """An estimator cannot be fitted yet: on copies of the same labels it can."""


def no_tick() -> None:
    """Called at every step of a computation that nothing watches."""


def without_tick(learner: object) -> dict[str, Any]:
    """What to pickle of a learner: all but its tick, which belongs to the process that watches it."""
    return {**vars(learner), "tick": no_tick}


class Learner(Protocol):
    """A model that is fitted again each round and scores the pool.

    One whose next fit goes on from its last has, beside what is below, `goes_on`, which is true, and
    `forget()`, which leaves it as it was before its first fit. One of which it depends on the points what it can
    give has `lacks`, a dict from what it cannot give to the reason: see `loops.learner_view.check_compatible`.
    Learners of this package can be pickled.
    """

    @property
    def record(self) -> dict[str, str]:
        """How and where it computes, for the run's record."""
        ...

    @property
    def title(self) -> str:
        """What a person would call it."""
        ...

    @property
    def capabilities(self) -> frozenset[str]:
        """What it can give beside probabilities and features: `gradient_lengths_N`, or nothing."""
        ...

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
        """features_N_D of placed points: where the learner measures distances."""
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
        """Activations entering each layer, and weights of all but the first, of a chain of dense layers."""
        ...

    def gradient_lengths(self, x_N: Array) -> Array:
        """The expected gradient length of placed points over all parameters, for what is no such chain."""
        ...
