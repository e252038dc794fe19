"""A tournament in a background process: the same command as in a terminal, identified by its plan."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from alcore.learners.registry import check_installed
from alcore.runs.tournament.plan import TournamentPlan
from alcore.runs.worker import launcher
from alcore.storage import locks, paths
from alcore.storage.errors import StoreError
from alcore.storage.paths import OWNER_FILE, inside, making

_PROBE_SECONDS = 0.5


def words(plan: TournamentPlan) -> list[str]:
    """The arguments of `python -m alcore` that carry out this plan."""
    settings = [f"{key}={value}" for key, value in plan.settings]
    return [
        "tournament",
        *("--strategies", *plan.strategies, "--datasets", *plan.datasets, "--learners", *plan.learners),
        *("--seeds", str(plan.seeds), "--rounds", str(plan.rounds)),
        *(["--set", *settings] if settings else []),
    ]


def launch(plan: TournamentPlan, home: Path) -> None:
    """Start a tournament in a process of its own, unless a process carries it out already.

    Raises:
        MissingExtraError: if a learner needs a package that is not installed.
        StoreError: if the process cannot be started.
    """
    if is_running(plan, home):
        return
    check_installed(*plan.learners)
    locks.mark_starting(home, _lock(plan))
    launcher.spawn(["alcore", *words(plan), "--home", str(home)], log_path(plan, home))


def is_running(plan: TournamentPlan, home: Path) -> bool:
    """Whether a process carries out this tournament, or is just starting to."""
    return locks.is_used(home, _lock(plan))


def stop(plan: TournamentPlan, home: Path) -> None:
    """Request the tournament's process to end after the next cell; finished cells are kept.

    Raises:
        StoreError: if the request cannot be written.
    """
    path = _stop_path(plan, home)
    with making(path):
        path.touch(mode=OWNER_FILE)


def stop_asked(plan: TournamentPlan, home: Path) -> bool:
    """Whether the end of the tournament is requested."""
    return _stop_path(plan, home).exists()


@contextmanager
def exclusive(plan: TournamentPlan, home: Path) -> Iterator[None]:
    """Within the block, this process is the only one that carries out the tournament.

    Raises:
        StoreError: if another process carries it out.
    """
    # A page that asks whether the lock is free holds it for a moment.
    with locks.held(home, _lock(plan), timeout=_PROBE_SECONDS) as alone:
        locks.mark_started(home, _lock(plan))
        if not alone:
            raise StoreError("This tournament is being carried out by another process; its cells are kept.")
        try:
            _stop_path(plan, home).unlink(missing_ok=True)
            yield
        finally:
            with suppress(OSError):
                _stop_path(plan, home).unlink(missing_ok=True)


def log_path(plan: TournamentPlan, home: Path) -> Path:
    """The output of the process."""
    return paths.log_path(home, _lock(plan))


def _lock(plan: TournamentPlan) -> str:
    return f"tournament-{plan.plan_id}"


def _stop_path(plan: TournamentPlan, home: Path) -> Path:
    return inside(home, locks.FOLDER, f"{_lock(plan)}.stop")
