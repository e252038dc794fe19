"""What the browser tests stand on: a server of their own, and a page whose faults are written down."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, FloatRect, Locator, Page, Request, ViewportSize, expect

from tests.browser.support.forks import Forked, Forks

ROOT = Path(__file__).resolve().parents[3]
WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
# A theme and a size of the window: each of them once, and the other two combinations among the long tests.
LOOKS = [
    pytest.param("light", WIDE, id="light-wide"),
    pytest.param("dark", PHONE, id="dark-phone"),
    pytest.param("dark", WIDE, id="dark-wide", marks=pytest.mark.long),
    pytest.param("light", PHONE, id="light-phone", marks=pytest.mark.long),
]


@dataclass
class Server:
    """A running dashboard: its address, its folder and its process."""

    url: str
    home: Path
    process: subprocess.Popen[bytes] | Forked
    log: Path


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    home: Path,
    log: Path,
    script: str = "dashboard.py",
    port: int | None = None,
    streamlit: str = "streamlit",
    forks: Forks | None = None,
) -> Iterator[Server]:
    """Start `streamlit run SCRIPT`, on a free port if none is given; stop that process, by its id, at the end.

    Args:
        home: its `ALCORE_HOME`.
        log: where it writes what it says.
        script: started by it.
        port: where it listens.
        streamlit: the module that is `streamlit`.
        forks: what forks the process, which then has most of its modules; otherwise it is started from nothing.
    """
    port = port or free_port()
    command = [streamlit, "run", script]
    command += ["--server.port", str(port), "--server.headless", "true", "--server.fileWatcherType", "none"]
    env = os.environ | {"ALCORE_HOME": str(home)}
    process = _started(command, env, log) if forks is None else forks.start(command, env, log)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_up(url, process, log)
        yield Server(url, home, process, log)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)


def _started(command: list[str], env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as sink:
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
        )


def _wait_until_up(url: str, process: subprocess.Popen[bytes] | Forked, log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"The server did not start:\n{log.read_text(errors='replace')}")


@dataclass
class Watched:
    """A page and what went wrong in it."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def assert_clean(self) -> None:
        """No exception box, no error in the console, nothing asked of the network."""
        expect(self.page.get_by_test_id("stException")).to_have_count(0)
        assert not self.faults, self.faults


def watched(page: Page) -> Watched:
    """Note from now on what goes wrong in a page."""
    noted = Watched(page)

    def note_request(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:", "about:")):
            noted.faults.append(f"asked the network for {request.url}")

    def note_said(said: ConsoleMessage) -> None:
        # From a deep link Streamlit first looks for its server below the page, then at the root.
        probe = said.location["url"].endswith(("/_stcore/health", "/_stcore/host-config"))
        if said.type == "error" and not probe:
            noted.faults.append(f"{said.text} ({said.location['url']})")

    page.on("request", note_request)
    page.on("console", note_said)
    page.on("pageerror", lambda error: noted.faults.append(str(error)))
    return noted


def still(page: Page) -> None:
    """Wait until the page's script has come to rest."""
    expect(page.locator("[data-test-script-state=notRunning]")).to_be_attached()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)


def resting_box(locator: Locator) -> FloatRect:
    """Where something is on the page, once it has stayed there for a moment."""
    last = None
    for _ in range(100):
        box = locator.bounding_box()
        if box is not None and box == last:
            return box
        last = box
        locator.page.wait_for_timeout(100)
    pytest.fail("it does not come to rest")
