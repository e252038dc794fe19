"""When to stop labelling: stable predictions, a forecast of accuracy, and the recall of rare positives."""

from dataclasses import dataclass
from math import floor, inf, nan

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import hypergeom

from alcore.percent import percent

# A forecast from fewer rounds has no meaning: the curve has three parameters.
FEWEST_ROUNDS = 5
RESAMPLES = 200
# Forecasts end at so many times the labels so far: a power law is not known to hold farther out.
FARTHEST = 20
# Rates c of the power law that are tried.
RATES = (0.05, 5.0)


@dataclass(frozen=True)
class Forecast:
    """Labels at which a learning curve reaches a target.

    Attributes:
        labels: in all, those there are where the fitted curve has reached it; infinite where that levels off below
            the target, NaN if it cannot be told.
        low: lower end of the 95 % band of resampled curves.
        high: upper end.
        ceiling: accuracy at which the fitted curve levels off.
        reason: a sentence where `labels` is NaN or infinite; else "".
    """

    labels: float
    low: float
    high: float
    ceiling: float
    reason: str = ""


def kappa(labels_a: ArrayLike, labels_b: ArrayLike) -> float:
    """Cohen's kappa of two labellings: (agreement - chance agreement) / (1 - chance agreement).

    Args:
        labels_a: one label an item.
        labels_b: other labels of the same items.

    Returns:
        at most 1; 1 where both name one and the same class throughout, so that no disagreement is possible.

    Raises:
        ValueError: if there is no item, or lengths differ.

    Source: Cohen (1960).
    """
    a, b = np.asarray(labels_a), np.asarray(labels_b)
    if a.shape != b.shape or a.ndim != 1 or not len(a):
        raise ValueError(f"kappa needs two labels an item, and an item, got shapes {a.shape} and {b.shape}")
    classes, codes = np.unique(np.concatenate([a, b]), return_inverse=True)
    counts_C_C = np.zeros((len(classes), len(classes)))
    np.add.at(counts_C_C, (codes[: len(a)], codes[len(a) :]), 1)
    shares = counts_C_C / len(a)
    chance = float(shares.sum(axis=1) @ shares.sum(axis=0))
    return 1.0 if chance == 1 else (float(np.trace(shares)) - chance) / (1 - chance)


def stable(kappas_T: ArrayLike, threshold: float = 0.99, window: int = 3) -> bool:
    """Whether predictions have stabilised: the mean of the last kappas of successive models reaches a threshold.

    Args:
        kappas_T: kappa of each model's predictions with those of the model before, on a fixed set.
        threshold: mean that counts as stable.
        window: how many of the last are averaged; fewer are never stable.

    Source: Bloodgood & Vijay-Shanker (2009).
    """
    last = np.asarray(kappas_T, dtype=np.float64)[-window:]
    return len(last) == window and float(last.mean()) >= threshold


def recall_p_value(found_before: int, found_drawn: int, drawn: int, unseen: int, target: float = 0.95) -> float:
    """The p-value of "recall is below the target", from a random draw of the items not seen.

    With R = found_before + found_drawn positives seen in all, recall is below the target if the unseen items held
    K = floor(R / target - found_before + 1) positives or more before the draw. The p-value is P(X <= found_drawn) for
    hypergeometric X: positives among `drawn` of `unseen` items that hold K.

    Args:
        found_before: positives seen before the draw.
        found_drawn: positives among the drawn items.
        drawn: items drawn at random, without replacement.
        unseen: items not seen before the draw.
        target: wanted recall, in (0, 1).

    Returns:
        stop where it is small, such as below .05: recall is then at least the target. 0 where the unseen items cannot
        hold so many positives.

    Raises:
        ValueError: if a count is negative or above what it counts from, or target is out of its range.

    Source: Callaghan & Mueller-Hansen (2020).
    """
    if not (0 <= found_drawn <= drawn <= unseen and found_before >= 0):
        raise ValueError(
            "found_drawn, drawn and unseen must rise from 0, and found_before be 0 or more, got "
            f"{found_drawn}, {drawn}, {unseen} and {found_before}"
        )
    if not 0 < target < 1:
        raise ValueError(f"target must be between 0 and 1, got {target}")
    missing = floor((found_before + found_drawn) / target - found_before + 1)
    if missing > unseen or missing < found_drawn:
        return 0.0
    return float(hypergeom.cdf(found_drawn, unseen, missing, drawn))


def forecast(labels_T: ArrayLike, accuracy_T: ArrayLike, target: float, *, seed: int = 0) -> Forecast:
    """Labels at which accuracy reaches a target, by an inverse power law of the error fitted to the rounds.

    error(n) = a + b n^-c with a, b, c >= 0, by least squares with weights in proportion to the labels, so that later
    rounds count more. The band comes from refits to residuals drawn with replacement.

    Args:
        labels_T: labels after each round, ascending.
        accuracy_T: accuracy after each, such as the audit's.
        target: wanted accuracy, in (0, 1).
        seed: of the resampling.

    Returns:
        the forecast; it cannot be told from fewer than five rounds, or farther out than twenty times the labels.

    Raises:
        ValueError: if lengths differ, labels do not ascend, or an accuracy or the target is out of its range.

    Source: Figueroa, Zeng-Treitler, Kandula & Ngo (2012).
    """
    n, accuracy = np.asarray(labels_T, dtype=np.float64), np.asarray(accuracy_T, dtype=np.float64)
    if n.shape != accuracy.shape or n.ndim != 1 or (np.diff(n) <= 0).any() or (n <= 0).any():
        raise ValueError("labels_T must ascend from above 0, with one accuracy each")
    if not ((accuracy >= 0) & (accuracy <= 1)).all() or not 0 < target < 1:
        raise ValueError("accuracies must lie in [0, 1] and the target between 0 and 1")
    if len(n) < FEWEST_ROUNDS:
        return Forecast(nan, nan, nan, nan, f"A forecast needs {FEWEST_ROUNDS} rounds, there are {len(n)}.")
    error = 1 - accuracy
    fitted = power_laws(n, error[None])
    curve = fitted[0, 0] + fitted[0, 1] * n ** -fitted[0, 2]
    # Three parameters take up part of the scatter.
    residuals = (error - curve) * np.sqrt(len(n) / (len(n) - 3))
    drawn = np.random.default_rng(seed).choice(residuals, size=(RESAMPLES, len(n)))
    refits = power_laws(n, np.clip(curve + drawn, 0, 1))
    labels, *ends = _reached(np.concatenate([fitted, refits]), target, n)
    low, high = (float(np.quantile(ends, share, method="nearest")) for share in (0.025, 0.975))
    top = 1 - float(fitted[0, 0])
    reason = ""
    if labels == inf:
        reason = f"The fitted curve levels off at {percent(top)}, below the target."
        if top > target:
            reason = f"The target lies beyond {FARTHEST} times the labels so far: too far out for a forecast."
    return Forecast(labels, min(low, labels), max(high, labels), top, reason)


def power_laws(n: NDArray[np.float64], error_R_T: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weighted least-squares fits a + b n^-c, with a, b >= 0 and c in [0.05, 5], of R error curves.

    For a given c, a and b solve a linear problem; c is found on a grid, twice refined around the best.

    Args:
        n: labels of each round; the weights.
        error_R_T: errors, one row a curve.

    Returns:
        (R, 3): a, b and c of each.
    """
    rates_R_G = np.broadcast_to(np.geomspace(*RATES, 60), (len(error_R_T), 60))
    spread = np.log(RATES[1] / RATES[0]) / 59
    for _ in range(3):
        found_R_G_3, loss_R_G = _linear_fits(n, error_R_T, rates_R_G)
        best_R_3 = found_R_G_3[np.arange(len(error_R_T)), loss_R_G.argmin(axis=1)]
        steps = np.exp(np.linspace(-spread, spread, 31))
        rates_R_G, spread = np.clip(best_R_3[:, 2:] * steps, *RATES), spread / 15
    return best_R_3


def _linear_fits(
    n: NDArray[np.float64], error_R_T: NDArray[np.float64], rates_R_G: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """a, b >= 0 for each rate, (R, G, 3) with the rate, and the weighted sums of squares (R, G)."""
    w, first, n = n / n.sum(), n[0], n / n[0]  # powers relative to the first round: none is tiny
    x = n ** -rates_R_G[..., None]
    y = error_R_T[:, None]
    mean_x, mean_y = (x * w).sum(axis=2), (y * w).sum(axis=2)
    xx, xy = (x * x * w).sum(axis=2), (x * y * w).sum(axis=2)
    b = (xy - mean_x * mean_y) / (xx - mean_x**2)
    a = mean_y - b * mean_x
    a, b = np.where(a < 0, 0.0, a), np.where(a < 0, xy / xx, b)
    a, b = np.where(b < 0, mean_y, a), np.where(b < 0, 0.0, b)
    loss = ((a[..., None] + b[..., None] * x - y) ** 2 * w).sum(axis=2)
    return np.stack([a, b * first**rates_R_G, rates_R_G], axis=2), loss


def _reached(fits_R_3: NDArray[np.float64], target: float, n: NDArray[np.float64]) -> list[float]:
    """Labels at which each fitted curve reaches the target, at least those there are; infinite too far out."""
    a, b, c = fits_R_3.T
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        labels = np.where(1 - a > target, np.ceil((b / (1 - target - a)) ** (1 / c)), inf)
    labels = np.maximum(labels, n[-1])
    return np.where(labels <= FARTHEST * n[-1], labels, inf).tolist()
