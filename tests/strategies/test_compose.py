"""Remedies around every strategy of the catalogue."""

import numpy as np
import pytest
from scipy.stats import chisquare

from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.remedies import density_weight
from alcore.strategies.strategy import Strategy
from alcore.strategies.wrappers import with_density, with_power, with_random_picks
from tests.strategies.test_catalogue import N, arrays, rng, view_of

ALL = list(STRATEGIES)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "remedy",
    [
        lambda strategy: with_random_picks(strategy, 0.4),
        lambda strategy: with_density(strategy, 1.5),
        lambda strategy: with_random_picks(with_density(strategy, 1.0), 0.2),
        lambda strategy: with_density(strategy if strategy.score is None else with_power(strategy, 2.0), 1.0),
    ],
)
def test_keeps_the_contract(name, remedy) -> None:
    strategy = remedy(STRATEGIES[name])
    values = arrays()
    kept = {key: np.copy(value) for key, value in values.items() if value is not None}
    batch = strategy.select(view_of(values), 9, rng())
    again = strategy.select(view_of(values), 9, rng())
    assert len(np.unique(batch.indices)) == 9 and set(batch.indices) <= set(np.arange(N) * 3 + 1)
    np.testing.assert_array_equal(batch.indices, again.indices)
    np.testing.assert_array_equal(batch.scores, again.scores)
    assert not np.isnan(batch.scores).any()
    for key, value in kept.items():
        np.testing.assert_array_equal(values[key], value)
    assert strategy.name == name and strategy.label != STRATEGIES[name].label
    assert len(strategy.select(view_of(values), N, rng())) == N


@pytest.mark.parametrize("name", ALL)
def test_no_dose_changes_nothing_and_a_whole_dose_everything(name) -> None:
    strategy = STRATEGIES[name]
    assert with_random_picks(strategy, 0) is strategy and with_density(strategy, 0) is strategy
    plain = strategy.select(view_of(arrays()), 9, rng())
    half = with_random_picks(strategy, 0.5).select(view_of(arrays()), 9, rng())
    # What does not give way is what the strategy asks for anyway, in its place.
    stayed = half.indices == plain.indices
    assert 0 < stayed.sum() < 9
    whole = with_random_picks(strategy, 1).select(view_of(arrays()), 9, rng())
    assert not set(whole.indices) & set(plain.indices)


def test_the_share_of_random_picks_is_the_dose() -> None:
    strategy = with_random_picks(STRATEGIES["margin"], 0.2)
    top = set(STRATEGIES["margin"].select(view_of(arrays()), 20, rng()).indices)
    gave_way = [
        len(set(strategy.select(view_of(arrays()), 20, np.random.default_rng(seed)).indices) - top)
        for seed in range(200)
    ]
    # 4,000 coins: three standard deviations are 0.019.
    assert abs(np.mean(gave_way) / 20 - 0.2) < 0.02


def test_density_weighs_scores_and_thins_batches() -> None:
    values = arrays()
    values["features_N_D"][0] = 50.0
    values["probs_N_C"][0] = 0.25  # the outlier is as uncertain as can be
    for name in ("entropy", "k_center", "badge"):
        assert view_of(values).indices_N[0] in STRATEGIES[name].select(view_of(values), 5, rng()).indices
        cured = with_density(STRATEGIES[name], 1.0).select(view_of(values), 5, rng())
        assert view_of(values).indices_N[0] not in cured.indices, name


@pytest.mark.parametrize("beta", [0.0, 1.0, 3.0])
def test_the_first_pick_is_drawn_with_odds_proportional_to_the_power(beta) -> None:
    scores = np.zeros(N)
    scores[:6] = [1.0, 2.0, 3.0, 4.0, 0.5, 2.5]
    strategy = with_power(_scored(scores), beta)
    draws = [int(strategy.pick(view_of(arrays()), 1, np.random.default_rng(seed)).indices[0]) for seed in range(3000)]
    counts = np.bincount(draws, minlength=N)
    odds = scores**beta if beta else np.ones(N)
    expected = 3000 * odds / odds.sum()
    assert counts[expected == 0].sum() == 0
    kept = expected > 0
    assert chisquare(counts[kept], expected[kept]).pvalue > 1e-4


@pytest.mark.parametrize("name", [name for name in ALL if STRATEGIES[name].score is not None])
def test_a_large_power_is_the_highest_scores_and_none_is_random(name) -> None:
    strategy = STRATEGIES[name]
    assert strategy.score is not None
    scores = strategy.score(view_of(arrays()), rng())
    scores = scores - min(0, scores.min())
    if len(np.unique(np.sort(scores)[-9:])) == 9 and name not in ("random", "power_bald", "power_entropy"):
        most = with_power(strategy, 1e6).select(view_of(arrays()), 8, rng())
        np.testing.assert_array_equal(most.indices, strategy.select(view_of(arrays()), 8, rng()).indices)
        np.testing.assert_array_equal(most.scores, strategy.select(view_of(arrays()), 8, rng()).scores)
    drawn = with_power(strategy, 0.0).select(view_of(arrays()), N, rng())
    assert sorted(drawn.indices) == sorted(view_of(arrays()).indices_N)


def test_power_of_bald_and_entropy_are_those_of_the_catalogue() -> None:
    for name in ("bald", "entropy"):
        ours = with_power(STRATEGIES[name]).select(view_of(arrays()), 9, rng())
        np.testing.assert_array_equal(
            ours.indices, STRATEGIES[f"power_{name}"].select(view_of(arrays()), 9, rng()).indices
        )


def test_what_was_not_scored_is_drawn_last() -> None:
    tried = np.where(np.arange(N) % 10 == 3, -np.arange(1.0, N + 1), -np.inf)
    picked = with_power(_scored(tried)).select(view_of(arrays()), 11, rng())
    assert set((picked.indices - 1) // 3) == set(np.flatnonzero(np.isfinite(tried))[:-1])


def test_scores_below_zero_keep_their_order_where_density_is_even() -> None:
    """Of expected error reduction: times a density, the worst would otherwise become the best."""
    values = arrays()
    values["features_N_D"] = np.eye(N, dtype=np.float32)  # all equally far from one another
    below = -np.arange(1.0, N + 1)
    strategy = _scored(below)
    np.testing.assert_array_equal(
        with_density(strategy, 1.0).select(view_of(values), 7, rng()).indices,
        strategy.select(view_of(values), 7, rng()).indices,
    )
    tried = np.where(np.arange(N) % 10 == 3, below, -np.inf)
    picked = with_density(_scored(tried), 1.0).select(view_of(values), 12, rng())
    assert set((picked.indices - 1) // 3) == set(np.flatnonzero(np.isfinite(tried)))
    above = np.abs(below)
    weighted = with_density(_scored(above), 2.0).select(view_of(arrays()), N, rng())
    expected = density_weight(above, arrays()["features_N_D"], 2.0)
    np.testing.assert_array_equal((weighted.indices - 1) // 3, np.argsort(-expected, kind="stable"))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda s: with_random_picks(s, 1.1), "epsilon must be between 0 and 1, got 1.1"),
        (lambda s: with_density(s, -1), "beta must be 0 or more and finite, got -1"),
        (lambda s: with_power(s, -0.5), "beta must be 0 or more and finite, got -0.5"),
        (lambda s: with_power(STRATEGIES["k_center"]), "k-center chooses whole batches"),
        (lambda s: with_power(with_power(s, 2.0), 3.0), "has a power already"),
        (lambda s: with_power(with_random_picks(s, 0.5), 3.0), "put them around the power"),
        (lambda s: with_density(s, float("inf")), "beta must be 0 or more and finite, got inf"),
    ],
)
def test_bad_doses_are_named(call, said) -> None:
    with pytest.raises(ValueError, match=said):
        call(STRATEGIES["margin"])


def test_a_strategy_has_one_way_to_choose() -> None:
    with pytest.raises(ValueError, match="needs a score or a batch"):
        _scored(None)


def _scored(scores_N: np.ndarray | None) -> Strategy:
    return Strategy(
        name="given",
        label="Given",
        description="Scores from a table.",
        formula="s",
        source="the test",
        cost="O(n)",
        score=None if scores_N is None else lambda view, rng: scores_N,
    )
