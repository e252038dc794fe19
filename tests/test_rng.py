"""Streams are derived from seed and path alone."""

import subprocess
import sys

import pytest

from alcore.rng import rng_for


def test_same_path_same_stream_other_path_other_stream() -> None:
    draws = {path: rng_for(3, *path).random() for path in [(), ("weights",), ("train", 0), ("train", 1)]}
    assert len(set(draws.values())) == 4
    assert rng_for(3, "train", 1).random() == draws[("train", 1)]
    assert rng_for(4, "train", 1).random() != draws[("train", 1)]


def test_streams_are_the_same_in_every_process() -> None:
    code = "from alcore.rng import rng_for; print(rng_for(3, 'weights').random())"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert float(told) == rng_for(3, "weights").random()


def test_negative_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="seed must be 0 or more"):
        rng_for(-1)
    with pytest.raises(ValueError, match="path"):
        rng_for(1, "round", -2)
