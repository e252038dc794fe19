"""Points and labels as they come: bytes, lists, tables, sparse matrices, texts; taken, or a sentence."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sparse
import torch
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.generate import planar
from alcore.learners.registry import make_learner
from alcore.learners.sklearn_learner import ClassifierLearner, logistic_regression
from alcore.loops.batch_explorer import run_batch_experiment
from alcore.loops.pool.simulate import simulate
from alcore.loops.races.grid import grid_over
from alcore.loops.races.next_batches import next_batches
from alcore.loops.races.race import race
from alcore.loops.races.replay import replay_races
from alcore.loops.session import Session
from alcore.points import are_images, as_points, as_rows, rows_of
from alcore.rng import rng_for

DATA = planar("blobs", points=60, classes=3, rng=rng_for(0, "data"))
X, Y = DATA.x_pool, DATA.y_pool


def one_hot() -> tuple[np.ndarray, np.ndarray]:
    """Twelve yes-or-no columns, three of which say the class."""
    rng = rng_for(0, "columns")
    y = rng.integers(3, size=300)
    return np.concatenate([np.eye(3)[y], rng.integers(2, size=(300, 9))], axis=1), y


@pytest.mark.parametrize("name", ["logistic", "mlp", "graph"])
@pytest.mark.parametrize("dtype", [np.uint8, np.int64, bool])
def test_a_table_of_bytes_is_what_its_numbers_are(name: str, dtype: Any) -> None:
    x, y = one_hot()
    probs = []
    for points in (x.astype(dtype), x):
        learner = make_learner(name, classes=3, seed=0, **({"device": "cpu"} if name == "mlp" else {}))  # type: ignore[arg-type]
        placed = learner.prepare(points)
        learner.fit(placed[:60], y[:60], rng=rng_for(1))
        probs.append(np.asarray(learner.predict_probs(placed)))
    np.testing.assert_allclose(probs[0], probs[1], atol=1e-5)
    if name == "logistic":
        assert np.mean(probs[0].argmax(axis=1) == y) == 1


def test_images_are_scaled_and_nothing_else() -> None:
    pixels = np.full((4, 8, 8), 255, dtype=np.uint8)
    for images in (pixels, pixels[:, None]):
        assert are_images(images) and are_images(torch.from_numpy(images))
        assert ClassifierLearner(logistic_regression(), 2).prepare(images).max() == 1
        assert as_rows(images).max() == 1
    table = pixels.reshape(4, -1)
    assert not are_images(table) and not are_images(torch.from_numpy(table)) and not are_images(pixels * 1.0)
    assert ClassifierLearner(logistic_regression(), 2).prepare(table).max() == 255
    assert as_rows(table).max() == 255


TABLE = pd.DataFrame(X, columns=["left", "right"], index=[f"row {i}" for i in range(60)][::-1])
KINDS: dict[str, Any] = {
    "lists": X.tolist(),
    "tuples": tuple(map(tuple, X.tolist())),
    "objects": X.astype(object),
    "table": TABLE,
    "table of objects": TABLE.astype(object),
    "sparse": sparse.csr_array(X),
    "sparse by columns": sparse.csc_matrix(X),
    "tensor": torch.from_numpy(X),
}


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "table of objects"])
@pytest.mark.parametrize("strategy", ["margin", "k_center", "egl", "bald", "eer"])
def test_all_kinds_of_points_give_the_question_of_the_array(kind: str, strategy: str) -> None:
    asked = []
    for points in (X, KINDS[kind]):
        # Solvers take other steps on sparse points: fitted to the end, the model is the same.
        learner = ClassifierLearner(LogisticRegression(tol=1e-10, max_iter=10_000), 3)
        s = Session(points, learner, strategy, seed=0, classes=3)
        s.tell(list(range(9)), Y[:9].tolist())
        asked.append(s.ask(4).tolist())
    assert asked[0] == asked[1]


@pytest.mark.parametrize("name", ["logistic", "mlp", "graph"])
@pytest.mark.parametrize("kind", ["lists", "table", "sparse"])
def test_learners_take_points_that_were_not_placed(name: str, kind: str) -> None:
    probs = []
    for points, labels in ((X, Y), (KINDS[kind], pd.Series(Y, index=TABLE.index))):
        learner = make_learner(name, classes=3, seed=0, **({"device": "cpu"} if name == "mlp" else {}))  # type: ignore[arg-type]
        learner.prepare(points)
        rows = as_points(points)
        some = rows.iloc[:20] if kind == "table" and points is TABLE else rows[:20]
        learner.fit(some, labels[:20], rng=rng_for(0))
        probs.append(np.asarray(learner.predict_probs(points)))
        assert np.asarray(learner.features(points)).shape[0] == 60
        assert np.asarray(learner.sample_probs(points, 2, rng=rng_for(1))).shape == (60, 2, 3)
    np.testing.assert_allclose(probs[0], probs[1], atol=1e-4)
    for wrong, said in [
        (["a"] * 20, "give class_names"),
        ([3] * 20, "0 to 2, got 3"),
        ([0.5] * 20, "got 0.5"),
    ]:
        with pytest.raises(ValueError, match=said):
            learner.fit(X[:20], wrong, rng=rng_for(0))


WORDS = pd.DataFrame({"colour": np.array(["red", "green", "blue"])[Y], "size": X[:, 0]}, index=TABLE.index)


def test_a_table_with_words_goes_to_a_pipeline_that_takes_them() -> None:
    columns = make_column_transformer((OneHotEncoder(), ["colour"]), remainder="passthrough")
    learner = ClassifierLearner(make_pipeline(columns, LogisticRegression()), 3)
    s = Session(WORDS, learner, "margin", seed=0, classes=3)
    s.tell(np.arange(9), Y[:9])
    asked = s.ask(4)
    assert len(asked) == 4
    s.tell(asked, Y[asked])
    s.fit()
    assert np.mean(learner.predict_probs(WORDS).argmax(axis=1) == Y) > 0.9
    far = Session(WORDS, learner, "k_center", seed=0, classes=3)
    far.tell(np.arange(9), Y[:9])
    with pytest.raises(ValueError, match="column 'colour' holds none: make numbers of it first"):
        far.ask(2)
    for name in ("mlp", "graph"):
        with pytest.raises(ValueError, match="column 'colour'"):
            Session(WORDS, make_learner(name, classes=3, seed=0), "margin", seed=0, classes=3)


def test_texts_go_to_a_pipeline_that_takes_them() -> None:
    texts = [f"{('free money', 'see you', 'the report')[label]} number {i}" for i, label in enumerate(Y)]
    learner = ClassifierLearner(make_pipeline(TfidfVectorizer(), LogisticRegression()), 3)
    s = Session(texts, learner, "entropy", seed=0, classes=3)
    s.tell(np.arange(9), Y[:9])
    asked = s.ask(4)
    s.tell(asked, Y[asked])
    s.fit()
    assert np.mean(learner.predict_probs(texts).argmax(axis=1) == Y) > 0.9
    with pytest.raises(ValueError, match="texts or words: make numbers of them first"):
        Session(texts, make_learner("mlp", classes=3, seed=0), "margin", seed=0, classes=3)


def test_components_of_a_sparse_matrix() -> None:
    x = rng_for(0).normal(size=(60, 8))
    dense, thin = (
        ClassifierLearner(logistic_regression(), 3, components=3).prepare(points) for points in (x, sparse.csr_array(x))
    )
    np.testing.assert_allclose(abs(dense), abs(thin), atol=1e-8)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([[1, 2], [3]], "rows of one length"),
        ([{"a": 1}], "rows of numbers, texts or a table"),
        (7, "rows of numbers, texts or a table"),
        (np.array([[1, {}]], dtype=object), "numbers or words"),
    ],
)
def test_what_is_no_point_is_a_sentence(points: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Session(points, make_learner("logistic", classes=3, seed=0), "margin", seed=0, classes=3)


def test_one_number_a_point_is_a_column() -> None:
    assert as_points([1, 2, 3]).tolist() == as_points(pd.Series([1, 2, 3])).tolist() == [[1], [2], [3]]


def as_came(kind: str) -> Dataset:
    """The same data set as a notebook has it: labels by name, points of some kind."""
    names = np.array(["ant", "bee", "cat"])
    x_test = pd.DataFrame(DATA.x_test, columns=TABLE.columns) if kind == "table" else DATA.x_test.tolist()
    return Dataset("own", KINDS[kind], names[Y].tolist(), x_test, pd.Series(names[DATA.y_test]), tuple(names))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["lists", "table", "sparse"])
def test_simulations_and_races_take_data_as_it_came(kind: str) -> None:
    own, grid = as_came(kind), grid_over(DATA, rows=2)
    sizes: dict[str, Any] = {"seed": 0, "seed_labels": 6, "labels_per_round": 3, "rounds": 2}
    for seed_set in ("balanced", "diverse"):
        learner = make_learner("logistic", classes=3, seed=0)
        runs = [list(simulate(data, learner, "random", seed_set=seed_set, **sizes)) for data in (DATA, own)]
        assert [one.labeled.tolist() for one in runs[0]] == [one.labeled.tolist() for one in runs[1]]
    races = [race(data, ["margin"], grid=grid, **sizes)[0] for data in (DATA, own)]
    assert races[0].order.tolist() == races[1].order.tolist()
    again = replay_races(own, races[0].order, seed_labels=6, labels_per_round=3, grid=grid)
    assert again.rounds[-1].accuracy == races[0].rounds[-1].accuracy
    chosen = [next_batches(data, [1, 2, 3], ["margin"], seed=0, round=0, k=2)["margin"] for data in (DATA, own)]
    assert chosen[0].batch is not None and chosen[1].batch is not None
    assert chosen[0].batch.indices.tolist() == chosen[1].batch.indices.tolist()
    assert (
        run_batch_experiment(own, seed=0, labeled=5).accuracy == run_batch_experiment(DATA, seed=0, labeled=5).accuracy
    )


def test_data_sets_that_cannot_be_are_sentences() -> None:
    learner = make_learner("logistic", classes=3, seed=0)
    sizes: dict[str, Any] = {"seed": 0, "seed_labels": 6, "labels_per_round": 3, "rounds": 1}
    cases: list[tuple[dict[str, Any], str]] = [
        ({"y_pool": Y[:-1]}, "one label a point, got 60 points in x_pool"),
        ({"y_pool": Y + 0.5}, "y_pool must be whole numbers"),
        ({"y_test": np.full(len(DATA.y_test), 3)}, "y_test must be class numbers from 0 to 2, got 3"),
        ({"y_pool": ["wasp"] * 60}, "y_pool must be one of"),
    ]
    for changed, said in cases:
        broken = Dataset(**{**vars(DATA), **changed})
        with pytest.raises(ValueError, match=said):
            next(simulate(broken, learner, "margin", **sizes))
        with pytest.raises(ValueError, match=said):
            race(broken, ["margin"], grid=grid_over(DATA, rows=2), **sizes)


@pytest.mark.parametrize("kind", [np.uint8, np.float32, torch.uint8, torch.float32])
@pytest.mark.parametrize("rows", [np.array([4, 0, 4]), np.array([], dtype=np.int64), np.arange(5)])
def test_rows_are_those_of_the_index(kind: Any, rows: np.ndarray) -> None:
    x_N = np.arange(60).reshape(5, 3, 4)
    given_N: Any = x_N.astype(kind) if isinstance(kind, type) else torch.as_tensor(x_N, dtype=kind)
    found_M = rows_of(given_N, rows)
    assert type(found_M) is type(given_N) and found_M.dtype == given_N.dtype
    assert np.array_equal(np.asarray(found_M), x_N[rows])
