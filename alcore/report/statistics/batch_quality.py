"""Uncertainty, diversity, class balance and redundancy of a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial.distance import cdist, pdist

# Distance between near-duplicates: in the plane of the blobs, with centres 2 apart, their labels rarely differ.
TWICE_THE_SAME = 0.05
# Information in nats below which a batch is uninformative: rounding errors.
NOTHING = 1e-9
NO_INFORMATION = "all models of the committee agree, so it expects to learn nothing"


class BatchInformation(Protocol):
    """Information in a batch; `alcore.strategies.information.Information` has these fields."""

    @property
    def joint(self) -> float: ...  # noqa: D102
    @property
    def sum_of_marginals(self) -> float: ...  # noqa: D102
    @property
    def exact(self) -> bool: ...  # noqa: D102
    @property
    def error(self) -> float: ...  # noqa: D102


@dataclass(frozen=True)
class BatchSummary:
    """Measures of a batch.

    Attributes:
        picks: number of picks.
        mean_uncertainty: mean acquisition score of the picks.
        covering_radius: largest distance from a point of the pool to the nearest labelled or picked point.
        farthest: index of the point at that distance.
        mean_distance: mean distance between two picks; NaN for a single pick.
        smallest_distance: smallest distance between two picks; a value near 0 wastes a label. NaN for a single pick.
        duplicate_rate: share of picks that repeat an earlier pick, see `repeats`.
        per_class: number of picks of each class.
        joint: mutual information between the model and all labels of the batch, in nats.
        sum_of_marginals: sum of the mutual information of each single label, in nats.
        exact: whether `joint` sums over all label outcomes.
        error: standard error of `joint` if it is sampled.
        worth: number of labels, selected without redundancy, that have as much information jointly, see `worth_of`;
            NaN if unknown.
        accuracy: test accuracy of the model once trained on the batch; NaN if unknown.
    """

    picks: int
    mean_uncertainty: float
    covering_radius: float
    farthest: int
    mean_distance: float
    smallest_distance: float
    duplicate_rate: float
    per_class: tuple[int, ...]
    joint: float
    sum_of_marginals: float
    exact: bool
    error: float
    worth: float = nan
    accuracy: float = nan

    @property
    def class_share(self) -> float:
        """Share of the classes with at least one pick."""
        return sum(count > 0 for count in self.per_class) / len(self.per_class)

    @property
    def redundancy(self) -> float:
        """Redundancy of the labels in nats: the sum of individual informations minus the joint information."""
        return self.sum_of_marginals - self.joint

    @property
    def repeated(self) -> float:
        """Redundancy as a share of the sum of individual informations; 0 for an uninformative batch."""
        return self.redundancy / self.sum_of_marginals if self.informative else 0.0

    @property
    def informative(self) -> bool:
        """Whether any label has information about the committee's model."""
        return self.sum_of_marginals > NOTHING


def summarise_batch(
    points_N_D: NDArray,
    y_N: NDArray[np.int64],
    classes: int,
    labeled: NDArray[np.int64],
    picks: NDArray[np.int64],
    pick_uncertainty: NDArray,
    told: BatchInformation,
) -> BatchSummary:
    """Summarise a batch after its selection; the labels describe it and never affect the choice.

    Args:
        points_N_D: the whole pool, labelled points included.
        y_N: its labels.
        classes: number of classes.
        labeled: indices labelled before.
        picks: indices of the batch, at least one.
        pick_uncertainty: acquisition scores of the picks.
        told: information of the labels about the model, from `strategies.information.batch_information`.

    Raises:
        ValueError: if the batch is empty.
    """
    if len(picks) == 0:
        raise ValueError("an empty batch cannot be described: it needs at least one pick")
    centres = points_N_D[np.concatenate([labeled, picks])]
    nearest_N = cdist(points_N_D, centres).min(axis=1)
    apart = pdist(points_N_D[picks])
    return BatchSummary(
        picks=len(picks),
        mean_uncertainty=float(np.mean(pick_uncertainty)),
        covering_radius=float(nearest_N.max()),
        farthest=int(nearest_N.argmax()),
        mean_distance=float(apart.mean()) if len(apart) else nan,
        smallest_distance=float(apart.min()) if len(apart) else nan,
        duplicate_rate=float(repeats(points_N_D[picks]).mean()),
        per_class=tuple(np.bincount(y_N[picks], minlength=classes).tolist()),
        joint=told.joint,
        sum_of_marginals=told.sum_of_marginals,
        exact=told.exact,
        error=told.error,
    )


def worth_of(joint: float, best_joint_B: NDArray[np.float64]) -> float:
    """Number of labels of the best batch, between whole numbers by interpolation, with the joint information given.

    Args:
        joint: joint information of a batch in nats.
        best_joint_B: that of the first 0, 1, ..., B labels of the best batch, never falling.

    Returns:
        0 to B; 0 if the best batch has no information.
    """
    if best_joint_B[-1] <= NOTHING:
        return 0.0
    rising = np.concatenate([[True], np.diff(best_joint_B) > 0])
    return float(np.interp(joint, best_joint_B[rising], np.flatnonzero(rising)))


def repeats(points_B_D: NDArray) -> NDArray[np.bool_]:
    """Whether each pick lies within `TWICE_THE_SAME` of an earlier one."""
    close_B_B = cdist(points_B_D, points_B_D) < TWICE_THE_SAME
    return np.tril(close_B_B, k=-1).any(axis=1)


def batch_frame(
    summaries: Mapping[str, BatchSummary],
    picks: Mapping[str, Sequence[int]],
    *,
    names: Mapping[str, str],
    class_names: Sequence[str],
) -> pd.DataFrame:
    """Measures of several batches as a tidy table, one row per batch.

    Args:
        summaries: by selector.
        picks: indices of each batch in picking order, by selector.
        names: display names of the selectors.
        class_names: one per class; each has a column with the number of picks of that class.
    """
    rows = [
        {
            "selector": key,
            "name": names.get(key, key),
            "picks": one.picks,
            "mean_uncertainty": one.mean_uncertainty,
            "covering_radius": one.covering_radius,
            "mean_distance": one.mean_distance,
            "smallest_distance": one.smallest_distance,
            "duplicate_rate": one.duplicate_rate,
            "class_share": one.class_share,
            "information_together": one.joint,
            "information_one_by_one": one.sum_of_marginals,
            "redundancy": one.redundancy,
            "exact": one.exact,
            "standard_error": one.error,
            "worth": one.worth,
            "accuracy_after": one.accuracy,
        }
        | {f"class_{name}": count for name, count in zip(class_names, one.per_class, strict=True)}
        | {"indices": " ".join(map(str, picks[key]))}
        for key, one in summaries.items()
    ]
    return pd.DataFrame(rows)


def tolerance(one: BatchSummary, other: BatchSummary) -> float:
    """Smallest significant difference of the joint information of two batches, in nats.

    Differences within the sampling error, or below two decimals, do not count.
    """
    return 2 * (one.error + other.error) + 0.01


def judge_own(you: BatchSummary, others: Mapping[str, BatchSummary]) -> str:
    """Rank of a manual batch among batches of the same size by joint information, told in labels.

    Args:
        you: the manual batch.
        others: the other batches by name.
    """
    yours = "Your label is" if you.picks == 1 else f"Your {you.picks} labels are"
    if not any(one.informative for one in (you, *others.values())):
        return f"{yours} worth nothing, nor are any others: {NO_INFORMATION}. Add labels."
    told = f"{yours} worth {you.worth:.1f}"
    if not others:
        return f"{told}."
    name, best = max(others.items(), key=lambda item: item[1].joint)
    if you.joint > best.joint + tolerance(you, best):
        return f"{told}: more than any of the others; the next is {name}, worth {best.worth:.1f}."
    if you.joint < best.joint - tolerance(you, best):
        return f"{told}; those of {name} are worth more: {best.worth:.1f}."
    return f"{told}: as much as the best of the others, {name}."
