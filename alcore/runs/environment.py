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
_RELEVANT = (
    *("alcore", "python", "numpy", "torch", "scikit-learn", "platform", "processor"),
    *("device", "device name", "driver", "CUDA", "scoring", *_POOLS),
)


def environment(learner_record: Mapping[str, str]) -> dict[str, str]:
    """Versions, machine, threads, and the driver of a GPU, with the record of a learner."""
    found = {
        "alcore": alcore.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "platform": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "processor cores": str(os.cpu_count()),
    }
    pools, torch = threadpoolctl.threadpool_info(), sys.modules.get("torch")
    for name, api in _POOLS.items():
        counts = [pool["num_threads"] for pool in pools if pool["user_api"] == api]
        found[name] = str(max(counts, default=1))
    if torch is not None:
        found["threads"] = str(torch.get_num_threads())
        if learner_record.get("device") == "cuda":
            found |= {"driver": _driver(), "CUDA": str(torch.version.cuda)}
    return found | dict(learner_record)


def differences(stored: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Differences of items that can change a number, each as "numpy 2.0 then, 2.1 now"."""
    return [
        f"{name} {stored.get(name, 'not noted')} then, {now.get(name, 'not noted')} now"
        for name in _RELEVANT
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


def _driver() -> str:
    try:
        _, _, module = _DRIVER.read_text().partition("Kernel Module")
    except OSError:
        module = ""
    found = re.search(r"\s(\d+\.[\d.]+)", module)
    return found[1] if found else "unknown"
