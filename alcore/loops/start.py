"""Where every strategy starts from: the first labels, which depend on the seed alone."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

SeedSet = Literal["random", "balanced", "published"]


def seed_indices(
    y_pool: NDArray[np.int64],
    m: int,
    *,
    seed_set: SeedSet = "random",
    published: NDArray[np.int64] | None = None,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """The points whose labels are known before the first question.

    Args:
        y_pool: labels of the pool; `balanced` reads them, as whoever collects one example a class would.
        m: how many, from 1 to the size of the pool.
        seed_set: `random`; `balanced`: as many of each class as possible, rarer classes exhausted first; or
            `published`: the given start of a published experiment, whatever the seed.
        published: the start that `published` means.
        rng: the stream of the start, the same for every strategy.

    Returns:
        m distinct indices of the pool, in the order they were labelled.

    Raises:
        ValueError: if m is out of range, the seed set is unknown, or there is no published one of m labels.
    """
    if not 1 <= m <= len(y_pool):
        raise ValueError(
            f"the seed set must have 1 to {len(y_pool):,} labels (the size of the pool), got {m:,}"
        )
    if seed_set == "published":
        if published is None or len(published) != m:
            given = "has none" if published is None else f"has one of {len(published)} labels"
            raise ValueError(f"a published start of {m} labels was asked for, but this data set {given}")
        return published
    order_N = rng.permutation(len(y_pool))
    if seed_set == "random":
        return order_N[:m]
    if seed_set != "balanced":
        raise ValueError(f"seed_set must be 'random', 'balanced' or 'published', got {seed_set!r}")
    # Number the points of each class in the random order; taking all firsts, then all seconds, is balanced.
    turn_N = np.empty(len(y_pool), dtype=np.int64)
    for label in np.unique(y_pool):
        rows = np.flatnonzero(y_pool[order_N] == label)
        turn_N[rows] = np.arange(len(rows))
    return order_N[np.argsort(turn_N, kind="stable")[:m]]
