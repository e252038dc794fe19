"""Streams: the budget holds at every arrival, and plain loops ask about the same points."""

from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, multivariate_normal
from sklearn.linear_model import LogisticRegression

from alcore.datasets.planar.bayes_boundary import posterior
from alcore.datasets.planar.drift import Drift
from alcore.datasets.planar.generate import planar
from alcore.loops.stream.policies import (
    POLICIES,
    Budget,
    QueryPolicy,
    Randomness,
    decide,
    fixed,
    quantile,
    random_skipping,
    randomised,
    variable,
)
from alcore.loops.stream.stream import StreamResult, arrivals_of, streams
from alcore.rng import rng_for

DATA = [planar("blobs", points=64, overlap=0.6, rng=rng_for(seed, "data")) for seed in range(4)]
EVERY = [make() for make in POLICIES.values()]
TURN = Drift(turn=150, shift=(0.3, -0.2))


def one(policy: QueryPolicy, seed: int = 0, **changes) -> StreamResult:
    """One short stream."""
    options = {"seed_labels": 4, "budget": Budget(0.2), **changes}
    return streams([DATA[seed]], [policy], seeds=[seed], **options)[0][0]


def tight() -> LogisticRegression:
    return LogisticRegression(solver="newton-cholesky", tol=1e-10)


@given(
    policy=st.sampled_from(EVERY),
    percent=st.integers(1, 100),
    limit=st.none() | st.integers(0, 70),
    window=st.none() | st.integers(1, 20),
    seed=st.integers(0, 3),
    turn=st.sampled_from([0.0, 180.0]),
)
@settings(max_examples=60, deadline=None)
def test_the_budget_is_never_exceeded(policy, percent, limit, window, seed, turn) -> None:
    budget = Budget(percent / 100, limit)
    told = one(policy, seed, budget=budget, window=window, drift=Drift(turn=turn))
    for t, spent in enumerate(np.cumsum(told.asked_T), start=1):
        assert spent == told.spent_T[t - 1] <= ceil(Fraction(percent, 100) * t)
        assert limit is None or spent <= limit
    assert len(told.models_L_K_P) == 1 + told.asked_T.sum()
    assert np.all(~told.asked_T | (told.uncertainty_T >= told.threshold_T))


@given(percent=st.integers(1, 100), limit=st.none() | st.integers(0, 70))
@settings(max_examples=30, deadline=None)
def test_threshold_0_asks_until_the_budget_is_gone_and_1_never(percent, limit) -> None:
    budget = Budget(percent / 100, limit)
    always, never = (one(fixed(threshold), budget=budget) for threshold in (0, 1))
    assert np.array_equal(always.spent_T, always.earned_T)
    assert not never.asked_T.any()


@given(percent=st.integers(1, 100), limit=st.none() | st.integers(0, 70), seed=st.integers(0, 3))
@settings(max_examples=30, deadline=None)
def test_random_skipping_spends_what_is_earned_before_more_is(percent, limit, seed) -> None:
    told = one(random_skipping(), seed, budget=Budget(percent / 100, limit))
    before_more = np.flatnonzero(np.diff(told.earned_T))
    assert np.array_equal(told.spent_T[before_more], told.earned_T[before_more])


def test_random_skipping_is_equally_likely_to_ask_about_any_arrival() -> None:
    budget, streams_, rng = Budget(0.3), 4000, np.random.default_rng(0)
    spent_S = np.zeros(streams_, dtype=np.int64)
    none_S = np.zeros(streams_)
    for t in range(1, 31):
        chance = Randomness(rng.random(streams_), none_S, budget.has_budget(t, spent_S))
        _, asked_S, _ = decide(random_skipping(), none_S, none_S, spent_S < budget.earned(t), chance, 0.3)
        spent_S += asked_S
        # Blocks of 3, 3 and 4 arrivals with a label each; p-values beyond one in a million are no chance.
        p = 1 / 4 if (t - 1) % 10 >= 6 else 1 / 3
        low, high = binom.interval(1 - 1e-6, streams_, p)
        assert low <= asked_S.sum() <= high


@pytest.mark.parametrize("options", [{}, {"drift": TURN, "window": 12}])
def test_a_plain_loop_with_scikit_learn_asks_about_the_same(options) -> None:
    told = one(fixed(0.3), 1, **options)
    skipped_T, could_T = ~told.asked_T, told.spent_T < told.earned_T
    assert np.any(skipped_T & could_T)  # too certain to ask
    assert np.any(skipped_T & (told.uncertainty_T >= 0.3))  # no budget to ask

    came = told.arrivals
    x, y = list(came.first_M_D), list(came.first_y_M)
    asked: list[bool] = []
    for t, (point, label) in enumerate(zip(came.x_T_D, came.y_T, strict=True), start=1):
        window = options.get("window", len(x))
        model = tight().fit(x[-window:], y[-window:])
        probs = model.predict_proba([point])[0]
        assert told.uncertainty_T[t - 1] == pytest.approx(1 - probs.max(), abs=1e-5)
        assert told.correct_T[t - 1] == (model.predict([point])[0] == label)
        asked.append(1 - probs.max() >= 0.3 and sum(asked) < 0.2 * t)
        if asked[-1]:
            x.append(point)
            y.append(label)
    assert told.asked_T.tolist() == asked


@pytest.mark.parametrize("policy", EVERY, ids=lambda policy: policy.name)
def test_a_plain_loop_of_one_stream_asks_the_same_under_every_policy(policy) -> None:
    told = one(policy, 2, drift=TURN, window=15)
    came, budget = told.arrivals, Budget(0.2)
    x, y, state_1, spent = list(came.first_M_D), list(came.first_y_M), np.array([policy.initial]), 0
    for t, (point, label) in enumerate(zip(came.x_T_D, came.y_T, strict=True)):
        probs = tight().fit(x[-15:], y[-15:]).predict_proba([point])[0]
        pace_1 = budget.has_budget(t + 1, np.array([spent]))
        chance = Randomness(came.uniform_T[[t]], came.normal_T[[t]], pace_1)
        may_1 = np.array([spent < budget.earned(t + 1)])
        threshold_1, asked_1, state_1 = decide(policy, state_1, 1 - probs.max(keepdims=True), may_1, chance, 0.2)
        assert asked_1[0] == told.asked_T[t] and told.threshold_T[t] == pytest.approx(threshold_1[0], abs=1e-5)
        if asked_1[0]:
            spent += 1
            x.append(point)
            y.append(label)
    assert spent == told.spent_T[-1] > 0


@pytest.mark.parametrize("spread", [0.0, 1.0])
def test_variable_threshold_is_the_published_algorithm(spread) -> None:
    """Zliobaite et al.: label while u / t < B and the largest posterior is below theta; theta (1 -+ s)."""
    told = one(randomised(0.05, spread), 3)
    theta, spent = 1.0, 0
    for t, uncertainty in enumerate(told.uncertainty_T, start=1):
        label = False
        if spent / t < 0.2:
            label = 1 - uncertainty < theta * (1 + spread * told.arrivals.normal_T[t - 1])
            theta *= 1 - 0.05 if label else 1 + 0.05
        spent += label
        assert label == told.asked_T[t - 1]
    if not spread:
        assert np.array_equal(told.asked_T, one(variable(0.05), 3).asked_T)


def test_quantile_threshold_finds_the_quantile() -> None:
    rng, policy = np.random.default_rng(1), quantile(step=0.1)
    state_S, may_S = np.full(200, policy.initial), np.ones(200, dtype=bool)
    none = Randomness(*np.zeros((3, 200)))
    asked, bars = [], []
    for _ in range(600):
        bar_S, asked_S, state_S = decide(policy, state_S, rng.random(200) / 2, may_S, none, 0.1)
        asked.append(asked_S.mean())
        bars.append(bar_S.mean())
    assert np.mean(asked[200:]) == pytest.approx(0.1, abs=0.005)
    assert np.mean(bars[200:]) == pytest.approx(0.45, abs=0.01)


def test_policies_are_paired_and_a_stream_is_the_same_whatever_runs_beside_it() -> None:
    together = streams(DATA, EVERY, seeds=range(4), seed_labels=4, budget=Budget(0.2), drift=TURN)
    for seed, runs in enumerate(together):
        for run, policy in zip(runs, EVERY, strict=True):
            assert run.policy == policy.name and run.arrivals is runs[0].arrivals
            alone = one(policy, seed, drift=TURN)
            assert np.array_equal(run.asked_T, alone.asked_T)
            assert np.array_equal(run.uncertainty_T, alone.uncertainty_T)
            assert np.array_equal(run.accuracy_Q, alone.accuracy_Q)
    still = arrivals_of(DATA[0], seed=0, seed_labels=4)
    moving = together[0][0].arrivals
    assert np.array_equal(still.index_T, moving.index_T)
    assert np.array_equal(still.uniform_T, moving.uniform_T)
    assert not np.array_equal(still.index_T, arrivals_of(DATA[0], seed=1, seed_labels=4).index_T)
    everyone = np.concatenate([still.first, still.index_T])
    assert sorted(everyone) == list(range(64))


def test_looks_are_at_the_concept_of_the_moment() -> None:
    told = one(variable(), 1, drift=TURN, window=10, looks=5)
    assert told.looked_Q.tolist() == [0, 12, 24, 36, 48, 60]
    assert told.labels_Q.tolist() == [4 + told.asked_T[:looked].sum() for looked in told.looked_Q]
    shares = [told.correct_T[max(t - 6, 0) : t + 1].mean() for t in range(60)]
    assert np.allclose(told.prequential_T(latest=7), shares)
    came, data = told.arrivals, DATA[1]
    x = np.concatenate([came.first_M_D, came.x_T_D[told.asked_T]])
    y = np.concatenate([came.first_y_M, came.y_T[told.asked_T]])
    for looked, accuracy in zip(told.looked_Q, told.accuracy_Q, strict=True):
        held = 4 + told.asked_T[:looked].sum()
        model = tight().fit(x[max(held - 10, 0) : held], y[max(held - 10, 0) : held])
        x_test = TURN.move(data.x_test, came.times_T[max(looked - 1, 0)])
        assert accuracy == pytest.approx(model.score(x_test, data.y_test), abs=1e-9)
        assert np.allclose(told.model_after(looked)[0, :-1], model.coef_[0], atol=1e-5)


@given(turn=st.floats(-360, 360), shift=st.tuples(st.floats(-3, 3), st.floats(-3, 3)))
def test_drift_can_be_undone(turn, shift) -> None:
    drift, times = Drift(turn, shift), np.linspace(0, 1, 9)
    points = rng_for(0).normal(size=(9, 2))
    assert np.allclose(drift.back(drift.move(points, times), times), points)
    assert np.allclose(drift.move(points, 0.0), points)


def test_drift_carries_the_posterior_along() -> None:
    """Two Gaussians whose means were moved by hand."""
    drift, points = Drift(turn=90, shift=(1.0, 2.0)), rng_for(1).normal(size=(50, 2))
    angle = np.pi / 6 + np.array([0, np.pi]) + np.pi / 4
    means = np.stack([np.cos(angle), np.sin(angle)], axis=1) + [0.5, 1.0]
    densities = np.stack([multivariate_normal(mean, 0.49**2).pdf(points) for mean in means], axis=1)
    expected = densities / densities.sum(axis=1, keepdims=True)
    assert np.allclose(posterior("blobs", drift.back(points, 0.5), overlap=0.4), expected)


def test_abrupt_drift_happens_half_way() -> None:
    points = np.tile([[1.0, 0.0]], (4, 1))
    moved = Drift(turn=90, pace="abrupt").move(points, np.array([0, 0.49, 0.5, 1]))
    assert np.allclose(moved, [[1, 0], [1, 0], [0, 1], [0, 1]])


def test_more_classes_than_two() -> None:
    data = planar("blobs", points=80, classes=4, rng=rng_for(5, "data"))
    told = streams([data], [quantile()], seeds=[5], seed_labels=8, budget=Budget(0.25))[0][0]
    came = told.arrivals
    x, y = came.x_T_D[told.asked_T], came.y_T[told.asked_T]
    model = tight().fit(np.concatenate([came.first_M_D, x]), np.concatenate([came.first_y_M, y]))
    assert told.accuracy_Q[-1] == pytest.approx(model.score(data.x_test, data.y_test), abs=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seeds": [0, 1]}, "one data set a seed"),
        ({"policies": []}, "need a policy"),
        ({"datasets": [planar("blobs", points=20, rng=rng_for(0)), DATA[0]], "seeds": [0, 1]}, "one size"),
        ({"seed_labels": 64}, "first label"),
        ({"window": 0}, "window must be 1 or more"),
        ({"looks": 0}, "looks and window"),
    ],
)
def test_what_cannot_be_is_refused(change, message) -> None:
    arguments = {"datasets": DATA[:1], "policies": EVERY, "seeds": [0], "seed_labels": 4} | change
    datasets, policies = arguments.pop("datasets"), arguments.pop("policies")
    with pytest.raises(ValueError, match=message):
        streams(datasets, policies, budget=Budget(0.2), **arguments)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Budget(0.0), "share above 0"),
        (lambda: Budget(0.5, -1), "limit of 0 or more"),
        (lambda: variable(1.0), "step"),
        (lambda: randomised(spread=-1), "spread"),
        (lambda: quantile(0), "step"),
        (lambda: Drift(pace="sudden"), "gradual, abrupt"),
        (lambda: Drift(turn=1).move(np.zeros((2, 3)), 0.0), "in the plane"),
    ],
)
def test_numbers_out_of_range_are_refused(make, message) -> None:
    with pytest.raises(ValueError, match=message):
        make()
