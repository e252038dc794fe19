"""What is loaded when: measured in a fresh interpreter, where nothing is loaded yet."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

OPEN = """
from streamlit.testing.v1 import AppTest
at = AppTest.from_file("dashboard.py", default_timeout=60)
if {page!r} != "dashboard.py":
    at.switch_page({page!r})
at.run()
assert not at.exception, at.exception
"""


def loaded_after(code: str) -> set[str]:
    """The top-level modules loaded once the code has run."""
    tail = "\nimport json, sys\nprint(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code + tail], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_import_alcore_is_light() -> None:
    heavy = {"torch", "torchvision", "sklearn", "scipy", "pandas", "matplotlib", "plotly", "streamlit"}
    assert not loaded_after("import alcore") & heavy


def test_import_of_the_strategies_is_light() -> None:
    assert not loaded_after("import alcore.strategies") & {"torch", "sklearn", "scipy", "pandas"}


@pytest.mark.slow
@pytest.mark.parametrize("page", ["dashboard.py", "pages/arena.py", "pages/batch_explorer.py", "pages/scenarios.py"])
def test_screens_of_2d_data_never_load_torch(page: str) -> None:
    assert not loaded_after(OPEN.format(page=page)) & {"torch", "torchvision"}


@pytest.mark.slow
def test_home_loads_what_its_race_needs_and_nothing_else_that_is_heavy() -> None:
    # The race is recorded after the first paint, for which test_layers.py keeps scipy and scikit-learn out.
    assert not loaded_after(OPEN.format(page="dashboard.py")) & {"torch", "matplotlib"}
