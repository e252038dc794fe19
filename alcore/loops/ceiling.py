"""What a pool has to give: the accuracy of the model once every point is labelled."""

from collections.abc import Sequence

import numpy as np

from alcore.datasets.dataset import Dataset
from alcore.strategies.newton import predict, solve


def accuracy_with_all(datasets: Sequence[Dataset]) -> list[float]:
    """Test accuracy of logistic regression, scikit-learn's default, on the whole pool of each data set.

    Args:
        datasets: pools of one size and number of classes; all are solved together.
    """
    x, y = (np.stack([getattr(data, name) for data in datasets]) for name in ("x_pool", "y_pool"))
    coefs = solve(x, y, classes=datasets[0].classes)
    return [
        float(np.mean(predict(coefs[row : row + 1], data.x_test)[0].argmax(axis=1) == data.y_test))
        for row, data in enumerate(datasets)
    ]
