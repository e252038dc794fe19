"""Run a process and measure it: its time, its processor time, and the memory of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Spent:
    """What a process took.

    Attributes:
        seconds: from its start to its end, imports included.
        processor_seconds: of all its threads.
        megabytes: the largest resident memory (`ru_maxrss`).
        answer: all that it printed.
        ended: whether it ended well.
        killed: whether it took too long.
    """

    seconds: float
    processor_seconds: float
    megabytes: float
    answer: str
    ended: bool
    killed: bool


def measured(command: Sequence[str], *, seconds: float = 3600) -> Spent:
    """Run a process and measure it; one that takes longer is killed.

    The system counts as a process's memory also what its parent held when it started it. So the parent is a small one:
    this file, run as a program.
    """
    words = [sys.executable, __file__, str(seconds), *command]
    # As where it is installed, its modules are compiled once.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    told = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True, env=env).stdout
    return Spent(**json.loads(told))


def _measure(command: Sequence[str], seconds: float) -> Spent:
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        killed = False
        while True:
            # wait4 and no wait: only it tells the memory of this one child.
            pid, status, usage = os.wait4(running.pid, os.WNOHANG)
            if pid:
                break
            if time.perf_counter() - begun > seconds and not killed:
                running.kill()
                killed = True
            time.sleep(0.01)
        spent = time.perf_counter() - begun
        assert running.stdout is not None
        answer = running.stdout.read().strip()
        running.returncode = os.waitstatus_to_exitcode(status)
    processor = usage.ru_utime + usage.ru_stime
    return Spent(spent, processor, usage.ru_maxrss / 1024, answer, running.returncode == 0, killed)


if __name__ == "__main__":
    print(json.dumps(asdict(_measure(sys.argv[2:], float(sys.argv[1])))))
