"""Communities: planted groups, a plain rewriting on dense arrays, and one by one as all at once."""

from operator import itemgetter

import numpy as np
import pytest
from scipy import sparse
from scipy.spatial.distance import cdist

from alcore.datasets.bundled import digits
from alcore.neighbours import louvain
from alcore.strategies import communities
from alcore.strategies.community import _KEPT, RESOLUTIONS, _graph_of

NOTHING = np.empty((0, 2))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def blobs(*sizes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Groups far from one another, shuffled, and the group of each point."""
    group = rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    angle = 2 * np.pi * group / len(sizes)
    return 100 * np.stack([np.cos(angle), np.sin(angle)], axis=1) + rng(seed + 1).normal(size=(len(group), 2)), group


def plain(x: np.ndarray, known: np.ndarray, k: int) -> list[int]:
    """The definition for distinct points, on dense arrays, without the last resort."""
    every = np.concatenate([x, known])
    far = cdist(every, every)
    np.fill_diagonal(far, np.inf)
    ranked = np.sort(far, axis=1)
    weights = np.exp(-np.minimum(far**2 / np.outer(ranked[:, 4], ranked[:, 4]), 10)) * (far <= ranked[:, 9:10])
    weights = weights + weights.T
    graph = sparse.csr_array(weights)
    degree = weights.sum(axis=1)
    walk = weights / np.sqrt(np.outer(degree, degree))
    told, picks = set(range(len(x), len(every))), []
    for resolution in RESOLUTIONS:
        labels = louvain(graph, resolution)
        groups = [np.flatnonzero(labels == c) for c in range(labels.max() + 1)]
        found = []
        for group in groups:
            entry = np.linalg.matrix_power(walk[np.ix_(group, group)], 10) @ np.ones(len(group))
            # Rounded as relative to the largest; a group without edges is as typical as can be.
            entry = np.round(entry / entry.max(), 9) if entry.max() > 0 else np.ones(len(group))
            best = max(zip(entry, degree[group], group.tolist(), strict=True))[-1]
            found.append((len(group), degree[group].sum(), best, group))
        for size, _, best, group in sorted(found, key=itemgetter(0, 1), reverse=True):
            if size >= max(5, 0.0004 * len(every)) and not told & set(group.tolist()):
                picks.append(best)
                told.add(best)
    return picks[:k]


def test_each_group_is_asked_about_once_the_largest_first() -> None:
    x, group = blobs(18, 34, 26, 14, 30)
    batch = communities(x, NOTHING, 5)
    assert group[batch.indices].tolist() == [1, 4, 2, 0, 3]
    assert batch.scores.tolist() == [34, 30, 26, 18, 14]
    # Groups with a label are passed over.
    known = x[batch.indices[[0, 2]]]
    left = np.setdiff1d(np.arange(len(x)), batch.indices[[0, 2]])
    again = communities(x[left], known, 3)
    assert group[left[again.indices]].tolist() == [4, 0, 3]
    assert again.scores.tolist() == [30, 18, 14]


def test_a_group_of_any_shape_is_one_group() -> None:
    """Two rings, one in the other: no k-means cluster is a ring."""
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    x = np.concatenate([circle, 10 * circle]) + 0.01 * rng().normal(size=(240, 2))
    node, ring = _graph_of(x)[0], np.repeat([0, 1], 120)
    labels = node.communities(RESOLUTIONS[0])
    order = _graph_of(x)[1]
    for c in np.unique(labels):
        assert len(np.unique(ring[labels[order] == c])) == 1


@pytest.mark.parametrize("labeled", [0, 1, 7])
def test_is_the_plain_definition(labeled) -> None:
    for seed in range(3):
        x = rng(seed).normal(size=(150, 3)) * (1 + rng(seed).integers(3, size=(150, 1)))
        known = rng(seed + 50).normal(size=(labeled, 3))
        expected = plain(x, known, 25)
        assert communities(x, known, len(expected)).indices.tolist() == expected


def test_the_most_typical_point_is_in_the_middle() -> None:
    x, group = blobs(18, 34, 26, 14, 30)
    for pick in communities(x, NOTHING, 5).indices:
        own = x[group == group[pick]]
        away = np.linalg.norm(own - own.mean(axis=0), axis=1)
        assert np.linalg.norm(x[pick] - own.mean(axis=0)) < np.quantile(away, 0.4)


def test_one_by_one_is_all_at_once() -> None:
    x = np.concatenate([rng(1).normal(size=(70, 2)), np.repeat(rng(2).normal(size=(3, 2)), 4, axis=0)])
    whole = communities(x, NOTHING, len(x))
    assert sorted(whole.indices.tolist()) == list(range(len(x)))
    picks: list[int] = []
    for _ in range(len(x)):
        left = np.setdiff1d(np.arange(len(x)), picks)
        picks.append(int(left[communities(x[left], x[picks], 1).indices[0]]))
    assert picks == whole.indices.tolist()


def test_copies_count_as_points_but_are_asked_about_last() -> None:
    x, group = blobs(18, 24, 26, 14, 30)
    copies = np.concatenate([x, np.repeat(x[group == 0][:5], 10, axis=0)])
    batch = communities(copies, NOTHING, len(copies))
    assert batch.scores[:5].tolist() == [68, 30, 26, 24, 14]
    assert len(np.unique(copies[batch.indices[:40]], axis=0)) == 40
    assert sorted(batch.indices.tolist()) == list(range(len(copies)))


def test_the_order_of_the_points_decides_nothing() -> None:
    x, known = rng(3).normal(size=(200, 4)), rng(4).normal(size=(9, 4))
    order = rng(5).permutation(200)
    found = communities(x, known, 40)
    moved = communities(x[order], known[::-1], 40)
    assert order[moved.indices].tolist() == found.indices.tolist()


def test_principal_components_stand_for_many_dimensions() -> None:
    x, _ = blobs(50, 60, 70)
    turned = x @ np.linalg.qr(rng().normal(size=(300, 2)))[0].T
    assert communities(turned, turned[:0], 8).indices.tolist() == communities(x, NOTHING, 8).indices.tolist()
    assert cdist(turned[:5], turned[:5]) == pytest.approx(cdist(x[:5], x[:5]))


def test_a_dozen_labels_show_every_digit() -> None:
    data = digits()
    x = data.x_pool.reshape(len(data.x_pool), -1).astype(np.float64)
    assert len(np.unique(data.y_pool[communities(x, x[:0], 12).indices])) == 10
    drawn = [len(np.unique(data.y_pool[rng(seed).choice(len(x), 12, replace=False)])) for seed in range(20)]
    assert np.mean(drawn) < 8.5


def test_keeps_graphs_of_few_points_only(monkeypatch) -> None:
    monkeypatch.setattr("alcore.strategies.community.KEPT_POINTS", 100)
    for seed in range(6):
        communities(rng(seed).normal(size=(40, 2)), NOTHING, 3)
    assert len(_KEPT) == 2
    communities(rng(9).normal(size=(140, 2)), NOTHING, 3)
    assert len(_KEPT) == 1


def test_refuses_what_cannot_be_measured() -> None:
    with pytest.raises(ValueError, match="k must be"):
        communities(np.ones((3, 2)), NOTHING, 0)
    with pytest.raises(ValueError, match="small enough to be squared"):
        communities(np.array([[1e200, 0], [0, 1.0]]), NOTHING, 1)
    assert communities(np.ones((1, 2)), NOTHING, 4).indices.tolist() == [0]
    assert communities(np.ones((1, 2)), np.zeros((1, 2)), 4).indices.tolist() == [0]


def test_a_model_s_uncertainty_orders_finer_communities_and_no_others() -> None:
    x, group = blobs(40, 40, 40)
    told = communities(x, NOTHING, 3).indices
    left = np.setdiff1d(np.arange(len(x)), told)
    for unsure in range(3):
        doubt = np.where(group[left] == unsure, 1.0, 0.01)
        (pick,) = communities(x[left], x[told], 1, uncertainty_N=doubt).indices
        assert group[left[pick]] == unsure
    # While a large community has no label, its size decides.
    first = communities(x, NOTHING, 3, uncertainty_N=rng().random(len(x)))
    assert first.indices.tolist() == told.tolist()


def test_a_given_graph_stands_in_for_that_of_the_features() -> None:
    x, known = rng(3).normal(size=(120, 4)), rng(4).normal(size=(5, 4))
    levels, node = _graph_of(np.concatenate([x, known]))
    expected = communities(x, known, 30).indices.tolist()
    nonsense = rng(5).normal(size=(120, 2))
    assert communities(nonsense, nonsense[:5], 30, levels=(levels, node)).indices.tolist() == expected
    # Points of the graph that are neither unlabelled nor labelled are never picked; every row is, once.
    part = communities(x[:50], known, 50, levels=(levels, np.concatenate([node[:50], node[120:]])))
    assert sorted(part.indices.tolist()) == list(range(50))
