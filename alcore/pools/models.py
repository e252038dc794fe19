"""What scores a pool: linear heads fitted on the labelled rows, or estimators that are fitted already."""

import warnings
from dataclasses import dataclass, field
from math import ceil, log2
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from alcore.pools.source import PoolError
from alcore.rng import rng_for

# Up to so many coefficients the project's Newton solver is the faster one; its time grows with their cube.
NEWTON = 700
# Newton's solver gives -inf to classes that a bootstrap sample lacks; this gives them probability 0 as well.
_NEVER = 1e9
# Bits of a feature, without its sign.
_ROW_BITS = 22


class Model(Protocol):
    """Class probabilities of rows, by one member or several."""

    def probs(self, features_N_D: NDArray) -> NDArray[np.floating]:
        """Probabilities (N, K, C) by K members, each row a distribution; N is at most `source.TILE`."""


@dataclass(frozen=True, eq=False)
class LinearHeads:
    """K logistic regressions over C classes.

    A product's sums are taken in an order that depends on the processor, the shapes, and the place of a row. So that a
    row has the same logits wherever it stands, features and weights are rounded to integers whose sums of products are
    exact in double precision, in any order: by row and by column, to about the precision of float32.

    Attributes:
        weights_D_KC: float64, each column integers of at most `_bits(D)` bits times a power of two.
        intercepts_KC: float64.
        members: K.
    """

    weights_D_KC: NDArray[np.float64] = field(repr=False)
    intercepts_KC: NDArray[np.float64] = field(repr=False)
    members: int

    def probs(self, features_N_D: NDArray) -> NDArray[np.float64]:
        """Softmax of the logits, in double precision."""
        with np.errstate(over="ignore", invalid="ignore"):
            z_N_KC = _rounded(features_N_D).astype(np.float64) @ self.weights_D_KC
        check_finite(z_N_KC)
        z_N_K_C = (z_N_KC + self.intercepts_KC).reshape(len(features_N_D), self.members, -1)
        z_N_K_C -= z_N_K_C.max(axis=2, keepdims=True)
        np.exp(z_N_K_C, out=z_N_K_C)
        z_N_K_C /= z_N_K_C.sum(axis=2, keepdims=True)
        return z_N_K_C


def _rounded(x_N_D: NDArray) -> NDArray[np.float32]:
    """Each row rounded to multiples of 2^-`_ROW_BITS` of the power of two above its largest magnitude.

    Adding and subtracting three times that power leaves what float32 can hold between twice and four times of it.
    """
    x_N_D = x_N_D.astype(np.float32)
    _, powers_N = np.frexp(np.maximum(x_N_D.max(axis=1), -x_N_D.min(axis=1)))
    shifts_N_1 = np.ldexp(np.float32(3), powers_N)[:, None]
    x_N_D += shifts_N_1
    x_N_D -= shifts_N_1
    return x_N_D


def _bits(columns: int) -> int:
    """Bits of a weight: the sum of so many products has at most the 53 bits that a float64 holds exactly."""
    return 53 - _ROW_BITS - ceil(log2(columns))


@dataclass(frozen=True, eq=False)
class Estimators:
    """Fitted estimators with `predict_proba`, one or a committee.

    Their numbers are taken as they are: if the last digits of a row's depend on the rows beside it, so do ties.
    """

    estimators: tuple[Any, ...] = field(repr=False)

    def probs(self, features_N_D: NDArray) -> NDArray[np.floating]:
        """What each predicts."""
        features_N_D = features_N_D.astype(np.float32) if features_N_D.itemsize == 2 else features_N_D
        check_finite(features_N_D)
        try:
            parts = [np.asarray(one.predict_proba(features_N_D)) for one in self.estimators]
        except ValueError as error:
            raise PoolError(f"the estimator cannot predict rows of {features_N_D.shape[1]} numbers: {error}") from error
        if len({part.shape for part in parts}) > 1 or parts[0].ndim != 2:
            raise PoolError("the estimators of a committee must predict the same classes, one column each.")
        if len(parts[0]) != len(features_N_D):
            raise PoolError(f"the estimator predicts {len(parts[0]):,} rows for {len(features_N_D):,}.")
        if not all(np.isfinite(part).all() for part in parts):
            raise PoolError("the estimator predicts probabilities that are NaN or infinite: fit it again, or another.")
        return np.stack(parts, axis=1)


class NotFiniteError(ValueError):
    """A row holds NaN or infinity; which, is for the reader of the tile to say."""


def check_finite(x: NDArray) -> None:
    """Raise NotFiniteError if a number is not finite."""
    if not np.isfinite(x).all():
        raise NotFiniteError


def model_of(estimator: Any) -> Model:
    """A fitted estimator, or a sequence of them as a committee.

    Raises:
        PoolError: one has no `predict_proba`.
    """
    some = tuple(estimator) if isinstance(estimator, list | tuple) else (estimator,)
    for one in some:
        if not hasattr(one, "predict_proba"):
            raise PoolError(f"{type(one).__name__} has no predict_proba: give fitted classifiers with probabilities.")
    if not some:
        raise PoolError("the committee is empty: give at least one fitted estimator.")
    return Estimators(some)


def fit_heads(
    features_M_D: NDArray, codes_M: NDArray, classes: int, *, members: int = 1, C: float = 1.0, seed: int = 0
) -> LinearHeads:
    """Logistic regression on the labelled rows with scikit-learn's objective, one head or a bootstrap committee.

    Small problems are solved by the project's Newton steps, large ones by scikit-learn's L-BFGS; both on one thread,
    so that coefficients do not depend on the number of cores.

    Args:
        features_M_D: the labelled rows.
        codes_M: their classes, 0 to classes - 1.
        classes: 2 or more.
        members: 1 for a head fitted on all rows, more for heads fitted on bootstrap samples.
        C: inverse strength of the penalty.
        seed: of the bootstrap.

    Raises:
        PoolError: C is not above 0 and finite.
    """
    from threadpoolctl import threadpool_limits

    if not 0 < C < np.inf:
        raise PoolError(f"C must be above 0 and finite, the inverse strength of the penalty, got {C}.")
    count = len(codes_M)
    weights_K_M = np.ones((members, count))
    if members > 1:
        rng = rng_for(seed, "pool committee")
        weights_K_M = rng.multinomial(count, np.full(count, 1 / count), size=members).astype(np.float64)
    small = (classes - 1) * (features_M_D.shape[1] + 1) <= NEWTON
    with threadpool_limits(limits=1):
        fit = _newton if small else _lbfgs
        coefs_K_C_P = fit(features_M_D.astype(np.float64), codes_M, weights_K_M, classes, C)
    flat_KC_P = coefs_K_C_P.reshape(members * classes, -1)
    intercepts = np.nan_to_num(flat_KC_P[:, -1], posinf=_NEVER, neginf=-_NEVER)
    weights_D_KC = np.ascontiguousarray(flat_KC_P[:, :-1].T)
    _, powers_KC = np.frexp(np.abs(weights_D_KC).max(axis=0))
    units_KC = np.ldexp(1.0, powers_KC - _bits(len(weights_D_KC)))
    return LinearHeads(np.rint(weights_D_KC / units_KC) * units_KC, intercepts, members)


def _newton(x_M_D: NDArray, codes_M: NDArray, weights_K_M: NDArray, classes: int, C: float) -> NDArray:
    from alcore.logistic.batched import solve

    coefs_K_C_P = solve(x_M_D, codes_M, weights_K_M, classes=classes, C=C)
    # Two classes have one row, the second against the first.
    return np.concatenate([-coefs_K_C_P, coefs_K_C_P], axis=1) / 2 if classes == 2 else coefs_K_C_P


def _lbfgs(x_M_D: NDArray, codes_M: NDArray, weights_K_M: NDArray, classes: int, C: float) -> NDArray:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    coefs_K_C_P = np.zeros((len(weights_K_M), classes, x_M_D.shape[1] + 1))
    coefs_K_C_P[:, :, -1] = -np.inf
    for coefs_C_P, weights_M in zip(coefs_K_C_P, weights_K_M, strict=True):
        shown = weights_M > 0
        present = np.unique(codes_M[shown])
        coefs_C_P[present, -1] = 0
        if len(present) == 1:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # a head that is nearly at its optimum scores as well
            head = LogisticRegression(C=C, tol=1e-5, max_iter=1000)
            head.fit(x_M_D[shown], codes_M[shown], sample_weight=weights_M[shown])
        found = np.concatenate([head.coef_, head.intercept_[:, None]], axis=1)
        coefs_C_P[present] = np.concatenate([-found, found]) / 2 if len(present) == 2 else found
    return coefs_K_C_P
