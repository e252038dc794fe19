"""Two-dimensional data against its own definition."""

import numpy as np
import pytest

from alcore.datasets.planar import SHAPES, TEST_POINTS, planar
from alcore.rng import rng_for


def accuracy_of_nearest_class_mean(data) -> float:
    means = np.stack([data.x_pool[data.y_pool == c].mean(axis=0) for c in range(data.classes)])
    nearest = np.linalg.norm(data.x_test[:, None] - means, axis=2).argmin(axis=1)
    return float(np.mean(nearest == data.y_test))


@pytest.mark.parametrize("shape", list(SHAPES))
@pytest.mark.parametrize("overlap", [0.0, 1.0])
def test_sizes_balance_and_seed(shape, overlap) -> None:
    data = planar(shape, points=101, overlap=overlap, rng=rng_for(1, "data"))
    again = planar(shape, points=101, overlap=overlap, rng=rng_for(1, "data"))
    assert data.x_pool.shape == (101, 2) and data.x_test.shape == (TEST_POINTS, 2)
    assert sorted(np.bincount(data.y_pool)) == [50, 51]
    np.testing.assert_array_equal(data.x_pool, again.x_pool)


def test_overlap_makes_blobs_harder() -> None:
    accuracies = [
        accuracy_of_nearest_class_mean(
            planar("blobs", points=500, overlap=o, classes=3, rng=rng_for(0, "data"))
        )
        for o in (0.0, 0.4, 1.0)
    ]
    assert accuracies[0] > 0.999
    assert accuracies[0] > accuracies[1] > accuracies[2] > 1 / 3


def test_bent_shapes_separate_by_their_own_rule_without_noise() -> None:
    circles = planar("circles", points=200, overlap=0, rng=rng_for(0, "data"))
    np.testing.assert_array_equal(np.linalg.norm(circles.x_pool, axis=1) < 1, circles.y_pool == 1)
    xor = planar("xor", points=400, overlap=0, rng=rng_for(0, "data"))
    assert np.mean((np.prod(xor.x_pool, axis=1) < 0) == (xor.y_pool == 1)) > 0.99


def test_near_duplicates_lie_beside_a_point_of_the_same_class() -> None:
    data = planar("blobs", points=100, near_duplicates=30, rng=rng_for(2, "data"))
    copies, originals = data.x_pool[100:], data.x_pool[:100]
    distance = np.linalg.norm(copies[:, None] - originals, axis=2)
    assert len(copies) == 30 and distance.min(axis=1).max() < 0.06
    assert set(data.y_pool[100:]) <= {0, 1}


@pytest.mark.parametrize(
    "wrong",
    [{"shape": "spiral"}, {"overlap": 1.5}, {"points": 1}, {"classes": 1}, {"shape": "xor", "classes": 3}],
)
def test_what_makes_no_sense_is_named(wrong) -> None:
    with pytest.raises(ValueError, match="spiral|planar data needs|xor have two classes"):
        planar(**({"shape": "blobs"} | wrong), rng=rng_for(0))
