"""The data of a run, downloaded if necessary."""

import time
from collections.abc import Callable
from pathlib import Path

from alcore.datasets.catalogue import DatasetError, problem
from alcore.datasets.dataset import Dataset
from alcore.runs.config import RunConfig
from alcore.runs.config_data import load_data
from alcore.runs.worker import launcher


def ensure_downloaded(
    config: RunConfig, home: Path, tick: Callable[[], None], on_wait: Callable[[str], None]
) -> Dataset:
    """The data of a run.

    Args:
        config: config of the run.
        home: the home folder.
        tick: called while waiting for a download; an exception from it stops the wait.
        on_wait: called with a sentence when a download starts.

    Raises:
        DatasetError: if the data is not available.
    """
    _provide(config.dataset, home, tick, on_wait)
    return load_data(config, home)


def _provide(name: str, home: Path, tick: Callable[[], None], on_wait: Callable[[str], None]) -> None:
    # In a separate process, which the page may have started before: cancelling the run keeps the download.
    reason = problem(name, home)
    if reason is None:
        return
    on_wait(f"{reason} Downloading it now.")
    launcher.launch_fetch(name, home)
    while True:
        fetching, failure = launcher.fetch_state(name, home)
        if failure is not None:
            raise DatasetError(failure)
        if not fetching:
            break
        tick()
        time.sleep(0.1)
    if (reason := problem(name, home)) is not None:
        raise DatasetError(reason)
