"""Random Fourier features against scikit-learn's and against the kernel that they stand for."""

import numpy as np
import pytest
from sklearn.kernel_approximation import RBFSampler
from sklearn.metrics.pairwise import rbf_kernel

from alcore.logistic.fourier import FourierFeatures

POINTS = np.random.default_rng(0).normal(size=(40, 2))


@pytest.mark.parametrize(("seed", "count", "dimensions"), [(0, 30, 2), (7, 30, 2), (3, 12, 5)])
def test_features_are_those_of_scikit_learn(seed: int, count: int, dimensions: int) -> None:
    x = np.random.default_rng(seed).normal(size=(25, dimensions))
    sampler = RBFSampler(gamma=2 / dimensions, n_components=count, random_state=seed).fit(x)
    np.testing.assert_allclose(FourierFeatures(seed, count)(x), sampler.transform(x), rtol=0, atol=1e-12)


def test_many_features_have_the_kernels_inner_products() -> None:
    z = FourierFeatures(0, count=20_000)(POINTS)
    np.testing.assert_allclose(z @ z.T, rbf_kernel(POINTS, gamma=1), atol=0.04)


def test_points_and_their_order_do_not_change_the_map() -> None:
    features = FourierFeatures(4)
    np.testing.assert_array_equal(features(POINTS)[::3], features(POINTS[::3]))
    assert np.abs(features(POINTS) - FourierFeatures(5)(POINTS)).max() > 0.1
