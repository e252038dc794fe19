"""`python -m tests.benchmarks.evidence [SLICE ...] [--jobs N | --dask ADDRESS] [--minutes M] [--home DIR]`."""

import argparse
from pathlib import Path

from alcore.home import alcore_home
from alcore.runs.tournament.run import dask_pool, local_pool
from tests.benchmarks.evidence.slices import SLICES
from tests.benchmarks.evidence.work import work, write


def main() -> None:
    """Work through slices, then write what is finished; without --write only the home folder changes."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.evidence", description=__doc__)
    parser.add_argument("slices", nargs="*", metavar="SLICE", help=f"{', '.join(SLICES)}; all if none")
    parser.add_argument("--jobs", type=int, default=1, help="processes (default: 1)")
    parser.add_argument("--dask", metavar="ADDRESS", help="a Dask scheduler instead")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin nothing after so many")
    parser.add_argument("--home", type=Path, metavar="DIR", help="of the cells (default: $ALCORE_HOME)")
    parser.add_argument("--write", action="store_true", help="write the results and the summary that is shipped")
    options = parser.parse_args()
    unknown = sorted(set(options.slices) - set(SLICES))
    if unknown:
        parser.error(f"unknown slice {', '.join(unknown)}: choose from {', '.join(SLICES)}")
    home = alcore_home(options.home)
    pool = dask_pool(options.dask) if options.dask else local_pool(options.jobs)
    work([SLICES[name] for name in options.slices or SLICES], home, pool, minutes=options.minutes)
    if options.write:
        write(home)


if __name__ == "__main__":
    main()
