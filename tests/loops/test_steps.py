"""Every long loop says how far it has come, from 0 to 1, often, and ends where it is told to."""

from collections.abc import Callable

import numpy as np
import pytest

from alcore.datasets.planar.bayes_boundary import posterior
from alcore.datasets.planar.generate import planar
from alcore.loops.failure_modes.cases import FAILURE_MODES, SamplingBias
from alcore.loops.races.full_label_accuracy import full_label_accuracy
from alcore.loops.races.grid import grid_over
from alcore.loops.races.next_batches import next_batches
from alcore.loops.races.paired import paired_races
from alcore.loops.races.race import race
from alcore.loops.settings_comparison import compare_settings
from alcore.loops.steps import OnStep, counted, part
from alcore.loops.stream.policies import Budget, quantile
from alcore.loops.stream.stream import streams
from alcore.loops.synthesis.oracles import sample_from_posterior
from alcore.loops.synthesis.synthesis import synthesise
from alcore.rng import rng_for

SEEDS = (0, 1)
DATA = [planar("blobs", points=40, rng=rng_for(seed, "data")) for seed in SEEDS]
ORACLE = sample_from_posterior(lambda x_N_2: posterior("blobs", x_N_2, overlap=0.4, classes=2))

# What runs -> how, and how often it says so at least.
LOOPS: dict[str, tuple[Callable[[OnStep], object], int]] = {
    "race": (
        lambda on_step: race(
            DATA[0],
            ["margin", "random"],
            seed=0,
            seed_labels=4,
            labels_per_round=1,
            rounds=5,
            grid=grid_over(DATA[0]),
            acquisition=True,
            on_step=on_step,
        ),
        2 * 5 + 3 * 5,
    ),
    "paired races": (
        lambda on_step: paired_races(
            DATA,
            ["margin", "random"],
            seeds=SEEDS,
            seed_labels=4,
            labels_per_round=1,
            rounds=5,
            on_step=on_step,
        ),
        2 * 5,
    ),
    "choices": (
        lambda on_step: next_batches(
            DATA[0], [0, 1, 20, 21], ["margin", "badge", "eer"], seed=0, round=0, k=2, on_step=on_step
        ),
        3,
    ),
    "ceiling": (lambda on_step: full_label_accuracy(DATA * 11, on_step=on_step), 3),
    "streams": (
        lambda on_step: streams(DATA, [quantile()], seeds=SEEDS, seed_labels=4, budget=Budget(0.2, 5), on_step=on_step),
        36,
    ),
    "synthesis": (
        lambda on_step: synthesise(
            DATA, ORACLE, seeds=SEEDS, seed_labels=4, labels_per_round=1, rounds=4, on_step=on_step
        ),
        8,
    ),
    "settings": (
        lambda on_step: compare_settings(DATA, ORACLE, seeds=SEEDS, seed_labels=4, labels=5, on_step=on_step),
        36 + 10 + 10,
    ),
    "strengths": (lambda on_step: SamplingBias(rounds=3, points=100).sweep(SEEDS, on_step=on_step), 9 * 3),
    **{
        name: (lambda on_step, mode=mode: mode(rounds=3, points=100).trial(SEEDS, on_step), 15)  # type: ignore[misc]
        for name, mode in FAILURE_MODES.items()
    },
}


@pytest.mark.parametrize("name", LOOPS)
def test_shares_rise_to_the_whole(name: str) -> None:
    loop, least = LOOPS[name]
    shares: list[float] = []
    loop(shares.append)
    assert len(shares) >= least and 0 < shares[0] < 0.5
    assert (np.diff(shares) >= -1e-12).all() and max(shares) <= 1 + 1e-12
    # The last round of synthesis asks nothing.
    assert shares[-1] > 0.85


@pytest.mark.parametrize("name", LOOPS)
def test_an_exception_ends_it(name: str) -> None:
    class MovedOn(BaseException):
        """Not a fault: what takes faults must let it through."""

    calls = 0

    def on_step(share: float) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise MovedOn

    with pytest.raises(MovedOn):
        LOOPS[name][0](on_step)
    assert calls == 2


def test_parts_and_counts() -> None:
    shares: list[float] = []
    assert list(counted("ab", part(shares.append, 0.5, 1.0))) == ["a", "b"]
    assert shares == [0.75, 1.0]
