"""BAIT: every trace by a direct inverse, optimal designs in closed form, and the curvature of a fitted model."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from alcore.logistic.batched import predict, solve
from alcore.strategies import bait, picks
from alcore.strategies.fisher import _information, _with_one

Four = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def pool(n: int, classes: int, labels: int = 4, dimensions: int = 2, seed: int = 0) -> Four:
    draw = rng(seed)
    probs = draw.dirichlet(np.ones(classes), size=n + labels)
    x = draw.normal(size=(n + labels, dimensions)) * 3 + 5
    return probs[:n], x[:n], probs[n:], x[n:]


def fisher(p: np.ndarray, x: np.ndarray) -> np.ndarray:
    return np.kron(np.diag(p) - np.outer(p, p), np.outer(x, x))


def plain(probs, x, known_probs, known, k, ridge=1.0) -> tuple[list[int], list[float]]:
    """Each trace from the definition."""
    n = len(x)
    every, p = np.concatenate([x, known]), np.concatenate([probs, known_probs])
    every = every - every.mean(axis=0)
    every = np.concatenate([every / np.sqrt((every**2).mean()), np.ones((len(every), 1))], axis=1)
    single = [fisher(*one) for one in zip(p, every, strict=True)]
    wanted = np.mean(single, axis=0)
    base = ridge * np.eye(wanted.shape[0]) + np.sum(single[n:], axis=0)

    def trace(picks: list[int]) -> float:
        return float(np.trace(np.linalg.inv(sum((single[i] for i in picks), base)) @ wanted))

    picks: list[int] = []
    scores: list[float] = []
    for _ in range(min(2 * k, n)):
        best = min(
            (row for row in range(n) if row not in picks), key=lambda row: (round(trace([*picks, row]), 10), row)
        )
        scores.append(trace(picks) - trace([*picks, best]))
        picks.append(best)
    while len(picks) > k:
        out = min(range(len(picks)), key=lambda at: (round(trace(picks[:at] + picks[at + 1 :]), 10), -picks[at]))
        picks.pop(out)
        scores.pop(out)
    return picks, scores


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("labels", [0, 4])
@pytest.mark.parametrize("ridge", [1.0, 0.01])
def test_every_trace_is_that_of_a_direct_inverse(classes, labels, ridge) -> None:
    for seed in range(4):
        given = pool(10, classes, labels, seed=seed)
        picks, scores = plain(*given, 3, ridge)
        batch = bait(*given, 3, ridge=ridge)
        assert batch.indices.tolist() == picks
        np.testing.assert_allclose(batch.scores, scores, rtol=1e-6, atol=1e-9)


def test_many_updates_lose_nothing() -> None:
    given = pool(60, 3, dimensions=5)
    picks, scores = plain(*given, 12)
    batch = bait(*given, 12)
    assert batch.indices.tolist() == picks
    np.testing.assert_allclose(batch.scores, scores, rtol=1e-6)


def test_the_information_is_the_curvature_of_the_log_loss() -> None:
    """Second differences of the loss, summed over points, at a fitted model."""
    x, labels = rng(1).normal(size=(40, 2)), np.arange(40) % 3
    coefs = solve(x, labels, classes=3)
    probs, x_1 = predict(coefs, x)[0], np.concatenate([x, np.ones((40, 1))], axis=1)

    def loss(flat: np.ndarray) -> float:
        z = x_1 @ flat.reshape(3, 3).T
        return float((np.log(np.exp(z).sum(axis=1)) - z[np.arange(40), labels]).sum())

    at, step = coefs[0].ravel(), 1e-3
    curvature = np.empty((9, 9))
    for i, e in enumerate(step * np.eye(9)):
        for j, f in enumerate(step * np.eye(9)):
            ends = loss(at + e + f) - loss(at + e - f) - loss(at - e + f) + loss(at - e - f)
            curvature[i, j] = ends / (4 * step**2)
    np.testing.assert_allclose(_information(probs, x_1), curvature, atol=1e-4)


def test_on_a_line_both_ends_are_queried() -> None:
    """Equal probabilities make it linear regression, whose optimal design on an interval is its two ends."""
    x = np.linspace(-1, 1, 21)[:, None]
    batch = bait(np.full((21, 2), 0.5), x, np.empty((0, 2)), x[:0], 4, ridge=1e-3)
    assert sorted(batch.indices.tolist()) in ([0, 0, 20, 20], [0, 1, 19, 20])
    assert set(batch.indices[:2].tolist()) == {0, 20}


def test_certain_predictions_have_no_information() -> None:
    probs, x, known_probs, known = pool(12, 3)
    sure = np.eye(3)[np.arange(12) % 3]
    batch = bait(sure, x, known_probs, known, 4)
    assert batch.indices.tolist() == [0, 1, 2, 3] and (batch.scores == 0).all()
    sure[7] = probs[7]
    assert bait(sure, x, known_probs, known, 1).indices.tolist() == [7]


def test_slices_scale_and_place_change_nothing(monkeypatch) -> None:
    probs, x, known_probs, known = pool(50, 3)
    whole = bait(probs, x, known_probs, known, 6)
    monkeypatch.setattr("alcore.strategies.fisher.NUMBERS_AT_A_TIME", 20)
    assert bait(probs, x, known_probs, known, 6).indices.tolist() == whole.indices.tolist()
    moved = bait(probs, 64 * x + 1000, known_probs, 64 * known + 1000, 6)
    assert moved.indices.tolist() == whole.indices.tolist()
    assert np.mean(_with_one(x)[:, :-1] ** 2) == pytest.approx(1)


def test_chooses_from_some_rows() -> None:
    given = pool(40, 2)
    rows = np.array([31, 4, 9, 17, 22])
    batch = bait(*given, 3, rows=rows)
    assert set(batch.indices.tolist()) <= set(rows.tolist()) and len(batch) == 3
    assert sorted(bait(*given, 9, rows=rows).indices.tolist()) == sorted(rows.tolist())


def test_refuses_shapes_and_ridge() -> None:
    probs, x, known_probs, known = pool(10, 2)
    with pytest.raises(ValueError, match="ridge must be above 0"):
        bait(probs, x, known_probs, known, 2, ridge=0)
    with pytest.raises(ValueError, match="one row a point"):
        bait(probs, x, known_probs[:2], known, 2)
    with pytest.raises(ValueError, match="one row a point"):
        bait(probs[:5], x, known_probs, known, 2)


def test_refuses_labelled_rows_that_are_no_distribution() -> None:
    probs, x, known_probs, known = pool(10, 2)
    for wrong in (np.nan, 7.0):
        with pytest.raises(ValueError, match="must be a distribution"):
            bait(probs, x, np.where(known_probs == known_probs[0, 0], wrong, known_probs), known, 2)


@pytest.mark.parametrize("rows", [[1, 1, 2], [-1, 2], [3, 10], [0.5, 2]])
def test_refuses_rows_that_are_none(rows: list[float]) -> None:
    with pytest.raises(ValueError, match="rows must be different whole numbers from 0 to 9"):
        bait(*pool(10, 2), 2, rows=np.array(rows))


def _view(n: int, classes: int) -> Any:
    probs, x, known_probs, known = pool(n, classes)
    given = {"probs_N_C": probs, "features_N_D": x, "labeled_probs_M_C": known_probs, "labeled_M_D": known}
    return SimpleNamespace(indices_N=np.arange(n), **given)


def test_many_classes_leave_fewer_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(picks, "bait", lambda *given, rows: asked.append(len(rows)))
    for classes in (10, 100, 300):
        picks.fisher_information(_view(6_000, classes), 2, rng())
    assert asked == [5_000, 400, 44]


def test_more_classes_than_coefficients_allow_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 300 classes, got 301"):
        picks.fisher_information(_view(10, 301), 2, rng())
