"""Fitting a config to the data there is: what a pool holds, and the same experiment on the bundled digits."""

from alcore.datasets.catalogue import DATASETS
from alcore.runs.config import RunConfig

# Images in the pool of each data set.
POOLS = {"mnist": 60_000, "fashion-mnist": 60_000, "kmnist": 60_000, "digits": 1437}
# Numbers in one of their images: as many principal components there can be at most.
PIXELS = {"mnist": 784, "fashion-mnist": 784, "kmnist": 784, "digits": 64}
# A pool of some 1,400 instead of 60,000 images: a tenth of the labels still leaves something to choose from.
_SMALLER = 10


def misfit(config: RunConfig) -> str | None:
    """Why a run would fail on its data set, in one sentence with the next step; None if it will not."""
    whole = POOLS.get(config.dataset)
    if whole is None:
        return None
    title = DATASETS[config.dataset]
    if config.pool_size is not None and config.pool_size > whole:
        return f"{title} has {whole:,} images to choose from: take a part of at most that."
    pool = (config.pool_size or whole) * config.repeats
    if config.seed_labels + config.calibration > pool:
        part = "the part of the pool" if config.pool_size else title
        return (
            f"The first {config.seed_labels + config.calibration:,} labels are more than {part} holds "
            f"({pool:,} images): take fewer first labels."
        )
    pixels = PIXELS[config.dataset]
    if config.components is not None and config.components > pixels:
        return f"An image of {title} has {pixels} pixels: take at most so many components."
    return None


def on_digits(config: RunConfig) -> RunConfig:
    """The same experiment on the bundled digits, in proportion.

    A tenth of the labels, and ten times the epochs, so that a round takes about as many training steps;
    no more rounds than the pool has labels for.
    """
    pool = POOLS["digits"]
    too_small = config.learner == "dropout_cnn"
    seed_labels = min(max(10, config.seed_labels // _SMALLER), pool // 2)
    labels_per_round = min(max(1, config.labels_per_round // _SMALLER), pool - seed_labels)
    return config.model_copy(
        update={
            "dataset": "digits",
            # Digits are too small for the network with dropout; without it each sample is a training.
            "learner": "cnn" if too_small else config.learner,
            "samples": None if too_small else config.samples,
            "seed_labels": seed_labels,
            "labels_per_round": labels_per_round,
            "rounds": min(config.rounds, (pool - seed_labels) // labels_per_round),
            "epochs": min(config.epochs * _SMALLER, 1000),
            "pool_size": None,
            "calibration": min(config.calibration // _SMALLER, pool // 4),
            "components": min(config.components, PIXELS["digits"]) if config.components else None,
        }
    )
