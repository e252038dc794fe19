"""The peak memory of each stage of a round."""

from collections.abc import Callable
from pathlib import Path

from alcore.extras import optional_imports

MIB = 2**20
_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")


def peak_memory_of(device: str) -> Callable[[], float | None]:
    """Measure the peak memory from now on.

    Args:
        device: "cuda" for torch's memory on the GPU; else the main memory of the whole process.

    Returns:
        a function that gives the peak in MiB since its last call (at first: since now); None outside Linux, or where
        the count cannot be restarted. A restart affects every reader of the peak of this process.
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
    lines = (line.split() for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return next((int(kib) * 1024 / MIB for _, kib, *_ in lines), None)


def _restart_cuda() -> bool:
    with optional_imports():
        import torch

    torch.cuda.reset_peak_memory_stats()
    return True


def _cuda_mib() -> float:
    with optional_imports():
        import torch

    return torch.cuda.max_memory_allocated() / MIB
