"""From scores and features to a batch: the most uncertain, the most spread out, or some of both."""

from typing import Literal

import numpy as np

from alcore.strategies.arrays import Array, check_features, check_k, check_scores, floating, namespace, to_numpy
from alcore.strategies.batch import Batch
from alcore.strategies.geometry.distances import NearestCentre
from alcore.strategies.geometry.farthest import farthest_first


def top_k(scores_N: Array, k: int) -> Batch:
    """The k highest scores, highest first; equal scores: the lower index first.

    Args:
        scores_N: one score a point.
        k: labels to ask for; more than there are points means all of them.

    Raises:
        ValueError: if there is no point, a score is NaN, or k < 1.
    """
    scores_N = check_scores(scores_N)
    k = check_k(k, scores_N.shape[0])
    if k == 1:  # no need to sort: the first of the highest
        best = int(scores_N.argmax())
        return Batch(np.array([best], dtype=np.int64), to_numpy(scores_N[best : best + 1]))
    order_k = namespace(scores_N).argsort(-scores_N, stable=True)[:k]
    return Batch(to_numpy(order_k).astype(np.int64), to_numpy(scores_N[order_k]))


def k_center(features_N_D: Array, labeled_M_D: Array, k: int) -> Batch:
    """Greedy k-center: each pick is the point farthest from everything labelled or picked so far.

    The largest distance from any point to its nearest centre is at most twice the smallest possible. With
    nothing labelled the first pick is the point nearest the mean. Time O(n (M + k) d), memory O(n d).

    Args:
        features_N_D: the unlabelled points.
        labeled_M_D: the labelled points; may have no rows.
        k: labels to ask for; more than there are points means all of them.

    Returns:
        The batch; scores are the covering distance of each pick at the moment it was picked (infinite for
        the first when nothing is labelled). Equal distances: the lower index first.

    Raises:
        ValueError: if there is no point, a feature is not finite, dimensions differ, or k < 1.

    Source: Gonzalez (1985); Sener & Savarese (2018).
    """
    features_N_D = check_features(features_N_D, labeled_M_D)
    k = check_k(k, features_N_D.shape[0])
    if type(features_N_D) is np.ndarray:
        picks, scores = farthest_first(features_N_D, floating(to_numpy(labeled_M_D)), k)
        return Batch(np.asarray(picks, dtype=np.int64), np.asarray(scores))
    xp = namespace(features_N_D)
    nearest = NearestCentre(features_N_D, labeled_M_D)
    open_N = xp.ones_like(nearest.nearest_N, dtype=xp.bool)
    picks, scores = [], []
    for _ in range(k):
        if nearest.count == 0:
            pick, score = int(xp.argmin(nearest.norms_N)), float("inf")
        else:
            squared_N = xp.where(open_N, nearest.squared_N, -xp.inf)
            top = xp.nonzero(squared_N >= xp.max(squared_N) - nearest.rounding)[0]
            exact = nearest.exact(top)
            best = int(xp.argmax(exact))
            pick, score = int(top[best]), float(exact[best]) ** 0.5
        picks.append(pick)
        scores.append(score)
        open_N[pick] = False
        nearest.add(pick)
    return Batch(np.asarray(picks, dtype=np.int64), np.asarray(scores))


def hybrid(
    scores_N: Array,
    features_N_D: Array,
    labeled_M_D: Array,
    k: int,
    alpha: float = 0.5,
    combine: Literal["sum", "product"] = "sum",
) -> Batch:
    """Uncertain and far from what is labelled: top-k and k-center in one greedy rule.

    Scores are scaled to [0, 1] once, distances to the nearest labelled or picked point afresh at every step,
    both over all points given: those already picked count with their distance, 0, and are left out only of
    the choice. What does not vary scales to 1. With nothing labelled, nearness to the mean stands in for the
    distance at the first step, as in `k_center`. Time O(n (M + k) d), memory O(n d).

    Args:
        scores_N: one uncertainty score a point.
        features_N_D: the unlabelled points.
        labeled_M_D: the labelled points; may have no rows.
        k: labels to ask for; more than there are points means all of them.
        alpha: weight of uncertainty in the sum, in [0, 1]: 0 picks as `k_center`, 1 as `top_k`. The product
            has no weight and ignores it.
        combine: `sum` for alpha * score + (1 - alpha) * distance, `product` for score * distance.

    Returns:
        The batch; scores are the combined value of each pick. Equal values: the lower index first.

    Raises:
        ValueError: if arrays are empty, not finite or of different lengths, alpha is outside [0, 1], combine
            is unknown, or k < 1.

    Source: the weighted sum and the product are the two forms in common use; Zhdanov (2019) reviews them.
    """
    scores_N = check_scores(scores_N)
    features_N_D = check_features(features_N_D, labeled_M_D)
    if scores_N.shape[0] != features_N_D.shape[0]:
        raise ValueError(
            f"scores_N and features_N_D must have one row a point, got {scores_N.shape[0]} and {features_N_D.shape[0]}"
        )
    if not bool(namespace(scores_N).all(namespace(scores_N).isfinite(scores_N))):
        raise ValueError("scores_N must be finite to be scaled, got infinity")
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha must be between 0 and 1, got {alpha}")
    if combine not in ("sum", "product"):
        raise ValueError(f"combine must be 'sum' or 'product', got {combine!r}")
    k = check_k(k, scores_N.shape[0])
    xp = namespace(features_N_D)
    nearest = NearestCentre(features_N_D, labeled_M_D)
    open_N = xp.ones_like(nearest.nearest_N, dtype=xp.bool)
    score_N = _scaled(xp.astype(scores_N, features_N_D.dtype))
    picks: list[int] = []
    values: list[float] = []
    for _ in range(k):
        distance_N = _scaled(nearest.distances() if nearest.count else -nearest.norms_N)
        mixed_N = alpha * score_N + (1 - alpha) * distance_N
        value_N = mixed_N if combine == "sum" else score_N * distance_N
        value_N = xp.where(open_N, value_N, -xp.inf)
        pick = int(xp.argmax(value_N))
        picks.append(pick)
        values.append(float(value_N[pick]))
        open_N[pick] = False
        nearest.add(pick)
    return Batch(np.asarray(picks, dtype=np.int64), np.asarray(values))


def _scaled(x_N: Array) -> Array:
    """Min-max scaling to [0, 1]; ones where nothing varies."""
    xp = namespace(x_N)
    low, high = xp.min(x_N), xp.max(x_N)
    if not bool(high > low):
        return xp.ones_like(x_N)
    return (x_N - low) / (high - low)
