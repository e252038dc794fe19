"""What the graph learner is made of: SciPy's interpolation, all distances, dense graphs, scikit-learn."""

import numpy as np
import pytest
import scipy.ndimage
import scipy.sparse as sparse
from scipy.spatial.distance import cdist
from sklearn.semi_supervised import LabelSpreading

from alcore.datasets.bundled import digits
from alcore.learners.graph.deskew import deskew
from alcore.learners.graph.label_spreading import label_spreading, similarity
from alcore.neighbours import local_scales, nearest_neighbours, neighbour_graph
from alcore.rng import rng_for


def dense_weights(x: np.ndarray, k: int = 10) -> np.ndarray:
    """exp(-d^2 / (s s')) to each of the k nearest others and back, s half the distance of the k-th."""
    squared = cdist(x, x, "sqeuclidean")
    np.fill_diagonal(squared, np.inf)
    width = np.sqrt(np.sort(squared, axis=1)[:, k - 1]) / 2
    weights = np.zeros_like(squared)
    for i in range(len(x)):
        for j in np.argsort(squared[i], kind="stable")[:k]:
            weights[i, j] = np.exp(-min(squared[i, j] / (width[i] * width[j]), 10))
    return weights + weights.T


def dense_graph(x: np.ndarray) -> np.ndarray:
    """The weights over the roots of both degrees."""
    weights = dense_weights(x)
    degree = weights.sum(axis=1)
    return weights / np.sqrt(degree[:, None] * degree)


def test_deskewing_is_an_affine_map_of_the_moments() -> None:
    images = np.pad(digits().x_pool[:20, 0], ((0, 0), (2, 2), (2, 2)))
    down, right = np.mgrid[:12, :12]
    for image, found in zip(images, deskew(images), strict=True):
        ink = image / image.sum()
        centre = np.array([(ink * down).sum(), (ink * right).sum()])
        lean = (ink * (down - centre[0]) * (right - centre[1])).sum() / (ink * (down - centre[0]) ** 2).sum()
        matrix = np.array([[1, 0], [lean, 1]])
        offset = centre - matrix @ [5.5, 5.5]
        expected = scipy.ndimage.affine_transform(image.astype(float), matrix, offset, order=1, mode="grid-constant")
        np.testing.assert_allclose(found, expected, atol=1e-3)


def test_deskewing_centres_the_ink_and_lets_a_slanted_stroke_stand() -> None:
    slanted = np.zeros((1, 15, 15), np.uint8)
    slanted[0, np.arange(3, 12), np.arange(3, 12)] = 200
    upright = deskew(slanted)[0]
    assert upright[:, 7].sum() == pytest.approx(9 * 200)
    assert upright.sum() == pytest.approx(9 * 200)
    blank = np.zeros((1, 5, 6), np.uint8)
    np.testing.assert_array_equal(deskew(blank), blank)
    line = np.zeros((1, 5, 5), np.uint8)
    line[0, 0, 1:4] = 9
    np.testing.assert_allclose(deskew(line)[0], np.roll(line[0], 2, axis=0))


def test_the_graph_is_the_one_of_the_definition() -> None:
    x = rng_for(0).normal(size=(80, 5)).astype(np.float32)
    rows, squared = nearest_neighbours(x, x, 10, themselves=True)
    found = similarity(neighbour_graph(rows, squared, local_scales(squared)))
    np.testing.assert_allclose(found.toarray(), dense_graph(x.astype(float)), atol=1e-6)
    assert np.abs(np.linalg.eigvalsh(found.toarray())).max() <= 1 + 1e-5


def test_spreading_is_the_closed_form() -> None:
    graph = dense_graph(rng_for(0).normal(size=(200, 4)))
    told = np.zeros((200, 3), np.float32)
    told[np.arange(12), np.arange(12) % 2] = 1  # nothing of the third class
    found = label_spreading(sparse.csr_array(graph.astype(np.float32)), told)
    expected = np.linalg.solve(np.eye(200) - 0.99 * graph, told)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)
    assert not found[:, 2].any()


def test_spreading_agrees_with_scikit_learn() -> None:
    data = digits()
    x, y = data.x_pool[:200].reshape(200, -1) / 255.0, data.y_pool[:200]
    known = np.where(np.arange(200) < 40, y, -1)
    peer = LabelSpreading(kernel=lambda a, b: dense_weights(x), alpha=0.99, max_iter=20_000, tol=1e-9)
    peer.fit(x, known)
    told = np.eye(10, dtype=np.float32)[y] * (known >= 0)[:, None]
    found = label_spreading(sparse.csr_array(dense_graph(x).astype(np.float32)), told)
    found /= found.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, peer.label_distributions_, atol=2e-4)
