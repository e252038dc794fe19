"""The most memory that each stage of a round takes."""

from collections.abc import Callable
from pathlib import Path

from alcore.extras import optional_imports

MIB = 2**20
_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")


def peak_memory_of(device: str) -> Callable[[], float | None]:
    """Watch the memory from now on.

    Args:
        device: "cuda" for what torch holds on the GPU; else what the whole process holds in main memory.

    Returns:
        a function that gives the peak in MiB since the last call (at first: since now), None where the system
        does not tell: outside Linux, or where it lets nobody restart the count. Restarting it is felt by
        everybody who asks for the peak of this process.
    """
    restart, peak = (_restart_cuda, _cuda_mib) if device == "cuda" else (_restart_resident, _resident_mib)
    restarted = restart()

    def lap() -> float | None:
        nonlocal restarted
        found = peak() if restarted else None
        restarted = restart()
        return found

    return lap


def _restart_resident() -> bool:
    try:
        _RESET.write_text("5")
    except OSError:
        return False
    return True


def _resident_mib() -> float | None:
    for line in _STATUS.read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / MIB
    return None


def _restart_cuda() -> bool:
    with optional_imports():
        import torch

    torch.cuda.reset_peak_memory_stats()
    return True


def _cuda_mib() -> float:
    with optional_imports():
        import torch

    return torch.cuda.max_memory_allocated() / MIB
