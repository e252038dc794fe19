"""What computes: the device of a network, the processors of this process; and torchvision beside a CPU-only torch."""

from __future__ import annotations

import os
from types import ModuleType
from typing import TYPE_CHECKING

from alcore.extras import optional_imports

# Loaded where it is used: what runs without a network is not to wait for it, nor to need it.
if TYPE_CHECKING:
    import torch


class DeviceError(ValueError):
    """A device was asked for that this machine does not have."""


def processors() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def resolve_device(name: str) -> torch.device:
    """The torch device that a setting means on this machine.

    Args:
        name: `auto` (a GPU if there is one, else the CPU), `cpu` or `cuda`.

    Raises:
        DeviceError: if the name is unknown, or `cuda` is asked for where torch sees no CUDA GPU.
        MissingExtraError: torch is not installed.
    """
    if name not in ("auto", "cpu", "cuda"):
        raise DeviceError(f"Unknown device '{name}': choose auto, cpu or cuda.")
    with optional_imports():
        import torch

    if name == "cpu":
        return torch.device("cpu")
    if torch.cuda.is_available():
        return torch.device("cuda")
    if name == "cuda":
        build = f"CUDA {torch.version.cuda}" if torch.version.cuda else "the CPU only"
        raise DeviceError(
            f"The device cuda was asked for, but torch {torch.__version__} (built for {build}) sees no CUDA "
            "GPU on this machine. Choose the device auto or cpu."
        )
    return torch.device("cpu")


def device_name(device: torch.device) -> str:
    """What a person would call the device, such as `NVIDIA H200` or `CPU, 2 threads`."""
    with optional_imports():
        import torch

    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    threads = torch.get_num_threads()
    return f"CPU, {threads} {'thread' if threads == 1 else 'threads'}"


def has_fast_bfloat16() -> bool:
    """Whether this processor multiplies matrices of bfloat16 in hardware (AMX).

    AVX-512 BF16 alone does not count: on a processor that has it without AMX, scoring by the CNN took 1.6 times as long
    in bfloat16 as in float32, and its training 1.4 times.
    """
    with optional_imports():
        import torch

    # A private name in torch; an absent name means that bfloat16 is not used.
    check = getattr(torch.cpu, "_is_amx_tile_supported", None)
    return check is not None and check()


def torchvision_datasets() -> ModuleType:
    """Import `torchvision.datasets`, also beside a CPU-only torch.

    torchvision's wheels are built against CUDA torch. Beside a CPU-only torch their compiled operators do
    not load, and the import stops at "operator torchvision::nms does not exist" (pytorch/vision #9085).
    Declaring the two operators that torchvision registers shapes for lets the import go through; data sets
    do not call them.

    Raises:
        MissingExtraError: torch or torchvision is not installed.
    """
    with optional_imports():
        import torch

    if torch.version.cuda is None:
        for schema in (
            "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
            "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
        ):
            operator = schema.split("(")[0]
            if not hasattr(torch.ops.torchvision, operator):
                torch.library.define(f"torchvision::{operator}", schema[len(operator) :])
    with optional_imports():
        import torchvision.datasets

    return torchvision.datasets
