"""The bounded selection against a sort, and its merge in any grouping."""

import hashlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alcore.pools.hashes import codes_of, gumbel_of, keys_of
from alcore.pools.top import merged, nothing, top_of

SCORES = st.lists(st.sampled_from([-np.inf, 0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=40)


@given(SCORES, st.integers(1, 45), st.randoms(use_true_random=False))
def test_parts_in_any_grouping_give_the_sorted_answer(scores: list[float], k: int, shuffle: object) -> None:
    n = len(scores)
    keys = keys_of(np.arange(n, dtype=np.uint64), 3) % np.uint64(4)  # equal keys, too
    expected = sorted(range(n), key=lambda row: (-scores[row], int(keys[row]), row))[:k]
    rows = np.arange(n)
    shuffle.shuffle(order := list(range(n)))  # type: ignore[attr-defined]
    cuts = np.array_split(np.array(order), 5)
    parts = [top_of(np.array(scores)[cut], keys[cut], rows[cut], k) for cut in cuts]
    left = nothing()
    for part in parts:
        left = merged([left, part], k)
    assert left.rows.tolist() == expected
    assert merged([parts[4], merged(parts[1:4], k), parts[0]], k).rows.tolist() == expected
    assert left.scores.tolist() == [scores[row] for row in expected]


def test_keys_depend_on_seed_stream_and_id_alone() -> None:
    codes = codes_of(np.array([5, -1, 7]))
    assert np.array_equal(keys_of(codes, 0), keys_of(codes[::-1], 0)[::-1])
    assert len({*keys_of(codes, 0).tolist(), *keys_of(codes, 1).tolist(), *keys_of(codes, 0, "noise").tolist()}) == 9
    words = codes_of(np.array(["a", "b", "a"], dtype=object))
    assert words[0] == words[2] != words[1]


def test_noise_is_gumbel() -> None:
    noise = gumbel_of(keys_of(np.arange(200_000, dtype=np.uint64), 0))
    assert abs(noise.mean() - 0.57722) < 0.01 and abs(noise.var() - np.pi**2 / 6) < 0.03
    assert abs((noise <= 1.0).mean() - np.exp(-np.exp(-1.0))) < 0.004
    assert abs(np.corrcoef(noise[:-1], noise[1:])[0, 1]) < 0.01


def test_the_order_of_ties_is_that_of_every_machine() -> None:
    """SplitMix64 in Python's own whole numbers, with a salt of eight bytes, the lowest first."""
    x = int.from_bytes(hashlib.blake2b(b"3 ties", digest_size=8).digest(), "little") + 12_345 * 0x9E3779B97F4A7C15
    x %= 2**64
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB % 2**64
    assert keys_of(np.array([12_345], dtype=np.uint64), 3).tolist() == [x ^ (x >> 31)]
