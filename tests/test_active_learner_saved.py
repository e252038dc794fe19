"""Saved and loaded, here and in another process: the same next batch, and nothing is executed."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.datasets import make_blobs
from sklearn.ensemble import RandomForestClassifier, StackingClassifier, VotingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.frozen import FrozenEstimator
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from alcore.active_learner import ActiveLearner
from alcore.learners.members import Committee
from alcore.learners.saved_estimators import NotSavedError, estimator_from_json, estimator_to_json
from alcore.loops.archive import read_archive, write_archive
from alcore.points import points_digest
from alcore.strategies.catalogue import STRATEGIES
from tests.support.own_pools import messages, mixed_columns

ROOT = Path(__file__).resolve().parent.parent
X, NUMBERS = make_blobs(60, centers=3, n_features=4, cluster_std=3.0, random_state=1)
WORDS = np.array(["ape", "bee", "cat"])[NUMBERS]

NEXT = """
import json, sys
from alcore.active_learner import ActiveLearner
from tests.support.own_pools import messages, mixed_columns
pools = {"mixed": mixed_columns().X, "texts": messages().X}
asked = {}
for path in sys.argv[1:]:
    asked[path] = ActiveLearner.load(path, pools[path.split(".")[-2]]).ask(4).tolist()
print(json.dumps(asked))
"""


@pytest.mark.long
def test_every_strategy_goes_on_in_a_new_process(tmp_path) -> None:
    expected = {}
    for pool, name in ((mixed_columns(), "mixed"), (messages(), "texts")):
        for strategy in STRATEGIES:
            for rounds in (0, 3):
                learner = ActiveLearner(pool.pipeline, pool.X, strategy=strategy, seed=7, candidates=20)
                for _ in range(rounds):
                    rows = learner.ask(4)
                    learner.tell(rows, pool.y[rows])
                learner.skip(learner.ask(1))
                path = learner.save(tmp_path / f"{strategy}.{rounds}.{name}.alcore")
                expected[str(path)] = learner.ask(4).tolist()
    assert len(expected) == 4 * len(STRATEGIES)
    done = subprocess.run(
        [sys.executable, "-c", NEXT, *expected], cwd=ROOT, capture_output=True, text=True, timeout=300, check=True
    )
    assert json.loads(done.stdout.splitlines()[-1]) == expected


@pytest.mark.parametrize("key", ["logistic", "graph", "mlp"])
def test_learners_by_name_go_on(key, tmp_path) -> None:
    if key == "mlp":
        pytest.importorskip("torch")
    learner = ActiveLearner(key, X, strategy="bald", seed=2, test=(X, WORDS))
    for _ in range(3):
        rows = learner.ask(4)
        learner.tell(rows, WORDS[rows])
    learner.fit()
    loaded = ActiveLearner.load(learner.save(tmp_path / "l"), X, test=(X, WORDS))
    for _ in range(2):
        rows = learner.ask(4)
        np.testing.assert_array_equal(loaded.ask(4), rows)
        for one in (learner, loaded):
            one.tell(rows, WORDS[rows])
    unmeasured = ["run", "strategy", "seed", "round", "labels", "accuracy"]
    pd.testing.assert_frame_equal(loaded.curve().frame[unmeasured], learner.curve().frame[unmeasured])


def test_the_history_and_what_is_undone_are_saved(tmp_path) -> None:
    learner = ActiveLearner(LogisticRegression(), X, seed=2, test=(X, WORDS))
    learner.tell([0, 1, 2, 3, 4], WORDS[:5])
    learner.relabel([0], ["appe"])
    learner.exclude([9])
    learner.skip([10])
    loaded = ActiveLearner.load(learner.save(tmp_path / "l"), X, test=(X, WORDS))
    for _ in range(5):
        assert loaded.history == learner.history
        assert loaded.classes_.tolist() == learner.classes_.tolist()
        np.testing.assert_array_equal(loaded.ask(6), learner.ask(6))
        assert loaded.curve().frame["accuracy"].tolist() == learner.curve().frame["accuracy"].tolist()
        if learner.history:
            assert loaded.undo() == learner.undo()
    assert learner.history == []


def test_rounds_after_loading_without_a_test_set_have_no_accuracy(tmp_path) -> None:
    learner = ActiveLearner(LogisticRegression(), X, test=(X, WORDS))
    learner.tell(np.arange(6), WORDS[:6])
    learner.curve()
    loaded = ActiveLearner.load(learner.save(tmp_path / "l"), X)
    loaded.tell([7], [WORDS[7]])
    frame = loaded.curve().frame
    assert frame["labels"].tolist() == [6, 7]
    assert frame["accuracy"].notna().tolist() == [True, False]
    assert loaded.curve().save(tmp_path / "curve.svg").read_bytes().startswith(b"<?xml")


def test_another_pool_is_a_sentence(tmp_path) -> None:
    learner = ActiveLearner(LogisticRegression(), X)
    path = learner.save(tmp_path / "l")
    moved = X.copy()
    moved[3, 1] += 1e-9
    for other in (moved, X[::-1], X[:-1], X.astype(np.float32)):
        with pytest.raises(ValueError, match="X is not the pool"):
            ActiveLearner.load(path, other)
    frame = mixed_columns().X
    assert points_digest(frame) == points_digest(frame.reset_index(drop=True))
    assert points_digest(frame) != points_digest(frame.rename(columns={"size": "length"}))
    rows = sparse.csr_array(np.where(X > 0, X, 0))
    assert points_digest(rows) == points_digest(rows.tocsc().tocsr())
    assert points_digest(["ab", "c"]) != points_digest(["a", "bc"])


class Mine(ClassifierMixin, BaseEstimator):
    """A classifier of one's own."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.tree_ = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)
        return self

    def predict_proba(self, X):
        return self.tree_.predict_proba(X)


def score(probs_N_C):
    return 1 - probs_N_C.max(axis=1)


def test_what_is_not_saved_is_asked_for_in_a_sentence(tmp_path) -> None:
    def loaded(learner, **again):
        learner.tell(np.arange(8), WORDS[:8])
        path = learner.save(tmp_path / "l")
        with pytest.raises(ValueError, match=f"give {next(iter(again))}= again"):
            ActiveLearner.load(path, X)
        np.testing.assert_array_equal(ActiveLearner.load(path, X, **again).ask(5), learner.ask(5))

    fitted = GaussianNB().fit(X[:20], WORDS[:20])
    loaded(ActiveLearner(Mine(), X), estimator=Mine())
    loaded(ActiveLearner(make_pipeline(StandardScaler(), Mine()), X), estimator=make_pipeline(StandardScaler(), Mine()))
    loaded(ActiveLearner(fitted, X, prefit=True), estimator=fitted)
    loaded(ActiveLearner(GaussianNB(), X, strategy=score), strategy=score)
    frozen = FrozenEstimator(fitted)
    loaded(ActiveLearner(frozen, X), estimator=frozen)
    loaded(ActiveLearner(Committee([Mine(), GaussianNB()]), X), estimator=Committee([Mine(), GaussianNB()]))
    halved = lambda x: x[:, :2]  # noqa: E731
    loaded(ActiveLearner(GaussianNB(), X, strategy="k_center", features=halved), features=halved)
    learner = ActiveLearner(GaussianNB(), X, strategy="k_center", features=X[:, :2])
    learner.tell(np.arange(8), WORDS[:8])
    np.testing.assert_array_equal(ActiveLearner.load(learner.save(tmp_path / "f"), X).ask(5), learner.ask(5))


ESTIMATORS = [
    "mlp",
    LogisticRegression(C=0.25, class_weight={"spam": 2.0, "ham": 1}),
    RandomForestClassifier(7, max_features=None, random_state=3),
    make_pipeline(TfidfVectorizer(ngram_range=(1, 2), dtype=np.float32, stop_words=["a"]), SelectKBest(chi2, k=5)),
    make_pipeline(
        ColumnTransformer(
            [
                ("words", OneHotEncoder(handle_unknown="ignore", categories=[np.array(["a", "b"])]), ["colour"]),
                ("numbers", SimpleImputer(missing_values=np.nan), make_column_selector(dtype_include=np.number)),
                ("some", "passthrough", slice(0, 2)),
            ],
            remainder="drop",
        ),
        make_union(StandardScaler(), "drop"),
        GaussianNB(priors=np.array([0.25, 0.75])),
    ),
    VotingClassifier([("a", GaussianNB()), ("b", LogisticRegression())], voting="soft", weights=[1, 2]),
    StackingClassifier([("a", GaussianNB())], cv=StratifiedKFold(3, shuffle=True, random_state=1)),
    CalibratedClassifierCV(GaussianNB(), method="isotonic"),
    GaussianProcessClassifier(1.0 * RBF(0.5) + WhiteKernel(noise_level_bounds=(1e-3, 1.0))),
    DecisionTreeClassifier(min_impurity_decrease=np.float64(0.125)),
]


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda one: type(one).__name__)
def test_estimators_of_scikit_learn_as_json(estimator) -> None:
    content = json.loads(json.dumps(estimator_to_json(estimator), allow_nan=False))
    again = estimator_from_json(content)
    assert type(again) is type(estimator)
    assert re.sub(" at 0x[0-9a-f]+", "", repr(again)) == re.sub(" at 0x[0-9a-f]+", "", repr(estimator))
    assert estimator_to_json(again) == content


def test_output_as_tables_is_saved(tmp_path) -> None:
    frame = pd.DataFrame(X, columns=list("abcd"))
    kept = ColumnTransformer([("kept", "passthrough", ["c", "a"])])
    estimator = make_pipeline(StandardScaler().set_output(transform="pandas"), kept, LogisticRegression())
    learner = ActiveLearner(estimator, frame, strategy="badge")
    learner.tell(np.arange(12), WORDS[:12])
    loaded = ActiveLearner.load(learner.save(tmp_path / "l"), frame)
    np.testing.assert_array_equal(loaded.ask(5), learner.ask(5))


def test_a_committee_as_json() -> None:
    again = estimator_from_json(json.loads(json.dumps(estimator_to_json(Committee([GaussianNB(), "graph"])))))
    assert repr(again) == "Committee([GaussianNB(), 'graph'])"


@pytest.mark.parametrize(
    "estimator",
    [
        Mine(),
        make_pipeline(FunctionTransformer(np.log1p), GaussianNB()),
        LogisticRegression(random_state=np.random.RandomState(0)),  # noqa: NPY002
        TfidfVectorizer(tokenizer=str.split),
    ],
    ids=["own class", "ufunc", "random state", "function"],
)
def test_what_is_no_part_of_scikit_learn_is_refused(estimator) -> None:
    with pytest.raises(NotSavedError, match="no class of scikit-learn"):
        estimator_to_json(estimator)


@pytest.mark.parametrize(
    "content",
    [
        {"class": "os.system", "parameters": {}, "output": None},
        {"class": "subprocess.Popen", "parameters": {"args": "true"}, "output": None},
        {"class": "sklearn.utils.Bunch", "parameters": {}, "output": None},
        {"class": "sklearn.datasets.fetch_openml", "parameters": {}, "output": None},
        {"class": "sklearn.base.os.system", "parameters": {}, "output": None},
        {"class": "sklearn.linear_model.Nothing", "parameters": {}, "output": None},
        {"function": "clone"},
        {"function": "os"},
        {"unknown": 3},
        [1, 2],
    ],
    ids=str,
)
def test_a_file_makes_nothing_but_estimators(content) -> None:
    with pytest.raises(ValueError, match=r"saved estimator|scikit-learn|has no function"):
        estimator_from_json(content)


def test_files_hold_no_pickle_and_damage_is_a_sentence(tmp_path) -> None:
    learner = ActiveLearner(LogisticRegression(), X)
    learner.tell([0, 1], ["a", "\u00e9"])
    path = learner.save(tmp_path / "l")
    with zipfile.ZipFile(path) as archive:
        assert {Path(name).suffix for name in archive.namelist()} == {".json", ".npy"}
        assert json.loads(archive.read("content.json"))["labels"] == ["a", "\u00e9"]
    assert path.read_bytes() == learner.save(tmp_path / "again").read_bytes()
    damaged = tmp_path / "damaged"
    damaged.write_bytes(path.read_bytes()[:-40])
    other = write_archive(tmp_path / "other", {"format": "other"}, {})
    for wrong, said in ((damaged, "damaged"), (other, "another program")):
        with pytest.raises(ValueError, match=said):
            ActiveLearner.load(wrong, X)
    content, arrays = read_archive(path)
    short = write_archive(tmp_path / "short", content, {**arrays, "rows": arrays["rows"][:1]})
    with pytest.raises(ValueError, match="damaged"):
        ActiveLearner.load(short, X)


class Nearest(ClassifierMixin, BaseEstimator):
    """A classifier of one's own: the class of the nearest mean, with probabilities."""

    def fit(self, X, y) -> "Nearest":
        self.classes_ = np.unique(y)
        self.means_ = np.stack([np.asarray(X)[np.asarray(y) == label].mean(axis=0) for label in self.classes_])
        return self

    def predict_proba(self, X) -> np.ndarray:
        away = ((np.asarray(X)[:, None] - self.means_) ** 2).sum(axis=2)
        odds = np.exp(away.min(axis=1, keepdims=True) - away)
        return odds / odds.sum(axis=1, keepdims=True)


def test_skops_keeps_a_fitted_estimator_and_one_of_another_package(tmp_path) -> None:
    fitted = LogisticRegression(max_iter=2000).fit(X[:20], WORDS[:20])
    learner = ActiveLearner(fitted, X, prefit="ask", seed=1)
    learner.tell([30, 31], ["ape", "bee"])
    learner.save(tmp_path / "fitted.alcore", skops=True)
    again = ActiveLearner.load(tmp_path / "fitted.alcore", X)
    np.testing.assert_array_equal(again.predict_proba(), learner.predict_proba())
    assert again.ask(3).tolist() == learner.ask(3).tolist()

    own = ActiveLearner(Nearest(), X, seed=1)
    own.tell([0, 1, 2, 3], WORDS[:4])
    own.save(tmp_path / "own.alcore", skops=True)
    name = f"{Nearest.__module__}.Nearest"
    with pytest.raises(ValueError, match=f"parts of other packages, {re.escape(name)}"):
        ActiveLearner.load(tmp_path / "own.alcore", X)
    loaded = ActiveLearner.load(tmp_path / "own.alcore", X, trusted=[name])
    assert loaded.ask(3).tolist() == own.ask(3).tolist()
    # Without being asked to, nothing of the kind is in the file.
    own.save(tmp_path / "plain.alcore")
    with pytest.raises(ValueError, match="give estimator= again"):
        ActiveLearner.load(tmp_path / "plain.alcore", X)
