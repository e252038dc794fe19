"""The arrivals of one seed: a pool as a stream of points, each seen once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.drift import NO_DRIFT, Drift, arrival_times
from alcore.loops.ready import ready
from alcore.loops.seed_set import SeedSet, seed_indices
from alcore.rng import rng_for

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Arrivals:
    """What every policy sees, in the same order.

    Attributes:
        seed: decides all of it.
        first: points of the pool labelled before the first arrival; they are not part of the budget.
        first_M_D: where they were.
        first_y_M: their labels.
        index_T: which point of the pool arrives.
        x_T_D: where it is when it arrives.
        y_T: its label, whether anybody asks or not.
        times_T: from 0 to 1.
        uniform_T: the coin tossed at its arrival, in [0, 1).
        normal_T: the normal number drawn at its arrival.
    """

    seed: int
    first: Ints
    first_M_D: Floats
    first_y_M: Ints
    index_T: Ints
    x_T_D: Floats
    y_T: Ints
    times_T: Floats
    uniform_T: Floats
    normal_T: Floats


def arrivals_of(
    dataset: Dataset,
    *,
    seed: int,
    seed_labels: int,
    drift: Drift = NO_DRIFT,
    seed_set: SeedSet = "balanced",
) -> Arrivals:
    """The pool as a stream: first labels, then the rest in an order that the seed decides.

    Args:
        dataset: one row of numbers a point; in the plane, if there is drift.
        seed: of the start, the order and the coins.
        seed_labels: labels before the first arrival, of the first concept.
        drift: what happens to points while they arrive.
        seed_set: see `seed_indices`.

    Raises:
        ValueError: if the points are not rows of numbers, or nothing is left to arrive.
    """
    dataset = ready(dataset, numbers=True)
    if dataset.x_pool.ndim != 2 or not 1 <= seed_labels < len(dataset.y_pool):
        raise ValueError(
            "a stream needs one row of numbers a point and from one first label to all points but one, got "
            f"points of shape {dataset.x_pool.shape} and seed_labels={seed_labels}"
        )
    first = seed_indices(
        dataset.y_pool,
        seed_labels,
        seed_set=seed_set,
        x_pool=dataset.x_pool,
        published=dataset.published_start,
        rng=rng_for(seed, "seed set"),
    )
    rest = np.delete(np.arange(len(dataset.y_pool)), first)
    order = rng_for(seed, "arrivals").permutation(rest)
    times_T = arrival_times(len(order))
    return Arrivals(
        seed=seed,
        first=first,
        first_M_D=drift.move(dataset.x_pool[first].astype(np.float64), 0.0),
        first_y_M=dataset.y_pool[first],
        index_T=order,
        x_T_D=drift.move(dataset.x_pool[order].astype(np.float64), times_T),
        y_T=dataset.y_pool[order],
        times_T=times_T,
        uniform_T=rng_for(seed, "arrivals", "coin").random(len(order)),
        normal_T=rng_for(seed, "arrivals", "factor").standard_normal(len(order)),
    )
