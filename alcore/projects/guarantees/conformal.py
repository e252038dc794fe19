"""Conformal labelling: a machine keeps labels of which few are wrong, on average over calibrations."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def conformal_p_values(uncertainty_m: ArrayLike, wrong_m: ArrayLike, uncertainty_N: ArrayLike) -> NDArray[np.float64]:
    """The p-value of "the machine's label is wrong" of each item: (1 + c) / (1 + m).

    c counts the calibration items with a wrong label whose uncertainty is at most that of the item.

    Args:
        uncertainty_m: the machine's uncertainty on the calibration items, a random sample without replacement of all
            items to be finished, drawn after the machine was fixed.
        wrong_m: whether the machine's label is wrong, by a person's.
        uncertainty_N: on the other items.

    Raises:
        ValueError: if lengths differ, an uncertainty is missing, or `wrong_m` is not true or false.

    Source: Jin & Candes (2023), selection by prediction with conformal p-values.
    """
    calibration, wrong = np.asarray(uncertainty_m, dtype=np.float64), np.asarray(wrong_m)
    others = np.asarray(uncertainty_N, dtype=np.float64)
    if calibration.shape != wrong.shape or calibration.ndim != 1 or others.ndim != 1:
        raise ValueError(f"uncertainties need one row each, got {calibration.shape}, {wrong.shape} and {others.shape}")
    if np.isnan(calibration).any() or np.isnan(others).any() or not np.isin(wrong, (0, 1)).all():
        raise ValueError("uncertainties must be numbers, and wrong_m true or false for each item")
    errors_E = np.sort(calibration[wrong == 1])
    return (1 + np.searchsorted(errors_E, others, side="right")) / (1 + len(calibration))


def conformal_threshold(uncertainty_m: ArrayLike, wrong_m: ArrayLike, uncertainty_N: ArrayLike, rate: float) -> float:
    """The uncertainty up to which the machine's labels are kept, so that few of them are wrong.

    Over draws of the calibration items the expected share of wrong labels among those kept, 0 where none is, is at
    most `rate`: the procedure of Benjamini and Hochberg on conformal p-values keeps the j items with the least
    p-values, for the largest j whose p-value is at most rate * j / N.

    Args:
        uncertainty_m: see `conformal_p_values`.
        wrong_m: see there.
        uncertainty_N: see there.
        rate: tolerated expected share, in (0, 1).

    Returns:
        items are kept whose uncertainty is at most it; -infinity where none is.

    Raises:
        ValueError: as `conformal_p_values`, or if rate is out of its range.

    Source: Jin & Candes (2023); for labels, Conformal labeling (2025), arXiv 2510.14581.
    """
    if not 0 < rate < 1:
        raise ValueError(f"rate must be between 0 and 1, got {rate}")
    values_N = conformal_p_values(uncertainty_m, wrong_m, uncertainty_N)
    others = np.asarray(uncertainty_N, dtype=np.float64)
    order = np.argsort(values_N, kind="stable")
    passes = np.flatnonzero(values_N[order] <= rate * np.arange(1, len(order) + 1) / max(1, len(order)))
    if not len(passes):
        return -np.inf
    return float(others[values_N <= values_N[order[passes[-1]]]].max())
