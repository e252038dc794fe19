"""How much a committee disagrees about each point. Higher means query first."""

import numpy as np
from array_api_compat import array_namespace, device
from numpy.typing import ArrayLike, NDArray

from alcore.strategies.arrays import Array, to_numpy
from alcore.strategies.samples import entropies, safe_log, slices


def vote_entropy(probs_N_K_C: Array) -> Array:
    """Entropy, in nats, of the members' votes; each votes for its most probable class.

    Args:
        probs_N_K_C: class probabilities by K committee members; each row sums to 1. Equal probabilities: the
            vote goes to the lower class.

    Returns:
        scores_N in [0, ln min(K, C)].

    Raises:
        ValueError: if the array is empty or a row is not a distribution.

    Source: Dagan & Engelson (1995).
    """
    xp = array_namespace(probs_N_K_C)
    return xp.concat([entropies(vote_shares(part)) for _, part in slices(probs_N_K_C)])


def vote_shares(probs_N_K_C: Array) -> Array:
    """Share of the samples whose most probable class is each class, (N, C), unchecked."""
    xp = array_namespace(probs_N_K_C)
    classes_C = xp.arange(probs_N_K_C.shape[2], device=device(probs_N_K_C))
    votes_N_K = xp.argmax(probs_N_K_C, axis=2)
    return xp.mean(xp.astype(votes_N_K[:, :, None] == classes_C, probs_N_K_C.dtype), axis=1)


def mean_kl(probs_N_K_C: Array) -> Array:
    """Mean over members of the divergence KL(member || consensus), in nats; consensus is their mean.

    Args:
        probs_N_K_C: class probabilities by K committee members; each row sums to 1.

    Returns:
        scores_N in [0, ln min(K, C)]. The same number as `bald`, from another formula.

    Raises:
        ValueError: if the array is empty or a row is not a distribution.

    Source: McCallum & Nigam (1998).
    """
    xp = array_namespace(probs_N_K_C)
    return xp.concat([_mean_kl(part) for _, part in slices(probs_N_K_C)])


def _mean_kl(probs_N_K_C: Array) -> Array:
    xp = array_namespace(probs_N_K_C)
    consensus_N_1_C = xp.mean(probs_N_K_C, axis=1, keepdims=True)
    surprise_N_K_C = probs_N_K_C * (safe_log(probs_N_K_C) - safe_log(consensus_N_1_C))
    return xp.clip(xp.mean(xp.sum(surprise_N_K_C, axis=2), axis=1), 0, None)


def bootstrap_rows(y_M: ArrayLike, k_members: int, *, rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """Rows on which each member of a bootstrap committee trains: M draws with replacement.

    A draw that misses a class gets one random example of it, in place of one of a class drawn more than
    once; so every member knows every class seen.

    Args:
        y_M: the labels so far.
        k_members: committee members.
        rng: stream of the draws.

    Returns:
        for each member, rows_M of the labelled set.

    Raises:
        ValueError: if there is no label or k_members < 1.

    Source: Breiman (1996); committees by bagging: Abe & Mamitsuka (1998).
    """
    labels_M = np.asarray(to_numpy(y_M))
    if labels_M.ndim != 1 or len(labels_M) == 0:
        raise ValueError(f"y_M must be one label a point and not empty, got shape {labels_M.shape}")
    if k_members < 1:
        raise ValueError(f"k_members must be 1 or more, got {k_members}")
    classes, class_M = np.unique(labels_M, return_inverse=True)
    members = []
    for _ in range(k_members):
        rows_M = rng.integers(len(labels_M), size=len(labels_M))
        counts_C = np.bincount(class_M[rows_M], minlength=len(classes))
        for missing in np.nonzero(counts_C == 0)[0]:
            spare = rng.choice(np.nonzero(counts_C[class_M[rows_M]] > 1)[0])
            counts_C[class_M[rows_M[spare]]] -= 1
            rows_M[spare] = rng.choice(np.nonzero(class_M == missing)[0])
            counts_C[missing] += 1
        members.append(rows_M)
    return members
