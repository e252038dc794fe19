"""The system's Chromium without a window."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

# No sandbox: CI runs as root in a container. The rest keeps Chromium from calling home.
_ARGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """A browser until the end of the block.

    Args:
        more: arguments of the program.

    Raises:
        SystemExit: there is no Chromium on this machine.
    """
    path = shutil.which("chromium")
    if path is None:
        raise SystemExit("There is no chromium on this machine (Debian: apt-get install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*_ARGS, *more])
        yield browser
        browser.close()
