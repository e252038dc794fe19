"""A simulated learning curve: any classifier, any data, the rounds of the pool loop."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy.sparse import csr_matrix
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from alcore import simulate
from alcore.datasets.planar.generate import planar
from alcore.learners.members import learner_for
from alcore.learners.registry import make_learner
from alcore.learners.sklearn_learner import ClassifierLearner
from alcore.loops.pool.simulate import simulate as pool_loop
from alcore.rng import rng_for

X, Y = load_iris(return_X_y=True)
WORDS = np.array(["setosa", "versicolor", "virginica"])[Y]


def test_each_round_is_a_fit_of_scikit_learn_and_a_query_of_the_smallest_margins() -> None:
    model = make_pipeline(StandardScaler(), LogisticRegression())
    x_pool, x_test, y_pool, y_test = train_test_split(X, WORDS, test_size=0.3, stratify=WORDS, random_state=4)
    rounds = list(simulate((X, WORDS), model, seed=4, initial_labels=12, labels_per_round=3, rounds=4))
    assert [one.labels for one in rounds] == [12, 15, 18, 21, 24]
    for now, after in zip(rounds, rounds[1:], strict=False):
        model.fit(x_pool[now.labeled], y_pool[now.labeled])
        assert len(model.classes_) == 3
        assert now.accuracy == pytest.approx(model.score(x_test, y_test), abs=1e-12)
        left = np.setdiff1d(np.arange(len(x_pool)), now.labeled)
        top = np.sort(model.predict_proba(x_pool[left]), axis=1)
        nearest = left[np.argsort(top[:, -1] - top[:, -2], kind="stable")[:3]]
        assert set(after.labeled) - set(now.labeled) == set(nearest)


def test_strategies_of_a_seed_start_from_the_same_labels() -> None:
    starts = {
        (strategy, seed): next(simulate((X, Y), GaussianNB(), strategy, seed=seed)).labeled.tolist()
        for strategy in ("random", "margin", "k_center")
        for seed in (0, 1)
    }
    for seed in (0, 1):
        assert starts["random", seed] == starts["margin", seed] == starts["k_center", seed]
    assert starts["random", 0] != starts["random", 1]


def test_a_data_set_is_raced_as_the_pool_loop_races_it() -> None:
    data = planar("blobs", points=80, classes=3, rng=rng_for(1, "data"))
    common: dict[str, Any] = {"seed": 2, "labels_per_round": 4, "rounds": 3, "seed_set": "balanced"}
    face = list(simulate(data, "logistic", "entropy", initial_labels=6, **common))
    below = list(
        pool_loop(data, make_learner("logistic", classes=3, seed=2), "entropy", seed_labels=6, **common),
    )
    assert [one.accuracy for one in face] == [one.accuracy for one in below]
    assert_array_equal(face[-1].labeled, below[-1].labeled)
    assert len(face) == 4


TEXTS = [f"{'cheap win prize' if spam else 'meet me at home'} {row}" for row, spam in enumerate([0, 1] * 30)]


@pytest.mark.parametrize(
    ("x", "y", "model"),
    [
        (pd.DataFrame(X, columns=list("abcd")), pd.Series(WORDS), RandomForestClassifier(5)),
        (csr_matrix(X), WORDS.tolist(), LogisticRegression(max_iter=500)),
        (TEXTS, [False, True] * 30, make_pipeline(TfidfVectorizer(), LogisticRegression())),
        (np.repeat(X, 4, axis=1).reshape(150, 4, 4), Y, GaussianNB()),
    ],
    ids=["table", "sparse", "texts", "grids"],
)
def test_points_of_any_kind_are_learned_from(x: Any, y: Any, model: Any) -> None:
    rounds = list(simulate((x, y), model, labels_per_round=5, rounds=3))
    assert [one.labels for one in rounds] == [10, 15, 20, 25]
    assert rounds[-1].accuracy > 0.8


class Maker:
    """Something that makes learners, as a network does."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, int]] = []

    def make_learner(self, *, classes: int, seed: int, tick: Callable[[], None] = lambda: None) -> ClassifierLearner:
        self.calls.append((classes, seed))
        return ClassifierLearner(GaussianNB(), classes, tick=tick)


def test_an_object_that_makes_learners_is_given_classes_and_seed() -> None:
    maker = Maker()
    made = list(simulate((X, Y), maker, seed=7, rounds=2))
    plain = list(simulate((X, Y), GaussianNB(), seed=7, rounds=2))
    assert maker.calls == [(3, 7)]
    assert [one.accuracy for one in made] == [one.accuracy for one in plain]


def test_a_tick_reaches_whatever_learner_is_made() -> None:
    for estimator in ("logistic", GaussianNB(), Maker()):
        ticks: list[int] = []
        learner = learner_for(estimator, 3, 0, tick=lambda ticks=ticks: ticks.append(1))  # type: ignore[misc]
        learner.fit(learner.prepare(X), Y, rng=rng_for(0, "train"))
        assert ticks


def test_a_learner_is_returned_as_it_is_and_a_classifier_is_not_changed() -> None:
    learner = make_learner("logistic", classes=3, seed=0)
    assert learner_for(learner, 3, 0) is learner
    model = GaussianNB()
    list(simulate((X, Y), model, rounds=1))
    assert not hasattr(model, "classes_")


@pytest.mark.parametrize(
    ("learner", "sentence"),
    [
        ("forest", "unknown learner 'forest': choose one of logistic"),
        (GaussianNB, r"the estimator must be an object, got the class GaussianNB: write GaussianNB\(\)"),
        (SVC(), "SVC has no predict_proba.*CalibratedClassifierCV"),
        (LinearRegression(), "LinearRegression has no predict_proba"),
        (3, "the estimator must be a scikit-learn classifier or pipeline, .* logistic, .*, got 3"),
    ],
)
def test_what_is_no_learner_is_a_sentence(learner: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        next(simulate((X, Y), learner))


@pytest.mark.parametrize("data", [X, (X,), (X, Y, Y), "iris", None])
def test_what_is_no_data_is_a_sentence(data: Any) -> None:
    with pytest.raises(ValueError, match=r"data must be a Dataset or a pair \(X, y\), got"):
        next(simulate(data))
