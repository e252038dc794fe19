"""From opening a screen's address to its picture, by a server that has drawn it before and by one just started."""

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.benchmarks.measure import Result, hardware
from tests.benchmarks.screens.latency import SCREENS, Screen
from tests.browser.support.chromium import chromium
from tests.browser.support.harness import WIDE, serving

RUNS, SERVERS = 7, 3
# As in `latency`: the bare page, and the two screens that compute their picture when they open.
OPENED = (
    *(screen for screen in SCREENS if screen.address in ("", "arena", "batch_explorer")),
    Screen("home", "", 1.0, ("document.querySelector('.live:not([hidden]) .alcore-figure > *')",), ()),
)
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
            fresh: list[float] = []
            spent: list[list[float]] = []
            for turn in range(SERVERS):
                with serving(home, home / "server.log", screen.script) as server:
                    fresh.append(_visits(browser, f"{server.url}/{screen.address}", screen)[0])
                    if turn == SERVERS - 1:
                        spent = [_visits(browser, f"{server.url}/{screen.address}", screen) for _ in range(RUNS)]
            first, again = (round(statistics.median(seconds), 2) for seconds in zip(*spent, strict=True))
            results.append(
                {
                    "work": f"from opening the address to the picture: {screen.work}",
                    "seconds": first,
                    "seconds_when_opened_again": again,
                    "seconds_of_a_server_just_started": (cold := round(statistics.median(fresh), 2)),
                    "hardware": hardware(),
                }
            )
            print(f"{screen.work}: {first} s, opened again {again} s, by a server just started {cold} s", flush=True)
    return results


def _visits(browser: Browser, address: str, screen: Screen) -> list[float]:
    """Seconds of the first and the second visit of a browser."""
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce")
    page = context.new_page()
    page.add_init_script(_WATCH.replace("DRAWN", ", ".join(screen.drawn + screen.below)))
    seconds = [_opened(page, address) for _ in range(2)]
    context.close()
    return seconds


def _opened(page: Page, address: str) -> float:
    page.goto(address)
    page.wait_for_function("window.alcorePainted", timeout=60_000)
    milliseconds: float = page.evaluate("alcorePainted")
    # What is still under way belongs to this visit.
    page.wait_for_timeout(1_500)
    return milliseconds / 1000
