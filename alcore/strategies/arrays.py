"""Checks that every strategy shares: each names the argument, what was given and what was expected."""

from typing import Any

import array_api_compat
import array_api_compat.numpy
import numpy as np

# A NumPy array or a torch tensor, on any device. Functions are written against the array API standard.
Array = Any

ROW_SUM_TOLERANCE = 1e-3  # float16 and bfloat16 networks sum to 1 no closer than this


def namespace(x: Array) -> Any:
    """`array_api_compat.array_namespace`, at once for NumPy: a race asks it ten thousand times."""
    return array_api_compat.numpy if type(x) is np.ndarray else array_api_compat.array_namespace(x)


def floating(x: Array) -> Array:
    """The array as floating point: unchanged if it is, else float64."""
    if type(x) is np.ndarray:
        return x if x.dtype.kind == "f" else x.astype(np.float64)
    xp = namespace(x)
    return x if xp.isdtype(x.dtype, "real floating") else xp.astype(x, xp.float64)


def to_numpy(x: Array) -> np.ndarray:
    """A NumPy copy or view of the array, from whatever device it is on."""
    return np.asarray(x.cpu() if hasattr(x, "cpu") else x)


def check_probs(probs_N_C: Array) -> Array:
    """The probabilities as floating point, if each row is a distribution over the classes."""
    if probs_N_C.ndim != 2 or 0 in probs_N_C.shape:
        raise ValueError(
            f"probs_N_C must be points x classes and not empty, got shape {tuple(probs_N_C.shape)}"
        )
    probs_N_C = floating(probs_N_C)
    away_N = abs(probs_N_C.sum(axis=1) - 1)
    # Two numbers tell of all: they are NaN if an entry is, and no comparison with NaN is true.
    if bool((away_N.max() <= ROW_SUM_TOLERANCE) & (probs_N_C.min() >= 0)):
        return probs_N_C
    xp = namespace(probs_N_C)
    off_N = ~(away_N <= ROW_SUM_TOLERANCE) | ~xp.all(probs_N_C >= 0, axis=1)
    row = int(xp.argmax(xp.astype(off_N, xp.int8)))
    entries = to_numpy(probs_N_C[row, :])
    raise ValueError(
        f"each row of probs_N_C must be a distribution (no negative or NaN entry, sum 1), "
        f"got row {row} with entries {entries[:8].tolist()} and sum {float(entries.sum())}"
    )


def check_scores(scores_N: Array) -> Array:
    """The scores as floating point, if they are one finite-ordered number a point."""
    if scores_N.ndim != 1 or scores_N.shape[0] == 0:
        raise ValueError(
            f"scores_N must be one number a point and not empty, got shape {tuple(scores_N.shape)}"
        )
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
    xp = namespace(features_N_D)
    # A sum is finite unless an entry is not (or it overflows, which distances would too): one pass, no mask.
    if not bool(xp.isfinite(xp.sum(features_N_D))):
        raise ValueError("features_N_D must be finite, got NaN or infinity")
    return features_N_D


def check_k(k: int, n: int) -> int:
    """The batch size, at most the pool's size."""
    if k < 1:
        raise ValueError(f"k must be 1 or more labels, got {k}")
    return min(k, n)
