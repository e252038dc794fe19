"""Paired races made up for the tests of statistics: how they scatter is known."""

import numpy as np
from numpy.typing import NDArray

LABELS = np.arange(4, 55)


def made_up_races(rng: np.random.Generator, *, seeds: int, gain: float = 0.0, repeats: int = 1) -> NDArray[np.float64]:
    """accuracy_repeats_S_2_T of a baseline and a second racer, like those of the arena.

    A curve rises at a speed and to a height that its seed shares between both racers, and wanders about it
    with a long memory, widely at first and narrowly at the end, as races do; the start is shared. Accuracies
    are counted on 1,000 test points. The second racer rises (1 + gain) times as fast.
    """
    shape = (repeats, seeds, 2, len(LABELS))
    height = rng.normal(0.88, 0.015, (repeats, seeds, 1, 1))
    start = height - rng.gamma(4, 0.03, (repeats, seeds, 1, 1))
    speed = rng.lognormal(np.log(0.08), 0.3, (repeats, seeds, 1, 1)) * np.array([1, 1 + gain])[:, None]
    wander = np.zeros(shape)
    for t in range(1, len(LABELS)):
        wander[..., t] = 0.94 * wander[..., t - 1] + rng.standard_t(5, shape[:3]) * 0.008
    wander *= np.exp(-(LABELS - LABELS[0]) / 20) + 0.1
    curve = height - (height - start) * np.exp(-speed * (LABELS - LABELS[0])) + wander
    return np.round(1000 * np.clip(curve, 0, 1)) / 1000
