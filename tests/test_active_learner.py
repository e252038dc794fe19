"""The public class: what it asks is what a session asks, whatever labels are called, and all is undone."""

import logging

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, make_blobs
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from alcore.active_learner import ActiveLearner
from alcore.learners.members import Committee
from alcore.learners.seeds import seed_nested
from alcore.learners.sklearn_learner import ClassifierLearner
from alcore.loops.session import Session
from alcore.report.curves import area_under
from alcore.rng import rng_for
from alcore.strategies.bayesian import bald
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.coverage import typiclust
from alcore.strategies.remedies import diverse_seed
from alcore.strategies.uncertainty import margin

X, NUMBERS = make_blobs(80, centers=3, n_features=4, cluster_std=3.0, random_state=1)
NAMES = np.array(["ape", "bee", "cat"])
WORDS = NAMES[NUMBERS]
FIRST = np.arange(12)


def rows_of(name, count=4):
    return np.array([row for row, word in enumerate(WORDS) if word == name][:count])


def told(strategy="margin", estimator=None, **options):
    learner = ActiveLearner(estimator or LogisticRegression(), X, strategy=strategy, **options)
    learner.tell(FIRST, WORDS[FIRST])
    return learner


def test_the_published_program(tmp_path) -> None:
    data, target = load_breast_cancer(return_X_y=True)
    y = np.where(target == 1, "benign", "malignant")
    X_pool, X_test, y_pool, y_test = train_test_split(data, y, test_size=0.3, random_state=0)
    forest = RandomForestClassifier(n_estimators=20)
    learner = ActiveLearner(forest, X_pool, strategy="margin", seed=0, test=(X_test, y_test))
    while learner.n_labels < 60:
        rows = learner.ask(5)
        learner.tell(rows, y_pool[rows])
    frame = learner.curve().frame
    assert frame["labels"].tolist() == list(range(5, 61, 5))
    assert frame["accuracy"].iloc[-1] > 0.9
    assert set(frame["strategy"]) == {"margin"}
    learner.save(tmp_path / "learner.alcore")
    loaded = ActiveLearner.load(tmp_path / "learner.alcore", X_pool)
    pd.testing.assert_frame_equal(loaded.curve().frame, frame)
    saved = pd.read_csv(loaded.curve().save(tmp_path / "curve.csv"))
    np.testing.assert_allclose(saved["accuracy"], frame["accuracy"])
    assert loaded.curve().save(tmp_path / "curve.pdf").read_bytes().startswith(b"%PDF")
    np.testing.assert_array_equal(loaded.ask(7), learner.ask(7))


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_asks_what_a_session_of_class_numbers_asks(strategy) -> None:
    learner = told(strategy, seed=3, candidates=30)
    plain = ClassifierLearner(LogisticRegression(), 3)
    session = Session(X, plain, strategy, seed=3, classes=3, candidates=30)
    session.tell(FIRST, NUMBERS[FIRST])
    for _ in range(3):
        rows = learner.ask(4)
        np.testing.assert_array_equal(rows, session.ask(4))
        learner.tell(rows, WORDS[rows])
        session.tell(rows, NUMBERS[rows])


def test_the_curve_is_what_scikit_learn_measures() -> None:
    learner = ActiveLearner(RandomForestClassifier(n_estimators=10), X[:50], seed=4, test=(X[50:], WORDS[50:]))
    rows = np.arange(6)
    learner.tell(rows[:4], WORDS[:4])
    learner.tell(rows[4:], WORDS[4:6])  # a round in which nothing was queried
    batch = learner.ask(3)
    learner.tell(batch, WORDS[batch])
    rows, expected = np.concatenate([rows, batch]), []
    for number, labels in enumerate((4, 6, 9)):
        model = clone(RandomForestClassifier(n_estimators=10))
        seed_nested(model, rng_for(4, "train", number))
        model.fit(X[rows[:labels]], WORDS[rows[:labels]])
        expected.append(accuracy_score(WORDS[50:], model.predict(X[50:])))
    curve = learner.curve()
    assert curve.frame["labels"].tolist() == [4, 6, 9]
    assert curve.frame["round"].tolist() == [0, 1, 2]
    np.testing.assert_allclose(curve.frame["accuracy"], expected)
    assert curve.area == area_under(curve.frame)
    np.testing.assert_array_equal(learner.predict(X[50:]), learner.model.predict(X[50:]))


def test_test_labels_that_were_never_told_are_wrong() -> None:
    learner = ActiveLearner(GaussianNB(), X, test=(X, WORDS))
    two = np.flatnonzero(WORDS != "cat")[:10]
    learner.tell(two, WORDS[two])
    share = accuracy_score(WORDS, GaussianNB().fit(X[two], WORDS[two]).predict(X))
    assert learner.curve().frame["accuracy"].tolist() == [share]
    assert share <= np.mean(WORDS != "cat")


def test_classes_grow_in_the_order_told() -> None:
    learner = ActiveLearner(LogisticRegression(), X, seed=1)
    for name in ("cat", "ape", "bee"):
        rows = rows_of(name)
        learner.tell(rows, WORDS[rows])
        learner.ask(2)
    assert learner.classes_.tolist() == ["cat", "ape", "bee"]
    rows = learner.labels.rows
    model = LogisticRegression().fit(X[rows], WORDS[rows])
    expected = model.predict_proba(X)[:, [model.classes_.tolist().index(name) for name in ("cat", "ape", "bee")]]
    np.testing.assert_allclose(learner.predict_proba(), expected, atol=1e-6)
    at_once = ActiveLearner(LogisticRegression(), X, seed=1, classes=["cat", "ape", "bee"])
    for name in ("cat", "ape", "bee"):
        rows = rows_of(name)
        at_once.tell(rows, WORDS[rows])
    np.testing.assert_array_equal(learner.ask(9), at_once.ask(9))


@pytest.mark.parametrize("strategy", ["margin", "random", "k_center", "probcover", "bald", "typiclust"])
def test_back_to_nothing_is_a_fresh_learner(strategy) -> None:
    fresh, learner = (ActiveLearner(LogisticRegression(), X, strategy=strategy, seed=2) for _ in range(2))
    first = fresh.ask(6)
    learner.skip(learner.ask(3))
    learner.tell(FIRST, WORDS[FIRST])
    learner.ask(2)
    learner.relabel(FIRST[:2], ["cat", "dog"])
    learner.exclude([40])
    for kind in ("exclude", "relabel", "tell", "skip"):
        assert learner.undo().kind == kind
    assert learner.n_labels == 0
    assert learner.classes_.tolist() == []
    np.testing.assert_array_equal(learner.ask(6), first)
    with pytest.raises(ValueError, match="nothing to undo"):
        learner.undo()


def test_relabelling_is_telling_in_the_first_place() -> None:
    wrong, right = (ActiveLearner(LogisticRegression(), X, seed=2, test=(X, WORDS)) for _ in range(2))
    misspelt = WORDS[FIRST].astype(object)
    misspelt[:3] = "appe"
    wrong.tell(FIRST, misspelt)
    wrong.ask(3)
    assert "appe" in wrong.classes_
    wrong.relabel(FIRST[:3], WORDS[:3])
    right.tell(FIRST, WORDS[FIRST])
    assert wrong.classes_.tolist() == right.classes_.tolist()
    np.testing.assert_array_equal(wrong.ask(5), right.ask(5))
    assert wrong.curve().frame["accuracy"].tolist() == right.curve().frame["accuracy"].tolist()
    wrong.undo()
    assert wrong.labels.values.tolist() == misspelt.tolist()


def test_with_nothing_labelled_a_diverse_seed_set_is_queried_and_said(caplog) -> None:
    learner = ActiveLearner(LogisticRegression(), X, strategy="entropy", seed=5)
    with caplog.at_level(logging.INFO, logger="alcore"):
        rows = learner.ask(5)
    assert "diverse seed set" in learner.note
    assert [record.name for record in caplog.records] == ["alcore"]
    order = rng_for(5, "ties").permutation(len(X))  # equal points are taken in this order
    expected = order[diverse_seed(X[order], 5, rng=rng_for(5, "cold start"))]
    np.testing.assert_array_equal(rows, expected)
    assert learner.batch is not None and learner.batch.strategy == "diverse_seed"


def test_with_one_class_typical_points_are_queried_and_said() -> None:
    learner = ActiveLearner(LogisticRegression(), X, strategy="entropy", seed=5)
    rows = np.flatnonzero(WORDS == "bee")[:4]
    learner.tell(rows, WORDS[rows])
    batch = learner.ask(3)
    assert "one class" in learner.note
    order = rng_for(5, "ties").permutation(len(X))
    left = order[~np.isin(order, rows)]
    expected = left[typiclust(X[left], X[rows], 3, rng=rng_for(5, "acquisition", 0)).indices]
    np.testing.assert_array_equal(batch, expected)
    assert learner.predict(X[:3]).tolist() == ["bee"] * 3
    np.testing.assert_array_equal(learner.predict_proba(X[:3]), np.ones((3, 1)))
    other = np.flatnonzero(WORDS == "cat")[:2]
    learner.tell(other, WORDS[other])
    learner.ask(3)
    assert learner.note == ""


@pytest.mark.parametrize("strategy", ["random", "k_center", "typiclust", "probcover"])
def test_strategies_without_a_model_answer_at_once(strategy) -> None:
    learner = ActiveLearner(LogisticRegression(), X, strategy=strategy)
    rows = learner.ask(5)
    assert len(set(rows.tolist())) == 5
    assert learner.note == ""
    assert learner.batch is not None and learner.batch.strategy == strategy


def test_a_committee_compares_its_members() -> None:
    members = [GaussianNB(), LogisticRegression(), KNeighborsClassifier(3)]
    learner = told("bald", Committee(members), seed=6)
    rows = learner.ask(5)
    probs = np.stack([clone(one).fit(X[FIRST], WORDS[FIRST]).predict_proba(X) for one in members], axis=1)
    np.testing.assert_allclose(learner.predict_proba()[:, np.argsort(learner.classes_)], probs.mean(axis=1), atol=1e-9)
    scores = bald(probs)
    scores[FIRST] = -1
    assert learner.batch is not None
    np.testing.assert_allclose(learner.batch.scores, np.sort(scores)[::-1][:5], atol=1e-9)
    assert set(rows) == set(np.argsort(-scores)[:5])
    assert [type(one) for one in learner.model] == [type(one) for one in members]
    with pytest.raises(ValueError, match="two members"):
        Committee([GaussianNB()])


@pytest.mark.parametrize("wrap", [FrozenEstimator, None])
def test_a_fitted_model_that_only_asks(wrap) -> None:
    model = GaussianNB().fit(X[:20], WORDS[:20])
    given = wrap(model) if wrap else model
    learner = ActiveLearner(given, X, test=(X, WORDS), prefit=False if wrap else "ask")
    assert learner.classes_.tolist() == model.classes_.tolist()
    scores = margin(model.predict_proba(X))
    assert set(learner.ask(6)) == set(np.argsort(-scores)[:6])
    assert learner.note == ""
    for _ in range(3):
        rows = learner.ask(10)
        learner.tell(rows, WORDS[rows])
    np.testing.assert_array_equal(learner.predict(), model.predict(X))
    assert set(learner.curve().frame["accuracy"]) == {accuracy_score(WORDS, model.predict(X))}
    with pytest.raises(ValueError, match="compares several models"):
        ActiveLearner(model, X, strategy="bald", prefit="ask")


def test_a_fitted_model_is_used_until_a_refitted_one_is_better() -> None:
    bad = LogisticRegression().fit(X, np.roll(WORDS, 7))
    good = LogisticRegression().fit(X, WORDS)
    for model, stays in ((bad, False), (good, True)):
        learner = ActiveLearner(model, X, prefit=True, seed=1)
        rows = np.arange(9)
        learner.tell(rows, WORDS[rows])
        np.testing.assert_array_equal(learner.predict(), model.predict(X))  # too few labels to compare
        learner.tell(np.arange(9, 40), WORDS[9:40])
        assert (learner.model is model) == stays
    refitted = LogisticRegression().fit(X[:40], WORDS[:40])
    learner = ActiveLearner(bad, X, prefit=True, seed=1)
    learner.tell(np.arange(40), WORDS[:40])
    np.testing.assert_allclose(learner.predict_proba(), refitted.predict_proba(X), atol=1e-6)
    np.testing.assert_array_equal(bad.classes_, np.unique(WORDS))


def test_asking_is_repeatable_and_batches_show_themselves() -> None:
    learner = told("margin")
    rows = learner.ask(4)
    np.testing.assert_array_equal(learner.ask(4), rows)
    np.testing.assert_array_equal(learner.ask(9)[:4], rows)
    assert learner.batch is not None
    assert str(rows[0]) in repr(learner.batch)
    assert f"<td>{rows[0]}</td>" in learner.batch._repr_html_()


def test_what_is_shown_is_escaped() -> None:
    learner = ActiveLearner(DecisionTreeClassifier(), X, test=(X, np.where(NUMBERS == 0, "<b>", "&")))
    learner.tell([0, 1, 2], ["<b>", "&", "<b>"])
    learner.ask(1)
    assert "<b>" not in learner._repr_html_()
    assert "&lt;b&gt;" in learner._repr_html_()
    assert "3 of 80" in repr(learner)
    assert "accuracy" in repr(learner.curve())
    assert "<table" in learner.curve()._repr_html_()


def test_without_a_test_set_the_curve_counts_labels_and_says_so(tmp_path) -> None:
    learner = told()
    curve = learner.curve()
    assert curve.frame["labels"].tolist() == [12]
    assert curve.frame["accuracy"].isna().all()
    assert "no test set" in repr(curve)
    assert len(pd.read_csv(curve.save(tmp_path / "c.csv"))) == 1
    with pytest.raises(ValueError, match="no test set"):
        curve.save(tmp_path / "c.json")
    with pytest.raises(ValueError, match=r"\.csv"):
        curve.save(tmp_path / "c.docx")


@pytest.mark.parametrize("ending", ["csv", "json", "html", "svg", "pdf", "png"])
def test_every_format_of_a_curve(ending, tmp_path) -> None:
    learner = told(test=(X, WORDS))
    learner.tell([20], [WORDS[20]])
    assert learner.curve().save(tmp_path / f"curve.{ending}").stat().st_size > 50


def test_a_pretrained_module_starts_every_round_from_its_weights_and_its_outputs_keep_their_classes() -> None:
    torch = pytest.importorskip("torch")
    from alcore import TorchLearner

    torch.manual_seed(5)
    module = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.ReLU(), torch.nn.Linear(16, 5))
    before = {name: weights.clone() for name, weights in module.state_dict().items()}
    given = TorchLearner(module, learning_rate=1e-30, epochs=1, device="cpu")  # training changes nothing
    logits = module(torch.tensor(X, dtype=torch.float32)).detach()
    learner = ActiveLearner(given, X.astype(np.float32), seed=1)
    for name in ("cat", "ape", "bee"):  # neither in the order of the alphabet nor all at once
        rows = rows_of(name)
        learner.tell(rows, WORDS[rows])
        learner.ask(2)
        number = len(learner.classes_)
        expected = logits[:, : max(2, number)].softmax(dim=1).numpy()[:, :number]
        np.testing.assert_allclose(learner.predict_proba(), expected / expected.sum(axis=1, keepdims=True), atol=1e-5)
        best = learner.classes_[expected.argmax(axis=1)]
        np.testing.assert_array_equal(learner.predict(), best)
    assert learner.classes_.tolist() == ["cat", "ape", "bee"]
    assert type(learner.model) is type(module) and learner.model is not module
    torch.testing.assert_close(
        learner.model(torch.tensor(X[:9], dtype=torch.float32)), logits[:9], atol=1e-5, rtol=1e-4
    )
    assert all(torch.equal(weights, before[name]) for name, weights in module.state_dict().items())
    # Declared, the classes are the outputs in that order; and there are no more of them than outputs.
    declared = ActiveLearner(given, X.astype(np.float32), classes=["bee", "cat", "ape", "dog", "eel"])
    declared.tell(FIRST, WORDS[FIRST])
    np.testing.assert_allclose(declared.predict_proba(), logits.softmax(dim=1).numpy(), atol=1e-5)
    with pytest.raises(ValueError, match="has 5 outputs and there are 6 classes"):
        ActiveLearner(given, X.astype(np.float32), classes=list("abcdef"))


@pytest.mark.parametrize("warm_start", [True, False])
def test_a_class_that_appears_is_learned_by_a_given_module_as_if_it_had_been_known(warm_start) -> None:
    torch = pytest.importorskip("torch")
    from alcore import TorchLearner

    torch.manual_seed(5)
    module = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.ReLU(), torch.nn.Linear(16, 3))
    given = TorchLearner(module, learning_rate=0.01, epochs=20, warm_start=warm_start, device="cpu")
    scaled = (X / X.std(axis=0)).astype(np.float32)
    late, known = (ActiveLearner(given, scaled, seed=1, classes=names) for names in (None, ["cat", "ape", "bee"]))
    for name in ("cat", "ape", "bee"):
        for learner in (late, known):
            learner.tell(rows_of(name, 6), [name] * 6)
    np.testing.assert_allclose(late.predict_proba(), known.predict_proba(), atol=1e-5)
    np.testing.assert_array_equal(late.ask(5), known.ask(5))
    assert accuracy_score(WORDS, late.predict()) > 0.6


def test_network_by_name_starts_and_goes_on_as_its_history_says() -> None:
    pytest.importorskip("torch")
    first, second = (ActiveLearner("mlp", X.astype(np.float32), strategy="badge", seed=1) for _ in range(2))
    rows = first.ask(6)
    np.testing.assert_array_equal(second.ask(6), rows)
    first.tell(rows, WORDS[rows])
    taken = first.ask(3)
    first.tell(taken, WORDS[taken])
    after = first.ask(3)
    first.undo()
    np.testing.assert_array_equal(first.ask(3), taken)
    first.tell(taken, WORDS[taken])
    np.testing.assert_array_equal(first.ask(3), after)
    assert first.predict_proba().shape == (80, len(first.classes_))
