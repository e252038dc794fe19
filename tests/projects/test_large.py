"""Large projects are ranked as pools: the same items as by scikit-learn, in flat memory."""

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from alcore.projects.model import large
from alcore.projects.project import Project

N = 900


@pytest.fixture
def project(home: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setattr(large, "LARGE", N)
    monkeypatch.setattr(large, "_BLOCK", 128)
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(centre, 1.5, (N // 3, 5)) for centre in (0, 2, 4)]).astype(np.float32)
    np.save(home / "points.npy", x)
    return Project.create(home, "points", home / "points.npy", classes=("low", "middle", "high"))


def truth_of(project: Project, item: str) -> str:
    return ("low", "middle", "high")[project.items.place_of[item] // (N // 3)]


def label(project: Project, count: int) -> None:
    project.tell({one.item: truth_of(project, one.item) for one in project.next(count)})


def test_the_first_batch_covers_and_the_next_are_by_margin_as_scikit_learn_has_it(project: Project) -> None:
    first = project.train()
    assert first.strategy == "TypiClust" and len(first.places) == 60 and first.probs_N_C is None
    label(project, 60)
    model = project.train()
    labels = project.training_labels(project.states())
    own = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    own.fit(project.features[list(labels)], list(labels.values()))
    probs = own.predict_proba(project.features)
    assert model.probs_N_C is not None
    order = [own.classes_.tolist().index(name) for name in model.classes]
    np.testing.assert_allclose(model.probs_N_C, probs[:, order], atol=1e-5)
    two = np.sort(probs, axis=1)[:, -2:]
    open_N = ~project.items.reserve_N
    open_N[list(labels)] = False
    places = np.flatnonzero(open_N)
    best = places[np.argsort(two[places, 1] - two[places, 0], kind="stable")][:300]
    assert model.strategy == "Margin" and model.note == ""
    assert len(set(model.places.tolist()) & set(best.tolist())) >= 298  # but for rounding at the edge
    assert (model.open_count, model.labels) == (len(places), len(labels))


@pytest.mark.parametrize("strategy", ["typiclust", "max_herding", "badge", "k_center", "egl", "random"])
def test_every_kind_of_strategy_ranks_open_items(project: Project, strategy: str) -> None:
    project.change(strategy=strategy)
    project.train()
    label(project, 40)
    model = project.train()
    states, reserve_N = project.states(), project.items.reserve_N
    assert len(model.places) == len(set(model.places.tolist())) == 300
    assert not reserve_N[model.places].any()
    assert not {project.ids[place] for place in model.places} & set(states)


def test_one_class_alone_and_nothing_left_are_no_mistakes(project: Project) -> None:
    training = [project.ids[place] for place in np.flatnonzero(~project.items.reserve_N).tolist()]
    project.tell(dict.fromkeys(training[:5], "low"))
    assert project.train().strategy == "TypiClust"
    project.tell({item: truth_of(project, item) for item in training[5:]})
    model = project.train()
    assert len(model.places) == 0 and model.probs_N_C is not None


def test_small_and_sparse_projects_are_not_large() -> None:
    assert large.is_large(np.zeros((large.LARGE, 1), dtype=np.float32))
    assert not large.is_large(np.zeros((large.LARGE - 1, 1), dtype=np.float32))
    assert not large.is_large(sp.csr_matrix((large.LARGE, 3)))
