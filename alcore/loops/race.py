"""Races on 2-D data: the pool loop, and what the model believed everywhere after every round."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.loops.pool import Round
from alcore.loops.solved import SolvedLogistic
from alcore.loops.start import SeedSet, seed_indices
from alcore.loops.view import get_strategy, learner_view
from alcore.rng import rng_for
from alcore.strategies.batch import Batch
from alcore.strategies.newton import predict, solve
from alcore.strategies.strategy import Strategy


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
    seed: int,
    seed_labels: int,
    labels_per_round: int,
    rounds: int,
    seed_set: SeedSet = "balanced",
    grid: Grid,
) -> list[Racer]:
    """Race strategies from the same first labels on the same pool and test set.

    Every racer trains logistic regression, scikit-learn's default, on its own labels; the fits of a round are
    solved together. What a racer asks for is what `simulate` would ask for with a tightly converged fit.

    Args:
        dataset: points in the plane.
        strategies: keys of the catalogue, one a racer.
        seed: shared by all racers, which is what makes the race paired.
        seed_labels: labels before the first question.
        labels_per_round: labels asked for in a round, fewer in the last if the pool runs out.
        rounds: questions; fewer if the pool runs out.
        seed_set: `balanced` shows a linear model every class from the start.
        grid: where to look at the models.

    Raises:
        ValueError: as `simulate`.
    """
    if labels_per_round < 1 or rounds < 0:
        raise ValueError(
            f"labels_per_round must be 1 or more and rounds 0 or more, got {labels_per_round}, {rounds}"
        )
    chosen = [get_strategy(name) for name in strategies]
    x, y = dataset.x_pool, dataset.y_pool
    first = seed_indices(y, seed_labels, seed_set=seed_set, rng=rng_for(seed, "seed set"))
    order_B_M = np.repeat(first[None], len(chosen), axis=0)
    surface = (len(chosen), len(grid.y), len(grid.x), dataset.classes)
    told: list[list[Round]] = [[] for _ in chosen]
    surfaces_R_B = []
    coefs = None
    for number in range(rounds + 1):
        started = time.perf_counter()
        coefs = solve(x[order_B_M], y[order_B_M], classes=dataset.classes, start=coefs)
        trained = time.perf_counter()
        right_B_T = predict(coefs, dataset.x_test).argmax(axis=2) == dataset.y_test
        surfaces_R_B.append(predict(coefs, grid.points_P_2).reshape(surface).astype(np.float32))
        evaluated = time.perf_counter()
        probs_B_N_C = predict(coefs, x)
        scored = time.perf_counter()
        last = number == rounds or order_B_M.shape[1] == len(y)
        batches = [
            None if last else _ask(strategy, dataset, coefs_K_P, order_M, labels_per_round, seed, number)
            for strategy, coefs_K_P, order_M in zip(chosen, coefs, order_B_M, strict=True)
        ]
        times = np.diff([started, trained, evaluated, scored, time.perf_counter()]) / len(chosen)
        seconds = dict(zip(("train", "evaluate", "score", "select"), times.tolist(), strict=True))
        for racer, (batch, order_M) in enumerate(zip(batches, order_B_M, strict=True)):
            probs_N_C, asked = probs_B_N_C[racer], order_M[:0] if batch is None else batch.indices
            own_M = np.maximum(probs_N_C[order_M, y[order_M]], np.finfo(np.float64).tiny)
            told[racer].append(
                Round(
                    round=number,
                    labeled=order_M,
                    accuracy=float(right_B_T[racer].mean()),
                    train_loss=float(-np.log(own_M).mean()),
                    batch=batch,
                    batch_labels=y[asked],
                    batch_probs_K_C=probs_N_C[asked],
                    seconds=seconds,
                )
            )
        if last:
            break
        asked_B_K = np.stack([batch.indices for batch in batches if batch is not None])
        order_B_M = np.concatenate([order_B_M, asked_B_K], axis=1)
    surfaces_B_R = np.stack(surfaces_R_B, axis=1)
    return [
        Racer(strategy.name, told[racer], order_B_M[racer], surfaces_B_R[racer])
        for racer, strategy in enumerate(chosen)
    ]


def _ask(
    strategy: Strategy, data: Dataset, coefs_K_P: NDArray, order_M: NDArray, k: int, seed: int, number: int
) -> Batch:
    """What one racer asks for: the view and the random streams that a session would give it."""
    x, labels_M = data.x_pool, data.y_pool[order_M]
    view = learner_view(
        SolvedLogistic(coefs_K_P, x[order_M], labels_M, data.classes),
        x,
        np.delete(np.arange(len(x)), order_M),
        order_M,
        labels_M,
        classes=data.classes,
        samples=None,
        candidates=None,
        rng=rng_for(seed, "posterior", number),
    )
    return strategy.select(view, k, rng_for(seed, "acquisition", number))
