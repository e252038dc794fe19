"""What others would pick from the same state."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alcore.datasets.planar.generate import planar
from alcore.loops.races.grid import grid_over
from alcore.loops.races.next_batches import next_batches
from alcore.loops.races.race import race
from alcore.rng import rng_for
from alcore.strategies.catalogue import STRATEGIES

DATA = planar("blobs", points=60, classes=3, rng=rng_for(5, "data"))


def test_each_choice_is_what_its_racer_asked_for_there() -> None:
    start: dict[str, Any] = {"seed": 4, "seed_labels": 5, "labels_per_round": 3, "rounds": 3}
    for racer in race(DATA, list(STRATEGIES), grid=grid_over(DATA, rows=2), **start):
        for one in racer.rounds[:-1]:
            name = racer.strategy
            found = next_batches(DATA, one.labeled, [name], seed=4, round=one.round, k=3)[name]
            assert found.error is None and found.batch is not None and one.batch is not None
            assert found.batch.indices.tolist() == one.batch.indices.tolist()
            np.testing.assert_allclose(found.batch.scores, one.batch.scores, rtol=1e-6, atol=1e-9)
            np.testing.assert_allclose(found.scores_N, racer.scores_R_N[one.round], rtol=1e-5, atol=1e-6)


def test_one_that_fails_stops_no_other() -> None:
    def broken(view, rng):
        raise RuntimeError("no idea")

    mine = replace(STRATEGIES["margin"], name="mine", label="Mine", score=broken)
    found = next_batches(DATA, [0, 1, 2], ["entropy", mine, "k_center"], seed=0, round=0, k=2)
    assert list(found) == ["entropy", "mine", "k_center"]
    assert found["mine"].batch is None and np.isnan(found["mine"].scores_N).all()
    assert found["mine"].error == "Mine: no idea"
    assert found["entropy"].error is found["k_center"].error is None
    assert np.isnan(found["entropy"].scores_N[:3]).all() and np.isfinite(found["entropy"].scores_N[3:]).all()
    assert np.isfinite(found["k_center"].scores_N).sum() == 2


def test_an_empty_pool_is_each_strategys_error_and_an_empty_start_everyones() -> None:
    found = next_batches(DATA, np.arange(60), ["margin", "random"], seed=0, round=0, k=2)
    assert all("pool is empty" in str(one.error) for one in found.values())
    for wrong, said in [([], "nothing is labelled"), ([0, 60], "0 to 59"), ([1, 1], "twice")]:
        with pytest.raises(ValueError, match=said):
            next_batches(DATA, wrong, ["margin"], seed=0, round=0, k=2)
