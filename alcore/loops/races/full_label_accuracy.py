"""The accuracy of the model with every point of the pool labelled."""

from collections.abc import Sequence

import numpy as np

from alcore.datasets.dataset import Dataset
from alcore.learners.registry import make_learner
from alcore.logistic.batched import predict, solve
from alcore.loops.races.features import LOCKSTEP, mapped
from alcore.loops.steps import OnStep, counted, ignored
from alcore.rng import rng_for
from alcore.strategies.arrays import to_numpy

# Data sets solved together: more of them save hardly any time each, and report progress later.
TOGETHER = 10


def full_label_accuracy(
    datasets: Sequence[Dataset],
    *,
    learner: str = "logistic",
    seeds: Sequence[int] | None = None,
    on_step: OnStep = ignored,
) -> list[float]:
    """Test accuracy of a learner trained on the whole pool of each data set.

    Args:
        datasets: pools of one size and number of classes.
        learner: a key of `LEARNERS`.
        seeds: of the learner, one a data set; 0, 1, 2 and so on if not given.
        on_step: called with the share completed; an exception stops the work.
    """
    pairs = list(zip(datasets, range(len(datasets)) if seeds is None else seeds, strict=True))
    if learner not in LOCKSTEP:
        return [_of_one(data, learner, seed) for data, seed in counted(pairs, on_step)]
    found: list[float] = []
    for begin in counted(range(0, len(pairs), TOGETHER), on_step):
        some = [mapped(data, learner, seed) for data, seed in pairs[begin : begin + TOGETHER]]
        x, y = (np.stack([getattr(data, name) for data in some]) for name in ("x_pool", "y_pool"))
        coefs = solve(x, y, classes=some[0].classes)
        found += [
            float(np.mean(predict(coefs[row : row + 1], data.x_test)[0].argmax(axis=1) == data.y_test))
            for row, data in enumerate(some)
        ]
    return found


def _of_one(data: Dataset, learner: str, seed: int) -> float:
    model = make_learner(learner, classes=data.classes, seed=seed)
    model.fit(model.prepare(data.x_pool), data.y_pool, rng=rng_for(seed, "train", "all labels"))
    probs_T_C = to_numpy(model.predict_probs(model.prepare(data.x_test)))
    return float(np.mean(probs_T_C.argmax(axis=1) == data.y_test))
