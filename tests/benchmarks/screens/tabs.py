"""Ten browser tabs that follow one run for two minutes: what they cost the server, and what goes wrong."""

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page

from alcore.loops.pool.simulate import Round
from alcore.runs.config import RunConfig
from alcore.runs.store.store import Store
from alcore.runs.worker.execute import execute
from tests.benchmarks.measure import Result, hardware
from tests.browser.support.chromium import chromium
from tests.browser.support.harness import WIDE, serving

TABS = 10
SECONDS = 120.0
# As the preset mlp-1d-mnist goes on two cores: some two seconds a round.
ROUND_SECONDS = 2.0
CONFIG = RunConfig(
    dataset="digits",
    learner="logistic",
    seed_labels=100,
    labels_per_round=10,
    rounds=100,
)


def run() -> list[Result]:
    """Carry a run out, then let it be stored once more, round by round, while the tabs look on."""
    with tempfile.TemporaryDirectory() as folder:
        before, home = Path(folder) / "before", Path(folder) / "home"
        before.mkdir()
        home.mkdir()
        with Store(before) as store:
            store.claim(CONFIG)
            execute(store, CONFIG.run_id)
            rounds = store.rounds(CONFIG.run_id)
        return [_watched(home, rounds)]


def _watched(home: Path, rounds: list[Round]) -> Result:
    log = home / "server.log"
    with serving(home, log) as server, _stored_again(home, rounds), chromium() as browser:
        faults: list[str] = []
        pages = [_tab(browser, f"{server.url}/mnist?mnist_run={CONFIG.run_id}", faults) for _ in range(TABS)]
        shown = [_points(page) for page in pages]
        spent, started = _processor_seconds(server.process.pid), time.monotonic()
        pages[0].wait_for_timeout(1000 * SECONDS)
        seconds = time.monotonic() - started
        share = (_processor_seconds(server.process.pid) - spent) / seconds
        faults += ["an exception on a page" for page in pages if page.get_by_test_id("stException").count()]
        grown = [_points(page) - first for page, first in zip(pages, shown, strict=True)]
        faults += ["a tab that stood still" for more in grown if not more]
        faults += [line for line in log.read_text().splitlines() if "Traceback" in line or "Error" in line]
    print(f"{share:.1%} of a core for {TABS} tabs, {min(grown)} to {max(grown)} new rounds shown, {faults}")
    return {
        "work": f"{TABS} Chromium tabs follow one run in the lab, a round every {ROUND_SECONDS:g} s",
        "seconds": round(seconds, 1),
        "share_of_a_core": round(share, 3),
        "new_rounds_shown": [min(grown), max(grown)],
        "faults": faults,
        "hardware": hardware(),
    }


@contextmanager
def _stored_again(home: Path, rounds: list[Round]) -> Iterator[None]:
    """A running run whose rounds come at a steady pace, without the training that would compete for cores."""
    stop, held = threading.Event(), threading.Event()

    def store_rounds() -> None:
        with Store(home) as store:
            store.claim(CONFIG)
            held.set()
            for round_ in rounds:
                store.add_round(CONFIG.run_id, round_)
                if stop.wait(ROUND_SECONDS):
                    break
            stop.wait()
            store.finish(CONFIG.run_id, "cancelled")

    thread = threading.Thread(target=store_rounds)
    thread.start()
    held.wait()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _tab(browser: Browser, address: str, faults: list[str]) -> Page:
    page = browser.new_context(viewport=WIDE).new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if _is_fault(said) else None)
    page.goto(address, wait_until="commit", timeout=120_000)
    page.wait_for_selector(".js-plotly-plot", timeout=120_000)
    return page


def _is_fault(said: ConsoleMessage) -> bool:
    # From a deep link Streamlit first looks for its own files in the wrong folder.
    return said.type == "error" and "404" not in said.text


def _points(page: Page) -> int:
    """Rounds on the first chart."""
    return int(page.evaluate("() => document.querySelector('.js-plotly-plot')._fullData[0].x?.length ?? 0"))


def _processor_seconds(pid: int) -> float:
    # After the name, which may hold blanks: state is field 3, user and system time are 14 and 15.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
