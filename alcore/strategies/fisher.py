"""Batches by Fisher information: how well the labels would determine the model, where the pool needs it."""

import numpy as np
from numpy.typing import NDArray

from alcore.strategies.arrays import Array, check_features, check_k, check_probs, floating, to_numpy
from alcore.strategies.batch import Batch
from alcore.strategies.geometry.distances import around, centre_of

Floats = NDArray[np.floating]

# The Fisher information of the pool is summed in slices so that no temporary exceeds this many numbers.
NUMBERS_AT_A_TIME = 4_000_000
# Digits of a gain, relative to the largest: beyond them copies differ by rounding.
DIGITS = 9
# So many points per label are picked before the least useful are taken out again, as published.
OVERSAMPLED = 2


def bait(
    probs_N_C: Array,
    features_N_D: Array,
    labeled_probs_M_C: Array,
    labeled_M_D: Array,
    k: int,
    *,
    ridge: float = 1.0,
    rows: NDArray[np.int64] | None = None,
) -> Batch:
    """The labels that lower the mean variance of the predictions most: trace(M^-1 F), greedily.

    The Fisher information of a point x with probabilities p is (diag(p) - p p') x x', a Kronecker product, of softmax
    regression with an intercept on the features, centred and divided by one number so that their mean square is 1. F is
    its mean over all points, labelled or not, and M its sum over the labelled and picked points plus `ridge` times the
    identity, the curvature of a penalised fit. 2 k points are picked one by one, each the one that lowers the trace
    most; then k of them are taken out again, each the one that raises it least.

    With P = C (d + 1) coefficients time is O((N + M) P^2), then O(N C^2 (d + C) + P^2 C) for each of 3 k steps; memory
    O(N C^2 + P^2). Computed by NumPy on the CPU in double precision, whatever comes in.

    Args:
        probs_N_C: class probabilities of the unlabelled points; each row sums to 1.
        features_N_D: the same points.
        labeled_probs_M_C: class probabilities of the labelled points; may have no rows.
        labeled_M_D: the labelled points.
        k: labels to ask for; more than there are points means all of them.
        ridge: above 0; 1 is the penalty of scikit-learn's logistic regression.
        rows: the unlabelled points to choose from; all if None.

    Returns:
        The batch, in the order of the first picking; scores are by how much each pick lowered the trace then. Equal:
        the lower index first.

    Raises:
        ValueError: if a row is not a distribution, a feature is not finite, shapes differ, ridge is not above 0,
            `rows` are not different rows of the points, or k < 1.

    Source: Ash, Goel, Krishnamurthy & Kakade (2021).
    """
    probs_N_C = to_numpy(check_probs(probs_N_C)).astype(np.float64)
    x_N_D = to_numpy(check_features(features_N_D, labeled_M_D)).astype(np.float64)
    known_M_C = to_numpy(floating(labeled_probs_M_C)).astype(np.float64)
    known_M_D = to_numpy(floating(labeled_M_D)).astype(np.float64)
    if len(probs_N_C) != len(x_N_D) or known_M_C.shape != (len(known_M_D), probs_N_C.shape[1]):
        raise ValueError(
            "probs_N_C and features_N_D must have one row a point, labeled_probs_M_C and labeled_M_D likewise, got "
            f"shapes {probs_N_C.shape}, {x_N_D.shape}, {known_M_C.shape} and {known_M_D.shape}"
        )
    if len(known_M_C):
        check_probs(labeled_probs_M_C)
    if not ridge > 0:
        raise ValueError(f"ridge must be above 0, got {ridge}")
    every_P_C, x_P_E = np.concatenate([probs_N_C, known_M_C]), _with_one(np.concatenate([x_N_D, known_M_D]))
    n = len(x_N_D)
    rows = np.arange(n) if rows is None else np.sort(rows)
    if rows.dtype.kind not in "iu" or (len(rows) and (rows[0] < 0 or rows[-1] >= n or (np.diff(rows) == 0).any())):
        raise ValueError(f"rows must be different whole numbers from 0 to {n - 1}")
    k = check_k(k, len(rows))
    pool = _information(every_P_C, x_P_E) / len(x_P_E)
    told = _information(every_P_C[n:], x_P_E[n:]) + ridge * np.eye(len(pool))
    design = _Design(every_P_C[rows], x_P_E[rows], told, pool)
    picks: list[int] = []
    scores: list[float] = []
    for _ in range(min(OVERSAMPLED * k, len(rows))):
        gains_N = design.gains()
        gains_N[picks] = -np.inf
        pick = int(np.argmax(_rounded(gains_N)))
        picks.append(pick)
        scores.append(float(gains_N[pick]))
        design.add(pick, 1.0)
    while len(picks) > k:
        losses = _rounded(design.losses(np.array(picks)))
        # Of equals the highest index leaves.
        out = min(range(len(picks)), key=lambda place: (losses[place], -picks[place]))
        design.add(picks.pop(out), -1.0)
        scores.pop(out)
    return Batch(rows[picks], np.maximum(np.array(scores), 0))


class _Design:
    """trace(M^-1 F), and how each point would change it; kept up to date as points come and go.

    With V = A x, where A A' = diag(p) - p p', a point adds V V' to M: by the Woodbury identity M^-1 loses
    U G U' with U = M^-1 V and G = (1 + V' M^-1 V)^-1. What is kept of each point are the C x C blocks
    x' M^-1 x and x' M^-1 F M^-1 x.
    """

    def __init__(self, probs_N_C: Floats, x_N_E: Floats, told: Floats, pool: Floats) -> None:
        root_N_C = np.sqrt(probs_N_C)
        classes = probs_N_C.shape[1]
        self.root_N_C_C = root_N_C[:, :, None] * np.eye(classes) - probs_N_C[:, :, None] * root_N_C[:, None, :]
        self.x_N_E, self.pool = x_N_E, pool
        self.inverse: Floats = np.linalg.inv(told)
        self.spread = self.inverse @ pool @ self.inverse
        self.inverse_N_C_C = self._blocks(self.inverse)
        self.spread_N_C_C = self._blocks(self.spread)

    def _blocks(self, whole: Floats) -> Floats:
        """Of every point, x' B x for each block B of a matrix."""
        n, classes, _ = self.root_N_C_C.shape
        width = self.x_N_E.shape[1]
        blocks = whole.reshape(classes, width, classes, width)
        found = np.empty((n, classes, classes))
        for c in range(classes):
            for other in range(classes):
                found[:, c, other] = ((self.x_N_E @ blocks[c, :, other]) * self.x_N_E).sum(axis=1)
        return found

    def _ends(self, rows: slice | NDArray[np.int64]) -> tuple[Floats, Floats]:
        """V' M^-1 V and V' M^-1 F M^-1 V of some points."""
        root_S_C_C = self.root_N_C_C[rows]
        turned = root_S_C_C.transpose(0, 2, 1)
        return turned @ self.inverse_N_C_C[rows] @ root_S_C_C, turned @ self.spread_N_C_C[rows] @ root_S_C_C

    def gains(self) -> Floats:
        """By how much each point would lower the trace."""
        inner, outer = self._ends(slice(None))
        return np.trace(np.linalg.solve(np.eye(inner.shape[1]) + inner, outer), axis1=1, axis2=2)

    def losses(self, rows: NDArray[np.int64]) -> Floats:
        """By how much some picked points would raise the trace if they were taken out."""
        inner, outer = self._ends(rows)
        return np.trace(np.linalg.solve(np.eye(inner.shape[1]) - inner, outer), axis1=1, axis2=2)

    def add(self, row: int, sign: float) -> None:
        """Add a point, or with sign -1 take it out."""
        root_C_C, x_E = self.root_N_C_C[row], self.x_N_E[row]
        classes, width = len(root_C_C), len(x_E)
        v_P_C = (root_C_C[:, None, :] * x_E[:, None]).reshape(classes * width, classes)
        u_P_C = self.inverse @ v_P_C
        g_C_C = np.linalg.inv(sign * np.eye(classes) + v_P_C.T @ u_P_C)
        w_P_C = self.inverse @ (self.pool @ u_P_C)
        h_C_C = g_C_C @ (u_P_C.T @ self.pool @ u_P_C) @ g_C_C
        u_N_C_C, w_N_C_C = (
            (self.x_N_E @ one.reshape(classes, width, classes).transpose(1, 0, 2).reshape(width, -1)).reshape(
                -1, classes, classes
            )
            for one in (u_P_C, w_P_C)
        )
        turned = u_N_C_C.transpose(0, 2, 1)
        mixed = w_N_C_C @ g_C_C @ turned
        self.inverse_N_C_C -= u_N_C_C @ g_C_C @ turned
        self.spread_N_C_C += u_N_C_C @ h_C_C @ turned - mixed - mixed.transpose(0, 2, 1)
        self.inverse -= u_P_C @ g_C_C @ u_P_C.T
        mixed = w_P_C @ g_C_C @ u_P_C.T
        self.spread += u_P_C @ h_C_C @ u_P_C.T - mixed - mixed.T


def _information(probs_N_C: Floats, x_N_E: Floats) -> Floats:
    """The Fisher information of all points, summed: (C E, C E)."""
    classes, width = probs_N_C.shape[1], x_N_E.shape[1]
    total = np.zeros((classes, width, classes, width))
    step = max(1, NUMBERS_AT_A_TIME // width)
    for start in range(0, len(x_N_E), step):
        p_S_C, x_S_E = probs_N_C[start : start + step], x_N_E[start : start + step]
        for c in range(classes):
            for other in range(c + 1):
                weight_S = p_S_C[:, c] * ((c == other) - p_S_C[:, other])
                total[c, :, other] += (x_S_E * weight_S[:, None]).T @ x_S_E
    for c in range(classes):
        for other in range(c):
            total[other, :, c] = total[c, :, other].T
    return total.reshape(classes * width, classes * width)


def _with_one(x_P_D: Floats) -> Floats:
    """The points around their mean, whose mean square becomes 1, and a one as the last feature."""
    gaps_P_D, _ = around(centre_of(x_P_D), x_P_D)
    size = np.sqrt((gaps_P_D * gaps_P_D).mean()) or 1.0
    return np.concatenate([gaps_P_D / size, np.ones((len(x_P_D), 1))], axis=1)


def _rounded(gains: Floats) -> Floats:
    largest = np.abs(gains[np.isfinite(gains)]).max(initial=0.0)
    return np.round(gains / largest, DIGITS) if largest > 0 else gains
