"""From a key to the next item, measured in Chromium on a project of 10,000 items while its model trains."""

import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

from alcore.projects.project import Project
from alcore.projects.store import ProjectStore
from tests.benchmarks.labelling.nothing_lost import browser_page, open_card, trainers
from tests.benchmarks.measure import Result, hardware
from tests.browser.support.harness import serving

ITEMS, KEYS = 10_000, 500
GAPS_MS = (80, 30)
GOAL_MEDIAN_MS, GOAL_90_MS = 30, 60

# Notes at each key what is on the card, and how long it takes until something else is painted there.
_WATCH = """
() => {
  window.taken = []
  const card = () => document.querySelector(".alcore-card") ?? [...document.querySelectorAll("*")]
    .map((one) => one.shadowRoot?.querySelector(".alcore-card")).find(Boolean)
  const shown = () => card()?.querySelector(".stage > .text")?.textContent
  window.addEventListener("keydown", ({ key, timeStamp }) => {
    const item = shown()
    const look = () => {
      if (shown() === item) requestAnimationFrame(look)
      else requestAnimationFrame(() => setTimeout(() => window.taken.push([item, key, performance.now() - timeStamp])))
    }
    look()
  }, { capture: true })
}
"""


def run() -> list[Result]:
    """500 keys at each of two rates, each on a project of its own."""
    results = []
    for gap in GAPS_MS:
        with tempfile.TemporaryDirectory() as folder:
            results.append(_paced(Path(folder), gap))
            print(results[-1], flush=True)
    return results


def _paced(home: Path, gap_ms: int) -> Result:
    rng = np.random.default_rng(0)
    centre = np.repeat([0.0, 2.0], ITEMS // 2)[:, None]
    np.save(home / "points.npy", (centre + rng.normal(size=(ITEMS, 16))).astype(np.float32))
    project = Project.create(home, "points", home / "points.npy", classes=("low", "high"))
    with serving(home, home / "server.log") as server, browser_page() as page:
        open_card(page, server.url)
        page.evaluate(_WATCH)
        training = _keys(page, project, gap_ms)
        page.wait_for_function(f"() => window.taken.length === {KEYS}", timeout=60_000)
        taken = page.evaluate("() => window.taken")
        expect(page.locator(".alcore-card .saved")).to_have_text("All saved", timeout=120_000)
    with ProjectStore(project.folder) as store:
        stored = [(one.item, one.value) for one in store.answers()]
    names = {"1": "low", "2": "high"}
    spent = np.array([milliseconds for _, _, milliseconds in taken])
    return {
        "work": f"a key every {gap_ms} ms or later on a project of {ITEMS:,} items, while its model trains",
        "keys": KEYS,
        "goal_milliseconds": {"median": GOAL_MEDIAN_MS, "90th percentile": GOAL_90_MS},
        "median_milliseconds": round(float(np.median(spent)), 1),
        "milliseconds_at_90_percent": round(float(np.quantile(spent, 0.9)), 1),
        "longest_milliseconds": round(float(spent.max()), 1),
        "share_of_keys_while_training": training,
        "answers_on_another_item": sum(one not in stored for one in [(item, names[key]) for item, key, _ in taken]),
        "hardware": hardware(),
    }


def _keys(page: Page, project: Project, gap_ms: int) -> float:
    """Press all keys; returns the share of them while a process trained the model."""
    training = 0
    due = time.monotonic()
    for number in range(KEYS):
        page.keyboard.press("1" if number % 3 else "2")
        training += bool(number % 10 == 0 and trainers(project.folder))
        due = max(due + gap_ms / 1000, time.monotonic())
        page.wait_for_timeout(max(0.0, 1000 * (due - time.monotonic())))
    return training / (KEYS / 10)
