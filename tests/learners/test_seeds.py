"""What is random inside a scikit-learn classifier is decided by the seed; gaps in the classes are closed."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import ShuffleSplit, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from alcore.datasets.planar.generate import planar
from alcore.learners.sklearn_learner import ClassifierLearner
from alcore.loops.session import Session
from alcore.rng import rng_for

DATA = planar("blobs", points=80, classes=3, overlap=0.8, rng=rng_for(0, "data"))
NESTED: dict[str, Any] = {
    "pipeline": make_pipeline(StandardScaler(), RandomForestClassifier(5)),
    "calibrated": CalibratedClassifierCV(RandomForestClassifier(5), cv=2, ensemble=False),
    "calibrated on a shuffled split": CalibratedClassifierCV(LogisticRegression(), cv=StratifiedKFold(2, shuffle=True)),
    "calibrated on random splits": CalibratedClassifierCV(LogisticRegression(), cv=ShuffleSplit(2)),
    "bagged": BaggingClassifier(SGDClassifier(loss="log_loss"), n_estimators=3),
    "forest": RandomForestClassifier(5),
}


def asked(estimator: Any, seed: int, strategy: str = "margin") -> list[int]:
    s = Session(DATA.x_pool, ClassifierLearner(estimator, 3), strategy, seed=seed, classes=3)
    first = np.concatenate([np.flatnonzero(DATA.y_pool == label)[:5] for label in range(3)])
    s.tell(first, DATA.y_pool[first])
    for _ in range(2):
        rows = s.ask(5)
        s.tell(rows, DATA.y_pool[rows])
    return s.order


# A committee's members see one example of a rare class, and calibration wants one a fold.
ASKED = [(name, "margin") for name in NESTED] + [(name, "bald") for name in ("pipeline", "bagged", "forest")]


@pytest.mark.parametrize(("name", "strategy"), ASKED)
def test_the_same_seed_asks_the_same_questions(name: str, strategy: str) -> None:
    estimator = NESTED[name]
    before = str(estimator.get_params())
    orders = [asked(estimator, seed, strategy) for seed in (0, 0, 1, 2)]
    assert orders[0] == orders[1]
    assert orders[0] != orders[2] or orders[0] != orders[3]
    assert str(estimator.get_params()) == before  # the caller's own is left as it is
    assert ClassifierLearner(estimator, 3).fixed_seeds == ()


def test_a_seed_that_was_set_is_kept_and_named() -> None:
    estimator = make_pipeline(StandardScaler(), BaggingClassifier(DecisionTreeClassifier(random_state=7)))
    learner = ClassifierLearner(estimator, 3)
    assert learner.fixed_seeds == ("baggingclassifier__estimator__random_state",)
    assert learner.record["seeds left as set"] == "baggingclassifier__estimator__random_state"
    assert "seeds left as set" not in ClassifierLearner(RandomForestClassifier(), 3).record
    learner.fit(DATA.x_pool, DATA.y_pool, rng=rng_for(0))
    bagging = learner.fitted[-1]
    assert bagging.estimator.random_state == 7 and isinstance(bagging.random_state, int)
    own = RandomForestClassifier(5, random_state=3)
    probs = []
    for seed in (0, 1):
        learner = ClassifierLearner(own, 3)
        learner.fit(DATA.x_pool, DATA.y_pool, rng=rng_for(seed))
        probs.append(learner.predict_probs(DATA.x_pool))
    np.testing.assert_array_equal(probs[0], probs[1])
    np.testing.assert_array_equal(probs[0], clone(own).fit(DATA.x_pool, DATA.y_pool).predict_proba(DATA.x_pool))


class Strict(ClassifierMixin, BaseEstimator):
    """Insists on classes 0 to k - 1, as gradient boosting of other packages does."""

    def __init__(self, class_weight: dict[int, float] | None = None) -> None:
        self.class_weight = class_weight

    def fit(self, x: np.ndarray, y: np.ndarray) -> "Strict":
        self.classes_ = np.unique(y)
        if self.classes_.tolist() != list(range(len(self.classes_))):
            raise ValueError(f"Invalid classes inferred from unique values of y: {self.classes_}")
        self.model_ = LogisticRegression(class_weight=self.class_weight).fit(x, y)
        return self

    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        return self.model_.predict_proba(x)


@pytest.mark.parametrize("shown", [(0, 2), (1, 2), (2,), (1, 3), (0, 1, 3)])
def test_a_gap_in_the_classes_is_closed_for_the_classifier_alone(shown: tuple[int, ...]) -> None:
    data = planar("blobs", points=80, classes=4, rng=rng_for(2, "data"))
    rows = np.flatnonzero(np.isin(data.y_pool, shown))
    x, y = data.x_pool[rows], data.y_pool[rows]
    strict, plain = ClassifierLearner(Strict(), 4), ClassifierLearner(LogisticRegression(), 4)
    losses = [learner.fit(x, y, rng=rng_for(0)) for learner in (strict, plain)]
    assert losses[0] == pytest.approx(losses[1])
    probs_N_C = strict.predict_probs(data.x_pool)
    np.testing.assert_allclose(probs_N_C, plain.predict_probs(data.x_pool))
    assert set(np.flatnonzero(probs_N_C.any(axis=0))) == set(shown)
    np.testing.assert_allclose(probs_N_C.sum(axis=1), 1)
    if len(shown) > 1:
        direct = LogisticRegression().fit(x, y).predict_proba(data.x_pool)
        np.testing.assert_allclose(probs_N_C[:, list(shown)], direct)
    assert strict.sample_probs(data.x_pool, 3, rng=rng_for(1)).shape == (80, 3, 4)


def test_class_weights_follow_their_classes_through_the_gap() -> None:
    data = planar("blobs", points=80, classes=3, overlap=0.9, rng=rng_for(2, "data"))
    rows = np.flatnonzero(data.y_pool != 1)
    weights = {0: 1.0, 1: 2.0, 2: 9.0}
    probs = []
    for estimator in (
        Strict(weights),
        make_pipeline(StandardScaler(with_mean=False, with_std=False), Strict(weights)),
    ):
        learner = ClassifierLearner(estimator, 3)
        learner.fit(data.x_pool[rows], data.y_pool[rows], rng=rng_for(0))
        probs.append(learner.predict_probs(data.x_pool))
    direct = LogisticRegression(class_weight={0: 1.0, 2: 9.0}).fit(data.x_pool[rows], data.y_pool[rows])
    for probs_N_C in probs:
        np.testing.assert_allclose(probs_N_C[:, [0, 2]], direct.predict_proba(data.x_pool))
