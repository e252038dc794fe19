"""What selectors look for, over the plane."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from alcore.logistic.batched import predict
from alcore.loops.batch_explorer import BatchExperiment
from alcore.loops.races.grid import Grid
from alcore.rng import rng_for
from alcore.strategies.arrays import to_numpy
from alcore.strategies.gradient import expected_gradient_length_mlp
from alcore.strategies.pool_view import PoolView
from alcore.strategies.strategy import Strategy
from alcore.strategies.uncertainty import least_confidence

Surface = NDArray[np.float64]

# A score that reads nothing else may belong to a place, rather than to a point among others.
OF_A_PLACE = {"probs_N_C", "probs_N_K_C", "gradient_lengths_N"}


def surfaces(found: BatchExperiment, grid: Grid) -> tuple[Surface, Surface]:
    """Over a grid: where the model is unsure, and how far it is to the nearest label.

    Returns:
        least confidence and distance, each (Y, X).
    """
    unsure_P = least_confidence(predict(found.coefs_K_P[None], grid.points_P_2)[0])
    away_P = cdist(grid.points_P_2, found.dataset.x_pool[found.labeled]).min(axis=1)
    shape = len(grid.y), len(grid.x)
    return unsure_P.reshape(shape), away_P.reshape(shape)


def surface_of(found: BatchExperiment, strategy: Strategy, grid: Grid, *, alpha: float = 0.5) -> Surface | None:
    """What a strategy looks for at its first pick.

    Args:
        found: what the model makes of the pool.
        strategy: from `explore.selector`.
        grid: where to look.
        alpha: weight of uncertainty in `hybrid`.

    Returns:
        (Y, X), nowhere below 0; None for a strategy that gives a place no score by itself, because it chooses
        whole batches or scores points by one another.
    """
    if strategy.name in ("k_center", "hybrid", "hybrid_product"):
        unsure, away = (surface / max(float(surface.max()), 1e-12) for surface in surfaces(found, grid))
        return {
            "k_center": away,
            "hybrid": alpha * unsure + (1 - alpha) * away,
            "hybrid_product": unsure * away,
        }[strategy.name]
    if strategy.score is None or not strategy.needs or not set(strategy.needs) <= OF_A_PLACE:
        return None
    half = len(grid.points_P_2) // 2
    scores_P = _scores(found, strategy, grid.points_P_2)
    if not np.allclose(_scores(found, strategy, grid.points_P_2[:half]), scores_P[:half], atol=1e-9):
        return None
    return scores_P.reshape(len(grid.y), len(grid.x)) - min(float(scores_P.min()), 0.0)


def _scores(found: BatchExperiment, strategy: Strategy, points_P_2: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points scored as if they were the pool."""
    assert strategy.score is not None
    probs_P_C = predict(found.coefs_K_P[None], points_P_2)[0]
    view = PoolView(
        np.arange(len(points_P_2)),
        probs_N_C=lambda: probs_P_C,
        probs_N_K_C=lambda: predict(found.committee_K_K_P, points_P_2).transpose(1, 0, 2),
        gradient_lengths_N=lambda: expected_gradient_length_mlp(probs_P_C, [points_P_2], []),
    )
    return to_numpy(strategy.score(view, rng_for(found.seed, "acquisition", 0)))
