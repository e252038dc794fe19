"""A freshly started server and a real Chromium, for every test in this folder."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, expect, sync_playwright

from tests.browser.support.harness import WIDE, Server, Watched, serving

# No sandbox: CI runs as root in a container. The rest keeps Chromium from calling home.
_ARGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

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


@pytest.fixture
def own_server(home: Path, tmp_path: Path) -> Iterator[Server]:
    """A fresh server with a fresh ALCORE_HOME."""
    with serving(home, tmp_path / "server.log") as running:
        yield running


@pytest.fixture
def mnist_server(mnist_home: Path, tmp_path: Path) -> Iterator[Server]:
    """A fresh server that finds real MNIST in its ALCORE_HOME."""
    with serving(mnist_home, tmp_path / "server.log") as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; without one the test is skipped, in CI it fails."""
    path = shutil.which("chromium")
    if path is None:
        reason = "no chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[Callable[..., Watched]]:
    """Make pages: `new_page(viewport=PHONE, color_scheme="dark")`; all are closed at the end."""
    contexts = []

    def make(**options: Any) -> Watched:
        options = {"viewport": WIDE} | options
        context = chromium.new_context(**options)
        contexts.append(context)
        watched = Watched(context.new_page())

        def note_outside(url: str) -> None:
            if not url.startswith(("http://127.0.0.1:", "data:", "blob:", "about:")):
                watched.faults.append(f"asked the network for {url}")

        def note_error(said: ConsoleMessage) -> None:
            # From a deep link Streamlit first looks for its server below the page, then at the root.
            probe = said.location["url"].endswith(("/_stcore/health", "/_stcore/host-config"))
            if said.type == "error" and not probe:
                watched.faults.append(f"{said.text} ({said.location['url']})")

        watched.page.on("console", note_error)
        watched.page.on("pageerror", lambda error: watched.faults.append(str(error)))
        watched.page.on("request", lambda request: note_outside(request.url))
        return watched

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Watched]) -> Watched:
    """One page of 1440 x 900 in the light theme."""
    return new_page()
