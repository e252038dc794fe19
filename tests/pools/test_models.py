"""Logits of linear heads: as accurate as single precision, and the same wherever a row stands."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from alcore.pools.models import LinearHeads, fit_heads


def heads(columns: int, members: int, classes: int) -> LinearHeads:
    """Fitted on a few rows of noise."""
    rng = np.random.default_rng(columns)
    x = rng.normal(size=(40, columns)) * rng.lognormal(sigma=2, size=columns)
    return fit_heads(x, np.arange(40) % classes, classes, members=members)


@pytest.mark.parametrize(("columns", "members", "classes"), [(1, 1, 2), (8, 5, 2), (64, 3, 10), (384, 1, 3)])
@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_a_row_has_the_same_probabilities_wherever_it_stands(
    columns: int, members: int, classes: int, kind: type
) -> None:
    model, rng = heads(columns, members, classes), np.random.default_rng(0)
    x: NDArray = (rng.normal(size=(1024, columns)) * rng.lognormal(sigma=2, size=(1024, 1))).astype(kind)
    probs = model.probs(x)
    assert probs.shape == (1024, members, classes)
    order = rng.permutation(len(x))
    assert np.array_equal(model.probs(x[order]), probs[order])
    for begin, end in ((0, 1), (5, 12), (3, 1000)):
        assert np.array_equal(model.probs(x[begin:end]), probs[begin:end])


def test_logits_are_exact_sums_of_rounded_numbers() -> None:
    """Worked out in fractions, of features that float32 holds in 22 bits."""
    model, rng = heads(384, 1, 3), np.random.default_rng(1)
    x = (rng.integers(-(2**11), 2**11, size=(6, 384)) / 2**7).astype(np.float32)
    weights_D_KC = np.vectorize(Fraction)(model.weights_D_KC)
    logits = (np.vectorize(Fraction)(x.astype(np.float64)) @ weights_D_KC).astype(np.float64) + model.intercepts_KC
    expected = np.exp(logits - logits.max(axis=1, keepdims=True))
    assert np.array_equal(model.probs(x)[:, 0], expected / expected.sum(axis=1, keepdims=True))


def test_they_are_those_of_the_coefficients_to_single_precision() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(60, 50)), np.arange(60) % 3
    fitted = LogisticRegression(solver="newton-cholesky", tol=1e-10).fit(x, y)
    more = rng.normal(size=(500, 50))
    assert np.abs(fit_heads(x, y, 3).probs(more)[:, 0] - fitted.predict_proba(more)).max() < 3e-6
