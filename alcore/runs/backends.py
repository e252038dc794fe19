"""Carrying out many independent cells: on the cores of this machine, or on a Dask cluster."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import joblib
from joblib.externals.loky.process_executor import TerminatedWorkerError

from alcore.runs.cells import CellFailure, CellResult, try_cell
from alcore.runs.config import ConfigError, RunConfig

Outcome = tuple[RunConfig, CellResult | CellFailure]
Pool = Callable[[], AbstractContextManager[joblib.Parallel]]
# So often a worker's death is put down to chance before the cells it leaves are given up.
RESTARTS = 3
_CONNECT_SECONDS = 30


def local_pool(jobs: int = -1) -> Pool:
    """Processes of this machine.

    Args:
        jobs: how many; -1 one a core, 1 none beside this process.
    """

    @contextmanager
    def pool() -> Iterator[joblib.Parallel]:
        with joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1) as parallel:
            yield parallel

    return pool


def dask_pool(address: str) -> Pool:
    """The workers of a Dask cluster; this library must be importable there.

    A worker that dies takes nothing along: the scheduler gives its cells to another.

    Args:
        address: of its scheduler, such as tcp://10.0.0.1:8786.

    Raises:
        ConfigError: Dask is not installed, or nobody answers at this address.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ConfigError(
            {
                "dask": "Dask is not installed. Install it (pip install 'dask[distributed]'), or do without "
                "--dask."
            }
        ) from error
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


def outcomes(cells: Sequence[RunConfig], home: str, pool: Pool) -> Generator[Outcome]:
    """Carry out cells, and yield each with its outcome as soon as it is known, in any order.

    A worker that dies (killed for memory, a machine switched off) costs the cells it was at, which are done
    again; cells that outlive no worker are failures in the end.
    """
    left = {config.run_id: config for config in cells}
    for _ in range(RESTARTS + 1):
        try:
            with pool() as parallel:
                for outcome in parallel(
                    joblib.delayed(try_cell)(config, home) for config in list(left.values())
                ):
                    yield left.pop(outcome.cell), outcome
        except BaseException as error:
            if not _is_dead_worker(error):
                raise
        if not left:
            return
    for config in left.values():
        yield (
            config,
            CellFailure(config.run_id, "Its process was killed each time, perhaps for lack of memory."),
        )


def _is_dead_worker(error: Any) -> bool:
    # Dask's own error, by name: Dask need not be installed.
    return isinstance(error, TerminatedWorkerError) or type(error).__name__ == "KilledWorker"
