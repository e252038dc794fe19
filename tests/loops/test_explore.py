"""Exploring batches: one model for all, against scikit-learn, and the first questions of a race."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.linear_model import LogisticRegression

from alcore.datasets.planar.generate import planar
from alcore.learners.committee import bootstrap_rows
from alcore.loops.batch_explorer import (
    MEMBERS,
    acquisition_surface,
    after_query,
    batch_strategy,
    information_of,
    run_batch_experiment,
    select_batch,
    uncertainty_and_distance_surfaces,
)
from alcore.loops.races.grid import grid_over
from alcore.loops.races.lockstep import StrategySchedule
from alcore.loops.races.paired import paired_races
from alcore.rng import rng_for
from alcore.strategies.bayesian import bald
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.selection import hybrid, k_center, top_k
from alcore.strategies.uncertainty import entropy, least_confidence

BLOBS = planar("blobs", points=90, classes=3, near_duplicates=10, rng=rng_for(0, "data"))
FOUND = run_batch_experiment(BLOBS, seed=0, labeled=9)
GRID = grid_over(BLOBS, rows=12, aspect=1.0)
SELECTORS = ["top_k", *STRATEGIES]


def fitted(rows: np.ndarray) -> LogisticRegression:
    return LogisticRegression(solver="newton-cholesky", tol=1e-10).fit(BLOBS.x_pool[rows], BLOBS.y_pool[rows])


@pytest.mark.parametrize("learned", [1.0, 0.5, 0.1])
def test_model_and_committee_are_those_of_scikit_learn(learned: float) -> None:
    found = run_batch_experiment(BLOBS, seed=4, labeled=9, learned=learned)
    assert found.trained == {1.0: 9, 0.5: 4, 0.1: 3}[learned]
    known, x = found.labeled[: found.trained], BLOBS.x_pool[found.unlabeled]
    model = fitted(known)
    np.testing.assert_allclose(found.probs_N_C, model.predict_proba(x), atol=1e-5)
    np.testing.assert_allclose(found.scores_N, 1 - model.predict_proba(x).max(axis=1), atol=1e-5)
    assert found.accuracy == pytest.approx(model.score(BLOBS.x_test, BLOBS.y_test), abs=1e-3)
    draws = bootstrap_rows(BLOBS.y_pool[known], MEMBERS, rng=rng_for(4, "posterior", 0))
    members = [fitted(known[rows]).predict_proba(x) for rows in draws]
    np.testing.assert_allclose(found.probs_N_K_C, np.stack(members, axis=1), atol=1e-5)


def test_what_was_learned_does_not_change_what_is_labelled() -> None:
    early = run_batch_experiment(BLOBS, seed=0, labeled=9, learned=0.4)
    np.testing.assert_array_equal(early.labeled, FOUND.labeled)
    np.testing.assert_array_equal(early.distance_to_labeled_N, FOUND.distance_to_labeled_N)
    assert early.trained < FOUND.trained
    np.testing.assert_allclose(
        FOUND.distance_to_labeled_N, cdist(BLOBS.x_pool[FOUND.unlabeled], BLOBS.x_pool[FOUND.labeled]).min(axis=1)
    )


def test_selectors_are_the_pure_functions_on_one_set_of_scores() -> None:
    x, known = BLOBS.x_pool[FOUND.unlabeled], BLOBS.x_pool[FOUND.labeled]
    expected = {
        "top_k": top_k(FOUND.scores_N, 7),
        "k_center": k_center(x, known, 7),
        "hybrid": hybrid(FOUND.scores_N, x, known, 7, alpha=0.3),
        "hybrid_product": hybrid(FOUND.scores_N, x, known, 7, combine="product"),
        "entropy": top_k(entropy(FOUND.probs_N_C), 7),
        "bald": top_k(bald(FOUND.probs_N_K_C), 7),
    }
    for name, batch in expected.items():
        found = select_batch(FOUND, batch_strategy(name, alpha=0.3), 7)
        np.testing.assert_array_equal(found.indices, FOUND.unlabeled[batch.indices])
        # Rows of another order are summed in it.
        np.testing.assert_allclose(found.scores, batch.scores, rtol=1e-12)


def test_the_ends_of_alpha_are_coverage_and_uncertainty() -> None:
    for alpha, same in ((0.0, "k_center"), (1.0, "top_k")):
        mixed = select_batch(FOUND, batch_strategy("hybrid", alpha=alpha), 12)
        np.testing.assert_array_equal(mixed.indices, select_batch(FOUND, batch_strategy(same), 12).indices)


@pytest.mark.parametrize("name", SELECTORS)
def test_every_selector_gives_a_batch_of_unlabelled_points(name: str) -> None:
    batch = select_batch(FOUND, batch_strategy(name), 6)
    assert len(set(batch.indices.tolist())) == 6
    assert set(batch.indices) <= set(FOUND.unlabeled)
    np.testing.assert_array_equal(batch.indices, select_batch(FOUND, batch_strategy(name), 6).indices)
    told = information_of(FOUND, batch.indices)
    assert 0 <= told.joint <= min(told.sum_of_marginals, np.log(MEMBERS)) + 1e-12
    own = bald(FOUND.probs_N_K_C[FOUND.rows(batch.indices)])
    assert told.sum_of_marginals == pytest.approx(float(own.sum()))


def test_a_race_begins_with_the_batches_shown() -> None:
    names = ("top_k", "k_center", "hybrid", "hybrid_product", "margin")
    plans = [StrategySchedule(batch_strategy(name, alpha=0.3)) for name in names]
    races = paired_races([BLOBS], plans, seeds=[0], seed_labels=9, labels_per_round=5, rounds=1)
    for racer, name in enumerate(names):
        asked = races.order_S_R_M[0, racer]
        np.testing.assert_array_equal(asked[:9], FOUND.labeled)
        np.testing.assert_array_equal(asked[9:], select_batch(FOUND, batch_strategy(name, alpha=0.3), 5).indices)


def test_points_asked_for_count_as_labelled_but_not_as_learned() -> None:
    picks = select_batch(FOUND, batch_strategy("k_center"), 3).indices
    later = after_query(FOUND, picks)
    assert not set(picks) & set(later.unlabeled) and len(later.unlabeled) == len(FOUND.unlabeled) - 3
    # Coverage goes on where it was; uncertainty skips what is taken.
    five = select_batch(FOUND, batch_strategy("k_center"), 5).indices
    np.testing.assert_array_equal(select_batch(later, batch_strategy("k_center"), 2).indices, five[3:])
    rest = [i for i in select_batch(FOUND, batch_strategy("top_k"), 8).indices if i not in picks]
    np.testing.assert_array_equal(select_batch(later, batch_strategy("top_k"), 4).indices, rest[:4])
    x = BLOBS.x_pool
    np.testing.assert_allclose(later.distance_to_labeled_N, cdist(x[later.unlabeled], x[later.labeled]).min(axis=1))
    np.testing.assert_array_equal(
        after_query(FOUND, np.empty(0, np.int64)).distance_to_labeled_N, FOUND.distance_to_labeled_N
    )


def test_surfaces_are_the_scores_between_the_points() -> None:
    unsure, away = uncertainty_and_distance_surfaces(FOUND, GRID)
    model = fitted(FOUND.labeled)
    expected = least_confidence(model.predict_proba(GRID.points_P_2)).reshape(12, 12)
    np.testing.assert_allclose(unsure, expected, atol=1e-5)
    np.testing.assert_allclose(away.ravel(), cdist(GRID.points_P_2, BLOBS.x_pool[FOUND.labeled]).min(axis=1))
    margin = acquisition_surface(FOUND, batch_strategy("margin"), GRID)
    assert margin is not None
    top_two = np.sort(model.predict_proba(GRID.points_P_2), axis=1)[:, -2:]
    np.testing.assert_allclose(margin.ravel(), 1 - (top_two[:, 1] - top_two[:, 0]), atol=1e-5)
    all_unsure, all_away = (
        acquisition_surface(FOUND, batch_strategy("hybrid"), GRID, alpha=alpha) for alpha in (1.0, 0.0)
    )
    coverage = acquisition_surface(FOUND, batch_strategy("k_center"), GRID)
    assert all_unsure is not None and all_away is not None and coverage is not None
    np.testing.assert_allclose(all_unsure, unsure / unsure.max())
    np.testing.assert_allclose(all_away, coverage)


@pytest.mark.parametrize("name", SELECTORS)
def test_a_place_has_a_score_only_where_no_other_point_counts(name: str) -> None:
    surface = acquisition_surface(FOUND, batch_strategy(name), GRID)
    whole = batch_strategy(name).score is None and name not in ("k_center", "hybrid", "hybrid_product")
    assert (surface is None) == (whole or name in ("random", "eer", "epig", "density"))
    if surface is not None:
        assert surface.shape == (12, 12) and surface.min() >= 0 and surface.max() > 0


def test_numbers_out_of_range_are_named() -> None:
    for learned in (0.0, 1.5):
        with pytest.raises(ValueError, match="learned must be a share"):
            run_batch_experiment(BLOBS, seed=0, labeled=9, learned=learned)
    with pytest.raises(ValueError, match="leave a point"):
        run_batch_experiment(BLOBS, seed=0, labeled=100)
    with pytest.raises(ValueError, match="unlabelled points"):
        FOUND.rows(FOUND.labeled[:1])
    with pytest.raises(ValueError, match="unlabelled points"):
        information_of(FOUND, np.array([10_000]))
    with pytest.raises(ValueError, match="unknown strategy 'spam'"):
        batch_strategy("spam")


def test_whole_puts_numbers_where_their_points_are() -> None:
    values = FOUND.whole(FOUND.scores_N)
    assert np.isnan(values[FOUND.labeled]).all()
    np.testing.assert_array_equal(values[FOUND.unlabeled], FOUND.scores_N)
