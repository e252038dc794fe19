"""The process that downloads a data set in the background: python -m alcore.runs.worker.download."""

import argparse
import sys
from pathlib import Path

from alcore.runs import locks
from alcore.runs.paths import make_parent, open_private
from alcore.runs.worker.launcher import fetch_error_path, fetch_lock


def main(arguments: list[str] | None = None) -> int:
    """Download a data set, and save the error sentence of a failure for `fetch_state`."""
    parser = argparse.ArgumentParser(prog="python -m alcore.runs.worker.download", description=__doc__)
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--home", type=Path, required=True)
    options = parser.parse_args(arguments)
    lock = locks.take(options.home, fetch_lock(options.dataset), timeout=1.0)
    locks.mark_started(options.home, fetch_lock(options.dataset))
    if lock is None:
        return 0
    failure = fetch_error_path(options.dataset, options.home)
    try:
        return _fetch(options.dataset, options.home, failure)
    finally:
        locks.release(lock)


def _fetch(name: str, home: Path, failure: Path) -> int:
    from alcore.datasets.catalogue import DatasetError, fetch
    from alcore.extras import MissingExtraError

    try:
        fetch(name, home)
    except (DatasetError, MissingExtraError) as error:
        _keep(failure, str(error))
        return 1
    except Exception as error:
        _keep(failure, f"The download of {name} failed ({type(error).__name__}: {error}).")
        raise
    failure.unlink(missing_ok=True)
    return 0


def _keep(failure: Path, sentence: str) -> None:
    make_parent(failure)
    with open_private(failure, "w", encoding="utf-8") as file:
        file.write(sentence)


if __name__ == "__main__":
    sys.exit(main())
