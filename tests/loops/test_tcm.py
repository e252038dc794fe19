"""TCM: TypiClust up to two labels a class, then margin; what it reads is declared for both."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from alcore import ActiveLearner
from alcore.loops.cold_start import reads_no_model
from alcore.strategies import STRATEGIES, PoolView, Strategy
from alcore.strategies.strategy import Early
from alcore.strategies.wrappers import with_density, with_random_picks
from tests.support.pools import random_values, view_of

TCM = STRATEGIES["tcm"]
X, Y = make_blobs(90, centers=3, cluster_std=2.0, random_state=3)
WORDS = np.array(["ape", "bee", "cat"])[Y]


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_switches_at_two_labels_a_class(classes) -> None:
    for labels in range(2 * classes + 3):
        view = view_of(random_values(labels, 40, classes=classes, labels=labels))
        other = STRATEGIES["typiclust" if labels < 2 * classes else "margin"]
        batch, expected = TCM.select(view, 6, rng()), other.select(view, 6, rng())
        assert batch.indices.tolist() == expected.indices.tolist()
        np.testing.assert_array_equal(batch.scores, expected.scores)


def test_reads_what_it_declares() -> None:
    for labels in (0, 5, 6, 20):
        read: set[str] = set()
        values = random_values(0, 30, labels=labels)

        def source(name, values=values, read=read):
            return lambda: (read.add(name), values[name])[1]

        TCM.select(PoolView(np.arange(30), **{name: source(name) for name in values}), 3, rng())
        assert read == {*TCM.needs_with(labels, 3), "labels_M", "classes"}
    assert set(TCM.needs) == {"features_N_D", "labeled_M_D", "labels_M", "classes", "probs_N_C"}
    assert reads_no_model(TCM, 0, 3) and not reads_no_model(TCM, 6, 3)
    assert TCM.needs_with(6, 3) == ("labels_M", "classes", "probs_N_C")
    for wrapped in (with_density(TCM, 1.0), with_random_picks(TCM, 0.3)):
        assert reads_no_model(wrapped, 0, 3) and set(wrapped.needs) == set(TCM.needs)


def test_starts_by_itself_with_nothing_labelled() -> None:
    learner = ActiveLearner(LogisticRegression(), X, strategy="tcm", seed=4)
    typical = ActiveLearner(LogisticRegression(), X, strategy="typiclust", seed=4)
    rows = learner.ask(4)
    assert learner.note == "" and rows.tolist() == typical.ask(4).tolist()
    learner.tell(rows, WORDS[rows])
    while learner.n_labels < 2 * len(learner.classes_):
        rows = learner.ask(2)
        learner.tell(rows, WORDS[rows])
    margin = ActiveLearner(LogisticRegression(), X, strategy="margin", seed=4)
    margin.tell(learner.labels.rows, WORDS[learner.labels.rows])
    left = np.setdiff1d(np.arange(90), learner.labels.rows)
    uncertain = np.sort(margin.predict_proba(X[left]), axis=1)
    picks = learner.ask(5)
    smallest = left[np.argsort(uncertain[:, -1] - uncertain[:, -2])[:5]]
    assert set(picks.tolist()) == set(smallest.tolist()) and learner.note == ""


def test_needs_features_only_at_first() -> None:
    import pandas as pd

    table = pd.DataFrame({"a": pd.Categorical(np.where(X[:, 0] > 0, "x", "y")), "b": X[:, 1]})
    learner = ActiveLearner(HistGradientBoostingClassifier(categorical_features="from_dtype"), table, strategy="tcm")
    with pytest.raises(ValueError, match="features="):
        learner.ask(3)
    learner.tell(np.arange(12), WORDS[:12])
    assert len(learner.ask(3)) == 3


def test_any_strategy_may_declare_that_it_is_early() -> None:
    def choose(view, k, rng):
        return (STRATEGIES["random"] if len(view.labels_M) < 4 * view.classes else STRATEGIES["bald"]).pick(
            view, k, rng
        )

    strategy = Strategy("s", "S", "", "", "", "", batch=choose, early=Early(4, ()))
    assert strategy.needs_with(11, 3) == () and set(strategy.needs) == {"labels_M", "classes", "probs_N_K_C"}
    learner = ActiveLearner(LogisticRegression(), X, strategy=strategy, samples=2)
    for _ in range(4):
        rows = learner.ask(4)
        assert learner.note == ""
        learner.tell(rows, WORDS[rows])
