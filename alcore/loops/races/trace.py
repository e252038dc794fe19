"""One race in detail: the predictions of its models after every round, over the pool and the plane."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.logistic.batched import probabilities
from alcore.loops.pool.simulate import Round
from alcore.loops.races.features import FeatureMap
from alcore.loops.races.grid import Grid
from alcore.loops.races.models import DatasetStack, FittedModels, logits, stacked_logits
from alcore.loops.steps import OnStep, ignored
from alcore.rng import lazy_rng_for
from alcore.strategies.arrays import to_numpy
from alcore.strategies.strategy import Score, Strategy

# Points of the grid that are scored beside the pool, to find out whether they change its scores.
PROBES = 5


@dataclass(frozen=True, eq=False)
class RaceTrace:
    """One race.

    Attributes:
        strategy: its key in the catalogue, a fork's name, or `you` for a person.
        rounds: as `simulate` yields them.
        order: the labelled points in the order of labelling, first labels included.
        surfaces_R_Y_X_C: after each round, the class probabilities over the grid (rows are y, columns x).
        probs_R_N_C: after each round, the class probabilities of every point of the pool, labelled or not.
        scores_R_N: the strategy's score of each unlabelled point in that round; NaN for labelled points, in the last
            round, and for a strategy that chooses whole batches.
        wrong_R_T: after each round, whether each point of the test set is misclassified.
        acquisition_R_Y_X: the strategy's score over the grid, if wanted; None where it is no function of the place
            alone, because it chooses whole batches or its scores depend on the pool.
    """

    strategy: str
    rounds: list[Round]
    order: NDArray[np.int64]
    surfaces_R_Y_X_C: NDArray[np.float32]
    probs_R_N_C: NDArray[np.float32]
    scores_R_N: NDArray[np.float32]
    wrong_R_T: NDArray[np.bool_]
    acquisition_R_Y_X: NDArray[np.float32] | None = None


def pool_probabilities(x_D_N: NDArray[np.floating], coefs_B_K_P: NDArray[np.floating]) -> NDArray[np.floating]:
    """probs_B_N_C of a pool under every model, as in a strategy's view."""
    return probabilities(logits(coefs_B_K_P, x_D_N)).transpose(0, 2, 1)


def probability_surfaces(grid: Grid, coefs_B_K_P: NDArray[np.floating], features: FeatureMap) -> NDArray[np.float32]:
    """probs_B_Y_X_C over a grid under every model, which is linear in the features."""
    # Logits in double precision, for points far from the origin; the many exponentials in single.
    x_P_YX = np.concatenate([features(grid.points_P_2).T, np.ones((1, len(grid.x) * len(grid.y)))])
    z_B_K_YX = stacked_logits(coefs_B_K_P, x_P_YX).astype(np.float32)
    probs_B_YX_C = probabilities(z_B_K_YX).transpose(0, 2, 1)
    return probs_B_YX_C.reshape(len(coefs_B_K_P), len(grid.y), len(grid.x), -1)


def misclassified(stack: DatasetStack, coefs_B_K_P: NDArray[np.floating]) -> NDArray[np.bool_]:
    """wrong_B_T: whether each point of the test set of the one data set is misclassified by every model."""
    z_B_K_T = stacked_logits(coefs_B_K_P, stack.test_S_P_T)
    predicted_B_T = z_B_K_T[:, 0] > 0 if z_B_K_T.shape[1] == 1 else z_B_K_T.argmax(axis=1)
    return predicted_B_T.astype(np.int64) != stack.y_test_S_T


def acquisition_over(
    stack: DatasetStack,
    grid: Grid,
    strategies_T: Sequence[Strategy],
    coefs_T_K_P: NDArray[np.floating],
    labeled_T: Sequence[NDArray[np.int64]],
    *,
    seed: int,
    features: FeatureMap,
    on_step: OnStep = ignored,
) -> NDArray[np.float32] | None:
    """The scores over a grid of the strategy of each round.

    Args:
        stack: one data set, in the features.
        grid: the points to score.
        strategies_T: the strategy of each round.
        coefs_T_K_P: the models.
        labeled_T: the labelled points of each round.
        seed: of the random streams.
        features: what the models are linear in.
        on_step: called with the share completed, three times a round.

    Returns:
        scores_T_Y_X; None if a strategy has no score, or the pool's scores depend on which other points are scored with
        them: then the score is no function of the place alone.
    """
    n, points = stack.y_S_N.shape[1], len(grid.x) * len(grid.y)
    wide = stack.extended(features(grid.points_P_2))
    grid_rows = n + np.arange(points)
    probes = grid_rows[np.linspace(0, points - 1, PROBES).astype(np.int64)]
    scores_T_Y_X = np.empty((len(strategies_T), len(grid.y), len(grid.x)), dtype=np.float32)
    for number, (strategy, coefs_K_P, labeled) in enumerate(zip(strategies_T, coefs_T_K_P, labeled_T, strict=True)):
        if strategy.score is None:
            return None
        models = FittedModels(wide, coefs_K_P[None, None], labeled[None, None], [seed], number)

        def scores(
            rows: NDArray[np.int64], score: Score = strategy.score, models: FittedModels = models
        ) -> NDArray[np.floating]:
            rng = lazy_rng_for(seed, "acquisition", models.number)
            return to_numpy(score(models.view(0, 0, rows), rng))

        unlabeled = np.setdiff1d(np.arange(n), labeled)
        if len(unlabeled):
            beside = scores(np.concatenate([probes, unlabeled]))[PROBES:]
            on_step((number + 0.3) / len(strategies_T))
            if not np.allclose(beside, scores(unlabeled), rtol=1e-9, atol=1e-12):
                return None
            on_step((number + 0.6) / len(strategies_T))
        scores_T_Y_X[number] = scores(grid_rows).reshape(len(grid.y), len(grid.x))
        on_step((number + 1) / len(strategies_T))
    return scores_T_Y_X
