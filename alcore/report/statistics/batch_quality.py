"""How uncertain, how spread out, how balanced and how repetitive a batch is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial.distance import cdist, pdist

# In the plane of the blobs, whose centres are 2 apart, answers this close hardly ever differ.
TWICE_THE_SAME = 0.05
# Below this, in nats, answers tell nothing: what is left is rounding.
NOTHING = 1e-9
NO_INFORMATION = "all models of the committee agree, so it expects to learn nothing"


class BatchInformation(Protocol):
    """What a batch tells; `alcore.strategies.information.Information` is one."""

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
    """Numbers to compare batches by.

    Attributes:
        picks: how many.
        mean_uncertainty: mean score of the picks.
        covering_radius: the largest distance from any point of the pool to the nearest labelled or picked
            one; smaller covers better.
        farthest: the index of the point that is so far away.
        mean_distance: between two picks; NaN for one pick.
        smallest_distance: between two picks; near 0 means that a label was spent twice. NaN for one pick.
        duplicate_rate: the share of picks that repeat an earlier one, see `repeats`.
        per_class: how many picks turn out to be of each class.
        joint: mutual information of the model and all labels of the batch, in nats.
        singles: the sum of what each label would tell alone, in nats.
        exact: whether `joint` counts every outcome of the labels.
        error: standard error of `joint` where it does not.
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

    @property
    def class_share(self) -> float:
        """The share of the classes that the batch holds at least one point of."""
        return sum(count > 0 for count in self.per_class) / len(self.per_class)

    @property
    def redundancy(self) -> float:
        """What the labels tell more than once, in nats."""
        return self.sum_of_marginals - self.joint

    @property
    def repeated(self) -> float:
        """The same as a share of what they tell one by one; 0 where they tell nothing."""
        return self.redundancy / self.sum_of_marginals if self.informative else 0.0

    @property
    def informative(self) -> bool:
        """Whether any answer would tell the committee anything."""
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
    """Describe a batch after the fact; the labels are read to describe, never to choose.

    Args:
        points_N_D: the whole pool, labelled points included.
        y_N: its labels.
        classes: how many classes there are.
        labeled: indices labelled before.
        picks: indices of the batch, at least one.
        pick_uncertainty: the picks' uncertainty scores.
        told: what the labels tell about the model, from `strategies.information.batch_information`.

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
    """The numbers of several batches as a tidy table, one row a batch.

    Args:
        summaries: by selector.
        picks: the indices of each batch in picking order, by selector.
        names: words for the selectors.
        class_names: one a class; each is a column of how many picks turn out to be of it.
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
        }
        | {f"class_{name}": count for name, count in zip(class_names, one.per_class, strict=True)}
        | {"indices": " ".join(map(str, picks[key]))}
        for key, one in summaries.items()
    ]
    return pd.DataFrame(rows)


def compare_batches(batches: Mapping[str, BatchSummary]) -> str:
    """What top-k gains and pays against k-center, in two or three sentences.

    Args:
        batches: summaries by the keys `top_k` and `k_center`.
    """
    top, cover = batches["top_k"], batches["k_center"]
    told = (
        f"Top-k asks where the model is least sure ({top.mean_uncertainty:.2f} on average, k-center "
        f"{cover.mean_uncertainty:.2f}) and leaves some point {top.covering_radius:.2f} away from any label "
        f"(k-center {cover.covering_radius:.2f})."
    )
    if not (top.informative or cover.informative):
        told += f" What the answers would tell cannot be said: {NO_INFORMATION}. Give it more labels to learn from."
    elif top.picks > 1:
        told += (
            f" Of what its {top.picks} answers would tell one by one, {100 * top.repeated:.0f} % is told "
            f"more than once; of k-center's, {100 * cover.repeated:.0f} %."
        )
    twice = round(top.duplicate_rate * top.picks)
    if twice:
        copies = "One of top-k's picks is a near-copy" if twice == 1 else f"{twice} of top-k's picks are near-copies"
        told += f" {copies} of another: nearly the same question, paid for twice."
    return told


def doubt(one: BatchSummary, other: BatchSummary) -> float:
    """By how much two batches must differ in what they tell together before one tells more, in nats.

    What sampling leaves open, and what two decimals do not show, decides nothing.
    """
    return 2 * (one.error + other.error) + 0.01


def judge_own(you: BatchSummary, others: Mapping[str, BatchSummary]) -> str:
    """Where a batch of the reader's own stands among others of the same size, by what it tells together.

    Args:
        you: theirs.
        others: by their names.
    """
    points = "Your point tells" if you.picks == 1 else f"Your {you.picks} points tell"
    if not any(one.informative for one in (you, *others.values())):
        return f"{points} nothing, and nor would any others: {NO_INFORMATION}. Give it more labels to learn from."
    told = f"{points} {you.joint:.2f} nats" + (" together" if you.picks > 1 else "")
    if you.picks > 1:
        told += f", and {100 * you.repeated:.0f} % of what they tell one by one is paid for twice"
    if not others:
        return f"{told}."
    name, best = max(others.items(), key=lambda item: item[1].joint)
    if you.joint > best.joint + doubt(you, best):
        return f"{told}: more than any of the others; the next is {name} with {best.joint:.2f}."
    if you.joint < best.joint - doubt(you, best):
        return f"{told}; {name} tells more: {best.joint:.2f}."
    return f"{told}: as much as the best of the others, {name}."
