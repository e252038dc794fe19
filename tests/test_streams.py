"""Streams seeded together are those seeded one by one."""

import numpy as np
import pytest

from alcore.rng import rng_for
from alcore.streams import seeded_states, streams


@pytest.mark.parametrize("words", [4, 5, 6, 9])
def test_states_are_those_of_numpy(words: int) -> None:
    entropy_N_W = np.random.default_rng(0).integers(2**32, size=(50, words), dtype=np.uint32)
    entropy_N_W[0], entropy_N_W[1] = 0, 2**32 - 1
    right = [np.random.SeedSequence(row).generate_state(4, np.uint64) for row in entropy_N_W]
    np.testing.assert_array_equal(seeded_states(entropy_N_W), right)


@pytest.mark.parametrize("seeds", [[0, 1, 2**32 - 1], [3], [5, 2**32], []])
def test_streams_are_those_of_one_seed_and_number(seeds: list[int]) -> None:
    found = streams(seeds, "acquisition", 4)
    for number in (0, 3, 1, 1):
        for seed, rng in zip(seeds, found(number), strict=True):
            right = rng_for(seed, "acquisition", number)
            assert rng.bit_generator.state == right.bit_generator.state
            np.testing.assert_array_equal(rng.random(7), right.random(7))
            np.testing.assert_array_equal(rng.integers(10, size=5), right.integers(10, size=5))
            for _ in range(2):  # the second time other streams
                for child, right_child in zip(rng.spawn(2), right.spawn(2), strict=True):
                    np.testing.assert_array_equal(child.random(3), right_child.random(3))


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        streams([-1], "acquisition", 1)(0)


def test_a_seed_that_is_no_whole_number_is_refused() -> None:
    with pytest.raises(TypeError):
        streams([0.5], "acquisition", 1)  # type: ignore[list-item]
