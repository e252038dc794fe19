"""Races of one seed start from the same labels, in both engines, and query the same points."""

from functools import partial
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from alcore.datasets.arrays import from_arrays
from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.generate import planar
from alcore.loops.races.fast_paths import lockstep_races, serves_lockstep
from alcore.loops.races.paired import PairedRaces
from alcore.loops.races.paired_loop import paired_loops
from alcore.loops.races.settings import RaceSettings
from alcore.rng import rng_for

SEEDS = (4, 0, 9)
STRATEGIES = ("random", "margin", "qbc_vote_entropy", "k_center", "badge")
SETTINGS = RaceSettings(initial_labels=6, labels_per_round=3, rounds=3)
TIGHT = LogisticRegression(solver="newton-cholesky", tol=1e-11)


def blobs(seed: int, classes: int = 3) -> Dataset:
    return planar("blobs", points=60, classes=classes, rng=rng_for(seed, "data"))


@pytest.fixture(scope="module")
def together() -> PairedRaces:
    return lockstep_races(blobs, STRATEGIES, seeds=SEEDS, settings=SETTINGS)


@pytest.fixture(scope="module")
def apart() -> PairedRaces:
    return paired_loops(blobs, TIGHT, STRATEGIES, seeds=SEEDS, settings=SETTINGS)


@pytest.mark.parametrize("engine", ["together", "apart"])
def test_the_first_labels_of_a_seed_are_those_of_all_its_racers(engine: str, request: pytest.FixtureRequest) -> None:
    races: PairedRaces = request.getfixturevalue(engine)
    first_S_R_M = races.order_S_R_M[:, :, :6]
    assert (first_S_R_M == first_S_R_M[:, :1]).all()
    assert len(np.unique(first_S_R_M[:, 0], axis=0)) == 3
    # After the start they part.
    assert (races.order_S_R_M[:, 1:, 6:] != races.order_S_R_M[:, :1, 6:]).any(axis=(1, 2)).all()
    assert races.labels_T.tolist() == [6, 9, 12, 15] and races.order_S_R_M.shape == (3, 5, 15)
    assert all(len(set(order)) == 15 for order in races.order_S_R_M.reshape(-1, 15).tolist())


def test_both_engines_query_the_same_points(together: PairedRaces, apart: PairedRaces) -> None:
    assert together.names == apart.names == STRATEGIES and together.seeds == apart.seeds == SEEDS
    np.testing.assert_array_equal(together.order_S_R_M, apart.order_S_R_M)
    np.testing.assert_allclose(together.accuracy_S_R_T, apart.accuracy_S_R_T, atol=1e-12)
    np.testing.assert_allclose(together.train_loss_S_R_T, apart.train_loss_S_R_T, atol=1e-6)


def test_each_step_is_reported_and_an_exception_stops_the_work() -> None:
    shares: list[float] = []
    paired_loops(blobs, TIGHT, ("random", "margin"), seeds=(0, 1), settings=SETTINGS, on_step=shares.append)
    assert shares == [0.25, 0.5, 0.75, 1.0]
    shares.clear()
    lockstep_races(blobs, ("random", "margin"), seeds=(0, 1), settings=SETTINGS, on_step=shares.append)
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1) and len(shares) > 4

    def stop(share: float) -> None:
        raise InterruptedError(f"{share:g}")

    with pytest.raises(InterruptedError, match="0.25"):
        paired_loops(blobs, TIGHT, ("random", "margin"), seeds=(0, 1), settings=SETTINGS, on_step=stop)


def of(x: Any) -> Dataset:
    return from_arrays(x, np.arange(40) % 2)


@pytest.mark.parametrize(
    ("dataset", "served"),
    [
        (blobs(0), True),
        (of(np.random.default_rng(0).normal(size=(40, 200))), True),
        (of(np.random.default_rng(0).normal(size=(40, 201))), False),  # too many coefficients
        (of(np.zeros((40, 4, 4), np.uint8)), False),  # images, whose pixels are scaled
        (of([f"text {row}" for row in range(40)]), False),
        (of(np.where(np.eye(40) > 0, np.nan, 0.0)), False),
    ],
)
def test_which_data_are_solved_together(dataset: Dataset, served: bool) -> None:
    assert serves_lockstep(dataset, "logistic", STRATEGIES) is served
    assert not serves_lockstep(dataset, TIGHT, STRATEGIES)


def test_a_process_is_given_what_can_be_pickled() -> None:
    """The data set of a seed is made where its race is run."""
    x, y = np.random.default_rng(1).normal(size=(40, 2)), np.arange(40) % 2
    made = partial(_of_seed, x, y)
    one = paired_loops(made, TIGHT, ("random", "margin"), seeds=(0, 1), settings=SETTINGS)
    two = paired_loops(made, TIGHT, ("random", "margin"), seeds=(0, 1), settings=SETTINGS, n_jobs=2)
    np.testing.assert_array_equal(one.order_S_R_M, two.order_S_R_M)
    np.testing.assert_array_equal(one.accuracy_S_R_T, two.accuracy_S_R_T)


def _of_seed(x: np.ndarray, y: np.ndarray, seed: int) -> Dataset:
    return from_arrays(x, y, seed=seed)
