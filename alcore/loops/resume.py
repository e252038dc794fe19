"""Going on where a session was left: beside a learner that was kept, or by training it again."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from alcore.loops.session import Session

# Points that were asked for in a round, and their labels.
Told = tuple[NDArray[np.int64], NDArray[np.int64]]


def follow(session: Session, told: Iterable[Told]) -> None:
    """Take over rounds; the session's learner has been, or will be, put where the last of them left it."""
    for indices, labels in told:
        session.follow(indices, labels)


def retrain(session: Session, told: Iterable[Told]) -> None:
    """Take over rounds and train in each as it was trained then; only scoring and choosing are spared."""
    for indices, labels in told:
        session.fit()
        if "probs_N_K_C" in session.strategy.needs:
            # The members of a committee learn when they are asked.
            _ = session.view().probs_N_K_C
        session.follow(indices, labels)
