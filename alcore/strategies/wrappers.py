"""Remedies put around any strategy: what comes out is a strategy again."""

from dataclasses import replace
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from alcore.percent import level
from alcore.strategies.arrays import Array, check_scores, to_numpy
from alcore.strategies.batch import Batch
from alcore.strategies.bayesian import power_batch
from alcore.strategies.pool_view import PoolView
from alcore.strategies.remedies import density_weight, epsilon_greedy
from alcore.strategies.strategy import Score, Strategy

Rng = np.random.Generator


def with_random_picks(strategy: Strategy, epsilon: float) -> Strategy:
    """Against sampling bias: each pick gives way, with probability epsilon, to a random other point.

    Args:
        strategy: used for the other picks.
        epsilon: share of random picks, in [0, 1]; 0 gives the strategy back.

    Raises:
        ValueError: if epsilon is outside [0, 1].

    Source: see `remedies.epsilon_greedy`.
    """
    if not 0 <= epsilon <= 1:
        raise ValueError(f"epsilon must be between 0 and 1, got {epsilon}")
    if epsilon == 0:
        return strategy

    return replace(
        strategy,
        label=f"{strategy.label}, {level(epsilon)} random",
        description=f"{strategy.description} {level(epsilon)} of the picks are random.",
        choose=partial(_choose_or_give_way, strategy, epsilon),
        batch=None if strategy.batch is None else partial(_pick_or_give_way, strategy, epsilon),
    )


def with_density(strategy: Strategy, beta: float) -> Strategy:
    """Against outliers: points that many others resemble come first.

    A strategy that scores every point has its scores multiplied by density to the power beta, scores below
    0 taken relative to the lowest, and then chooses by them as ever. One that chooses whole batches is asked
    for (1 + beta) k points, of which the k in the densest surroundings stay, in its order.

    Args:
        strategy: used for the other picks.
        beta: how much density counts, from 0; 0 gives the strategy back.

    Raises:
        ValueError: if beta is negative or not finite.

    Source: see `remedies.density_weight`.
    """
    if not 0 <= beta < np.inf:
        raise ValueError(f"beta must be 0 or more and finite, got {beta}")
    if beta == 0:
        return strategy
    label, description = f"{strategy.label}, by density", f"{strategy.description} Dense regions come first."
    if (score := strategy.score) is None:
        return replace(
            strategy,
            label=label,
            description=description,
            batch=partial(_densest, strategy, beta),
        )
    return replace(
        strategy,
        label=label,
        description=description,
        score=partial(_weighted, score, beta),
    )


def with_power(strategy: Strategy, beta: float = 1.0) -> Strategy:
    """Against near-duplicates in a batch: points are drawn with odds proportional to their scores to the power beta.

    Scores below 0 are taken relative to the lowest; what was not scored comes last. `power_bald` and `power_entropy` of
    the catalogue are this around `bald` and `entropy`.

    Args:
        strategy: it scores every point.
        beta: 0 draws all points alike; the larger, the closer to the highest scores.

    Raises:
        ValueError: if the strategy chooses whole batches, has a power already or random picks, or beta is negative or
            not finite.

    Source: see `bayesian.power_batch`.
    """
    if not 0 <= beta < np.inf:
        raise ValueError(f"beta must be 0 or more and finite, got {beta}")
    if isinstance(strategy.choose, partial) and strategy.choose.func is _drawn:
        raise ValueError(f"{strategy.label!r} has a power already: give the strategy without one")
    if strategy.score is None:
        raise ValueError(
            f"{strategy.label} chooses whole batches and has no score of each point that could be raised to a power; "
            "choose one that has, such as margin"
        )
    if isinstance(strategy.choose, partial) and strategy.choose.func is _choose_or_give_way:
        raise ValueError(
            f"{strategy.label!r} would lose its random picks: put them around the power, as in "
            "with_random_picks(with_power(strategy, 2), 0.1)"
        )
    return replace(
        strategy,
        label=f"{strategy.label}, power {beta:g}",
        description=f"{strategy.description} Drawn with odds proportional to the score to the power {beta:g}.",
        choose=partial(_drawn, beta),
    )


# Functions of the module with their settings, where closures would do: a strategy can be pickled.


def _choose_or_give_way(strategy: Strategy, epsilon: float, scores_N: Array, k: int, rng: Rng) -> Batch:
    # The coin has a stream of its own: what the strategy would have asked for does not depend on it.
    coin = rng.spawn(1)[0]
    return epsilon_greedy(strategy.choose(scores_N, k, rng), len(scores_N), epsilon, rng=coin)


def _pick_or_give_way(strategy: Strategy, epsilon: float, view: PoolView, k: int, rng: Rng) -> Batch:
    coin = rng.spawn(1)[0]
    return epsilon_greedy(strategy.pick(view, k, rng), len(view.indices_N), epsilon, rng=coin)


def _densest(strategy: Strategy, beta: float, view: PoolView, k: int, rng: Rng) -> Batch:
    wide = strategy.pick(view, int(np.ceil((1 + beta) * k)), rng)
    density_N = density_weight(np.ones(len(view.indices_N)), view.features_N_D, rng=rng.spawn(1)[0])
    order = np.argsort(-to_numpy(density_N)[wide.indices], kind="stable")[:k]
    return Batch(wide.indices[np.sort(order)], wide.scores[np.sort(order)])


def _drawn(beta: float, scores_N: Array, k: int, rng: Rng) -> Batch:
    values_N = to_numpy(_from_zero(check_scores(scores_N)))
    batch = power_batch(np.where(np.isfinite(values_N), values_N, 0), k, beta, rng=rng)
    return Batch(batch.indices, to_numpy(scores_N)[batch.indices])


def _weighted(score: Score, beta: float, view: PoolView, rng: Rng) -> Array:
    scores_N = _from_zero(score(view, rng))
    return density_weight(scores_N, view.features_N_D, beta, rng=rng.spawn(1)[0])


def _from_zero(scores_N: Array) -> Array:
    """Scores relative to the lowest where that is below 0; what was not scored (-inf) comes last of all."""
    xp = array_namespace(scores_N)
    scored_N = xp.isfinite(scores_N)
    lowest = xp.min(xp.where(scored_N, scores_N, xp.asarray(xp.inf, dtype=scores_N.dtype)))
    if float(lowest) >= 0 and bool(xp.all(scored_N)):
        return scores_N
    return xp.where(scored_N, scores_N - min(float(lowest), 0.0), scores_N)
