"""No regular expression of the project takes more than linear work, whatever text it meets."""

import json
import subprocess
import sys

import pytest

from tests.support.patterns import ROOT, python_patterns, script_patterns

# Proportional work grows 50 times from the short text to the long one, quadratic work 2,500 times.
MOST = 400

FOUND = {where: (pattern, flags) for where, pattern, flags in python_patterns()} | {
    where: (pattern, 0) for where, pattern in script_patterns()
}


def worst(pattern: str | bytes, flags: int, timeout: float) -> float | None:
    """The growth of the work, measured in a process of its own; None if it had to be stopped."""
    text = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.support.patterns"],
            input=json.dumps([[text, flags]]),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=True,
        )
    except subprocess.TimeoutExpired:
        return None
    ratio, _ = json.loads(done.stdout)
    return ratio


def test_they_are_found() -> None:
    places = {where.partition(":")[0] for where in FOUND}
    assert {
        "alcore/datasets/tables/numerals.py",
        "alcore/report/statistics/simplex.py",
        "alcore/report/html/player/figure.js",
    } <= places
    assert ("%\\{([^{:}]+)(?::([^{}]+))?\\}", 0) in FOUND.values()


@pytest.mark.slow
@pytest.mark.parametrize("where", FOUND)
def test_work_is_linear(where: str) -> None:
    ratio = worst(*FOUND[where], timeout=120)
    assert ratio is not None and ratio < MOST, (FOUND[where], ratio)


@pytest.mark.slow
@pytest.mark.parametrize(
    "pattern",
    [
        r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?",
        r"%\{([^:}]+)(?::([^}]+))?\}",
        r"Tried \w+://([^/\s]+)\S* got: (.+?)(?= Tried |$)",
        r"Kernel Module\D*([\d.]+)",
    ],
)
@pytest.mark.long
def test_quadratic_work_is_seen(pattern: str) -> None:
    ratio = worst(pattern, 0, timeout=4)
    assert ratio is None or ratio > MOST
