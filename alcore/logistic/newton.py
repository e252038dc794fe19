"""Damped Newton steps in lockstep on L2-regularised logistic regressions that show the same classes.

The first class is the reference: V_c = W_c - W_ref removes the direction along which a multinomial model does
not change, and makes two classes the case of one difference. Minimising over what was removed turns the
penalty |W|^2 / (2 C) into V' (I - 11'/S) V / (2 C) for S > 2 classes; for two it stays |v|^2 / (2 C).
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from alcore.logistic.design import Design

Floats = NDArray[np.floating]

SUFFICIENT_DECREASE = 1e-4
# A step is refused only where the loss rises beyond what rounding can do.
ROUNDING = 1e-10
OVERFLOW = 1e300
# With fewer logits than this in all, copying what is left takes longer than to carry along what has ended.
WORTH_LEAVING = 16_384
CONJUGATE_STEPS = 8
FIRST_ACCURACY = 1e-2


def ridge(penalty_R_R: Floats, width: int) -> Floats:
    """The curvature (R P, R P) of the penalty."""
    r = len(penalty_R_R)
    ridge_R_P_R_P = np.zeros((r, width, r, width))
    inner = np.arange(width - 1)
    ridge_R_P_R_P[:, inner, :, inner] = penalty_R_R
    # The curvature of an intercept vanishes where every point is certain; this keeps it from being zero.
    ridge_R_P_R_P[:, -1, :, -1] = 1e-12 * np.eye(r)
    return ridge_R_P_R_P.reshape(r * width, r * width)


def softmax(z_B_R_M: Floats) -> tuple[Floats, Floats]:
    """Log of the normaliser (B, M) and probabilities (B, R, M) where the reference class has logit 0."""
    with np.errstate(over="ignore"):
        p_B_R_M = np.exp(z_B_R_M)
        sum_B_M = 1 + (p_B_R_M[:, 0] if p_B_R_M.shape[1] == 1 else p_B_R_M.sum(axis=1))
    if sum_B_M.max() < OVERFLOW:
        p_B_R_M /= sum_B_M[:, None]
        return np.log(sum_B_M), p_B_R_M
    top_B_M = np.maximum(z_B_R_M.max(axis=1), 0)
    p_B_R_M = np.exp(z_B_R_M - top_B_M[:, None])
    sum_B_M = p_B_R_M.sum(axis=1) + np.exp(-top_B_M)
    p_B_R_M /= sum_B_M[:, None]
    return top_B_M + np.log(sum_B_M), p_B_R_M


def penalty(r: int, C: float) -> Floats:
    """The (R, R) matrix of the penalty on the differences' weights."""
    return (np.eye(r) - 1 / (r + 1) if r > 1 else np.eye(1)) / C


@lru_cache(maxsize=32)
def _penalty_and_ridge(r: int, width: int, C: float) -> tuple[Floats, Floats]:
    penalty_R_R = penalty(r, C)
    return penalty_R_R, ridge(penalty_R_R, width)


def descend(
    design: Design,
    weights: Floats | None,
    pulls: Floats,
    v: Floats,
    *,
    C: float,
    tol: float | Floats,
    max_steps: int,
    inverse: Floats | None = None,
) -> Floats:
    """Newton steps with one step length a problem; a problem that has ended moves no more.

    Args:
        design: the points of B problems.
        weights: (B, M) weights of the points; None for ones.
        pulls: (B, R, P) the weighted sum of each class's points, for every class but the reference.
        v: (B, R, P) where to begin.
        C: inverse strength of the penalty.
        tol: Newton decrement that ends a problem; one for all or one each.
        max_steps: steps after which a problem stays where it is.
        inverse: (R P, R P) the inverse of a curvature near that of every problem; with it steps are found by
            conjugate gradients, and no problem's own curvature is ever written down.

    Returns:
        v_B_R_P at the minimum of each problem's objective.
    """
    batch, r, width = v.shape
    penalty_R_R, ridge_RP_RP = _penalty_and_ridge(r, width, C)
    least_B = np.full(batch, tol, dtype=np.float64) ** 2
    solved = np.empty_like(v)
    rows, going_B = np.arange(batch), np.ones(batch, dtype=bool)

    def losses(z: Floats, v: Floats) -> tuple[Floats, Floats, Floats]:
        """Of each problem; probabilities; the gradient of the penalty."""
        log_sum_B_M, p = softmax(z)
        if weights is not None:
            log_sum_B_M *= weights
        pull = penalty_R_R @ v
        pull[:, :, -1] = 0
        return log_sum_B_M.sum(axis=1) + _inner(v, pull / 2 - pulls), p, pull

    z = design.logits(v)
    loss_B, p, pull = losses(z, v)
    for _ in range(max_steps):
        gradient = design.gradient(p if weights is None else weights[:, None] * p)
        gradient += pull
        gradient -= pulls
        if inverse is None:
            hessian = design.curvature(p, weights).reshape(len(v), r * width, r * width)
            hessian += ridge_RP_RP
            move = np.linalg.solve(hessian, gradient.reshape(len(v), -1, 1)).reshape(v.shape)
            np.negative(move, out=move)
        else:
            move = _conjugate(design, p, weights, penalty_R_R, gradient, inverse)
        slope_B = _inner(gradient, move)
        ended_B = going_B & (-slope_B <= least_B)
        if ended_B.any():
            solved[rows[ended_B]] = (v + move)[ended_B]
            going_B &= ~ended_B
            if not going_B.any():
                return solved
            if z.size > WORTH_LEAVING:
                stay = np.flatnonzero(going_B)
                rows, going_B, design = rows[stay], going_B[stay], design.subset(stay)
                weights = None if weights is None else weights[stay]
                pulls, v, z, move = pulls[stay], v[stay], z[stay], move[stay]
                slope_B, loss_B, least_B = slope_B[stay], loss_B[stay], least_B[stay]
        z_move = design.logits(move)
        new_v, new_z = v + move, z + z_move
        least_slope_B, length_B = SUFFICIENT_DECREASE * slope_B, np.ones(len(v))
        highest_B = loss_B + ROUNDING * (1 + np.abs(loss_B))
        for _ in range(40):
            new_loss_B, p, pull = losses(new_z, new_v)
            too_far_B = going_B & ~(new_loss_B <= highest_B + length_B * least_slope_B)
            if not too_far_B.any():
                break
            length_B[too_far_B] /= 2
            new_v, new_z = v + length_B[:, None, None] * move, z + length_B[:, None, None] * z_move
        v, z, loss_B = new_v, new_z, new_loss_B
    solved[rows[going_B]] = v[going_B]
    return solved


def _inner(a_B_R_P: Floats, b_B_R_P: Floats) -> Floats:
    """The inner products of two vectors of each problem."""
    return np.vecdot(a_B_R_P.reshape(len(a_B_R_P), -1), b_B_R_P.reshape(len(b_B_R_P), -1))


def _conjugate(
    design: Design, p: Floats, weights: Floats | None, penalty_R_R: Floats, gradient: Floats, inverse: Floats
) -> Floats:
    """Newton steps by preconditioned conjugate gradients, the more exact the nearer the minimum."""

    def times_curvature(d: Floats) -> Floats:
        q = design.logits(d)
        q -= (p * q).sum(axis=1, keepdims=True)
        q *= p
        if weights is not None:
            q *= weights[:, None]
        pull = penalty_R_R @ d
        pull[:, :, -1] = 1e-12 * d[:, :, -1]
        return design.gradient(q) + pull

    def times_inverse(r: Floats) -> Floats:
        return (r.reshape(len(r), -1) @ inverse).reshape(r.shape)

    move, residual = np.zeros_like(gradient), -gradient
    y = times_inverse(residual)
    d, rho_B = y, _inner(residual, y)
    # Relative to the first: error of the step falls with the step, so that convergence stays quadratic.
    enough_B = rho_B * np.minimum(FIRST_ACCURACY, rho_B)
    for _ in range(CONJUGATE_STEPS):
        q = times_curvature(d)
        going_B = rho_B > enough_B
        along_B = np.where(going_B, rho_B, 0) / np.where(going_B, _inner(d, q), 1)
        move = move + along_B[:, None, None] * d
        residual = residual - along_B[:, None, None] * q
        y = times_inverse(residual)
        new_rho_B = _inner(residual, y)
        if not (new_rho_B > enough_B).any():
            break
        d = y + (new_rho_B / np.where(going_B, rho_B, 1))[:, None, None] * d
        rho_B = new_rho_B
    return move
