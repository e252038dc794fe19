"""`python -m tests.benchmarks [NAME ...]`: measure, print, and write tests/benchmarks/results/NAME.json."""

import argparse
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
    *("stream", "settings", "cells", "tournament", "clinic", "ready_runs", "ready_digits", "places", "batch_default"),
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


def main() -> None:
    """Run the named benchmarks, or all, then print the goals; what could not be measured is named at the end."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(MODULES)}; all if none")
    names = parser.parse_args().names
    unknown = set(names) - set(MODULES)
    if unknown:
        parser.error(f"unknown benchmark {', '.join(sorted(unknown))}: choose from {', '.join(MODULES)}")
    missing = []
    for name in names or [name for name in MODULES if name not in ON_REQUEST]:
        module = import_module(f"tests.benchmarks.{MODULES[name]}")
        try:
            if not getattr(module, "ANY_LOAD", False):
                wait_until_free()
            results = module.run()
        except SystemExit as reason:
            print(reason, flush=True)
            missing.append(name)
        else:
            if results:
                write(name, results)
    print(goals.table())
    if missing:
        raise SystemExit(f"Not measured: {', '.join(missing)}.")


if __name__ == "__main__":
    main()
