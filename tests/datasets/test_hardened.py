"""Hardened image data: what each variant does to the pool, counted by hand, and what it leaves alone."""

import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alcore.datasets.catalogue import load_dataset
from alcore.datasets.dataset import Dataset
from alcore.datasets.image_corruptions import corrupt
from alcore.rng import rng_for

DIGITS = load_dataset("digits", seed=0, home=Path())
N = len(DIGITS.y_pool)


def hard(data: Dataset = DIGITS, seed: int = 0, **options: Any) -> Dataset:
    return corrupt(data, rng=rng_for(seed, "hardening"), **options)


def test_nothing_to_do_gives_the_data_set_itself() -> None:
    assert hard() is DIGITS
    assert hard(pool_size=10) is DIGITS, "a plain pool's part is taken by the loop"
    table = load_dataset("iris", seed=0, home=Path())
    assert hard(table) is table


@pytest.mark.parametrize(
    "options",
    [
        {"repeats": 3},
        {"imbalance": 10.0},
        {"label_noise": 0.2},
        {"blends": 0.3},
        {"repeats": 2, "blends": 0.5},
    ],
)
def test_it_is_a_pure_function_that_leaves_the_test_set_alone(options: dict[str, Any]) -> None:
    before = DIGITS.x_pool.copy(), DIGITS.y_pool.copy()
    one, again, other = hard(**options), hard(**options), hard(seed=1, **options)
    assert one.x_test is DIGITS.x_test and one.y_test is DIGITS.y_test
    assert one.x_pool.dtype == np.uint8 and one.y_pool.dtype == np.int64
    np.testing.assert_array_equal(one.x_pool, again.x_pool)
    np.testing.assert_array_equal(one.y_pool, again.y_pool)
    assert not (np.array_equal(one.x_pool, other.x_pool) and np.array_equal(one.y_pool, other.y_pool))
    np.testing.assert_array_equal(DIGITS.x_pool, before[0])
    np.testing.assert_array_equal(DIGITS.y_pool, before[1])


def test_every_image_is_repeated_with_noise_of_its_own() -> None:
    # In the middle of the grey levels nothing is clipped: the noise can be measured.
    grey = rng_for(0, "grey").integers(100, 156, (500, 1, 20, 20)).astype(np.uint8)
    data = replace(DIGITS, x_pool=grey, y_pool=np.arange(500) % 10)
    copies = hard(data, repeats=4)
    assert copies.x_pool.shape == (2000, 1, 20, 20)
    np.testing.assert_array_equal(copies.y_pool, np.tile(data.y_pool, 4))
    noise_4_N = copies.x_pool.reshape(4, -1).astype(float) - grey.reshape(-1)
    # Rounding to whole grey levels adds a variance of a twelfth.
    expected = np.sqrt((0.1 * grey.std()) ** 2 + 1 / 12)
    np.testing.assert_allclose(noise_4_N.std(axis=1), expected, rtol=0.01)
    assert abs(noise_4_N.mean()) < 0.01
    assert np.all(np.abs(np.corrcoef(noise_4_N) - np.eye(4)) < 0.01)


def test_the_noise_of_digits_is_a_tenth_of_their_spread() -> None:
    copies = hard(repeats=2)
    inner = (DIGITS.x_pool > 60) & (DIGITS.x_pool < 200)
    noise = copies.x_pool[:N].astype(float)[inner] - DIGITS.x_pool[inner]
    assert noise.std() == pytest.approx(0.1 * DIGITS.x_pool.std(), rel=0.02)


def test_a_part_is_taken_before_it_is_repeated() -> None:
    part = hard(repeats=3, pool_size=50)
    assert len(part.y_pool) == 150
    np.testing.assert_array_equal(part.y_pool[:50], part.y_pool[50:100])
    near_50_50 = np.abs(part.x_pool[:50, None].astype(float) - part.x_pool[None, 50:100]).mean(axis=(2, 3, 4))
    np.testing.assert_array_equal(near_50_50.argmin(axis=1), np.arange(50))
    with pytest.raises(ValueError, match=f"pool_size must be 1 to {N:,}"):
        hard(repeats=2, pool_size=N + 1)


def test_classes_thin_out_by_the_same_factor() -> None:
    rare = hard(imbalance=8.0)
    counts = np.bincount(rare.y_pool, minlength=10)
    most = np.bincount(DIGITS.y_pool).min()
    np.testing.assert_array_equal(counts, [round(most / 8 ** (c / 9)) for c in range(10)])
    known = {(image.tobytes(), label) for image, label in zip(DIGITS.x_pool, DIGITS.y_pool, strict=True)}
    assert all((i.tobytes(), y) in known for i, y in zip(rare.x_pool, rare.y_pool, strict=True))
    assert np.bincount(hard(imbalance=1e6).y_pool, minlength=10).min() == 1


def test_the_oracle_errs_and_the_truth_is_kept() -> None:
    told = hard(label_noise=0.25)
    assert told.y_true is not None
    np.testing.assert_array_equal(told.truth, DIGITS.y_pool)
    wrong = told.y_pool != told.y_true
    assert wrong.sum() == round(0.25 * N)
    # Every other class is as likely to be said.
    said = np.bincount((told.y_pool - told.y_true)[wrong] % 10, minlength=10)
    assert said[0] == 0 and said[1:].min() > 0.5 * wrong.sum() / 9
    assert DIGITS.truth is DIGITS.y_pool
    assert np.all(hard(label_noise=1.0).y_pool != DIGITS.y_pool)


def test_blends_lie_between_two_images_of_different_classes() -> None:
    # One constant image a class: the level of a blend tells its parents and weight.
    level_C = np.array([0, 250])
    y = np.arange(4000) % 2
    data = replace(
        DIGITS,
        x_pool=np.broadcast_to(level_C[y].astype(np.uint8)[:, None, None, None], (4000, 1, 2, 2)).copy(),
        y_pool=y,
        class_names=("a", "b"),
    )
    mixed = hard(data, blends=0.5)
    weight = mixed.x_pool[:, 0, 0, 0] / 250  # of class b
    blends = (weight > 0) & (weight < 1)
    assert blends.sum() == 2000
    assert weight[blends].min() >= 0.3 - 0.003 and weight[blends].max() <= 0.7 + 0.003
    np.testing.assert_array_equal(mixed.y_pool[~blends], y[~blends])
    # The label is drawn with the weight as its probability.
    for low, high in ((0.3, 0.4), (0.45, 0.55), (0.6, 0.7)):
        among = blends & (weight >= low) & (weight <= high)
        assert mixed.y_pool[among].mean() == pytest.approx(weight[among].mean(), abs=4 / np.sqrt(among.sum()) / 2)


def test_variants_together_and_what_they_cannot_do() -> None:
    both = hard(repeats=2, imbalance=5.0, label_noise=0.1, blends=0.2, pool_size=300)
    assert len(both.y_pool) == 600 and both.y_true is not None
    np.testing.assert_array_equal(both.y_true[:300], both.y_true[300:])
    assert (both.y_pool != both.y_true).sum() == 60
    with pytest.raises(ValueError, match="only images can be hardened, and the data set 'iris' has none"):
        hard(load_dataset("iris", seed=0, home=Path()), label_noise=0.1)
    for wrong in ({"repeats": 0}, {"imbalance": 0.5}, {"label_noise": 1.1}, {"blends": -0.1}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be"):
            hard(**wrong)
    single = replace(DIGITS, y_pool=np.zeros_like(DIGITS.y_pool))
    with pytest.raises(ValueError, match="two or more classes"):
        hard(single, blends=0.1)


def test_repeating_needs_little_memory_beside_the_images() -> None:
    data = replace(DIGITS, x_pool=np.full((20_000, 1, 28, 28), 128, np.uint8), y_pool=np.zeros(20_000, np.int64))
    tracemalloc.start()
    copies = hard(data, repeats=3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < copies.x_pool.nbytes + 40e6
