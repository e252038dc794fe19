"""Batches that raise the kernel coverage of the pool most: of all points alike, or of the uncertain ones."""

import numpy as np
from array_api_compat import array_namespace, device
from numpy.typing import NDArray

from alcore.strategies.arrays import Array, check_features, check_k, check_scores, floating, to_numpy
from alcore.strategies.batch import Batch
from alcore.strategies.geometry.distances import around, centre_of

# Kernels are taken in slices so that no temporary exceeds this many numbers.
PAIRS_AT_A_TIME = 4_000_000
# Digits of a gain, as a share of the largest weight: two points that cover one another often gain exactly the same.
DIGITS = 11
# Stale gains computed anew at a time.
RENEWED = 32


def max_herding(features_N_D: Array, labeled_M_D: Array, k: int, *, sigma: float | None = None) -> Batch:
    """Greedy coverage by a Gaussian kernel: each pick raises the mean closeness of the points to the labels most.

    The closeness of a point to the labels is the largest kernel exp(-d^2 / sigma^2) between it and a labelled or picked
    point. Covers at least 1 - 1/e of what the best k points would. Gains only fall as points are picked, so those
    known from before are bounds, and few are computed anew. Time O(N (N + M) d) and a little for each pick, memory
    O(N d) and a slice of fixed size; all in double precision.

    Args:
        features_N_D: the unlabelled points.
        labeled_M_D: the labelled points; may have no rows.
        k: labels to ask for; more than there are points means all of them.
        sigma: width of the kernel, above 0; `kernel_width` of the points if None.

    Returns:
        The batch; scores are the raise of the mean closeness by each pick. Equal: the lower index first.

    Raises:
        ValueError: if there is no point, a feature is not finite, dimensions differ, sigma is not above 0, or k < 1.

    Source: Bae et al. (2024), where features have length 1 and sigma is 1.
    """
    features_N_D = check_features(features_N_D, labeled_M_D)
    xp = array_namespace(features_N_D)
    ones_N = xp.ones(features_N_D.shape[0], dtype=xp.float64, device=device(features_N_D))
    sigma = kernel_width(features_N_D) if sigma is None else sigma
    return _greedy(_Coverage(features_N_D, labeled_M_D, ones_N, sigma), k)


def stochastic_max_herding(
    features_N_D: Array,
    labeled_M_D: Array,
    k: int,
    *,
    rng: np.random.Generator,
    sigma: float | None = None,
    epsilon: float = 0.1,
) -> Batch:
    """As `max_herding`, where each pick is the best of N/k ln(1/epsilon) points drawn at random.

    Covers in expectation at least 1 - 1/e - epsilon of what the best k points would. Time O(N (N ln(1/epsilon) + M) d)
    whatever k: less than `max_herding` where gains fall so fast that it renews many.

    Args:
        features_N_D: the unlabelled points.
        labeled_M_D: the labelled points; may have no rows.
        k: labels to ask for; more than there are points means all of them.
        rng: draws the points.
        sigma: width of the kernel, as in `max_herding`.
        epsilon: what may be lost, above 0 and below 1.

    Returns:
        The batch; scores are the raise of the mean closeness by each pick. Equal: the point drawn first.

    Raises:
        ValueError: as `max_herding`; or epsilon is not between 0 and 1.

    Source: Mirzasoleiman, Badanidiyuru, Karbasi, Vondrak & Krause (2015), with the coverage of Bae et al. (2024).
    """
    if not 0 < epsilon < 1:
        raise ValueError(f"epsilon must lie between 0 and 1, got {epsilon}")
    features_N_D = check_features(features_N_D, labeled_M_D)
    xp = array_namespace(features_N_D)
    n = features_N_D.shape[0]
    k = check_k(k, n)
    ones_N = xp.ones(n, dtype=xp.float64, device=device(features_N_D))
    coverage = _Coverage(features_N_D, labeled_M_D, ones_N, kernel_width(features_N_D) if sigma is None else sigma)
    count = int(np.ceil(n / k * np.log(1 / epsilon)))
    # Open points are kept in front, so that a draw costs as much as it draws.
    open_rows = np.arange(n)
    picks, scores = np.empty(k, dtype=np.int64), np.empty(k)
    for number in range(k):
        left = n - number
        drawn = rng.choice(left, min(count, left), replace=False, shuffle=True)
        gains = coverage.gains(open_rows[drawn])
        best = drawn[int(gains.argmax())]
        picks[number], scores[number] = open_rows[best], gains.max()
        open_rows[best] = open_rows[left - 1]
        coverage.add(coverage.features_N_D[int(picks[number])][None, :])
    return Batch(picks, scores)


def uherding(
    uncertainty_N: Array, features_N_D: Array, labeled_M_D: Array, k: int, *, sigma: float | None = None
) -> Batch:
    """As `max_herding`, with the uncertainty of each point as its weight in the mean.

    The kernel's width is the smallest distance between two labelled points: it shrinks as labels grow, so the rule
    goes over from coverage to uncertainty.

    Args:
        uncertainty_N: weights of 0 or more, such as `margin` of the model's probabilities.
        features_N_D: the unlabelled points.
        labeled_M_D: the labelled points; may have no rows.
        k: labels to ask for; more than there are points means all of them.
        sigma: width of the kernel, above 0; if None the smallest positive distance between labelled points, or
            `kernel_width` of the points where there is none.

    Returns:
        The batch; scores are the raise of the weighted mean closeness by each pick. Equal: the lower index first.

    Raises:
        ValueError: if there is no point, a feature is not finite, shapes differ, a weight is negative or no number,
            sigma is not above 0, or k < 1.

    Source: Bae et al. (2025), without their temperature scaling of the probabilities.
    """
    features_N_D = check_features(features_N_D, labeled_M_D)
    uncertainty_N = check_scores(uncertainty_N)
    n = features_N_D.shape[0]
    xp = array_namespace(features_N_D)
    if uncertainty_N.shape[0] != n or not bool(xp.all(uncertainty_N >= 0)):
        raise ValueError(f"uncertainty_N must be {n} weights of 0 or more, one a point")
    if sigma is None:
        sigma = _smallest_gap(to_numpy(floating(labeled_M_D))) or kernel_width(features_N_D)
    return _greedy(_Coverage(features_N_D, labeled_M_D, xp.astype(uncertainty_N, xp.float64), sigma), k)


def kernel_width(features_N_D: Array) -> float:
    """Half the distance between two typical points; 1 where most points are the same.

    Twice the median squared distance from the point of all medians stands for the squared distance between two points,
    which a few outliers do not change. For features of length 1 in all directions the width is 0.7; it suits
    features of any scale.
    """
    x_N_D = to_numpy(check_features(features_N_D))
    # Seen from a point of theirs first, where an offset that all have in common is subtracted exactly.
    gaps_N_D = x_N_D - x_N_D[0]
    gaps_N_D -= np.median(gaps_N_D, axis=0)
    return float(np.median(np.einsum("nd,nd->n", gaps_N_D, gaps_N_D)) / 2) ** 0.5 or 1.0


class _Coverage:
    """The closeness of every point to its nearest label, and the gains of more labels."""

    def __init__(self, features_N_D: Array, labeled_M_D: Array, weights_N: Array, sigma: float) -> None:
        if not sigma > 0:
            raise ValueError(f"sigma must be a width above 0, got {sigma}")
        xp = array_namespace(features_N_D)
        features_N_D, labeled_M_D = (xp.astype(floating(part), xp.float64) for part in (features_N_D, labeled_M_D))
        self.xp = xp
        self.features_N_D, self.weights_N, self.sigma = features_N_D, weights_N, sigma
        self.unit = (float(xp.max(weights_N)) or 1.0) * 10.0**-DIGITS
        self.mean_D = centre_of(features_N_D)
        self.centred_N_D, self.norms_N = around(self.mean_D, features_N_D)
        n, dimensions = features_N_D.shape
        self.step = max(1, PAIRS_AT_A_TIME // n)
        # Squared distances below this are measured again by subtraction.
        self.close = 1e3 * 8 * dimensions * float(xp.finfo(xp.float64).eps)
        self.closeness_N = xp.zeros_like(weights_N)
        for start in range(0, labeled_M_D.shape[0], self.step):
            self.add(labeled_M_D[start : start + self.step])

    def kernel(self, some_S_D: Array) -> Array:
        """The kernel (S, N) between some points and all."""
        xp = self.xp
        centred_S_D, norms_S = around(self.mean_D, some_S_D)
        squared_S_N = norms_S[:, None] - 2 * (centred_S_D @ self.centred_N_D.T) + self.norms_N[None, :]
        rows, columns = xp.nonzero(squared_S_N <= self.close * (norms_S[:, None] + self.norms_N[None, :]))
        width = max(1, PAIRS_AT_A_TIME // some_S_D.shape[1])
        for first in range(0, rows.shape[0], width):  # of copies all pairs are close
            r, c = rows[first : first + width], columns[first : first + width]
            gaps = some_S_D[r] - self.features_N_D[c]
            squared_S_N[r, c] = xp.sum(gaps * gaps, axis=1)
        return xp.exp(-(squared_S_N / self.sigma) / self.sigma)

    def add(self, some_S_D: Array) -> None:
        """Label some points."""
        closest_N = self.xp.max(self.kernel(some_S_D), axis=0)
        self.closeness_N = self.xp.maximum(self.closeness_N, closest_N)

    def gains(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """The raise of the weighted mean closeness by each of these points."""
        xp, gains = self.xp, []
        for start in range(0, len(rows), self.step):
            some = xp.asarray(rows[start : start + self.step], device=device(self.features_N_D))
            raised_S_N = self.kernel(xp.take(self.features_N_D, some, axis=0)) - self.closeness_N[None, :]
            gains.append(to_numpy(xp.clip(raised_S_N, 0, None) @ self.weights_N))
        mean = np.concatenate(gains) / len(self.closeness_N)
        return np.round(mean / self.unit) * self.unit


def _greedy(coverage: _Coverage, k: int) -> Batch:
    """Picks of the largest gain, one after another."""
    n = len(coverage.closeness_N)
    k = check_k(k, n)
    bounds_N = coverage.gains(np.arange(n))
    stale_N = np.zeros(n, dtype=bool)
    picks, scores = np.empty(k, dtype=np.int64), np.empty(k)
    for number in range(k):
        while stale_N[best := int(bounds_N.argmax())]:
            highest = np.argpartition(-bounds_N, min(RENEWED, n) - 1)[:RENEWED]
            rows = np.union1d(highest[stale_N[highest]], [best])
            bounds_N[rows] = coverage.gains(rows)
            stale_N[rows] = False
        picks[number], scores[number] = best, bounds_N[best]
        coverage.add(coverage.features_N_D[best : best + 1])
        bounds_N[best], stale_N[:] = -np.inf, True
        stale_N[picks[: number + 1]] = False
    return Batch(picks, scores)


def _smallest_gap(x_M_D: NDArray[np.floating]) -> float:
    """The smallest positive distance between two points; 0 where there is none."""
    smallest, step = np.inf, max(1, PAIRS_AT_A_TIME // max(1, x_M_D.size))
    for start in range(0, len(x_M_D), step):
        gaps = x_M_D[start : start + step, None].astype(np.float64) - x_M_D[None]
        squared = np.einsum("smd,smd->sm", gaps, gaps)
        smallest = min(smallest, float(squared[squared > 0].min(initial=np.inf)))
    return float(np.sqrt(smallest)) if np.isfinite(smallest) else 0.0
