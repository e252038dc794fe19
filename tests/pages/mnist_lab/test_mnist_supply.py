"""The MNIST lab where MNIST is missing, on its way or damaged, and what opening it loads."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from alcore.datasets.mnist import raw_folder
from alcore.runs.store.store import Store
from alcore.runs.worker import launcher
from tests.support.lab import FALLBACK, Lab, said
from tests.support.screens import assert_fine

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.usefixtures("fetches")


def test_without_mnist_the_lab_runs_on_digits(lab: Lab, home: Path, fetches: list[str]) -> None:
    at = lab()
    assert "no network" in at.warning[0].value and "bundled digits" in at.warning[0].value
    assert "CNN on Digits, 100 + 4 × 50 labels, 10 epochs" in said(at)
    fetches.clear()
    at.button(key="mnist_retry").click().run()
    assert fetches == ["mnist"]
    at.button(key="mnist_go").click().run()
    assert_fine(at, "Start")
    with Store(home) as store:
        infos = store.runs()
    assert [info.config for info in infos] == [
        FALLBACK.model_copy(update={"strategy": "random"}),
        FALLBACK,
    ]
    assert at.query_params["mnist_run"] == FALLBACK.run_id
    assert "**Random** is 2nd in the queue" in said(at)


def test_mnist_is_looked_for_once_and_then_waited_for(
    home: Path, open_screen: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, fetches: list[str]
) -> None:
    at = open_screen("pages/mnist.py")
    assert fetches == ["mnist"]
    monkeypatch.setattr(launcher, "fetch_state", lambda name, home: (True, None))
    at.run()
    assert not at.warning and "MNIST, 1,000 \\+ 4" in said(at)
    at.toggle(key="_lab_impatient").set_value(True).run()
    assert_fine(at, "not waiting")
    assert "CNN on Digits, 100 + 4 × 50 labels" in said(at)
    monkeypatch.setattr(launcher, "fetch_state", lambda name, home: (False, None))
    assert "ended without a message" in at.run().warning[0].value
    assert fetches == ["mnist"], "one attempt, then the reader decides"


def test_a_truncated_file_is_named(lab: Lab, home: Path) -> None:
    raw = raw_folder("mnist", home)
    raw.mkdir(parents=True)
    for part in ("train", "t10k"):
        for kind in ("images-idx3", "labels-idx1"):
            (raw / f"{part}-{kind}-ubyte").write_bytes(b"short")
    at = lab()
    assert "train\\-images\\-idx3\\-ubyte is truncated" in at.warning[0].value
    assert "no network" in at.warning[0].value


OPEN = """
import sys
from alcore.runs.worker import launcher
launcher.fetch_state = lambda name, home: (False, "No network.")
from streamlit.testing.v1 import AppTest
at = AppTest.from_file("dashboard.py", default_timeout=60)
at.switch_page("pages/mnist.py")
at.run()
assert not at.exception, at.exception
print(sorted({name.split(".")[0] for name in sys.modules} & {"torch", "torchvision", "sklearn"}))
"""


@pytest.mark.slow
def test_opening_the_lab_loads_no_learning_library(home: Path) -> None:
    done = subprocess.run([sys.executable, "-c", OPEN], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
