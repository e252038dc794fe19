"""A user's estimator in a project: what scikit-learn can name is kept with it, any other is trained by Python only."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from alcore.projects.look_again import check_labels
from alcore.projects.model.models import own_estimator
from alcore.projects.model.training_process import note_failure, trouble
from alcore.projects.project import Project
from alcore.projects.setup.names import names_of
from alcore.projects.trainer import train_while_labelled


class Nearest(ClassifierMixin, BaseEstimator):
    """The class of the nearer mean: of no package."""

    def fit(self, X: Any, y: Any) -> "Nearest":
        self.classes_ = np.unique(y)
        self.means_ = np.stack([X[np.asarray(y) == one].mean(axis=0) for one in self.classes_])
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        odds = np.exp(-((X[:, None] - self.means_) ** 2).sum(axis=2))
        return odds / odds.sum(axis=1, keepdims=True)

    def predict(self, X: Any) -> np.ndarray:
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


@pytest.fixture
def project(home: Path) -> Project:
    rng = np.random.default_rng(0)
    path = home / "points.npy"
    np.save(path, np.concatenate([rng.normal(-2, 1, (40, 2)), rng.normal(2, 1, (40, 2))]).astype(np.float32))
    made = Project.create(home, "points", path, classes=("low", "high"))
    made.tell({made.ids[place]: "low" if place < 40 else "high" for place in (0, 1, 2, 3, 41, 42, 43, 44)})
    return made


def test_an_estimator_of_scikit_learn_is_trained_by_any_process(project: Project) -> None:
    project.use(make_pipeline(StandardScaler(), GaussianNB(var_smoothing=1e-3)))
    again = Project(project.folder)
    assert repr(again.estimator()) == repr(project.estimator())
    expected = make_pipeline(StandardScaler(), GaussianNB(var_smoothing=1e-3))
    labels = project.training_labels(project.states())
    expected.fit(project.features[list(labels)], list(labels.values()))
    found = again.train()
    assert found.probs_N_C is not None
    columns = [list(expected.classes_).index(one) for one in found.classes]
    np.testing.assert_allclose(found.probs_N_C, expected.predict_proba(project.features)[:, columns], atol=1e-5)
    before = again.trained_as
    again.use(LogisticRegression(C=7.0))
    assert again.trained_as != before and again.estimator().C == 7.0
    again.change(model="logistic")
    assert not isinstance(again.estimator(), LogisticRegression)  # the project's own, which scales


def test_any_other_is_trained_by_its_process_and_explained_elsewhere(project: Project) -> None:
    project.use(Nearest())
    found = project.train()
    assert found.probs_N_C is not None and check_labels(project, project.ledger()).labels == 8
    other = Project(project.folder)
    with pytest.raises(ValueError, match=r"a Nearest that Python gave, .* only Python can train it .*project.use"):
        other.train()
    assert other.last_model() is not None  # what it said last stays
    note_failure(project.folder, 8, "Only Python")
    project.train()
    assert trouble(project.folder) is None


def test_the_trainer_says_why_it_cannot(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.use(Nearest())
    assert train_while_labelled(project.folder) == 0
    assert "only Python can train it" in (trouble(project.folder) or "")


def test_a_project_is_made_with_an_estimator_and_nothing_but_one(home: Path) -> None:
    np.save(home / "p.npy", np.zeros((12, 2), dtype=np.float32))
    made = Project.create(home, "p", home / "p.npy", classes=("a", "b"), model=LogisticRegression(C=2))
    assert Project(made.folder).estimator().C == 2
    for wrong in (LogisticRegression, object(), StandardScaler()):
        with pytest.raises(ValueError, match="a model is an object with fit and predict_proba"):
            made.use(wrong)
        with pytest.raises(ValueError, match="fit and predict_proba"):
            Project.create(home, "r", home / "p.npy", classes=("a", "b"), model=wrong)
    assert names_of(home) == ["p"]
    with pytest.raises(ValueError, match="Did you mean logistic"):
        Project.create(home, "q", home / "p.npy", classes=("a", "b"), model="logistics")


def test_what_a_backup_holds_makes_objects_of_scikit_learn_only() -> None:
    for kept in ({"class": "os.system"}, {"estimator": "os.system", "parameters": {}}, ["os", "system"]):
        with pytest.raises(ValueError):
            own_estimator({"name": "x", "estimator": kept, "why": ""})
