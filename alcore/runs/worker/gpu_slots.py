"""Worker slots: one a GPU, one on a machine without; whoever holds the lock of a slot has its GPU."""

import os
from collections.abc import Mapping
from pathlib import Path

from alcore.learners.registry import LEARNERS
from alcore.runs.config import RunConfig

# The lock of the first slot, and the beginning of those of the others.
WORKER = "worker"
_VISIBLE = "CUDA_VISIBLE_DEVICES"
_GPUS = Path("/proc/driver/nvidia/gpus")


def stacks(config: RunConfig) -> bool:
    """Whether runs like this one can share a slot: many networks without dropout, trained as one."""
    spec = LEARNERS[config.learner]
    return spec.network and not spec.dropout and not config.converge


def slots(environment: Mapping[str, str] = os.environ, gpus: Path = _GPUS) -> dict[str, dict[str, str]]:
    """The slots of this machine by the names of their locks, with what their workers' environment adds.

    Args:
        environment: `CUDA_VISIBLE_DEVICES` in it says which GPUs there are to use, if it is there.
        gpus: the driver's folder of GPUs (Linux); elsewhere, and without GPUs, there is one slot.
    """
    if _VISIBLE in environment:
        found = [name.strip() for name in environment[_VISIBLE].split(",") if name.strip()]
    else:
        found = [str(number) for number in range(len(list(gpus.iterdir())) if gpus.is_dir() else 0)]
    if len(found) <= 1:
        return {WORKER: {}}
    return {WORKER if not number else f"{WORKER}-{number}": {_VISIBLE: name} for number, name in enumerate(found)}
