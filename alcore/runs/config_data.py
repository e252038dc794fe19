"""The data of a run, and when it ends early, as its config says."""

from pathlib import Path
from typing import Any

from alcore.datasets.catalogue import load_dataset
from alcore.datasets.dataset import Dataset
from alcore.datasets.image_corruptions import corrupt
from alcore.loops.stopping import StopRules
from alcore.rng import rng_for
from alcore.runs.config import HARDENING, RunConfig

# Where a run's record says which rule ended it.
STOPPED = "stopped early"


def load_data(config: RunConfig, home: Path) -> Dataset:
    """The data set of a run, hardened if the config says so; a run's indices are those of its pool.

    Args:
        config: of the run.
        home: where downloads are kept; nothing is downloaded.

    Raises:
        DatasetError: the data set is not there; the sentence gives the reason.
        ValueError: `pool_size` is more than the pool still has.
    """
    return harden(load_dataset(config.dataset, seed=config.seed, home=home, download=False), config)


def harden(dataset: Dataset, config: RunConfig) -> Dataset:
    """A loaded data set as the config wants it: the same for every strategy of one seed; see `load_data`."""
    options: dict[str, Any] = {name: getattr(config, name) for name in HARDENING}
    return corrupt(dataset, **options, pool_size=config.pool_size, rng=rng_for(config.seed, "hardening"))


def pool_size_of(config: RunConfig) -> int | None:
    """What is left of `pool_size` for the loop: none where the part was taken before images were repeated."""
    is_hard = any(getattr(config, name) != RunConfig.model_fields[name].default for name in HARDENING)
    return None if is_hard else config.pool_size


def stop_rules_of(config: RunConfig) -> StopRules | None:
    """The rules that may end a run before its last round; None where there are none."""
    rules = StopRules(config.stop_accuracy, config.stop_plateau, config.stop_agreement)
    return rules if rules.any else None
