"""How long each screen computes without a place to show anything or to be stopped, at its largest settings.

Processor seconds of the script's own thread from one drawing to the next: what runs beside the script counts
in no gap, and neither does a busy machine. The longest gaps are named by what was drawn after them.
"""

import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from os import environ
from pathlib import Path

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.testing.v1 import AppTest

from tests.benchmarks.measure import Result, hardware

ROOT = Path(__file__).resolve().parents[3]
SHOWN = 3

_LARGE = {"points": "1000", "duplicates": "400", "outliers": "40", "classes": "5", "rounds": "100"}
_POOL = {"points": "1000", "duplicates": "200", "outliers": "40", "classes": "5", "labelled": "50"}

# Page, prefix of its controls, what is set.
CASES: dict[str, tuple[str, str, dict[str, str]]] = {
    "arena, 100 rounds and races": ("arena", "arena", _LARGE | {"paired": "100"}),
    "arena, slowest race": (
        "arena",
        "arena",
        _LARGE | {"left": "eer", "surface": "score", "paired": "1", "rounds": "20"},
    ),
    "arena, why this point": (
        "arena",
        "arena",
        _LARGE | {"show": "why", "others": "true", "paired": "1", "rounds": "10", "batch": "20"},
    ),
    "arena, target of all labels": (
        "arena",
        "arena",
        _LARGE | {"rounds": "5", "target": "share", "seed": "999", "paired": "1"},
    ),
    "batch explorer": ("batch_explorer", "batch", _POOL | {"size": "100"}),
    "batch explorer, own": (
        "batch_explorer",
        "batch",
        _POOL | {"size": "100", "show": "own", "own": "-".join(map(str, range(100, 190)))},
    ),
    "batch explorer, races": (
        "batch_explorer",
        "batch",
        _POOL | {"size": "20", "show": "buys", "rounds": "10", "seeds": "20", "race": "true"},
    ),
    "clinic": ("failure_modes", "clinic", {"points": "600", "rounds": "60", "paired": "50"}),
    "atlas": ("strategies", "strategies", {}),
    "atlas, triangle": ("strategies", "strategies", {"section": "simplex"}),
    "atlas, doubt": ("strategies", "strategies", {"section": "doubt", "points": "1000", "labelled": "50"}),
    "settings, together": ("settings", "settings", {"points": "1000", "labels": "100", "paired": "50"}),
    "settings, stream": ("settings", "settings", {"section": "stream", "points": "1000", "paired": "50"}),
    "settings, synthesis": ("settings", "settings", {"section": "synthesis", "points": "1000"}),
    "settings, digits": ("settings", "settings", {"section": "digits", "digits_rounds": "2"}),
    "tournament": ("tournament", "tournament", {"seeds": "50"}),
    "lab": ("mnist", "mnist", {}),
}


@contextmanager
def gaps() -> Iterator[list[tuple[float, str]]]:
    """Within the block the seconds before each drawing, and where it is made."""
    found: list[tuple[float, str]] = []
    last = {"at": 0.0, "thread": 0.0}
    before = ScriptRunner._maybe_handle_execution_control_request

    def noted(self: ScriptRunner) -> None:
        if not self._is_in_script_thread():
            return
        now, thread = time.thread_time(), float(threading.get_ident())
        if last["thread"] == thread:
            here = [step for step in traceback.extract_stack() if "/pages/" in step.filename]
            where = f"{Path(here[-1].filename).name}:{here[-1].lineno}" if here else "the end"
            found.append((now - last["at"], where))
        last.update(at=now, thread=thread)
        before(self)

    ScriptRunner._maybe_handle_execution_control_request = noted
    try:
        yield found
    finally:
        ScriptRunner._maybe_handle_execution_control_request = before


def run() -> list[Result]:
    """Open every case twice, the first time only to load what its screen needs."""
    environ["ALCORE_HOME"] = tempfile.mkdtemp()
    results: list[Result] = []
    for name, (page, prefix, settings) in CASES.items():
        for count, seed in enumerate(("1", "2")):
            at = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=900)
            at.switch_page(f"pages/{page}.py")
            for key, value in ({"seed": seed} | settings).items():
                at.query_params[f"{prefix}_{key}"] = value
            started = time.perf_counter()
            with gaps() as found:
                at.run()
            longest = sorted(found, reverse=True)[:SHOWN]
            if count:
                said = ", ".join(f"{seconds:.2f} s before {where}" for seconds, where in longest)
                fault = f" FAULT {at.exception[0].message}" if at.exception else ""
                whole = time.perf_counter() - started
                gap = {"longest_gap_seconds": round(longest[0][0], 3), "before": longest[0][1]}
                results.append({"work": name, "seconds": round(whole, 1), **gap, "hardware": hardware()})
                print(f"{name:<30} {whole:6.1f} s in all; {said}{fault}", flush=True)
    return results
