"""`python -m tests.benchmarks [all | NAME ...]`: measure, print, and write tests/benchmarks/results/NAME.json.

Without a name: those that have goals, in one run, and the table of the goals.
"""

import argparse
import subprocess
import sys
from importlib import import_module

from tests.benchmarks import goals
from tests.benchmarks.measure import wait_until_free, write

BENCHMARKS = (
    *(
        "selection.coverage",
        "selection.gradient",
        "selection.badge",
        "selection.lookahead",
        "selection.typical",
        "selection.large_cover",
        "selection.peers",
    ),
    *("selection.bayesian", "selection.candidates", "selection.growth", "selection.costs"),
    *("scoring", "presets", "null_race", "race", "graph", "dozen", "sms", "mnist", "repeated", "arena"),
    *("stream", "settings", "cells", "tournament", "clinic", "places", "batch_default"),
    *("ready_runs", "ready_digits", "film"),
    *("evidence", "evidence.false_claims"),
    *("pools.pool_million", "pools.pool_ten_million", "pools.pool_growth", "pools.pool_peers"),
    *("hostile.faults", "hostile.fuzz_uploads", "hostile.fuzz_idx", "hostile.fuzz_stores", "hostile.fuzz_addresses"),
    *(
        "labelling.honest_interval",
        "labelling.guarantee",
        "labelling.nothing_lost",
        "labelling.large_project",
        "labelling.pace",
    ),
    *("screens.tabs", "screens.catalogue", "screens.latency", "screens.first_paint", "screens.yields"),
    "screens.first_look",
)
# Hours: only where they are named.
ON_REQUEST = ("evidence", "dozen", "sms")
MODULES = {name.rpartition(".")[2]: name for name in BENCHMARKS}
WITH_GOALS = tuple(dict.fromkeys(goal.file for goal in goals.GOALS))
ALL = "all"


def main() -> None:
    """Run the benchmarks that are asked for, then print the goals; what could not be measured is named at the end."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"{', '.join(MODULES)}; `{ALL}` for all but {', '.join(ON_REQUEST)}, which take hours; "
        "those with goals if none",
    )
    names = parser.parse_args().names
    unknown = set(names) - {*MODULES, ALL}
    if unknown:
        parser.error(f"unknown benchmark {', '.join(sorted(unknown))}: choose from {ALL}, {', '.join(MODULES)}")
    chosen = [name for name in MODULES if name not in ON_REQUEST] if ALL in names else names or list(WITH_GOALS)
    if len(chosen) == 1:
        _measure(chosen[0])
        return
    # Each in a process of its own, whose peak memory and threads are not those of the others.
    command = [sys.executable, "-u", "-m", "tests.benchmarks"]
    missing = [name for name in chosen if subprocess.run([*command, name], check=False).returncode]
    print(goals.table())
    if missing:
        raise SystemExit(f"Not measured: {', '.join(missing)}.")


def _measure(name: str) -> None:
    module = import_module(f"tests.benchmarks.{MODULES[name]}")
    if not getattr(module, "ANY_LOAD", False):
        wait_until_free()
    results = module.run()
    if results:
        write(name, results)


if __name__ == "__main__":
    main()
