"""How much a committee disagrees about each point. Higher means query first."""

from array_api_compat import array_namespace, device

from alcore.strategies.arrays import Array, entropies, safe_log, slices


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
