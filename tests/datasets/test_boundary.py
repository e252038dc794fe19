"""The best possible answer against closed forms, adaptive quadrature and large samples."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.special import ive
from scipy.stats import chi2, multivariate_normal, norm

from alcore.datasets.planar.bayes_boundary import SMALLEST_SPREAD, bayes_accuracy, posterior
from alcore.datasets.planar.generate import SHAPES, planar
from alcore.rng import rng_for

CURVES = ("moons", "circles", "spirals")
PLANE = rng_for(0, "plane").uniform(-2.5, 2.5, (40, 2))


def normalised(densities_P_C: NDArray[np.float64]) -> NDArray[np.float64]:
    return densities_P_C / densities_P_C.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_blobs_are_gaussians(classes: int) -> None:
    angles = 2 * np.pi * np.arange(classes) / classes + np.pi / 6
    densities = [multivariate_normal([np.cos(a), np.sin(a)], 0.49**2 * np.eye(2)).pdf(PLANE) for a in angles]
    np.testing.assert_allclose(
        posterior("blobs", PLANE, overlap=0.4, classes=classes),
        normalised(np.stack(densities, axis=1)),
        rtol=1e-9,
    )


@pytest.mark.parametrize(
    ("shape", "mixtures"),
    [
        ("imbalanced", [[(0.9, (3**0.5 / 2, 0.5))], [(0.1, (-(3**0.5) / 2, -0.5))]]),
        ("xor", [[(1, (-1, -1)), (1, (1, 1))], [(1, (-1, 1)), (1, (1, -1))]]),
        ("far_cluster", [[(1, (0, -1))], [(0.8, (0, 1)), (0.2, (5, -3))]]),
    ],
)
def test_mixtures_are_weighed(shape: str, mixtures: list) -> None:
    covariance = 0.745**2 * np.eye(2)
    densities = [
        sum(weight * multivariate_normal(centre, covariance).pdf(PLANE) for weight, centre in mixture)
        for mixture in mixtures
    ]
    np.testing.assert_allclose(posterior(shape, PLANE, overlap=0.7), normalised(np.stack(densities, axis=1)), rtol=1e-9)


@pytest.mark.parametrize("overlap", [0.1, 0.4, 1.0])
def test_rings_have_a_bessel_function(overlap: float) -> None:
    variance, reach = (0.5 * overlap) ** 2, np.linalg.norm(PLANE, axis=1)
    densities = [
        np.exp(-((reach - radius) ** 2) / (2 * variance)) * ive(0, reach * radius / variance) for radius in (1.5, 0.6)
    ]
    inside = np.max(densities, axis=0) > 1e-200
    np.testing.assert_allclose(
        posterior("circles", PLANE, overlap=overlap)[inside],
        normalised(np.stack(densities, axis=1)[inside]),
        atol=1e-9,
    )


@pytest.mark.parametrize("shape", CURVES)
@pytest.mark.parametrize("overlap", [0.1, 0.4, 1.0])
def test_curves_are_integrals(shape: str, overlap: float) -> None:
    variance = (0.5 * overlap) ** 2

    def density(point: NDArray[np.float64], label: int, scale: float) -> float:
        def at(u: float) -> float:
            centre = SHAPES[shape].prepare(np.array([label]), np.array([u]), 2)[0]
            return float(np.exp(scale - np.sum((point - centre) ** 2) / (2 * variance)))

        return quad(at, 0, 1, epsabs=0, epsrel=1e-7, limit=500, points=np.linspace(0, 1, 60)[1:-1])[0]

    every = SHAPES[shape].prepare(np.repeat([0, 1], 500), np.tile(np.linspace(0, 1, 500), 2), 2)
    for point, probs in zip(PLANE[:8], posterior(shape, PLANE[:8], overlap=overlap), strict=True):
        scale = np.sum((point - every) ** 2, axis=1).min() / (2 * variance)
        exact = normalised(np.array([[density(point, label, scale) for label in (0, 1)]]))[0]
        np.testing.assert_allclose(probs, exact, atol=2e-3 if overlap < 0.4 else 5e-4)


@pytest.mark.parametrize("shape", list(SHAPES))
@pytest.mark.parametrize("overlap", [0.4, pytest.param(1.0, marks=pytest.mark.long)])
def test_a_large_sample_falls_as_the_posterior_says(shape: str, overlap: float) -> None:
    """Labels in each cell of a fine chequerboard, against what the posterior expects there."""
    data = planar(shape, points=30_000, overlap=overlap, rng=rng_for(1, "data"))
    p = posterior(shape, data.x_pool, overlap=overlap)[:, 1]
    cells = np.unique(np.floor(data.x_pool / 0.4), axis=0, return_inverse=True)[1].ravel()
    expected, variance = np.bincount(cells, p), np.bincount(cells, p * (1 - p))
    counted = variance > 5
    z = (np.bincount(cells, data.y_pool) - expected)[counted] / np.sqrt(variance[counted])
    assert counted.sum() >= 5
    assert chi2.sf(np.sum(z**2), counted.sum()) > 1e-4


@pytest.mark.parametrize("shape", CURVES)
def test_without_noise_the_nearest_curve_wins(shape: str) -> None:
    data = planar(shape, points=50, overlap=0, rng=rng_for(2, "data"))
    assert bayes_accuracy(data, overlap=0) == 1
    fine = np.linspace(0, 1, 4000)
    distance = np.stack(
        [
            np.linalg.norm(PLANE[:, None] - SHAPES[shape].prepare(np.full(4000, c), fine, 2), axis=2).min(axis=1)
            for c in (0, 1)
        ],
        axis=1,
    )
    clear = np.abs(distance[:, 0] - distance[:, 1]) > SMALLEST_SPREAD
    assert clear.sum() > 30
    probs = posterior(shape, PLANE, overlap=0)
    np.testing.assert_array_equal(probs.argmax(axis=1)[clear], distance.argmin(axis=1)[clear])


@pytest.mark.parametrize("shape", list(SHAPES))
@pytest.mark.parametrize("overlap", [0.0, 1.0])
def test_far_from_everything_it_is_still_a_distribution(shape: str, overlap: float) -> None:
    probs = posterior(shape, 1e4 * PLANE, overlap=overlap)
    assert np.isfinite(probs).all() and probs.min() >= 0
    np.testing.assert_allclose(probs.sum(axis=1), 1)


def test_best_accuracy_of_blobs_is_the_closed_form() -> None:
    """Centres are 2 apart: the error is that of a normal deviate beyond 1."""
    for overlap in (0.2, 0.4, 1.0):
        found = [
            bayes_accuracy(planar("blobs", points=4, overlap=overlap, rng=rng_for(s)), overlap=overlap)
            for s in range(40)
        ]
        exact = norm.cdf(1 / (0.15 + 0.85 * overlap))
        assert np.mean(found) == pytest.approx(exact, abs=4 * (exact * (1 - exact) / 40_000) ** 0.5)


def test_plants_in_the_pool_do_not_move_it() -> None:
    clean, planted = (
        planar("moons", label_noise=noise, imbalance=ratio, outliers=5, rng=rng_for(3, "data"))
        for noise, ratio in [(0, 1), (0.4, 0.1)]
    )
    assert bayes_accuracy(clean, overlap=0.4) == bayes_accuracy(planted, overlap=0.4) > 0.9


def test_what_makes_no_sense_is_named() -> None:
    with pytest.raises(ValueError, match="unknown shape 'digits'"):
        posterior("digits", PLANE)
    with pytest.raises(ValueError, match="moons have two classes"):
        posterior("moons", PLANE, classes=3)
