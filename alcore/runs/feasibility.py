"""Feasibility of a config with the available data: size of the pool, and the same experiment on the bundled digits."""

from alcore.datasets.catalogue import DATASETS
from alcore.datasets.image_corruptions import long_tail
from alcore.learners.registry import LEARNERS
from alcore.runs.config import RunConfig

# The digits have a pool of some 1,400 instead of 60,000 images: a tenth of the labels leaves a choice.
_SMALLER = 10


def pool_size(config: RunConfig) -> int | None:
    """Number of images in a run's pool; None if unknown."""
    left = _left(config)
    return None if left is None else min(left, config.pool_size or left) * config.repeats


def why_infeasible(config: RunConfig) -> str | None:
    """Why a run would fail, in a sentence with the next step; None if it is feasible."""
    if config.learner == "graph" and config.strategy == "egl":
        return (
            "Expected gradient length needs a learner that is trained by gradients, and the graph learner is "
            "not: choose another strategy, or another learner."
        )
    left, pool, images = _left(config), pool_size(config), DATASETS[config.dataset].images
    if left is None or pool is None or images is None:
        return None
    title = DATASETS[config.dataset].title
    rare = config.imbalance != 1
    if config.pool_size is not None and config.pool_size > left:
        thinned = f"With a class imbalance of {config.imbalance:g}, " if rare else ""
        even = ", or reduce the imbalance" if rare else ""
        return f"{thinned}{title} has {left:,} images to choose from: take a part of at most that{even}."
    if config.seed_labels + config.calibration > pool:
        part = "the part of the pool" if config.pool_size else f"what is left of {title}" if rare else title
        return (
            f"The first {config.seed_labels + config.calibration:,} labels are more than {part} holds "
            f"({pool:,} images): take fewer first labels."
        )
    # Upper bound of the number of principal components.
    if config.components is not None and config.components > images.pixels:
        return f"An image of {title} has {images.pixels} pixels: take at most so many components."
    return None


def on_digits(config: RunConfig) -> RunConfig:
    """The same experiment on the bundled digits, scaled down.

    A tenth of the labels and ten times the epochs, so that a round has about as many training steps; at most as many
    rounds as the pool has labels for.
    """
    pool, digits = _left(config.model_copy(update={"dataset": "digits"})) or 0, DATASETS["digits"].image_sizes
    too_small = (LEARNERS[config.learner].image_side or 0) > min(digits.height, digits.width)
    seed_labels = min(max(10, config.seed_labels // _SMALLER), pool // 2)
    labels_per_round = min(max(1, config.labels_per_round // _SMALLER), pool - seed_labels)
    return config.model_copy(
        update={
            "dataset": "digits",
            # Digits are too small for the dropout network; without dropout, each sample is a training of its own.
            "learner": "cnn" if too_small else config.learner,
            "samples": None if too_small else config.samples,
            "seed_labels": seed_labels,
            "labels_per_round": labels_per_round,
            "rounds": min(config.rounds, (pool - seed_labels) // labels_per_round),
            "epochs": min(config.epochs * _SMALLER, 1000),
            "pool_size": None,
            "calibration": min(config.calibration // _SMALLER, pool // 4),
            "components": min(config.components, digits.pixels) if config.components else None,
        }
    )


def _left(config: RunConfig) -> int | None:
    """Images of the data set after class imbalance is applied, before `pool_size`."""
    spec = DATASETS[config.dataset]
    if spec.images is None:
        return None
    if config.imbalance == 1:
        return spec.images.pool
    # The commonest class keeps as many images as the rarest has, all others fewer.
    return int(long_tail(spec.images.rarest, spec.classes, config.imbalance).sum())
