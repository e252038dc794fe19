"""Class probabilities by several models at once: their checks, in slices that bound the memory."""

from collections.abc import Iterator

from array_api_compat import array_namespace

from alcore.strategies.arrays import Array, floating, row_sum_tolerance, to_numpy

# Pools are taken in slices so that no temporary exceeds this many numbers.
LARGEST_TEMPORARY = 1_000_000


def check_samples(probs_N_K_C: Array, name: str = "probs_N_K_C") -> None:
    """That there is a point, a sample and a class; what the rows hold is checked by `slices`."""
    if probs_N_K_C.ndim != 3 or 0 in probs_N_K_C.shape:
        raise ValueError(
            f"{name} must be points x samples x classes and not empty, got shape {tuple(probs_N_K_C.shape)}"
        )


def slices(probs_N_K_C: Array, name: str = "probs_N_K_C") -> Iterator[tuple[slice, Array]]:
    """The pool in slices of rows, as floating point of 32 bits or more, each row a distribution.

    Args:
        probs_N_K_C: class probabilities by K posterior samples or committee members.
        name: what the caller names the argument.

    Yields:
        where the slice lies in the pool, and the slice.

    Raises:
        ValueError: if the array is empty, has not three dimensions, or a row is not a distribution.
    """
    check_samples(probs_N_K_C, name)
    xp = array_namespace(probs_N_K_C)
    n, samples, classes = probs_N_K_C.shape
    step = max(1, LARGEST_TEMPORARY // (samples * classes))
    tolerance = row_sum_tolerance(probs_N_K_C)
    for start in range(0, n, step):
        probs_S_K_C = floating(probs_N_K_C[start : start + step, ...])
        sums_S_K = xp.sum(probs_S_K_C, axis=2)
        off_S_K = ~(xp.abs(sums_S_K - 1) <= tolerance) | ~xp.all(probs_S_K_C >= 0, axis=2)
        if bool(xp.any(off_S_K)):
            first = int(xp.argmax(xp.astype(xp.reshape(off_S_K, (-1,)), xp.int8)))
            row, sample = divmod(first, samples)
            raise ValueError(
                f"each row of {name} must be a distribution (no negative or NaN entry, sum 1), got point "
                f"{start + row}, sample {sample} with entries "
                f"{to_numpy(probs_S_K_C[row, sample, :8]).tolist()} and sum {float(sums_S_K[row, sample])}"
            )
        yield slice(start, min(start + step, n)), probs_S_K_C


def safe_log(x: Array) -> Array:
    """Natural logarithm, of zero that of the smallest number, so that 0 ln 0 = 0 without a warning."""
    xp = array_namespace(x)
    return xp.log(xp.clip(x, float(xp.finfo(x.dtype).smallest_normal), None))


def entropies(p: Array) -> Array:
    """Shannon entropy in nats over the last axis, unchecked."""
    return -array_namespace(p).sum(p * safe_log(p), axis=-1)
