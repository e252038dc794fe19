"""Whether runs go to a GPU here."""

import shutil
from functools import cache
from pathlib import Path

from alcore.runs.config import RunConfig
from alcore.runs.worker.gpu_slots import stacks

# Where the driver says that it is there, on Linux.
_DRIVER = Path("/proc/driver/nvidia/version")
# Seeds that a race is run with: trained as one on a GPU; on a CPU a single race takes its time already.
_SEEDS_ON_GPU, _SEEDS_ON_CPU = 5, 1


@cache
def has_gpu() -> bool:
    """Whether the device "auto" is a CUDA GPU; torch, slow to load, is asked only where there may be one."""
    if not _DRIVER.exists() and shutil.which("nvidia-smi") is None:
        return False
    from alcore.device import resolve_device
    from alcore.extras import MissingExtraError

    try:
        return resolve_device("auto").type == "cuda"
    except MissingExtraError:
        return False


def at_once(config: RunConfig) -> bool:
    """Whether runs like this one are carried out side by side, their networks trained as one."""
    return config.device != "cpu" and stacks(config) and has_gpu()


def usual_seeds() -> int:
    """How many paired seeds a race has unless one says otherwise."""
    return _SEEDS_ON_GPU if has_gpu() else _SEEDS_ON_CPU
