"""Two-dimensional data against its own definition."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from alcore.datasets.catalogue import load_dataset
from alcore.datasets.planar.generate import SHAPES, TEST_POINTS, planar
from alcore.datasets.planar.traps import TRAPS
from alcore.rng import rng_for

# Shape, points, overlap, classes, near-duplicates -> the last point of the pool, and sums over the points of
# pool and test set and over the labels of both, weighted by the cosine of the place, as first published.
PUBLISHED = {
    ("blobs", 400, 0.4, 2, 0): "0.7946256014 -0.8275196588 -22.83860797 -21.0352592 -0.25437058 -6.7563929",
    ("blobs", 60, 0.7, 5, 25): "-0.4860193 0.8498716995 17.81475097 -2.226243859 1.687884092 23.64301238",
    ("moons", 101, 0.3, 2, 0): "-1.467640248 0.3866108402 -4.003125596 -11.32064296 -0.6628223262 5.24985308",
    ("moons", 80, 0.0, 2, 3): "0.9145984165 -0.6731843719 2.48162029 19.70839238 2.830189298 3.925533126",
    ("circles", 50, 0.0, 2, 7): "-0.5572793034 0.2501234882 1.904061155 8.669721924 3.780408036 -3.891837362",
    ("circles", 90, 0.5, 2, 0): "0.6577342827 0.1575887106 6.070024673 -22.65885824 4.108027971 14.68723033",
    ("xor", 200, 1.0, 2, 40): "3.705625654 -1.326518669 15.54360704 71.70102372 6.215229628 -16.24507787",
    ("xor", 33, 0.2, 2, 0): "1.339342016 0.9637903636 8.163252456 -21.09005541 -0.2591357025 15.4757417",
}


@pytest.mark.parametrize("drawn", list(PUBLISHED))
def test_a_seed_draws_what_it_always_drew(drawn) -> None:
    shape, points, overlap, classes, copies = drawn
    data = planar(
        shape,
        points=points,
        overlap=overlap,
        classes=classes,
        near_duplicates=copies,
        rng=rng_for(7, "data"),
    )
    sums = [np.cos(np.arange(a.size)) @ a.ravel() for a in (data.x_pool, data.x_test, data.y_pool, data.y_test)]
    np.testing.assert_allclose(
        [*data.x_pool[-1], *sums], [float(number) for number in PUBLISHED[drawn].split()], rtol=1e-8
    )


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
    shares = SHAPES[shape].shares or (0.5, 0.5)
    assert np.abs(np.bincount(data.y_pool) - 101 * np.array(shares)).max() < 1
    assert np.abs(np.bincount(data.y_test) - TEST_POINTS * np.array(shares)).max() < 1
    np.testing.assert_array_equal(data.x_pool, again.x_pool)


def test_overlap_makes_blobs_harder() -> None:
    accuracies = [
        accuracy_of_nearest_class_mean(planar("blobs", points=500, overlap=o, classes=3, rng=rng_for(0, "data")))
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


def test_spirals_turn_into_one_another() -> None:
    spirals = planar("spirals", points=300, overlap=0, rng=rng_for(0, "data"))
    radius = np.linalg.norm(spirals.x_pool, axis=1)
    turn = np.arctan2(spirals.x_pool[:, 1], spirals.x_pool[:, 0]) - 2.5 * np.pi * radius / 1.8
    np.testing.assert_allclose(np.cos(turn), np.where(spirals.y_pool == 0, 1, -1), atol=1e-9)
    assert radius.min() >= 0.45 and radius.max() <= 1.8


def test_the_far_cluster_misleads_whoever_has_not_seen_it() -> None:
    data = planar("far_cluster", points=1000, rng=rng_for(0, "data"))
    far = data.x_pool[:, 0] > 2.5
    assert far.sum() == pytest.approx(100, abs=30) and set(data.y_pool[far]) == {1}
    near = LogisticRegression().fit(data.x_pool[~far], data.y_pool[~far])
    assert near.score(data.x_pool[~far], data.y_pool[~far]) > 0.95
    assert near.predict_proba(data.x_pool[far])[:, 0].min() > 0.9
    every = LogisticRegression().fit(data.x_pool, data.y_pool)
    assert every.score(data.x_pool[far], data.y_pool[far]) > 0.9
    assert every.score(data.x_test, data.y_test) > near.score(data.x_test, data.y_test) + 0.03


@pytest.mark.parametrize("shape", list(SHAPES))
def test_imbalance_thins_classes_of_the_pool_alone(shape) -> None:
    even, mild, strong = (
        planar(shape, points=207, imbalance=ratio, rng=rng_for(3, "data")) for ratio in (1.0, 0.5, 0.1)
    )
    ratio = np.divide(*np.bincount(even.y_pool)[::-1])
    for data, imbalance in [(mild, 0.5), (strong, 0.1)]:
        first, second = np.bincount(data.y_pool)
        assert first + second == 207 and abs(second - 207 * (1 - 1 / (1 + imbalance * ratio))) <= 0.5
        np.testing.assert_array_equal(data.x_test, even.x_test)
        np.testing.assert_array_equal(data.y_test, even.y_test)
        moved = np.any(data.x_pool != even.x_pool, axis=1)
        assert set(even.y_pool[moved]) == {1} and set(data.y_pool[moved]) == {0}
    # What gave way to a mild imbalance stays where it went when the imbalance grows.
    gone = mild.y_pool != even.y_pool
    np.testing.assert_array_equal(strong.x_pool[gone], mild.x_pool[gone])


def test_imbalance_of_many_classes() -> None:
    for points in range(5, 60):
        even = planar("blobs", points=points, classes=5, rng=rng_for(0, "data"))
        assert np.ptp(np.bincount(even.y_pool)) <= 1
    data = planar("blobs", points=400, classes=3, imbalance=0.01, rng=rng_for(0, "data"))
    assert np.bincount(data.y_pool).tolist() == [392, 4, 4]
    scarce = planar("blobs", points=20, classes=3, imbalance=0.001, rng=rng_for(0, "data"))
    assert np.bincount(scarce.y_pool).tolist() == [18, 1, 1]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"shape": "spiral"}, "unknown shape 'spiral': choose one of blobs, moons"),
        ({"overlap": 1.5}, "overlap=1.5"),
        ({"overlap": float("nan")}, "overlap=nan"),
        ({"points": 1}, "points=1"),
        ({"classes": 1}, "classes=1"),
        ({"classes": 11}, "classes=11"),
        ({"imbalance": 0.0}, "imbalance=0.0"),
        ({"imbalance": 1.1}, "imbalance=1.1"),
        ({"near_duplicates": -1}, "near_duplicates=-1"),
        ({"outliers": -1}, "outliers=-1"),
        ({"label_noise": 1.01}, "label_noise=1.01"),
        ({"shape": "xor", "classes": 3}, "xor have two classes, got classes=3"),
    ],
)
def test_what_makes_no_sense_is_named(wrong, said) -> None:
    with pytest.raises(ValueError, match=said):
        planar(**({"shape": "blobs"} | wrong), rng=rng_for(0))


def test_half_of_the_honeypot_cannot_be_learned() -> None:
    data = planar("honeypot", points=4000, rng=rng_for(0, "data"))
    pot = data.x_pool[:, 0] > 0
    assert pot.mean() == pytest.approx(0.5, abs=0.03) and data.y_pool[pot].mean() == pytest.approx(0.5, abs=0.04)
    easy = LogisticRegression().fit(data.x_pool[~pot], data.y_pool[~pot])
    assert easy.score(data.x_pool[~pot], data.y_pool[~pot]) > 0.98
    # The boundary of the easy half runs through the other one: that is where uncertainty sampling looks.
    assert np.median(np.abs(easy.decision_function(data.x_pool[pot]))) < 0.5 * np.median(
        np.abs(easy.decision_function(data.x_pool[~pot]))
    )


def test_the_diverging_sine_is_as_published() -> None:
    data = planar("diverging_sine", points=4000, rng=rng_for(0, "data"))
    x, y = 3 * data.x_pool[:, 0] + 5, 3 * data.x_pool[:, 1]
    inside = (x > 0) & (x < 10)
    rest = (y - np.sin(2 * x) - x * (data.y_pool - 0.5))[inside]
    assert inside.mean() > 0.97 and np.abs(rest.mean()) < 0.03
    # Noise of 0.3 in both directions, where the published data have it in one: steeper curves scatter more.
    assert 0.3 < rest.std() < 0.8
    wrong = (data.y_pool == 1) != (y > np.sin(2 * x))
    assert wrong[x < 2].mean() > 0.05 and wrong[x > 5].mean() < 0.01


def test_traps_are_in_the_pool_alone() -> None:
    loaded = {name: load_dataset(name, seed=3) for name in TRAPS}
    clean = planar("blobs", points=400, rng=rng_for(3, "data"))
    for name in ("outliers", "label_noise", "rare_class"):
        np.testing.assert_array_equal(loaded[name].x_test, clean.x_test)
    assert all(data.name == name and len(data.y_test) == TEST_POINTS for name, data in loaded.items())
    assert [len(loaded[name].y_pool) for name in ("outliers", "near_duplicates", "label_noise")] == [440, 400, 400]
    assert np.mean(loaded["label_noise"].y_pool != clean.y_pool) == 0.15
    assert np.bincount(loaded["rare_class"].y_pool).tolist() == [392, 8]
