"""A stream watched one arrival at a time, by any learner."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.learners.base import Learner
from alcore.loops.stream.policies import Budget, QueryPolicy, Randomness, decide
from alcore.rng import rng_for
from alcore.strategies.arrays import to_numpy


@dataclass(frozen=True, eq=False)
class StreamStep:
    """What became of one point; until the next one arrives the learner is the model it left behind.

    Attributes:
        number: of the arrival, from 0.
        probs_C: what the model said of it.
        uncertainty: one minus the largest of these.
        threshold: what that was held against.
        asked: whether its label was asked for.
        spent: labels spent, this one included.
        correct: whether the model's prediction was right.
    """

    number: int
    probs_C: NDArray[np.floating]
    uncertainty: float
    threshold: float
    asked: bool
    spent: int
    correct: bool


def online_stream(
    arrivals: Iterable[tuple[NDArray, int]],
    learner: Learner,
    policy: QueryPolicy,
    *,
    first: tuple[NDArray, NDArray[np.int64]],
    seed: int,
    budget: Budget,
    window: int | None = None,
) -> Iterator[StreamStep]:
    """Watch a stream that may never end.

    On logistic regression it asks what `streams` asks, which is faster for many streams.

    Args:
        arrivals: points with their labels; the learner is told a label only where it was asked for.
        learner: is fitted again after each label.
        policy: from `alcore.loops.stream.policies`.
        first: points and labels to begin with, which are not part of the budget.
        seed: of the coins and the training.
        budget: of questions.
        window: train on so many of the latest labels; on all if not given.

    Raises:
        ValueError: if there is no first label, or the window is below 1.
    """
    x_first, y_first = first
    if not len(y_first) or len(x_first) != len(y_first) or (window is not None and window < 1):
        raise ValueError(
            "watching a stream needs a first label, one a point, and a window of 1 or more, got "
            f"{len(x_first)} points, {len(y_first)} labels and window={window}"
        )
    coin, factor = rng_for(seed, "arrivals", "coin"), rng_for(seed, "arrivals", "factor")
    points, labels = list(x_first), list(y_first)
    state_1 = np.array([policy.first])
    spent = 0
    _fit(learner, points, labels, window, rng=rng_for(seed, "train", spent))
    for number, (point, label) in enumerate(arrivals):
        probs_C = to_numpy(learner.predict_probs(learner.prepare(point[None])))[0]
        uncertainty_1 = 1 - probs_C.max(keepdims=True)
        due_1 = budget.has_budget(number + 1, np.array([spent]))
        chance = Randomness(coin.random(1), factor.standard_normal(1), due_1)
        may_1 = np.array([spent < budget.earned(number + 1)])
        bar_1, asked_1, state_1 = decide(policy, state_1, uncertainty_1, may_1, chance, budget.share)
        if asked_1[0]:
            spent += 1
            points.append(point)
            labels.append(label)
            _fit(learner, points, labels, window, rng=rng_for(seed, "train", spent))
        yield StreamStep(
            number=number,
            probs_C=probs_C,
            uncertainty=float(uncertainty_1[0]),
            threshold=float(bar_1[0]),
            asked=bool(asked_1[0]),
            spent=spent,
            correct=bool(probs_C.argmax() == label),
        )


def _fit(
    learner: Learner,
    points: list[NDArray],
    labels: list[int],
    window: int | None,
    *,
    rng: np.random.Generator,
) -> None:
    """Train on the latest labels."""
    if window is not None:
        del points[:-window], labels[:-window]
    learner.fit(learner.prepare(np.stack(points)), np.array(labels, dtype=np.int64), rng=rng)
