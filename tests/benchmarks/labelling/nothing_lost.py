"""What answers survive in a real browser: killed servers and trainers, connections held for 6 s, a full disk."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import numpy as np
from playwright.sync_api import Error, Page, expect, sync_playwright

from alcore.projects.project import Project
from alcore.projects.store import Annotator, Operation, ProjectStore
from alcore.storage.errors import StoreError
from tests.benchmarks.kept import kept
from tests.benchmarks.measure import Result, hardware
from tests.browser.support.harness import free_port

ROOT = Path(__file__).resolve().parents[3]
ANY_LOAD = True
ANSWERS, KILLS, RUNS = 1000, 100, 10
CUTS, CUT_SECONDS, CUT_ANSWERS = 10, 6.0, 200
_WAIT_MS = 120_000
Given = list[tuple[str, str]]


def run() -> list[Result]:
    """Kills, cut connections and a full disk, each with a project of its own."""
    results = []
    for part in (_full_disk, _cuts):
        with tempfile.TemporaryDirectory() as folder:
            results.append(part(Path(folder)))
            print(results[-1], flush=True)
    return [*results, _kills()]


def _project(home: Path) -> Project:
    rng = np.random.default_rng(0)
    home.mkdir(exist_ok=True)
    centre = np.repeat([0.0, 2.0], 800)[:, None]
    np.save(home / "points.npy", (centre + rng.normal(size=(1600, 4))).astype(np.float32))
    return Project.create(home, "points", home / "points.npy", classes=("low", "high"))


class _Dashboard:
    """A server on one port that can be killed and started again."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(self.port)]
        command += ["--server.headless", "true", "--server.fileWatcherType", "none"]
        with (self.home / "server.log").open("ab") as log:
            environment = os.environ | {"ALCORE_HOME": str(self.home)}
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        until = time.monotonic() + 120
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.1)
        raise SystemExit("The server did not start.")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def browser_page() -> Iterator[Page]:
    """A page of a Chromium of its own."""
    with sync_playwright() as playwright:
        found = os.environ.get("CHROMIUM") or next(
            (path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None
        )
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def open_card(page: Page, url: str) -> None:
    """Open the labelling screen of the project and wait for its first item."""
    for _ in range(20):
        try:
            page.goto(f"{url}/label?label_project=points&label_annotator=anna")
            page.locator(".alcore-card .stage > .text").wait_for(timeout=_WAIT_MS)
            return
        except Error:  # the server is not up yet
            time.sleep(1)
    raise SystemExit("The card did not appear.")


def _answer(page: Page, given: Given, project: Project) -> bool:
    """Label the item on the card; False where the queue in the browser is empty."""
    item = page.locator(".alcore-card .stage > .text")
    if not item.count():
        return False
    shown = item.inner_text()
    key = "1" if project.items.place_of[shown] < 800 else "2"
    page.keyboard.press(key)
    given.append((shown, "low" if key == "1" else "high"))
    return True


def _lost(project: Project, given: Given) -> dict[str, int]:
    with ProjectStore(project.folder) as store:
        stored = [(one.item, one.value) for one in store.answers()]
    return {
        "answers": len(given),
        "stored": len(stored),
        "lost": len(set(given) - set(stored)),
        "doubled": len(stored) - len(set(stored)),
        "on_another_item": len(set(stored) - set(given)),
    }


def trainers(folder: Path) -> list[int]:
    """Processes that train the project in this folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = path.read_bytes().split(b"\0")
            if b"alcore.projects.trainer" in words and str(folder).encode() in words:
                found.append(int(path.parent.name))
    return found


def _kills() -> Result:
    """Servers and trainers killed in turn at random moments; answers go on while the server is away."""
    runs = []
    for number in range(RUNS):
        runs.append(kept("nothing_lost", {"kills": KILLS // RUNS, "seed": number}, partial(_killed, number)))
        print(f"run {number + 1} of {RUNS}: {runs[-1]}", flush=True)
    return {
        "work": "answers by key in Chromium, server and trainer killed (SIGKILL) in turn at random moments",
        "runs": RUNS,
        **{name: sum(one[name] for one in runs) for name in runs[0]},
        "hardware": hardware(),
    }


def _killed(number: int) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        return _shot_at(Path(folder), np.random.default_rng(number))


def _shot_at(home: Path, rng: np.random.Generator) -> dict[str, int]:
    """One run: its answers, its kills, and what became of the answers."""
    project, killed = _project(home), {"server": 0, "trainer": 0}
    given: Given = []
    answers, kills = ANSWERS // RUNS, KILLS // RUNS
    server = _Dashboard(home, free_port())
    try:
        with browser_page() as page:
            open_card(page, f"http://127.0.0.1:{server.port}")
            while len(given) < answers or sum(killed.values()) < kills:
                for _ in range(int(rng.integers(3, 10))):
                    if len(given) < answers and not _answer(page, given, project):
                        break
                    page.wait_for_timeout(float(rng.uniform(20, 120)))
                if sum(killed.values()) >= kills:
                    continue
                training = trainers(project.folder)
                if training and killed["trainer"] <= killed["server"]:
                    with suppress(ProcessLookupError):
                        os.kill(training[0], signal.SIGKILL)
                        killed["trainer"] += 1
                    continue
                server.kill()
                killed["server"] += 1
                for _ in range(int(rng.integers(0, 4))):
                    if len(given) < answers and not _answer(page, given, project):
                        break
                server.start()
                open_card(page, f"http://127.0.0.1:{server.port}")
            expect(page.locator(".alcore-card .saved")).to_have_text("All saved", timeout=_WAIT_MS)
    finally:
        server.kill()
        for one in trainers(project.folder):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
    return {"kills_of_servers": killed["server"], "kills_of_trainers": killed["trainer"], **_lost(project, given)}


class _Proxy:
    """A TCP proxy that can hold what passes through it."""

    def __init__(self, to: int) -> None:
        self.to = to
        self.open = threading.Event()
        self.open.set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.pairs: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                inner, _ = self.listener.accept()
                outer = socket.create_connection(("127.0.0.1", self.to))
                self.pairs += [inner, outer]
                for a, b in ((inner, outer), (outer, inner)):
                    threading.Thread(target=self._pump, args=(a, b), daemon=True).start()

    def _pump(self, a: socket.socket, b: socket.socket) -> None:
        with suppress(OSError):
            while data := a.recv(65536):
                self.open.wait()
                b.sendall(data)
        with suppress(OSError):
            b.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        """End all connections."""
        pairs, self.pairs = self.pairs, []
        for one in pairs:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def _cuts(home: Path) -> Result:
    """Connections held for 6 s and then let go, or ended, while answers go on."""
    project = _project(home)
    given: Given = []
    server = _Dashboard(home, free_port())
    proxy = _Proxy(server.port)
    unsaved = 0
    with browser_page() as page:
        open_card(page, f"http://127.0.0.1:{proxy.port}")
        for number in range(CUTS):
            for _ in range(CUT_ANSWERS // CUTS // 2):
                _answer(page, given, project)
                page.wait_for_timeout(60)
            proxy.open.clear()
            if number % 2:
                proxy.cut()
            until = time.monotonic() + CUT_SECONDS
            for _ in range(CUT_ANSWERS // CUTS // 2):
                _answer(page, given, project)
                page.wait_for_timeout(100)
            unsaved += "not saved yet" in page.locator(".alcore-card .saved").inner_text()
            page.wait_for_timeout(max(0.0, 1000 * (until - time.monotonic())))
            proxy.open.set()
            expect(page.locator(".alcore-card .saved")).to_have_text("All saved", timeout=_WAIT_MS)
            page.locator(".alcore-card .stage > .text").wait_for(timeout=_WAIT_MS)
    server.kill()
    return {
        "work": f"answers by key in Chromium, all connections held for {CUT_SECONDS:.0f} s, every second time also cut",
        "cuts": CUTS,
        "cuts_that_the_card_named": unsaved,
        **_lost(project, given),
        "hardware": hardware(),
    }


def _full_disk(folder: Path) -> Result:
    """A tmpfs of 8 MB, filled to the last byte between answers; needs the right to mount."""
    home = folder / "disk"
    home.mkdir()
    work = "a project on a disk of 8 MB that is filled to the last byte; then made larger"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(home)], check=False).returncode:
        return {"work": work, "skipped": "no right to mount", "hardware": hardware()}
    try:
        project = _project(home)
        operations = [Operation("page", number, item, "label", "low") for number, item in enumerate(project.ids, 1)]
        taken = 0
        for first in range(0, 200, 20):
            with ProjectStore(project.folder) as store:
                taken = store.take(operations[first : first + 20], Annotator("anna")).acked["page"]
        with (home / "filler").open("ab", buffering=0) as file:
            for size in (65536, 4096, 1):
                with suppress(OSError):
                    while file.write(b"x" * size):
                        pass
        sentence = ""
        for first in range(200, 1600, 200):
            try:
                with ProjectStore(project.folder) as store:
                    taken = store.take(operations[first : first + 200], Annotator("anna")).acked["page"]
            except StoreError as error:
                sentence = str(error).replace(str(home), "HOME")
                break
        try:
            reading = f"{len(project.states()):,} answers are read"
        except StoreError as error:  # the file's index of writers cannot be made
            reading = str(error).replace(str(home), "HOME")
        subprocess.run(["mount", "-o", "remount,size=200m", str(home)], check=True)
        kept = len(project.states())
        with ProjectStore(project.folder) as store:
            after = store.take(operations, Annotator("anna")).acked["page"]
        complete = len(project.states())
        model = project.train().labels
    finally:
        subprocess.run(["umount", "--lazy", str(home)], check=True)
    return {
        "work": work,
        "acknowledged_before": taken,
        "sentence": sentence,
        "reading_when_full": reading,
        "lost": taken - kept,
        "acknowledged_after": after,
        "labels_after": complete,
        "labels_that_train_after": model,
        "hardware": hardware(),
    }
