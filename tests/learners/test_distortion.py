"""The image distortion model: every sum written out, with numba and without, for any number of threads."""

import numpy as np
import pytest
from scipy import ndimage

from alcore.datasets.bundled import digits
from alcore.extras import MissingExtraError, require
from alcore.learners.graph.distortion import Gradients, gradients, nearest_by_distortion
from alcore.learners.graph.learner import PoolGraph
from alcore.rng import rng_for


def images(n: int, height: int, width: int) -> np.ndarray:
    rng = rng_for(height, "distortion")
    return rng.integers(0, 256, (n, height, width)) * (rng.random((n, height, width)) < 0.4)


def has_numba() -> bool:
    try:
        require("numba")
    except MissingExtraError:
        return False
    return True


WAYS = [False, pytest.param(True, marks=pytest.mark.skipif(not has_numba(), reason="numba is not installed"))]


def written_out(q: np.ndarray, p: np.ndarray) -> int:
    """The distance between two images' gradients, pixel by pixel."""
    _, height, width = q.shape
    q, p = (np.pad(one.astype(int), ((0, 0), (3, 3), (3, 3))) for one in (q, p))
    total = 0
    for r in range(3, height + 3):
        for c in range(3, width + 3):
            part = q[:, r - 1 : r + 2, c - 1 : c + 2]
            moved = [p[:, r + y - 1 : r + y + 2, c + x - 1 : c + x + 2] for y in range(-2, 3) for x in range(-2, 3)]
            total += min(int(((part - one) ** 2).sum()) for one in moved)
    return total


@pytest.mark.parametrize("compiled", WAYS)
@pytest.mark.parametrize("shape", [(8, 8), (15, 6), (14, 14), (3, 40)])
def test_distances_are_the_sums_written_out(shape, compiled) -> None:
    whole = images(6, *shape)
    steep = gradients(whole)
    others = np.array([[j for j in range(6) if j != i] for i in range(6)])
    points = Gradients(whole)
    rows, far = nearest_by_distortion(points, points, others, 5, from_best=0, then=0, compiled=compiled)
    for q in range(2):
        expected = sorted((written_out(steep[q], steep[p]), p) for p in others[q])
        assert list(zip(far[q].tolist(), rows[q].tolist(), strict=True)) == expected


def test_gradients_are_sobel_of_smoothed_images() -> None:
    whole = images(3, 9, 7).astype(float)
    for image, found in zip(whole, gradients(whole), strict=True):
        smooth = ndimage.gaussian_filter(image, 0.6, mode="constant")
        for channel, axis in enumerate((1, 0)):
            exact = ndimage.sobel(smooth, axis, mode="constant") * 30 / 500
            np.testing.assert_allclose(found[channel], np.clip(exact, -30, 30), atol=0.51)
    assert np.abs(gradients(np.full((1, 4, 4), 255.0))).max() == 30


@pytest.mark.parametrize("compiled", WAYS)
def test_the_search_is_a_search_of_everything_it_may_try(compiled) -> None:
    """Candidates, then the two best neighbours of each of the three best; equal images by number."""
    whole = np.concatenate([images(40, 8, 8), images(4, 8, 8)])
    points, n = Gradients(whole), 44
    tried = np.array([rng_for(i, "tried").permutation(np.delete(np.arange(n), i))[:9] for i in range(n)])
    everyone = np.array([np.delete(np.arange(n), i) for i in range(n)])
    rows, far = nearest_by_distortion(points, points, everyone, n - 1, from_best=0, then=0, compiled=False)
    exact = np.zeros((n, n), int)
    np.put_along_axis(exact, rows, far, axis=1)
    first = [sorted(tried[i], key=lambda j: (exact[i, j], j))[:3] for i in range(n)]
    expected = []
    for i in range(n):
        more = {int(k) for j in first[i] for k in first[j][:2]} - {i}
        expected.append(sorted(more | set(tried[i].tolist()), key=lambda j: (exact[i, j], j))[:3])
    found = nearest_by_distortion(points, points, tried, 3, from_best=3, then=2, compiled=compiled)
    assert found[0].tolist() == [[int(j) for j in row] for row in expected]
    np.testing.assert_array_equal(found[1], np.take_along_axis(exact, found[0], axis=1))
    # Queries that are not among the points follow the points' neighbours.
    asked = Gradients(images(40, 8, 8)[:5][:, ::-1])
    one = nearest_by_distortion(asked, points, tried[:5], 3, from_best=3, then=2, rows_P_K=found[0], compiled=compiled)
    two = nearest_by_distortion(asked, points, tried[:5], 3, from_best=3, then=2, rows_P_K=found[0], compiled=False)
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("compiled", WAYS)
def test_threads_change_nothing(compiled, monkeypatch) -> None:
    monkeypatch.setattr("alcore.learners.graph.distortion.QUERIES", 7)
    points = Gradients(digits().x_pool[:150, 0])
    tried = np.array([(i + 1 + np.arange(30)) % 150 for i in range(150)])
    found = [
        nearest_by_distortion(points, points, tried, 8, from_best=4, then=5, threads=threads, compiled=compiled)
        for threads in (1, 3)
    ]
    np.testing.assert_array_equal(found[0], found[1])


def test_a_tick_stops_the_search() -> None:
    class Cancelled(Exception):
        pass

    def stop() -> None:
        raise Cancelled

    points = Gradients(images(30, 8, 8))
    with pytest.raises(Cancelled):
        nearest_by_distortion(points, points, np.ones((30, 1), int), 1, from_best=1, then=1, tick=stop, compiled=False)


def test_it_is_for_grey_images() -> None:
    for points in (np.zeros((20, 5)), np.zeros((20, 3, 8, 8), np.uint8)):
        with pytest.raises(ValueError, match="compares grey images"):
            PoolGraph(points, metric="distortion")
