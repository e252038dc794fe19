"""The parts of an experiment from its config: data, learner, strategy, start and stopping rules."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from alcore.datasets.catalogue import load_dataset
from alcore.datasets.dataset import Dataset
from alcore.datasets.image_corruptions import corrupt
from alcore.learners.base import Learner, no_tick
from alcore.learners.registry import make_learner
from alcore.loops.stopping import StopRules
from alcore.rng import rng_for
from alcore.runs.config import RunConfig
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.strategy import Strategy
from alcore.strategies.wrappers import with_density, with_random_picks

# Key of the stopping rule in a run's record.
STOPPED = "stopped early"


def load_data(config: RunConfig, home: Path) -> Dataset:
    """The data set of a run, corrupted as configured; a run's indices are those of its pool.

    Args:
        config: the run's config.
        home: folder of downloads; nothing is downloaded.

    Raises:
        DatasetError: if the data set is not available; the sentence gives the reason.
        ValueError: if `pool_size` exceeds the pool.
    """
    return harden(load_dataset(config.dataset, seed=config.seed, home=home, download=False), config)


def harden(dataset: Dataset, config: RunConfig) -> Dataset:
    """A loaded data set, corrupted as configured: the same for all strategies with the same seed; see `load_data`."""
    rng = rng_for(config.seed, "hardening")
    return corrupt(dataset, **config.hardening, pool_size=config.pool_size, rng=rng)


def learner_of(config: RunConfig, dataset: Dataset, tick: Callable[[], None] = no_tick) -> Learner:
    """The learner of a config, unfitted; for `tick` and errors see `make_learner`."""
    return make_learner(
        config.learner,
        classes=dataset.classes,
        seed=config.seed,
        device=config.device,
        tick=tick,
        **config.training,
    )


def strategy_of(config: RunConfig) -> Strategy:
    """The strategy of a config, with its remedies: one object for equal settings."""
    return _with_remedies(STRATEGIES[config.strategy], config.density, config.epsilon)


def start_options(config: RunConfig) -> dict[str, Any]:
    """The arguments of `start_session` that set the start and the committee of a run."""
    return {
        "seed": config.seed,
        "seed_set": config.seed_set,
        "seed_labels": config.seed_labels,
        # `harden` has applied it already, before repeating images.
        "pool_size": None if config.hardening else config.pool_size,
        "samples": config.samples,
        "candidates": config.candidates,
        "calibration": config.calibration,
    }


def stop_rules_of(config: RunConfig) -> StopRules | None:
    """The stopping rules of a run; None if there are none."""
    rules = StopRules(config.stop_accuracy, config.stop_plateau, config.stop_agreement)
    return rules if rules.any else None


# Cached: what a strategy needs is found by a trial, once for each object.
@lru_cache(maxsize=16)
def _with_remedies(strategy: Strategy, density: float, epsilon: float) -> Strategy:
    return with_random_picks(with_density(strategy, density), epsilon)
