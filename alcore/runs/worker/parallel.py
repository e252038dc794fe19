"""Several runs carried out by one process: on a GPU their networks are trained as one model."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing

from alcore.device import DeviceError, resolve_device
from alcore.extras import MissingExtraError
from alcore.loops.pool.train_together import train_together
from alcore.loops.session import Session
from alcore.runs.config import RunConfig
from alcore.runs.store.run_info import RunInfo
from alcore.runs.store.store import Store
from alcore.runs.worker.execute import Cancelled, Paused, steps
from alcore.runs.worker.gpu_slots import stacks
from alcore.storage.errors import StoreError

# Largest number of runs at once: each holds its data, its network and its committee on the GPU.
ABREAST = 20


def claim(store: Store) -> list[RunInfo]:
    """Claim the oldest queued run, and later ones whose networks can be trained together with its own.

    On a CPU this gains nothing, and would change the run's bits: there a single run is claimed.

    Returns:
        The runs, held by this store; empty if the queue is.
    """
    first = store.claim_next()
    if first is None:
        return []
    taken = [first]
    if stacks(first.config) and _on_gpu(first.config):
        kind = _kind(first.config)
        while len(taken) < ABREAST and (info := store.claim_next(lambda other: _kind(other) == kind)):
            taken.append(info)
    return taken


def execute_abreast(store: Store, run_ids: Sequence[str]) -> None:
    """Carry out claimed runs in lockstep, each from its last stored round to its end.

    Each ends separately: done, paused, cancelled or failed. A stop requested while several are trained as one model
    takes effect after that training, or at once if all of them are to stop.

    Raises:
        StoreError: if the end of a run could not be stored; the other runs were continued.
    """
    unwritten: StoreError | None = None
    with ExitStack() as open_ones:
        runs = {run_id: open_ones.enter_context(closing(steps(store, run_id))) for run_id in run_ids}
        ends: Mapping[str, Exception] = {}
        while runs:
            ready: dict[str, Session] = {}
            for run_id, run in list(runs.items()):
                try:
                    ready[run_id] = run.throw(ends[run_id]) if run_id in ends else next(run)
                except StopIteration:
                    del runs[run_id]
                except StoreError as error:
                    del runs[run_id]
                    unwritten = error
            ends = _train(ready)
    if unwritten is not None:
        raise unwritten


def _train(ready: Mapping[str, Session]) -> Mapping[str, Exception]:
    """Train sessions together; returns the exception that ends each run, if any."""
    stops: dict[str, Exception] = {}

    def tick() -> None:
        for run_id, session in ready.items():
            if run_id not in stops:
                try:
                    session.learner.tick()  # type: ignore[attr-defined]
                except (Cancelled, Paused) as stop:
                    stops[run_id] = stop
        if len(stops) == len(ready):
            raise Cancelled

    try:
        train_together(list(ready.values()), tick)
    except Exception as error:
        return dict.fromkeys(ready, error) | stops
    return stops


def _on_gpu(config: RunConfig) -> bool:
    try:
        return resolve_device(config.device).type == "cuda"
    except (DeviceError, MissingExtraError):
        # The run reports the error.
        return False


def _kind(config: RunConfig) -> tuple[object, ...]:
    return config.dataset, config.learner, config.device, config.training
