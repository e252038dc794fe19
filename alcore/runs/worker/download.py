"""Downloads of data sets in a process of their own, python -m alcore.runs.worker.download, and waiting for them."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from alcore.datasets.catalogue import DatasetError, fetch, problem
from alcore.datasets.dataset import Dataset
from alcore.extras import MissingExtraError
from alcore.runs.config import RunConfig
from alcore.runs.config_data import load_data
from alcore.runs.worker import launcher
from alcore.storage import locks
from alcore.storage.paths import open_private


def ensure_downloaded(
    config: RunConfig, home: Path, tick: Callable[[], None], on_wait: Callable[[str], None]
) -> Dataset:
    """The data of a run, downloaded in a separate process if necessary: cancelling the run keeps the download.

    Args:
        config: config of the run.
        home: the home folder.
        tick: called while waiting for a download; an exception from it stops the wait.
        on_wait: called with a sentence when a download starts.

    Raises:
        DatasetError: if the data is not available.
    """
    if (reason := problem(config.dataset, home)) is not None:
        on_wait(f"{reason} Downloading it now.")
        launcher.launch_fetch(config.dataset, home)
        while True:
            fetching, failure = launcher.fetch_state(config.dataset, home)
            if failure is not None:
                raise DatasetError(failure)
            if not fetching:
                break
            tick()
            time.sleep(0.1)
        if (reason := problem(config.dataset, home)) is not None:
            raise DatasetError(reason)
    return load_data(config, home)


def main(arguments: list[str] | None = None) -> int:
    """Download a data set, and save the error sentence of a failure for `fetch_state`."""
    parser = argparse.ArgumentParser(prog="python -m alcore.runs.worker.download", description=__doc__)
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--home", type=Path, required=True)
    options = parser.parse_args(arguments)
    name, home = options.dataset, options.home
    with locks.held(home, launcher.fetch_lock(name), timeout=1.0) as mine:
        locks.mark_started(home, launcher.fetch_lock(name))
        return _fetch(name, home) if mine else 0


def _fetch(name: str, home: Path) -> int:
    failure = launcher.fetch_error_path(name, home)
    try:
        fetch(name, home)
    except Exception as error:
        expected = isinstance(error, DatasetError | MissingExtraError)
        sentence = str(error) if expected else f"The download of {name} failed ({type(error).__name__}: {error})."
        with open_private(failure, "w", encoding="utf-8") as file:
            file.write(sentence)
        if not expected:
            raise
        return 1
    failure.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
