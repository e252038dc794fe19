"""The factors of a gradient with respect to the softmax layer: the error, and the length of its input."""

from array_api_compat import array_namespace, device

from alcore.strategies.arrays import Array

# Points are taken in slices so that no temporary exceeds this many numbers; small enough to stay in a cache.
GRADIENTS_AT_A_TIME = 500_000


def predicted_error(probs_N_C: Array) -> Array:
    """(p - e) for the predicted class, whose entry is minus the sum of the others: exact near 1."""
    xp = array_namespace(probs_N_C)
    rows_N = xp.arange(probs_N_C.shape[0], device=device(probs_N_C))
    top_N = xp.argmax(probs_N_C, axis=1)
    error_N_C = xp.asarray(probs_N_C, copy=True)
    error_N_C[rows_N, top_N] = 0
    error_N_C[rows_N, top_N] = -xp.sum(error_N_C, axis=1)
    return error_N_C


def squared_lengths(x_N_D: Array, dtype: object) -> Array:
    """|x|^2 of every row in the given precision, without a second copy of x."""
    xp = array_namespace(x_N_D)
    n, dimensions = x_N_D.shape
    lengths_N = xp.empty(n, dtype=dtype, device=device(x_N_D))
    step = max(1, GRADIENTS_AT_A_TIME // max(1, dimensions))
    for start in range(0, n, step):
        some_S_D = xp.astype(x_N_D[start : start + step], dtype)
        lengths_N[start : start + step] = xp.sum(some_S_D * some_S_D, axis=1)
    return lengths_N
