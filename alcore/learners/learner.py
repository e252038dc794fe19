"""What a loop asks of whatever it trains, and the learners by name."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from alcore.extras import require
from alcore.learners.options import Training, hidden_widths

# A NumPy array for scikit-learn, a torch tensor on the network's device.
Array = Any

LEARNERS: dict[str, str] = {
    "logistic": "Logistic regression: a straight boundary, trained to convergence in milliseconds.",
    "mlp": "A small network with one hidden layer of 128: images as 784 numbers.",
    "cnn": "A convolutional network: two 3x3 layers of 32 and 64, max-pooling, and a dense layer of 128.",
    "dropout_cnn": "The convolutional network of the BatchBALD paper, with dropout: many models in one.",
    "graph": "Label spreading over the nearest neighbours of all points: learns from more than the labels.",
}
# Trained by gradient steps on a device: the others know no epochs.
NETWORKS = ("mlp", "cnn", "dropout_cnn")

COMMITTEE = 5
DROPOUT_SAMPLES = 20


def no_tick() -> None:
    """Called at every step of a computation that nothing watches."""


def without_tick(learner: object) -> dict[str, Any]:
    """What to pickle of a learner: all but its tick, which belongs to the process that watches it."""
    return {**vars(learner), "tick": no_tick}


class Learner(Protocol):
    """A model that is fitted again each round and scores the pool.

    One whose next fit goes on from its last has, beside what is below, `goes_on`, which is true, and
    `forget()`, which leaves it as it was before its first fit. Learners of this package can be pickled.
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
    def provides(self) -> frozenset[str]:
        """What it can give beside probabilities and features: `gradient_lengths_N`, or nothing."""
        ...

    def place(self, x: Any) -> Array:
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


def make_learner(
    name: str,
    *,
    classes: int,
    seed: int,
    device: str = "auto",
    tick: Callable[[], None] = no_tick,
    **training: Any,
) -> Learner:
    """A learner by its name in `LEARNERS`. Loads torch or scikit-learn only when the name needs it.

    Args:
        name: a key of `LEARNERS`.
        classes: how many classes there are, seen or not.
        seed: decides the first weights; the strategy does not.
        device: `auto`, `cpu` or `cuda` (networks; the others are always on the CPU).
        tick: called at least once a minibatch and scored chunk; an exception from it stops the work.
        training: options of `Training`, such as `epochs=5` or `carry_on=False`.

    Raises:
        TypeError: if there is no such option.
        ValueError: if the name is unknown, or an option is out of range or of no use to the learner.
        DeviceError: if the device is not there.
        MissingExtraError: the learner is a network, and torch is not installed.
    """
    if name not in LEARNERS:
        raise ValueError(f"unknown learner {name!r}: choose one of {', '.join(LEARNERS)}")
    options = Training(**training)
    refuse_unless_used(name, options)
    if name == "logistic":
        from alcore.learners.classifier import ClassifierLearner, logistic_regression

        return ClassifierLearner(logistic_regression(), classes, components=options.components, tick=tick)
    if name == "graph":
        from alcore.learners.graph import GraphLearner

        return GraphLearner(classes, tick=tick)
    from alcore.learners.network import NetworkLearner
    from alcore.learners.networks import builder

    return NetworkLearner(
        builder(name, hidden_widths(options.widths)),
        classes=classes,
        seed=seed,
        training=options,
        device=device,
        tick=tick,
    )


def refuse_unless_installed(*names: str) -> None:
    """Raises MissingExtraError, a sentence, where one of these learners needs a package that is not there."""
    if set(names) & set(NETWORKS):
        require("torch")


def refuse_unless_used(name: str, options: Training) -> None:
    """Raises ValueError, a sentence, where a learner has no use for an option that was chosen."""
    if options.widths and name != "mlp":
        raise ValueError(f"widths are those of the learner mlp; {name} has its own")
    if options.components is not None and name != "logistic":
        raise ValueError(f"components are for the learner logistic; {name} takes the points themselves")
    if options.committee == "ensemble" and name not in NETWORKS:
        raise ValueError(f"an ensemble differs in first weights, and {name} has none: choose the committee bootstrap")
    if options.augment and name not in NETWORKS:
        raise ValueError(f"augmentation is done in gradient steps, and {name} takes none")
