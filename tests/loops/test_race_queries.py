"""Asking for all seeds at once gives, bit for bit, what asking for one after the other gives."""

import numpy as np
import pytest

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.generate import planar
from alcore.logistic.batched import solve
from alcore.loops.ask import tie_order
from alcore.loops.races import queries as module
from alcore.loops.races.models import DatasetStack, FittedModels
from alcore.loops.races.queries import queries
from alcore.rng import rng_for
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.picks import OfEachPoint, random_score
from alcore.strategies.strategy import highest

SEEDS = (3, 4, 5)
AT_ONCE = [
    name
    for name, one in STRATEGIES.items()
    if one.choose is highest and (one.score is random_score or isinstance(one.score, OfEachPoint))
]


def data_of(classes: int, copies: int, seed: int) -> Dataset:
    """Each point of a pool of 60 there several times, which makes equal scores."""
    data = planar("blobs", points=60 // copies, classes=classes, rng=rng_for(seed, "data"))
    rows = np.arange(60) % (60 // copies)
    return Dataset("copies", data.x_pool[rows], data.y_pool[rows], data.x_test, data.y_test, data.class_names)


@pytest.mark.parametrize("k", [1, 5, 50])
@pytest.mark.parametrize(("classes", "copies"), [(2, 1), (2, 4), (3, 1), (5, 3)])
@pytest.mark.parametrize("name", AT_ONCE)
def test_at_once_is_one_after_the_other(name: str, classes: int, copies: int, k: int) -> None:
    datasets = [data_of(classes, copies, seed) for seed in SEEDS]
    labeled_S_M = np.stack([rng_for(seed, "first").permutation(60)[:10] for seed in SEEDS])
    coefs = np.stack(
        [
            solve(data.x_pool[order], data.y_pool[order], classes=classes)
            for data, order in zip(datasets, labeled_S_M, strict=True)
        ]
    )
    models = FittedModels(DatasetStack.of(datasets), coefs, labeled_S_M[:, None], SEEDS, 7)
    open_S_N = np.ones((len(SEEDS), 60), dtype=bool)
    np.put_along_axis(open_S_N, labeled_S_M, False, axis=1)
    ties_S_N = np.stack([tie_order(seed, 60) for seed in SEEDS])
    arguments = (
        STRATEGIES[name],
        models,
        0,
        open_S_N,
        ties_S_N,
        k,
        lambda: [rng_for(seed, "acquisition", 7) for seed in SEEDS],
    )
    shares: list[float] = []
    found = queries(*arguments, on_step=shares.append)
    plain = module._one_by_one(*arguments, on_step=lambda share: None)
    np.testing.assert_array_equal(found.indices_S_K, plain.indices_S_K)
    np.testing.assert_array_equal(found.picked_S_K, plain.picked_S_K)
    np.testing.assert_array_equal(found.scores_S_N, plain.scores_S_N)
    assert shares == [1.0]


def test_uncertainty_and_random_are_asked_at_once() -> None:
    assert {"random", "least_confidence", "margin", "entropy"} <= set(AT_ONCE)
