"""Whatever pools and labels look like: tables, texts, sparse rows, images; words, numbers, booleans."""

import tracemalloc
import unicodedata
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_digits, make_blobs
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from alcore.active_learner import ActiveLearner
from alcore.learners.base import no_tick
from alcore.learners.labels import label_values
from alcore.learners.members import Committee
from alcore.learners.sklearn_learner import ClassifierLearner
from alcore.points import as_points
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.selection import k_center
from tests.support.own_pools import OwnPool, messages, mixed_columns

X, NUMBERS = make_blobs(60, centers=3, n_features=4, cluster_std=3.0, random_state=1)
FIRST = np.arange(10)


class TooWide(TransformerMixin, BaseEstimator):
    """Fails wherever a sparse matrix is written out."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        assert sparse.issparse(X)
        return X


@pytest.mark.parametrize("pool", [mixed_columns(), messages()], ids=["mixed columns", "texts"])
@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_every_strategy_serves_pipelines_from_no_label_on(strategy: str, pool: OwnPool) -> None:
    learner = ActiveLearner(pool.pipeline, pool.X, strategy=strategy, seed=2, candidates=25)
    for _ in range(4):
        rows = learner.ask(4)
        assert len(set(rows.tolist())) == 4
        assert not set(rows) & set(learner.labels.rows)
        learner.tell(rows, pool.y[rows])
    learner.ask(4)
    assert len(learner.classes_) == 2
    assert learner.note == ""


@pytest.mark.parametrize("build", ["ResNet", "FullyConvolutional"])
@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_every_strategy_gives_a_batch_of_images_or_a_sentence(strategy: str, build: str) -> None:
    pytest.importorskip("torch")
    from alcore.learners.torch.module import TorchLearner
    from tests.learners import modules

    images, numbers = modules.images(30)
    words = np.array(["across", "down", "square"])[numbers]
    network = TorchLearner(getattr(modules, build), epochs=1, device="cpu")
    if build == "FullyConvolutional" and strategy in ("badge", "egl"):
        with pytest.raises(ValueError, match=f"{STRATEGIES[strategy].label} needs .*does not end in a dense layer"):
            ActiveLearner(network, images, strategy=strategy)
        return
    learner = ActiveLearner(network, images, strategy=strategy, seed=2, samples=2, candidates=8, test=(images, words))
    for _ in range(2):
        rows = learner.ask(4)
        assert len(set(rows.tolist())) == 4 and not set(rows) & set(learner.labels.rows)
        learner.tell(rows, words[rows])
    assert len(learner.ask(3)) == 3
    assert learner.note == ""
    assert learner.curve().frame["accuracy"].notna().all()
    assert type(learner.model).__name__ == build


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_other_estimators_give_a_batch_or_a_sentence(strategy: str) -> None:
    pool = mixed_columns()
    bare = pool.X.assign(colour=pool.X["colour"].astype("category"))
    boosted = HistGradientBoostingClassifier(categorical_features="from_dtype")
    needs = set(STRATEGIES[strategy].needs_with(12, 3))

    def batch():
        learner = ActiveLearner(boosted, bare, strategy=strategy, samples=2)
        learner.tell(np.arange(12), pool.y[:12])
        return learner.ask(3)

    if needs & {"features_N_D", "gradient_lengths_N"}:
        with pytest.raises(ValueError, match=r"features=|lengths of its gradients"):
            batch()
    else:
        assert len(batch()) == 3


@pytest.mark.parametrize(
    "pool",
    [
        X.astype(np.float16),
        X.astype(np.float32),
        X.astype(np.int32),
        X.tolist(),
        pd.DataFrame(X, columns=list("abcd"), index=np.arange(60)[::-1]),
        sparse.csr_matrix(X),
        sparse.csr_array(X),
        sparse.coo_array(X),
    ],
    ids=["float16", "float32", "int32", "list", "DataFrame", "csr_matrix", "csr_array", "coo_array"],
)
@pytest.mark.parametrize("strategy", ["margin", "badge", "k_center", "egl"])
def test_numbers_in_any_form(pool, strategy) -> None:
    estimator = LogisticRegression(max_iter=500)
    learner = ActiveLearner(estimator, pool, strategy=strategy, seed=1)
    plain = ActiveLearner(estimator, X, strategy=strategy, seed=1)
    rounded = isinstance(pool, np.ndarray)
    for one in (learner, plain):
        one.tell(FIRST, NUMBERS[FIRST])
    batch = learner.ask(5)
    assert len(set(batch.tolist()) - set(FIRST.tolist())) == 5
    if not rounded:
        np.testing.assert_array_equal(batch, plain.ask(5))
    assert learner.predict().shape == (60,)


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 1), (1, 8, 8)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_images(shape, dtype) -> None:
    digits = load_digits()
    images = digits.images[:80].reshape(-1, *shape).astype(dtype)
    learner = ActiveLearner(GaussianNB(var_smoothing=0.1), images, strategy="badge")
    learner.tell(np.arange(30), digits.target[:30])
    assert len(learner.ask(4)) == 4
    flat = images.reshape(80, -1) / (255 if dtype == np.uint8 else 1)
    expected = GaussianNB(var_smoothing=0.1).fit(flat[:30].astype(np.float32), digits.target[:30])
    np.testing.assert_array_equal(learner.predict(images), expected.predict(flat.astype(np.float32)))


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 1), (1, 8, 8)])
def test_images_for_a_network_of_the_library(shape) -> None:
    pytest.importorskip("torch")
    digits = load_digits()
    images = (15 * digits.images[:60]).reshape(-1, *shape).astype(np.uint8)
    batches = []
    for pool in (images, images.reshape(-1, 1, 8, 8)):
        learner = ActiveLearner("cnn", pool, strategy="k_center", seed=1)
        learner.tell(learner.ask(5), digits.target[:5])
        batches.append(learner.ask(3).tolist())
        assert learner.predict(pool[:2]).shape == (2,)
    assert batches[0] == batches[1]


def test_texts_stay_sparse() -> None:
    rng = np.random.default_rng(0)
    words = [f"word{number}" for number in range(12_000)]
    spam = rng.random(5574) < 0.15
    texts = [
        " ".join(
            [*rng.choice(words[:30] if one else words[30:60], 4), *(words[i] for i in rng.integers(60, 12_000, 12))]
        )
        for one in spam
    ]
    y = np.where(spam, "spam", "ham")
    written_out = 5574 * 12_000 * 8
    pipeline = make_pipeline(TfidfVectorizer(), TooWide(), LogisticRegression())
    tracemalloc.start()
    try:
        learner = ActiveLearner(pipeline, texts, strategy="margin", seed=1)
        for _ in range(4):
            rows = learner.ask(10)
            learner.tell(rows, y[rows])
        learner.ask(10)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 200e6 < written_out
    found = learner.labels.rows
    expected = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit([texts[row] for row in found], y[found])
    np.testing.assert_array_equal(learner.predict(), expected.predict(texts))


@pytest.mark.parametrize("form", [list, tuple, np.array, pd.Series, lambda texts: np.array(texts, dtype=object)])
def test_texts_in_any_form(form) -> None:
    pool = messages()
    batches = []
    for texts in (pool.X, form(pool.X)):
        learner = ActiveLearner(pool.pipeline, texts, strategy="badge", seed=1)
        learner.tell(FIRST, pool.y[FIRST])
        batches.append(learner.ask(5).tolist())
    assert batches[0] == batches[1]


def test_distances_are_measured_on_what_the_steps_give() -> None:
    pool = mixed_columns()
    learner = ActiveLearner(pool.pipeline, pool.X, strategy="k_center")
    learner.tell(FIRST, pool.y[FIRST])
    features = pool.pipeline[:-1].fit_transform(pool.X)
    left = np.arange(10, 60)
    expected = left[k_center(features[left], features[FIRST], 5).indices]
    np.testing.assert_array_equal(learner.ask(5), expected)
    raw = StandardScaler(with_mean=False, with_std=False).fit_transform(pool.X[["size", "weight"]])
    assert expected.tolist() != left[k_center(raw[left], raw[FIRST], 5).indices].tolist()


def test_an_encoder_that_knows_too_little_says_so() -> None:
    pool = mixed_columns()
    rows = np.flatnonzero(pool.X["colour"] == "red")[:8]
    model = make_pipeline(ColumnTransformer([("words", OneHotEncoder(), ["colour"])]), LogisticRegression())
    learner = ActiveLearner(model, pool.X)
    learner.tell(rows, pool.y[rows])
    assert len(learner.classes_) == 2
    with pytest.raises(ValueError, match="unknown categories"):
        learner.ask(3)


def test_wide_sparse_features_are_reduced_and_narrow_ones_kept() -> None:
    pool = messages()
    tfidf = TfidfVectorizer().fit_transform(pool.X)
    assert tfidf.shape[1] > 100
    learner = ActiveLearner(pool.pipeline, pool.X, strategy="k_center", seed=1)
    learner.tell(FIRST, pool.y[FIRST])
    features = learner._session.learner.features(learner._session.x)
    assert features.shape == (60, 60)  # no more components than points: nothing is lost
    np.testing.assert_allclose(features @ features.T, (tfidf @ tfidf.T).toarray(), atol=1e-9)
    many = sparse.random_array((300, 150), density=0.1, rng=np.random.default_rng(1), format="csr")
    learner = ActiveLearner(LogisticRegression(), many, strategy="k_center")
    features = learner._session.learner.features(learner._session.x)
    assert features.shape == (300, 100)
    values = np.linalg.svd(many.toarray(), compute_uv=False)
    kept = np.sum(np.square(features)) / np.sum(np.square(values[:100]))
    assert 0.98 < kept <= 1 + 1e-9  # of what the best 100 directions hold
    narrow = ActiveLearner(LogisticRegression(), sparse.csr_array(X), strategy="k_center")
    np.testing.assert_array_equal(narrow._session.learner.features(narrow._session.x), X)


def test_steps_that_need_labels_give_distances_once_they_are_fitted() -> None:
    pipeline = make_pipeline(StandardScaler(), SelectKBest(k=2), LogisticRegression())
    learner = ActiveLearner(pipeline, X, strategy="k_center", seed=3)
    assert len(learner.ask(5)) == 5
    assert "cannot be fitted without labels" in learner.note
    learner.tell(FIRST, NUMBERS[FIRST])
    batch = learner.ask(5)
    assert learner.note == ""
    features = learner.model[:-1].transform(X)
    assert features.shape == (60, 2)
    left = np.arange(10, 60)
    np.testing.assert_array_equal(batch, left[k_center(features[left], features[FIRST], 5).indices])


@pytest.mark.parametrize("given", [X[:, :2], X[:, :2].tolist(), lambda x: x[:, :2]], ids=["array", "list", "function"])
def test_features_of_ones_own(given) -> None:
    learner = ActiveLearner(DecisionTreeClassifier(), X, strategy="k_center", features=given)
    learner.tell(FIRST, NUMBERS[FIRST])
    left = np.arange(10, 60)
    np.testing.assert_array_equal(learner.ask(5), left[k_center(X[left, :2], X[FIRST, :2], 5).indices])
    with pytest.raises(ValueError, match="60 rows, got 9"):
        ActiveLearner(DecisionTreeClassifier(), X, features=X[:9])
    with pytest.raises(ValueError, match="60 rows, got shape"):
        ActiveLearner(DecisionTreeClassifier(), X, strategy="k_center", features=lambda x: x[:9]).ask(1)


def test_gradient_lengths_of_a_pipeline_are_those_of_its_last_step() -> None:
    for pool in (messages(), mixed_columns()):
        learner = ActiveLearner(pool.pipeline, pool.X, strategy="egl")
        learner.tell(FIRST, pool.y[FIRST])
        learner.ask(1)
        model = learner.model
        points = model[:-1].transform(pool.X)
        points = points.toarray() if sparse.issparse(points) else points
        inputs = np.linalg.norm(np.column_stack([points, np.ones(60)]), axis=1)
        probs = model.predict_proba(pool.X)
        lengths = [probs[:, c] * np.linalg.norm(probs - np.eye(2)[c], axis=1) for c in range(2)]
        scores = inputs * np.sum(lengths, axis=0)
        scores[FIRST] = -1
        assert learner.ask(4).tolist() == np.argsort(-scores)[:4].tolist()
    with pytest.raises(ValueError, match="lengths of its gradients"):
        ActiveLearner(GaussianNB(), X, strategy="egl")


def test_points_that_are_no_numbers_need_features_for_distances() -> None:
    pool = messages()
    committee = Committee([pool.pipeline, make_pipeline(TfidfVectorizer(), DecisionTreeClassifier())])
    assert len(ActiveLearner(committee, pool.X, strategy="k_center").ask(3)) == 3
    wrapped = CalibratedClassifierCV(pool.pipeline)
    with pytest.raises(ValueError, match="features="):
        ActiveLearner(wrapped, pool.X, strategy="k_center").ask(3)
    learner = ActiveLearner(wrapped, pool.X, strategy="margin")
    assert len(learner.ask(3)) == 3
    assert "Random points" in learner.note


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        ([True, False, True], [True, False]),
        ([3, 7, 3], [3, 7]),
        ([3.0, np.int8(7), 3], [3, 7]),
        ([0.5, 2, 0.5], [0.5, 2]),
        (np.array(["a", "b", "a"]), ["a", "b"]),
        (pd.Series(["a", "b", "a"], index=[5, 5, 9]), ["a", "b"]),
        (pd.Series(pd.Categorical(["a", "b", "a"])), ["a", "b"]),
        ([unicodedata.normalize("NFD", "\u00e9"), "e", "\u00e9"], ["\u00e9", "e"]),
        ([-1, 10**9, -1], [-1, 10**9]),
    ],
)
def test_labels_are_what_the_user_calls_them(labels, classes) -> None:
    learner = ActiveLearner(LogisticRegression(), X)
    learner.tell([4, 2, 9], labels)
    assert learner.classes_.tolist() == classes
    assert [type(one) for one in learner.classes_.tolist()] == [
        type(one) for one in label_values(learner.classes_)
    ] or (classes == [0.5, 2])
    assert learner.labels.rows.tolist() == [4, 2, 9]
    assert learner.labels.values.tolist() == [classes[0], classes[1], classes[0]]
    assert set(learner.predict().tolist()) <= set(classes)
    assert learner.predict_proba().shape == (60, 2)
    if classes != [0.5, 2]:
        np.testing.assert_array_equal(learner.model.predict(X), learner.predict())


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["a", np.nan], "must not be missing"),
        (["a", None], "must not be missing"),
        ([1.0, np.nan], "must not be missing"),
        (np.array([1.0, np.nan]), "must not be missing"),
        (["a", pd.NaT], "must not be missing"),
        (["a", pd.NA], "must not be missing"),
        (np.array(["NaT", "NaT"], dtype="datetime64[s]"), "must not be missing"),
        (pd.Series(["a", None]), "must not be missing"),
        ([True, 1], "all words, all numbers or all booleans"),
        (["1", 1], "all words, all numbers or all booleans"),
        ([5, 6], "all words, all numbers or all booleans"),  # words were told before
        ([np.inf, 1.0], "must be words, numbers or booleans"),
        ([datetime.now(UTC), "a"], "must be words, numbers or booleans"),
        ([["a"], ["b"]], "must be words, numbers or booleans"),
        (["a"], "one label a row, got 2 rows and 1 labels"),
        ("ab", "must be a list"),
        ({"a": 1, "b": 2}, "must be a list"),
        ({"a", "b"}, "must be a list"),
        (pd.DataFrame({"a": [1, 2], "b": [1, 2]}), r"one a row.*shape \(2, 2\).*argmax"),
        (np.eye(2), r"one a row.*shape \(2, 2\).*argmax"),
        (None, "must be a list"),
        (3, "must be a list"),
    ],
)
def test_labels_that_are_none_change_nothing(labels, said) -> None:
    learner = ActiveLearner(LogisticRegression(), X)
    learner.tell([0, 1], ["a", "b"])
    before = learner.history, learner.ask(3).tolist()
    for change in (learner.tell, learner.relabel):
        with pytest.raises(ValueError, match=said):
            change([4, 5] if change == learner.tell else [0, 1], labels)
    assert (learner.history, learner.ask(3).tolist()) == before


@pytest.mark.parametrize(
    ("kind", "rows", "said"),
    [
        ("tell", [0, 60], "0 to 59"),
        ("tell", [-1, 5], "0 to 59"),
        ("tell", [5, 5], "twice"),
        ("tell", [0, 5], "already labelled"),
        ("tell", [0.5, 5], "whole numbers"),
        ("tell", [[4, 5]], "list of rows"),
        ("tell", [6, 7], "excluded"),
        ("relabel", [4, 5], "no label yet"),
        ("skip", [0, 5], "already labelled"),
        ("exclude", [0, 99], "0 to 59"),
    ],
)
@pytest.mark.parametrize("words", [["a", "b"], ["new", "newer"]])
def test_rows_that_are_none_change_nothing(kind, rows, said, words) -> None:
    learner = ActiveLearner(LogisticRegression(), X)
    learner.tell([0, 1], ["a", "b"])
    learner.exclude([6])
    before = learner.history, learner.classes_.tolist(), learner.ask(3).tolist()
    with pytest.raises(ValueError, match=said):
        getattr(learner, kind)(rows, *([words] if kind in ("tell", "relabel") else []))
    assert (learner.history, learner.classes_.tolist(), learner.ask(3).tolist()) == before


def test_declared_classes_are_kept_in_their_order() -> None:
    learner = ActiveLearner(LogisticRegression(), X, classes=["x", "c", "b"])
    assert learner.classes_.tolist() == ["x", "c", "b"]
    learner.tell([0, 1, 2], ["b", "c", "b"])
    probs = learner.predict_proba()
    assert not probs[:, 0].any()
    np.testing.assert_allclose(probs.sum(axis=1), 1)
    with pytest.raises(ValueError, match="one of 'x', 'c', 'b', got 'd'"):
        learner.tell([5], ["d"])
    with pytest.raises(ValueError, match="two or more different labels"):
        ActiveLearner(LogisticRegression(), X, classes=["x", "x"])


def test_class_weights_are_by_label() -> None:
    model = LogisticRegression(class_weight={"spam": 50, "ham": 1})
    y = np.where(NUMBERS == 0, "spam", "ham")
    learner = ActiveLearner(model, X)
    learner.tell(FIRST, y[FIRST])
    np.testing.assert_allclose(
        learner.predict_proba(X)[:, np.argsort(learner.classes_)],
        LogisticRegression(class_weight={"spam": 50, "ham": 1}).fit(X[FIRST], y[FIRST]).predict_proba(X),
        atol=1e-6,
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((SVC(), X), "no predict_proba"),
        ((GaussianNB, X), r"write GaussianNB\(\)"),
        (("magic", X), "unknown learner 'magic'"),
        ((3, X), "the estimator must be"),
        ((GaussianNB(), "abc"), "points must be"),
    ],
)
def test_arguments_that_are_none(arguments, said) -> None:
    with pytest.raises(ValueError, match=said):
        ActiveLearner(*arguments)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"strategy": "magic"}, "unknown strategy"),
        ({"prefit": True}, "not fitted"),
        ({"prefit": "yes"}, "prefit must be"),
        ({"seed": -1}, "0 or more"),
        ({"seed": None}, "0 or more"),
        ({"test": X}, "a pair"),
        ({"samples": 1}, "2 or more"),
        ({"candidates": 0}, "1 or more"),
        ({"test": (X, NUMBERS[:3])}, "one label a point"),
        ({"features": 3}, "features must be"),
    ],
)
def test_options_that_are_none(options, said) -> None:
    with pytest.raises(ValueError, match=said):
        ActiveLearner(GaussianNB(), X, **options)


class Made:
    """Anything with `make_learner`; its model knows class numbers only."""

    def make_learner(self, *, classes, seed, tick=no_tick):
        return ClassifierLearner(GaussianNB(), classes, tick=tick)


@pytest.mark.parametrize("strategy", ["margin", "k_center", "bald"])
def test_whatever_makes_a_learner_is_an_estimator(strategy) -> None:
    names = np.array(["ape", "bee", "cat"])[NUMBERS]
    made, plain = ActiveLearner(Made(), X, strategy=strategy), ActiveLearner(GaussianNB(), X, strategy=strategy)
    for _ in range(4):
        rows = made.ask(4)
        np.testing.assert_array_equal(plain.ask(4), rows)
        for one in (made, plain):
            one.tell(rows, names[rows])
    np.testing.assert_array_equal(made.predict(X), plain.predict(X))
    assert isinstance(made.model, GaussianNB)


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_every_strategy_answers_while_labels_show_one_class(strategy) -> None:
    learner = ActiveLearner(LogisticRegression(), X, strategy=strategy, candidates=20, samples=3)
    learner.tell([0, 1], ["a", "a"])
    assert len(learner.ask(4)) == 4
    assert learner.batch is not None
    own = set(STRATEGIES[strategy].needs_with(2, 2)) <= {"features_N_D", "labeled_M_D", "delta"}
    assert learner.batch.strategy == (strategy if own else "typiclust")
    assert bool(learner.note) != own


def test_a_fitted_pipeline_measures_distances_by_its_own_steps() -> None:
    pool = messages()
    fitted = clone(pool.pipeline).fit(pool.X[:40], pool.y[:40])
    learner = ActiveLearner(FrozenEstimator(fitted), pool.X, strategy="egl")
    assert len(learner.ask(5)) == 5
    assert learner.note == ""
    learner = ActiveLearner(FrozenEstimator(fitted), pool.X, strategy="k_center", seed=1)
    learner.ask(5)
    features = learner._session.learner.features(learner._session.x)
    tfidf = fitted[:-1].transform(pool.X)
    assert tfidf.shape[1] > 100
    np.testing.assert_allclose(features @ features.T, (tfidf @ tfidf.T).toarray(), atol=1e-9)
    learner = ActiveLearner(fitted, pool.X, strategy="bald", prefit=True, samples=3)
    learner.ask(3)
    assert "diverse seed set" in learner.note
    learner.tell(FIRST, pool.y[FIRST])
    assert len(learner.ask(3)) == 3
    assert learner.note == ""


def test_a_long_text_does_not_lengthen_the_others() -> None:
    texts = ["spam"] * 1000 + ["ham " * 100_000]
    tracemalloc.start()
    try:
        found = as_points(texts)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.tolist() == texts
    assert peak < 1e6


def test_nothing_labelled_is_an_empty_curve() -> None:
    curve = ActiveLearner(GaussianNB(), X, test=(X, NUMBERS)).curve()
    assert len(curve) == 0
    assert "no round yet" in repr(curve)
    with pytest.raises(ValueError, match="no round yet"):
        _ = curve.area


def test_asking_of_nothing_and_of_an_empty_pool() -> None:
    learner = ActiveLearner(GaussianNB(), X[:5])
    for k in (0, -1, 1.5):
        with pytest.raises(ValueError, match="k must be"):
            learner.ask(k)  # type: ignore[arg-type]
    assert len(learner.ask(99)) == 5
    for call in (learner.fit, learner.predict, learner.predict_proba, lambda: learner.model):
        with pytest.raises(ValueError, match="nothing is labelled yet"):
            call()
    learner.exclude(np.arange(5))
    with pytest.raises(ValueError, match="pool is empty"):
        learner.ask(1)
