"""A million points for every strategy whose time is linear in them: `pytest -m million`."""

from functools import cache

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.strategy import highest
from tests.support.pools import Values, rows, values, view_of

MILLION = 1_000_000
PIECES = 10
# Quadratic, or linear with a factor that is no matter of seconds: see their cost.
STEEP = ("eer", "typiclust", "probcover", "communities")
# Scores that depend on the pool as a whole, or are drawn.
OF_THE_WHOLE = ("random", "epig", "density")
SIZES = [
    *((name, 100_000) for name in ("entropy", "bald", "k_center")),
    *(
        pytest.param(name, MILLION, marks=[pytest.mark.slow, pytest.mark.million])
        for name in STRATEGIES
        if name not in STEEP
    ),
]


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


@cache
def pool(n: int) -> Values:
    draw = rng()
    odds = draw.random((n, 3, 2)) ** 4 + 1e-6
    places, labeled = draw.normal(size=(n, 4)), draw.normal(size=(8, 4))
    return values(odds / odds.sum(axis=2, keepdims=True), places, labeled, np.arange(8) % 2, np.float32)


def farthest_in_turn(features: np.ndarray, labeled: np.ndarray, k: int) -> list[int]:
    picks: list[int] = []
    for _ in range(k):
        distance = cdist(features, np.concatenate([labeled, features[picks]])).min(axis=1)
        picks.append(int(distance.argmax()))
    return picks


@pytest.mark.parametrize(("name", "n"), SIZES)
def test_a_large_pool(name: str, n: int) -> None:
    given, strategy = pool(n), STRATEGIES[name]
    batch = strategy.select(view_of(given), 10, rng())
    assert len(np.unique(batch.indices)) == len(batch) == 10
    assert set(batch.indices.tolist()) <= set(range(n))
    assert np.isfinite(batch.scores).all()
    if name == "k_center":
        expected = farthest_in_turn(given["features_N_D"], given["labeled_M_D"], 10)
        assert batch.indices.tolist() == expected
    if strategy.score is not None and name not in OF_THE_WHOLE:
        parts = np.array_split(np.arange(n), PIECES)
        scores = np.concatenate([strategy.score(view_of(rows(given, part)), rng()) for part in parts])
        np.testing.assert_allclose(batch.scores, scores[batch.indices], rtol=1e-5)
        if strategy.choose is highest:
            np.testing.assert_allclose(batch.scores, np.sort(scores)[::-1][:10], rtol=1e-5)
