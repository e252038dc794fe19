"""Random streams derived from a seed and a path, never carried from one use to the next."""

import zlib

import numpy as np


def rng_for(seed: int, *path: str | int) -> np.random.Generator:
    """A generator that depends on the seed and the path alone.

    Two learners that ask for `rng_for(seed, "weights")` start from the same weights whatever either of
    them drew before: this is what makes races paired and runs resumable.

    Args:
        seed: the experiment's seed, 0 or more.
        path: what the stream is for, such as `"acquisition", 3`. Words are hashed with CRC-32, which is
            the same on every machine and in every process.

    Returns:
        A fresh generator.

    Raises:
        ValueError: if the seed or a number in the path is negative.
    """
    if seed < 0:
        raise ValueError(f"seed must be 0 or more, got {seed}")
    key = [zlib.crc32(part.encode()) if isinstance(part, str) else part for part in path]
    if any(part < 0 for part in key):
        raise ValueError(f"the numbers of a stream's path must be 0 or more, got {path}")
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
