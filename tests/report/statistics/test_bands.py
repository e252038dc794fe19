"""Bands and boundaries against the areas and lines they must have."""

import numpy as np
import pytest
from scipy.interpolate import RegularGridInterpolator

from alcore.report.contours import EMPTY, bands, log_lead, outside, stacked_bands, stacked_tie_lines, tie_lines


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


def models(classes: int, surfaces: int = 7) -> np.ndarray:
    """Class probabilities of random softmax regressions over the grid, (surfaces, 81, 81, classes)."""
    rng = np.random.default_rng(classes)
    columns, rows = np.meshgrid(AXIS, AXIS)
    logits = np.stack([columns, rows, np.ones_like(rows)], -1) @ rng.normal(size=(surfaces, 1, 3, classes))
    odds = np.exp(2 * logits)
    return odds / odds.sum(axis=-1, keepdims=True)


def test_many_surfaces_at_once_are_as_one_by_one() -> None:
    stack = models(3)[..., 0] - 0.4
    together = stacked_bands(AXIS, AXIS, stack, [0.0, 0.3, 2.0])
    for level in range(3):
        for surface, z in enumerate(stack):
            alone = bands(AXIS, AXIS, z, [0.0, 0.3, 2.0])[level]
            np.testing.assert_array_equal(together[level][surface], alone)


@pytest.mark.parametrize("level", [0.0, 0.2, 0.5])
def test_areas_are_those_of_the_cells_above(level: float) -> None:
    fine = np.linspace(-2, 2, 1601)
    between = RegularGridInterpolator((AXIS, AXIS), models(3)[2, ..., 0])
    inside = between(np.stack(np.meshgrid(fine, fine, indexing="ij"), -1)) >= level
    (found,) = bands(AXIS, AXIS, models(3)[2, ..., 0], [level])
    assert abs(area(found)) == pytest.approx(16 * inside.mean(), abs=0.03)


def test_what_is_outside_of_sets_is_the_rest() -> None:
    disc, corner = (
        bands(AXIS, AXIS, -RADIUS, [-1.0])[0],
        bands(AXIS, AXIS, np.add.outer(AXIS, AXIS), [3.0])[0],
    )
    rest = outside(AXIS, AXIS, [disc, EMPTY, corner])
    assert area(rest) == pytest.approx(16 - np.pi - 0.5, rel=0.01)
    assert area(outside(AXIS, AXIS, [EMPTY])) == pytest.approx(16)


def test_log_lead_is_zero_where_classes_tie_and_positive_for_the_winner() -> None:
    probs = np.array([[[0.5, 0.3, 0.2], [0.4, 0.4, 0.2]]])
    expected = np.log([[[5 / 3, 3 / 5, 2 / 5], [1.0, 1.0, 1 / 2]]])
    np.testing.assert_allclose(log_lead(probs), expected)
    np.testing.assert_allclose(log_lead(np.array([0.8, 0.2])), np.log([4, 1 / 4]))
    np.testing.assert_array_equal(log_lead(np.ones((2, 2, 1))), np.zeros((2, 2, 1)))
    assert np.isfinite(log_lead(np.array([1.0, 0.0]))).all()


def test_the_boundary_of_two_classes_is_the_line_of_even_odds() -> None:
    columns, rows = np.meshgrid(AXIS, AXIS)
    first = 1 / (1 + np.exp(-(columns - 2 * rows + 0.5)))
    line = tie_lines(AXIS, AXIS, np.stack([first, 1 - first], axis=-1))
    np.testing.assert_allclose(line[:, 0] - 2 * line[:, 1] + 0.5, 0, atol=1e-5)
    assert length(line) == pytest.approx(np.hypot(4, 2), rel=1e-3)
    assert len(line) <= 4
    certain = np.broadcast_to([0.9, 0.1], (81, 81, 2))
    assert np.isnan(tie_lines(AXIS, AXIS, certain)).all()


def test_boundaries_run_where_the_two_best_of_several_classes_tie() -> None:
    probs = models(4)
    for surface, line in zip(probs, stacked_tie_lines(AXIS, AXIS, probs), strict=True):
        between = RegularGridInterpolator((AXIS, AXIS), np.log(surface))
        corners = line[~np.isnan(line[:, 0])]
        best = np.sort(between(np.clip(corners[:, ::-1], -2, 2)), axis=1)
        np.testing.assert_allclose(best[:, -1], best[:, -2], atol=0.02)
        # As long as the edges between regions of the grid, but for the steps of the cells and their meeting.
        winner = surface.argmax(axis=-1)
        steps = (winner[1:] != winner[:-1]).sum() + (winner[:, 1:] != winner[:, :-1]).sum()
        assert 0.6 * steps * 0.05 < length(line) < 1.05 * steps * 0.05


def length(lines_V_2: np.ndarray) -> float:
    return float(np.nansum(np.hypot(*np.diff(lines_V_2, axis=0).T)))


@pytest.mark.parametrize("steps", [20, 24, 40])
def test_corners_just_beyond_a_grid_point_are_kept(steps: int) -> None:
    axis = np.linspace(-1, 1, steps + 1)
    square = -np.maximum(*np.abs(np.meshgrid(axis, axis)))
    for half in axis[(axis > 0.05) & (axis < 0.95)]:
        # Each corner is two vertices, a billionth apart.
        (found,) = bands(axis, axis, square, [-half - 1e-9])
        assert abs(area(found)) == pytest.approx(4 * half**2, rel=1e-3)
