"""Checks that every strategy shares: each names the argument, what was given and what was expected."""

from collections.abc import Iterator
from typing import Any

import array_api_compat
import array_api_compat.numpy
import numpy as np
from array_api_compat import array_namespace, device

# A NumPy array or a torch tensor, on any device. Functions are written against the array API standard.
Array = Any

# How far from 1 a row of probabilities may sum. In half precision every number is rounded by more than that:
# there it is so many times the gap between 1 and the next number.
ROW_SUM_TOLERANCE = 1e-3
HALF_PRECISION_GAPS = 4


def namespace(x: Array) -> Any:
    """`array_api_compat.array_namespace`, without its lookup for NumPy: a race calls it ten thousand times."""
    return array_api_compat.numpy if type(x) is np.ndarray else array_api_compat.array_namespace(x)


def floating(x: Array) -> Array:
    """The array as floating point of 32 bits or more: half precision as float32, whole numbers as float64.

    Sums, squares and logarithms in half precision overflow and lose the order.
    """
    if type(x) is np.ndarray:
        if x.dtype.kind != "f":
            return x.astype(np.float64)
        return x if x.dtype.itemsize >= 4 else x.astype(np.float32)
    xp = namespace(x)
    if not xp.isdtype(x.dtype, "real floating"):
        return xp.astype(x, xp.float64)
    return x if xp.finfo(x.dtype).bits >= 32 else xp.astype(x, xp.float32)


def to_numpy(x: Array) -> np.ndarray:
    """A NumPy copy or view of the array, from any device; bfloat16, which NumPy lacks, as float32."""
    if hasattr(x, "cpu"):
        x = x.cpu()
        x = x.float() if "bfloat16" in str(x.dtype) else x
    return np.asarray(x)


def row_sum_tolerance(probs: Array) -> float:
    """How far from 1 the rows of an array of probabilities may sum, in the precision they come in."""
    if type(probs) is np.ndarray and (probs.dtype.kind != "f" or probs.dtype.itemsize >= 4):
        return ROW_SUM_TOLERANCE
    xp = namespace(probs)
    if not xp.isdtype(probs.dtype, "real floating"):
        return ROW_SUM_TOLERANCE
    return max(ROW_SUM_TOLERANCE, HALF_PRECISION_GAPS * float(xp.finfo(probs.dtype).eps))


def check_probs(probs_N_C: Array) -> Array:
    """The probabilities as floating point, if each row is a distribution over the classes."""
    if probs_N_C.ndim != 2 or 0 in probs_N_C.shape:
        raise ValueError(f"probs_N_C must be points x classes and not empty, got shape {tuple(probs_N_C.shape)}")
    tolerance = row_sum_tolerance(probs_N_C)
    probs_N_C = floating(probs_N_C)
    away_N = abs(probs_N_C.sum(axis=1) - 1)
    # The maximum and minimum are NaN if an entry is, and no comparison with NaN is true.
    if bool((away_N.max() <= tolerance) & (probs_N_C.min() >= 0)):
        return probs_N_C
    xp = namespace(probs_N_C)
    off_N = ~(away_N <= tolerance) | ~xp.all(probs_N_C >= 0, axis=1)
    row = int(xp.argmax(xp.astype(off_N, xp.int8)))
    entries = to_numpy(probs_N_C[row, :])
    raise ValueError(
        f"each row of probs_N_C must be a distribution (no negative or NaN entry, sum 1), "
        f"got row {row} with entries {entries[:8].tolist()} and sum {float(entries.sum())}"
    )


def check_scores(scores_N: Array) -> Array:
    """The scores as floating point, if they are one finite-ordered number a point."""
    if scores_N.ndim != 1 or scores_N.shape[0] == 0:
        raise ValueError(f"scores_N must be one number a point and not empty, got shape {tuple(scores_N.shape)}")
    scores_N = floating(scores_N)
    first = int(scores_N.argmax())  # NaN counts as the highest
    if float(scores_N[first]) != float(scores_N[first]):
        raise ValueError(f"scores_N must hold numbers, got NaN at position {first}")
    return scores_N


def check_features(features_N_D: Array, labeled_M_D: Array | None = None) -> Array:
    """The features as floating point, if they are finite points of the labelled points' dimension."""
    if features_N_D.ndim != 2 or features_N_D.shape[0] == 0:
        raise ValueError(
            f"features_N_D must be points x dimensions and not empty, got shape {tuple(features_N_D.shape)}"
        )
    if labeled_M_D is not None and (labeled_M_D.ndim != 2 or labeled_M_D.shape[1] != features_N_D.shape[1]):
        raise ValueError(
            f"labeled_M_D must be points x {features_N_D.shape[1]} dimensions like features_N_D, "
            f"got shape {tuple(labeled_M_D.shape)}"
        )
    features_N_D = floating(features_N_D)
    _check_finite("features_N_D", features_N_D)
    if labeled_M_D is not None:
        _check_finite("labeled_M_D", floating(labeled_M_D))
    return features_N_D


def _check_finite(name: str, x_N_D: Array) -> None:
    """Raises ValueError if an entry is NaN or infinite."""
    xp = namespace(x_N_D)
    with np.errstate(over="ignore", invalid="ignore"):
        # A sum is finite unless an entry is not, or it overflows: one pass, and a mask only where needed.
        finite = bool(xp.isfinite(xp.sum(x_N_D))) or bool(xp.all(xp.isfinite(x_N_D)))
    if not finite:
        raise ValueError(f"{name} must be finite, got NaN or infinity")


def check_measurable(squared_N: Array) -> None:
    """Raises ValueError if a squared length of features is too large for their precision."""
    xp = namespace(squared_N)
    if squared_N.shape[0] and not bool(xp.isfinite(xp.max(squared_N))):
        raise ValueError(
            "features_N_D must be small enough to be squared: the square of a length is above "
            f"{float(xp.finfo(squared_N.dtype).max):.1e}, the largest number of {squared_N.dtype}; "
            "divide the features by a common number"
        )


def check_k(k: int, n: int) -> int:
    """The batch size, at most the pool's size."""
    if k < 1:
        raise ValueError(f"k must be 1 or more labels, got {k}")
    return min(k, n)


# Pools are taken in slices so that no temporary exceeds this many numbers.
SAMPLES_AT_A_TIME = 1_000_000


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
    step = max(1, SAMPLES_AT_A_TIME // (samples * classes))
    tolerance = row_sum_tolerance(probs_N_K_C)
    for start in range(0, n, step):
        probs_S_K_C = floating(probs_N_K_C[start : start + step, ...])
        sums_S_K = sum_of_last(probs_S_K_C)
        off_S_K = ~(xp.abs(sums_S_K - 1) <= tolerance)
        if bool(xp.any(off_S_K)) or not bool(xp.all(probs_S_K_C >= 0)):
            off_S_K |= ~xp.all(probs_S_K_C >= 0, axis=2)
            first = int(xp.argmax(xp.astype(xp.reshape(off_S_K, (-1,)), xp.int8)))
            row, sample = divmod(first, samples)
            raise ValueError(
                f"each row of {name} must be a distribution (no negative or NaN entry, sum 1), got point "
                f"{start + row}, sample {sample} with entries "
                f"{to_numpy(probs_S_K_C[row, sample, :8]).tolist()} and sum {float(sums_S_K[row, sample])}"
            )
        yield slice(start, min(start + step, n)), probs_S_K_C


def sum_of_last(x: Array) -> Array:
    """Sums over the last axis, by a product: several times as fast as `sum` where that axis is short."""
    xp = namespace(x)
    flat = xp.reshape(x, (-1, x.shape[-1]))
    # Products of finite numbers may signal an invalid one in lanes that the kernel does not use.
    with np.errstate(invalid="ignore"):
        return xp.reshape(flat @ xp.ones(x.shape[-1], dtype=x.dtype, device=device(x)), x.shape[:-1])


def safe_log(x: Array) -> Array:
    """Natural logarithm, of zero that of the smallest number, so that 0 ln 0 = 0 without a warning."""
    xp = namespace(x)
    smallest = float(xp.finfo(x.dtype).smallest_normal)
    return xp.log(np.maximum(x, smallest) if xp is array_api_compat.numpy else xp.clip(x, smallest, None))


def entropies(p: Array) -> Array:
    """Shannon entropy in nats over the last axis, unchecked."""
    return -namespace(p).sum(p * safe_log(p), axis=-1)
