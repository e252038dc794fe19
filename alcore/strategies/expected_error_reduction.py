"""Expected error reduction: refit for every candidate and label, and measure the uncertainty that remains."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from array_api_compat import array_namespace, device
from numpy.typing import NDArray

from alcore.logistic import batched
from alcore.logistic.design import Floats, SharedAndSeparatePoints, SharedPoints
from alcore.logistic.newton import descend, penalty, ridge, softmax
from alcore.strategies.arrays import Array, check_features, to_numpy

# Above this logit the exponentials are taken relative to the largest.
SAFE_LOGIT = 300.0
# Logits of a slice of models and points: few enough to stay in a cache.
SLICE = 65_536
POINTS_AT_A_TIME = 4096


def mean_over_pool(total: Callable[[Floats], Floats], v_B_R_P: Floats, x_N_P: Floats) -> Floats:
    """The mean uncertainty of each model over the pool.

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


# Refits are made in slices so that no temporary exceeds this many numbers; small enough to stay in a cache.
REFITS_AT_A_TIME = 250_000
# What a refit may be off, weighted by the probability of its label, in nats.
ACCURACY = 1e-10
# Newton steps of the first guess: it need not be exact.
GUESS_STEPS = 3

Loss = Literal["log", "zero_one"]


def expected_error_reduction(
    features_N_D: Array,
    labeled_M_D: Array,
    labels_M: Array,
    classes: int,
    *,
    loss: Loss = "log",
    candidates: int | None = None,
    rng: np.random.Generator | None = None,
    C: float = 1.0,
) -> Array:
    """Minus the expected error over the pool once a point's label is known, of a logistic regression.

    For every candidate x and label y, L2-regularised logistic regression (scikit-learn's default objective)
    is fitted afresh on the labelled points and (x, y). Its expected error is the mean over the whole pool, x
    included, of its own uncertainty: entropy, or one minus the largest probability. The score is minus the mean of
    that over y, weighted by the present model's p(y | x). A class that no label has shown has probability 0
    and is no answer; while only one has been shown, every score is 0.

    All refits start from the present model and go in lockstep, by Newton steps whose systems are solved by
    conjugate gradients in the metric of the present model's curvature. Time for A candidates O(A C (steps M
    + N) C D), and O((C D)^3) once; memory O(N + M D^2 + (C D)^2) beside a slice of fixed size. Computed by
    NumPy on the CPU in double precision, whatever comes in.

    Args:
        features_N_D: the unlabelled points.
        labeled_M_D: the labelled points, one or more.
        labels_M: their classes, whole numbers from 0 to classes - 1.
        classes: number of classes, 2 or more.
        loss: `log` for the log loss in nats, `zero_one` for the share of wrong predictions.
        candidates: evaluate only this many points, drawn without replacement; None for all. The expected
            error is still taken over the whole pool.
        rng: draws the candidates; needed with `candidates`, unused without.
        C: inverse strength of the penalty, as in scikit-learn.

    Returns:
        scores_N, at most 0; -inf for points that were not among the candidates.

    Raises:
        ValueError: if there is no point, nothing is labelled, a number is not finite, a label is out of
            range, the loss is unknown, or candidates are asked for without rng.

    Source: Roy & McCallum (2001); Settles (2009), section 4.
    """
    if loss not in ("log", "zero_one"):
        raise ValueError(f"loss must be 'log' or 'zero_one', got {loss!r}")
    features_N_D = check_features(features_N_D, labeled_M_D)
    xp, where = array_namespace(features_N_D), device(features_N_D)
    x_N_D = to_numpy(features_N_D).astype(np.float64)
    known_M_D = to_numpy(labeled_M_D).astype(np.float64)
    y_M = to_numpy(labels_M)
    if len(known_M_D) == 0 or y_M.shape != (len(known_M_D),):
        raise ValueError(
            "labels_M must hold one label for each row of labeled_M_D, at least one, "
            f"got shape {y_M.shape} for {len(known_M_D)} rows"
        )
    from threadpoolctl import threadpool_limits

    rows_A = _candidates(len(x_N_D), candidates, rng)
    scores_N = np.full(len(x_N_D), -np.inf)
    # Many small products: several threads would wait for one another longer than they compute.
    with threadpool_limits(1):
        now_1_K_P = batched.solve(known_M_D, y_M, classes=classes, C=C)
        present = np.unique(y_M)
        scores_N[rows_A] = 0.0
        if len(present) > 1:
            probs_A_S = batched.predict(now_1_K_P, x_N_D[rows_A])[0][:, present]
            now_R_P = now_1_K_P[0] if classes == 2 else now_1_K_P[0, present[1:]] - now_1_K_P[0, present[0]]
            refits = _Refits(known_M_D, np.searchsorted(present, y_M), now_R_P, C)
            x_N_P = _with_one(x_N_D)
            measure = total_entropy if loss == "log" else total_error
            per_candidate = len(present) * max(now_R_P.size, len(now_R_P) * (len(known_M_D) + 1))
            step = max(1, REFITS_AT_A_TIME // per_candidate)
            for start in range(0, len(rows_A), step):
                some = slice(start, start + step)
                v_B_R_P = refits.solve(x_N_P[rows_A[some]], probs_A_S[some])
                errors_B = mean_over_pool(measure, v_B_R_P, x_N_P)
                scores_N[rows_A[some]] = -(errors_B.reshape(-1, len(present)) * probs_A_S[some]).sum(axis=1)
    return xp.asarray(scores_N, dtype=features_N_D.dtype, device=where)


class _Refits:
    """Refits of one model with one more point, as differences to the first class present."""

    def __init__(self, known_M_D: Floats, y_M: NDArray[np.int64], now_R_P: Floats, C: float) -> None:
        self.shared = SharedPoints(_with_one(known_M_D))
        self.now_R_P, self.C = now_R_P, C
        r, width = now_R_P.shape
        self.answers_S_R = np.concatenate([np.zeros((1, r)), np.eye(r)])
        self.pulls_R_P = self.answers_S_R[y_M].T @ self.shared.x_M_P
        curvature = self.shared.curvature(softmax(self.shared.logits(now_R_P[None]))[1], None)
        flat = curvature.reshape(r * width, r * width) + ridge(penalty(r, C), width)
        self.inverse = np.linalg.inv(flat)

    def solve(self, x_A_P: Floats, probs_A_S: Floats) -> Floats:
        """Coefficients (A S, R, P) with each point under each answer."""
        count, s = probs_A_S.shape
        own_B_P = np.repeat(x_A_P, s, axis=0)
        answers_B_R = np.tile(self.answers_S_R, (count, 1))
        return descend(
            SharedAndSeparatePoints(self.shared, own_B_P),
            None,
            self.pulls_R_P + answers_B_R[:, :, None] * own_B_P[:, None],
            self._guess(x_A_P, own_B_P, answers_B_R),
            C=self.C,
            tol=np.sqrt(ACCURACY / np.maximum(probs_A_S.ravel(), 1e-6)),
            max_steps=100,
            inverse=self.inverse,
        )

    def _guess(self, x_A_P: Floats, own_B_P: Floats, answers_B_R: Floats) -> Floats:
        """The refits if the labelled points' loss were the parabola it is near the present model.

        There v = now - inverse (e x'), where e = p(x; v) - answer: R numbers to find instead of R P.
        """
        r, width = self.now_R_P.shape
        blocks = self.inverse.reshape(r, width, r, width)
        reach_A_R_R = np.empty((len(x_A_P), r, r))
        for i in range(r):
            for j in range(r):
                reach_A_R_R[:, i, j] = ((x_A_P @ blocks[i, :, j]) * x_A_P).sum(axis=1)
        reach_B_R_R = np.repeat(reach_A_R_R, r + 1, axis=0)
        z_B_R_1 = (own_B_P @ self.now_R_P.T)[:, :, None]
        answers_B_R_1 = answers_B_R[:, :, None]
        error_B_R_1 = softmax(z_B_R_1)[1] - answers_B_R_1
        for _ in range(GUESS_STEPS):
            p = softmax(z_B_R_1 - reach_B_R_R @ error_B_R_1)[1]
            slope_B_R_R = np.eye(r) + (p * np.eye(r) - p * p.transpose(0, 2, 1)) @ reach_B_R_R
            error_B_R_1 -= np.linalg.solve(slope_B_R_R, error_B_R_1 - (p - answers_B_R_1))
            np.clip(error_B_R_1, -1, 1, out=error_B_R_1)
        pulls = (error_B_R_1 * own_B_P[:, None]).reshape(len(own_B_P), -1)
        return self.now_R_P - (pulls @ self.inverse).reshape(-1, r, width)


def _candidates(n: int, candidates: int | None, rng: np.random.Generator | None) -> NDArray[np.int64]:
    """The rows to evaluate, in ascending order."""
    if candidates is None:
        return np.arange(n)
    if candidates < 1:
        raise ValueError(f"candidates must be 1 or more points, or None for all, got {candidates}")
    if rng is None:
        raise ValueError("candidates are drawn at random: give rng, or candidates=None for all points")
    return np.sort(rng.choice(n, size=min(candidates, n), replace=False))


def _with_one(x_N_D: Floats) -> Floats:
    return np.concatenate([x_N_D, np.ones((len(x_N_D), 1))], axis=1)
