"""What no strategy of the catalogue may depend on: the order of the points, and the names of the classes."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alcore.strategies.catalogue import STRATEGIES
from tests.support.pools import Values, random_values, rows, view_of

SCORES = [name for name, one in STRATEGIES.items() if one.score is not None and name != "random"]
BATCHES = [name for name, one in STRATEGIES.items() if one.score is None]
# A batch that is drawn, or begins with k-means, follows the order in which its points were drawn; and of two points
# that are nearest to one another MaxHerding takes the first, since each covers both equally well.
DRAWN = ("badge", "typiclust", "probcover", "cluster_margin", "max_herding", "tcm", "dropquery")
random_pools = given(seed=st.integers(0, 10_000), n=st.integers(1, 12), classes=st.integers(2, 4), k=st.integers(1, 6))


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def relabelled(values: Values, order: np.ndarray) -> Values:
    """The same models, whose class j was called order[j]."""
    return values | {
        "probs_N_C": values["probs_N_C"][:, order],
        "probs_N_K_C": values["probs_N_K_C"][:, :, order],
        "labeled_probs_M_C": values["labeled_probs_M_C"][:, order],
        "labels_M": np.argsort(order)[values["labels_M"]],
    }


@pytest.mark.parametrize("name", SCORES)
@settings(deadline=None, max_examples=25)
@random_pools
def test_scores_follow_their_points_whatever_the_classes_are_called(
    name: str, seed: int, n: int, classes: int, k: int
) -> None:
    values = random_values(seed, n, classes)
    points, labels = (np.random.default_rng(seed).permutation(size) for size in (n, classes))
    score: Any = STRATEGIES[name].score
    moved = score(view_of(rows(relabelled(values, labels), points)), rng())
    np.testing.assert_allclose(moved, score(view_of(values), rng())[points], atol=1e-6)


@pytest.mark.parametrize("name", sorted(set(BATCHES).difference(DRAWN)))
@settings(deadline=None, max_examples=25)
@random_pools
def test_batches_follow_their_points(name: str, seed: int, n: int, classes: int, k: int) -> None:
    # With two points left, the surer but farther one may tie with the other: then the order decides.
    n += k + 2
    values = random_values(seed, n, classes)
    points = np.random.default_rng(seed).permutation(n)
    batch = STRATEGIES[name].select(view_of(values), k, rng())
    moved = STRATEGIES[name].select(view_of(rows(values, points)), k, rng())
    assert points[moved.indices].tolist() == batch.indices.tolist()
    np.testing.assert_allclose(moved.scores, batch.scores, atol=1e-9)


@pytest.mark.parametrize("name", [*BATCHES, "power_bald", "power_entropy"])
@settings(deadline=None, max_examples=25)
@random_pools
def test_batches_do_not_depend_on_the_names_of_the_classes(name: str, seed: int, n: int, classes: int, k: int) -> None:
    values = random_values(seed, n, classes)
    labels = np.random.default_rng(seed).permutation(classes)
    batch = STRATEGIES[name].select(view_of(values), k, rng())
    renamed = STRATEGIES[name].select(view_of(relabelled(values, labels)), k, rng())
    assert renamed.indices.tolist() == batch.indices.tolist()
    np.testing.assert_allclose(renamed.scores, batch.scores, atol=1e-9)
