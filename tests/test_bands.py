"""Bands against the areas they must have, and a batch's numbers against brute force."""

import numpy as np
import pytest

from alcore.report.bands import bands, lead
from alcore.report.batches import summarise_batch


def area(polygons_V_2: np.ndarray) -> float:
    """Signed area of rings separated by NaN; holes count negative."""
    total = 0.0
    for ring in np.split(polygons_V_2, np.flatnonzero(np.isnan(polygons_V_2[:, 0]))):
        ring = ring[~np.isnan(ring[:, 0])]
        x, y = ring[:, 0].astype(float), ring[:, 1].astype(float)
        total += 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    return total


AXIS = np.linspace(-2, 2, 81)
RADIUS = np.hypot(*np.meshgrid(AXIS, AXIS))


def test_a_disc_and_a_ring_have_their_areas() -> None:
    disc, smaller = bands(AXIS, AXIS, -RADIUS, [-1.0, -0.5])
    assert abs(area(disc)) == pytest.approx(np.pi, rel=0.01)
    assert abs(area(smaller)) == pytest.approx(np.pi / 4, rel=0.02)
    (outside,) = bands(AXIS, AXIS, RADIUS, [1.0])
    assert abs(area(outside)) == pytest.approx(16 - np.pi, rel=0.01)


def test_straight_edges_need_few_vertices_and_empty_bands_one() -> None:
    slope = np.broadcast_to(AXIS, (81, 81))
    half, none = bands(AXIS, AXIS, slope, [0.0, 5.0])
    assert abs(area(half)) == pytest.approx(8, rel=1e-6)
    assert len(half) <= 8
    assert none.shape == (1, 2) and np.isnan(none).all()


def test_lead_is_zero_where_classes_tie_and_positive_for_the_winner() -> None:
    probs = np.array([[[0.5, 0.3, 0.2], [0.4, 0.4, 0.2]]])
    np.testing.assert_allclose(lead(probs), [[[0.2, -0.2, -0.3], [0.0, 0.0, -0.2]]])
    np.testing.assert_array_equal(lead(np.ones((2, 2, 1))), np.ones((2, 2, 1)))


def test_batch_numbers() -> None:
    rng = np.random.default_rng(0)
    points, y = rng.normal(size=(40, 2)), rng.integers(0, 3, 40)
    labeled, picks = np.array([0, 1]), np.array([5, 6, 7])
    found = summarise_batch(points, y, 3, labeled, picks, np.array([0.1, 0.2, 0.6]))
    centres = points[[0, 1, 5, 6, 7]]
    radius = max(min(np.linalg.norm(p - c) for c in centres) for p in points)
    gap = min(np.linalg.norm(points[a] - points[b]) for a, b in [(5, 6), (5, 7), (6, 7)])
    assert found.covering_radius == pytest.approx(radius)
    assert found.smallest_distance == pytest.approx(gap)
    assert found.mean_uncertainty == pytest.approx(0.3)
    assert found.per_class == tuple(int(np.sum(y[picks] == c)) for c in range(3))
    one = summarise_batch(points, y, 3, labeled, picks[:1], np.array([0.1]))
    assert np.isnan(one.smallest_distance)
    with pytest.raises(ValueError, match="empty batch"):
        summarise_batch(points, y, 3, labeled, picks[:0], np.array([]))
