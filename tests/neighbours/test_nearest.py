import numpy as np
import pytest
from scipy.spatial.distance import cdist

from alcore.neighbours import local_scales, nearest_neighbours, neighbour_graph
from alcore.rng import rng_for


@pytest.mark.parametrize(("points", "dimensions", "k"), [(3000, 12, 10), (300, 3, 10), (11, 2, 10), (2, 4, 1)])
def test_neighbours_are_those_of_all_distances(monkeypatch, points, dimensions, k) -> None:
    monkeypatch.setattr("alcore.neighbours.nearest.QUERIES", 64)
    monkeypatch.setattr("alcore.neighbours.nearest.COORDINATES_AT_A_TIME", 200)
    x = rng_for(0).normal(size=(points, dimensions)).astype(np.float32)
    query = rng_for(1).normal(size=(70, dimensions)).astype(np.float32)
    for rows, squared, all_squared in [
        (*nearest_neighbours(query, x, k), cdist(query, x, "sqeuclidean")),
        (*nearest_neighbours(x, x, k, themselves=True), cdist(x, x, "sqeuclidean") + np.diag([np.inf] * points)),
    ]:
        np.testing.assert_array_equal(rows, np.argsort(all_squared, axis=1, kind="stable")[:, :k])
        np.testing.assert_allclose(squared, np.sort(all_squared, axis=1)[:, :k], rtol=1e-5)


def test_copies_are_neighbours_and_nobody_is_its_own() -> None:
    x = np.repeat(rng_for(0).normal(size=(40, 3)).astype(np.float32), 30, axis=0)
    rows, squared = nearest_neighbours(x, x, 10, themselves=True)
    assert (squared == 0).all()
    assert not (rows == np.arange(len(x))[:, None]).any()
    assert all(len(set(row)) == 10 for row in rows.tolist())
    np.testing.assert_array_equal(rows // 30, np.repeat(np.arange(40), 30)[:, None].repeat(10, axis=1))


@pytest.mark.parametrize("offset", [1e3, 1e9])
def test_a_common_offset_loses_no_differences(offset) -> None:
    x = rng_for(7).normal(size=(50, 3)) + offset
    rows, squared = nearest_neighbours(x, x, 5, themselves=True)
    gaps = x[:, None] - x[rows]
    np.testing.assert_allclose(squared, (gaps * gaps).sum(axis=2), rtol=1e-13)
    exact = cdist(x - offset, x - offset)
    np.testing.assert_allclose(np.sqrt(squared), np.sort(exact, axis=1)[:, 1:6], rtol=1e-6)


def test_a_point_far_from_many_duplicates_hangs_on_them_as_loosely_as_can_be() -> None:
    x = np.array([[0.0, 0.0]] * 4 + [[3.0, 4.0]])
    rows, squared = nearest_neighbours(x, x, 3, themselves=True)
    weights = neighbour_graph(rows, squared, local_scales(squared)).toarray()
    np.testing.assert_allclose(weights[:4, :4], 2 * (1 - np.eye(4)))
    np.testing.assert_allclose(weights[4][weights[4] > 0], np.exp(-10))
