"""Stopping rules: on the rounds so far, each of which a user may switch on.

The budget needs no rule: a run ends after its rounds. Target and plateau read the accuracy on the test set, which does
not exist while labelling, and a stop at its highest moments overestimates it: they save computing time, and the figure
they stop at is no honest estimate. Agreement reads only the predictions for unlabelled points.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.percent import level

# Points of the pool whose predictions are compared from round to round, as in the source of `predictions_agree`.
STOP_SET = 2000
# Rounds in a row whose models must agree: one pair may do so by chance.
SETTLED_ROUNDS = 3


@dataclass(frozen=True)
class StopRules:
    """Which rules are on; the first that holds ends the run.

    Attributes:
        accuracy: stop at this accuracy on the test set, above 0 to 1; None: never.
        plateau: stop after so many rounds without a new best accuracy; 0: never.
        agreement: stop when successive models agree on this share of the stop set; None: never.
    """

    accuracy: float | None = None
    plateau: int = 0
    agreement: float | None = None

    @property
    def any(self) -> bool:
        """Whether a rule is on."""
        return self.accuracy is not None or self.plateau > 0 or self.agreement is not None

    def reason(self, accuracies_R: Sequence[float], predictions_R_S: Sequence[NDArray[np.int64]]) -> str:
        """The rule that holds after these rounds, in a few words; empty if none does.

        Args:
            accuracies_R: on the test set, of all rounds so far.
            predictions_R_S: the classes that the model of each round predicts for the stop set; read only
                if `agreement` is on.
        """
        if self.accuracy is not None and reached(accuracies_R, self.accuracy):
            return f"target of {level(self.accuracy)} reached"
        if self.plateau and plateaued(accuracies_R, self.plateau):
            return f"no gain in {self.plateau} round{'' if self.plateau == 1 else 's'}"
        if self.agreement is not None and predictions_agree(agreements(predictions_R_S), self.agreement):
            return f"predictions settled: {SETTLED_ROUNDS} times in a row {level(self.agreement)} the same"
        return ""


def reached(accuracies_R: Sequence[float], target: float) -> bool:
    """Whether the last round is at the target or above."""
    return len(accuracies_R) > 0 and accuracies_R[-1] >= target


def plateaued(accuracies_R: Sequence[float], rounds: int) -> bool:
    """Whether none of the last so many rounds is better than the best before them."""
    return len(accuracies_R) > rounds and max(accuracies_R[-rounds:]) <= max(accuracies_R[:-rounds])


def agreements(predictions_R_S: Sequence[NDArray[np.int64]]) -> list[float]:
    """The share of points that each model and the next predict the same class for; one number fewer."""
    pairs = zip(predictions_R_S, predictions_R_S[1:], strict=False)
    return [float(np.mean(before_S == after_S)) for before_S, after_S in pairs]


def predictions_agree(agreements_R: Sequence[float], share: float, *, rounds: int = SETTLED_ROUNDS) -> bool:
    """Whether the last so many pairs of successive models have all agreed on this share of the stop set.

    Source: Bloodgood & Vijay-Shanker (2009), who take the mean of the last three values of Cohen's kappa:
    with classes equally frequent a share s is a kappa of 1 - (1 - s) C / (C - 1).
    """
    return len(agreements_R) >= rounds and min(agreements_R[-rounds:]) >= share
