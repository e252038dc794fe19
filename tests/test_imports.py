"""What is loaded when: measured in a fresh interpreter, where nothing is loaded yet."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent

# The screens one after another, each by a visitor of its own, and what is loaded after each.
OPEN = """
import json, sys
from streamlit.testing.v1 import AppTest
loaded = {}
for page in PAGES:
    at = AppTest.from_file("dashboard.py", default_timeout=60)
    if page != "dashboard.py":
        at.switch_page(page)
    at.run()
    assert not at.exception, (page, at.exception)
    loaded[page] = sorted({name.split(".")[0] for name in sys.modules})
print(json.dumps(loaded))
"""
PAGES = ["dashboard.py", "pages/arena.py", "pages/batch_explorer.py", "pages/scenarios.py"]


def printed_by(code: str) -> Any:
    """What the code prints last, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def loaded_after(code: str) -> set[str]:
    """The top-level modules loaded once the code has run."""
    tail = "\nimport json, sys\nprint(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    return set(printed_by(code + tail))


def test_import_alcore_is_light() -> None:
    heavy = {"torch", "torchvision", "sklearn", "scipy", "pandas", "matplotlib", "plotly", "streamlit"}
    assert not loaded_after("import alcore") & heavy


def test_import_of_the_strategies_is_light() -> None:
    assert not loaded_after("import alcore.strategies") & {"torch", "sklearn", "scipy", "pandas"}


@pytest.mark.slow
def test_home_loads_what_its_race_needs_and_screens_of_2d_data_never_load_torch() -> None:
    loaded = printed_by(f"PAGES = {PAGES}\n{OPEN}")
    assert list(loaded) == PAGES
    for page, modules in loaded.items():
        assert not {"torch", "torchvision"} & set(modules), page
    # The race is recorded after the first paint, for which test_layers.py keeps scipy and scikit-learn out.
    assert "matplotlib" not in loaded["dashboard.py"]
