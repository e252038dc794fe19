"""How uncertain, how spread out and how balanced a batch is."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist, pdist

# In the plane of the blobs, whose centres are 2 apart, answers this close hardly ever differ.
TWICE_THE_SAME = 0.05


@dataclass(frozen=True)
class BatchSummary:
    """Numbers to compare batches by.

    Attributes:
        mean_uncertainty: mean score of the picks.
        covering_radius: the largest distance from any point of the pool to the nearest labelled or picked
            one; smaller covers better.
        smallest_distance: between two picks; near 0 means that a label was spent twice. NaN for one pick.
        per_class: how many picks turn out to be of each class.
    """

    mean_uncertainty: float
    covering_radius: float
    smallest_distance: float
    per_class: tuple[int, ...]


def summarise_batch(
    points_N_D: NDArray,
    y_N: NDArray[np.int64],
    classes: int,
    labeled: NDArray[np.int64],
    picks: NDArray[np.int64],
    pick_uncertainty: NDArray,
) -> BatchSummary:
    """Describe a batch after the fact; the labels are read to describe, never to choose.

    Args:
        points_N_D: the whole pool, labelled points included.
        y_N: its labels.
        classes: how many classes there are.
        labeled: indices labelled before.
        picks: indices of the batch, at least one.
        pick_uncertainty: the picks' uncertainty scores.

    Raises:
        ValueError: if the batch is empty.
    """
    if len(picks) == 0:
        raise ValueError("an empty batch cannot be described: it needs at least one pick")
    centres = points_N_D[np.concatenate([labeled, picks])]
    return BatchSummary(
        mean_uncertainty=float(np.mean(pick_uncertainty)),
        covering_radius=float(cdist(points_N_D, centres).min(axis=1).max()),
        smallest_distance=float(pdist(points_N_D[picks]).min()) if len(picks) > 1 else float("nan"),
        per_class=tuple(np.bincount(y_N[picks], minlength=classes).tolist()),
    )


def compare_batches(batches: Mapping[str, BatchSummary]) -> str:
    """One sentence on what top-k gains and pays against k-center and the hybrid sum.

    Args:
        batches: summaries by the keys `top_k`, `k_center` and `hybrid`.
    """
    top, cover, mixed = batches["top_k"], batches["k_center"], batches["hybrid"]
    sentence = (
        f"Top-k asks where the model is least sure ({top.mean_uncertainty:.2f} on average, k-center "
        f"{cover.mean_uncertainty:.2f}) and leaves points {top.covering_radius:.2f} away from any label "
        f"(k-center {cover.covering_radius:.2f}); hybrid lies at {mixed.mean_uncertainty:.2f} and "
        f"{mixed.covering_radius:.2f}."
    )
    if top.smallest_distance < TWICE_THE_SAME < cover.smallest_distance:
        sentence += (
            f" Two of top-k's picks are only {top.smallest_distance:.3f} apart: nearly the same question, "
            "paid for twice."
        )
    return sentence
