"""What is planted in a pool, and that everything else stays where it was."""

from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.corruptions import CorruptedDataset, inject
from alcore.datasets.planar.generate import SHAPES, planar, planted
from alcore.rng import rng_for


def draw(shape: str = "blobs", *, seed: int = 4, **settings: Any) -> CorruptedDataset:
    return planted(shape, **({"points": 200} | settings), rng=rng_for(seed, "data"))


@pytest.mark.parametrize("shape", list(SHAPES))
def test_every_plant_is_named_and_the_rest_is_clean(shape: str) -> None:
    clean = draw(shape).dataset
    full = draw(shape, near_duplicates=30, label_noise=0.1, outliers=12)
    data = full.dataset
    np.testing.assert_array_equal(data.x_test, clean.x_test)
    np.testing.assert_array_equal(data.y_test, clean.y_test)
    np.testing.assert_array_equal(data.x_pool[:200], clean.x_pool)
    assert full.duplicates.tolist() == list(range(200, 230))
    assert full.outliers.tolist() == list(range(230, 242))
    assert len(full.flipped) == 23 and full.flipped.max() < 230
    wrong = np.flatnonzero(data.y_pool[:200] != clean.y_pool)
    assert wrong.tolist() == full.flipped[full.flipped < 200].tolist()
    same = planar(shape, points=200, near_duplicates=30, label_noise=0.1, outliers=12, rng=rng_for(4, "data"))
    np.testing.assert_array_equal(same.x_pool, data.x_pool)
    np.testing.assert_array_equal(same.y_pool, data.y_pool)


@pytest.mark.parametrize("shape", list(SHAPES))
@pytest.mark.parametrize("overlap", [0.0, 0.4, 1.0])
def test_outliers_are_isolated(shape: str, overlap: float) -> None:
    found = draw(shape, overlap=overlap, outliers=20)
    pool, far = found.dataset.x_pool[:200], found.dataset.x_pool[found.outliers]
    middle = pool.mean(axis=0)
    reach = np.linalg.norm(pool - middle, axis=1).max()
    assert cdist(far, pool).min() >= 0.2 * reach
    between = cdist(far, far) + np.diag(np.full(20, np.inf))
    near = cdist(pool, pool) + np.diag(np.full(200, np.inf))
    assert between.min() > np.median(near.min(axis=1))
    assert np.linalg.norm(far - middle, axis=1).max() <= 1.6 * reach


def test_labels_of_outliers_are_a_lottery() -> None:
    found = draw(classes=4, outliers=4000)
    counts = np.bincount(found.dataset.y_pool[found.outliers])
    assert len(counts) == 4 and np.abs(counts - 1000).max() < 120


def test_a_flipped_label_is_any_other_class() -> None:
    clean, noisy = draw(classes=3, points=6000).dataset, draw(classes=3, points=6000, label_noise=0.5)
    assert len(noisy.flipped) == 3000
    shift = (noisy.dataset.y_pool - clean.y_pool)[noisy.flipped] % 3
    assert np.bincount(shift).tolist()[0] == 0 and abs(np.mean(shift == 1) - 0.5) < 0.05
    assert draw(label_noise=1.0).flipped.tolist() == list(range(200))
    assert len(draw(label_noise=0.0).flipped) == 0


def test_more_of_a_plant_keeps_what_there_was() -> None:
    few, many = draw(outliers=5), draw(outliers=9)
    np.testing.assert_array_equal(few.dataset.x_pool, many.dataset.x_pool[:205])
    np.testing.assert_array_equal(few.dataset.y_pool, many.dataset.y_pool[:205])
    assert set(draw(label_noise=0.05).flipped) < set(draw(label_noise=0.2).flipped)
    few, many = draw(near_duplicates=7), draw(near_duplicates=40)
    np.testing.assert_allclose(few.dataset.x_pool, many.dataset.x_pool[:207], atol=0.1)


def test_a_plant_does_not_move_another() -> None:
    alone = draw(outliers=6)
    together = draw(outliers=6, near_duplicates=20, label_noise=0.3)
    np.testing.assert_array_equal(alone.dataset.x_pool[alone.outliers], together.dataset.x_pool[together.outliers])
    np.testing.assert_array_equal(alone.dataset.y_pool[alone.outliers], together.dataset.y_pool[together.outliers])
    copies = draw(near_duplicates=20)
    np.testing.assert_array_equal(
        copies.dataset.x_pool[copies.duplicates], together.dataset.x_pool[together.duplicates]
    )
    assert draw(label_noise=0.3).flipped.tolist() == draw(label_noise=0.3, outliers=6).flipped.tolist()
    assert draw(label_noise=0.3).flipped.tolist() == draw(label_noise=0.3, imbalance=0.2).flipped.tolist()


def test_given_data_stay_as_they_are() -> None:
    rng = rng_for(1)
    x, y = rng.normal(size=(40, 2)), rng.integers(0, 2, 40)
    given = Dataset("own", x.copy(), y.copy(), x[:5], y[:5], ("no", "yes"))
    found = inject(given, near_duplicates=3, label_noise=0.5, outliers=2, rng=rng_for(2))
    np.testing.assert_array_equal(given.x_pool, x)
    np.testing.assert_array_equal(given.y_pool, y)
    assert found.dataset.name == "own" and found.dataset.x_pool.shape == (45, 2)


def test_plants_need_the_plane() -> None:
    data = Dataset("line", np.ones((9, 1)), np.zeros(9, np.int64), np.ones((1, 1)), np.zeros(1, np.int64), ("A",))
    with pytest.raises(ValueError, match=r"points in the plane, got a pool of shape \(9, 1\)"):
        inject(data, outliers=1, rng=rng_for(0))
