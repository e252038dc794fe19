"""Carrying out a tournament, cell by cell, resumable, on the cores of this machine or on a Dask cluster."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import joblib
from joblib.externals.loky.process_executor import TerminatedWorkerError

from alcore.extras import optional_imports
from alcore.runs.config import ConfigError, RunConfig
from alcore.runs.tournament.cells import CellFailure, CellResult, CellStore, try_cell
from alcore.runs.tournament.plan import TournamentPlan

Outcome = CellResult | CellFailure
Pool = Callable[[], AbstractContextManager[joblib.Parallel]]
# Largest number of processes; no machine runs more at once.
MOST_JOBS = 1024
_CONNECT_SECONDS = 30
_EACH_AS_IT_ENDS: dict[str, Any] = {"return_as": "generator_unordered", "batch_size": 1}
# Number of recent cells that determine the pace for the time left.
_RECENT = 60
# A gap between two cells is a pause if it is this many times as long as any other.
_PAUSE = 10


@dataclass(frozen=True)
class TournamentProgress:
    """Progress of a tournament.

    Attributes:
        cells: number of cells of the plan.
        done: cells with a result.
        failed: cells with an error.
        seconds_left: estimated from the pace of the last cells; None without a known pace.
    """

    cells: int
    done: int
    failed: int
    seconds_left: float | None

    @property
    def over(self) -> bool:
        """Whether no cell is left."""
        return self.done + self.failed == self.cells


def carry_out(
    plan: TournamentPlan,
    home: Path,
    pool: Pool,
    *,
    on_cell: Callable[[RunConfig, Outcome], None] = lambda config, outcome: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> None:
    """Carry out the cells that have no result; failed cells are tried again.

    Args:
        plan: the tournament.
        home: the home folder; each result is stored there before `on_cell` is called.
        pool: executor of the cells, see `local_pool` and `dask_pool`.
        on_cell: called with each cell and its outcome.
        interrupted: returns whether to stop, called after each cell; stored results are kept.

    Raises:
        StoreError: if a result cannot be stored.
    """
    cells = plan.cells()
    with CellStore(home) as store:
        known = store.results(cells)
        left = {cell: config for cell, config in cells.items() if cell not in known}
        running = outcomes(left, str(home), pool)
        try:
            for config, outcome in running:
                store.add(config, outcome)
                on_cell(config, outcome)
                if interrupted():
                    return
        finally:
            running.close()


def progress(plan: TournamentPlan, home: Path) -> TournamentProgress:
    """Progress of a tournament, of any process; cheap to poll."""
    cells = plan.cells()
    with CellStore(home) as store:
        done, failed = len(store.results(cells)), len(store.failures(cells))
        pace = _pace(store.times(cells)[-_RECENT:])
    left = len(cells) - done - failed
    return TournamentProgress(len(cells), done, failed, None if pace is None else pace * left)


def local_pool(jobs: int = -1) -> Pool:
    """A pool of processes on this machine.

    Args:
        jobs: number of processes; -1 for one per core (-2 for one fewer, and so on), 1 for this process only.

    Raises:
        ConfigError: if `jobs` is 0 or above `MOST_JOBS`.
    """
    if jobs == 0 or jobs > MOST_JOBS:
        raise ConfigError({"jobs": f"jobs was {jobs:,}; expected 1 to {MOST_JOBS:,} processes, or -1 for one a core."})
    return partial(joblib.Parallel, n_jobs=jobs, **_EACH_AS_IT_ENDS)


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

    connect = partial(Client, address, timeout=_CONNECT_SECONDS, set_as_default=False)
    try:
        connect().close()
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
            connect() as client,
            joblib.parallel_config("dask", client=client, wait_for_workers_timeout=_CONNECT_SECONDS),
            joblib.Parallel(n_jobs=-1, **_EACH_AS_IT_ENDS) as parallel,
        ):
            yield parallel

    return pool


def outcomes(cells: Mapping[str, RunConfig], home: str, pool: Pool) -> Generator[tuple[RunConfig, Outcome]]:
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
                del left[outcome.cell]
                yield begun.pop(outcome.cell), outcome
        except _CrashedWorkerError:
            suspects |= begun
            left = {cell: config for cell, config in left.items() if cell not in begun}
    for cell, config in suspects.items():
        try:
            (outcome,) = _together({cell: config}, {}, home, pool)
        except _CrashedWorkerError:
            outcome = CellFailure(cell, "Its process was killed, perhaps for lack of memory.")
        yield config, outcome


class _CrashedWorkerError(Exception):
    """A process of the pool has exited while it carried out a cell."""


def _together(cells: Mapping[str, RunConfig], begun: dict[str, RunConfig], home: str, pool: Pool) -> Generator[Outcome]:
    """Carry out cells in a pool; each is added to `begun` when it is submitted."""

    def calls() -> Iterator[Any]:
        for cell, config in list(cells.items()):
            begun[cell] = config
            yield joblib.delayed(try_cell)(config, home)

    try:
        with pool() as parallel:
            yield from parallel(calls())
    except Exception as error:
        # Dask's own error, by name: Dask may not be installed.
        if isinstance(error, TerminatedWorkerError) or type(error).__name__ == "KilledWorker":
            raise _CrashedWorkerError from error
        raise


def _pace(times: Sequence[float]) -> float | None:
    """Seconds per cell; a gap far longer than all others is a pause, and is left out."""
    gaps = sorted(later - earlier for earlier, later in pairwise(times))
    if len(gaps) > 2 and gaps[-1] > _PAUSE * gaps[-2]:
        gaps.pop()
    return sum(gaps) / len(gaps) if len(gaps) > 1 else None
