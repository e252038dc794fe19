"""Batches of a pool against a sort of all its rows, whatever the blocks, the threads and the order of the file."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from alcore.pools.hashes import codes_of, gumbel_of, keys_of
from alcore.pools.models import fit_heads
from alcore.pools.pool import Pool, PoolSettings
from alcore.pools.scan import SCORES
from alcore.pools.source import PoolError
from alcore.pools.strategies import STRATEGIES
from tests.pools.support import embeddings, head_probs, saved, some_labels, sorted_rows

BLOCKS = (1_000, 65_536, 10**9)


class _Sure:
    """Even for every other row, sure of the rest; or wrong in some way."""

    def __init__(self, sure: float = 1.0) -> None:
        self.sure = sure

    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        return np.where(x[:, :1] > 0, 0.5, [[self.sure, 0.0]])


@pytest.mark.parametrize("strategy", ["margin", "least_confidence", "entropy", "bald", "random"])
def test_every_division_of_the_pool_gives_the_sorted_answer(strategy: str, tmp_path: Path) -> None:
    x, codes = embeddings(100_000)
    x[50_000:60_000] = x[:10_000]  # copies: equal scores, which the hash decides
    labels = some_labels(codes, 300)
    if strategy == "random":
        scores = np.zeros(len(x))
    else:
        scores = SCORES[strategy](head_probs(x, labels, members=8 if strategy == "bald" else 1))
    expected = sorted_rows(scores, np.arange(len(x)), set(labels), 5_000)
    pool = Pool(saved(tmp_path, x))
    for block_rows in BLOCKS:
        for workers in (1, 4):
            settings = PoolSettings(block_rows=block_rows, workers=workers)
            found = pool.next(5_000, labels, strategy, settings=settings)
            assert found.rows.tolist() == expected
            if strategy != "random":
                assert np.array_equal(found.scores, scores[expected])


def test_power_scores_are_a_sort_by_noise_of_the_ids() -> None:
    x, codes = embeddings(20_000)
    labels = some_labels(codes, 200)
    entropies = SCORES["entropy"](head_probs(x, labels))
    noise = gumbel_of(keys_of(codes_of(np.arange(len(x))), 7, "noise"))
    settings = PoolSettings(beta=2.0, block_rows=3_000)
    found = Pool(x).next(500, labels, "power_entropy", seed=7, settings=settings)
    expected = [row for row in np.argsort(-(2 * np.log(entropies) + noise)) if row not in labels][:500]
    assert found.rows.tolist() == expected
    # More of the uncertain ones than at random, fewer than by the best.
    assert entropies.mean() < entropies[found.rows].mean() < np.sort(entropies)[-500:].mean()


@pytest.mark.parametrize("strategy", [name for name in STRATEGIES if STRATEGIES[name].spread is not None])
def test_spread_out_batches_do_not_depend_on_the_division(strategy: str) -> None:
    x, codes = embeddings(6_000)
    labels = some_labels(codes, 100)
    batches = [
        Pool(x).next(40, labels, strategy, settings=PoolSettings(shortlist=800, block_rows=block_rows, workers=workers))
        for block_rows, workers in ((1_000, 1), (1_000, 4), (10**9, 1))
    ]
    rows = batches[0].rows
    assert len(set(rows.tolist()) - set(labels)) == 40
    for other in batches[1:]:
        assert other.rows.tolist() == rows.tolist() and np.array_equal(other.scores, batches[0].scores)
    assert "800 of 6,000 rows" in batches[0].notes[0]


@pytest.mark.parametrize("strategy", [*STRATEGIES])
def test_the_order_of_the_file_decides_nothing(strategy: str) -> None:
    x, codes = embeddings(4_000)
    x[2_000:] = x[:2_000]
    ids = np.random.default_rng(5).permutation(10**6)[: len(x)]
    order = np.random.default_rng(6).permutation(len(x))
    labels = {int(ids[row]): int(codes[row]) for row in range(0, 400, 3)}
    settings = PoolSettings(shortlist=500)
    one = Pool([(x, ids)]).next(50, labels, strategy, settings=settings)
    other = Pool([(x[order][:999], ids[order][:999]), (x[order][999:], ids[order][999:])])
    assert other.next(50, labels, strategy, settings=settings).ids.tolist() == one.ids.tolist()


def test_a_known_answer() -> None:
    """On a line with the boundary at 0 the margin is smallest nearest to it."""
    x = np.array([[-3.0], [-2.0], [-0.1], [0.3], [0.2], [2.0], [3.0]], dtype=np.float32)
    found = Pool(x).next(3, {0: "left", 6: "right"}, "margin")
    assert found.rows.tolist() == [2, 4, 3]
    far = Pool(x).next(2, {2: "left", 4: "right"}, "k_center")
    assert sorted(far.rows.tolist()) == [0, 6]


@pytest.mark.parametrize(("classes", "dimensions"), [(2, 5), (4, 5), (2, 900), (5, 300)])
def test_heads_are_scikit_learns(classes: int, dimensions: int) -> None:
    x, codes = embeddings(400, dimensions, classes)
    heads = fit_heads(x.astype(np.float32), codes, classes, C=0.5)
    reference = LogisticRegression(C=0.5, tol=1e-8, max_iter=5_000).fit(x.astype(float), codes)
    assert np.allclose(heads.probs(x)[:, 0], reference.predict_proba(x.astype(float)), atol=2e-3)


@pytest.mark.parametrize("dimensions", [4, 400])
def test_committees_whose_samples_lack_a_class(dimensions: int) -> None:
    x, codes = embeddings(8, dimensions, 3)
    probs = fit_heads(x.astype(np.float32), codes, 3, members=30).probs(x)
    assert np.allclose(probs.sum(axis=2), 1) and (probs == 0).any() and np.isfinite(probs).all()


def test_a_fitted_estimator_scores_the_pool() -> None:
    x, codes = embeddings(5_000)
    x = x.astype(np.float32)
    model = LogisticRegression().fit(x[:500], codes[:500])
    found = Pool(x).next(100, None, "margin", model=model, settings=PoolSettings(block_rows=1_000))
    assert found.rows.tolist() == sorted_rows(
        SCORES["margin"](model.predict_proba(x)[:, None]), np.arange(len(x)), set(), 100
    )
    committee = [LogisticRegression().fit(x[part], codes[part]) for part in (slice(0, 200), slice(200, 400))]
    probs = np.stack([one.predict_proba(x) for one in committee], axis=1)
    found = Pool(x).next(100, None, "bald", model=committee)
    assert found.rows.tolist() == sorted_rows(SCORES["bald"](probs), np.arange(len(x)), set(), 100)


def test_nothing_labelled_and_one_class() -> None:
    x, codes = embeddings(3_000)
    first = Pool(x).next(20, None, "margin")
    assert first.strategy == "max_herding" and "nothing is labelled" in first.notes[0]
    assert len(set(codes[first.rows])) == 4
    one = Pool(x).next(20, {0: "a", 1: "a"}, "k_center")
    assert one.strategy == "max_herding" and "only 'a' is labelled" in one.notes[0]
    typical = Pool(x).next(20, None, "typiclust", settings=PoolSettings(shortlist=1_000))
    assert typical.notes == ("chosen from 1,000 of 3,000 rows, drawn at random",)


def test_the_whole_pool_and_more() -> None:
    x, codes = embeddings(50)
    labels = {row: int(codes[row]) for row in range(20)}
    assert sorted(Pool(x).next(1_000, labels, "margin").rows) == list(range(20, 50))
    with pytest.raises(PoolError, match="all 50 rows of the pool are labelled"):
        Pool(x).next(1, {row: int(codes[row]) for row in range(50)})


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"strategy": "margins"}, "unknown strategy 'margins'.*Did you mean margin"),
        ({"k": 0}, "k must be 1 or more"),
        ({"k": 40_000, "strategy": "badge"}, "BADGE chooses at most 35,000 rows at a time, not 40,000"),
        ({"model": object()}, "object has no predict_proba"),
        ({"model": []}, "the committee is empty"),
        ({"k": 2.5}, "k must be a whole number of rows, got 2.5"),
        ({"model": _Sure(float("nan"))}, "the estimator predicts probabilities that are NaN"),
        ({"labels": {0: ["a"], 1: "b"}}, r"the labels has the label \['a'\] for 0: a label is one word or number"),
    ],
)
def test_requests_that_cannot_be_met(arguments: dict, sentence: str) -> None:
    x, codes = embeddings(50_000, 2)
    with pytest.raises(PoolError, match=sentence):
        Pool(x).next(**{"k": 5, "labels": some_labels(codes, 20)} | arguments)


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"score": "margn"}, "unknown score 'margn'"),
        ({"shortlist": 40_000}, "a shortlist has 1 to 35,000 rows"),
        ({"members": 1}, "members must be 2 or more"),
        ({"workers": 0}, "workers must be 1 or more"),
        ({"beta": -1.0}, "beta must be 0 or more"),
        ({"C": float("inf")}, "C must be above 0 and finite"),
        ({"C": -1.0}, "C must be above 0"),
        ({"shortlist": 2.5}, "shortlist must be a whole number"),
    ],
)
def test_settings_that_make_no_sense(setting: dict, sentence: str) -> None:
    with pytest.raises(PoolError, match=sentence):
        PoolSettings(**setting)


def test_without_an_exponent_all_rows_are_drawn_alike() -> None:
    x = np.tile(np.array([[1.0], [-1.0]], dtype=np.float32), (1_000, 1))
    settings = PoolSettings(beta=0)
    found = Pool(x).next(400, None, "power_entropy", model=_Sure(), settings=settings)
    assert 150 < (x[found.rows, 0] < 0).sum() < 250  # of 2,000 rows half have entropy 0: 200, and 9 a standard error
    noise = gumbel_of(keys_of(codes_of(np.arange(len(x))), 0, "noise"))
    assert found.rows.tolist() == np.argsort(-noise)[:400].tolist()


@pytest.mark.parametrize("strategy", ["badge", "k_center", "cluster_margin"])
def test_a_shortlist_at_random(strategy: str) -> None:
    x, codes = embeddings(3_000)
    labels = some_labels(codes, 60)
    settings = PoolSettings(score="random", shortlist=300)
    found = Pool(x).next(20, labels, strategy, settings=settings)
    assert len(set(found.rows.tolist()) - set(labels)) == 20 and "drawn at random" in found.notes[0]
    with pytest.raises(PoolError, match="UHerding weighs rows by their uncertainty, and random gives none"):
        Pool(x).next(20, labels, "uherding", settings=settings)


def test_one_row_is_left() -> None:
    x, codes = embeddings(30)
    labels = {row: int(codes[row]) for row in range(29)}
    for strategy in STRATEGIES:
        assert Pool(x).next(5, labels, strategy).rows.tolist() == [29]


def test_settings_without_effect_are_noted() -> None:
    x, codes = embeddings(500)
    settings = PoolSettings(score="entropy", shortlist=50, beta=2.0)
    labels = some_labels(codes, 60)
    assert "margin does not read score or shortlist or beta" in Pool(x).next(5, labels, settings=settings).notes
    assert "k_center does not read beta" in Pool(x).next(5, labels, "k_center", settings=settings).notes
    assert Pool(x).next(5, labels, "power_margin", settings=PoolSettings(beta=2.0)).notes == ()
