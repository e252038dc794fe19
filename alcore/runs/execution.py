"""Carrying out one run: the loop, its rounds into the store, and how it ended."""

import logging
import os
import platform
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

import alcore
from alcore.datasets.catalogue import DatasetError, load_dataset, problem
from alcore.learners.learner import make_learner
from alcore.loops.pool import Round, simulate
from alcore.runs import launcher
from alcore.runs.store import RunInfo, Store, StoreError, log_path
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.compose import with_density, with_random_picks

# Asking the store costs some 50 microseconds: at this distance it is nothing beside a minibatch.
CANCEL_LOOK_SECONDS = 0.2

# A run of hours must not end because a backup held the store for a minute.
WRITE_PATIENCE_SECONDS = 60.0

_log = logging.getLogger("alcore.runs")


class Cancelled(Exception):
    """The run was asked to stop."""


def execute(
    store: Store,
    run_id: str,
    *,
    on_round: Callable[[Round], None] | None = None,
    on_wait: Callable[[str], None] | None = None,
    interrupted: Callable[[], bool] = lambda: False,
) -> RunInfo:
    """Carry out a run that this store has claimed, to its end.

    Args:
        store: holds the run, see `Store.claim` and `Store.claim_next`.
        run_id: which.
        on_round: called after each round was stored.
        on_wait: called with a sentence while a data set is being downloaded.
        interrupted: a reason beside the store's to stop, looked at as often.

    Returns:
        The run as it ended: done, cancelled or failed.

    Raises:
        StoreError: the end could not be written down; the next look at the store sees a dead run.
    """
    store.wait_for_writers(WRITE_PATIENCE_SECONDS)
    with _logging_to(log_path(store.home, run_id)):
        tick = _cancel_watch(store, run_id, interrupted)
        try:
            _simulate(store, run_id, tick, on_round or _ignore, on_wait or _ignore)
        except Cancelled:
            _log.info("cancelled")
            return store.finish(run_id, "cancelled")
        except Exception as error:
            _log.exception("failed")
            return store.finish(run_id, "failed", _sentence(error, log_path(store.home, run_id)))
        except BaseException:
            _log.exception("interrupted")
            store.finish(run_id, "cancelled")
            raise
        _log.info("done")
        return store.finish(run_id, "done")


def _simulate(
    store: Store,
    run_id: str,
    tick: Callable[[], None],
    on_round: Callable[[Round], None],
    on_wait: Callable[[str], None],
) -> None:
    config = store.run(run_id).config
    _log.info("run %s: %s", run_id, config.model_dump_json())
    tick()
    _provide(config.dataset, store.home, tick, on_wait)
    dataset = load_dataset(config.dataset, seed=config.seed, home=store.home, download=False)
    tick()
    learner = make_learner(
        config.learner,
        classes=dataset.classes,
        seed=config.seed,
        epochs=config.epochs,
        batch_size=config.batch_size,
        learning_rate=config.learning_rate,
        carry_on=config.carry_on,
        device=config.device,
        tick=tick,
    )
    strategy = with_random_picks(with_density(STRATEGIES[config.strategy], config.density), config.epsilon)
    record = _environment() | learner.record
    store.start(run_id, record)
    for round_ in simulate(
        dataset,
        learner,
        strategy,
        seed=config.seed,
        seed_set=config.seed_set,
        seed_labels=config.seed_labels,
        labels_per_round=config.labels_per_round,
        rounds=config.rounds,
        pool_size=config.pool_size,
        samples=config.samples,
        candidates=config.candidates,
        calibration=config.calibration,
    ):
        # Some of it a learner may know only once it has trained and scored.
        if (known := _environment() | learner.record) != record:
            record = known
            store.start(run_id, record)
        store.add_round(run_id, round_)
        _log.info("round %d: %d labels, accuracy %.4f", round_.round, round_.labels, round_.accuracy)
        on_round(round_)
        tick()


def _provide(name: str, home: Path, tick: Callable[[], None], on_wait: Callable[[str], None]) -> None:
    # In a process of its own, which the page may have started before: cancelling does not lose the download.
    reason = problem(name, home)
    if reason is None:
        return
    on_wait(f"{reason} Downloading it now.")
    _log.info("%s Downloading it now.", reason)
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


def _cancel_watch(store: Store, run_id: str, interrupted: Callable[[], bool]) -> Callable[[], None]:
    last_look = -CANCEL_LOOK_SECONDS

    def tick() -> None:
        nonlocal last_look
        now = time.monotonic()
        if now - last_look < CANCEL_LOOK_SECONDS:
            return
        last_look = now
        try:
            asked = interrupted() or store.cancel_asked(run_id)
        except StoreError:
            # Not a reason to stop: the next write waits longer, and says what is wrong.
            return
        if asked:
            raise Cancelled

    return tick


def _environment() -> dict[str, str]:
    return {
        "alcore": alcore.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "platform": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "processor cores": str(os.cpu_count()),
    }


def _sentence(error: Exception, log: Path) -> str:
    # Our own errors are written for the user; those of the libraries below are not.
    raised_in = traceback.extract_tb(error.__traceback__)[-1].filename
    ours = isinstance(error, (DatasetError, StoreError)) or (
        isinstance(error, ValueError) and Path(raised_in).is_relative_to(Path(__file__).parents[1])
    )
    if ours and str(error):
        return str(error)
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return "The memory ran out. Choose a smaller pool, batch size or model, then start the run again."
    return f"The run stopped on an error ({type(error).__name__}: {error}). The whole story is in {log}."


def _ignore(_: object) -> None:
    pass


@contextmanager
def _logging_to(path: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    # Errors of logging itself (a full disk) go to standard error and stop nothing.
    _log.setLevel(logging.INFO)
    _log.propagate = False
    _log.addHandler(handler)
    try:
        yield
    finally:
        _log.removeHandler(handler)
        handler.close()
