"""Measuring two ways in turn, and writing down what was measured on what."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
Result = dict[str, Any]


def compare(work: str, published: Callable[[], object], ours: Callable[[], object], *, runs: int = 3) -> Result:
    """Medians of both ways, measured in turn so that a busy moment hits both.

    Args:
        work: what is done, with its sizes.
        published: the plain way.
        ours: the library's way.
        runs: measurements of each, 3 or more.

    Returns:
        one row of a results file.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for way, spent in zip((published, ours), times, strict=True):
            started = time.perf_counter()
            way()
            spent.append(time.perf_counter() - started)
    plain, fast = (statistics.median(spent) for spent in times)
    result = {
        "work": work,
        "published_seconds": round(plain, 4),
        "seconds": round(fast, 4),
        "ratio": round(plain / fast, 1),
        "hardware": hardware(),
    }
    print(f"{work}: {plain:.3f} s the published way, {fast:.4f} s here: {plain / fast:.1f} x", flush=True)
    return result


def hardware() -> str:
    """The processor's name and how many cores this process may use."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{names[0] if names else platform.processor() or platform.machine()}, {cores} cores"


def write(name: str, results: Sequence[Result]) -> None:
    """Replace a results file."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(list(results), indent=2) + "\n")
