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


def growths(patterns: list[tuple[str | bytes, int]], timeout: float) -> list[float | None]:
    """The growth of each pattern's work, measured in a process of their own; None from where it had to be stopped."""
    asked = [[one if isinstance(one, str) else one.decode("latin-1"), flags] for one, flags in patterns]
    try:
        printed = subprocess.run(
            [sys.executable, "-m", "tests.support.patterns"],
            input=json.dumps(asked),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            timeout=timeout,
            check=True,
        ).stdout
    except subprocess.TimeoutExpired as stopped:
        printed = (stopped.stdout or b"").decode()
    found = [json.loads(line)[0] for line in printed.splitlines()]
    return [*found, *[None] * (len(patterns) - len(found))]


def test_they_are_found() -> None:
    places = {where.partition(":")[0] for where in FOUND}
    assert {
        "alcore/datasets/tables/numerals.py",
        "alcore/report/statistics/simplex.py",
        "alcore/report/html/player/figure.js",
    } <= places
    assert ("%\\{([^{:}]+)(?::([^{}]+))?\\}", 0) in FOUND.values()


@pytest.mark.slow
def test_work_is_linear() -> None:
    for (where, found), ratio in zip(FOUND.items(), growths(list(FOUND.values()), timeout=300), strict=True):
        assert ratio is not None and ratio < MOST, (where, found, ratio)


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
    (ratio,) = growths([(pattern, 0)], timeout=4)
    assert ratio is None or ratio > MOST
