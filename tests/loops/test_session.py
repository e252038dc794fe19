"""Ask and tell: indices of the data set, nothing asked twice, mistakes named."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from sklearn.ensemble import RandomForestClassifier

from alcore.datasets.planar.generate import planar
from alcore.learners.base import Learner
from alcore.learners.registry import make_learner
from alcore.learners.sklearn_learner import ClassifierLearner
from alcore.loops.calibrated_learner import Calibrated
from alcore.loops.pool.simulate import simulate
from alcore.loops.seed_set import seed_indices
from alcore.loops.session import Session
from alcore.rng import rng_for
from alcore.strategies.arrays import to_numpy
from alcore.strategies.remedies import fit_temperature
from alcore.strategies.strategy import Strategy
from alcore.strategies.uncertainty import least_confidence

# Asked for until the pool is empty, the others take minutes; test_race has them all.
QUICK = [
    "random",
    "least_confidence",
    "entropy",
    "egl",
    "badge",
    "k_center",
    "hybrid",
    "ranked_batch",
    "density",
]

DATA = planar("blobs", points=60, classes=3, rng=rng_for(0, "data"))


def session(strategy: str = "least_confidence", pool: np.ndarray | None = None) -> Session:
    return Session(DATA.x_pool, make_learner("logistic", classes=3, seed=0), strategy, seed=0, classes=3, pool=pool)


def test_asks_for_the_most_uncertain_of_what_is_left() -> None:
    s = session()
    first = np.arange(9)
    s.tell(first, DATA.y_pool[first])
    asked = s.ask(5)
    s.learner.fit(DATA.x_pool[first], DATA.y_pool[first], rng=rng_for(0))
    scores = least_confidence(s.learner.predict_probs(DATA.x_pool))
    scores[first] = -1
    np.testing.assert_array_equal(asked, np.argsort(-scores, kind="stable")[:5])
    np.testing.assert_array_equal(s.ask(5), asked)


@settings(max_examples=15, deadline=None)
@given(name=st.sampled_from(QUICK), k=st.integers(1, 25), start=st.integers(1, 20))
def test_every_point_is_asked_for_once(name: str, k: int, start: int) -> None:
    s = session(name)
    first = seed_indices(DATA.y_pool, start, rng=rng_for(1))
    s.tell(first, DATA.y_pool[first])
    while len(s.unlabeled):
        asked = s.ask(k)
        assert len(asked) == min(k, len(s.unlabeled))
        s.tell(asked, DATA.y_pool[asked])
    assert sorted(s.order) == list(range(60))
    with pytest.raises(ValueError, match="pool is empty"):
        s.ask(1)


def test_only_the_pool_is_asked_about() -> None:
    s = session(pool=np.arange(30, 60))
    s.tell([30, 31, 32], DATA.y_pool[30:33])
    assert s.ask(99).min() >= 33
    with pytest.raises(ValueError, match="point 3 is not in the pool"):
        s.tell([3], [0])


@pytest.mark.parametrize(
    ("indices", "labels", "said"),
    [
        ([1, 2], [0], "one label an index"),
        ([99], [0], "0 to 59"),
        ([-1], [0], "0 to 59"),
        ([4, 4], [0, 0], "twice"),
        ([0], [1], "point 0 is already labelled"),
        ([5], [-1], "class numbers from 0"),
    ],
)
def test_mistakes_are_named_and_change_nothing(indices, labels, said) -> None:
    s = session()
    s.tell([0], [1])
    with pytest.raises(ValueError, match=said):
        s.tell(indices, labels)
    assert s.order == [0]


def test_asking_before_telling_and_unknown_strategies_are_sentences() -> None:
    with pytest.raises(ValueError, match="nothing is labelled yet"):
        session().ask(1)
    with pytest.raises(ValueError, match="unknown strategy 'magic': choose one of random"):
        session("magic")


@pytest.mark.parametrize("name", ["random", "k_center", "typiclust", "probcover"])
def test_strategies_without_a_model_answer_with_nothing_labelled(name: str) -> None:
    first = session(name).ask(6)
    assert len(set(first.tolist())) == 6
    s = session(name)
    np.testing.assert_array_equal(s.ask(6), first)
    s.tell(first, DATA.y_pool[first])
    assert not set(s.ask(6)) & set(first)
    s.undo()
    np.testing.assert_array_equal(s.ask(6), first)


def test_the_first_random_batch_says_nothing_of_the_second() -> None:
    # With one stream for both, the scores of the rows behind the first batch would be those of the batch.
    beside = []
    for seed in range(200):
        s = Session(DATA.x_pool, make_learner("logistic", classes=3, seed=0), "random", seed=seed, classes=3)
        first = s.ask(1)
        s.tell(first, DATA.y_pool[first])
        beside.append(s.ask(1)[0] == first[0] + 1)
    assert np.mean(beside) < 0.1  # 1 in 59 by chance


def test_seed_sets() -> None:
    y = np.array([0] * 90 + [1] * 8 + [2] * 2)
    balanced = seed_indices(y, 12, seed_set="balanced", rng=rng_for(0))
    assert np.bincount(y[balanced]).tolist() == [5, 5, 2]
    assert len(np.unique(seed_indices(y, 100, rng=rng_for(0)))) == 100
    given_start = np.array([5, 3])
    assert seed_indices(y, 2, seed_set="published", published=given_start, rng=rng_for(0)) is given_start
    for wrong, said in [
        ({"m": 0}, "1 to 100 labels"),
        ({"m": 101}, "1 to 100 labels"),
        ({"m": 3, "seed_set": "published"}, "has none"),
        ({"m": 3, "seed_set": "published", "published": given_start}, "one of 2 labels"),
        ({"m": 3, "seed_set": "odd"}, "'odd'"),
    ]:
        with pytest.raises(ValueError, match=said):
            seed_indices(y, **wrong, rng=rng_for(0))  # type: ignore[arg-type]


def test_a_function_of_probabilities_is_a_strategy() -> None:
    def my_score(probs_N_C: np.ndarray) -> np.ndarray:
        return -probs_N_C[:, 0]

    runs = []
    for strategy in (my_score, lambda probs_N_C: 1 - probs_N_C[:, 0]):
        s = Session(DATA.x_pool, make_learner("logistic", classes=3, seed=0), strategy, seed=0, classes=3)
        s.tell(np.arange(9), DATA.y_pool[:9])
        runs.append(s.ask(5).tolist())
        assert isinstance(s.strategy, Strategy)
    assert runs[0] == runs[1]


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (lambda probs: probs, "one finite score a point"),
        (lambda probs: probs[:, 0] * np.nan, "one finite score a point"),
        (lambda: 1, "stopped with TypeError"),
    ],
)
def test_a_function_that_is_no_score_is_refused_before_the_run(score, said) -> None:
    learner = make_learner("logistic", classes=3, seed=0)
    with pytest.raises(ValueError, match=said):
        Session(DATA.x_pool, learner, score, seed=0, classes=3)


def test_a_learner_that_cannot_serve_a_strategy_is_refused_before_the_run() -> None:
    forest = ClassifierLearner(RandomForestClassifier(), 3)
    with pytest.raises(ValueError, match="Expected gradient length needs .* RandomForestClassifier does not"):
        Session(DATA.x_pool, forest, "egl", seed=0, classes=3)


@pytest.mark.parametrize("samples", [1, 0, -3, True, 2.5, "7"])
def test_a_committee_has_two_members_or_more(samples) -> None:
    for strategy in ("bald", "random"):
        with pytest.raises(ValueError, match="samples must be 2 or more"):
            Session(DATA.x_pool, learner_of("logistic"), strategy, seed=0, classes=3, samples=samples)
    run = {"seed": 0, "seed_labels": 6, "labels_per_round": 2, "rounds": 1, "samples": samples}
    with pytest.raises(ValueError, match="samples must be 2 or more"):
        next(simulate(DATA, learner_of("logistic"), "bald", **run))


@pytest.mark.parametrize("name", ["logistic", "mlp", "dropout_cnn", "graph"])
def test_a_learner_refuses_a_committee_of_one(name: str) -> None:
    x = np.random.default_rng(0).integers(256, size=(20, 1, 16, 16), dtype=np.uint8)
    learner = learner_of(name)
    placed, y = learner.prepare(x), np.arange(20) % 3
    learner.fit(placed, y, rng=rng_for(1))
    for samples in (0, 1):
        with pytest.raises(ValueError, match="samples must be 2 or more"):
            learner.sample_probs(placed, samples, rng=rng_for(2))
    assert learner.sample_probs(placed, 2, rng=rng_for(2)).shape == (20, 2, 3)


def learner_of(name: str) -> Learner:
    return make_learner(name, classes=3, seed=0, device="cpu")


def test_candidates_narrow_the_choice_and_are_drawn_afresh() -> None:
    seen = set()
    for seed in range(4):
        s = Session(
            DATA.x_pool,
            make_learner("logistic", classes=3, seed=0),
            "margin",
            seed=seed,
            classes=3,
            candidates=7,
        )
        s.tell(np.arange(9), DATA.y_pool[:9])
        s.fit()
        view = s.view()
        assert len(view.indices_N) == 7 and view.probs_N_C.shape == (7, 3)
        seen.add(tuple(view.indices_N))
        assert set(s.ask(3)) <= set(view.indices_N)
    assert len(seen) == 4
    # Expected error reduction tries the candidates and measures over the whole pool.
    s = Session(DATA.x_pool, make_learner("logistic", classes=3, seed=0), "eer", seed=0, classes=3, candidates=7)
    s.tell(np.arange(9), DATA.y_pool[:9])
    assert len(s.view().indices_N) == 51
    assert len(s.ask(3)) == 3


def test_held_out_labels_count_calibrate_and_are_never_trained_on(monkeypatch: pytest.MonkeyPatch) -> None:
    trained: list[int] = []
    s = session()
    fit = s.learner.fit

    def counted(x: np.ndarray, y: np.ndarray, *, rng: np.random.Generator) -> float:
        trained.append(len(y))
        return fit(x, y, rng=rng)

    monkeypatch.setattr(s.learner, "fit", counted)
    s.tell(np.arange(9), DATA.y_pool[:9])
    s.hold_out(np.arange(20, 32), DATA.y_pool[20:32])
    s.fit()
    assert isinstance(s.learner, Calibrated)
    plain = make_learner("logistic", classes=3, seed=0)
    plain.fit(DATA.x_pool[:9], DATA.y_pool[:9], rng=rng_for(0))
    logits = np.log(plain.predict_probs(DATA.x_pool))
    temperature = fit_temperature(logits[20:32], DATA.y_pool[20:32])
    assert temperature != 1
    expected = softmax(logits / temperature, axis=1)
    np.testing.assert_allclose(s.learner.predict_probs(DATA.x_pool), expected, rtol=1e-12)
    assert s.learner.title == "LogisticRegression"
    asked = s.ask(29)
    assert trained == [9] and not set(asked) & set(range(20, 32))
    s.tell(asked, DATA.y_pool[asked])
    assert s.fit() and trained == [9, 38]
    assert s.learner.temperature == pytest.approx(
        fit_temperature(np.log(s.learner.learner.predict_probs(DATA.x_pool[20:32])), DATA.y_pool[20:32])
    )
    with pytest.raises(ValueError, match="already labelled"):
        s.hold_out([0], [0])


@pytest.mark.parametrize("name", ["logistic", "mlp", "cnn"])
def test_a_committee_is_calibrated_too_and_impossible_classes_stay_so(name: str) -> None:
    shape = (40, 1, 8, 8)
    x = rng_for(0, "x").integers(0, 255, shape, dtype=np.uint8)
    y = np.arange(40) % 2  # of three classes
    s = Session(x, make_learner(name, classes=3, seed=0), "bald", seed=0, classes=3, samples=3)
    s.tell(np.arange(20), y[:20])
    s.hold_out(np.arange(20, 30), y[20:30])
    probs_N_K_C = to_numpy(s.view().probs_N_K_C if s.fit() else None)
    np.testing.assert_allclose(probs_N_K_C.sum(axis=2), 1, rtol=1e-5)
    assert probs_N_K_C.shape == (10, 3, 3)
    if name == "logistic":
        assert probs_N_K_C[:, :, 2].max() < 1e-3
    assert len(s.ask(4)) == 4


def test_a_diverse_start_takes_one_point_of_each_cluster() -> None:
    rng = np.random.default_rng(0)
    centres = rng.normal(scale=100, size=(7, 3))
    x = np.repeat(centres, 30, axis=0) + rng.normal(size=(210, 3))
    clusters = np.repeat(np.arange(7), 30)
    chosen = seed_indices(clusters, 7, seed_set="diverse", x_pool=x, rng=rng_for(0))
    assert sorted(clusters[chosen]) == list(range(7))
    # Images are seen through their principal components: here everything lies in three of them.
    images = np.rint(127 + (x - x.mean(axis=0)) @ rng.normal(size=(3, 64)) / 20).clip(0, 255)
    images = images.astype(np.uint8).reshape(-1, 1, 8, 8)
    chosen = seed_indices(clusters, 7, seed_set="diverse", x_pool=images, rng=rng_for(0))
    assert sorted(clusters[chosen]) == list(range(7))
    with pytest.raises(ValueError, match="give x_pool"):
        seed_indices(clusters, 7, seed_set="diverse", rng=rng_for(0))
