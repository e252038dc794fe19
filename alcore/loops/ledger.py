"""The steps of a session: a record that can be corrected and replayed."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alcore.learners.labels import Ints, class_numbers, whole_numbers

UNKNOWN = -1  # the label of a point that has none

# Steps of a person, which `undo` takes back; and training, repeated only where the next fit depends on the last.
TOLD = ("tell", "hold_out", "relabel", "skip", "exclude")
TRAINED = ("fit", "committee")


class Step(NamedTuple):
    """One step, in plain numbers and words for JSON.

    Attributes:
        kind: one of `TOLD` or `TRAINED`.
        indices: points of the data set.
        labels: their class numbers, where the kind has labels.
    """

    kind: str
    indices: tuple[int, ...] = ()
    labels: tuple[int, ...] = ()


class Ledger:
    """The labels of a data set and which points may be queried.

    Each call of `tell` begins a round, except while nothing is labelled.

    Attributes:
        labels_N: the label of every point, or -1.
        askable_N: whether a point is of the pool and not excluded.
        skips_N: how often it was skipped.
        order: labelled points in the order of labelling.
        held_out: labelled points that are kept from training.
        round: rounds begun.
        steps: all steps so far.
    """

    def __init__(
        self,
        n: int,
        classes: int,
        pool: Any = None,
        names: Sequence[str] = (),
    ) -> None:
        """Start with nothing labelled.

        Args:
            n: points of the data set.
            classes: how many classes there are.
            pool: the points that may be queried, by number or as a mask of all; all if not given.
            names: one a class, if labels may be given by name.

        Raises:
            ValueError: if the pool is not of the data set.
        """
        self.classes = classes
        self.names = tuple(names)
        self.labels_N = np.full(n, UNKNOWN, dtype=np.int64)
        self.pool_N = _mask(pool, n)
        self.askable_N = self.pool_N.copy()
        self.skips_N = np.zeros(n, dtype=np.int64)
        self.order: list[int] = []
        self.held_out: list[int] = []
        self.round = 0
        self.steps: list[Step] = []

    @property
    def unlabeled(self) -> Ints:
        """Points that may still be queried, ascending."""
        return np.flatnonzero(self.askable_N & (self.labels_N == UNKNOWN))

    @property
    def next_up(self) -> Ints:
        """The points of `unlabeled` that were skipped least often."""
        points = self.unlabeled
        skips = self.skips_N[points]
        return points[skips == skips.min()] if skips.any() else points

    def fresh(self) -> "Ledger":
        """A ledger of the same data set without steps."""
        return Ledger(len(self.labels_N), self.classes, self.pool_N, self.names)

    def take(self, kind: str, indices: Any, labels: Any = None) -> Ints:
        """Take one step, or change nothing if it is wrong; returns the points.

        Raises:
            ValueError: if an index is no whole number, repeated, out of range, outside the pool, or labelled
                already (not labelled, for `relabel`), or a label is not a class.
        """
        if kind not in TOLD:
            raise ValueError(f"a step must be one of {', '.join(TOLD)}, got {kind!r}")
        rows = self._checked(kind, indices)
        values = np.empty(0, dtype=np.int64)
        if kind in ("tell", "hold_out", "relabel"):
            values = class_numbers(labels, self.classes, names=self.names)
            if values.shape != rows.shape:
                raise ValueError(f"{kind} needs one label an index, got {rows.shape} indices and {values.shape} labels")
            self.labels_N[rows] = values
        if kind == "tell":
            self.round += bool(self.order)
            self.order.extend(rows.tolist())
        elif kind == "hold_out":
            self.held_out.extend(rows.tolist())
        elif kind == "skip":
            self.skips_N[rows] += 1
        elif kind == "exclude":
            self.askable_N[rows] = False
        self.steps.append(Step(kind, tuple(rows.tolist()), tuple(values.tolist())))
        return rows

    def replay(self, steps: Iterable[Step]) -> None:
        """Take each step of a person.

        Raises:
            ValueError: as `take`.
        """
        for kind, indices, labels in steps:
            if kind in TOLD:
                self.take(kind, indices, labels)

    def went_through(self, kinds: Iterable[str]) -> None:
        """Note the training for the query that the last step answers, if it is missing."""
        last = len(self.steps) - 1
        noted = {step.kind for step in self.steps[told_until(self.steps[:last]) : last]}
        self.steps[last:last] = [Step(kind) for kind in kinds if kind not in noted]

    def _checked(self, kind: str, indices: Any) -> Ints:
        rows = whole_numbers(indices, "indices")
        if rows.ndim != 1:
            raise ValueError(f"{kind} takes a list of points, such as [3], got shape {rows.shape}")
        if len(rows) and not (rows.min() >= 0 and rows.max() < len(self.labels_N)):
            raise ValueError(f"indices must be 0 to {len(self.labels_N) - 1}, got {rows.min()} to {rows.max()}")
        if len(np.unique(rows)) != len(rows):
            raise ValueError(f"an index was given twice in one call of {kind}")
        if kind == "relabel":
            if len(unknown := rows[self.labels_N[rows] == UNKNOWN]):
                raise ValueError(f"point {unknown[0]} has no label yet: tell it before it can be relabelled")
            return rows
        refused = rows[~self.askable_N[rows] | (self.labels_N[rows] != UNKNOWN)]
        if len(refused):
            point = int(refused[0])
            if self.labels_N[point] != UNKNOWN:
                why = "is already labelled: relabel corrects a label, undo takes the last call back"
            else:
                why = "was excluded: undo takes that back" if self.pool_N[point] else "is not in the pool"
            raise ValueError(f"point {point} {why}")
        return rows


def told_until(steps: Sequence[Step]) -> int:
    """The number of steps up to a person's last; 0 if there is none."""
    return max((number + 1 for number, step in enumerate(steps) if step.kind in TOLD), default=0)


def parsed(steps: Iterable[Sequence[Any]]) -> list[Step]:
    """Steps read from JSON.

    Raises:
        ValueError: if an entry is no step.
    """
    found = []
    for step in steps:
        try:
            kind, indices, labels = step
            found.append(Step(kind, tuple(indices), tuple(labels)))
        except (TypeError, ValueError) as error:
            raise ValueError(f"a step must be a kind, indices and labels, got {step!r}") from error
        if kind not in (*TOLD, *TRAINED):
            raise ValueError(f"a step must be one of {', '.join((*TOLD, *TRAINED))}, got {kind!r}")
    return found


def _mask(pool: Any, n: int) -> NDArray[np.bool_]:
    askable_N = np.zeros(n, dtype=bool)
    if pool is None:
        return ~askable_N
    if isinstance(pool, np.ndarray) and pool.dtype == np.bool_:
        if pool.shape != (n,):
            raise ValueError(f"a pool given as a mask must have one entry a point, got {pool.shape} for {n}")
        return pool.copy()
    points = whole_numbers(pool, "the pool")
    if points.ndim != 1 or (len(points) and not (points.min() >= 0 and points.max() < n)):
        raise ValueError(f"the pool must be points from 0 to {n - 1}, got {pool!r}")
    askable_N[points] = True
    return askable_N
