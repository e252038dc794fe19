"""Uncertainty of the prediction at each point, from the model's class probabilities. Higher means query first."""

from alcore.strategies.arrays import Array, check_probs, namespace


def least_confidence(probs_N_C: Array) -> Array:
    """One minus the probability of the most probable class.

    Args:
        probs_N_C: class probabilities, one row a point; each row sums to 1.

    Returns:
        scores_N in [0, 1 - 1/C].

    Raises:
        ValueError: if a row is not a distribution.

    Source: Lewis & Gale (1994); Culotta & McCallum (2005).
    """
    probs_N_C = check_probs(probs_N_C)
    return 1 - namespace(probs_N_C).max(probs_N_C, axis=1)


def margin(probs_N_C: Array) -> Array:
    """One minus the gap between the two most probable classes.

    Args:
        probs_N_C: class probabilities, one row a point; each row sums to 1.

    Returns:
        scores_N in [0, 1]; 1 where the top two classes tie; 0 throughout for a single class.

    Raises:
        ValueError: if a row is not a distribution.

    Source: Scheffer, Decomain & Wrobel (2001), as 1 - margin so that higher means query first.
    """
    probs_N_C = check_probs(probs_N_C)
    xp = namespace(probs_N_C)
    if probs_N_C.shape[1] == 1:
        return 1 - probs_N_C[:, 0]
    top_two_N_2 = xp.sort(probs_N_C, axis=1)[:, -2:]
    return 1 - (top_two_N_2[:, 1] - top_two_N_2[:, 0])


def entropy(probs_N_C: Array) -> Array:
    """Shannon entropy in nats, with 0 ln 0 = 0.

    Args:
        probs_N_C: class probabilities, one row a point; each row sums to 1.

    Returns:
        scores_N in [0, ln C].

    Raises:
        ValueError: if a row is not a distribution.

    Source: Shannon (1948); Dagan & Engelson (1995).
    """
    probs_N_C = check_probs(probs_N_C)
    xp = namespace(probs_N_C)
    # ln 1 = 0 stands in where p is 0, so no logarithm of zero is ever taken.
    logs_N_C = xp.log(xp.where(probs_N_C > 0, probs_N_C, xp.ones_like(probs_N_C)))
    return -xp.sum(probs_N_C * logs_N_C, axis=1)
