"""Expected error reduction against one scikit-learn refit at a time, at a tight tolerance."""

import sys
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from alcore.strategies.expected_error_reduction import expected_error_reduction

LOSSES = ["log", "zero_one"]


def pool(n: int, m: int, d: int, classes: int, seed: int = 0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(classes, size=m)
    labels[:classes] = np.arange(classes)[:m]
    centres = rng.normal(size=(classes, d)) * 1.5
    return rng.normal(size=(n, d)) * 2, centres[labels] + rng.normal(size=(m, d)), labels


def uncertainty(probs: np.ndarray, loss: str) -> float:
    if loss == "zero_one":
        return float((1 - probs.max(axis=1)).mean())
    logs = np.log(np.where(probs > 0, probs, 1))
    return float(-(probs * logs).sum(axis=1).mean())


def one_at_a_time(features, known, labels, loss: str, C: float = 1.0) -> np.ndarray:
    def fitted(x, y) -> LogisticRegression:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it cannot always tell that it has arrived
            return LogisticRegression(C=C, tol=1e-11, max_iter=10_000, solver="newton-cg").fit(x, y)

    now = fitted(known, labels)
    scores = np.zeros(len(features))
    for i, probs in enumerate(now.predict_proba(features)):
        for label, p in zip(now.classes_, probs, strict=True):
            refit = fitted(np.concatenate([known, features[i : i + 1]]), np.append(labels, label))
            scores[i] -= p * uncertainty(refit.predict_proba(features), loss)
    return scores


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(("classes", "m", "d"), [(2, 2, 2), (2, 30, 3), (3, 6, 2), (3, 40, 5), (4, 12, 1)])
@pytest.mark.parametrize("C", [0.1, 1.0, 50.0])
def test_agrees_with_one_refit_at_a_time(loss, classes, m, d, C) -> None:
    features, known, labels = pool(12, m, d, classes)
    scores = expected_error_reduction(features, known, labels, classes, loss=loss, C=C)
    np.testing.assert_allclose(scores, one_at_a_time(features, known, labels, loss, C), atol=1e-6)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_class_not_shown_is_no_answer(loss) -> None:
    features, known, labels = pool(12, 10, 2, 2)
    expected = one_at_a_time(features, known, labels, loss)
    scores = expected_error_reduction(features, known, 1 + labels, 4, loss=loss)
    np.testing.assert_allclose(scores, expected, atol=1e-6)
    one = expected_error_reduction(features, known, np.full(10, 2), 4, loss=loss)
    np.testing.assert_array_equal(one, np.zeros(12))


@pytest.mark.parametrize("loss", LOSSES)
def test_only_the_candidates_are_scored_and_over_the_whole_pool(loss) -> None:
    features, known, labels = pool(40, 10, 2, 3)
    everything = expected_error_reduction(features, known, labels, 3, loss=loss)
    some = expected_error_reduction(features, known, labels, 3, loss=loss, candidates=15, rng=np.random.default_rng(1))
    evaluated = np.isfinite(some)
    assert evaluated.sum() == 15
    assert (some[~evaluated] == -np.inf).all()
    np.testing.assert_allclose(some[evaluated], everything[evaluated], atol=1e-9)
    same = expected_error_reduction(features, known, labels, 3, loss=loss, candidates=99, rng=np.random.default_rng(1))
    np.testing.assert_allclose(same, everything, atol=1e-9)


@pytest.mark.parametrize("loss", LOSSES)
def test_slices_and_types_change_nothing_and_callers_arrays_stay(monkeypatch: pytest.MonkeyPatch, loss) -> None:
    arrays = features, known, labels = pool(30, 10, 3, 3)
    before = [a.copy() for a in arrays]
    whole = expected_error_reduction(features, known, labels, 3, loss=loss)
    tensors = torch.tensor(features), torch.tensor(known), torch.tensor(labels)
    there = expected_error_reduction(*tensors, 3, loss=loss)
    assert isinstance(there, torch.Tensor)
    np.testing.assert_array_equal(there.numpy(), whole)
    single = expected_error_reduction(features.astype("f4"), known.astype("f4"), labels, 3, loss=loss)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, whole, atol=1e-5)
    monkeypatch.setattr(sys.modules["alcore.strategies.expected_error_reduction"], "REFITS_AT_A_TIME", 1)
    sliced = expected_error_reduction(features, known, labels, 3, loss=loss)
    np.testing.assert_allclose(sliced, whole, atol=1e-9)
    for now, then in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_extreme_points_are_no_trouble(loss, scale) -> None:
    rng = np.random.default_rng(2)
    features = np.concatenate([scale * rng.normal(size=(10, 2)), np.zeros((3, 2)), np.full((2, 2), scale)])
    known, labels = scale * np.array([[-1.0, 0], [1, 0], [0, 1]]), np.array([0, 1, 2])
    scores = expected_error_reduction(features, known, labels, 3, loss=loss)
    np.testing.assert_allclose(scores, one_at_a_time(features, known, labels, loss), atol=1e-6)
    np.testing.assert_allclose(scores[10:13], scores[10], atol=1e-9)
    assert expected_error_reduction(features[:1], known, labels, 3, loss=loss).shape == (1,)


def test_the_middle_tells_more_than_an_outlier_on_the_boundary() -> None:
    """Where uncertainty ties, the point whose label settles the others is asked for."""
    rng = np.random.default_rng(3)
    crowd = np.stack([rng.normal(0, 0.5, 60), rng.normal(0, 0.5, 60)], axis=1)
    features = np.concatenate([crowd, [[0.0, 0.0], [0.0, 40.0]]])
    known, labels = np.array([[-2.0, 0], [2.0, 0]]), np.array([0, 1])
    scores = expected_error_reduction(features, known, labels, 2)
    assert scores[:60].max() > scores[61]


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), classes=st.integers(2, 3), m=st.integers(1, 8), n=st.integers(1, 10))
def test_order_of_points_and_names_of_classes_do_not_matter(seed, classes, m, n) -> None:
    rng = np.random.default_rng(seed)
    features, known, labels = rng.normal(size=(n, 2)), rng.normal(size=(m, 2)), rng.integers(classes, size=m)
    points, order, names = rng.permutation(n), rng.permutation(m), rng.permutation(classes)
    scores = expected_error_reduction(features, known, labels, classes)
    moved = expected_error_reduction(features[points], known[order], names[labels[order]], classes)
    np.testing.assert_allclose(moved, scores[points], atol=1e-7)
    assert (scores <= 0).all()
    assert (scores >= -np.log(classes) - 1e-12).all()


X, K, Y = np.zeros((3, 2)), np.ones((2, 2)), np.array([0, 1])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: expected_error_reduction(X[:0], K, Y, 2), "features_N_D"),
        (lambda: expected_error_reduction(X, np.ones((2, 3)), Y, 2), "labeled_M_D"),
        (lambda: expected_error_reduction(X, K[:0], Y[:0], 2), "labels_M"),
        (lambda: expected_error_reduction(X, K, Y[:1], 2), "labels_M"),
        (lambda: expected_error_reduction(X, K, Y + 1, 2), "labels must be"),
        (lambda: expected_error_reduction(X, K, Y, 2, loss="hinge"), "loss"),  # type: ignore[arg-type]
        (lambda: expected_error_reduction(X, K, Y, 2, candidates=0), "candidates"),
        (lambda: expected_error_reduction(X, K, Y, 2, candidates=2), "give rng"),
        (lambda: expected_error_reduction(X, K, Y, 2, C=-1), "C positive"),
    ],
)
def test_bad_input_is_named(call, said) -> None:
    with pytest.raises(ValueError, match=said):
        call()
