"""Fixtures for every test: results go to a temporary home, real MNIST is found where it lies."""

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, local_script_runner

from alcore.runs.worker import launcher
from tests.support.lab import Lab, without_processes

ROOT = Path(__file__).resolve().parent.parent
# The same examples each time, and no limit on their time: a busy machine is no fault of the code.
settings.register_profile("alcore", deadline=None, derandomize=True)
settings.load_profile("alcore")

# Read before any test changes the environment: where real MNIST may lie.
_OUTER_HOME = os.environ.get("ALCORE_HOME")
_MNIST_FILES = tuple(f"{part}-{kind}-ubyte" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1"))


def _has_mnist(home: Path) -> bool:
    return all((home / "MNIST" / "raw" / name).is_file() for name in _MNIST_FILES)


@pytest.fixture(scope="session", autouse=True)
def session_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A temporary ALCORE_HOME for the whole session, so that no test writes into the user's own."""
    home = tmp_path_factory.mktemp("alcore_home")
    patch = pytest.MonkeyPatch()
    patch.setenv("ALCORE_HOME", str(home))
    yield home
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def scanned_once() -> Iterator[None]:
    """Streamlit's search of all installed packages for components, which `AppTest` repeats at each run, made once."""
    patch = pytest.MonkeyPatch()
    patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def waited_for() -> Iterator[None]:
    """`AppTest` waits for the end of a run, in place of looking for it a thousand times a second."""
    look = local_script_runner.require_widgets_deltas

    def wait(runner: local_script_runner.LocalScriptRunner, timeout: float = 3) -> None:
        if runner._script_thread is not None:
            runner._script_thread.join(timeout)
        look(runner, timeout if runner.script_stopped() else 0)

    patch = pytest.MonkeyPatch()
    patch.setattr(local_script_runner, "require_widgets_deltas", wait)
    yield
    patch.undo()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh ALCORE_HOME for one test."""
    fresh = tmp_path / "home"
    fresh.mkdir()
    monkeypatch.setenv("ALCORE_HOME", str(fresh))
    return fresh


@pytest.fixture(scope="session")
def mnist_raw() -> Path:
    """The folder of the unpacked real MNIST files; the test is skipped where there are none."""
    if _OUTER_HOME is None or not _has_mnist(Path(_OUTER_HOME)):
        pytest.skip("no real MNIST: set ALCORE_HOME to a folder with MNIST/raw/ in it")
    return (Path(_OUTER_HOME) / "MNIST" / "raw").resolve()


@pytest.fixture
def mnist_home(home: Path, mnist_raw: Path) -> Path:
    """A fresh ALCORE_HOME in which real MNIST lies ready; nothing is written beside the originals."""
    raw = home / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in _MNIST_FILES:
        (raw / name).symlink_to(mnist_raw / name)
    return home


@pytest.fixture
def open_screen() -> Callable[..., AppTest]:
    """Open a screen as its address would: `open_screen("pages/arena.py", arena_seed="3")`."""

    def opened(path: str = "dashboard.py", **params: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
        if path != "dashboard.py":
            at.switch_page(path)
        for name, value in params.items():
            at.query_params[name] = value
        return at.run()

    return opened


@pytest.fixture
def fetches(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No process is started, and downloads fail at once: those that were tried."""
    return without_processes(monkeypatch)


@pytest.fixture
def lab(home: Path, open_screen: Callable[..., AppTest], fetches: list[str]) -> Lab:
    """Open the lab on a fresh home: `lab(mnist_run=...)`; its first look for MNIST has failed."""
    launcher.launch_fetch("mnist", home)
    return lambda **params: open_screen("pages/mnist.py", **params)
