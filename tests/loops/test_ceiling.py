"""The accuracy with all labels against scikit-learn."""

import pytest
from sklearn.linear_model import LogisticRegression

from alcore.datasets.planar.generate import planar
from alcore.loops.races.full_label_accuracy import full_label_accuracy
from alcore.rng import rng_for


@pytest.mark.parametrize("classes", [2, 3])
def test_is_that_of_scikit_learn(classes: int) -> None:
    datasets = [planar("blobs", points=90, classes=classes, rng=rng_for(seed, "data")) for seed in range(4)]
    assert full_label_accuracy(datasets) == pytest.approx(
        [
            LogisticRegression(solver="newton-cholesky", tol=1e-10)
            .fit(data.x_pool, data.y_pool)
            .score(data.x_test, data.y_test)
            for data in datasets
        ]
    )
