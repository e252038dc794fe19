"""Trouble that no strategy of the catalogue may be in: no NaN, no warning, no wrong order, no point twice."""

from typing import Any

import numpy as np
import pytest
import torch

from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.strategy import Strategy
from tests.support.pools import Values, on_torch, random_values, rows, values, view_of

N, K = 14, 4
DRAWN = ("random", "power_bald", "power_entropy", "badge", "cluster_margin")
SCORED = [name for name, strategy in STRATEGIES.items() if strategy.score is not None]
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


def rng(seed: int = 3) -> np.random.Generator:
    return np.random.default_rng(seed)


def places(n: int = N) -> tuple[np.ndarray, np.ndarray]:
    return rng(1).normal(size=(n, 3)), rng(2).normal(size=(6, 3))


def certain(dtype: Any) -> Values:
    """Every model is certain, and they disagree on every other point."""
    says = np.eye(3)[rng().integers(3, size=(N, K))]
    says[::2] = np.eye(3)[rng().integers(3, size=(N // 2, 1))]
    return values(says, *places(), np.arange(6) % 3, dtype)


def all_agree(dtype: Any) -> Values:
    return values(np.tile(np.eye(3)[1], (N, K, 1)), *places(), np.arange(6) % 3, dtype)


def zeros_among_others(dtype: Any) -> Values:
    says = rng().dirichlet(np.full(3, 0.3), size=(N, K))
    says[rng().random(says.shape) < 0.3] = 0
    says[says.sum(axis=2) == 0] = np.eye(3)[0]
    return values(says / says.sum(axis=2, keepdims=True), *places(), np.arange(6) % 3, dtype)


def vanishing(dtype: Any) -> Values:
    """Probabilities down to the smallest number there is, where arithmetic is slow and rounds to nothing."""
    tiny = np.finfo(dtype).smallest_subnormal * 2.0 ** rng().integers(30, size=(N, K))
    says = np.stack([tiny, np.zeros_like(tiny), np.ones_like(tiny)], axis=2)
    return values(says[:, :, rng().permutation(3)], *places(), np.arange(6) % 3, dtype)


def single_class(dtype: Any) -> Values:
    """Nothing but one class, of the two that any data set has."""
    return values(np.ones((N, K, 1)), *places(), np.zeros(6, np.int64), dtype) | {"classes": 2}


def one_candidate(dtype: Any) -> Values:
    return random_values(4, 1, dtype=dtype)


def identical(dtype: Any) -> Values:
    one = random_values(5, 1, dtype=dtype)
    return rows(one, np.zeros(N, np.int64)) | {"labeled_M_D": np.tile(one["features_N_D"], (6, 1))}


def copies_of_labelled(dtype: Any) -> Values:
    given = random_values(6, N, dtype=dtype)
    return given | {"labeled_M_D": given["features_N_D"][:6]}


def far_away(dtype: Any) -> Values:
    """A million from the origin, where single precision tells sixteenths apart."""
    given = random_values(7, N, dtype=dtype)
    return given | {name: given[name] + dtype(1e6) for name in ("features_N_D", "labeled_M_D")}


def wide_apart(dtype: Any) -> Values:
    """Features of very different sizes."""
    given = random_values(8, N, dtype=dtype)
    scale = np.array([1e-6, 1, 1e6], dtype)
    return given | {name: given[name] * scale for name in ("features_N_D", "labeled_M_D")}


POOLS = (
    *(certain, all_agree, zeros_among_others, vanishing, single_class, one_candidate, identical),
    *(copies_of_labelled, far_away, wide_apart),
)


@pytest.fixture(params=list(STRATEGIES))
def strategy(request: pytest.FixtureRequest) -> Strategy:
    return STRATEGIES[request.param]


def in_double(given: Values) -> Values:
    return {
        name: value.astype(np.float64) if getattr(value, "dtype", None) == np.float32 else value
        for name, value in given.items()
    }


@pytest.mark.parametrize("pool", POOLS, ids=lambda pool: pool.__name__)
def test_no_nan_no_warning_no_point_twice_no_wrong_order(strategy: Strategy, pool) -> None:
    for dtype in (np.float32, np.float64):
        given = pool(dtype)
        n = len(given["probs_N_C"])
        sizes = [(given, k) for k in (1, n // 2 + 1, n, n + 5)]
        for arrays, k in [*sizes, (on_torch(given), n + 5)]:
            batch = strategy.select(view_of(arrays), k, rng())
            assert len(batch) == len(batch.scores) == min(k, n)
            assert len(set(batch.indices.tolist())) == len(batch)
            assert set(batch.indices.tolist()) <= set(range(n))
            assert not np.isnan(batch.scores).any()
            if strategy.score is not None and strategy.name not in DRAWN:
                # Who is asked about first has, beyond rounding, the higher score of double precision.
                scores = strategy.score(view_of(in_double(given)), rng())
                assert (np.diff(scores[batch.indices]) <= 1e-5 * max(1.0, np.abs(scores).max())).all()


@pytest.mark.parametrize("name", sorted(set(STRATEGIES).difference(DRAWN) | {"badge"}))
def test_of_identical_points_the_lower_index_is_first(name: str) -> None:
    for dtype in (np.float32, np.float64):
        batch = STRATEGIES[name].select(view_of(identical(dtype)), N, rng())
        assert batch.indices.tolist() == list(range(N))


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", SCORED)
def test_scores_are_the_same_on_torch(name: str, device: str) -> None:
    """What has no score of the whole pool is compared by its picks, in test_catalogue.py."""
    given = random_values(9, 150, classes=10, samples=20, labels=30, dtype=np.float32)
    score: Any = STRATEGIES[name].score
    here, there = (score(view_of(one), rng()) for one in (given, on_torch(given, device)))
    np.testing.assert_allclose(torch.as_tensor(there).cpu().numpy(), here, rtol=1e-5, atol=1e-5)


def twice(seed: int) -> Values:
    """Thirty points that all tell much, each planted twice, and sixty dull ones beside the labelled."""
    says = np.eye(3)[rng(seed).integers(3, size=(30, 30))] * 0.97 + 0.01
    dull = np.tile([0.98, 0.01, 0.01], (60, 30, 1))
    spread, beside = 5 * rng(seed + 1).normal(size=(30, 3)), 0.1 * rng(seed + 2).normal(size=(66, 3))
    return values(
        np.concatenate([np.repeat(says, 2, axis=0), dull]),
        np.concatenate([np.repeat(spread, 2, axis=0), beside[:60]]),
        beside[60:],
        np.arange(6) % 3,
    )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", ["batchbald", "badge", "k_center", "hybrid", "hybrid_product"])
def test_of_a_pair_of_copies_one_is_asked_about(name: str, seed: int) -> None:
    picks = STRATEGIES[name].select(view_of(twice(seed)), 10, rng(seed)).indices
    told = picks[picks < 60]
    # To BADGE the dull ones, whose gradients are next to nothing, are together a direction of their own.
    assert len(told) >= (9 if name == "badge" else 10)
    assert len(np.unique(told // 2)) == len(told)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", ["least_confidence", "margin", "entropy", "qbc_kl", "egl", "bald", "mean_std"])
def test_the_highest_scores_ask_about_both_copies(name: str, seed: int) -> None:
    picks = STRATEGIES[name].select(view_of(twice(seed)), 10, rng(seed)).indices
    assert (picks < 60).all()
    assert len(np.unique(picks // 2)) == 5
