"""Synthesised queries in numbers and sentences."""

import numpy as np
from numpy.typing import NDArray

from alcore.report.phrases import format_labels, percent

Floats = NDArray[np.floating]


def times_as_far(distance_Q_J: Floats, typical: float) -> Floats:
    """Distance of each synthesised point to the nearest real point, relative to the distance typical of real points.

    Args:
        distance_Q_J: to the nearest real points, nearest first.
        typical: distance of a real point to its nearest neighbour.
    """
    return distance_Q_J[:, 0] / max(typical, np.finfo(np.float64).tiny)


def describe_synthesis(
    labels_R: NDArray[np.int64], accuracy_R: Floats, distance_Q_J: Floats, agreement_Q: Floats, typical: float
) -> str:
    """Accuracy of a learner with synthesised queries, and their distance from real points.

    Args:
        labels_R: labels held in each round.
        accuracy_R: test accuracy.
        distance_Q_J: distance of each query to the nearest real points, nearest first.
        agreement_Q: share of these with the label of the query.
        typical: distance of a real point to its nearest neighbour.
    """
    before, after = percent(accuracy_R[0]), percent(accuracy_R[-1])
    went = "rose" if accuracy_R[-1] > accuracy_R[0] else "fell"
    way = (
        f"stayed at {before}"
        if before == after
        else f"{went} from {before} with {format_labels(int(labels_R[0]))} "
        f"to {after} with {format_labels(int(labels_R[-1]))}"
    )
    times = float(np.median(times_as_far(distance_Q_J, typical)))
    doubtful = int((agreement_Q < 1).sum())
    return (
        f"Accuracy {way}. A typical query lies {times:.1f} times as far from the nearest real point as "
        f"real points lie from one another. Of {len(agreement_Q)} labels {doubtful} "
        f"{'is' if doubtful == 1 else 'are'} contradicted by one or more of the {distance_Q_J.shape[1]} "
        "nearest real points."
    )


def describe_digits(times_Q: Floats, agree_Q_J: NDArray[np.bool_]) -> str:
    """How far synthesised images are from real ones, and how often these contradict the oracle.

    Args:
        times_Q: from `times_as_far`.
        agree_Q_J: whether the nearest real images have the label given.
    """
    doubtful = int((~agree_Q_J.all(axis=1)).sum())
    return (
        f"The synthesised digits lie {float(np.median(times_Q)):.1f} times as far from real ones as these from one "
        f"another, and {doubtful} of {len(agree_Q_J)} labels contradict a near real digit."
    )
