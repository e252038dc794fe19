"""Carrying out a tournament, group of cells by group, resumable, on the cores of this machine or on a Dask cluster."""

from collections import Counter
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
from alcore.runs.tournament.cells import CellFailure, CellResult, CellStore
from alcore.runs.tournament.groups import Group, grouped, try_group
from alcore.runs.tournament.plan import TournamentPlan

Outcome = CellResult | CellFailure
Pool = Callable[[], AbstractContextManager[joblib.Parallel]]
# Largest number of processes; no machine runs more at once.
MOST_JOBS = 1024
_CONNECT_SECONDS = 30
_EACH_AS_IT_ENDS: dict[str, Any] = {"return_as": "generator_unordered", "batch_size": 1}
# Number of recent cells that determine the pace for the time left.
_RECENT = 500
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
        interrupted: returns whether to stop, called after each group of cells; stored results are kept.

    Raises:
        StoreError: if a result cannot be stored.
    """
    cells = plan.cells()
    with CellStore(home) as store:
        known = store.results(cells)
        left = {cell: config for cell, config in cells.items() if cell not in known}
        running = outcomes(left, str(home), pool)
        try:
            for group in running:
                store.add_all(group)
                for config, outcome in group:
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


def outcomes(cells: Mapping[str, RunConfig], home: str, pool: Pool) -> Generator[list[tuple[RunConfig, Outcome]]]:
    """Carry out cells, given by their ids, and yield the outcomes of each group as it completes, in any order.

    If a worker crashes (for lack of memory, perhaps), the groups that were started and are unfinished are suspects; all
    others continue without them. Finally each suspect runs in a pool of its own; if it crashes that pool, each of its
    cells does, and a cell that crashes its pool fails.
    """
    suspects: dict[str, Group] = {}
    left = {group[0].run_id: group for group in grouped(cells.values(), home)}
    while left:
        begun: dict[str, Group] = {}
        try:
            for found in _together(left, begun, home, pool):
                del left[found[0].cell]
                yield list(zip(begun.pop(found[0].cell), found, strict=True))
        except _CrashedWorkerError:
            suspects |= begun
            left = {first: group for first, group in left.items() if first not in begun}
    for group in suspects.values():
        yield list(zip(group, _alone(group, home, pool), strict=True))


class _CrashedWorkerError(Exception):
    """A process of the pool has exited while it carried out a cell."""


def _alone(group: Group, home: str, pool: Pool) -> list[Outcome]:
    """The outcomes of a group in a pool of its own; if it crashes that pool, of each of its cells in one."""
    try:
        (found,) = _together({group[0].run_id: group}, {}, home, pool)
        return found
    except _CrashedWorkerError:
        if len(group) > 1:
            return [outcome for config in group for outcome in _alone((config,), home, pool)]
        return [CellFailure(group[0].run_id, "Its process was killed, perhaps for lack of memory.")]


def _together(groups: Mapping[str, Group], begun: dict[str, Group], home: str, pool: Pool) -> Generator[list[Outcome]]:
    """Carry out groups in a pool; each is added to `begun` when it is submitted."""

    def calls() -> Iterator[Any]:
        for first, group in list(groups.items()):
            begun[first] = group
            yield joblib.delayed(try_group)(group, home)

    try:
        with pool() as parallel:
            yield from parallel(calls())
    except Exception as error:
        # Dask's own error, by name: Dask may not be installed.
        if isinstance(error, TerminatedWorkerError) or type(error).__name__ == "KilledWorker":
            raise _CrashedWorkerError from error
        raise


def _pace(times: Sequence[float]) -> float | None:
    """Seconds per cell from the times at which cells were stored, a group at once.

    A gap far longer than all others is a pause, and is left out.
    """
    stored = Counter(times)
    gaps = sorted((later - earlier, stored[later]) for earlier, later in pairwise(sorted(stored)))
    if len(gaps) > 2 and gaps[-1][0] > _PAUSE * gaps[-2][0]:
        gaps.pop()
    return sum(gap for gap, _ in gaps) / sum(cells for _, cells in gaps) if len(gaps) > 1 else None
