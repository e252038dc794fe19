"""One point of the pool: the labelled points near it, and its scores under all strategies.

Both are computed from the map that a round stores, without its model; `SURROGATES` lists what replaces the model.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.loops.pool.pool_map import PoolMap
from alcore.loops.radius import radius_of
from alcore.loops.steps import OnStep, counted, ignored
from alcore.rng import rng_for
from alcore.strategies.arrays import to_numpy
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.gradient import expected_gradient_length
from alcore.strategies.pool_view import PoolView
from alcore.strategies.strategy import Strategy

# Property that a score reads -> its replacement on a map, in words for the user.
SURROGATES = {
    "probs_N_K_C": "a committee of logistic regressions on the map's components instead of the model's own",
    "gradient_lengths_N": "the gradient of one layer on the map's components instead of the model's own",
    "features_N_D": "distances in the map's components instead of the model's own features",
}
# Batch size of strategies that choose a batch as a whole: some take long for more.
PICKS = 10
# A point is compared with so many others, so that a click is answered in a moment.
OTHERS = 999
# It fits a model for every label of every point, which takes too long.
_TOO_SLOW = "eer"


@dataclass(frozen=True)
class Scored:
    """The score of a point under one strategy.

    Attributes:
        strategy: its key.
        score: the point's score, higher means queried first; None where a whole batch is chosen without it.
        rank: its place among `among` points, 1 is queried first; equal scores in a random order. Of a whole
            batch of `PICKS`: when it is picked, None if it is not.
        among: how many unlabelled points it was compared with, itself included.
        note: the replacement of the model, or why there is no score; else empty.
    """

    strategy: str
    score: float | None
    rank: int | None
    among: int
    note: str


def nearest_labeled(
    drawn: PoolMap, index: int, labeled: NDArray[np.int64], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The labelled points nearest to a point, by Euclidean distance in the map's components.

    Args:
        drawn: the map of a round.
        index: the point, as an index of the data set.
        labeled: the points labelled in that round.
        k: how many.

    Returns:
        their indices, the nearest first (the lower index where two are as near), fewer than k where fewer are
        on the map; and their distances, the root of the map's mean squared distance from its centre being 1.

    Raises:
        ValueError: if the point is not on the map.
    """
    here = _row(drawn, index)
    rows = drawn.rows(np.sort(labeled[labeled != index]))
    features_P_D = drawn.features_P_D.astype(np.float64)
    far = np.sqrt(((features_P_D[rows] - features_P_D[here]) ** 2).sum(axis=1))
    order = np.argsort(far, kind="stable")[:k]
    return drawn.indices_P[rows[order]], far[order]


def point_scores(
    drawn: PoolMap,
    index: int,
    labeled: NDArray[np.int64],
    labels_M: NDArray[np.int64],
    *,
    seed: int,
    strategies: Iterable[Strategy] = tuple(STRATEGIES.values()),
    on_step: OnStep = ignored,
) -> list[Scored]:
    """The scores of a point without a label under every strategy, in the round that drew a map.

    Uncertainties are computed from the model's own probabilities, to three digits; other scores see `SURROGATES`.
    Ranks are among the point and 999 others without a label, drawn from the map, not in the whole pool.

    Args:
        drawn: the map of the round.
        index: the point, as an index of the data set.
        labeled: the points labelled in that round.
        labels_M: their labels.
        seed: of the committee and of strategies that draw.
        strategies: all if not given.
        on_step: called with the share completed, after each strategy; an exception stops the work.

    Raises:
        ValueError: if the point is not on the map, or is labelled.
    """
    if index in labeled:
        raise ValueError(f"point {index} was labelled already in this round, so no strategy scores it")
    _row(drawn, index)
    others = np.setdiff1d(drawn.indices_P, np.append(labeled, index))
    others = rng_for(seed, "others").permutation(others)[:OTHERS]
    # Of equals the lower row is ranked first, so rows are in a random order, as in a session.
    points = rng_for(seed, "ties").permutation(np.append(others, index))
    view = view_of_map(drawn, points, labeled, labels_M, seed=seed)
    return [_scored(strategy, view, index, seed) for strategy in counted(list(strategies), on_step)]


def view_of_map(
    drawn: PoolMap,
    unlabeled: NDArray[np.int64],
    labeled: NDArray[np.int64],
    labels_M: NDArray[np.int64],
    *,
    seed: int,
) -> PoolView:
    """The view of points of a map.

    Args:
        drawn: the map of a round.
        unlabeled: the points to choose among; the rows of the view.
        labeled: the points labelled in that round.
        labels_M: their labels.
        seed: of the committee.
    """
    classes = drawn.log_probs_P_C.shape[1]
    features_P_D = drawn.features_P_D.astype(np.float64)
    on_map = np.isin(labeled, drawn.indices_P)
    rows_M, own_M = drawn.rows(labeled), labels_M[on_map]
    rows_N = drawn.rows(unlabeled)

    def committee() -> NDArray[np.float64]:
        # scikit-learn takes a second to load: the page opens without it.
        from alcore.learners.sklearn_learner import ClassifierLearner, logistic_regression

        learner = ClassifierLearner(logistic_regression(), classes)
        rng = rng_for(seed, "closeup")
        learner.fit(features_P_D[rows_M], own_M, rng=rng)
        return learner.sample_probs(features_P_D[rows_N], None, rng=rng)

    view = PoolView(
        unlabeled,
        probs_N_C=lambda: drawn.probs_P_C[rows_N],
        probs_N_K_C=committee,
        features_N_D=lambda: features_P_D[rows_N],
        labeled_M_D=lambda: features_P_D[rows_M],
        labeled_probs_M_C=lambda: drawn.probs_P_C[rows_M],
        labels_M=lambda: own_M,
        classes=lambda: classes,
        candidates=lambda: None,
        delta=lambda: radius_of(features_P_D, classes, seed=seed),
        gradient_lengths_N=lambda: expected_gradient_length(view.probs_N_C, features_P_D[rows_N]),
    )
    return view


def _scored(strategy: Strategy, view: PoolView, index: int, seed: int) -> Scored:
    among = len(view.indices_N)
    if strategy.name == _TOO_SLOW:
        return Scored(strategy.name, None, None, among, "it would take too long to try every label here")
    note = next((words for need, words in SURROGATES.items() if need in strategy.needs), "")
    rng = rng_for(seed, "closeup", strategy.name)
    here = int(np.flatnonzero(view.indices_N == index)[0])
    try:
        if strategy.score is None:
            batch = strategy.pick(view, PICKS, rng)
            picked = np.flatnonzero(batch.indices == here)
            if not len(picked):
                return Scored(strategy.name, None, None, among, note)
            place = int(picked[0])
            return Scored(strategy.name, float(batch.scores[place]), place + 1, among, note)
        scores_N = to_numpy(strategy.score(view, rng))
    except ValueError as error:
        return Scored(strategy.name, None, None, among, str(error))
    score = float(scores_N[here])
    ahead = int((scores_N > score).sum() + (scores_N[:here] == score).sum())
    return Scored(strategy.name, score, 1 + ahead, among, note)


def _row(drawn: PoolMap, index: int) -> int:
    rows = drawn.rows([index])
    if not len(rows):
        raise ValueError(f"point {index} is not on the map of this round")
    return int(rows[0])
