"""The queries of one strategy in the races of all seeds: at once where it scores each point by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from alcore.loops.ask import ask, rows_for
from alcore.loops.races.models import FittedModels, Floats, Ints
from alcore.loops.steps import OnStep, counted
from alcore.strategies.picks import OfEachPoint, random_score
from alcore.strategies.strategy import Strategy, highest

FreshRngs = Callable[[], list[np.random.Generator]]


@dataclass(frozen=True, eq=False)
class Queries:
    """The queries of one strategy from S seeds.

    Attributes:
        indices_S_K: the points queried, in picking order.
        picked_S_K: the numbers by which they were picked.
        read_S_N: the score of every point that was open.
        open_S_N: which were.
    """

    indices_S_K: Ints
    picked_S_K: Floats
    read_S_N: Floats
    open_S_N: NDArray[np.bool_]

    @cached_property
    def scores_S_N(self) -> Floats:
        """The score of every point; NaN for labelled ones, and those not picked by a strategy that chooses batches."""
        return np.where(self.open_S_N, self.read_S_N, np.nan)


def queries(
    strategy: Strategy,
    models: FittedModels,
    r: int,
    open_S_N: NDArray[np.bool_],
    ties_S_N: Ints,
    k: int,
    fresh_rngs: FreshRngs,
    on_step: OnStep,
) -> Queries:
    """What `ask` gives for each seed.

    Args:
        strategy: chooses the batches.
        models: of this round.
        r: the number of the race among those of a seed.
        open_S_N: which points may be queried, as many for each seed.
        ties_S_N: the order of equal scores, see `tie_order`.
        k: labels to query, at most as many as points are open.
        fresh_rngs: gives the acquisition streams of this round, one a seed.
        on_step: called with the share completed.

    Raises:
        ValueError: as `Strategy.select`; if a batch has another number of points than k.
    """
    scores_S_N = _scores_of_each_point(strategy, models, r, open_S_N, fresh_rngs)
    if scores_S_N is None:
        return _one_by_one(strategy, models, r, open_S_N, ties_S_N, k, fresh_rngs, on_step)
    indices_S_K = _highest(scores_S_N, ties_S_N, k)
    on_step(1.0)
    picked_S_K = scores_S_N[np.arange(len(scores_S_N))[:, None], indices_S_K]
    return Queries(indices_S_K, picked_S_K, scores_S_N, open_S_N.copy())


def _scores_of_each_point(
    strategy: Strategy,
    models: FittedModels,
    r: int,
    open_S_N: NDArray[np.bool_],
    fresh_rngs: FreshRngs,
) -> Floats | None:
    """Scores, -inf of points that are not open; None where a score may depend on what else is in the pool."""
    if strategy.choose is not highest:
        return None
    if strategy.score is random_score:
        scores_S_N = np.full(open_S_N.shape, -np.inf)
        count = int(np.count_nonzero(open_S_N[0]))
        scores_S_N[open_S_N] = np.concatenate([rng.random(count) for rng in fresh_rngs()])
        return scores_S_N
    if isinstance(strategy.score, OfEachPoint):
        probs_S_C_N = models.probs(r)
        # Classes come first in memory, as in a view.
        probs_C_SN = np.ascontiguousarray(probs_S_C_N.transpose(1, 0, 2)).reshape(probs_S_C_N.shape[1], -1)
        return np.where(open_S_N, strategy.score.score(probs_C_SN.T).reshape(open_S_N.shape), -np.inf)
    return None


def _highest(scores_S_N: Floats, ties_S_N: Ints, k: int) -> Ints:
    """The k points of the highest scores, of equal ones the first in the order of ties."""
    if k == 1:
        best_S = scores_S_N.argmax(axis=1)
        if np.count_nonzero(scores_S_N == scores_S_N[np.arange(len(best_S)), best_S][:, None]) == len(best_S):
            return best_S[:, None]
    ordered_S_N = np.take_along_axis(scores_S_N, ties_S_N, axis=1)
    order_S_K = (-ordered_S_N).argsort(axis=1, stable=True)[:, :k]
    return np.take_along_axis(ties_S_N, order_S_K, axis=1)


def _one_by_one(
    strategy: Strategy,
    models: FittedModels,
    r: int,
    open_S_N: NDArray[np.bool_],
    ties_S_N: Ints,
    k: int,
    fresh_rngs: FreshRngs,
    on_step: OnStep,
) -> Queries:
    asked_S = []
    for s, rng in counted(list(enumerate(fresh_rngs())), on_step):
        view = models.view(s, r, rows_for(strategy, open_S_N[s].nonzero()[0], ties_S_N[s]))
        asked_S.append(ask(strategy, view, k, rng, ties_S_N[s]))
    batches = [asked.batch for asked in asked_S]
    if any(len(batch) != k for batch in batches):
        raise ValueError(f"{strategy.label} queried another number of points than {k}")
    return Queries(
        np.stack([batch.indices for batch in batches]),
        np.stack([batch.scores for batch in batches]),
        np.stack([asked.scores_of_all(open_S_N.shape[1]) for asked in asked_S]),
        open_S_N.copy(),
    )
