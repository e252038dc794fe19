"""Replaying a stored run, to check that its results are reproduced, and what differs otherwise."""

from collections.abc import Callable

import numpy as np

from alcore.loops.pool.simulate import Round
from alcore.runs.config_data import learner_of
from alcore.runs.environment import differences, environment, threads_of
from alcore.runs.store.store import Store, StoreError
from alcore.runs.worker.build_session import build_session, rounds_to_come
from alcore.runs.worker.download import ensure_downloaded


def verify(
    store: Store,
    run_id: str,
    *,
    on_round: Callable[[Round], None],
    on_wait: Callable[[str], None],
    tick: Callable[[], None] = lambda: None,
) -> tuple[list[str], list[str]]:
    """Replay the stored rounds of a run from the start, forks and changes included; nothing is stored.

    On the CPU with the recorded number of threads.

    Args:
        store: holds the run.
        run_id: id of the run; it may be unfinished.
        on_round: called with each round.
        on_wait: called with a sentence while a data set is downloading.
        tick: called during training; an exception from it ends the replay.

    Returns:
        (differences of rounds, a phrase per round, empty if all bits are equal; differences of versions, device and
        threads from those recorded).

    Raises:
        StoreError: if there is no stored round to compare with.
        UnknownRunError: if there is no such run.
    """
    info, stored = store.run(run_id), store.rounds(run_id)
    if not stored:
        raise StoreError(f"Run {run_id} ({info.state}) has no stored round yet: there is nothing to replay.")
    dataset = ensure_downloaded(info.config, store.home, tick, on_wait)
    learner = learner_of(info.config, dataset, tick)
    numbers: list[str] = []
    done = 0
    with threads_of(info.record):
        session = build_session(info.course, dataset, learner, (), trained=True)
        rounds = rounds_to_come(info.course, dataset, session, (), labels_per_round=info.course.labels_at)
        for before, now in zip(stored, rounds, strict=False):
            numbers += unlike(before, now)
            done += 1
            on_round(now)
        here = environment(learner.record)
    if done < len(stored):
        numbers.append(f"{len(stored)} rounds then, {done} now")
    return numbers, differences(info.record, here)


def unlike(before: Round, now: Round) -> list[str]:
    """Differences, bit for bit, between two versions of a round."""
    found = []
    if not np.array_equal(before.labeled, now.labeled):
        found.append("other labels")
    found += [
        f"{name} {getattr(before, name):.6g} then, {getattr(now, name):.6g} now"
        for name in ("accuracy", "train_loss")
        if not np.array_equal(getattr(before, name), getattr(now, name), equal_nan=True)
    ]
    if (before.batch is None) != (now.batch is None):
        found.append("points queried in one of them only")
    elif before.batch is not None and now.batch is not None:
        same = sorted(before.batch.indices) == sorted(now.batch.indices)
        if not np.array_equal(before.batch.indices, now.batch.indices):
            found.append("the same queried points in another order" if same else "other queried points")
        elif not np.array_equal(before.batch.scores, now.batch.scores, equal_nan=True):
            found.append("other scores")
    if before.batch_probs_K_C.shape == now.batch_probs_K_C.shape and not found:
        widest = float(np.max(np.abs(before.batch_probs_K_C - now.batch_probs_K_C), initial=0.0))
        if widest:
            found.append(f"probabilities by up to {widest:.2g}")
    return [f"round {before.round}: {', '.join(found)}"] if found else []
