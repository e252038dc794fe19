"""Communities: closed forms, networkx, and every single move tried."""

import numpy as np
import pytest
from scipy import sparse

from alcore.neighbours import louvain, modularity
from alcore.rng import rng_for


def random_graph(n: int, seed: int, share: float = 0.3) -> sparse.csr_array:
    rng = rng_for(seed, "graph")
    weights = np.triu(rng.random((n, n)) * (rng.random((n, n)) < share), 1)
    return sparse.csr_array(weights + weights.T)


def ring_of_cliques(cliques: int, size: int) -> sparse.csr_array:
    """Each point is tied to all others of its clique, the first of each clique to the second of the next."""
    weights = np.kron(np.eye(cliques), 1 - np.eye(size))
    for c in range(cliques):
        a, b = c * size, (c + 1) % cliques * size + 1
        weights[a, b] = weights[b, a] = 1
    return sparse.csr_array(weights)


def same_groups(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(((a[:, None] == a) == (b[:, None] == b)).all())


def from_pairs(weights: np.ndarray, labels: np.ndarray, resolution: float) -> float:
    """The definition, pair by pair."""
    degree, total = weights.sum(axis=1), weights.sum()
    together = labels[:, None] == labels
    return float(((weights - resolution * np.outer(degree, degree) / total) * together).sum() / total)


@pytest.mark.parametrize("resolution", [0.5, 1.0, 3.0])
def test_modularity_is_that_of_all_pairs(resolution) -> None:
    for seed in range(5):
        graph = random_graph(20, seed)
        labels = rng_for(seed).integers(4, size=20)
        expected = from_pairs(graph.toarray(), labels, resolution)
        assert modularity(graph, labels, resolution) == pytest.approx(expected)
    assert modularity(sparse.csr_array((3, 3)), np.arange(3)) == 0


@pytest.mark.parametrize("resolution", [0.5, 1.0, 2.5])
def test_no_move_of_a_single_point_raises_the_modularity(resolution) -> None:
    for seed in range(8):
        graph = random_graph(40, seed, share=0.15)
        weights, labels = graph.toarray(), louvain(graph, resolution)
        best = modularity(graph, labels, resolution)
        for point in range(40):
            for other in np.unique(labels[weights[point] > 0]):
                moved = labels.copy()
                moved[point] = other
                assert modularity(graph, moved, resolution) <= best + 1e-12


def test_cliques_are_communities_until_there_are_too_many() -> None:
    """Pairs of neighbouring cliques have more modularity than cliques from m (m - 1) + 2 cliques of m on."""
    graph = ring_of_cliques(8, 5)
    assert same_groups(louvain(graph), np.repeat(np.arange(8), 5))
    # (share within a clique, minus the square of its share), eight times: 10 of 11 edges each.
    assert modularity(graph, louvain(graph)) == pytest.approx(10 / 11 - 1 / 8)
    many = ring_of_cliques(30, 5)
    single, pairs = np.repeat(np.arange(30), 5), np.repeat(np.arange(15), 10)
    assert modularity(many, pairs) > modularity(many, single)
    assert modularity(many, louvain(many)) >= modularity(many, single)
    assert same_groups(louvain(many, 3.0), single)


def test_is_as_good_as_networkx_and_knows_the_karate_club() -> None:
    networkx = pytest.importorskip("networkx")
    club = networkx.karate_club_graph()
    graph = sparse.csr_array(networkx.to_scipy_sparse_array(club, weight=None).astype(float))
    labels = louvain(graph)
    groups = [set(np.flatnonzero(labels == c).tolist()) for c in range(labels.max() + 1)]
    theirs = networkx.community.modularity(club, groups, weight=None)
    assert modularity(graph, labels) == pytest.approx(theirs)
    assert theirs >= 0.41  # the best there is: 0.4198
    for seed in range(4):
        graph = random_graph(120, seed, share=0.08)
        other = networkx.from_scipy_sparse_array(graph)
        found = networkx.community.louvain_communities(other, seed=seed)
        assert modularity(graph, louvain(graph)) >= 0.97 * networkx.community.modularity(other, found)


def test_follows_the_points_and_numbers_communities_by_their_first() -> None:
    graph = random_graph(60, 3)
    labels = louvain(graph)
    assert (np.diff([np.flatnonzero(labels == c)[0] for c in range(labels.max() + 1)]) > 0).all()
    order = rng_for(1).permutation(60)
    assert same_groups(louvain(graph[order][:, order]), labels[order])


def test_points_without_edges_stay_alone() -> None:
    lonely = sparse.block_diag([ring_of_cliques(2, 4), sparse.csr_array((2, 2))]).tocsr()
    assert louvain(lonely).tolist() == [0] * 4 + [1] * 4 + [2, 3]
    assert louvain(sparse.csr_array((3, 3))).tolist() == [0, 1, 2]
    assert louvain(sparse.csr_array((0, 0))).shape == (0,)
    with pytest.raises(ValueError, match="resolution must be above 0"):
        louvain(lonely, 0.0)
