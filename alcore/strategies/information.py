"""Joint mutual information of the labels of a batch with the model, and its redundancy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from array_api_compat import array_namespace
from numpy.typing import NDArray

from alcore.strategies.arrays import Array, entropies, safe_log, slices, to_numpy
from alcore.strategies.batchbald import Outcomes
from alcore.strategies.bayesian import bald

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Information:
    """The information of a batch of labels about the model, in nats.

    Attributes:
        joint: mutual information of the model and all labels together.
        singles: the sum of what each label would tell alone (BALD).
        exact: whether `joint` counts every outcome of the labels; else it is a mean over drawn outcomes.
        error: standard error of that mean, from above; 0 where exact.
    """

    joint: float
    sum_of_marginals: float
    exact: bool
    error: float

    @property
    def redundancy(self) -> float:
        """Redundancy: the sum of the individual informations minus the joint information."""
        return self.sum_of_marginals - self.joint


def batch_information(
    probs_B_K_C: NDArray, *, rng: np.random.Generator, draws: int = 2_000, budget: int = 200_000
) -> Information:
    """Mutual information of the model and the labels of a given batch, jointly and one by one.

    All C^B outcomes of the labels are counted while C^B K numbers are within the budget. Beyond, whole
    outcomes are drawn, as many from each sample of the model, and the entropy that the posterior over the
    samples is left with is averaged. `batchbald` thins its outcomes pick by pick instead, because it weighs
    every candidate against them; for a batch that is known, fresh draws do not add up errors over its picks.

    Args:
        probs_B_K_C: class probabilities of the B picks by K posterior samples; each row sums to 1.
        rng: stream of the draws; nothing is drawn while all outcomes are counted.
        draws: outcomes drawn, rounded up to as many from each sample.
        budget: the most numbers, C^B K, for exact information.

    Returns:
        `joint` is never below 0, above `sum_of_marginals` or above ln K: K samples can be told apart no better.

    Raises:
        ValueError: if the array is empty, a row is not a distribution, or draws or budget < 1.

    Source: Kirsch, van Amersfoort & Gal (2019), equation 8 and their section 3.2 on sampling.
    """
    singles = float(np.sum(to_numpy(bald(probs_B_K_C))))
    picks = probs_B_K_C.shape[0]
    ((joint, exact, error),) = _joint(probs_B_K_C, [picks], draws, budget, rng)
    return Information(float(np.clip(joint, 0, singles)), singles, exact, error)


def information_of_prefixes(
    probs_B_K_C: NDArray,
    lengths: Sequence[int],
    *,
    rng: np.random.Generator,
    draws: int = 2_000,
    budget: int = 200_000,
) -> Floats:
    """Joint mutual information of the first so many labels of a batch with the model, for several lengths at once.

    Drawn outcomes of a longer prefix continue those of a shorter one. Time of the longest alone, and of an entropy for
    each length.

    Args:
        probs_B_K_C: as in `batch_information`, in the order of the prefixes.
        lengths: from 1 to B, rising.
        rng: stream of the draws.
        draws: as in `batch_information`.
        budget: as in `batch_information`.

    Returns:
        joint_L in nats, clipped as in `batch_information`.

    Raises:
        ValueError: as `batch_information`; if lengths are out of range or do not rise.
    """
    singles_B = np.cumsum(to_numpy(bald(probs_B_K_C)))
    rising = len(lengths) > 0 and min(np.diff(lengths, prepend=0)) > 0
    if not rising or lengths[-1] > len(probs_B_K_C):
        raise ValueError(f"lengths must rise from 1 or more to {len(probs_B_K_C)} or fewer, got {list(lengths)[:10]}")
    joint_L = np.array([joint for joint, _, _ in _joint(probs_B_K_C, lengths, draws, budget, rng)])
    return np.clip(joint_L, 0, singles_B[np.asarray(lengths) - 1])


def _joint(
    probs_B_K_C: NDArray, lengths: Sequence[int], draws: int, budget: int, rng: np.random.Generator
) -> list[tuple[float, bool, float]]:
    """Of each prefix of the batch: its joint information, whether that is exact, and else its standard error."""
    for name, value in (("draws", draws), ("budget", budget)):
        if value < 1:
            raise ValueError(f"{name} must be 1 or more, got {value}")
    probs_B_K_C = to_numpy(probs_B_K_C).astype(np.float64)
    probs_B_K_C = probs_B_K_C / probs_B_K_C.sum(axis=2, keepdims=True)
    _, samples, classes = probs_B_K_C.shape
    counted = [one for one in lengths if one * np.log(classes) + np.log(samples) <= np.log(budget)]
    drawn = list(lengths[len(counted) :])
    found = [
        (float(np.log(samples) - weights_S @ left_S), True, 0.0)
        for left_S, weights_S in (_counted(probs_B_K_C, counted, rng) if counted else ())
    ]
    for left_S in _drawn(probs_B_K_C, drawn, draws, rng) if drawn else ():
        found.append((float(np.log(samples) - left_S.mean()), False, float(left_S.std() / np.sqrt(len(left_S)))))
    return found


def _counted(probs_B_K_C: Floats, lengths: Sequence[int], rng: np.random.Generator) -> Iterator[tuple[Floats, Floats]]:
    """For each length the entropy of the posterior after each outcome, and each outcome's probability."""
    _, samples, classes = probs_B_K_C.shape
    most = classes ** lengths[-1]
    outcomes = Outcomes(np.ones(1), np.full((1, samples), 1 / samples))
    for length, probs_K_C in enumerate(probs_B_K_C[: lengths[-1]], start=1):
        outcomes = outcomes.extended(probs_K_C, most, most, rng)
        if length in lengths:
            yield entropies(outcomes.posterior_S_K), outcomes.odds_S


def _drawn(probs_B_K_C: Floats, lengths: Sequence[int], draws: int, rng: np.random.Generator) -> Iterator[Floats]:
    """For each length the entropy after drawn outcomes, all of one weight.

    Single precision is far finer than the drawing.
    """
    picks, samples, classes = probs_B_K_C.shape
    each = -(-draws // samples)
    upto_K_B_C = np.cumsum(probs_B_K_C, axis=2, dtype=np.float32).transpose(1, 0, 2)
    logs_B_K_C = safe_log(probs_B_K_C).astype(np.float32)
    steps_C_B_K = np.diff(logs_B_K_C, axis=2).transpose(2, 0, 1)
    uniform_K_B_R = rng.random((samples, picks, each), dtype=np.float32)
    joint_K_R_K = np.zeros((samples, each, samples), dtype=np.float32)
    for first, last in pairwise([0, *lengths]):
        joint_K_R_K += logs_B_K_C[first:last, :, 0].sum(axis=0)
        for c in range(classes - 1):
            # A label is above c where the draw lies beyond the classes up to c.
            above_K_B_R = uniform_K_B_R[:, first:last] >= upto_K_B_C[:, first:last, c, None]
            joint_K_R_K += above_K_B_R.astype(np.float32).transpose(0, 2, 1) @ steps_C_B_K[c, first:last]
        logits_S_K = (joint_K_R_K - joint_K_R_K.max(axis=2, keepdims=True)).reshape(-1, samples)
        odds_S_K = np.exp(logits_S_K)
        sum_S = odds_S_K.sum(axis=1)
        yield (np.log(sum_S) - np.vecdot(odds_S_K, logits_S_K) / sum_S).astype(np.float64)


@dataclass(frozen=True, eq=False)
class UncertaintyParts:
    """The entropy of the mean prediction and its two parts, in nats, one number a point.

    Attributes:
        total_N: entropy of the members' mean, in [0, ln C].
        expected_N: mean of the members' own entropies: noise on which they agree (aleatoric).
        mutual_N: total less expected, the mutual information of label and model, which is BALD: what the
            members disagree on (epistemic), and all that a label can settle.
    """

    total_N: Array
    expected_N: Array
    mutual_N: Array


def uncertainty_decomposition(probs_N_K_C: Array) -> UncertaintyParts:
    """Split the entropy of a committee's prediction into noise and disagreement.

    Args:
        probs_N_K_C: class probabilities by K committee members or posterior samples; each row sums to 1.

    Raises:
        ValueError: if the array is empty or a row is not a distribution.

    Source: Houlsby, Huszar, Ghahramani & Lengyel (2011); Depeweg et al. (2018).
    """
    xp = array_namespace(probs_N_K_C)
    expected_N = xp.concat([xp.mean(entropies(part), axis=1) for _, part in slices(probs_N_K_C)])
    mutual_N = bald(probs_N_K_C)
    return UncertaintyParts(expected_N + mutual_N, expected_N, mutual_N)
