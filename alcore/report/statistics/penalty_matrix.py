"""Who beats whom, task by task and budget by budget: the pairwise penalty matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr

from alcore.report.intervals import ALPHA, Floats, holm_alphas

# Budgets at which a task is judged: each more is a claim more for every pair, and all share one error rate.
LOOKS = 5


@dataclass(frozen=True, eq=False)
class Penalties:
    """The pairwise penalty matrix.

    Attributes:
        matrix_R_R: for the strategy of the row, the tasks (and parts of one) in which it beats that of the
            column: 1 for a task in which it is better at every budget that was judged.
        tasks: how many there were: what an entry can be at most.
        claims_D_L_R_R: whether the row beats the column, task by task and look by look.
        column_R: mean of each column over the others, as a share of the tasks: how often a strategy is
            beaten. Lower is better.
    """

    matrix_R_R: Floats
    tasks: int
    claims_D_L_R_R: NDArray[np.bool_]
    column_R: Floats


def penalty_matrix(accuracies: Sequence[ArrayLike], *, looks: int = LOOKS, alpha: float = ALPHA) -> Penalties:
    """The pairwise penalty matrix with Holm's correction over the whole tournament.

    At evenly spaced budgets of each task every pair of strategies is compared by a two-sided paired t test
    over the seeds. All these tests are one family: where no strategy differs from any other, the chance of
    a single claim anywhere is at most alpha. A task judged at L budgets adds 1 / L for each that is won.

    Args:
        accuracies: accuracy_S_R_T of each task, with the same strategies; the first round, which is the same
            for all, is not judged.
        looks: budgets of each task, fewer where it has fewer rounds.
        alpha: the chance of any false claim.

    Raises:
        ValueError: if there is no task, or the strategies differ in number.

    Source: Ash et al. (2020), Deep Batch Active Learning by Diverse, Uncertain Gradient Lower Bounds, where
    each test stands alone at the 10 % level; Holm (1979).
    """
    tasks = [np.asarray(one, dtype=np.float64) for one in accuracies]
    if not tasks or len({one.shape[1] for one in tasks}) != 1:
        raise ValueError("a penalty matrix needs a task or more, all with the same strategies")
    strategies = tasks[0].shape[1]
    first, second = np.triu_indices(strategies, 1)
    means, chances = [], []
    for accuracy_S_R_T in tasks:
        difference_S_P_L = (accuracy_S_R_T[:, first] - accuracy_S_R_T[:, second])[..., _looks(accuracy_S_R_T, looks)]
        means.append(difference_S_P_L.mean(axis=0))
        chances.append(p_values(difference_S_P_L))
    flat = np.concatenate([one.ravel() for one in chances])
    claimed = flat <= holm_alphas(flat, alpha) if len(flat) else np.zeros(0, dtype=bool)
    wins, at = [], 0
    for mean_P_L in means:
        claimed_P_L = claimed[at : at + mean_P_L.size].reshape(mean_P_L.shape)
        at += mean_P_L.size
        won_L_R_R = np.zeros((mean_P_L.shape[1], strategies, strategies), dtype=bool)
        won_L_R_R[:, first, second] = (claimed_P_L & (mean_P_L > 0)).T
        won_L_R_R[:, second, first] = (claimed_P_L & (mean_P_L < 0)).T
        wins.append(won_L_R_R)
    matrix = np.sum([one.mean(axis=0) for one in wins], axis=0)
    column = matrix.sum(axis=0) / (max(1, strategies - 1) * len(tasks))
    width = max(len(one) for one in wins)
    padded = [np.pad(one, ((0, width - len(one)), (0, 0), (0, 0))) for one in wins]
    return Penalties(matrix, len(tasks), np.stack(padded), column)


def p_values(differences_S_M: ArrayLike) -> Floats:
    """The two-sided paired t test of each column, never below the least of the sign test.

    S pairs that all point one way have a chance of 2 ** (1 - S) where nothing but luck gives the sign; a
    t test of the same pairs says less than that where they happen to be alike, as shares of a small test set
    are. Columns without a difference: 1.
    """
    differences = np.asarray(differences_S_M, dtype=np.float64)
    seeds, mean = len(differences), differences.mean(axis=0)
    if seeds < 2:
        return np.ones_like(mean)
    error = differences.std(axis=0, ddof=1) / np.sqrt(seeds)
    # Shares that are equal differ by a hair in a computer's arithmetic.
    nothing = np.abs(mean) < 1e-12
    t = np.divide(np.abs(mean), error, out=np.full_like(mean, np.inf), where=error > 1e-12)
    return np.where(nothing, 1.0, np.maximum(2 * stdtr(seeds - 1, -t), 2.0 ** (1 - seeds)))


def _looks(accuracy_S_R_T: Floats, looks: int) -> NDArray[np.int64]:
    last = accuracy_S_R_T.shape[2] - 1
    return np.unique(np.rint(np.linspace(0, last, looks + 1)[1:]).astype(np.int64)) if last else np.zeros(1, int)
