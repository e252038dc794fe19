"""What a newcomer gives: every mistake is a sentence, and what can be meant in one way only is taken so."""

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import make_blobs
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from alcore import ActiveLearner, Committee, compare, from_arrays, simulate
from alcore.learners.base import EstimatorError, TooFewLabelsError
from alcore.strategies.coverage import typiclust

X, NUMBERS = make_blobs(60, centers=3, n_features=4, cluster_std=3.0, random_state=1)
WORDS = np.array(["ape", "bee", "cat"])[NUMBERS]
TABLE = pd.DataFrame(X, columns=list("abcd"))
NAMED = TABLE.set_index(pd.Index([f"r{row}" for row in range(60)]))
FIRST = np.arange(12)


def told(estimator=None, pool=X, **options) -> ActiveLearner:
    learner = ActiveLearner(estimator or GaussianNB(), pool, **options)
    learner.tell(FIRST, WORDS[FIRST])
    return learner


@pytest.mark.parametrize(
    "labels",
    [
        WORDS[FIRST].reshape(-1, 1),
        pd.DataFrame({"y": WORDS[FIRST]}),
        (word for word in WORDS[FIRST]),
        map(str, WORDS[FIRST]),
        {row: WORDS[row] for row in FIRST}.values(),
        pd.Series(WORDS).sample(frac=1, random_state=0)[FIRST],  # by name, so in the order of the rows
        pd.Series(WORDS[FIRST], dtype="string"),
        pd.Categorical(WORDS[FIRST]),
    ],
    ids=["column", "table", "generator", "map", "values", "shuffled index", "string", "categorical"],
)
def test_labels_of_any_form(labels) -> None:
    learner = ActiveLearner(GaussianNB(), X)
    learner.tell(FIRST, labels)
    assert learner.labels.values.tolist() == WORDS[FIRST].tolist()


@pytest.mark.parametrize(
    "rows",
    [
        FIRST.tolist(),
        range(12),
        iter(range(12)),
        {row: "" for row in range(12)}.keys(),
        pd.Series(FIRST, index=FIRST[::-1]),
        FIRST.astype(float),
    ],
    ids=["list", "range", "generator", "keys", "Series", "floats"],
)
def test_rows_of_any_form(rows) -> None:
    learner = ActiveLearner(GaussianNB(), X)
    learner.tell(rows, WORDS[FIRST])
    assert learner.labels.rows.tolist() == FIRST.tolist()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["r3"], r"positions in X from 0 to 59, got 'r3': X\.index\.get_indexer"),
        (NAMED.index[:1], r"got 'r0': X\.index\.get_indexer"),
        (3, r"a list of rows, such as \[3\], got 3"),
        ({3}, r"whole numbers, got \{3\}"),
        (None, "whole numbers, got None"),
        ([True], "np.flatnonzero"),
        ([60], "0 to 59"),
    ],
)
def test_what_is_no_row(rows, said) -> None:
    learner = ActiveLearner(GaussianNB(), NAMED)
    with pytest.raises(ValueError, match=said):
        learner.tell(rows, ["ape"])
    assert learner.n_labels == 0


def test_labels_whose_index_says_another_order_are_refused() -> None:
    y = pd.Series(WORDS, index=NAMED.index)
    rows = np.array([7, 2, 30])
    for pool, labels in ((NAMED, y.iloc[np.sort(rows)]), (X, pd.Series(WORDS)[np.sort(rows)])):
        learner = ActiveLearner(GaussianNB(), pool)
        with pytest.raises(ValueError, match="labels has the points of rows in another order"):
            learner.tell(rows, labels)
        assert learner.n_labels == 0
        learner.tell(rows, labels.to_numpy())  # the user's word that they are in order
    learner = ActiveLearner(GaussianNB(), NAMED)
    learner.tell(rows, y.iloc[rows])
    learner.tell([0, 1], pd.Series(["bee", "cat"]))  # an index that says nothing
    assert learner.labels.values.tolist() == [*WORDS[rows], "bee", "cat"]
    shuffled = y.sample(frac=1, random_state=0)
    with pytest.raises(ValueError, match="y_test has the points of X_test in another order"):
        ActiveLearner(GaussianNB(), NAMED, test=(NAMED, shuffled))
    for call in (from_arrays, compare, lambda x, y: list(simulate((x, y)))):
        with pytest.raises(ValueError, match="the index of y has the points of X in another order"):
            call(NAMED, shuffled)
    np.testing.assert_array_equal(from_arrays(NAMED, y).y_pool, from_arrays(NAMED, WORDS).y_pool)


@pytest.mark.parametrize("estimator", [LogisticRegression(), make_pipeline(StandardScaler(), LogisticRegression())])
def test_columns_in_another_order_are_found_by_their_names(estimator) -> None:
    other = TABLE[list("dbca")].assign(more=1.0)
    learner, plain = (told(estimator, TABLE, test=(test, WORDS)) for test in (other, TABLE))
    np.testing.assert_array_equal(learner.predict_proba(other), plain.predict_proba(TABLE))
    assert learner.curve().frame["accuracy"].tolist() == plain.curve().frame["accuracy"].tolist()
    settings = {"seeds": 2, "rounds": 2, "progress": False, "learner": estimator}
    races = [compare(TABLE, WORDS, test=(test, WORDS), **settings) for test in (TABLE[list("dbca")], TABLE)]
    pd.testing.assert_frame_equal(races[0].frame, races[1].frame)


@pytest.mark.parametrize(
    ("pool", "other", "said"),
    [
        (X, X[:, :3], "4 numbers a row, got 3"),
        (X, X[0], "4 numbers a row, got 1; one point is a list of one row"),
        (X, TABLE, "X is an array and .* a table"),
        (TABLE, X, "X is a table and .* an array"),
        (TABLE, TABLE.rename(columns={"a": "z"}), "a missing: its columns are z, b, c, d"),
        (X, ["a text"] * 60, "both be texts or both be numbers"),
        (X, "a.csv", "read the file first"),
        (X, iter(X), r"all at once, got a .*: give list\(X\)"),
    ],
)
def test_points_that_are_unlike_the_pool(pool, other, said) -> None:
    with pytest.raises(ValueError, match=f"(X_test|points).*{said}" if "X is" not in said else said):
        ActiveLearner(GaussianNB(), pool, test=(other, WORDS))
    learner = told(pool=pool)
    for call in (learner.predict, learner.predict_proba):
        with pytest.raises(ValueError, match=said):
            call(other)


@pytest.mark.parametrize(
    ("estimator", "said"),
    [
        (LinearSVC(), "LinearSVC has no predict_proba.*CalibratedClassifierCV"),
        (make_pipeline(StandardScaler(), LinearSVC()), "LinearSVC has no predict_proba.*CalibratedClassifierCV"),
        (GridSearchCV(LinearSVC(), {"C": [1, 2]}), "LinearSVC has no predict_proba.*CalibratedClassifierCV"),
        (LinearRegression(), "LinearRegression has no predict_proba.*give a classifier"),
        (make_pipeline(StandardScaler()), "StandardScaler has no predict_proba.*give a classifier"),
        (GaussianNB, r"write GaussianNB\(\)"),
        (None, "the estimator must be .*got None"),
        ([GaussianNB()], "the estimator must be .*Committee"),
    ],
)
def test_what_is_no_classifier(estimator, said) -> None:
    with pytest.raises(ValueError, match=said):
        ActiveLearner(estimator, X)
    with pytest.raises(ValueError, match=said):
        compare(X, WORDS, learner=estimator, progress=False)


def test_a_torch_module_is_to_be_wrapped() -> None:
    torch = pytest.importorskip("torch")
    with pytest.raises(ValueError, match=r"Linear is a torch module: give TorchLearner\(module\)"):
        ActiveLearner(torch.nn.Linear(4, 3), X)


@pytest.mark.parametrize("members", ["logistic", GaussianNB(), None])
def test_a_committee_is_a_list(members) -> None:
    with pytest.raises(ValueError, match="members must be a list of models"):
        Committee(members)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"strategy": "margn"}, "choose one of random, .* Did you mean margin"),
        ({"strategy": None}, "a strategy must be a key of STRATEGIES, .*got None"),
        ({"seed": 1.5}, "seed must be a whole number, 0 or more, got 1.5"),
        ({"candidates": "9"}, "candidates must be a whole number, 1 or more, got '9'"),
        ({"test": (X, WORDS, WORDS)}, r"a pair \(X_test, y_test\), got 3 things"),
        ({"test": 0.3}, r"a pair \(X_test, y_test\), got float"),
    ],
)
def test_options(options, said) -> None:
    with pytest.raises(ValueError, match=said):
        ActiveLearner(GaussianNB(), X, **options)


@pytest.mark.parametrize("pool", [X[:0], [], TABLE[:0]])
def test_an_empty_pool(pool) -> None:
    with pytest.raises(ValueError, match="X must hold a point or more"):
        ActiveLearner(GaussianNB(), pool)


@pytest.mark.parametrize("k", ["5", None, True, [5], 0, 1.5])
def test_how_many(k) -> None:
    with pytest.raises(ValueError, match="k must be a whole number, 1 or more"):
        ActiveLearner(GaussianNB(), X).ask(k)


def test_files_and_folders_that_are_not_there(tmp_path) -> None:
    learner = told(test=(X, WORDS))
    race = compare(X, WORDS, seeds=1, rounds=1, progress=False)
    for save in (learner.save, learner.curve().save, race.save):
        with pytest.raises(FileNotFoundError, match="there is no folder .*none to save a.csv in: make it first"):
            save(tmp_path / "none" / "a.csv")
        assert save(tmp_path / "a.csv") == tmp_path / "a.csv"
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(FileNotFoundError, match="there is no file"):
            ActiveLearner.load(path, X)
    path = learner.save(tmp_path / "l")
    with pytest.raises(ValueError, match="got 59 points .* saved 60"):
        ActiveLearner.load(path, X[:-1])


FEW = [
    GridSearchCV(LogisticRegression(), {"C": [0.1, 1]}, cv=5),
    CalibratedClassifierCV(GaussianNB(), cv=3),
    KNeighborsClassifier(9),
    make_pipeline(StandardScaler(), KNeighborsClassifier(9)),
]


@pytest.mark.parametrize("estimator", FEW, ids=lambda one: type(one).__name__)
def test_while_labels_are_too_few_for_the_estimator_typical_points_are_queried(estimator) -> None:
    learner = ActiveLearner(estimator, X, strategy="margin", seed=4, test=(X, WORDS))
    first = [int(np.flatnonzero(number == NUMBERS)[0]) for number in range(3)]
    learner.tell(first, WORDS[first])
    rows = learner.ask(3)
    assert "Typical points (TypiClust) are queried before Margin can choose" in learner.note
    assert "cannot be fitted on the 3 labels so far" in learner.note
    assert learner.batch is not None and learner.batch.strategy == "typiclust"
    for call in (learner.predict, learner.fit, lambda: learner.model):
        with pytest.raises(TooFewLabelsError, match="cannot be fitted on the 3 labels so far"):
            call()
    learner.tell(rows, WORDS[rows])
    more = [row for number in range(3) for row in np.flatnonzero(number == NUMBERS)[1:9] if row not in rows]
    learner.tell(more, WORDS[more])
    assert len(learner.ask(3)) == 3 and learner.note == ""
    assert learner.curve().frame["accuracy"].notna().tolist() == [False, False, True]
    assert "accuracy" in repr(learner.curve())


def test_the_typical_points_are_those_of_typiclust() -> None:
    learner = ActiveLearner(FEW[0], X, strategy="margin", seed=4)
    first = [int(np.flatnonzero(number == NUMBERS)[0]) for number in range(3)]
    learner.tell(first, WORDS[first])
    rows = learner.ask(3)
    by_name = ActiveLearner(GaussianNB(), X, strategy="typiclust", seed=4)
    by_name.tell(first, WORDS[first])
    np.testing.assert_array_equal(rows, by_name.ask(3))
    left = np.setdiff1d(np.arange(60), first)
    assert len(typiclust(X[left], X[first], 3, rng=np.random.default_rng(0)).indices) == 3


@pytest.mark.parametrize("strategy", ["random", "k_center"])
def test_strategies_without_a_model_go_on_while_labels_are_too_few(strategy) -> None:
    learners = [ActiveLearner(one, X, strategy=strategy, seed=4) for one in (FEW[0], GaussianNB())]
    for learner in learners:
        learner.tell([0, 1, 2], WORDS[:3])
        assert len(set(WORDS[:3])) > 1
    np.testing.assert_array_equal(learners[0].ask(4), learners[1].ask(4))
    assert learners[0].note == ""


def test_what_more_labels_do_not_mend_is_an_error() -> None:
    missing = X.copy()
    missing[3, 1] = np.nan
    learner = told(LogisticRegression(), missing)
    with pytest.raises(EstimatorError, match="LogisticRegression cannot be fitted on the 12 labels so far: .*NaN$"):
        learner.ask(3)
    missing[3, 1], missing[40, 0] = 0.0, np.nan
    with pytest.raises(EstimatorError, match="LogisticRegression cannot predict these points: .*NaN$"):
        told(LogisticRegression(), missing).ask(3)
    words = TABLE.assign(word=WORDS)
    with pytest.raises(EstimatorError, match="cannot be fitted .*could not convert string to float"):
        told(LogisticRegression(), words).ask(3)


def test_more_than_there_are_and_all_labelled() -> None:
    learner = ActiveLearner(GaussianNB(), X[:7], test=(X, WORDS))
    rows = learner.ask(99)
    assert sorted(rows) == list(range(7))
    learner.tell(rows, WORDS[rows])
    with pytest.raises(ValueError, match="the pool is empty"):
        learner.ask()
    assert len(learner.curve()) == 1 and learner.n_labels == 7
    assert len(learner.predict()) == 7
