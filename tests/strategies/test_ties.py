"""Points that are worth the same are taken in a random order that the seed decides, not in the file's."""

from functools import cache, partial

import numpy as np
import pytest

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.generate import planar
from alcore.learners.registry import make_learner
from alcore.loops.ask import ask, rows_for, tie_order
from alcore.loops.batch_explorer import after_query, batch_strategy, run_batch_experiment, select_batch
from alcore.loops.races.lockstep import lockstep
from alcore.loops.races.next_batches import next_batches
from alcore.loops.session import Session
from alcore.rng import rng_for
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.pool_view import PoolView
from alcore.strategies.strategy import Strategy
from alcore.strategies.wrappers import with_density, with_random_picks

COMMON, RARE, TOLD, BATCH, SEEDS = 900, 100, 5, 10, 12
# Expected error reduction fits two models for each of a thousand points: it draws its candidates itself.
CANDIDATES = {"eer": 50}
# With one class shown every score is equal: these strategies have nothing to go by but the order of ties. The
# others see features, in which rare points are no different here.
BLIND = [
    *(
        "least_confidence",
        "margin",
        "entropy",
        "qbc_vote_entropy",
        "qbc_kl",
        "egl",
        "eer",
        "bald",
        "mean_std",
    ),
    *("variation_ratios", "epig", "batchbald", "power_bald", "power_entropy", "badge", "density"),
    *("cluster_margin", "random"),
]
# Where the first of 100 rare points is among 995 in random order: negative hypergeometric.
LEFT = COMMON - TOLD + RARE
EXPECTED = (LEFT + 1) / (RARE + 1)
VARIANCE = (LEFT - RARE) * (LEFT + 1) * RARE / ((RARE + 1) ** 2 * (RARE + 2))


def file_in_order(seed: int) -> Dataset:
    """900 common rows, then 100 rare ones: a table as spreadsheets sort it."""
    x = rng_for(seed, "file").normal(size=(COMMON + RARE, 2))
    y = np.repeat([0, 1], [COMMON, RARE])
    return Dataset("file", x, y, x[:2], y[:2], ("common", "rare"))


def first_rare(strategy: str | Strategy, seed: int) -> int:
    """How many labels it takes to meet the rare class, five common ones told."""
    data = file_in_order(seed)
    name = strategy if isinstance(strategy, str) else strategy.name
    learner = make_learner("logistic", classes=2, seed=0)
    session = Session(data.x_pool, learner, strategy, seed=seed, classes=2, candidates=CANDIDATES.get(name), samples=2)
    told = np.arange(TOLD)
    asked: list[int] = []
    while True:
        session.tell(told, data.y_pool[told])
        told = session.ask(BATCH)
        asked += told.tolist()
        if data.y_pool[told].any():
            return int(np.flatnonzero(data.y_pool[asked])[0]) + 1


@cache
def labels_needed(name: str) -> tuple[int, ...]:
    return tuple(first_rare(name, seed) for seed in range(SEEDS))


@pytest.mark.parametrize("name", STRATEGIES)
def test_the_order_of_a_file_does_not_hide_its_last_class(name: str) -> None:
    needed = labels_needed(name)
    # Five standard errors: of a mean of twelve such draws one in a few million is beyond.
    bound = EXPECTED + 5 * np.sqrt(VARIANCE / SEEDS)
    assert bound < 25
    assert np.mean(needed) < bound, f"{name} needs {needed} labels, random order {EXPECTED:.1f}"
    if name in BLIND:
        assert len(set(needed)) > 3  # each seed has an order of its own


@pytest.mark.parametrize("name", ["margin", "badge", "k_center"])
@pytest.mark.parametrize("wrap", [with_random_picks, with_density])
def test_remedies_break_ties_in_the_same_way(name: str, wrap) -> None:
    needed = [first_rare(wrap(STRATEGIES[name], 0.5), seed) for seed in range(8)]
    assert np.mean(needed) < EXPECTED + 5 * np.sqrt(VARIANCE / 8)


@pytest.mark.parametrize("name", BLIND)
def test_a_seed_decides_the_order(name: str) -> None:
    assert first_rare(name, 3) == labels_needed(name)[3]


def all_alike(classes: int = 2) -> Dataset:
    """One point many times over: every strategy finds all of them equally good."""
    x = np.ones((60, 2))
    y = np.arange(60) % classes
    return Dataset("alike", x, y, x[:2], y[:2], tuple("abc"[:classes]))


@pytest.mark.parametrize("name", STRATEGIES)
def test_copies_are_asked_about_in_another_order_for_each_seed(name: str) -> None:
    data, batches = all_alike(), []
    for seed in (0, 1, 2, 0):
        learner = make_learner("logistic", classes=2, seed=0)
        session = Session(data.x_pool, learner, name, seed=seed, classes=2, samples=2)
        session.tell([0, 1], [0, 1])
        batches.append(session.ask(6).tolist())
    assert batches[0] == batches[3]
    assert len({tuple(batch) for batch in batches}) == 3
    assert sorted(np.concatenate(batches[:3])) != sorted([*range(2, 8)] * 3)


@pytest.mark.parametrize("name", STRATEGIES)
def test_what_strategies_would_choose_is_what_a_race_chooses_among_copies(name: str) -> None:
    rng = rng_for(0, "copies")
    x = rng.normal(size=(12, 2))[np.arange(48) % 12]  # each point four times
    y = (x[:, 0] + 0.3 * x[:, 1] > 0).astype(np.int64)
    data = Dataset("copies", x, y, x[:5], y[:5], ("a", "b"))
    turns = lockstep(
        [data, data],
        [name, "random"],
        seeds=[7, 8],
        seed_labels=4,
        labels_per_round=3,
        rounds=2,
        seed_set="balanced",
    )
    for number, turn in enumerate(turns):
        if not turn.queries_R:
            break
        for s, seed in enumerate((7, 8)):
            order, asked = turn.order_S_R_M[s, 0], turn.queries_R[0]
            chosen = next_batches(data, order, [name], seed=seed, round=number, k=3)[name]
            assert chosen.error is None and chosen.batch is not None
            assert chosen.batch.indices.tolist() == asked.indices_S_K[s].tolist()
            np.testing.assert_allclose(chosen.scores_N, asked.scores_S_N[s], rtol=1e-9)


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_race_breaks_ties_as_a_session_does(name: str) -> None:
    """While one class is shown: scikit-learn's probabilities and the race's are equal to the last bit."""
    data = planar("blobs", points=60, classes=3, rng=rng_for(1, "data"))
    seeds = (4, 5)
    turn = next(
        lockstep(
            [data, data],
            ["random", name],
            seeds=seeds,
            seed_labels=1,
            labels_per_round=7,
            rounds=1,
            seed_set="random",
        )
    )
    for s, seed in enumerate(seeds):
        learner = make_learner("logistic", classes=3, seed=0)
        session = Session(data.x_pool, learner, name, seed=seed, classes=3)
        session.tell(turn.order_S_R_M[s, 1], data.y_pool[turn.order_S_R_M[s, 1]])
        assert session.ask(7).tolist() == turn.queries_R[1].indices_S_K[s].tolist()


def test_scores_stand_at_their_points_whatever_the_order_of_the_view() -> None:
    view_of = {0: 0.5, 3: 0.9, 4: 0.9, 7: 0.1, 8: 0.9}
    points = np.array(list(view_of))
    order_N = np.array([8, 1, 0, 7, 2, 4, 3, 5, 6, 9])
    strategy = Strategy("s", "S", "", "", "", "", score=lambda view, rng: view.probs_N_C[:, 1])
    for rows in (points, points[::-1]):
        probs_N_C = np.array([[1 - view_of[i], view_of[i]] for i in rows])
        view = PoolView(rows, **{"probs_N_C": partial(np.copy, probs_N_C)})
        asked = ask(strategy, view, 4, rng_for(0), order_N)
        assert asked.batch.indices.tolist() == [8, 4, 3, 0]
        assert asked.batch.scores.tolist() == [0.9, 0.9, 0.9, 0.5]
        assert asked.scores_of_all(10)[points].tolist() == list(view_of.values())
        assert np.isnan(asked.scores_of_all(10)[[1, 2, 5, 6, 9]]).all()
        assert rows_for(strategy, rows, order_N) is rows
    assert rows_for(STRATEGIES["k_center"], points, order_N).tolist() == [8, 0, 7, 4, 3]


def test_the_batch_explorer_breaks_ties_by_its_seed_and_keeps_scores_at_their_points() -> None:
    found = run_batch_experiment(planar("blobs", points=80, classes=2, rng=rng_for(1, "data")), seed=2, labeled=10)
    for name in ("top_k", "k_center", "badge", "hybrid", "bald", "batchbald"):
        batch = select_batch(found, batch_strategy(name), 5)
        assert not set(batch.indices) & set(found.labeled)
        if name == "top_k":
            np.testing.assert_array_equal(found.scores_N[found.rows(batch.indices)], batch.scores)
        assert set(select_batch(after_query(found, batch.indices), batch_strategy(name), 5).indices).isdisjoint(
            batch.indices
        )
    alike = run_batch_experiment(all_alike(), seed=0, labeled=2)
    picks = select_batch(alike, batch_strategy("k_center"), 5).indices
    ties = tie_order(0, 60)
    assert picks.tolist() == ties[np.isin(ties, alike.unlabeled)][:5].tolist()
