"""Several runs carried out at once by one process: on a GPU their networks are trained as one model."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing

from alcore.device import DeviceError, resolve_device
from alcore.extras import MissingExtraError
from alcore.loops.pool.train_together import train_together
from alcore.loops.session import Session
from alcore.runs.config import RunConfig
from alcore.runs.errors import StoreError
from alcore.runs.store.run_info import RunInfo
from alcore.runs.store.store import Store
from alcore.runs.worker.execute import Cancelled, Paused, steps
from alcore.runs.worker.gpu_slots import stacks

# Each holds its data, its network and its committee on the GPU.
ABREAST = 20


def claim(store: Store) -> list[RunInfo]:
    """Take the oldest queued run, and those behind it whose networks can be trained with its own.

    On a CPU nothing is gained by that, and it would cost the run its bits: there it is one at a time.

    Returns:
        The runs, held by this store; none if none is queued.
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
    """Carry out runs that this store has claimed, in step, each from its last stored round to its end.

    Each ends for itself: done, paused, cancelled or failed. A stop asked for while several are trained as one
    takes effect after that training, or at once where all of them are to stop.

    Raises:
        StoreError: the end of one could not be written down; the others were gone on with.
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
    """Train them together; returns what ends which run."""
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
        # The run will say so.
        return False


def _kind(config: RunConfig) -> tuple[object, ...]:
    return config.dataset, config.learner, config.device, config.training
