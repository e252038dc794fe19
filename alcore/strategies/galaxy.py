"""Bisection of the pool, sorted by each class in turn: batches that are balanced over the classes."""

import numpy as np
from numpy.typing import NDArray

from alcore.strategies.arrays import Array, check_k, check_probs, floating, to_numpy
from alcore.strategies.batch import Batch
from alcore.strategies.uncertainty import margin


def galaxy(probs_N_C: Array, labeled_probs_M_C: Array, labels_M: Array, k: int) -> Batch:
    """The middle of the shortest stretch between two differently labelled points, in the order of any class.

    For each class all points are sorted by its probability minus that of the most probable other class, and are told
    apart as of the class or not. Between two neighbours in the order of which one is labelled as of the class and the
    other is labelled as not, there are unlabelled points or none. Each pick is the middle point of the shortest such
    stretch, over all classes: where the order is right, this is a binary search for the boundary of a class. Once no
    unlabelled point is in between, the pick is the point that has labelled points of both kinds within the fewest
    places in an order. Rare classes have short orders of their own, and are queried as often as common ones.

    Labels of the picks are not known before the batch ends: until then a pick counts as of its most probable class.
    Batches of one point are the published rule. While labels show one class, the smallest margins are picked. Time
    O((N + M) C (log (N + M) + k)), memory O((N + M) C). Computed by NumPy on the CPU, whatever comes in.

    Args:
        probs_N_C: class probabilities of the unlabelled points; each row sums to 1.
        labeled_probs_M_C: those of the labelled points; may have no rows.
        labels_M: the classes of the labelled points, whole numbers from 0.
        k: labels to ask for; more than there are points means all of them.

    Returns:
        The batch; scores are one minus the margin of each pick. Equal stretches: the smaller margin first, then the
        lower index; so of points with the same probabilities, too.

    Raises:
        ValueError: if a row is not a distribution, shapes differ, a label is no class, or k < 1.

    Source: Zhang, Katz-Samuels & Nowak (2022).
    """
    scores_N = to_numpy(margin(probs_N_C))
    probs_N_C = to_numpy(check_probs(probs_N_C))
    n, classes = probs_N_C.shape
    k = check_k(k, n)
    known_M_C, y_M = to_numpy(floating(labeled_probs_M_C)), to_numpy(labels_M)
    if known_M_C.ndim != 2 or known_M_C.shape[1] != classes or y_M.shape != (len(known_M_C),):
        raise ValueError(
            f"labeled_probs_M_C must be labelled points x {classes} classes and labels_M one label for each, "
            f"got shapes {known_M_C.shape} and {y_M.shape}"
        )
    if len(y_M):
        check_probs(labeled_probs_M_C)
        if not (y_M == np.floor(y_M)).all():
            raise ValueError("labels_M must be whole numbers")
        if y_M.min() < 0 or y_M.max() >= classes:
            raise ValueError(f"labels_M must be 0 to {classes - 1}, got {y_M.min()} to {y_M.max()}")
    y_M = y_M.astype(np.int64)
    orders = _Orders(np.concatenate([probs_N_C, known_M_C]), scores_N)
    copies = _Copies(probs_N_C)
    for number, label in enumerate(y_M.tolist()):
        orders.label(n + number, label)
    guesses_N = probs_N_C.argmax(axis=1)
    picks = np.empty(k, dtype=np.int64)
    for number in range(k):
        pick = orders.middle()
        if pick is None:
            pick = orders.between()
        if pick is None:
            pick = int(np.where(orders.open_P[:n], scores_N, -np.inf).argmax())
        pick = copies.take(pick)
        orders.label(pick, int(guesses_N[pick]))
        picks[number] = pick
    return Batch(picks, scores_N[picks])


class _Orders:
    """The points in the order of each class, and how many places each is from labels of both kinds."""

    def __init__(self, probs_P_C: NDArray[np.floating], scores_N: NDArray[np.floating]) -> None:
        """Sort the points; none is labelled yet.

        Args:
            probs_P_C: of the unlabelled points, then of the labelled.
            scores_N: of the unlabelled points; the higher comes first of equals.
        """
        total, classes = probs_P_C.shape
        if classes > 1:
            best_P_C = np.sort(probs_P_C, axis=1)
            top_P_C = probs_P_C == best_P_C[:, -1:]
            # Of two classes that tie for the top each is the other's most probable rival.
            rival_P_C = np.where(top_P_C, best_P_C[:, -2:-1], best_P_C[:, -1:])
        else:
            rival_P_C = np.zeros_like(probs_P_C)
        self.row_C_P = np.argsort(rival_P_C - probs_P_C, axis=0, kind="stable").T
        self.place_C_P = np.argsort(self.row_C_P, axis=1, kind="stable")
        self.open_P = np.ones(total, dtype=bool)
        self.label_P = np.full(total, -1)
        # Places to the nearest label of the class, and of any other.
        self.away_2_C_P = np.full((2, classes, total), total, dtype=np.int64)
        self.scores_N, self.n = scores_N, len(scores_N)

    def label(self, row: int, label: int) -> None:
        """Count a point as of a class."""
        self.open_P[row], self.label_P[row] = False, label
        classes, total = self.row_C_P.shape
        for c in range(classes):
            kind_P = self.away_2_C_P[0 if c == label else 1, c]
            np.minimum(kind_P, np.abs(np.arange(total) - self.place_C_P[c, row]), out=kind_P)

    def middle(self) -> int | None:
        """The middle point of the shortest stretch with unlabelled points in it."""
        found: list[tuple[int, float, int]] = []
        known = np.flatnonzero(~self.open_P)
        for row_P, place_P, c in zip(self.row_C_P, self.place_C_P, range(len(self.row_C_P)), strict=True):
            places_M = np.sort(place_P[known])
            is_of_M = self.label_P[row_P[places_M]] == c
            gaps = np.diff(places_M)
            ends = np.flatnonzero((is_of_M[1:] != is_of_M[:-1]) & (gaps > 1))
            for end in ends[gaps[ends] == gaps[ends].min(initial=len(row_P))]:
                low, high = int(places_M[end]), int(places_M[end + 1])
                for place in {(low + high) // 2, (low + high + 1) // 2}:
                    row = int(row_P[place])
                    found.append((high - low, -float(self.scores_N[row]), row))
        return min(found)[-1] if found else None

    def between(self) -> int | None:
        """The open point with labels of both kinds within the fewest places of an order."""
        widest_C_P = self.away_2_C_P.max(axis=0)
        fewest_N = np.take_along_axis(widest_C_P, self.place_C_P, axis=1)[:, : self.n].min(axis=0)
        fewest_N = np.where(self.open_P[: self.n], fewest_N, len(self.open_P) + 1)
        nearest = np.flatnonzero(fewest_N == fewest_N.min())
        best = int(nearest[self.scores_N[nearest].argmax()])
        return best if fewest_N[best] < len(self.open_P) else None


class _Copies:
    """Points with the same probabilities, of which the lower index is taken first."""

    def __init__(self, probs_N_C: NDArray[np.floating]) -> None:
        _, group_N, count_G = np.unique(probs_N_C, axis=0, return_inverse=True, return_counts=True)
        self.group_N = group_N.ravel()
        self.row_N = np.argsort(self.group_N, kind="stable")
        self.next_G = np.cumsum(count_G) - count_G

    def take(self, row: int) -> int:
        """The lowest index of the copies of a point that was not taken yet."""
        group = self.group_N[row]
        self.next_G[group] += 1
        return int(self.row_N[self.next_G[group] - 1])
