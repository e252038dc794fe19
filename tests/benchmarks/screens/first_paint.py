"""From opening a screen's address to its picture, by a server that has drawn it before."""

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.benchmarks.measure import Result, hardware
from tests.benchmarks.screens.latency import SCREENS
from tests.browser.support.chromium import chromium
from tests.browser.support.harness import WIDE, serving

RUNS = 7
# As in `latency`: the bare page, and the two screens that compute their picture when they open.
OPENED = tuple(screen for screen in SCREENS if screen.address in ("", "arena", "batch_explorer"))
_WATCH = """
(() => {
  const look = () => {
    const drawn = [DRAWN].every((part) => part)
    // After the frame in which the picture is painted.
    if (drawn) requestAnimationFrame(() => setTimeout(() => { window.alcorePainted = performance.now() }))
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})()
"""


def run() -> list[Result]:
    """Medians of browsers that see the dashboard for the first time, and of the same ones coming again."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        home = Path(folder)
        for screen in OPENED:
            with serving(home, home / "server.log", screen.script) as server:
                spent: list[list[float]] = []
                # The first is the server's own first time.
                for _ in range(RUNS + 1):
                    context = browser.new_context(viewport=WIDE, reduced_motion="reduce")
                    page = context.new_page()
                    page.add_init_script(_WATCH.replace("DRAWN", ", ".join(screen.drawn + screen.below)))
                    spent.append([_opened(page, f"{server.url}/{screen.address}") for _ in range(2)])
                    context.close()
            first, again = (round(statistics.median(seconds), 2) for seconds in zip(*spent[1:], strict=True))
            results.append(
                {
                    "work": f"from opening the address to the picture: {screen.work}",
                    "seconds": first,
                    "seconds_when_opened_again": again,
                    "hardware": hardware(),
                }
            )
            print(f"{screen.work}: {first} s, opened again {again} s", flush=True)
    return results


def _opened(page: Page, address: str) -> float:
    page.goto(address)
    page.wait_for_function("window.alcorePainted", timeout=60_000)
    milliseconds: float = page.evaluate("alcorePainted")
    # What is still under way belongs to this visit.
    page.wait_for_timeout(1_500)
    return milliseconds / 1000
