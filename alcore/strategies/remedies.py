"""Remedies for the failure modes of active learning; each composes with any strategy."""

import numpy as np
from array_api_compat import array_namespace, device
from numpy.typing import NDArray

from alcore.rng import rng_for
from alcore.strategies.arrays import Array, check_features, check_k, check_scores, floating, to_numpy
from alcore.strategies.batch import Batch
from alcore.strategies.geometry.clusters import cluster_labels
from alcore.strategies.selection import k_center

# Pools up to this size are compared with all of themselves, larger ones with a sample.
WHOLE_POOL = 5_000
# Distances are taken in slices so that no temporary exceeds this many numbers, few enough for a cache.
DENSITIES_AT_A_TIME = 250_000
TEMPERATURES = (0.01, 100.0)


def epsilon_greedy(batch: Batch, N: int, epsilon: float, *, rng: np.random.Generator) -> Batch:
    """Against sampling bias: each pick gives way, with probability epsilon, to a random other point.

    Args:
        batch: the picks, as rows of the pool.
        N: the pool's size.
        epsilon: share of random picks, in [0, 1]; 0.1 to 0.2 is common.
        rng: stream of the coin and of the points.

    Returns:
        The batch; no point twice, the random ones from outside the batch. Where fewer are outside than give
        way, the later picks stay. A random pick has score 0: no score picked it.

    Raises:
        ValueError: if epsilon is outside [0, 1], or indices are no distinct rows below N.

    Source: Sutton & Barto (1998), section 2.2, for bandits.
    """
    if not 0 <= epsilon <= 1:
        raise ValueError(f"epsilon must be between 0 and 1, got {epsilon}")
    inside_N = np.zeros(N, dtype=bool)
    if len(batch) and not (batch.indices.min() >= 0 and batch.indices.max() < N):
        raise ValueError(
            f"batch.indices must be rows from 0 to {N - 1}, got {batch.indices.min()} to {batch.indices.max()}"
        )
    inside_N[batch.indices] = True
    if inside_N.sum() < len(batch):
        raise ValueError("batch.indices must be distinct, got one of them twice")
    outside = np.nonzero(~inside_N)[0]
    given_way = np.nonzero(rng.random(len(batch)) < epsilon)[0][: len(outside)]
    indices, scores = batch.indices.copy(), batch.scores.copy()
    indices[given_way] = rng.choice(outside, size=len(given_way), replace=False)
    scores[given_way] = 0
    return Batch(indices, scores)


def density_weight(
    scores_N: Array,
    features_N_D: Array,
    beta: float = 1.0,
    *,
    rng: np.random.Generator | None = None,
    sample: int = 2_000,
) -> Array:
    """Against outliers: scores times density to the power beta.

    Density is the mean similarity 1 / (1 + distance) to the pool, or, beyond 5,000 points, to a random sample
    of it. Time O(n min(n, sample) d), memory bounded.

    Args:
        scores_N: one score a point, 0 or more.
        features_N_D: the same points.
        beta: how much density counts; 0 gives the scores back.
        rng: stream of the sample; None always draws the same one.
        sample: points to compare with beyond 5,000.

    Returns:
        scores_N.

    Raises:
        ValueError: if arrays are empty, hold NaN or differ in length, beta is negative or not finite, or
            sample < 1.

    Source: information density, Settles & Craven (2008).
    """
    scores_N = check_scores(scores_N)
    features_N_D = check_features(features_N_D)
    n = features_N_D.shape[0]
    if scores_N.shape[0] != n:
        raise ValueError(f"scores_N and features_N_D must have one row a point, got {scores_N.shape[0]} and {n}")
    if not 0 <= beta < np.inf:
        raise ValueError(f"beta must be 0 or more and finite, got {beta}")
    if sample < 1:
        raise ValueError(f"sample must be 1 or more points, got {sample}")
    xp = array_namespace(features_N_D)
    others_S_D = features_N_D
    if n > WHOLE_POOL:
        rows = candidate_subsample(n, sample, rng=rng or rng_for(0, "density"))
        others_S_D = features_N_D[xp.asarray(rows, device=device(features_N_D)), ...]
    density_N = _mean_similarity(features_N_D, others_S_D)
    # Scores and features may come from different places, a learner's scores from its device.
    weight_N = array_namespace(scores_N).asarray(to_numpy(density_N**beta), device=device(scores_N))
    return scores_N * array_namespace(scores_N).astype(weight_N, scores_N.dtype)


def _mean_similarity(features_N_D: Array, others_S_D: Array) -> Array:
    """Mean of 1 / (1 + distance), in double precision: near-duplicates lose half the digits."""
    xp = array_namespace(features_N_D)
    mean_D = xp.mean(xp.astype(others_S_D, xp.float64), axis=0)
    others_S_D = xp.astype(others_S_D, xp.float64) - mean_D
    norms_S_1 = xp.sum(others_S_D * others_S_D, axis=1)[:, None]
    # One product gives all of |x|^2 - 2 x.c + |c|^2.
    right_S_E = xp.concat([-2 * others_S_D, xp.ones_like(norms_S_1), norms_S_1], axis=1)
    step = max(1, DENSITIES_AT_A_TIME // others_S_D.shape[0])
    means = []
    for start in range(0, features_N_D.shape[0], step):
        part_R_D = xp.astype(features_N_D[start : start + step, :], xp.float64) - mean_D
        norms_R_1 = xp.sum(part_R_D * part_R_D, axis=1)[:, None]
        left_R_E = xp.concat([part_R_D, norms_R_1, xp.ones_like(norms_R_1)], axis=1)
        # In place: what is freed and made again slice by slice costs more than the arithmetic.
        near_R_S = left_R_E @ right_S_E.T
        near_R_S[near_R_S < 0] = 0
        near_R_S **= 0.5
        near_R_S += 1
        near_R_S **= -1
        means.append(xp.mean(near_R_S, axis=1))
    return xp.concat(means)


def fit_temperature(logits_N_C: Array, labels_N: Array) -> float:
    """Against miscalibration: the temperature T for which softmax(logits / T) is most likely the labels.

    The negative log-likelihood is convex in 1/T: the root of its slope is the one minimum. The labels must
    be held out from training, and count as labels.

    Args:
        logits_N_C: unnormalised log-probabilities of held-out points; log-probabilities serve as well.
        labels_N: their classes, 0 to C - 1.

    Returns:
        T, from 0.01 (every point is right by any margin) to 100 (worse than chance); 1 where T is without
        effect.

    Raises:
        ValueError: if logits are empty or not finite, or labels are not one class a point.

    Source: Guo, Pleiss, Sun & Weinberger (2017).
    """
    from scipy.optimize import brentq

    if logits_N_C.ndim != 2 or 0 in logits_N_C.shape:
        raise ValueError(f"logits_N_C must be points x classes and not empty, got shape {tuple(logits_N_C.shape)}")
    xp = array_namespace(logits_N_C)
    logits_N_C = xp.astype(floating(logits_N_C), xp.float64)
    if not bool(xp.all(xp.isfinite(logits_N_C))):
        raise ValueError("logits_N_C must be finite, got NaN or infinity")
    n, classes = logits_N_C.shape
    labels = to_numpy(labels_N)
    if labels.shape != (n,) or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"labels_N must be {n} whole numbers, got shape {labels.shape} of {labels.dtype}")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels_N must be classes from 0 to {classes - 1}, got {labels.min()} to {labels.max()}")
    gaps_N_C = logits_N_C - xp.max(logits_N_C, axis=1, keepdims=True)
    of_label_N = gaps_N_C[
        xp.arange(n, device=device(gaps_N_C)),
        xp.asarray(labels.astype(np.int64), device=device(gaps_N_C)),
    ]

    def slope(log_temperature: float) -> float:
        odds_N_C = xp.exp(gaps_N_C * float(np.exp(-log_temperature)))
        expected_N = xp.sum(odds_N_C * gaps_N_C, axis=1) / xp.sum(odds_N_C, axis=1)
        return float(xp.mean(expected_N - of_label_N))

    cold, hot = np.log(TEMPERATURES)
    if slope(cold) == slope(hot) == 0:
        return 1.0
    if slope(cold) <= 0:
        return TEMPERATURES[0]
    if slope(hot) >= 0:
        return TEMPERATURES[1]
    return float(np.exp(brentq(slope, cold, hot, xtol=1e-12)))


def diverse_seed(features_N_D: Array, k: int, *, rng: np.random.Generator) -> NDArray[np.int64]:
    """Against a cold start: of each of k clusters, the point nearest its k-means centre.

    Where fewer than k clusters have members (copies), the rest are the points farthest from those chosen.

    Args:
        features_N_D: the unlabelled points.
        k: labels to ask for; more than there are points means all of them.
        rng: stream of the starting centres.

    Returns:
        (k,) rows, all distinct. Equal distances: the lower index.

    Raises:
        ValueError: if there is no point, a feature is not finite, or k < 1.

    Source: k-means seeding of pool-based learning, Kang, Ryu & Kwon (2004); Yuan, Lin & Boyd-Graber (2020).
    """
    x_N_D = to_numpy(check_features(features_N_D))
    k = check_k(k, len(x_N_D))
    if k == len(x_N_D):
        return np.arange(k, dtype=np.int64)
    labels_N = cluster_labels(x_N_D, k, rng=rng)
    chosen = []
    for cluster in np.unique(labels_N):
        rows = np.nonzero(labels_N == cluster)[0]
        members = x_N_D[rows].astype(np.float64)
        chosen.append(rows[np.argmin(np.sum((members - members.mean(axis=0)) ** 2, axis=1))])
    seeds = np.asarray(chosen, dtype=np.int64)
    if len(seeds) == k:
        return seeds
    left = np.setdiff1d(np.arange(len(x_N_D)), seeds)
    return np.concatenate([seeds, left[k_center(x_N_D[left], x_N_D[seeds], k - len(seeds)).indices]])


def candidate_subsample(N: int, size: int, *, rng: np.random.Generator) -> NDArray[np.int64]:
    """Against huge pools: random rows to choose among.

    Args:
        N: the pool's size.
        size: how many rows; more than there are means all of them.
        rng: stream of the draw.

    Returns:
        (size,) distinct rows, ascending, so that equal scores still go to the lower index.

    Raises:
        ValueError: if N < 1 or size < 1.
    """
    if N < 1 or size < 1:
        raise ValueError(f"N and size must be 1 or more, got {N} and {size}")
    if size >= N:
        return np.arange(N, dtype=np.int64)
    return np.sort(rng.choice(N, size, replace=False))
