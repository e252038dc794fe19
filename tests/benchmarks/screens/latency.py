"""From letting go of a slider to the new figure, measured in Chromium on the 2-D screens."""

import os
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.benchmarks.measure import Result, hardware
from tests.browser.support.chromium import chromium
from tests.browser.support.harness import WIDE, serving

RUNS = 7


@dataclass(frozen=True)
class Screen:
    """A screen at one setting.

    Attributes:
        work: what is measured, with its sizes.
        address: the page with its parameters.
        goal: seconds within which the new figure is to be there.
        drawn: JavaScript expressions, each of which gives something else once its part of the picture is drawn anew.
        sliders: the labels of the sliders to move.
        script: what Streamlit runs.
        below: expressions of what is drawn below the picture, and after it.
    """

    work: str
    address: str
    goal: float
    drawn: tuple[str, ...]
    sliders: tuple[str, ...]
    script: str = "dashboard.py"
    below: tuple[str, ...] = ()


# Parts of the batch explorer lie in shadow trees; the words for a map are written last and hold its numbers.
_MAPS = (
    "[...document.querySelectorAll('[data-testid^=stBidi]')].flatMap((e) => [...(e.shadowRoot ?? e)"
    ".querySelectorAll('{0}')]).map((e) => e.getAttribute('aria-label')).join()"
)
_BATCH, _BELOW = (_MAPS.format(".dial .map"),), (_MAPS.format(".panels .map"),)
_BATCH_SLIDERS = ("Batch size", "Near-duplicates", "Labels so far", "Seed")
# The arena's player carries the name of what it has drawn.
_ARENA = ("document.querySelector('.alcore-play')?.dataset.reel",)
_ARENA_SLIDERS = ("Overlap", "Rounds", "Seed")
_LINEAR = "arena_learner=Linear+(logistic+regression)"

SCREENS = (
    Screen(
        "a bare slider and a word, the least there is",
        "",
        0.3,
        ("document.querySelector('#drawn')?.textContent",),
        ("Seed",),
        "tests/benchmarks/screens/bare_app.py",
    ),
    Screen("batch explorer, defaults", "batch_explorer", 0.15, _BATCH, _BATCH_SLIDERS, below=_BELOW),
    Screen(
        "batch explorer, batches of up to 100 from 1,240 points of 5 classes",
        "batch_explorer?batch_size=98&batch_points=1000&batch_duplicates=200&batch_outliers=40&batch_classes=5"
        "&batch_labelled=48",
        1.0,
        _BATCH,
        _BATCH_SLIDERS,
        below=_BELOW,
    ),
    Screen("arena, linear learner, 20 paired seeds", f"arena?{_LINEAR}", 0.15, _ARENA, _ARENA_SLIDERS),
    Screen("arena, defaults: curved learner, 20 paired seeds", "arena", 0.3, _ARENA, _ARENA_SLIDERS),
    # At the most labels a round the pool is used up before the rounds are: their slider would change nothing.
    Screen(
        "arena, 100 rounds of up to 20 labels from 1,000 points of 5 classes",
        f"arena?{_LINEAR}&arena_rounds=100&arena_batch=20&arena_points=1000&arena_classes=5&arena_paired=1",
        1.0,
        _ARENA,
        ("Overlap", "Seed"),
    ),
    Screen(
        "arena, 98 rounds of 10 labels from 990 points of 5 classes",
        f"arena?{_LINEAR}&arena_rounds=98&arena_batch=10&arena_points=990&arena_classes=5&arena_paired=1",
        1.0,
        _ARENA,
        _ARENA_SLIDERS,
    ),
)

_WATCH = """
(drawn) => {
  window.drawnNow = () => drawn.map((expression) => eval(expression))
  window.addEventListener("pointerup", () => { window.released = performance.now() }, { capture: true })
}
"""
_AFTER_RELEASE = """
(count) => new Promise((done, fail) => {
  // When the first `count` parts were painted, and when all were.
  const painted = []
  const look = () => {
    const now = window.drawnNow()
    const ends = [count, now.length].map((upto) =>
      now.slice(0, upto).every((part, i) => part !== undefined && part !== window.drawnBefore[i]))
    // After the frame in which the new figure is painted.
    if (ends[0] && !painted.length) {
      painted.push(0)
      requestAnimationFrame(() => setTimeout(() => (painted[0] = performance.now() - window.released)))
    }
    if (ends[1]) {
      requestAnimationFrame(() => setTimeout(() => done([painted[0], performance.now() - window.released])))
    } else if (performance.now() - window.released > 20_000) fail(new Error("nothing was drawn"))
    else requestAnimationFrame(look)
  }
  look()
})
"""


def run() -> list[Result]:
    """Every slider of every screen, some times; the median over all, and the slowest slider's own."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        home = Path(folder)
        for screen in SCREENS:
            with serving(home, home / "server.log", screen.script) as server:
                # With reduced motion a race that opens does not play.
                page = browser.new_page(viewport=WIDE, reduced_motion="reduce")
                results.append(_result(screen, latencies(page, server.url, screen, _sizes(page)), results))
                page.close()
    return results


def _sizes(page: Page) -> list[int]:
    """Sizes of the messages that a page receives from its server, to which it adds."""
    sizes: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: sizes.append(len(data))))
    return sizes


def latencies(page: Page, url: str, screen: Screen, received: list[int]) -> dict[str, list[tuple[float, float, float]]]:
    """Seconds from the release of each slider to the new picture and to all below it, and kilobytes, by its label.

    The screen is opened anew for each slider: every one moves away from the same setting.

    Args:
        page: of a browser.
        url: of the server.
        screen: what to open, what to move and what to look at.
        received: sizes of the messages from the server, to which the page adds.
    """
    found: dict[str, list[tuple[float, float, float]]] = {}
    drawn = screen.drawn + screen.below
    for label in screen.sliders:
        page.goto(f"{url}/{screen.address}")
        page.wait_for_function(f"() => [{', '.join(drawn)}].every((part) => part)", timeout=60_000)
        page.evaluate(_WATCH, list(drawn))
        slider = page.get_by_test_id("stSidebar").get_by_test_id("stSlider").filter(has_text=label).first
        found[label] = []
        for turn in range(RUNS):
            _settled(page)
            before = len(received)
            seconds, all_seconds = _moved(page, slider, turn, len(screen.drawn))
            _settled(page)
            found[label].append((seconds, all_seconds, sum(received[before:]) / 1000))
    return found


def _moved(page: Page, slider: Locator, turn: int, count: int) -> tuple[float, float]:
    """Drag a slider a little, to where it has not been, and let go: seconds to the first parts drawn, and to all."""
    slider.scroll_into_view_if_needed()
    track = slider.locator("input[type=range]").locator("xpath=../../../..").bounding_box()
    thumb = slider.locator("input[type=range]").locator("xpath=../..").bounding_box()
    assert track is not None and thumb is not None
    x, y = thumb["x"] + thumb["width"] / 2, thumb["y"] + thumb["height"] / 2
    left = x - track["x"] < track["width"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    # A quick drag: what rests for a moment is sent before it is let go.
    page.mouse.move(x + (1 if left else -1) * track["width"] * (0.21 + 0.025 * turn), y, steps=2)
    page.evaluate("() => { window.drawnBefore = window.drawnNow() }")
    page.mouse.up()
    first, last = page.evaluate(_AFTER_RELEASE, count)
    return first / 1000, last / 1000


def _settled(page: Page) -> None:
    page.wait_for_timeout(700)
    page.wait_for_function("() => !document.querySelector('[data-testid=stStatusWidget]')", timeout=60_000)


def _result(screen: Screen, moves: dict[str, list[tuple[float, float, float]]], before: list[Result]) -> Result:
    medians = {label: round(statistics.median(next(zip(*each, strict=True))), 3) for label, each in moves.items()}
    every, all_drawn, kilobytes = zip(*(move for each in moves.values() for move in each), strict=True)
    result = {
        "work": f"from letting go of a slider to the new figure: {screen.work}",
        "goal_seconds": screen.goal,
        "seconds": round(statistics.median(every), 3),
        **({"seconds_with_all_below": round(statistics.median(all_drawn), 3)} if screen.below else {}),
        "times_the_bare_slider": round(statistics.median(every) / before[0]["seconds"], 1) if before else 1.0,
        "slowest_slider_seconds": max(medians.values()),
        "seconds_by_slider": medians,
        "kilobytes_received_a_move": round(statistics.median(kilobytes), 1),
        "waiting_processes": round(os.getloadavg()[0], 1),
        "hardware": hardware(),
    }
    below = f", all below {result['seconds_with_all_below']:.2f} s" if screen.below else ""
    print(f"{screen.work}: {result['seconds']:.3f} s{below}, slowest slider {max(medians.values()):.2f} s", flush=True)
    return result
