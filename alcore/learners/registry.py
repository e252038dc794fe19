"""Learners by name."""

from collections.abc import Callable
from typing import Any

from alcore.extras import require
from alcore.learners.base import Learner, no_tick
from alcore.learners.options import Training, hidden_widths

LEARNERS: dict[str, str] = {
    "logistic": "Logistic regression: a straight boundary, trained to convergence in milliseconds.",
    "mlp": "A small network with one hidden layer of 128: images as 784 numbers.",
    "cnn": "A convolutional network: two 3x3 layers of 32 and 64, max-pooling, and a dense layer of 128.",
    "dropout_cnn": "The convolutional network of the BatchBALD paper, with dropout: many models in one.",
    "graph": "Label spreading over the nearest neighbours of all points: learns from more than the labels.",
}
# Trained by gradient steps on a device: the others know no epochs.
NETWORKS = ("mlp", "cnn", "dropout_cnn")


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
    check_options(name, options)
    if name == "logistic":
        from alcore.learners.sklearn_learner import ClassifierLearner, logistic_regression

        return ClassifierLearner(logistic_regression(), classes, components=options.components, tick=tick)
    if name == "graph":
        from alcore.learners.graph.learner import GraphLearner

        return GraphLearner(classes, tick=tick)
    from alcore.learners.torch.architectures import builder
    from alcore.learners.torch.learner import NetworkLearner

    return NetworkLearner(
        builder(name, hidden_widths(options.widths)),
        classes=classes,
        seed=seed,
        training=options,
        device=device,
        tick=tick,
    )


def check_installed(*names: str) -> None:
    """Raises MissingExtraError, a sentence, where one of these learners needs a package that is not there."""
    if set(names) & set(NETWORKS):
        require("torch")


def check_options(name: str, options: Training) -> None:
    """Raises ValueError, a sentence, where a learner has no use for an option that was chosen."""
    if options.widths and name != "mlp":
        raise ValueError(f"widths are those of the learner mlp; {name} has its own")
    if options.components is not None and name != "logistic":
        raise ValueError(f"components are for the learner logistic; {name} takes the points themselves")
    if options.committee == "ensemble" and name not in NETWORKS:
        raise ValueError(f"an ensemble differs in first weights, and {name} has none: choose the committee bootstrap")
    if options.augment and name not in NETWORKS:
        raise ValueError(f"augmentation is done in gradient steps, and {name} takes none")
