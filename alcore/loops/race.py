"""Races on 2-D data: the pool loop, and what the model believed everywhere after every round."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.learners.learner import make_learner
from alcore.loops.pool import Round, simulate
from alcore.loops.start import SeedSet


@dataclass(frozen=True, eq=False)
class Grid:
    """Points that cover a data set, for drawing what a model believes.

    Attributes:
        x: (X,) horizontal positions, ascending.
        y: (Y,) vertical positions, ascending.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]

    @property
    def points_P_2(self) -> NDArray[np.float64]:
        """Every position, row by row: y[0] with all x first."""
        x, y = np.meshgrid(self.x, self.y)
        return np.stack([x.ravel(), y.ravel()], axis=1)


@dataclass(frozen=True, eq=False)
class Racer:
    """One learner's race.

    Attributes:
        strategy: its key in the catalogue.
        rounds: what happened, as `simulate` tells it.
        order: every labelled point in the order it was told, first labels included.
        surfaces_R_Y_X_C: after each round, the class probabilities over the grid (rows are y, columns x).
    """

    strategy: str
    rounds: list[Round]
    order: NDArray[np.int64]
    surfaces_R_Y_X_C: NDArray[np.float32]


def grid_over(dataset: Dataset, *, rows: int = 42, aspect: float = 4 / 3) -> Grid:
    """A rectangle that holds the pool with a margin of a twentieth of its sides.

    Args:
        dataset: points in the plane.
        rows: resolution in y; columns follow, so that cells are square.
        aspect: width over height.
    """
    low, high = dataset.x_pool.min(axis=0), dataset.x_pool.max(axis=0)
    middle = (low + high) / 2
    half_height = 0.55 * float(max((high - low)[0] / aspect, (high - low)[1]))
    reach = half_height * np.array([aspect, 1])
    x, y = (
        np.linspace(centre - extent, centre + extent, count)
        for centre, extent, count in zip(middle, reach, (round(rows * aspect), rows), strict=True)
    )
    return Grid(x, y)


def race(
    dataset: Dataset,
    strategies: Sequence[str],
    *,
    learner: str = "logistic",
    seed: int,
    seed_labels: int,
    labels_per_round: int,
    rounds: int,
    seed_set: SeedSet = "balanced",
    grid: Grid,
) -> list[Racer]:
    """Race strategies from the same first labels on the same pool and test set.

    Args:
        dataset: points in the plane.
        strategies: keys of the catalogue, one a racer.
        learner: a key of `LEARNERS`, fresh for every racer.
        seed: shared by all racers, which is what makes the race paired.
        seed_labels: labels before the first question.
        labels_per_round: labels asked for in a round.
        rounds: questions.
        seed_set: `balanced` shows a linear model every class from the start.
        grid: where to look at the models.

    Raises:
        ValueError: as `simulate`.
    """
    points = grid.points_P_2
    shape = (len(grid.y), len(grid.x), dataset.classes)
    racers = []
    for strategy in strategies:
        model = make_learner(learner, classes=dataset.classes, seed=seed)
        told: list[Round] = []
        surfaces = []
        for one in simulate(
            dataset,
            model,
            strategy,
            seed=seed,
            seed_labels=seed_labels,
            labels_per_round=labels_per_round,
            rounds=rounds,
            seed_set=seed_set,
        ):
            told.append(one)
            surfaces.append(model.predict_probs(points).reshape(shape).astype(np.float32))
        racers.append(Racer(strategy, told, told[-1].labeled, np.stack(surfaces)))
    return racers
