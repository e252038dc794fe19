"""Random numbers that depend on a seed and the id of a row alone: counter-based noise, and the order of ties."""

import hashlib

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint64]

# Constants of SplitMix64.
_STEP, _FIRST, _SECOND = (np.uint64(c) for c in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def codes_of(ids: NDArray) -> Codes:
    """64 bits of each id: whole numbers as they are, words hashed.

    Two words share a code with probability 2^-64; two numbers never do.
    """
    if ids.dtype.kind in "iu":
        return ids.astype(np.int64 if ids.dtype.kind == "i" else np.uint64).view(np.uint64)
    import pandas as pd

    return pd.util.hash_array(ids.astype(object), categorize=False)


def keys_of(codes_N: Codes, seed: int, stream: str = "ties") -> Codes:
    """A random 64-bit number for every id, distinct where codes are.

    Args:
        codes_N: what `codes_of` returned.
        seed: of the selection.
        stream: what the numbers are for; other streams are independent.

    Source: SplitMix64, Steele, Lea & Flood (2014), with the id as its counter.
    """
    salt = np.frombuffer(hashlib.blake2b(f"{seed} {stream}".encode(), digest_size=8).digest(), "<u8")
    with np.errstate(over="ignore"):
        x = codes_N * _STEP + salt.astype(np.uint64)
        x = (x ^ (x >> np.uint64(30))) * _FIRST
        x = (x ^ (x >> np.uint64(27))) * _SECOND
    return x ^ (x >> np.uint64(31))


def gumbel_of(keys_N: Codes) -> NDArray[np.float64]:
    """A standard Gumbel number for every key, of its upper 53 bits."""
    uniform_N = ((keys_N >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    return -np.log(-np.log(uniform_N))
