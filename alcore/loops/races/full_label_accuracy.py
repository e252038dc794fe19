"""The accuracy of the model with every point of the pool labelled."""

from collections.abc import Sequence

import numpy as np

from alcore.datasets.dataset import Dataset
from alcore.logistic.batched import predict, solve
from alcore.loops.steps import OnStep, counted, ignored

# Data sets solved together: more of them save hardly any time each, and report progress later.
TOGETHER = 10


def full_label_accuracy(datasets: Sequence[Dataset], *, on_step: OnStep = ignored) -> list[float]:
    """Test accuracy of logistic regression, scikit-learn's default, on the whole pool of each data set.

    Args:
        datasets: pools of one size and number of classes.
        on_step: called with the share completed; an exception stops the work.
    """
    found: list[float] = []
    for begin in counted(range(0, len(datasets), TOGETHER), on_step):
        some = datasets[begin : begin + TOGETHER]
        x, y = (np.stack([getattr(data, name) for data in some]) for name in ("x_pool", "y_pool"))
        coefs = solve(x, y, classes=some[0].classes)
        found += [
            float(np.mean(predict(coefs[row : row + 1], data.x_test)[0].argmax(axis=1) == data.y_test))
            for row, data in enumerate(some)
        ]
    return found
