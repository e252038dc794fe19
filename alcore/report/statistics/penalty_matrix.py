"""The pairwise penalty matrix: which strategy beats which, by task and budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr

from alcore.report.intervals import ALPHA, Floats, holm_alphas

# Number of budgets at which a task is tested: each adds a test for every pair, and all tests share one error rate.
LOOKS = 5


@dataclass(frozen=True, eq=False)
class Penalties:
    """The pairwise penalty matrix.

    Attributes:
        matrix_R_R: for each pair, the number of tasks (with fractions) in which the row's strategy beats the column's:
            1 for a task in which it is better at every tested budget.
        tasks: number of tasks, the largest possible entry.
        claims_D_L_R_R: whether the row beats the column, by task and budget.
        column_R: mean of each column over the other strategies, as a share of the tasks: how often the strategy is
            beaten. Lower is better.
    """

    matrix_R_R: Floats
    tasks: int
    claims_D_L_R_R: NDArray[np.bool_]
    column_R: Floats


def penalty_matrix(accuracies: Sequence[ArrayLike], *, looks: int = LOOKS, alpha: float = ALPHA) -> Penalties:
    """The pairwise penalty matrix with Holm's correction over the whole tournament.

    At evenly spaced budgets of each task every pair of strategies is compared by a two-sided paired t test over the
    seeds. All tests form one family: if no strategies differ, the probability of any claim is at most alpha. A task
    tested at L budgets adds 1 / L for each win.

    Args:
        accuracies: accuracy_S_R_T of each task, with the same strategies; the first round, equal for all, is skipped.
        looks: budgets per task, fewer if it has fewer rounds.
        alpha: familywise error rate.

    Raises:
        ValueError: without a task, or for tasks with different numbers of strategies.

    Source: Ash et al. (2020), Deep Batch Active Learning by Diverse, Uncertain Gradient Lower Bounds, where each test
    is uncorrected at the 10 % level; Holm (1979).
    """
    tasks = [np.asarray(accuracy, dtype=np.float64) for accuracy in accuracies]
    if not tasks or len({task.shape[1] for task in tasks}) != 1:
        raise ValueError("a penalty matrix needs a task or more, all with the same strategies")
    strategies = tasks[0].shape[1]
    first, second = np.triu_indices(strategies, 1)
    means, chances = [], []
    for accuracy_S_R_T in tasks:
        difference_S_P_L = (accuracy_S_R_T[:, first] - accuracy_S_R_T[:, second])[..., _looks(accuracy_S_R_T, looks)]
        means.append(difference_S_P_L.mean(axis=0))
        chances.append(p_values(difference_S_P_L))
    flat = np.concatenate([chance.ravel() for chance in chances])
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
    """p-values of the two-sided paired t test of each column, bounded below by the smallest p-value of the sign test.

    S differences of equal sign have probability 2 ** (1 - S) if signs are random; the t test is less conservative for
    nearly equal differences, as of shares of a small test set. Columns without a difference: 1.
    """
    differences = np.asarray(differences_S_M, dtype=np.float64)
    seeds, mean = len(differences), differences.mean(axis=0)
    if seeds < 2:
        return np.ones_like(mean)
    error = differences.std(axis=0, ddof=1) / np.sqrt(seeds)
    # Equal shares can differ by rounding errors.
    nothing = np.abs(mean) < 1e-12
    t = np.divide(np.abs(mean), error, out=np.full_like(mean, np.inf), where=error > 1e-12)
    return np.where(nothing, 1.0, np.maximum(2 * stdtr(seeds - 1, -t), 2.0 ** (1 - seeds)))


def _looks(accuracy_S_R_T: Floats, looks: int) -> NDArray[np.int64]:
    last = accuracy_S_R_T.shape[2] - 1
    return np.unique(np.rint(np.linspace(0, last, looks + 1)[1:]).astype(np.int64)) if last else np.zeros(1, int)
