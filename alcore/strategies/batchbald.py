"""Batches whose labels together tell most about the model, so that no pick repeats another."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from array_api_compat import device
from numpy.typing import NDArray

from alcore.device import processors
from alcore.strategies.arrays import (
    Array,
    check_k,
    check_samples,
    entropies,
    namespace,
    safe_log,
    slices,
    sum_of_last,
    to_numpy,
)
from alcore.strategies.batch import Batch

NEGLIGIBLE = 1e-18  # the square is above the smallest normal number of single precision


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Joint outcomes of the labels of the points picked so far: all of them, or a weighted sample.

    Attributes:
        odds_S: probability of each outcome; sums to 1.
        posterior_S_K: probability of each posterior sample given the outcome; each row sums to 1.
        exact: whether every outcome of any probability is there.
    """

    odds_S: Array
    posterior_S_K: Array
    exact: bool = True

    def __len__(self) -> int:
        """The number of outcomes."""
        return int(self.odds_S.shape[0])

    @cached_property
    def odds_K(self) -> Array:
        """Probability of each posterior sample, over all outcomes."""
        return self.odds_S @ self.posterior_S_K

    def trimmed(self, error: float) -> "Outcomes":
        """Without the outcomes that leave nothing to learn; no gain falls by more than `error`.

        An outcome adds to any gain at most its odds times the entropy of its posterior.
        """
        most_S = to_numpy(self.odds_S * entropies(self.posterior_S_K))
        order = np.argsort(most_S, kind="stable")
        left_out = int(np.searchsorted(np.cumsum(most_S[order]), error, side="right"))
        rows = np.sort(order[left_out:])
        index = namespace(self.odds_S).asarray(rows, device=device(self.odds_S))
        return Outcomes(self.odds_S[index], self.posterior_S_K[index, ...], self.exact)

    def single(self) -> "Outcomes":
        """In single precision."""
        return Outcomes(single(self.odds_S), single(self.posterior_S_K), self.exact)

    def gains(self, probs_N_K_C: Array, entropies_N_K: Array) -> Array:
        """Mutual information of each point's label and the model, given the picks' labels, in nats.

        Args:
            probs_N_K_C: distributions, in the precision of the outcomes.
            entropies_N_K: their entropies.

        Returns:
            gains_N, not negative beyond rounding.
        """
        xp = namespace(probs_N_K_C)
        _, samples, classes = probs_N_K_C.shape
        probs_K_NC = xp.reshape(xp.permute_dims(probs_N_K_C, (1, 0, 2)), (samples, -1))
        # Products of finite numbers may signal an invalid one in lanes that the kernel does not use.
        with np.errstate(invalid="ignore"):
            predicted_S_NC = self.posterior_S_K @ probs_K_NC
            logs_S_NC = safe_log(predicted_S_NC)
            logs_S_NC *= predicted_S_NC
            total_N_C = xp.reshape(-(self.odds_S @ logs_S_NC), (-1, classes))
            return xp.sum(total_N_C, axis=1) - entropies_N_K @ self.odds_K

    def merged(self, groups: int) -> "Outcomes":
        """Neighbouring outcomes told apart no longer; by Jensen's inequality no gain becomes smaller."""
        xp = namespace(self.odds_S)
        joint_S_K = self.odds_S[:, None] * self.posterior_S_K
        edges = np.linspace(0, len(self), groups + 1).astype(int)
        if isinstance(joint_S_K, np.ndarray):
            joint_G_K = np.add.reduceat(joint_S_K, edges[:-1], axis=0)
        else:
            joint_G_K = xp.stack([xp.sum(joint_S_K[a:b, :], axis=0) for a, b in pairwise(edges)])
        odds_G = xp.sum(joint_G_K, axis=1)
        return Outcomes(odds_G, joint_G_K / odds_G[:, None], exact=False)

    def extended(self, probs_K_C: Array, largest: int, num_samples: int, rng: np.random.Generator) -> "Outcomes":
        """With one more pick; thinned to `num_samples` outcomes if there would be more than `largest`."""
        xp = namespace(self.odds_S)
        odds_S_C = self.odds_S[:, None] * (self.posterior_S_K @ probs_K_C)
        odds_SC = to_numpy(xp.reshape(odds_S_C, (-1,)))
        kept = np.nonzero(odds_SC > 0)[0]
        weights = odds_SC[kept]
        thin = len(kept) > max(num_samples, largest if self.exact else 0)
        if thin:
            chosen, weights = thinned(weights, num_samples, rng)
            kept = kept[chosen]
        where = device(self.odds_S)
        outcome, label = (xp.asarray(rows, device=where) for rows in divmod(kept, probs_K_C.shape[1]))
        joint_S_K = self.posterior_S_K[outcome, ...] * probs_K_C.T[label, ...]
        posterior_S_K = joint_S_K / xp.sum(joint_S_K, axis=1)[:, None]
        # Outcomes of one likeliest sample side by side: neighbours are alike, for merging and for thinning.
        order_S = xp.argsort(xp.argmax(posterior_S_K, axis=1), stable=True)
        odds_S = xp.asarray(weights / weights.sum(), device=where)
        return Outcomes(odds_S[order_S], posterior_S_K[order_S, ...], self.exact and not thin)


def single(x: Array) -> Array:
    """Probabilities in single precision; zero where products would be too small for fast arithmetic."""
    xp = namespace(x)
    return xp.astype(xp.where(x < NEGLIGIBLE, xp.zeros_like(x), x), xp.float32)


def thinned(
    weights_S: NDArray[np.float64], size: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """At most `size` of the weights, and new weights for them, so that any sum is right on average.

    Weights above a threshold stay as they are; the others are drawn systematically, at odds proportional to
    themselves, and raised to the threshold. The best unbiased choice there is, in mean squared error.

    Source: Fearnhead & Clifford (2003).
    """
    order = np.argsort(-weights_S, kind="stable")
    sorted_S = weights_S[order]
    tails = np.cumsum(sorted_S[::-1])[::-1][:size]
    thresholds = tails / (size - np.arange(size))
    whole = int(np.argmax(sorted_S[:size] <= thresholds))
    small = np.sort(order[whole:])
    steps = np.floor(np.cumsum(weights_S[small] / thresholds[whole]) + rng.random())
    drawn = small[np.diff(steps, prepend=0.0) > 0]
    chosen = np.sort(np.concatenate([order[:whole], drawn]))
    return chosen, np.maximum(thresholds[whole], weights_S[chosen])


# Single precision errs by some millionths of a nat: what is closer than this is decided in double precision.
SLACK = 3e-5
# Exact gains closer than this are equal.
TIE = 1e-10
# Points are taken in slices so that no temporary exceeds this many numbers, few enough for a cache.
OUTCOMES_AT_A_TIME = 1_000_000
# A pool of at most this many numbers is converted to both precisions at once; of a larger one few points are weighed.
SMALL = 200_000
# At most so many slices of points are weighed before what they show rules out others.
SLICES = 4
# So many points are weighed first, then twice as many each time.
FEW = 16
# Outcomes are merged into so many groups, in turn, to bound gains from above at little cost.
COARSE = (32, 512)


@dataclass(frozen=True, eq=False)
class JointBatch(Batch):
    """A batch chosen jointly.

    Attributes:
        indices: (k,) int64 rows, in picking order.
        scores: (k,) mutual information, in nats, of the model and the labels up to each pick.
        exact: for each pick, whether its score is exact; else it is estimated from sampled outcomes.
    """

    exact: tuple[bool, ...]


def batchbald(
    probs_N_K_C: Array,
    k: int,
    *,
    rng: np.random.Generator,
    num_samples: int = 4_000,
    budget: int = 1_000_000,
) -> JointBatch:
    """Greedy maximisation of the mutual information of the model and all labels of the batch.

    Pick b weighs up to C^b outcomes of the labels by K samples. While these C^b K numbers are within the
    budget scores are exact, and the batch is within 1 - 1/e of the best. Beyond, outcomes are sampled: the
    likely ones stay, the others are thinned without bias. Either way the whole pool competes for each pick:
    a point is passed over only when an upper bound of its gain (its own BALD, its gain at an earlier pick,
    its gain were outcomes merged) shows that it cannot win. Memory O(n K + budget / C).

    Args:
        probs_N_K_C: class probabilities by K posterior samples, each one function of the whole pool; each
            row sums to 1.
        k: labels to ask for; more than there are points means all of them.
        rng: stream of the sampling; nothing is drawn while scores are exact.
        num_samples: outcomes kept when sampling; more than fit the budget stay exact all the same.
        budget: the most numbers, C^b K, for exact scores.

    Returns:
        The batch; scores are the joint mutual information after each pick, in nats: never falling, at most
        the sum of the picks' BALD. Sampled, they err by about ln(C) / (2 sqrt(num_samples)) or less. Equal
        gains (within 1e-10 nats exact, 3e-5 sampled): the lower index first.

    Raises:
        ValueError: if the array is empty, a row is not a distribution, or k, num_samples or budget < 1.

    Source: Kirsch, van Amersfoort & Gal (2019); lazy evaluation: Minoux (1978).
    """
    check_samples(probs_N_K_C)
    n, samples, classes = probs_N_K_C.shape
    k = check_k(k, n)
    for name, value in (("num_samples", num_samples), ("budget", budget)):
        if value < 1:
            raise ValueError(f"{name} must be 1 or more, got {value}")
    with _side_by_side(probs_N_K_C) as each:
        pool = _Pool(probs_N_K_C, each)
        largest = budget // (samples * classes)
        outcomes = pool.nothing
        bounds_N = pool.bald_N.copy()
        open_N = np.ones(n, dtype=bool)
        picks: list[int] = []
        gains: list[float] = []
        exact: list[bool] = []
        for _ in range(k):
            # What held for fewer picks bounds exact gains, but not estimates from other outcomes.
            bounds_N = np.where(open_N, bounds_N if outcomes.exact else pool.bald_N, -np.inf)
            pick, gain = pool.best(outcomes, bounds_N)
            picks.append(pick)
            gains.append(gain)
            exact.append(outcomes.exact)
            open_N[pick] = False
            if len(picks) < k:
                probs_K_C = pool.rows(np.asarray([pick]))[0, ...]
                outcomes = outcomes.extended(probs_K_C, largest, num_samples, rng)
    return JointBatch(np.asarray(picks, dtype=np.int64), np.cumsum(gains), tuple(exact))


@contextmanager
def _side_by_side(x: Array) -> Iterator[Callable[..., Iterator]]:
    """A `map` with as many threads as this process has processors for NumPy, each multiplying on its own.

    NumPy's own threads wait for one another at every product, which on a busy machine takes longer than the
    products.
    """
    if not isinstance(x, np.ndarray):
        yield map
        return
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(processors()) as threads:
        # A single part is not worth another thread.
        yield lambda work, parts: threads.map(work, parts) if len(parts) > 1 else map(work, parts)


class _Pool:
    """The pool's distributions, with what is computed once: their entropies, and BALD of each point."""

    def __init__(self, probs_N_K_C: Array, each: Callable[..., Iterator]) -> None:
        self.each = each
        self.xp = namespace(probs_N_K_C)
        self.probs_N_K_C = probs_N_K_C
        _, samples, self.classes = probs_N_K_C.shape
        one_1_K = self.xp.ones((1, samples), dtype=self.xp.float64, device=device(probs_N_K_C))
        self.nothing = Outcomes(one_1_K[:, 0], one_1_K / samples)
        within, alone = zip(*each(self.alone, [where for where, _ in slices(probs_N_K_C)]), strict=True)
        self.entropies_N_K = self.xp.concat(within)
        self.bald_N = np.clip(np.concatenate(alone), 0, None)
        # The whole pool in either precision, where it is small.
        self.whole: tuple[Array, Array] | None = None
        if np.prod(probs_N_K_C.shape) <= SMALL:
            self.whole = self.summing_to_1(probs_N_K_C), single(self.summing_to_1(probs_N_K_C, self.xp.float32))

    def alone(self, where: slice) -> tuple[Array, NDArray[np.float64]]:
        """Entropies of some points' distributions, and the points' BALD."""
        probs_R_K_C = self.summing_to_1(self.probs_N_K_C[where, ...])
        entropies_R_K = -sum_of_last(probs_R_K_C * safe_log(probs_R_K_C))
        bald_R = entropies(self.xp.mean(probs_R_K_C, axis=1)) - self.xp.mean(entropies_R_K, axis=1)
        return entropies_R_K, to_numpy(bald_R)

    def rows(self, rows: NDArray[np.int64], *, halved: bool = False) -> Array:
        """Some points' distributions in double precision, or in single; summing to 1 in that precision."""
        index = self.xp.asarray(rows, device=device(self.probs_N_K_C))
        if self.whole is not None:
            return self.whole[halved][index, ...]
        dtype = self.xp.float32 if halved else self.xp.float64
        probs_R_K_C = self.summing_to_1(self.probs_N_K_C[index, ...], dtype)
        return single(probs_R_K_C) if halved else probs_R_K_C

    def summing_to_1(self, probs_R_K_C: Array, dtype: Any = None) -> Array:
        """Distributions in some precision, double if it is not given, summing to 1 in that precision."""
        probs_R_K_C = self.xp.astype(probs_R_K_C, dtype or self.xp.float64, copy=False)
        return probs_R_K_C / sum_of_last(probs_R_K_C)[:, :, None]

    def slice_of(self, outcomes: Outcomes) -> int:
        """How many points can be weighed at once."""
        return max(1, OUTCOMES_AT_A_TIME // (max(outcomes.posterior_S_K.shape) * self.classes))

    def gains(self, outcomes: Outcomes, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Some points' gains in the precision of the outcomes, between 0 and their BALD."""

        def of(some: NDArray[np.int64]) -> NDArray[np.float64]:
            probs_R_K_C = self.rows(some, halved=outcomes.odds_S.dtype == self.xp.float32)
            index = self.xp.asarray(some, device=device(self.probs_N_K_C))
            within_R_K = self.xp.astype(self.entropies_N_K[index, ...], probs_R_K_C.dtype)
            return to_numpy(outcomes.gains(probs_R_K_C, within_R_K)).astype(np.float64)

        step = self.slice_of(outcomes)
        found = self.each(of, [rows[start : start + step] for start in range(0, len(rows), step)])
        return np.clip(np.concatenate(list(found)), 0, self.bald_N[rows])

    def best(self, outcomes: Outcomes, bounds_N: NDArray[np.float64]) -> tuple[int, float]:
        """The point with the largest gain, and that gain; lowers the bounds to what was found.

        Args:
            outcomes: of the picks so far.
            bounds_N: upper bounds of the gains, to within rounding; minus infinity where already picked.
        """
        rows = np.nonzero(bounds_N > -np.inf)[0]
        outcomes = outcomes.trimmed(TIE / 4)
        sketch = outcomes.trimmed(SLACK / 4).single()
        if len(outcomes) == 0 or bounds_N.max() <= TIE:
            return int(rows[0]), 0.0
        if len(sketch):
            rows, _ = self.contenders(sketch, rows, bounds_N, SLACK)
        if not outcomes.exact:  # the sampling errs by more than the rounding
            rows = np.asarray([rows.min()])
        rows, gains = self.contenders(outcomes, rows, self.bald_N.copy(), TIE)
        first = int(np.argmin(rows))
        return int(rows[first]), float(gains[first])

    def contenders(
        self, outcomes: Outcomes, rows: NDArray[np.int64], bounds_N: NDArray[np.float64], slack: float
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Those of some rows whose gain is within `slack` of the largest, and their gains."""
        gains_N = np.full(len(bounds_N), -np.inf)
        floor = -np.inf

        def weigh(some: NDArray[np.int64]) -> None:
            nonlocal floor
            gains_N[some] = bounds_N[some] = self.gains(outcomes, some)
            floor = max(floor, float(gains_N[some].max()))

        # What an earlier pick showed rules most points out.
        weigh(rows[np.argpartition(-bounds_N[rows], FEW)[:FEW]] if len(rows) > FEW else rows)
        rows = rows[bounds_N[rows] >= floor - slack]
        for groups in COARSE:
            if groups > min(len(rows), len(outcomes) // 2):
                break
            bounds_N[rows] = np.minimum(bounds_N[rows], self.gains(outcomes.merged(groups), rows))
            weigh(rows[[int(np.argmax(bounds_N[rows]))]])
            rows = rows[bounds_N[rows] >= floor - slack]
        left = rows[gains_N[rows] == -np.inf]
        left = left[np.argsort(-bounds_N[left], kind="stable")]
        start, step, most = 0, FEW, SLICES * self.slice_of(outcomes)
        while start < len(left) and bounds_N[left[start]] >= floor - slack:
            weigh(left[start : start + min(step, most)])
            start, step = start + min(step, most), 2 * step
        rows = rows[gains_N[rows] >= floor - slack]
        return rows, gains_N[rows]
