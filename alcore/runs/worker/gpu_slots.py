"""Worker slots: one per GPU, or one on a machine without; the holder of a slot's lock uses its GPU."""

import os
from collections.abc import Mapping
from pathlib import Path

from alcore.learners.registry import LEARNERS
from alcore.runs.config import RunConfig

# Lock of the first slot, and prefix of all others.
WORKER = "worker"
_VISIBLE = "CUDA_VISIBLE_DEVICES"
_GPUS = Path("/proc/driver/nvidia/gpus")


def stacks(config: RunConfig) -> bool:
    """Whether runs with this config can share a slot: networks without dropout, trained as one model."""
    spec = LEARNERS[config.learner]
    return spec.network and not spec.dropout and not config.converge


def slots(environment: Mapping[str, str] = os.environ, gpus: Path = _GPUS) -> dict[str, dict[str, str]]:
    """The slots of this machine by lock name, with the additional environment of their workers.

    Args:
        environment: its `CUDA_VISIBLE_DEVICES`, if set, selects the GPUs.
        gpus: the driver's folder of GPUs (Linux); on other systems, and without GPUs, there is a single slot.
    """
    if _VISIBLE in environment:
        found = [name.strip() for name in environment[_VISIBLE].split(",") if name.strip()]
    else:
        found = [str(number) for number in range(len(list(gpus.iterdir())) if gpus.is_dir() else 0)]
    if len(found) <= 1:
        return {WORKER: {}}
    return {WORKER if not number else f"{WORKER}-{number}": {_VISIBLE: name} for number, name in enumerate(found)}
