"""BADGE: a batch of long and different gradients, without ever writing a gradient down."""

import numpy as np
from array_api_compat import array_namespace, device

from alcore.strategies.arrays import Array, check_features, check_k, check_measurable, check_probs
from alcore.strategies.batch import Batch
from alcore.strategies.softmax_layer import predicted_error, squared_lengths


def badge(probs_N_C: Array, features_N_D: Array, k: int, *, rng: np.random.Generator) -> Batch:
    """Sample a batch by k-means++ seeding on the gradients of the predicted labels.

    The gradient embedding of a point is (p - e) h', where e is its predicted class and h enters the softmax
    layer. As in the authors' code, the first pick is the longest embedding and every further one is drawn
    with probability proportional to the squared distance to the nearest pick. Inner products factorise,
    <a h', b g'> = <a, b><h, g>, so nothing larger than the arguments is kept: time O(N k (C + D)), memory
    O(N C). No point is picked twice, nor a copy of a picked one while any other point is left; where all that
    is left coincides with picks, the lowest index is next.

    Args:
        probs_N_C: class probabilities, one row a point; each row sums to 1.
        features_N_D: what enters the softmax layer.
        k: labels to ask for; more than there are points means all of them.
        rng: draws one number a pick after the first.

    Returns:
        The batch; scores are the distance of each pick to the nearest pick before it, for the first the
        length of its embedding.

    Raises:
        ValueError: if a row is not a distribution, a feature is not finite, lengths differ, or k < 1.

    Source: Ash, Zhang, Krishnamurthy, Langford & Agarwal (2020); Arthur & Vassilvitskii (2007).
    """
    probs_N_C = check_probs(probs_N_C)
    features_N_D = check_features(features_N_D)
    n = probs_N_C.shape[0]
    if features_N_D.shape[0] != n:
        raise ValueError(f"probs_N_C and features_N_D must have one row a point, got {n} and {features_N_D.shape[0]}")
    k = check_k(k, n)
    xp = array_namespace(features_N_D)
    embeddings = _Embeddings(predicted_error(xp.astype(probs_N_C, features_N_D.dtype)), features_N_D)
    open_N = xp.ones(n, dtype=xp.bool, device=device(features_N_D))
    squared_N = embeddings.squared_N
    picks: list[int] = []
    scores: list[float] = []
    for number in range(k):
        pick = _drawn(squared_N, open_N, float(rng.random())) if number else int(xp.argmax(squared_N))
        picks.append(pick)
        scores.append(float(squared_N[pick]) ** 0.5)
        open_N[pick] = False
        away_N = embeddings.squared_distances(pick)
        squared_N = xp.minimum(squared_N, away_N) if number else away_N
    return Batch(np.asarray(picks, dtype=np.int64), np.asarray(scores))


def _drawn(weights_N: Array, open_N: Array, u: float) -> int:
    """The point at share u of the total weight; the lowest open index where no weight is left."""
    xp = array_namespace(weights_N)
    weights_N = xp.where(open_N, xp.astype(weights_N, xp.float64), 0)
    total_N = xp.cumulative_sum(weights_N)
    if not float(total_N[-1]) > 0:
        return int(xp.argmax(xp.astype(open_N, xp.int8)))
    at = xp.asarray([u * float(total_N[-1])], dtype=xp.float64, device=device(weights_N))
    pick = min(int(xp.searchsorted(total_N, at, side="right")[0]), weights_N.shape[0] - 1)
    # Rounding of the sums may point just beyond the last point with weight.
    return pick if float(weights_N[pick]) > 0 else int(xp.argmax(weights_N))


class _Embeddings:
    """Gradient embeddings a h' as their two factors."""

    def __init__(self, error_N_C: Array, features_N_D: Array) -> None:
        self.xp = array_namespace(features_N_D)
        self.error_N_C = error_N_C
        self.features_N_D = features_N_D
        dtype = features_N_D.dtype
        with np.errstate(over="ignore", invalid="ignore"):
            self.squared_N = squared_lengths(error_N_C, dtype) * squared_lengths(features_N_D, dtype)
        check_measurable(self.squared_N)
        numbers = error_N_C.shape[1] + features_N_D.shape[1]
        # What rounding can make of a squared distance, relative to the lengths.
        self.rounding = 8 * numbers * float(self.xp.finfo(dtype).eps)

    def squared_distances(self, row: int) -> Array:
        """Squared distances (N,) to one embedding; exact where rounding could matter, so copies are at 0."""
        xp = self.xp
        inner_N = (self.error_N_C @ self.error_N_C[row]) * (self.features_N_D @ self.features_N_D[row])
        lengths_N = self.squared_N + self.squared_N[row]
        squared_N = lengths_N - 2 * inner_N
        close = xp.nonzero(squared_N <= self.rounding * lengths_N)[0]
        squared_N[close] = self._exact(close, row)
        return squared_N

    def _exact(self, rows: Array, row: int) -> Array:
        """By a h' - b g' = a (h - g)' + (a - b) g', whose terms vanish where the factors agree."""
        xp = self.xp
        a_S_C, h_S_D = self.error_N_C[rows], self.features_N_D[rows]
        b_C, g_D = self.error_N_C[row], self.features_N_D[row]
        moved_S_C, moved_S_D = a_S_C - b_C, h_S_D - g_D
        squared_S = (
            xp.sum(a_S_C * a_S_C, axis=1) * xp.sum(moved_S_D * moved_S_D, axis=1)
            + xp.sum(moved_S_C * moved_S_C, axis=1) * xp.sum(g_D * g_D)
            + 2 * xp.sum(a_S_C * moved_S_C, axis=1) * xp.sum(moved_S_D * g_D, axis=1)
        )
        return xp.clip(squared_S, 0, None)
