"""Which items a machine annotator may label: a threshold with a guarantee on the finished labels."""

from math import inf

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import beta


def pac_threshold(uncertainty_m: ArrayLike, wrong_m: ArrayLike, epsilon: float, alpha: float) -> float:
    """The uncertainty below which the machine's labels are kept; the others are a person's.

    With certainty 1 - alpha, at most a share epsilon of all finished labels is wrong, where a person's are right. Of
    m calibration items k(u) have an uncertainty of at most u and a wrong machine label; the upper confidence bound of
    their share, by Clopper and Pearson, is the 1 - alpha quantile of Beta(k + 1, m - k), or 1 for k = m. The threshold
    is the least u whose bound exceeds epsilon. The share is monotone in u, so the search needs no correction.

    Args:
        uncertainty_m: the machine's uncertainty on the calibration items, which were drawn uniformly with replacement
            from all items to be finished, after the machine was fixed, and trained nothing.
        wrong_m: whether the machine's label is wrong, by the person's.
        epsilon: tolerated share of wrong labels, in (0, 1).
        alpha: tolerated probability of exceeding it, in (0, 1).

    Returns:
        the machine keeps items with an uncertainty below it: 0 where it may keep nothing, infinity where it may keep
        all.

    Raises:
        ValueError: if there is no calibration item, lengths differ, an uncertainty is negative or missing, or epsilon
            or alpha is out of its range.

    Source: Candes, Ilyas & Zrnic (2025), probably approximately correct labels.
    """
    uncertainty, wrong = np.asarray(uncertainty_m, dtype=np.float64), np.asarray(wrong_m, dtype=np.float64)
    if not (0 < epsilon < 1 and 0 < alpha < 1):
        raise ValueError(f"epsilon and alpha must be between 0 and 1, got {epsilon} and {alpha}")
    if uncertainty.shape != wrong.shape or uncertainty.ndim != 1 or not len(wrong):
        raise ValueError(
            f"calibration needs an item or more, one uncertainty each, got {uncertainty.shape} and {wrong.shape}"
        )
    if not (uncertainty >= 0).all() or not np.isin(wrong, (0, 1)).all():
        raise ValueError("uncertainties must be 0 or more, and wrong_m true or false for each item")
    m = len(wrong)
    errors_E = np.sort(uncertainty[wrong == 1])
    bounds = np.append(beta.ppf(1 - alpha, np.arange(1, m + 1), np.arange(m, 0, -1)), 1.0)
    allowed = int(np.searchsorted(bounds, epsilon, side="right")) - 1  # the most errors whose bound is within epsilon
    if allowed < 0:
        return 0.0
    return float(errors_E[allowed]) if allowed < len(errors_E) else inf
