"""The uncertainty of a committee over the plane, split into aleatoric and epistemic parts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.datasets.dataset import Dataset
from alcore.learners.committee import bootstrap_rows
from alcore.logistic.batched import predict, solve
from alcore.loops.batch_explorer import MEMBERS
from alcore.loops.races.grid import Grid, grid_over
from alcore.loops.seed_set import seed_set_of
from alcore.rng import rng_for
from alcore.strategies.information import UncertaintyParts, uncertainty_decomposition


@dataclass(frozen=True, eq=False)
class UncertaintyMap:
    """The uncertainty of one committee.

    Attributes:
        grid: of the plane.
        over: at the grid's points, row by row.
        at: at the given places.
        pool: at the unlabelled points.
        labeled_M_2: the committee's training points.
        classes: how many there are.
    """

    grid: Grid
    over: UncertaintyParts
    at: UncertaintyParts
    pool: UncertaintyParts
    labeled_M_2: NDArray[np.float64]
    classes: int


def committee_uncertainty(
    dataset: Dataset,
    *,
    seed: int,
    labeled: int,
    freedom: float,
    places_Q_2: ArrayLike,
    rows: int = 48,
) -> UncertaintyMap:
    """Train a bootstrap committee of logistic regressions on a balanced seed set and split its uncertainty.

    Args:
        dataset: points in the plane.
        seed: decides which points are labelled, and the committee.
        labeled: how many are, from 1 to all but one.
        freedom: inverse strength of the members' penalty, scikit-learn's C. Strong regularisation makes all members
            predict alike.
        places_Q_2: points of the plane, as shares of the map's width and height.
        rows: resolution of the map.

    Raises:
        ValueError: if `labeled` is out of range.
    """
    x, y, classes = dataset.x_pool, dataset.y_pool, dataset.classes
    if not 1 <= labeled < len(y):
        raise ValueError(f"labeled must be from 1 to {len(y) - 1:,}, got {labeled:,}")
    first = seed_set_of(dataset, labeled, seed=seed, seed_set="balanced")
    drawn_K_M = first[np.stack(bootstrap_rows(y[first], MEMBERS, rng=rng_for(seed, "posterior", 0)))]
    members = solve(x[drawn_K_M], y[drawn_K_M], classes=classes, C=freedom)
    grid = grid_over(dataset, rows=rows, aspect=1.0)
    low, high = np.array([grid.x[0], grid.y[0]]), np.array([grid.x[-1], grid.y[-1]])
    at_Q_2 = low + np.asarray(places_Q_2, dtype=np.float64) * (high - low)
    over, at, pool = (
        uncertainty_decomposition(np.ascontiguousarray(predict(members, points).transpose(1, 0, 2)))
        for points in (grid.points_P_2, at_Q_2, np.delete(x, first, axis=0))
    )
    return UncertaintyMap(grid, over, at, pool, x[first], classes)
