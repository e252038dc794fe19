"""Many small logistic regressions fitted at once: a damped Newton method in lockstep.

The objective is scikit-learn's: the weighted sum of log losses plus |w|^2 / (2 C), intercepts unpenalised;
two classes share one weight vector, more have one each. Problems that show the same classes go together.
"""

import numpy as np
from numpy.typing import NDArray

from alcore.logistic.design import Design, SeparatePoints, SharedPoints
from alcore.logistic.newton import descend

Floats = NDArray[np.floating]

# Problems are taken in slices so that no temporary exceeds this many numbers.
PROBLEM_ENTRIES_AT_A_TIME = 4_000_000


def solve(
    x: NDArray,
    labels: NDArray,
    weights: NDArray | None = None,
    *,
    classes: int,
    C: float = 1.0,
    start: Floats | None = None,
    tol: float = 1e-6,
    max_steps: int = 100,
) -> Floats:
    """Fit B logistic regressions with scikit-learn's default objective.

    Each problem has its own steps, damping and end, so its solution does not depend on its neighbours (beyond
    the rounding of a matrix product, where points are shared). A problem ends after a full step from where
    the Newton decrement was at most `tol`; what is left after that step is of the order of tol squared.
    Time a step O(B (M R^2 D^2 + R^3 D^3)) with R = 1 for two classes, else classes - 1.

    Args:
        x: (M, D) points shared by all problems, or (B, M, D) points of each.
        labels: (M,) or (B, M) whole numbers from 0 to classes - 1.
        weights: (M,) or (B, M) weights, 0 for a point that is not there; None for ones.
        classes: number of classes, 2 or more.
        C: inverse strength of the penalty, as in scikit-learn.
        start: (B, K, D + 1) coefficients to begin from, such as those of a problem that is nearly the same;
            None for zeros. The solution is the same, the steps are fewer.
        tol: Newton decrement (the square root of twice what a step can still win, in nats) that ends.
        max_steps: steps after which a problem stays where it is.

    Returns:
        coefficients_B_K_P with K = 1 for two classes, else classes, and P = D + 1, intercept last; B = 1 when
        everything is shared. Intercepts of a multinomial model sum to zero, as scikit-learn's do. A problem
        is fitted on the classes it shows: the others have intercept -inf (for two classes +-inf), so that
        `predict` gives them probability 0, and a problem that shows one class is certain of it.

    Raises:
        ValueError: if shapes do not fit, a label or weight is out of range, or a problem has no point.
    """
    x, labels_B_M, weights_B_M = _checked(x, labels, weights, classes, C)
    bias = np.ones((*x.shape[:-1], 1))
    design: Design = (SharedPoints if x.ndim == 2 else SeparatePoints)(np.concatenate([x, bias], axis=-1))
    shape = (len(labels_B_M), 1 if classes == 2 else classes, x.shape[-1] + 1)
    if start is not None and start.shape != shape:
        raise ValueError(f"start must have shape {shape}, got {start.shape}")
    return solve_design(
        design, labels_B_M, weights_B_M, classes=classes, C=C, start=start, tol=tol, max_steps=max_steps
    )


def solve_design(
    design: Design,
    labels_B_M: NDArray,
    weights_B_M: Floats | None,
    *,
    classes: int,
    C: float = 1.0,
    start: Floats | None = None,
    tol: float = 1e-6,
    max_steps: int = 100,
) -> Floats:
    """`solve` for points behind a `Design`; arguments are not checked, and no weights are ones."""
    batch = len(labels_B_M)
    coefs_B_K_P = np.zeros((batch, 1 if classes == 2 else classes, design.width))
    is_B_C_M = labels_B_M[:, None] == np.arange(classes)[:, None]
    shown_B_C = (is_B_C_M if weights_B_M is None else is_B_C_M & (weights_B_M != 0)[:, None]).any(axis=2)
    patterns, kinds_B = [shown_B_C[0]], np.zeros(batch, dtype=np.int64)
    if (shown_B_C != shown_B_C[0]).any():
        patterns, kinds_B = np.unique(shown_B_C, axis=0, return_inverse=True)  # type: ignore[assignment]
    points_each = labels_B_M.shape[1]
    for kind, shown_C in enumerate(patterns):
        present = np.flatnonzero(shown_C)
        members = np.flatnonzero(kinds_B == kind)
        size = max((len(present) - 1) * design.width, 1)
        slice_ = max(1, PROBLEM_ENTRIES_AT_A_TIME // max(size * size, points_each * max(design.width, classes)))
        for first in range(0, len(members), slice_):
            models = members[first : first + slice_]
            # A slice takes all of them without a copy.
            is_all = len(models) == batch
            rows: NDArray | slice = slice(None) if is_all else models
            v_B_R_P = _differences(None if start is None else start[rows], present, len(models), design.width)
            if len(present) > 1:
                inner = design if is_all else design.subset(models)
                targets_B_R_M = is_B_C_M[rows][:, present[1:]].astype(np.float64)
                w_B_M = None if weights_B_M is None else weights_B_M[rows]
                if w_B_M is not None:
                    targets_B_R_M *= w_B_M[:, None]
                pulls_B_R_P = inner.gradient(targets_B_R_M)
                v_B_R_P = descend(inner, w_B_M, pulls_B_R_P, v_B_R_P, C=C, tol=tol, max_steps=max_steps)
            coefs_B_K_P[rows] = _coefficients(v_B_R_P, present, classes)
    return coefs_B_K_P


def predict(coefs_B_K_P: Floats, x_N_D: NDArray) -> Floats:
    """Class probabilities of shared points under every model.

    Args:
        coefs_B_K_P: what `solve` returned.
        x_N_D: the points.

    Returns:
        probs_B_N_C.
    """
    z_B_K_N = coefs_B_K_P[:, :, :-1] @ x_N_D.T + coefs_B_K_P[:, :, -1:]
    return probabilities(z_B_K_N).transpose(0, 2, 1)


def probabilities(z_B_K_N: Floats) -> Floats:
    """Class probabilities.

    Args:
        z_B_K_N: logits of every class, or, for two classes, of the second against the first.

    Returns:
        probs_B_C_N.
    """
    if z_B_K_N.shape[1] > 1:
        exps = np.exp(z_B_K_N - z_B_K_N.max(axis=1, keepdims=True))
        exps /= exps.sum(axis=1, keepdims=True)
        return exps
    # Relative to the more probable class: one of each two is 1.
    probs_B_2_N = np.empty((len(z_B_K_N), 2, z_B_K_N.shape[2]), dtype=z_B_K_N.dtype)
    np.minimum(-z_B_K_N, 0, out=probs_B_2_N[:, :1])
    np.minimum(z_B_K_N, 0, out=probs_B_2_N[:, 1:])
    np.exp(probs_B_2_N, out=probs_B_2_N)
    probs_B_2_N *= 1 / (1 + probs_B_2_N[:, :1] * probs_B_2_N[:, 1:])
    return probs_B_2_N


def _differences(start_B_K_P: Floats | None, present: NDArray, batch: int, width: int) -> Floats:
    """Coefficients relative to the first class present; zero where a model has no coefficients for a class."""
    if start_B_K_P is None:
        return np.zeros((batch, len(present) - 1, width))
    if start_B_K_P.shape[1] == 1:
        v = start_B_K_P[:, : len(present) - 1]
    else:
        known = np.where(np.isfinite(start_B_K_P), start_B_K_P, 0)
        v = known[:, present[1:]] - known[:, present[:1]]
    return np.where(np.isfinite(v), v, 0)


def _coefficients(v_B_R_P: Floats, present: NDArray, classes: int) -> Floats:
    """What scikit-learn would call coef_ and intercept_; classes not shown have intercept -inf."""
    batch, r, width = v_B_R_P.shape
    coefs = np.zeros((batch, 1 if classes == 2 else classes, width))
    if classes == 2:
        if r == 1:
            return v_B_R_P
        coefs[:, 0, -1] = np.inf if present[0] == 1 else -np.inf
        return coefs
    coefs[:, present[1:]] = v_B_R_P
    coefs[:, present] -= v_B_R_P.sum(axis=1, keepdims=True) / len(present)
    if len(present) < classes:
        coefs[:, np.setdiff1d(np.arange(classes), present), -1] = -np.inf
    return coefs


def _checked(
    x: NDArray, labels: NDArray, weights: NDArray | None, classes: int, C: float
) -> tuple[Floats, NDArray, Floats]:
    """Points as float64, labels and weights as (B, M)."""
    if x.ndim not in (2, 3) or x.shape[-2] == 0:
        raise ValueError(f"x must be (M, D) or (B, M, D) with at least one point, got shape {x.shape}")
    x = np.asarray(x, dtype=np.float64)
    if not np.isfinite(x.sum()):
        raise ValueError("x must be finite, got NaN or infinity")
    if classes < 2 or not C > 0:
        raise ValueError(f"classes must be 2 or more and C positive, got {classes} and {C}")
    labels = np.asarray(labels)
    weights = np.ones(1) if weights is None else np.asarray(weights, dtype=np.float64)
    try:
        shape = np.broadcast_shapes((1, x.shape[-2]), labels.shape, weights.shape, x.shape[:-1])
        if len(shape) != 2 or shape[1] != x.shape[-2] or (x.ndim == 3 and shape[0] != len(x)):
            raise ValueError
    except ValueError:
        raise ValueError(
            f"labels and weights must be (M,) or (B, M) for x of shape {x.shape}, "
            f"got shapes {labels.shape} and {weights.shape}"
        ) from None
    if not np.issubdtype(labels.dtype, np.integer) or labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be whole numbers from 0 to {classes - 1}, got {np.unique(labels)[:10]}")
    weights = np.broadcast_to(weights, shape)
    if not (np.isfinite(weights).all() and (weights >= 0).all() and (weights > 0).any(axis=1).all()):
        raise ValueError("weights must be finite, 0 or more, and positive for a point of every problem")
    return x, np.broadcast_to(labels, shape), weights
