"""The data and stopping rules of a run, from its config."""

from pathlib import Path
from typing import Any

from alcore.datasets.catalogue import load_dataset
from alcore.datasets.dataset import Dataset
from alcore.datasets.image_corruptions import corrupt
from alcore.loops.stopping import StopRules
from alcore.rng import rng_for
from alcore.runs.config import HARDENING, RunConfig

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
    options: dict[str, Any] = {name: getattr(config, name) for name in HARDENING}
    return corrupt(dataset, **options, pool_size=config.pool_size, rng=rng_for(config.seed, "hardening"))


def pool_size_of(config: RunConfig) -> int | None:
    """`pool_size` for the loop; None if `harden` has already applied it, before repeating images."""
    is_hard = any(getattr(config, name) != RunConfig.model_fields[name].default for name in HARDENING)
    return None if is_hard else config.pool_size


def stop_rules_of(config: RunConfig) -> StopRules | None:
    """The stopping rules of a run; None if there are none."""
    rules = StopRules(config.stop_accuracy, config.stop_plateau, config.stop_agreement)
    return rules if rules.any else None
