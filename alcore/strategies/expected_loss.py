"""How much many models doubt a pool: entropy or expected error, summed over points, from logits.

Logits are (R, B, N): of every class but the reference, whose logit is 0.
"""

from collections.abc import Callable

import numpy as np

from alcore.logistic.design import Floats

# Above this logit the exponentials are taken relative to the largest.
SAFE_LOGIT = 300.0
# Logits of a slice of models and points: few enough to stay in a cache.
SLICE = 65_536
POINTS_AT_A_TIME = 4096


def mean_over_pool(total: Callable[[Floats], Floats], v_B_R_P: Floats, x_N_P: Floats) -> Floats:
    """The mean over the pool of what each model doubts.

    Args:
        total: `total_entropy` or `total_error`.
        v_B_R_P: coefficients of the models, as differences to the reference class.
        x_N_P: the pool, with a one as its last feature.

    Returns:
        means_B.
    """
    batch, r, width = v_B_R_P.shape
    totals_B = np.zeros(batch)
    step_N = min(len(x_N_P), POINTS_AT_A_TIME)
    step_B = max(1, SLICE // (r * step_N))
    for start in range(0, batch, step_B):
        some = slice(start, start + step_B)
        flat = v_B_R_P[some].transpose(1, 0, 2).reshape(-1, width)
        for first in range(0, len(x_N_P), step_N):
            z = flat @ x_N_P[first : first + step_N].T
            totals_B[some] += total(z.reshape(r, -1, z.shape[1]))
    return totals_B / len(x_N_P)


def total_entropy(z_R_B_N: Floats) -> Floats:
    """Entropy in nats, summed over points."""
    top, e_R_B_N, _, sum_B_N = _exps(z_R_B_N)
    inner_B_N = e_R_B_N[0] * z_R_B_N[0]
    for e_B_N, z_B_N in zip(e_R_B_N[1:], z_R_B_N[1:], strict=True):
        inner_B_N += e_B_N * z_B_N
    inner_B_N /= sum_B_N
    # Where one class is certain the two terms agree but for rounding.
    return np.maximum(np.log(sum_B_N) + top - inner_B_N, 0).sum(axis=1)


def total_error(z_R_B_N: Floats) -> Floats:
    """One minus the largest probability, summed over points."""
    _, e_R_B_N, zero, sum_B_N = _exps(z_R_B_N)
    largest_B_N = np.maximum(e_R_B_N.max(axis=0), zero)
    return ((sum_B_N - largest_B_N) / sum_B_N).sum(axis=1)


def _exps(z_R_B_N: Floats) -> tuple[Floats | float, Floats, Floats | float, Floats]:
    """The largest logit, exponentials relative to it: of the classes, of the reference; and their sum."""
    if max(z_R_B_N.max(), -z_R_B_N.min()) < SAFE_LOGIT:
        e_R_B_N = np.exp(z_R_B_N)
        return 0.0, e_R_B_N, 1.0, e_R_B_N.sum(axis=0) + 1
    top_B_N = np.maximum(z_R_B_N.max(axis=0), 0)
    e_R_B_N, zero_B_N = np.exp(z_R_B_N - top_B_N), np.exp(-top_B_N)
    return top_B_N, e_R_B_N, zero_B_N, e_R_B_N.sum(axis=0) + zero_B_N
