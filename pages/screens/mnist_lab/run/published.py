"""Which named experiment a run is, so that what others reported for it can be drawn beside it."""

from alcore.runs.config import CHOOSING, RunConfig
from alcore.runs.presets import PRESETS, Preset

# How a run may differ from a preset and still be that experiment.
_FREE = (*CHOOSING, "seed", "device", "rounds")


def preset_of(config: RunConfig) -> Preset | None:
    """The experiment that a run carries out, with any strategy, seed, device and number of rounds."""
    return next((one for one in PRESETS.values() if _essence(one.config) == _essence(config)), None)


def _essence(config: RunConfig) -> RunConfig:
    return config.model_copy(update={name: RunConfig.model_fields[name].default for name in _FREE})
