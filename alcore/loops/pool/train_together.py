"""Sessions whose networks are trained at once, as one batched model."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from alcore.loops.calibrated_learner import Calibrated
from alcore.loops.pool.peak_memory import peak_memory_of
from alcore.loops.session import Session


def train_together(sessions: Sequence[Session], tick: Callable[[], None] | None = None) -> None:
    """Train at once the sessions that can be stacked; the others are trained at their next query.

    Networks of one kind with equally many labels are stacked, see `stackable`. Each is trained as
    alone, up to rounding.

    Args:
        sessions: none twice.
        tick: called once a minibatch in place of the learners' own; an exception from it stops the work, and
            leaves the learners in no state to go on from.
    """
    if not all(hasattr(session.learner, "begin") for session in sessions):
        return
    # torch is loaded only where there is a network.
    from alcore.learners.torch.stacked import fit_stacked, stackable

    by_labels = defaultdict(list)
    for session in sessions:
        if not session.is_trained:
            by_labels[len(session.order)].append(session)
    for alike in by_labels.values():
        if len(alike) == 1:
            continue
        learners: list[Any] = [
            session.learner.learner if isinstance(session.learner, Calibrated) else session.learner for session in alike
        ]
        x_T, y_T, rngs = zip(*(session.training_data() for session in alike), strict=True)
        if not stackable(learners, x_T):
            continue
        started, peak_mib = time.perf_counter(), peak_memory_of(learners[0].record["device"])
        losses = fit_stacked(learners, x_T, y_T, rngs=rngs, tick=tick)
        share, peak = (time.perf_counter() - started) / len(alike), peak_mib()
        for session, loss in zip(alike, losses, strict=True):
            session.trained(loss, share, peak)
