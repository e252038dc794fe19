"""Lockstep logistic regressions against scikit-learn's, one at a time at a tight tolerance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from alcore.logistic import batched
from alcore.logistic.batched import predict, solve, solve_design
from alcore.logistic.design import SeparatePoints, SharedAndSeparatePoints, SharedPoints


def reference(x, y, weights, at, classes: int, C: float = 1.0) -> np.ndarray:
    """scikit-learn's probabilities at tight tolerance; a class not shown has probability 0."""
    probs = np.zeros((len(at), classes))
    there = weights > 0
    shown = np.unique(y[there])
    if len(shown) == 1:
        probs[:, shown[0]] = 1
        return probs
    model = LogisticRegression(C=C, tol=1e-10, max_iter=100_000, solver="newton-cg")
    model.fit(x[there], y[there], sample_weight=weights[there])
    probs[:, model.classes_] = model.predict_proba(at)
    return probs


def problems(batch: int, m: int, d: int, classes: int, seed: int = 0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(batch, m, d))
    y = rng.integers(classes, size=(batch, m))
    x[..., 0] += y  # something to learn
    y[:, :classes] = np.arange(classes)
    return x, y


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("C", [0.1, 1.0, 30.0])
def test_own_points_agree_with_scikit_learn(classes, C) -> None:
    x, y = problems(6, 40, 3, classes)
    at = np.random.default_rng(1).normal(size=(20, 3))
    probs = predict(solve(x, y, classes=classes, C=C), at)
    for b in range(6):
        np.testing.assert_allclose(probs[b], reference(x[b], y[b], np.ones(40), at, classes, C), atol=1e-6)


@pytest.mark.parametrize("classes", [2, 3])
def test_shared_points_with_weights_agree_with_scikit_learn(classes) -> None:
    x, y = problems(1, 60, 4, classes)
    weights = np.random.default_rng(2).integers(0, 4, size=(5, 60)) / 2.0
    coefs = solve(x[0], y[0], weights, classes=classes)
    assert coefs.shape == (5, 1 if classes == 2 else classes, 5)
    for b in range(5):
        expected = reference(x[0], y[0], weights[b], x[0], classes)
        np.testing.assert_allclose(predict(coefs, x[0])[b], expected, atol=1e-6)


def test_coefficients_are_scikit_learns() -> None:
    for classes in (2, 4):
        x, y = problems(1, 50, 3, classes, seed=3)
        model = LogisticRegression(tol=1e-12, max_iter=10_000).fit(x[0], y[0])
        expected = np.concatenate([model.coef_, model.intercept_[:, None]], axis=1)
        np.testing.assert_allclose(solve(x[0], y[0], classes=classes)[0], expected, atol=1e-5)


def test_the_gradient_of_the_whole_objective_vanishes() -> None:
    x, y = problems(4, 30, 2, 3, seed=4)
    coefs = solve(x, y, classes=3, C=2.0)
    residual = predict_each(coefs, x) - np.eye(3)[y]
    bias = np.ones((4, 30, 1))
    gradient = residual.transpose(0, 2, 1) @ np.concatenate([x, bias], axis=2)
    gradient[..., :-1] += coefs[..., :-1] / 2
    np.testing.assert_allclose(gradient, 0, atol=1e-9)
    np.testing.assert_allclose(coefs[..., -1].sum(axis=1), 0, atol=1e-12)


def predict_each(coefs, x) -> np.ndarray:
    return np.stack([predict(coefs[b : b + 1], x[b])[0] for b in range(len(x))])


@pytest.mark.parametrize("classes", [2, 3, 4])
def test_classes_without_a_point_have_probability_zero(classes) -> None:
    x, y = problems(1, 40, 2, classes, seed=5)
    weights = np.stack([(y[0] % (shown + 1) == 0) & (y[0] <= shown) for shown in range(classes)]).astype(float)
    weights = np.concatenate([weights, y == classes - 1, y != 0, np.ones((1, 40))])
    probs = predict(solve(x[0], y[0], weights, classes=classes), x[0])
    assert np.isfinite(probs).all()
    for b in range(len(weights)):
        np.testing.assert_allclose(probs[b], reference(x[0], y[0], weights[b], x[0], classes), atol=1e-6)


@pytest.mark.parametrize("shared", [True, False])
def test_neighbours_and_slices_change_nothing(monkeypatch: pytest.MonkeyPatch, shared) -> None:
    x, y = problems(9, 30, 3, 3, seed=6)
    x[4] *= 1e3  # a problem that needs many more steps
    own = (x[4], y[4]) if shared else (x, y)
    weights = np.random.default_rng(7).integers(0, 3, size=(9, 30)) + 1.0
    together = solve(*own, weights, classes=3)
    for b in range(9):
        one = (x[4], y[4]) if shared else (x[b : b + 1], y[b : b + 1])
        alone = solve(*one, weights[b : b + 1], classes=3)[0]
        np.testing.assert_allclose(alone, together[b], rtol=1e-9 if shared else 0, atol=1e-12 if shared else 0)
    monkeypatch.setattr(batched, "PROBLEM_ENTRIES_AT_A_TIME", 400)
    np.testing.assert_allclose(solve(*own, weights, classes=3), together, atol=1e-12 if shared else 0)


@pytest.mark.parametrize("classes", [2, 4])
def test_shared_points_and_one_of_its_own_are_points_like_any(classes) -> None:
    x, y = problems(1, 30, 3, classes, seed=10)
    shared = np.concatenate([x[0], np.ones((30, 1))], axis=1)
    own = np.random.default_rng(11).normal(size=(5, 4))
    labels = np.concatenate([np.tile(y[0], (5, 1)), np.arange(5)[:, None] % classes], axis=1)
    weights = np.random.default_rng(12).random((5, 31))
    every = np.concatenate([np.tile(shared, (5, 1, 1)), own[:, None]], axis=1)
    found = solve_design(SharedAndSeparatePoints(SharedPoints(shared), own), labels, weights, classes=classes)
    expected = solve_design(SeparatePoints(every), labels, weights, classes=classes)
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_a_warm_start_reaches_the_same_solution() -> None:
    for classes in (2, 3):
        x, y = problems(5, 40, 2, classes, seed=8)
        cold = solve(x, y, classes=classes)
        before = solve(x[:, :-1], y[:, :-1], classes=classes)
        np.testing.assert_allclose(solve(x, y, classes=classes, start=before), cold, atol=1e-9)
        np.testing.assert_allclose(solve(x, y, classes=classes, start=100 * before), cold, atol=1e-9)


def test_a_warm_start_may_come_from_a_model_of_fewer_classes() -> None:
    for classes in (2, 3):
        x, y = problems(3, 40, 2, classes, seed=9)
        first_only = (y == 0).astype(float)
        for weights in (first_only, first_only + (y == classes - 1)):
            before = solve(x, y, weights, classes=classes)
            found = solve(x, y, classes=classes, start=before)
            np.testing.assert_allclose(found, solve(x, y, classes=classes), atol=1e-9)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e4])
@pytest.mark.parametrize("C", [1e-4, 1.0, 1e6])
def test_extreme_scales_and_separable_points(scale, C) -> None:
    x = scale * np.array([[-2.0, 1], [-1, 1], [1, 1], [2, 1]])
    y = np.array([0, 0, 1, 1])
    coefs = solve(x, y, classes=2, C=C)
    assert np.isfinite(coefs).all()
    probs = predict(coefs, x)[0]
    assert (probs.argmax(axis=1) == y).all()
    np.testing.assert_allclose(probs.sum(axis=1), 1, atol=1e-12)


def test_identical_points_and_one_point() -> None:
    probs = predict(solve(np.ones((4, 2)), np.array([0, 1, 1, 1]), classes=2), np.ones((1, 2)))
    np.testing.assert_allclose(probs[0, 0], [0.25, 0.75], atol=1e-9)
    sure = predict(solve(np.ones((1, 2)), np.array([2]), classes=3), np.zeros((2, 2)))
    np.testing.assert_array_equal(sure[0], [[0, 0, 1], [0, 0, 1]])


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), classes=st.integers(2, 4), m=st.integers(1, 12), d=st.integers(1, 3))
def test_order_of_points_and_names_of_classes_do_not_matter(seed, classes, m, d) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(m, d)), rng.integers(classes, size=m)
    order, names = rng.permutation(m), rng.permutation(classes)
    probs = predict(solve(x, y, classes=classes), x)[0]
    other = predict(solve(x[order], names[y[order]], classes=classes), x)[0]
    np.testing.assert_allclose(other[:, names], probs, atol=1e-8)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: solve(np.zeros((0, 2)), np.zeros(0, int), classes=2), "x must be"),
        (lambda: solve(np.full((1, 2), np.nan), np.zeros(1, int), classes=2), "finite"),
        (lambda: solve(np.zeros((2, 2)), np.zeros(3, int), classes=2), "labels and weights"),
        (lambda: solve(np.zeros((2, 3, 2)), np.zeros((5, 3), int), classes=2), "labels and weights"),
        (lambda: solve(np.zeros((2, 2)), np.array([0, 2]), classes=2), "labels must be"),
        (lambda: solve(np.zeros((2, 2)), np.array([0.0, 1.0]), classes=2), "labels must be"),
        (lambda: solve(np.zeros((2, 2)), np.array([0, 1]), np.zeros((1, 2)), classes=2), "weights must be"),
        (lambda: solve(np.zeros((2, 2)), np.array([0, 1]), -np.ones(2), classes=2), "weights must be"),
        (lambda: solve(np.zeros((2, 2)), np.array([0, 1]), classes=2, C=0), "C positive"),
        (lambda: solve(np.zeros((2, 2)), np.array([0, 1]), classes=2, start=np.zeros((1, 2, 3))), "start"),
    ],
)
def test_bad_input_is_named(call, said) -> None:
    with pytest.raises(ValueError, match=said):
        call()
