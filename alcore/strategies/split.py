"""Doubt in two parts: what a label can settle, and what no label will."""

from dataclasses import dataclass

from array_api_compat import array_namespace

from alcore.strategies.arrays import Array
from alcore.strategies.bayesian import bald
from alcore.strategies.samples import entropies, slices


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
