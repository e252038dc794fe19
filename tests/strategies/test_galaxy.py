"""GALAXY: binary search on a line, breadth-first search on the graphs of the paper, balance."""

from collections import deque

import numpy as np
import pytest

from alcore.strategies import galaxy, margin

NOTHING = np.empty((0, 2))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def line(n: int) -> np.ndarray:
    """Points in the order of the probability of class 1."""
    p = (np.arange(n) + 1) / (n + 1)
    return np.stack([1 - p, p], axis=1)


@pytest.mark.parametrize("n", [2, 3, 16, 100, 1000])
def test_a_threshold_is_found_by_binary_search(n) -> None:
    """Of n points between two labels the boundary takes one of n + 1 places: ceil(log2(n + 1)) answers."""
    probs = line(n + 2)
    worst = 0
    for threshold in rng(n).choice(np.arange(1, n + 2), min(n, 20), replace=False):
        labels = (np.arange(n + 2) >= threshold).astype(int)
        told = [0, n + 1]
        asked = 0
        while labels[told].tolist().count(0) < threshold and not {threshold - 1, threshold} <= set(told):
            left = np.setdiff1d(np.arange(n + 2), told)
            told.append(int(left[galaxy(probs[left], probs[told], labels[told], 1).indices[0]]))
            asked += 1
        worst = max(worst, asked)
    assert worst <= np.ceil(np.log2(n + 1))
    assert worst >= np.floor(np.log2(n + 1)) - 2


def shortest_middle(probs: np.ndarray, labels: np.ndarray) -> tuple[int, set[int]]:
    """The order of the graph and the middles of its shortest paths, by breadth-first search on the linear graphs.

    Points at most m places apart are joined, except those with different labels; the smallest m is taken at which a
    path joins two different labels.

    Args:
        probs: of all points.
        labels: -1 where there is none.
    """
    n, classes = probs.shape
    for m in range(1, n + 1):
        best = 2 * n
        middles: set[int] = set()
        for c in range(classes):
            key = np.delete(probs, c, axis=1).max(axis=1) - probs[:, c]
            order = np.argsort(key, kind="stable")
            kind = np.where(labels[order] < 0, -1, labels[order] == c)
            for start in np.flatnonzero(kind == 1):
                length: dict[int, int] = {int(start): 0}
                before: dict[int, list[int]] = {int(start): []}
                queue = deque([int(start)])
                while queue:
                    at = queue.popleft()
                    for to in range(max(0, at - m), min(n, at + m + 1)):
                        if to == at or {kind[at], kind[to]} == {0, 1}:
                            continue
                        if to not in length:
                            length[to], before[to] = length[at] + 1, [at]
                            queue.append(to)
                        elif length[to] == length[at] + 1:
                            before[to].append(at)
                for end in np.flatnonzero(kind == 0):
                    if int(end) not in length or length[int(end)] > best:
                        continue
                    if length[int(end)] < best:
                        best, middles = length[int(end)], set()
                    for half in {best // 2, (best + 1) // 2}:
                        layer = {int(end)}
                        for _ in range(half):
                            layer = {one for node in layer for one in before[node]}
                        middles |= {int(order[node]) for node in layer}
        if middles:
            return m, middles
    return 0, set()


@pytest.mark.parametrize("classes", [2, 3])
def test_a_pick_is_the_middle_of_the_shortest_path(classes) -> None:
    orders = set()
    for seed in range(25):
        n = 14
        probs = rng(seed).dirichlet(np.ones(classes), size=n)
        labels = np.full(n, -1)
        told = rng(seed).permutation(n)[: 2 + seed % 10]
        # Labels in the order of the model make the boundary of the first order known soon.
        labels[told] = probs[told].argmax(axis=1) if seed % 2 else rng(seed).integers(classes, size=len(told))
        left = np.flatnonzero(labels < 0)
        pick = left[galaxy(probs[left], probs[told], labels[told], 1).indices[0]]
        order, middles = shortest_middle(probs, labels)
        orders.add(order)
        if len(np.unique(labels[told])) > 1:
            # Nothing but unlabelled points is in the middle of a shortest path.
            assert pick in middles and (labels[list(middles)] < 0).all()
        else:
            assert pick == left[margin(probs[left]).argmax()]
    assert len(orders - {0}) > 1


def test_a_rare_class_gets_its_share() -> None:
    """Ten of five hundred points are of class 1: picks gather on both sides of where the model puts it."""
    x = np.concatenate([rng(1).normal(0, 1, size=490), rng(2).normal(5, 0.5, size=10)])
    y = np.repeat([0, 1], [490, 10])
    p = 1 / (1 + np.exp(-2 * (x - 3.5)))
    probs = np.stack([1 - p, p], axis=1)
    told = [int(x.argmin()), int(x.argmax())]
    for _ in range(18):
        left = np.setdiff1d(np.arange(500), told)
        told.append(int(left[galaxy(probs[left], probs[told], y[told], 1).indices[0]]))
    assert 0.25 <= y[told].mean() <= 0.75


def test_a_batch_counts_picks_as_of_their_most_probable_class() -> None:
    probs = rng(4).dirichlet(np.ones(3), size=60)
    known, labels = rng(5).dirichlet(np.ones(3), size=6), np.arange(6) % 3
    batch = galaxy(probs, known, labels, 20)
    left, picks = np.arange(60), []
    told, answers = known, labels
    for _ in range(20):
        pick = left[galaxy(probs[left], told, answers, 1).indices[0]]
        picks.append(int(pick))
        left = left[left != pick]
        told, answers = np.concatenate([told, probs[[pick]]]), np.append(answers, probs[pick].argmax())
    assert batch.indices.tolist() == picks
    np.testing.assert_array_equal(batch.scores, margin(probs)[picks])


def test_refuses_labels_that_are_none() -> None:
    with pytest.raises(ValueError, match="labels_M must be 0 to 1"):
        galaxy(line(5), line(2), np.array([0, 2]), 1)
    with pytest.raises(ValueError, match="one label for each"):
        galaxy(line(5), line(2), np.array([0]), 1)
    probs = line(7)  # eighths
    assert galaxy(probs, NOTHING, np.empty(0, int), 3).indices.tolist() == [3, 2, 4]


@pytest.mark.parametrize("row", [[np.nan, 0.5], [3.0, 4.0], [-0.5, 1.5]])
def test_refuses_labelled_rows_that_are_no_distribution(row: list[float]) -> None:
    with pytest.raises(ValueError, match="must be a distribution"):
        galaxy(line(5), np.array([row]), np.array([0]), 1)


def test_refuses_labels_between_whole_numbers() -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        galaxy(line(5), line(2), np.array([0, 0.5]), 1)
