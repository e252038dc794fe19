"""Servers whose modules are imported already: forked from one process that has imported them and does nothing else.

`python -m tests.browser.support.forks` imports what every dashboard imports, which takes seconds of processor time.
It reads a command a line, forks a process that carries it out as `python -m COMMAND` would, and writes its id.
Screens register themselves with a server that runs, so nothing of `pages` is imported before.
"""

import json
import os
import runpy
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]
_IMPORTED = (
    "streamlit.web.cli",
    "streamlit.web.server.starlette",
    "streamlit.testing.v1",
    "plotly.graph_objects",
    "alcore.compare",
    "alcore.loops.races.race",
    "alcore.projects.project",
    "alcore.report.export.tournament",
    "alcore.report.interactive.render",
    "alcore.runs.tournament.background",
)


class Forked:
    """A process that is not this one's child; what `subprocess.Popen` offers of it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        # Names this process even after its id is another's; open as long as the tests run.
        self._handle = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """0 once it has ended, whatever its exit status was; None while it runs."""
        return 0 if self._has_ended(0) else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended; as many seconds at most, then `subprocess.TimeoutExpired`."""
        if not self._has_ended(timeout):
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0.0)
        return 0

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._send(signal.SIGKILL)

    def _has_ended(self, timeout: float | None) -> bool:
        watched = select.poll()
        watched.register(self._handle, select.POLLIN)
        return bool(watched.poll(None if timeout is None else 1000 * timeout))

    def _send(self, what: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, what)


class Forks:
    """The process that has imported the modules, as a test uses it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(self, command: list[str], env: dict[str, str], log: Path) -> Forked:
        """Fork a process that carries out `python -m COMMAND`, and appends to a file what it writes."""
        assert self._process.stdin is not None and self._process.stdout is not None
        order = {"command": command, "env": env, "log": str(log)}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Forked(int(self._process.stdout.readline()))


@contextmanager
def forking() -> Iterator[Forks]:
    """Start the process that imports, and end it afterwards."""
    command = [sys.executable, "-m", "tests.browser.support.forks"]
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Forks(process)


def _carry_out(order: dict) -> None:
    """Run the command in this process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    sink = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, theirs in ((nothing, 0), (sink, 1), (sink, 2)):
        os.dup2(ours, theirs)
    os.environ.clear()
    os.environ.update(order["env"])
    module, *sys.argv[1:] = order["command"]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _main() -> None:
    for name in _IMPORTED:
        import_module(name)
    # Exit statuses are not read: the system need not keep those of processes that have ended.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if pid == 0:
            _carry_out(json.loads(line))
            return
        print(pid, flush=True)


if __name__ == "__main__":
    _main()
