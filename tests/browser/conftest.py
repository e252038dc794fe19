"""A freshly started server and a real Chromium, for every test in this folder."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Error, Page, ViewportSize, expect

from tests.browser.support import chromium as browsers
from tests.browser.support.forks import Forks, forking
from tests.browser.support.harness import WIDE, Server, Watched, serving, watched

# A page lives for seconds: compiling its scripts once more, for speed, takes longer than it saves.
_COMPILED_ONCE = "--js-flags=--no-maglev --no-turbofan"

Scheme = Literal["light", "dark"]
Motion = Literal["reduce", "no-preference"]

expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # A second try is listed at the end: a test that often needs one has a fault to be found.
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that store nothing: a session of the browser shares no state with another."""
    home = tmp_path_factory.mktemp("shared_home")
    with serving(home, home / "server.log") as running:
        yield running


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks | None]:
    """What starts servers in less time, for tests that need one of their own; None where the system has no pidfd."""
    if not hasattr(os, "pidfd_open"):
        yield None
        return
    with forking() as ready:
        yield ready


@pytest.fixture
def own_server(home: Path, tmp_path: Path, forks: Forks | None) -> Iterator[Server]:
    """A fresh server with a fresh ALCORE_HOME."""
    with serving(home, tmp_path / "server.log", forks=forks) as running:
        yield running


@pytest.fixture
def held_server(home: Path, tmp_path: Path, forks: Forks | None) -> Iterator[Server]:
    """A fresh server whose long work waits while a file HELD is in its ALCORE_HOME."""
    with serving(home, tmp_path / "server.log", streamlit="tests.browser.support.held", forks=forks) as running:
        yield running


@pytest.fixture
def mnist_server(mnist_home: Path, tmp_path: Path, forks: Forks | None) -> Iterator[Server]:
    """A fresh server that finds real MNIST in its ALCORE_HOME."""
    with serving(mnist_home, tmp_path / "server.log", forks=forks) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; without one the test is skipped, in CI it fails."""
    if shutil.which("chromium") is None:
        reason = "no chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with browsers.chromium(_COMPILED_ONCE) as browser:
        yield browser


@pytest.fixture(scope="session")
def rested(chromium: Browser) -> list[Watched]:
    """Pages that no test uses now, each in a context of its own: empty, but for scripts that are loaded and parsed."""
    return []


@pytest.fixture
def new_page(chromium: Browser, rested: list[Watched]) -> Iterator[Callable[..., Watched]]:
    """Make pages: `new_page(viewport=PHONE, color_scheme="dark")`.

    Each page of a test has a context of its own. Afterwards it is emptied for another test, which takes half of the
    time that a new one does. A test that adds scripts or listeners, which outlast a document, asks for `own=True`.
    """
    in_use: list[tuple[Watched, bool]] = []

    def make(
        viewport: ViewportSize = WIDE,
        color_scheme: Scheme = "light",
        reduced_motion: Motion = "no-preference",
        has_touch: bool = False,
        own: bool = False,
    ) -> Watched:
        own = own or has_touch
        reused = rested and not own
        page = rested.pop() if reused else watched(chromium.new_context(has_touch=has_touch).new_page())
        in_use.append((page, own))
        page.page.set_viewport_size(viewport)
        page.page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
        return page

    yield make
    for page, own in in_use:
        if not own and _emptied(page.page):
            page.faults.clear()
            rested.append(page)
        else:
            page.page.context.close()


def _emptied(page: Page) -> bool:
    """Take away what a test has left in a page; whether another test can use it."""
    try:
        for other in page.context.pages:
            if other is not page:
                other.close()
        page.evaluate("() => { try { sessionStorage.clear() } catch {} }")
        page.goto("about:blank", timeout=5_000)
        page.context.set_storage_state({"cookies": [], "origins": []})
    except Error:  # closed by the test, or it asks whether to leave
        return False
    return True


@pytest.fixture
def page(new_page: Callable[..., Watched]) -> Watched:
    """One page of 1440 x 900 in the light theme."""
    return new_page()
