"""Carrying out a run: its loop, storing its rounds, and its end."""

import logging
import time
import traceback
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from alcore.datasets.catalogue import DatasetError
from alcore.extras import MissingExtraError
from alcore.learners.torch.checkpoint import CheckpointError, pack, unpack
from alcore.loops.pool.simulate import Round
from alcore.loops.session import Session
from alcore.runs.config import config_from
from alcore.runs.config_data import STOPPED, learner_of
from alcore.runs.environment import differences, environment, threads_of
from alcore.runs.live import LiveWriter
from alcore.runs.store.checkpoints import load_checkpoint
from alcore.runs.store.store import RunInfo, Store, StoreError
from alcore.runs.worker.build_session import build_session, rounds_to_come
from alcore.runs.worker.download import ensure_downloaded
from alcore.storage.paths import log_path, open_private

# Seconds between checks for a cancellation; a check of the store takes some 50 microseconds.
CANCEL_LOOK_SECONDS = 0.2

# Seconds to wait for a write lock: a backup that holds the store for a minute must not end a run of hours.
WRITE_TIMEOUT_SECONDS = 60.0


class Cancelled(Exception):
    """The run's cancellation is requested."""


class Paused(Exception):
    """A pause of the run is requested."""


def execute(
    store: Store,
    run_id: str,
    *,
    on_round: Callable[[Round], None] | None = None,
    on_wait: Callable[[str], None] | None = None,
    interrupted: Callable[[], bool] = lambda: False,
) -> RunInfo:
    """Carry out a run that this store has claimed, from its last stored round to its end.

    Args:
        store: holds the run, see `Store.claim` and `Store.claim_next`.
        run_id: id of the run.
        on_round: called after each round is stored.
        on_wait: called with a sentence while a data set is downloading.
        interrupted: an additional check for stopping, called as often as the store's.

    Returns:
        The run after its end: done, paused, cancelled or failed; queued if a pause was withdrawn.

    Raises:
        StoreError: if the end could not be stored; the run is then found crashed at the next read.
    """
    run = steps(store, run_id, on_round=on_round, on_wait=on_wait, interrupted=interrupted)
    while True:
        try:
            next(run)
        except StopIteration as end:
            return end.value


def steps(
    store: Store,
    run_id: str,
    *,
    on_round: Callable[[Round], None] | None = None,
    on_wait: Callable[[str], None] | None = None,
    interrupted: Callable[[], bool] = lambda: False,
) -> Generator[Session, None, RunInfo]:
    """Carry out a run as `execute`, with its arguments, as a generator that yields before each training.

    Yields:
        Its session, about to be trained on its labels; a caller may train it first. An exception thrown into the
        generator ends the run as its own would.

    Returns:
        The run after its end.
    """
    store.wait_for_writers(WRITE_TIMEOUT_SECONDS)
    with _log_of(run_id, log_path(store.home, run_id)) as log:
        tick = _stop_watch(store, run_id, interrupted)
        live = LiveWriter(store.home, run_id)
        try:
            yield from _carry_out(store, run_id, log, tick, on_round, on_wait, live)
        except Cancelled:
            log.info("cancelled")
            return store.finish(run_id, "cancelled")
        except Paused:
            log.info("paused")
            return store.finish(run_id, "paused")
        except Exception as error:
            log.exception("failed")
            return store.finish(run_id, "failed", _sentence(error, log_path(store.home, run_id)))
        except BaseException:
            log.exception("interrupted")
            store.finish(run_id, "cancelled")
            raise
        finally:
            live.end()
        log.info("done")
        return store.finish(run_id, "done")


def _carry_out(
    store: Store,
    run_id: str,
    log: logging.Logger,
    tick: Callable[[], None],
    on_round: Callable[[Round], None] | None,
    on_wait: Callable[[str], None] | None,
    live: LiveWriter,
) -> Iterator[Session]:
    info = store.run(run_id)
    log.info("run %s: %s", run_id, info.title)
    for config in (info.config, *(ancestor.config for ancestor in info.lineage)):
        # Configs of other versions are listed, but rejected here.
        config_from(config.model_dump())
    tick()

    def wait(sentence: str) -> None:
        log.info(sentence)
        if on_wait is not None:
            on_wait(sentence)

    dataset = ensure_downloaded(info.config, store.home, tick, wait)
    tick()
    stored = store.rounds(run_id)
    learner, trained = learner_of(info.config, dataset, tick), bool(stored)
    if stored:
        try:
            unpack(load_checkpoint(store.home, run_id, len(stored) - 1), learner, dataset.x_pool.shape[1:])
        except CheckpointError:
            # The learner is unusable after it.
            learner, trained = learner_of(info.config, dataset, tick), False
    if hasattr(learner, "on_loss"):
        learner.on_loss = live.loss
    # The recorded number of threads: the bits of the remaining rounds depend on it.
    with threads_of(info.record if stored else {}):
        record = environment(learner.record)
        begun = bool(stored and info.record)
        if begun:
            way = "" if trained else ", its model trained again from their labels"
            log.info("going on after %d stored rounds%s", info.rounds_done, way)
            changed = [text for text in differences(info.record, record) if not text.startswith("scoring")]
            if changed:
                log.warning("not as it was begun: %s", "; ".join(changed))
        else:
            store.start(run_id, record)
        live.stage(len(stored), "prepare", ())
        session = build_session(info.course, dataset, learner, stored, trained=trained)
        if not stored or stored[-1].batch is not None:
            yield session
        for round_ in rounds_to_come(
            info.course,
            dataset,
            session,
            stored,
            labels_per_round=lambda number: store.run(run_id).course.labels_at(number),
            on_stage=live.stage,
        ):
            # Parts of the record may be known only after training and scoring; the record of a resumed run is kept.
            if not begun and (known := environment(learner.record)) != record:
                record = known
                store.start(run_id, record)
            if round_.stopped:
                # Stored before the last round: if the process is killed between the two, the run repeats both.
                store.start(run_id, store.run(run_id).record | {STOPPED: round_.stopped})
            store.add_round(run_id, round_, pack(learner) if round_.batch is not None else b"")
            log.info("round %d: %d labels, accuracy %.4f", round_.round, round_.labels, round_.accuracy)
            if on_round is not None:
                on_round(round_)
            tick()
            if round_.batch is not None:
                yield session


def _stop_watch(store: Store, run_id: str, interrupted: Callable[[], bool]) -> Callable[[], None]:
    last_look = -CANCEL_LOOK_SECONDS

    def tick() -> None:
        nonlocal last_look
        now = time.monotonic()
        if now - last_look < CANCEL_LOOK_SECONDS:
            return
        last_look = now
        try:
            asked = "cancel" if interrupted() else store.stop_asked(run_id)
        except StoreError:
            # No reason to stop: the next write waits longer, and reports the error.
            return
        if asked is not None:
            raise Cancelled if asked == "cancel" else Paused

    return tick


def _sentence(error: Exception, log: Path) -> str:
    # Errors of this library are written for the user; those of its dependencies are not.
    raised_in = traceback.extract_tb(error.__traceback__)[-1].filename
    ours = isinstance(error, (DatasetError, StoreError, MissingExtraError)) or (
        isinstance(error, ValueError) and Path(raised_in).is_relative_to(Path(__file__).parents[2])
    )
    if ours and str(error):
        return str(error)
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return "The memory ran out. Choose a smaller pool, batch size or model, then resume the run."
    return f"The run stopped on an error ({type(error).__name__}: {error}). The full traceback is in {log}."


@contextmanager
def _log_of(run_id: str, path: Path) -> Iterator[logging.Logger]:
    log = logging.getLogger(f"alcore.runs.{run_id}")
    try:
        open_private(path, "ab").close()
        handler: logging.Handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    # Errors of logging itself (a full disk) go to standard error and stop nothing.
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(handler)
    try:
        yield log
    finally:
        log.removeHandler(handler)
        handler.close()
