"""Carrying out a tournament, cell by cell, resumable."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from alcore.runs.config import RunConfig
from alcore.runs.tournament.executors import Pool, outcomes
from alcore.runs.tournament.plan import TournamentPlan
from alcore.runs.tournament.race import CellFailure, CellResult
from alcore.runs.tournament.result_store import CellStore

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
    on_cell: Callable[[RunConfig, CellResult | CellFailure], None] = lambda config, outcome: None,
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


def _pace(times: Sequence[float]) -> float | None:
    """Seconds per cell; a gap far longer than all others is a pause, and is left out."""
    gaps = sorted(later - earlier for earlier, later in pairwise(times))
    if len(gaps) > 2 and gaps[-1] > _PAUSE * gaps[-2]:
        gaps.pop()
    return sum(gaps) / len(gaps) if len(gaps) > 1 else None
