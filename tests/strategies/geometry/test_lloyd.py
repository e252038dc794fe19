"""k-means of many clusters against scikit-learn's, and its parts against what they say."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.cluster import MiniBatchKMeans

from alcore.strategies.geometry import lloyd
from alcore.strategies.geometry.lloyd import first_centres, lloyd_labels, means_of_clusters, nearest_centre


def inertia(x: np.ndarray, labels: np.ndarray) -> float:
    return sum(float(((x[labels == one] - x[labels == one].mean(axis=0)) ** 2).sum()) for one in np.unique(labels))


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(("points", "clusters"), [(3000, 60), (6000, 200)])
def test_the_inertia_is_that_of_mini_batches(points: int, clusters: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(20, 16))[rng.integers(20, size=points)] + rng.normal(size=(points, 16))
    x -= x.mean(axis=0)
    theirs = MiniBatchKMeans(clusters, n_init=1, batch_size=5000, random_state=seed).fit_predict(x)
    assert inertia(x, lloyd_labels(x, clusters, rng=rng)) <= 1.02 * inertia(x, theirs)


def test_groups_far_apart_are_found_whatever_their_scale() -> None:
    rng = np.random.default_rng(0)
    group = rng.integers(60, size=2000)
    for scale in (1e-30, 1.0, 1e30):
        x = scale * (100 * rng.normal(size=(60, 3))[group] + 1e-3 * rng.normal(size=(2000, 3)))
        labels = lloyd_labels(x - x.mean(axis=0), 60, rng=np.random.default_rng(1))
        # k-means++ may miss a few of sixty groups, never mix points of one group.
        assert all(len(np.unique(labels[group == one])) <= 2 for one in np.unique(group))
        assert len(np.unique(labels)) >= 50


def test_centres_from_a_sample_take_in_every_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lloyd, "SAMPLE", 500)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(20, 8))[rng.integers(20, size=6000)] + 0.3 * rng.normal(size=(6000, 8))
    x -= x.mean(axis=0)
    theirs = MiniBatchKMeans(20, n_init=1, random_state=0).fit_predict(x)
    labels = lloyd_labels(x, 20, rng=rng)
    assert labels.shape == (6000,) and inertia(x, labels) <= 1.3 * inertia(x, theirs)


def test_copies_make_fewer_clusters() -> None:
    x = np.repeat(np.array([[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0]]), 40, axis=0)
    labels = lloyd_labels(x, 60, rng=np.random.default_rng(0))
    assert len(np.unique(labels)) == 3
    assert all(len(np.unique(labels[start : start + 40])) == 1 for start in (0, 40, 80))


def test_parts() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2500, 5)).astype(np.float32)
    centres = first_centres(x, 30, rng=rng)
    assert len(np.unique(centres, axis=0)) == 30 and (cdist(centres, x).min(axis=1) < 1e-6).all()
    labels = nearest_centre(x, centres)
    np.testing.assert_array_equal(labels, cdist(x, centres).argmin(axis=1))
    moved = np.concatenate([centres, [[9.0] * 5]]).astype(np.float32)
    means_of_clusters(x, labels, out=moved)
    np.testing.assert_allclose(moved[:30], [x[labels == one].mean(axis=0) for one in range(30)], atol=1e-5)
    np.testing.assert_array_equal(moved[30], [9.0] * 5)
