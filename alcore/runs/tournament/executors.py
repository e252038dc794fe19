"""Executors of independent cells: the cores of this machine, or a Dask cluster."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import joblib
from joblib.externals.loky.process_executor import TerminatedWorkerError

from alcore.extras import optional_imports
from alcore.runs.config import ConfigError, RunConfig
from alcore.runs.tournament.race import CellFailure, CellResult, try_cell

Outcome = tuple[RunConfig, CellResult | CellFailure]
Pool = Callable[[], AbstractContextManager[joblib.Parallel]]
_CONNECT_SECONDS = 30
# Largest number of processes; no machine runs more at once.
MOST_JOBS = 1024


def local_pool(jobs: int = -1) -> Pool:
    """A pool of processes on this machine.

    Args:
        jobs: number of processes; -1 for one per core (-2 for one fewer, and so on), 1 for this process only.

    Raises:
        ConfigError: if `jobs` is 0 or above `MOST_JOBS`.
    """
    if jobs == 0 or jobs > MOST_JOBS:
        raise ConfigError({"jobs": f"jobs was {jobs:,}; expected 1 to {MOST_JOBS:,} processes, or -1 for one a core."})

    @contextmanager
    def pool() -> Iterator[joblib.Parallel]:
        with joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1) as parallel:
            yield parallel

    return pool


def dask_pool(address: str) -> Pool:
    """The workers of a Dask cluster, which must be able to import this library.

    The scheduler reassigns the cells of a worker that exits.

    Args:
        address: address of the scheduler, such as tcp://10.0.0.1:8786.

    Raises:
        MissingExtraError: if Dask is not installed.
        ConfigError: if no scheduler responds at this address.
    """
    with optional_imports():
        from distributed import Client
    try:
        Client(address, timeout=_CONNECT_SECONDS, set_as_default=False).close()
    except (OSError, ValueError, ImportError) as error:
        raise ConfigError(
            {
                "dask": f"No Dask scheduler answers at {address} ({error}). "
                "Start one with `dask scheduler`, and workers with `dask worker ADDRESS`."
            }
        ) from error

    @contextmanager
    def pool() -> Iterator[joblib.Parallel]:
        with (
            Client(address, timeout=_CONNECT_SECONDS, set_as_default=False) as client,
            joblib.parallel_config("dask", client=client, wait_for_workers_timeout=_CONNECT_SECONDS),
            joblib.Parallel(n_jobs=-1, return_as="generator_unordered", batch_size=1) as parallel,
        ):
            yield parallel

    return pool


def outcomes(cells: Mapping[str, RunConfig], home: str, pool: Pool) -> Generator[Outcome]:
    """Carry out cells, given by their ids, and yield each outcome as it completes, in any order.

    If a worker crashes (for lack of memory, perhaps), the cells that were started and are unfinished are suspects; all
    others continue without them. Finally each suspect runs in a pool of its own, and fails if it crashes that pool.
    """
    suspects: dict[str, RunConfig] = {}
    left = dict(cells)
    while left:
        begun: dict[str, RunConfig] = {}
        try:
            for outcome in _together(left, begun, home, pool):
                config = begun.pop(outcome.cell)
                del left[outcome.cell]
                yield config, outcome
        except Exception as error:
            if not _is_dead_worker(error):
                raise
            suspects |= begun
            left = {cell: config for cell, config in left.items() if cell not in begun}
    for cell, config in suspects.items():
        try:
            (outcome,) = _together({cell: config}, {}, home, pool)
        except Exception as error:
            if not _is_dead_worker(error):
                raise
            outcome = CellFailure(cell, "Its process was killed, perhaps for lack of memory.")
        yield config, outcome


def _together(
    cells: Mapping[str, RunConfig], begun: dict[str, RunConfig], home: str, pool: Pool
) -> Generator[CellResult | CellFailure]:
    """Carry out cells in a pool; each is added to `begun` when it is submitted."""

    def calls() -> Iterator[Any]:
        for cell, config in list(cells.items()):
            begun[cell] = config
            yield joblib.delayed(try_cell)(config, home)

    with pool() as parallel:
        yield from parallel(calls())


def _is_dead_worker(error: Any) -> bool:
    # Dask's own error, by name: Dask may not be installed.
    return isinstance(error, TerminatedWorkerError) or type(error).__name__ == "KilledWorker"
