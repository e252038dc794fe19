"""Measuring two ways in turn, on a machine that does nothing else, and writing down what was measured on what."""

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

RESULTS = Path(__file__).parent / "results"
Result = dict[str, Any]
THREADS = (1, 2)
# A benchmark starts below this load average, and waits so many seconds for it at most.
FREE, PATIENCE = 1.5, 900
# Cores that other processes may use during a measurement, as a mean; else it is repeated, so many times.
OTHERS, ATTEMPTS = 0.25, 5


def compare(
    work: str, published: Callable[[], object], ours: Callable[[], object], *, runs: int = 3, times: int = 1
) -> Result:
    """Medians of both ways, measured in turn, with one thread on both sides and then with two.

    Args:
        work: what is done, with its sizes.
        published: the plain way, or a part of it.
        ours: the library's way.
        runs: measurements of each, 3 or more.
        times: parts of the plain way that make the whole.

    Returns:
        one row of a results file: seconds of waiting and of processor time with one thread, and the same with two
        threads under `two_threads`.

    Raises:
        SystemExit: other processes disturbed every attempt.
    """
    one, two = (_undisturbed(published, ours, runs, times, threads) for threads in THREADS)
    for threads, row in zip(THREADS, (one, two), strict=True):
        print(f"{work}, {threads} thread{'s' * (threads > 1)}: {described(row)}", flush=True)
    return {"work": work, **one, "two_threads": two, "hardware": hardware()}


def _undisturbed(
    published: Callable[[], object], ours: Callable[[], object], runs: int, times: int, threads: int
) -> Result:
    for _ in range(ATTEMPTS):
        started, busy = time.perf_counter(), busy_by_others()
        with threadpool_limits(threads):
            _limit_torch(threads)
            spent = [(clock(published), clock(ours)) for _ in range(runs)]
        others = (busy_by_others() - busy) / (time.perf_counter() - started)
        if others <= OTHERS:
            return {**ratios(spent, times), "cores_used_by_others": round(max(others, 0), 2)}
        print(f"measured again: other processes used {others:.2f} cores", flush=True)
    raise SystemExit(f"Not measured: other processes used more than {OTHERS} cores {ATTEMPTS} times.")


def ratios(spent: Sequence[tuple[tuple[float, float], tuple[float, float]]], times: int = 1) -> Result:
    """Medians and their ratios.

    Args:
        spent: for every measurement (published, ours), each as seconds of (waiting, processor time).
        times: what the published seconds are multiplied by.
    """
    plain, fast = zip(*spent, strict=True)
    (wall, busy), (our_wall, our_busy) = (
        [statistics.median(part) for part in zip(*way, strict=True)] for way in (plain, fast)
    )
    return {
        "published_seconds": round(wall * times, 4),
        "seconds": round(our_wall, 4),
        "ratio": round(wall * times / our_wall, 1),
        "published_processor_seconds": round(busy * times, 4),
        "processor_seconds": round(our_busy, 4),
        "processor_ratio": round(busy * times / our_busy, 1),
    }


def described(row: Result) -> str:
    """A row of `ratios` as one line."""
    return (
        f"{row['published_seconds']:.3f} s the published way, {row['seconds']:.4f} s here: {row['ratio']:.1f} x; "
        f"of processors {row['published_processor_seconds']:.3f} s and {row['processor_seconds']:.4f} s: "
        f"{row['processor_ratio']:.1f} x"
    )


def clock(way: Callable[[], object]) -> tuple[float, float]:
    """Seconds of waiting, and of processor time of all threads of this process."""
    started, busy = time.perf_counter(), time.process_time()
    way()
    return time.perf_counter() - started, time.process_time() - busy


def _limit_torch(threads: int) -> None:
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)


def busy_by_others() -> float:
    """Processor seconds since the machine's start that this process and its ended children did not use.

    Time that a virtual machine was not given counts as used by others. 0 where the system does not tell.
    """
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0
    user, nice, system, _idle, _waiting, irq, softirq, steal = map(int, stat.read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK") - sum(os.times()[:4])


def wait_until_free() -> None:
    """Wait until the load average of the last minute is below `FREE`.

    Raises:
        SystemExit: it was not for `PATIENCE` seconds.
    """
    until = time.monotonic() + PATIENCE
    while os.getloadavg()[0] >= FREE:
        if time.monotonic() > until:
            raise SystemExit(f"Not measured: the load average stayed above {FREE} for {PATIENCE} seconds.")
        time.sleep(2)


def hardware() -> str:
    """The processor's name, how many cores this process may use, and whether it multiplies matrices in hardware."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    amx = ", AMX" if any(line.startswith("flags") and " amx_tile" in line for line in lines) else ""
    return f"{names[0] if names else platform.processor() or platform.machine()}, {cores} cores{amx}"


def write(name: str, results: Sequence[Result]) -> None:
    """Replace a results file."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(list(results), indent=2) + "\n")
