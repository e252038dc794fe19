"""What a session is told, corrected: refused before it is written, relabelled, undone, put off, excluded."""

import json
import pickle
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from alcore.datasets.planar.generate import planar
from alcore.learners.registry import make_learner
from alcore.loops.ask import checked_order
from alcore.loops.batch_explorer import batch_strategy
from alcore.loops.calibrated_learner import Calibrated
from alcore.loops.races.grid import grid_over
from alcore.loops.races.lockstep import StrategySchedule
from alcore.loops.races.race import race
from alcore.loops.races.replay import replay_races
from alcore.loops.session import Session
from alcore.loops.stream.policies import POLICIES, Budget
from alcore.loops.stream.stream import streams
from alcore.loops.synthesis.synthesis import synthesise
from alcore.rng import rng_for
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.wrappers import with_density, with_random_picks

DATA = planar("blobs", points=120, classes=3, rng=rng_for(0, "data"))
X, Y = DATA.x_pool, DATA.y_pool
# A learner without memory, and networks that go on: with members that do too, and with dropout's like.
KINDS = [("logistic", "margin"), ("logistic", "bald"), ("mlp", "margin"), ("mlp", "bald"), ("graph", "badge")]


def session(learner: str = "logistic", strategy: Any = "margin", **settings: Any) -> Session:
    options: dict[str, Any] = {"epochs": 2, "device": "cpu"} if learner == "mlp" else {}
    made = make_learner(learner, classes=3, seed=0, **options)
    return Session(X, made, strategy, seed=1, classes=3, samples=2, **settings)


def state_of(s: Session) -> tuple[Any, ...]:
    return list(s.order), list(s.held_out), s.labels_N.tolist(), s.askable_N.tolist(), s.history


def next_question(s: Session, k: int = 6) -> tuple[list[int], list[float]]:
    indices = s.ask(k)
    assert s.batch is not None
    return indices.tolist(), s.batch.scores.tolist()


WRONG = [
    ([0, 40, 80], [0, 1, 3], "labels must be class numbers from 0 to 2, got 3"),
    ([0, 40], [0, -1], "got -1"),
    ([0.9, 40.2], [0, 1], "indices must be whole numbers, got 0.9"),
    ([0, 40], [0.9, 1.7], "labels must be whole numbers, got 0.9"),
    ([0, np.nan], [0, 1], "indices must be whole numbers, got nan"),
    ([True, False, True], [0, 1, 2], "np.flatnonzero"),
    (np.arange(120) < 3, [0, 1, 2], "a mask of True and False"),
    (["0", "1"], [0, 1], "indices must be whole numbers, got '0'"),
    ([0, 1], ["cat", "dog"], "got 'cat': give class_names"),
    ([0, 1], [None, 1], "labels must be whole numbers, got None"),
    ([[0, 1]], [[0, 1]], r"a list of points, such as \[3\], got shape \(1, 2\)"),
    (3, 0, "a list of points"),
    ([0, 1], [0], "one label an index"),
    ([0, [1, 2]], [0, 1], "indices must be one number each"),
    ([0, 0], [1, 1], "twice in one call"),
    ([0, 120], [1, 1], "0 to 119, got 0 to 120"),
    ([0, 2**70], [1, 1], "indices must be whole numbers"),
]


OF_INDICES = {said for *_, said in WRONG if any(word in said for word in ("indices", "flatnonzero", "mask", "twice"))}


@pytest.mark.parametrize(("indices", "labels", "said"), WRONG)
@pytest.mark.parametrize("call", ["tell", "follow", "hold_out"])
def test_what_is_no_point_or_no_class_is_refused_and_nothing_is_written(
    call: str, indices: Any, labels: Any, said: str
) -> None:
    s, before = session(), session()
    for one in (s, before):
        one.tell([100, 101, 102], Y[100:103])
    with pytest.raises(ValueError, match=said):
        getattr(s, call)(indices, labels)
    assert state_of(s) == state_of(before)
    assert next_question(s) == next_question(before)


@pytest.mark.parametrize("call", ["skip", "exclude"])
@pytest.mark.parametrize(("indices", "said"), [(one, said) for one, _, said in WRONG if said in OF_INDICES])
def test_skipping_and_excluding_refuse_the_same(call: str, indices: Any, said: str) -> None:
    s = session()
    s.tell([100, 101, 102], Y[100:103])
    before = state_of(s)
    with pytest.raises(ValueError, match=said):
        getattr(s, call)(indices)
    with pytest.raises(ValueError, match="point 101 is already labelled: relabel corrects"):
        getattr(s, call)([5, 101])
    assert state_of(s) == before


@pytest.mark.parametrize(
    ("indices", "labels"),
    [
        ([3, 50], [0, 2]),
        ((3, 50), (0.0, 2.0)),
        (np.array([3, 50], dtype=np.uint8), np.array([0, 2], dtype=np.int8)),
        (pd.Index([3, 50]), pd.Series([0, 2], index=[50, 7])),
        (pd.Series([3, 50], dtype="Int64"), pd.Series([0, 2], dtype=object)),
        (torch.tensor([3, 50]), torch.tensor([0, 2])),
    ],
)
def test_points_and_labels_of_any_whole_kind_are_taken(indices: Any, labels: Any) -> None:
    s = session()
    s.tell(indices, labels)
    assert s.order == [3, 50] and s.labels_N[[3, 50]].tolist() == [0, 2]
    s.tell([], [])
    assert s.order == [3, 50]


def test_labels_by_name() -> None:
    s = session(class_names=("ant", "bee", "cat"))
    s.tell([3, 50], ["cat", "ant"])
    assert s.labels_N[[3, 50]].tolist() == [2, 0]
    s.relabel([3], np.array(["bee"]))
    assert s.labels_N[3] == 1
    with pytest.raises(ValueError, match="one of ant, bee, cat, got 'dog'"):
        s.tell([4], ["dog"])
    learner = make_learner("logistic", classes=3, seed=0)
    assert Session(X, learner, "margin", seed=0, class_names=("a", "b", "c")).classes == 3
    for wrong, said in [
        ({"classes": 2}, "session has 2 classes and its learner 3"),
        ({"classes": 3, "class_names": ("a", "b")}, "3 different names"),
        ({"classes": 3, "class_names": ("a", "b", "b")}, "3 different names"),
        ({}, "how many classes"),
        ({"classes": 3, "pool": [0, 0.5]}, "the pool must be whole numbers"),
        ({"classes": 3, "pool": [0, 120]}, "from 0 to 119"),
        ({"classes": 3, "pool": np.ones(5, dtype=bool)}, "one entry a point"),
    ]:
        with pytest.raises(ValueError, match=said):
            Session(X, learner, "margin", seed=0, **wrong)  # type: ignore[arg-type]


def test_a_corrected_label_gives_the_question_of_the_right_one() -> None:
    right, wrong = session(), session()
    right.tell(np.arange(9), Y[:9])
    wrong.tell(np.arange(9), np.where(np.arange(9) == 4, (Y[:9] + 1) % 3, Y[:9]))
    other = next_question(wrong)
    wrong.relabel([4], [Y[4]])
    assert next_question(wrong) == next_question(right) != other
    with pytest.raises(ValueError, match="point 77 has no label yet"):
        wrong.relabel([4, 77], [0, 0])
    with pytest.raises(ValueError, match="0 to 2, got 3"):
        wrong.relabel([4], [3])
    assert wrong.labels_N[4] == Y[4]
    # A label that the temperature is fitted on counts as well.
    for s in (right, wrong):
        s.hold_out(np.arange(20, 30), Y[20:30])
    wrong.relabel([25], [(Y[25] + 1) % 3])
    right.fit(), wrong.fit()
    assert isinstance(right.learner, Calibrated) and isinstance(wrong.learner, Calibrated)
    assert right.learner.temperature != wrong.learner.temperature
    wrong.relabel([25], [Y[25]])
    wrong.fit()
    assert right.learner.temperature == wrong.learner.temperature


Act = Callable[[Session], Any]
ACTS: list[tuple[str, Act]] = [
    ("tell", lambda s: s.tell(asked := s.ask(4), Y[asked])),
    ("tell others", lambda s: s.tell(s.unlabeled[:2], Y[s.unlabeled[:2]])),
    ("follow", lambda s: s.follow(s.unlabeled[-3:], Y[s.unlabeled[-3:]])),
    ("relabel", lambda s: s.relabel(s.order[:1], [(s.labels_N[s.order[0]] + 1) % 3])),
    ("skip", lambda s: s.skip(s.ask(3)[:2])),
    ("exclude", lambda s: s.exclude(s.ask(3)[1:])),
    ("hold out", lambda s: s.hold_out(s.unlabeled[5:11], Y[s.unlabeled[5:11]])),
]


@pytest.mark.parametrize(("learner", "strategy"), KINDS)
def test_undo_goes_back_step_by_step_to_nothing(learner: str, strategy: str) -> None:
    s = session(learner, strategy)
    states, questions = [], []
    s.tell(np.arange(9), Y[:9])
    for _, act in [*ACTS, *ACTS[:2]]:
        states.append(state_of(s)[:-1])
        questions.append(next_question(s))
        act(s)
    for state, question in zip(states[::-1], questions[::-1], strict=True):
        s.undo()
        assert state_of(s)[:-1] == state
        assert next_question(s) == question
    assert s.undo().indices == tuple(range(9))
    assert s.order == [] and s.history == [] and (s.labels_N == -1).all() and s.askable_N.all()
    with pytest.raises(ValueError, match="nothing to undo"):
        s.undo()
    with pytest.raises(ValueError, match="nothing is labelled"):
        s.ask(1)
    fresh = session(learner, strategy)
    for one in (s, fresh):
        one.tell([60, 61, 62], Y[60:63])
    assert next_question(s) == next_question(fresh)


@settings(max_examples=15, deadline=None)
@given(acts=st.lists(st.sampled_from(ACTS), max_size=8), undone=st.integers(0, 8))
def test_any_story_undone_is_the_story_without_its_end(acts: list[tuple[str, Act]], undone: int) -> None:
    s, shorter = session(), session()
    for one in (s, shorter):
        one.tell(np.arange(9), Y[:9])
    for number, (_, act) in enumerate(acts):
        act(s)
        if number < len(acts) - undone:
            act(shorter)
    for _ in range(min(undone, len(acts))):
        s.undo()
    assert state_of(s) == state_of(shorter)
    assert next_question(s) == next_question(shorter)


def test_skipped_points_wait_for_all_others_and_excluded_ones_for_ever() -> None:
    s = session(pool=np.arange(20))
    s.tell([0, 1, 2], Y[:3])
    first = s.ask(3)
    s.skip(first[:2])
    s.exclude(first[2:])
    assert set(first[:2]) < set(s.unlabeled) and first[2] not in s.unlabeled
    seen: list[int] = []
    while set(s.unlabeled) != set(first[:2]):
        asked = s.ask(4)
        assert not set(asked) & set(first)
        seen += asked.tolist()
        s.tell(asked, Y[asked])
    assert sorted([*seen, *first, 0, 1, 2]) == list(range(20))
    again = s.ask(4)
    assert sorted(again) == sorted(first[:2])
    # Put off once more, the other comes first.
    s.skip(again[:1])
    assert s.ask(4).tolist() == again[1:].tolist()
    s.tell(again, Y[again])
    with pytest.raises(ValueError, match="pool is empty"):
        s.ask(1)
    with pytest.raises(ValueError, match=f"point {first[2]} was excluded: undo"):
        s.tell(first[2:], [0])


@pytest.mark.parametrize(("learner", "strategy"), KINDS)
def test_asking_for_another_number_answers_for_that_number(learner: str, strategy: str) -> None:
    whole, by_two = session(learner, strategy), session(learner, strategy)
    for s in (whole, by_two):
        s.tell(np.arange(9), Y[:9])
    two = next_question(by_two, 2)
    assert len(two[0]) == 2
    fifty = next_question(whole, 50)
    assert len(fifty[0]) == 50 and next_question(by_two, 50) == fifty
    assert next_question(by_two, 2) == two == next_question(whole, 2)
    assert len(by_two.ask(500)) == 111
    for wrong, said in [(0, "k must be .*1 or more"), (2.5, "k must be .*whole"), ("2", "k must be .*whole")]:
        with pytest.raises(ValueError, match=said):
            by_two.ask(wrong)  # type: ignore[arg-type]
    for s in (whole, by_two):
        s.tell(two[0], Y[two[0]])
    assert next_question(whole) == next_question(by_two)


def played(s: Session, rounds: int = 3) -> Session:
    s.tell(np.arange(9), Y[:9])
    for _ in range(rounds):
        asked = s.ask(4)
        s.tell(asked, Y[asked])
    s.hold_out(s.unlabeled[:4], Y[s.unlabeled[:4]])
    s.skip(s.ask(2)[:1])
    s.relabel([3], [(Y[3] + 1) % 3])
    return s


@pytest.mark.parametrize(("learner", "strategy"), [*KINDS, ("logistic", "random"), ("logistic", "eer")])
def test_three_ways_to_restore_ask_the_same_next_questions(learner: str, strategy: str) -> None:
    told = played(session(learner, strategy))
    ways = [
        pickle.loads(pickle.dumps(told)),
        session(learner, strategy).restore(json.loads(json.dumps(told.history))),
    ]
    for _ in range(3):
        question = next_question(told)
        for way in ways:
            assert next_question(way) == question
            assert way.history == told.history
        for one in (told, *ways):
            one.tell(question[0], Y[question[0]])
    told.undo()
    ways[0].undo()
    assert next_question(told) == next_question(ways[0])


@pytest.mark.parametrize(("learner", "strategy"), [k for k in KINDS if k[0] != "mlp"])
def test_told_followed_and_asked_are_the_same_session(learner: str, strategy: str) -> None:
    """A learner that remembers nothing need not be asked on the way: rounds are counted by what was told."""
    asked, told, followed = (session(learner, strategy) for _ in range(3))
    for s in (asked, told, followed):
        s.tell(np.arange(9), Y[:9])
    for _ in range(3):
        batch = asked.ask(4)
        asked.tell(batch, Y[batch])
        told.tell(batch, Y[batch])
        followed.follow(batch, Y[batch])
    assert next_question(asked) == next_question(told) == next_question(followed)
    assert asked.history == told.history == followed.history


def test_a_history_that_cannot_be_is_refused_and_changes_nothing() -> None:
    s = played(session())
    state, question = state_of(s), next_question(s)
    for wrong, said in [
        ([["sing", [1], [1]]], "got 'sing'"),
        ([[1]], "a kind, indices and labels"),
        ([["tell", [1], [1]], ["tell", [1], [1]]], "already labelled"),
        ([["tell", [1], [7]]], "0 to 2, got 7"),
        ([["undo", [], []]], "got 'undo'"),
    ]:
        with pytest.raises(ValueError, match=said):
            s.restore(wrong)  # type: ignore[arg-type]
        assert state_of(s) == state and next_question(s) == question


def sure(probs_N_C: np.ndarray) -> np.ndarray:
    """A score of the user's, of the kind that can be pickled."""
    return -probs_N_C.max(axis=1)


@pytest.mark.parametrize(
    "strategy",
    [
        *STRATEGIES,
        sure,
        batch_strategy("top_k"),
        batch_strategy("hybrid", alpha=0.2),
        *(with_random_picks(STRATEGIES[name], 0.3) for name in ("margin", "k_center", "power_bald")),
        *(with_density(STRATEGIES[name], 1.0) for name in ("bald", "badge")),
        with_random_picks(with_density(STRATEGIES["entropy"], 1.0), 0.3),
    ],
    ids=lambda strategy: strategy if isinstance(strategy, str) else getattr(strategy, "label", "own"),
)
def test_every_strategy_is_pickled(strategy: Any) -> None:
    s = session("logistic", strategy, candidates=20)
    s.tell(np.arange(9), Y[:9])
    again = pickle.loads(pickle.dumps(s))
    assert pickle.loads(pickle.dumps(s.strategy)).name == s.strategy.name
    assert next_question(again) == next_question(s)


@pytest.mark.parametrize("name", ["logistic", "mlp", "cnn", "dropout_cnn", "graph"])
def test_every_learner_is_pickled_by_its_state(name: str) -> None:
    rng = rng_for(0, "images")
    x = rng.integers(0, 256, (60, 1, 16, 16), dtype=np.uint8)
    y = np.arange(60) % 4
    ticks: list[int] = []
    learner = make_learner(name, classes=4, seed=2, device="cpu", tick=lambda: ticks.append(1))
    assert pickle.loads(pickle.dumps(learner)).title == learner.title
    placed = learner.prepare(x)
    learner.fit(placed[:20], y[:20], rng=rng_for(1))
    learner.sample_probs(placed, 2, rng=rng_for(2))
    again = pickle.loads(pickle.dumps(learner))
    for stage in range(2):
        for value in (
            lambda one: one.predict_probs(one.prepare(x)),
            lambda one: one.features(one.prepare(x)),
            lambda one: one.sample_probs(one.prepare(x), 2, rng=rng_for(3)),
        ):
            np.testing.assert_array_equal(np.asarray(value(again)), np.asarray(value(learner)))
        for one in (again, learner):
            one.fit(one.prepare(x)[:30], y[:30], rng=rng_for(4, stage))
    assert ticks  # those of the first alone: another process has its own


def answered(answers: Any, points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.array(answers)


def test_other_ways_in_refuse_the_same() -> None:
    for wrong in ([0, 1.5], [True, False], ["a"]):
        with pytest.raises(ValueError, match="labelled points must be whole numbers"):
            checked_order(wrong, 5)
        with pytest.raises(ValueError, match="labelled points must be whole numbers"):
            replay_races(DATA, wrong, seed_labels=1, labels_per_round=1, grid=grid_over(DATA, rows=2))
    for at in (1.5, True):
        with pytest.raises(ValueError, match="round of a fork must be a whole number"):
            StrategySchedule("margin", then="random", at=at)  # type: ignore[arg-type]
    planted = {**vars(DATA), "y_pool": np.where(np.arange(120) == 7, 3, Y)}
    broken = type(DATA)(**planted)
    sizes: dict[str, Any] = {"seed_labels": 3, "seed_set": "balanced"}
    with pytest.raises(ValueError, match="y_pool must be class numbers from 0 to 2, got 3"):
        race(broken, ["margin"], seed=0, labels_per_round=1, rounds=1, grid=grid_over(DATA, rows=2), **sizes)
    with pytest.raises(ValueError, match="y_pool must be class numbers from 0 to 2, got 3"):
        streams([broken], [POLICIES["fixed"]()], seeds=[0], budget=Budget(0.5), **sizes)
    for answers, said in [([0, 3], "0 to 2, got 3"), ([0.5, 1], "got 0.5"), ([0], "answer 2 questions")]:
        with pytest.raises(ValueError, match=said):
            synthesise(
                [DATA],
                partial(answered, answers),
                seeds=[0],
                labels_per_round=2,
                rounds=1,
                **sizes,
            )
