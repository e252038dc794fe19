"""Streams are derived from seed and path alone."""

import subprocess
import sys
import zlib

import numpy as np
import pytest

from alcore import rng
from alcore.rng import lazy_rng_for, rng_for


def test_same_path_same_stream_other_path_other_stream() -> None:
    draws = {path: rng_for(3, *path).random() for path in [(), ("weights",), ("train", 0), ("train", 1)]}
    assert len(set(draws.values())) == 4
    assert rng_for(3, "train", 1).random() == draws[("train", 1)]
    assert rng_for(4, "train", 1).random() != draws[("train", 1)]


def test_streams_are_the_same_in_every_process() -> None:
    code = "from alcore.rng import rng_for; print(rng_for(3, 'weights').random())"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert float(told) == rng_for(3, "weights").random()


@pytest.mark.parametrize("seed", [0, 7, 2**32 - 1, 2**32, 2**70])
@pytest.mark.parametrize("path", [(), ("weights",), ("train", 0), ("train", 2**32 - 1), (1, 2**32, "x", 3)])
def test_streams_are_those_of_a_seed_sequence_and_its_children(seed: int, path: tuple) -> None:
    key = [zlib.crc32(part.encode()) if isinstance(part, str) else part for part in path]
    expected = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
    found = rng_for(seed, *path)
    np.testing.assert_array_equal(found.random(3), expected.random(3))
    np.testing.assert_array_equal(found.spawn(2)[1].random(3), expected.spawn(2)[1].random(3))


def test_a_lazy_stream_is_the_same_and_derived_when_drawn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    lazy, expected = lazy_rng_for(3, "train", 1), rng_for(3, "train", 1)
    assert lazy.integers(9, size=20).tolist() == expected.integers(9, size=20).tolist()
    assert lazy.random() == expected.random()
    assert lazy.spawn(1)[0].random() == expected.spawn(1)[0].random()
    monkeypatch.setattr(rng, "rng_for", lambda *args: pytest.fail("derived before it was drawn from"))
    lazy_rng_for(3, "train", 1)


def test_fractions_are_refused() -> None:
    for path in ((0.5,), (1, 0.5)):
        with pytest.raises(TypeError):
            rng_for(*path)


def test_negative_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="seed must be 0 or more"):
        rng_for(-1)
    with pytest.raises(ValueError, match="path"):
        rng_for(1, "round", -2)
