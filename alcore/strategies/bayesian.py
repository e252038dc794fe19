"""Information that a label has about the model, from posterior samples. Higher means query first."""

import numpy as np
from array_api_compat import array_namespace, device
from numpy.typing import NDArray

from alcore.strategies.arrays import (
    ROW_SUM_TOLERANCE,
    SAMPLES_AT_A_TIME,
    Array,
    check_k,
    check_samples,
    check_scores,
    entropies,
    slices,
    to_numpy,
)
from alcore.strategies.batch import Batch
from alcore.strategies.batchbald import batchbald as batchbald  # the public place of BALD of a batch
from alcore.strategies.committee import vote_shares


def bald(probs_N_K_C: Array) -> Array:
    """Mutual information of label and model, in nats: entropy of the mean less mean of the entropies.

    Args:
        probs_N_K_C: class probabilities by K posterior samples; each row sums to 1.

    Returns:
        scores_N in [0, ln min(K, C)].

    Raises:
        ValueError: if the array is empty or a row is not a distribution.

    Source: Houlsby, Huszar, Ghahramani & Lengyel (2011); Gal, Islam & Ghahramani (2017).
    """
    xp = array_namespace(probs_N_K_C)
    return xp.concat([_bald(part) for _, part in slices(probs_N_K_C)])


def _bald(probs_N_K_C: Array) -> Array:
    xp = array_namespace(probs_N_K_C)
    total_N = entropies(xp.mean(probs_N_K_C, axis=1))
    return xp.clip(total_N - xp.mean(entropies(probs_N_K_C), axis=1), 0, None)


def mean_std(probs_N_K_C: Array) -> Array:
    """Standard deviation over the samples of each class's probability, averaged over the classes.

    Args:
        probs_N_K_C: class probabilities by K posterior samples; each row sums to 1.

    Returns:
        scores_N in [0, 1/2]; the deviation is that of the K samples themselves (divided by K).

    Raises:
        ValueError: if the array is empty or a row is not a distribution.

    Source: Kampffmeyer, Salberg & Jenssen (2016); Gal, Islam & Ghahramani (2017).
    """
    xp = array_namespace(probs_N_K_C)
    return xp.concat([xp.mean(xp.std(part, axis=1), axis=1) for _, part in slices(probs_N_K_C)])


def variation_ratios(probs_N_K_C: Array) -> Array:
    """Share of the samples that do not vote for the class most of them vote for.

    Args:
        probs_N_K_C: class probabilities by K posterior samples; each row sums to 1. Equal probabilities: the
            vote goes to the lower class.

    Returns:
        scores_N in [0, 1 - 1/min(K, C)].

    Raises:
        ValueError: if the array is empty or a row is not a distribution.

    Source: Freeman (1965); Gal, Islam & Ghahramani (2017).
    """
    xp = array_namespace(probs_N_K_C)
    return xp.concat([1 - xp.max(vote_shares(part), axis=1) for _, part in slices(probs_N_K_C)])


def epig(
    probs_N_K_C: Array,
    targets_T_K_C: Array | None = None,
    *,
    sample: int | None = None,
    rng: np.random.Generator | None = None,
) -> Array:
    """Expected predictive information gain: mean mutual information with the labels of the targets.

    The mutual information, in nats, of the labels of a point and of a target, averaged over the targets.
    Time O(N T K C^2), memory bounded: for large pools ask for a sample of the targets.

    Args:
        probs_N_K_C: class probabilities by K posterior samples; each row sums to 1.
        targets_T_K_C: the points whose prediction matters, by the same K samples in the same order; None
            means the pool itself.
        sample: how many targets to draw at random, without replacement; None means all of them.
        rng: stream of that draw; needed if, and only if, a sample is asked for.

    Returns:
        scores_N in [0, ln C].

    Raises:
        ValueError: if an array is empty, a row is not a distribution, samples or classes differ, sample < 1,
            or sample comes without rng.

    Source: Bickford Smith, Kirsch, Farquhar, Gal, Foster & Rainforth (2023).
    """
    xp = array_namespace(probs_N_K_C)
    check_samples(probs_N_K_C)
    name = "probs_N_K_C" if targets_T_K_C is None else "targets_T_K_C"
    targets = probs_N_K_C if targets_T_K_C is None else targets_T_K_C
    check_samples(targets, name)
    if targets.shape[1] != probs_N_K_C.shape[1]:
        raise ValueError(
            f"targets_T_K_C must come from the {probs_N_K_C.shape[1]} samples of probs_N_K_C, got {targets.shape[1]}"
        )
    if sample is not None:
        if rng is None or sample < 1:
            raise ValueError(f"sample must be 1 or more targets and come with rng, got {sample} and {rng}")
        if sample < targets.shape[0]:
            drawn = np.sort(rng.choice(targets.shape[0], sample, replace=False))
            targets = targets[xp.asarray(drawn, device=device(targets)), ...]
    for _ in slices(targets, name):
        pass  # checked once, before the work
    return xp.concat([_epig(part, targets) for _, part in slices(probs_N_K_C)])


def _epig(probs_N_K_C: Array, targets_T_K_C: Array) -> Array:
    xp = array_namespace(probs_N_K_C)
    n, samples, classes = probs_N_K_C.shape
    count, _, target_classes = targets_T_K_C.shape
    pool_NC_K = xp.reshape(xp.permute_dims(probs_N_K_C, (0, 2, 1)), (n * classes, samples)) / samples
    step = max(1, SAMPLES_AT_A_TIME // (n * classes * target_classes))
    # H[y] + H[y*] - H[y, y*], summed over targets in double precision: the sum is long, the gain small.
    gain_N = xp.astype(count * entropies(xp.mean(probs_N_K_C, axis=1)), xp.float64)
    for start in range(0, count, step):
        part_T_K_C = xp.astype(targets_T_K_C[start : start + step, ...], probs_N_K_C.dtype)
        part_K_TC = xp.reshape(xp.permute_dims(part_T_K_C, (1, 0, 2)), (samples, -1))
        joint_N_J = xp.reshape(pool_NC_K @ part_K_TC, (n, -1))
        alone = xp.sum(entropies(xp.mean(part_T_K_C, axis=1)))
        gain_N = gain_N + xp.astype(alone - entropies(joint_N_J), xp.float64)
    return xp.astype(xp.clip(gain_N / count, 0, None), probs_N_K_C.dtype)


def power_values(scores_N: NDArray, beta: float, noise_N: NDArray[np.float64]) -> NDArray[np.float64]:
    """Numbers whose order is a draw without replacement with odds score ** beta: beta ln score and Gumbel noise.

    Args:
        scores_N: one score a point, 0 or more.
        beta: 0 or more; 0 draws all points alike, those of score zero among them.
        noise_N: standard Gumbel numbers.

    Returns:
        The highest first; -inf for a score of zero if beta is above 0, and for no other.

    Source: Kirsch, Farquhar, Atighehchian, Jesson, Branchaud-Charron & Gal (2023).
    """
    if beta == 0:
        return np.asarray(noise_N, dtype=np.float64)
    logs_N = np.log(np.where(scores_N > 0, scores_N, 1.0))
    with np.errstate(over="ignore"):
        values_N = np.maximum(beta * logs_N + noise_N, -np.finfo(np.float64).max)
    return np.where(scores_N > 0, values_N, -np.inf)


def power_batch(scores_N: Array, k: int, beta: float = 1.0, *, rng: np.random.Generator) -> Batch:
    """A batch drawn without replacement, each pick with odds proportional to its score to the power beta.

    What top-k takes deterministically is taken in proportion, so near-duplicates of one good point no longer
    fill the batch. Drawn at once by adding Gumbel noise to beta ln score. Time O(n log n).

    Args:
        scores_N: one score a point, 0 or more, such as `bald` (power BALD) or `entropy` (power entropy).
        k: labels to ask for; more than there are points means all of them.
        beta: 0 draws all points alike; the larger, the closer to the top k.
        rng: stream of the noise.

    Returns:
        The batch; scores are the picks' own. Points of score zero come last, in random order.

    Raises:
        ValueError: if there is no point, a score is NaN, infinite or negative beyond rounding, beta is
            negative or not finite, or k < 1.

    Source: Kirsch, Farquhar, Atighehchian, Jesson, Branchaud-Charron & Gal (2023).
    """
    scores_N = check_scores(scores_N)
    values_N = to_numpy(scores_N).astype(np.float64)
    if not np.all((values_N >= -ROW_SUM_TOLERANCE) & np.isfinite(values_N)):
        raise ValueError(
            "scores_N must be 0 or more and finite to be raised to a power, "
            f"got values from {values_N.min()} to {values_N.max()}"
        )
    if not 0 <= beta < np.inf:
        raise ValueError(f"beta must be 0 or more and finite, got {beta}")
    k = check_k(k, len(values_N))
    noise_N = rng.gumbel(size=len(values_N))
    order_k = np.lexsort((-noise_N, -power_values(values_N, beta, noise_N)))[:k]
    return Batch(order_k.astype(np.int64), to_numpy(scores_N)[order_k])
