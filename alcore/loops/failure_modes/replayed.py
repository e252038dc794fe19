"""One race of a failure mode, round by round, as a figure reads it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.loops.failure_modes.cases import Trial
from alcore.loops.races.grid import Grid


@dataclass(frozen=True)
class ReplayedRound:
    """Labels held after a round, and test accuracy."""

    labels: int
    accuracy: float


@dataclass(frozen=True, eq=False)
class ReplayedRace:
    """The race of one arm and seed.

    Attributes:
        strategy: key of its style and name.
        rounds: from the one before the first query on.
        order: all labelled points in the order of labelling, those kept to fit a temperature included.
        surfaces_R_Y_X_C: class probabilities over the plane after each round.
    """

    strategy: str
    rounds: Sequence[ReplayedRound]
    order: NDArray[np.int64]
    surfaces_R_Y_X_C: NDArray[np.float32]


def replayed(trial: Trial, arm: str, seed: int, grid: Grid, *, name: str) -> ReplayedRace:
    """Replay a race of a trial.

    Args:
        trial: all races.
        arm: `without`, `treated` or another arm.
        seed: index of the race.
        grid: where the probabilities are computed.
        name: its `strategy`.
    """
    course = getattr(trial, arm).at(seed)
    order = course.order_S_M[0]
    if len(order) < course.labels_T[-1]:
        # Some of the first labels fitted the temperature; without it, all of them are trained on.
        order = np.concatenate([trial.without.order_S_M[seed][: course.labels_T[0]], course.asked_S_M[0]])
    shape = len(grid.y), len(grid.x), -1
    surfaces = [course.probs(t, grid.points_P_2[None])[0].reshape(shape) for t in range(len(course.labels_T))]
    rounds = [
        ReplayedRound(int(labels), float(accuracy))
        for labels, accuracy in zip(course.labels_T, course.accuracy_S_T[0], strict=True)
    ]
    return ReplayedRace(name, rounds, order, np.array(surfaces, dtype=np.float32))
