"""Many random streams at once: the states that `rng_for` would seed, computed together.

A race of 20 seeds and 50 rounds draws from a thousand streams, and seeding them one by one takes longer than drawing.
Source of the hash: NumPy's SeedSequence, whose results NumPy promises to keep (NEP 19); after O'Neill (2015).
"""

import zlib
from collections.abc import Callable, Sequence
from operator import index
from typing import Any

import numpy as np
from numpy.random.bit_generator import ISpawnableSeedSequence
from numpy.typing import NDArray

from alcore.rng import WORD, rng_for

Words = NDArray[np.uint32]

POOL = 4
# SeedSequence's constants.
_INIT_A, _MULT_A = 0x43B0D7E5, 0x931E8875
_INIT_B, _MULT_B = 0x8B51F9DD, 0x58F38DED
_LEFT, _RIGHT = np.uint32(0xCA01F9DD), np.uint32(0x4973F715)
_SHIFT = np.uint32(16)


def streams(seeds: Sequence[int], use: str, numbers: int) -> Callable[[int], list[np.random.Generator]]:
    """A function from a number, 0 to `numbers` - 1, to a fresh `rng_for(seed, use, number)` of each seed."""
    seeds = [index(seed) for seed in seeds]
    if not all(0 <= seed < WORD for seed in seeds):
        return lambda number: [rng_for(seed, use, number) for seed in seeds]
    entropy_T_S_6 = np.zeros((numbers, len(seeds), 6), dtype=np.uint32)
    entropy_T_S_6[:, :, 0] = np.array(seeds, dtype=np.uint32)
    entropy_T_S_6[:, :, 4] = zlib.crc32(use.encode())
    entropy_T_S_6[:, :, 5] = np.arange(numbers, dtype=np.uint32)[:, None]
    states_T_S_4 = seeded_states(entropy_T_S_6.reshape(-1, 6)).reshape(numbers, len(seeds), POOL)
    return lambda number: [_generator(*both) for both in zip(states_T_S_4[number], entropy_T_S_6[number], strict=True)]


def seeded_states(entropy_N_W: Words) -> NDArray[np.uint64]:
    """states_N_4: what `SeedSequence(words).generate_state(4, np.uint64)` gives for each row of words, four or more."""
    hash_a = _Hash(_INIT_A, _MULT_A)
    pool = [hash_a(entropy_N_W[:, word]) for word in range(POOL)]
    for source in range(POOL):
        for target in range(POOL):
            if source != target:
                pool[target] = _mix(pool[target], hash_a(pool[source]))
    for word in range(POOL, entropy_N_W.shape[1]):
        for target in range(POOL):
            pool[target] = _mix(pool[target], hash_a(entropy_N_W[:, word]))
    hash_b = _Hash(_INIT_B, _MULT_B)
    words_N_8 = np.stack([hash_b(pool[word % POOL]) for word in range(2 * POOL)], axis=1)
    # The lower half of each number comes first, on every machine.
    return words_N_8[:, ::2].astype(np.uint64) | words_N_8[:, 1::2].astype(np.uint64) << np.uint64(32)


class _Hash:
    """A multiplicative hash whose constant changes with every call."""

    def __init__(self, start: int, factor: int) -> None:
        self._constant = start
        self._factor = factor

    def __call__(self, words_N: Words) -> Words:
        mixed_N = words_N ^ np.uint32(self._constant)
        self._constant = self._constant * self._factor % WORD
        mixed_N = mixed_N * np.uint32(self._constant)
        return mixed_N ^ mixed_N >> _SHIFT


def _mix(a_N: Words, b_N: Words) -> Words:
    mixed_N = _LEFT * a_N - _RIGHT * b_N
    return mixed_N ^ mixed_N >> _SHIFT


def _generator(state_4: NDArray[np.uint64], entropy_6: Words) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(_State(state_4, entropy_6)))  # type: ignore[arg-type]


class _State(ISpawnableSeedSequence):
    """A seed sequence whose state is known; the sequence itself is made when it has to spawn others."""

    def __init__(self, state_4: NDArray[np.uint64], entropy_6: Words) -> None:
        self._state_4 = state_4
        self._entropy_6 = entropy_6
        self._sequence: np.random.SeedSequence | None = None

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> NDArray[np.uint64]:
        return self._state_4

    def spawn(self, n_children: int) -> list[np.random.SeedSequence]:  # type: ignore[override]
        if self._sequence is None:
            self._sequence = np.random.SeedSequence(self._entropy_6)
        return self._sequence.spawn(n_children)
