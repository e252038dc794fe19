"""ProbCover's radius: one for a run, the same wherever the run is looked at from."""

from typing import Any

import numpy as np
import pytest

from alcore.datasets.planar.generate import planar
from alcore.learners.registry import make_learner
from alcore.loops import radius
from alcore.loops.batch_explorer import run_batch_experiment
from alcore.loops.pool.simulate import start_session
from alcore.loops.races.lockstep import lockstep
from alcore.loops.radius import RunRadius, radius_of
from alcore.rng import rng_for
from alcore.strategies import coverage, probcover, pseudo_delta
from alcore.strategies.catalogue import STRATEGIES
from tests.support.pools import random_values, view_of

DATA = planar("blobs", points=150, classes=3, rng=rng_for(0, "data"))
EXPECTED = pseudo_delta(DATA.x_pool, 3, rng=rng_for(7, "radius"))


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The radii that ProbCover is given."""
    radii: list[float] = []
    _ = STRATEGIES["probcover"].needs  # found by a trial, once a process, which is not counted

    def spy(features_N_D, labeled_M_D, k, delta):
        radii.append(delta)
        return probcover(features_N_D, labeled_M_D, k, delta)

    monkeypatch.setattr(coverage, "probcover", spy)
    return radii


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many points the radius was chosen on, each time it was."""
    sizes: list[int] = []

    def spy(features_N_D, classes, *, rng):
        sizes.append(len(features_N_D))
        return pseudo_delta(features_N_D, classes, rng=rng)

    monkeypatch.setattr(radius, "pseudo_delta", spy)
    return sizes


@pytest.mark.parametrize("candidates", [None, 40])
def test_a_session_chooses_it_once_on_all_its_points(used, chosen, candidates) -> None:
    learner = make_learner("logistic", classes=3, seed=0)
    session = start_session(DATA, learner, "probcover", seed=7, seed_labels=5, candidates=candidates, calibration=4)
    for _ in range(4):
        asked = session.ask(6)
        session.tell(asked, DATA.y_pool[asked])
    assert used == [EXPECTED] * 4
    assert chosen == [len(DATA.y_pool)]


def test_a_part_of_the_pool_is_the_data_set_of_its_run(used) -> None:
    session = start_session(
        DATA, make_learner("logistic", classes=3, seed=0), "probcover", seed=7, seed_labels=5, pool_size=50
    )
    session.ask(2)
    points = np.flatnonzero(session.askable_N)
    assert used == [pseudo_delta(DATA.x_pool[points], 3, rng=rng_for(7, "radius"))]


def test_races_and_the_batch_explorer_use_that_of_a_session(used, chosen) -> None:
    run: dict[str, Any] = {"seed_labels": 5, "labels_per_round": 6, "rounds": 3}
    turns = lockstep([DATA], ["probcover", "random"], seeds=[7], seed_set="random", **run)
    assert len(list(turns)) == 4
    assert used == [EXPECTED] * 3
    assert len(chosen) == 1
    STRATEGIES["probcover"].select(run_batch_experiment(DATA, seed=7, labeled=12).view(), 3, rng_for(1))
    assert used[-1] == EXPECTED


def test_new_features_have_a_radius_of_their_own(chosen) -> None:
    x = np.random.default_rng(0).normal(size=(80, 4))
    run, points = RunRadius(3, 2), np.arange(80)
    first = run.of(points, lambda rows: x[rows])
    assert run.of(points, lambda rows: x[rows]) == first == radius_of(x, 2, seed=3)
    assert run.of(points, lambda rows: 10 * x[rows]) == pytest.approx(10 * first)
    # Nothing of the way here counts: a resumed run, which has not seen the first features, finds the same.
    assert RunRadius(3, 2).of(points, lambda rows: 10 * x[rows]) == run.of(points, lambda rows: 10 * x[rows])
    assert chosen == [80] * 4


def test_no_more_points_are_compared_than_five_thousand(chosen) -> None:
    x = np.random.default_rng(1).normal(size=(6000, 2))
    assert radius_of(x, 3, seed=0) > 0
    assert chosen == [5000]


def test_a_view_that_has_none_gets_that_of_the_points_it_shows(used) -> None:
    given = random_values(3, 60)
    STRATEGIES["probcover"].select(view_of(given), 5, np.random.default_rng(9))
    everything = np.concatenate([given["features_N_D"], given["labeled_M_D"]])
    assert used == [pseudo_delta(everything, 3, rng=np.random.default_rng(9))]
    STRATEGIES["probcover"].select(view_of({**given, "delta": 0.25}), 5, np.random.default_rng(9))
    assert used[-1] == 0.25
