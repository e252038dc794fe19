"""The environment of a result (versions, device, threads), and reproducing its number of threads."""

import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import threadpoolctl

import alcore

_DRIVER = Path("/proc/driver/nvidia/version")
# The number of threads sets the order of summation, and so the last bits of a sum.
_POOLS = {"threads": "openmp", "BLAS threads": "blas"}
# Recorded items that can change a number; all others are informative.
_TELLING = (
    *("alcore", "python", "numpy", "torch", "scikit-learn", "platform", "processor"),
    *("device", "device name", "driver", "CUDA", "scoring", *_POOLS),
)


def environment(device: str = "cpu") -> dict[str, str]:
    """Versions, machine, threads, and the driver of a GPU.

    Args:
        device: type of the compute device.
    """
    found = {
        "alcore": alcore.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "platform": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "processor cores": str(os.cpu_count()),
    }
    found |= {name: str(count) for name, count in _threads().items()}
    torch = sys.modules.get("torch")
    if device == "cuda" and torch is not None:
        found |= {"driver": _driver(), "CUDA": str(torch.version.cuda)}
    return found


def differences(stored: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Differences of items that can change a number, each as "numpy 2.0 then, 2.1 now"."""
    return [
        f"{name} {stored.get(name, 'not noted')} then, {now.get(name, 'not noted')} now"
        for name in _TELLING
        if stored.get(name) != now.get(name)
    ]


@contextmanager
def threads_of(record: Mapping[str, str]) -> Iterator[None]:
    """Within the block, use the recorded number of threads, if any."""
    limits = {api: int(record[name]) for name, api in _POOLS.items() if record.get(name, "").isdigit()}
    torch = sys.modules.get("torch")
    before = torch.get_num_threads() if torch is not None else 0
    with threadpoolctl.threadpool_limits(limits):
        if torch is not None and "openmp" in limits:
            torch.set_num_threads(limits["openmp"])
        try:
            yield
        finally:
            if torch is not None:
                torch.set_num_threads(before)


def _threads() -> dict[str, int]:
    pools = threadpoolctl.threadpool_info()
    found = {
        name: max((pool["num_threads"] for pool in pools if pool["user_api"] == api), default=1)
        for name, api in _POOLS.items()
    }
    torch = sys.modules.get("torch")
    return found | ({} if torch is None else {"threads": torch.get_num_threads()})


def _driver() -> str:
    try:
        _, _, said = _DRIVER.read_text().partition("Kernel Module")
    except OSError:
        said = ""
    found = re.search(r"\d[\d.]*", said)
    return found.group() if found else "unknown"
