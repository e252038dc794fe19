"""The seed set: the first labels of every strategy, which depend on the seed alone."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.neighbours import Levels
from alcore.rng import rng_for
from alcore.strategies import communities
from alcore.strategies.remedies import diverse_seed

SeedSet = Literal["random", "balanced", "diverse", "communities", "published"]
# Images are clustered by so many principal components.
COMPONENTS = 50


def seed_indices(
    y_pool: NDArray[np.int64],
    m: int,
    *,
    seed_set: SeedSet = "random",
    x_pool: NDArray | None = None,
    published: NDArray[np.int64] | None = None,
    levels: tuple[Levels, NDArray[np.int64]] | None = None,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """The points whose labels are known before the first query.

    Args:
        y_pool: labels of the pool; `balanced` reads them, as a person does who collects one example a class.
        m: how many, from 1 to the size of the pool.
        seed_set: `random`; `balanced`: as many of each class as possible, rarer classes exhausted first;
            `diverse`: of each of m k-means clusters the point nearest the centre; `communities`: a typical point of
            each of the m largest communities of neighbours, whatever the seed; or `published`: the given start of a
            published experiment, whatever the seed.
        x_pool: the points, which `diverse` clusters: beyond 50 numbers a point by their first 50 principal
            components; and between which `communities` finds neighbours.
        published: the start that `published` means.
        levels: a graph for `communities` in place of one of x_pool, and the place of each point in it.
        rng: the stream of the seed set, the same for every strategy.

    Returns:
        m distinct indices of the pool, in the order of labelling.

    Raises:
        ValueError: if m is out of range, the seed set is unknown, or there is no published one of m labels.
    """
    if not 1 <= m <= len(y_pool):
        raise ValueError(f"the seed set must have 1 to {len(y_pool):,} labels (the size of the pool), got {m:,}")
    if seed_set == "published":
        if published is None or len(published) != m:
            given = "has none" if published is None else f"has one of {len(published)} labels"
            raise ValueError(f"a published start of {m} labels was asked for, but this data set {given}")
        return published
    if seed_set in ("diverse", "communities"):
        if x_pool is None:
            raise ValueError(f"a seed set of the kind {seed_set} is chosen by the points themselves: give x_pool")
        if seed_set == "diverse":
            return diverse_seed(_components(x_pool), m, rng=rng)
        rows_N_D = x_pool.reshape(len(x_pool), -1).astype(np.float32)
        return communities(rows_N_D, rows_N_D[:0], m, levels=levels).indices
    order_N = rng.permutation(len(y_pool))
    if seed_set == "random":
        return order_N[:m]
    if seed_set != "balanced":
        raise ValueError(f"seed_set must be random, balanced, diverse, communities or published, got {seed_set!r}")
    # Number the points of each class in the random order; taking all firsts, then all seconds, is balanced.
    turn_N = np.empty(len(y_pool), dtype=np.int64)
    for label in np.unique(y_pool):
        rows = np.flatnonzero(y_pool[order_N] == label)
        turn_N[rows] = np.arange(len(rows))
    return order_N[np.argsort(turn_N, kind="stable")[:m]]


def seed_set_of(dataset: Dataset, m: int, *, seed: int, seed_set: SeedSet) -> NDArray[np.int64]:
    """`seed_indices` of a data set, drawn from the seed's own stream."""
    return seed_indices(
        dataset.y_pool,
        m,
        seed_set=seed_set,
        x_pool=dataset.x_pool,
        published=dataset.published_start,
        rng=rng_for(seed, "seed set"),
    )


def _components(x_N: NDArray) -> NDArray:
    """One row a point, of at most COMPONENTS numbers: the axes along which the points vary most."""
    rows_N_D = x_N.reshape(len(x_N), -1)
    rows_N_D = rows_N_D.astype(np.result_type(rows_N_D, np.float32))
    # Before they become single precision, which would lose small differences of large numbers.
    rows_N_D -= rows_N_D.mean(axis=0, dtype=np.float64).astype(rows_N_D.dtype)
    rows_N_D = rows_N_D.astype(np.float32, copy=False)
    if rows_N_D.shape[1] <= COMPONENTS:
        return rows_N_D
    _, axes_D_D = np.linalg.eigh(rows_N_D.T @ rows_N_D)
    return rows_N_D @ axes_D_D[:, -COMPONENTS:]
