"""Random streams derived from a seed and a path, never carried from one use to the next."""

import zlib
from operator import index
from typing import Any, cast

import numpy as np

# A number below it is one word of a SeedSequence.
WORD = 2**32


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
    if (seed := index(seed)) < 0:
        raise ValueError(f"seed must be 0 or more, got {seed}")
    key = [zlib.crc32(part.encode()) if isinstance(part, str) else index(part) for part in path]
    if min(key, default=0) < 0:
        raise ValueError(f"the numbers of a stream's path must be 0 or more, got {path}")
    if max(seed, *key, 0) < WORD:
        # What SeedSequence makes of a seed and a spawn key of single words, in half of its time.
        sequence = np.random.SeedSequence(np.array([seed, 0, 0, 0, *key], dtype=np.uint32))
    else:
        sequence = np.random.SeedSequence(seed, spawn_key=key)
    return np.random.Generator(np.random.PCG64(sequence))


def lazy_rng_for(seed: int, *path: str | int) -> np.random.Generator:
    """`rng_for(seed, *path)`, derived when it is first drawn from: most strategies never draw.

    It takes the place of a generator wherever only methods of one are called.
    """
    return cast(np.random.Generator, _LazyRng(seed, path))


class _LazyRng:
    def __init__(self, seed: int, path: tuple[str | int, ...]) -> None:
        self._seed = seed
        self._path = path
        self._rng: np.random.Generator | None = None

    def __getattr__(self, name: str) -> Any:
        if self._rng is None:
            self._rng = rng_for(self._seed, *self._path)
        return getattr(self._rng, name)
