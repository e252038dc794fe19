"""A given order of labels, judged as a race would."""

from typing import Any

import numpy as np
import pytest

from alcore.datasets.planar.generate import planar
from alcore.loops.races.grid import grid_over
from alcore.loops.races.race import race
from alcore.loops.races.replay import replay_races
from alcore.rng import rng_for


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("seed_set", ["balanced", "random"])
def test_a_race_replayed_is_the_race(classes: int, seed_set: Any) -> None:
    data = planar("blobs", points=70, classes=classes, rng=rng_for(2, "data"))
    grid = grid_over(data, rows=5)
    sizes: dict[str, Any] = {"seed_labels": 2, "labels_per_round": 3}
    for racer in race(data, ["margin", "random"], seed=3, rounds=9, seed_set=seed_set, grid=grid, **sizes):
        again = replay_races(data, racer.order.tolist(), grid=grid, **sizes)
        assert again.strategy == "you" and again.order.tolist() == racer.order.tolist()
        assert len(again.rounds) == len(racer.rounds) == 10
        for one, other in zip(again.rounds, racer.rounds, strict=True):
            assert one.labeled.tolist() == other.labeled.tolist()
            assert one.round == other.round and one.accuracy == other.accuracy
            assert one.train_loss == pytest.approx(other.train_loss, abs=1e-9)
            assert set(one.seconds) == set(other.seconds)
            assert (one.batch is None) == (other.batch is None)
            if one.batch is not None and other.batch is not None:
                assert one.batch.indices.tolist() == other.batch.indices.tolist()
                assert np.isnan(one.batch.scores).all()
            assert one.batch_labels.tolist() == other.batch_labels.tolist()
            np.testing.assert_allclose(one.batch_probs_K_C, other.batch_probs_K_C, atol=1e-9)
        np.testing.assert_allclose(again.surfaces_R_Y_X_C, racer.surfaces_R_Y_X_C, atol=1e-6)
        np.testing.assert_allclose(again.probs_R_N_C, racer.probs_R_N_C, atol=1e-6)
        assert again.scores_R_N.shape == racer.scores_R_N.shape and np.isnan(again.scores_R_N).all()


def test_the_last_round_may_be_a_part() -> None:
    data = planar("moons", points=30, rng=rng_for(0, "data"))
    grid = grid_over(data, rows=3)
    you = replay_races(data, [3, 1, 4, 15, 9, 2, 6], seed_labels=4, labels_per_round=2, grid=grid)
    assert you.strategy == "you"
    assert [one.labels for one in you.rounds] == [4, 6, 7]
    assert [[] if one.batch is None else one.batch.indices.tolist() for one in you.rounds] == [
        [9, 2],
        [6],
        [],
    ]
    start = replay_races(data, [3, 1], seed_labels=2, labels_per_round=2, grid=grid)
    assert len(start.rounds) == 1 and start.rounds[0].batch is None


@pytest.mark.parametrize(
    ("order", "changes", "said"),
    [
        ([], {}, "nothing is labelled"),
        ([0, 30], {}, "0 to 29"),
        ([0, -1], {}, "0 to 29"),
        ([0, 0], {}, "twice"),
        ([0, 1], {"seed_labels": 3}, "seed_labels must be 1 to 2"),
        ([0, 1], {"seed_labels": 0}, "seed_labels must be 1 to 2"),
        ([0, 1], {"labels_per_round": 0}, "labels_per_round 1 or more"),
    ],
)
def test_mistakes_are_sentences(order: list[int], changes: dict[str, int], said: str) -> None:
    data = planar("moons", points=30, rng=rng_for(0, "data"))
    sizes: dict[str, Any] = {"seed_labels": 1, "labels_per_round": 1, **changes}
    with pytest.raises(ValueError, match=said):
        replay_races(data, order, grid=grid_over(data, rows=3), **sizes)
