"""Farthest-first order against all distances in double precision, where single precision cannot tell points apart."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from alcore.strategies.geometry import farthest
from alcore.strategies.geometry.farthest import farthest_first


def by_all_distances(x: np.ndarray, centres: np.ndarray, k: int) -> tuple[list[int], list[float]]:
    """The rule as it reads: all distances again for every pick, exact for whole numbers and powers of two."""
    picks: list[int] = []
    distances: list[float] = []
    x, centres = x.astype(np.float64), centres.astype(np.float64)
    while len(picks) < k:
        chosen = np.concatenate([centres, x[picks]])
        if len(chosen) == 0:
            mean = x.mean(axis=0)
            picks.append(int(((x - mean) ** 2).sum(axis=1).argmin()))
            distances.append(float("inf"))
            continue
        nearest = cdist(x, chosen, "sqeuclidean").min(axis=1)
        nearest[picks] = -1
        picks.append(int(nearest.argmax()))
        distances.append(float(nearest.max()) ** 0.5)
    return picks, distances


CASES = {
    "normal": lambda rng: rng.normal(size=(300, 8)),
    "one feature": lambda rng: rng.normal(size=(200, 1)),
    "a lattice: hundreds of equal distances": lambda rng: np.array(
        [[a, b, c] for a in range(7) for b in range(7) for c in range(7)], dtype=np.float64
    ),
    "copies": lambda rng: np.repeat(rng.integers(-4, 5, size=(40, 3)), 5, axis=0).astype(np.float64),
    "one point many times": lambda rng: np.ones((30, 4)),
    "near a far offset": lambda rng: 2.0**20 + rng.integers(0, 64, size=(200, 4)) / 64,
    "apart by less than single precision sees": lambda rng: np.concatenate(
        [[[0.0, 0.0]], [[1 + step * 2.0**-40, 0.0] for step in rng.permutation(50)]]
    ),
    "huge": lambda rng: 1e140 * rng.integers(-9, 10, size=(100, 3)),
    "tiny": lambda rng: 2.0**-300 * rng.integers(-9, 10, size=(100, 3)),
    "groups far from one another": lambda rng: np.concatenate(
        [100.0 * centre + rng.normal(size=(10, 3)) for centre in rng.normal(size=(20, 3))]
    ),
    "a line of ever larger gaps": lambda rng: rng.permutation(2.0 ** np.arange(120) / 2**60)[:, None],
    "single precision": lambda rng: rng.normal(size=(300, 8)).astype(np.float32),
}


@pytest.mark.parametrize("front", [1, 3, 10, 1000])
@pytest.mark.parametrize("labeled", [0, 1, 9])
@pytest.mark.parametrize("case", CASES)
def test_it_is_the_order_by_all_distances(monkeypatch: pytest.MonkeyPatch, case: str, labeled: int, front: int) -> None:
    monkeypatch.setattr(farthest, "FRONT", front)
    monkeypatch.setattr(farthest, "PART", 10**6)
    rng = np.random.default_rng(len(case))
    x = CASES[case](rng)
    centres, points = x[:labeled], x[labeled:]
    k = min(25, len(points))
    picks, distances = farthest_first(points, centres, k)
    right, right_distances = by_all_distances(points, centres, k)
    assert picks == right
    np.testing.assert_allclose(distances, right_distances, rtol=1e-12)


def test_all_points_are_taken_once() -> None:
    x = np.random.default_rng(0).integers(0, 3, size=(60, 2)).astype(np.float64)
    picks, distances = farthest_first(x, x[:0], 60)
    assert sorted(picks) == list(range(60))
    assert distances[-1] == 0


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(ValueError):
        farthest_first(np.array([[1e200], [-1e200]]), np.empty((0, 1)), 1)
