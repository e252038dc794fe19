"""Joint mutual information of the labels of a batch with the model, and its redundancy."""

from dataclasses import dataclass

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
    for name, value in (("draws", draws), ("budget", budget)):
        if value < 1:
            raise ValueError(f"{name} must be 1 or more, got {value}")
    probs_B_K_C = to_numpy(probs_B_K_C).astype(np.float64)
    probs_B_K_C = probs_B_K_C / probs_B_K_C.sum(axis=2, keepdims=True)
    picks, samples, classes = probs_B_K_C.shape
    exact = picks * np.log(classes) + np.log(samples) <= np.log(budget)
    left_S, weights_S = _counted(probs_B_K_C, rng) if exact else _drawn(probs_B_K_C, draws, rng)
    joint = float(np.log(samples) - weights_S @ left_S)
    error = 0.0 if exact else float(left_S.std() / np.sqrt(len(left_S)))
    return Information(float(np.clip(joint, 0, singles)), singles, bool(exact), error)


def _counted(probs_B_K_C: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Entropy of the posterior after each outcome, and each outcome's probability."""
    picks, samples, classes = probs_B_K_C.shape
    outcomes = Outcomes(np.ones(1), np.full((1, samples), 1 / samples))
    for probs_K_C in probs_B_K_C:
        outcomes = outcomes.extended(probs_K_C, classes**picks, classes**picks, rng)
    return entropies(outcomes.posterior_S_K), outcomes.odds_S


def _drawn(probs_B_K_C: Floats, draws: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """The same for drawn outcomes, all of one weight. Single precision is far finer than the drawing."""
    picks, samples, classes = probs_B_K_C.shape
    each = -(-draws // samples)
    upto_B_K_C = np.cumsum(probs_B_K_C, axis=2, dtype=np.float32)
    logs_B_K_C = safe_log(probs_B_K_C).astype(np.float32)
    steps_C_B_K = np.diff(logs_B_K_C, axis=2).transpose(2, 0, 1)
    joint_K_R_K = np.empty((samples, each, samples), dtype=np.float32)
    joint_K_R_K[:] = logs_B_K_C[:, :, 0].sum(axis=0)
    # One sample at a time: larger products would be shared out to threads that wait longer than they work.
    for sample, joint_R_K in enumerate(joint_K_R_K):
        uniform_B_R = rng.random((picks, each), dtype=np.float32)
        for c in range(classes - 1):
            # A label is above c where the draw lies beyond the classes up to c.
            above_B_R = (uniform_B_R >= upto_B_K_C[:, sample, c, None]).astype(np.float32)
            joint_R_K += above_B_R.T @ steps_C_B_K[c]
    joint_S_K = joint_K_R_K.reshape(-1, samples)
    joint_S_K -= joint_S_K.max(axis=1, keepdims=True)
    odds_S_K = np.exp(joint_S_K, out=joint_S_K)
    odds_S_K /= odds_S_K.sum(axis=1, keepdims=True)
    return entropies(odds_S_K).astype(np.float64), np.full(len(odds_S_K), 1 / len(odds_S_K))


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
