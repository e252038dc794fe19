"""What a session is told, and how that is corrected."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.loops.ledger import TRAINED, Ledger, Step, parsed, told_until


class Labelled(ABC):
    """Labels told, held out, corrected, put off or undone; subclasses say what that does to a learner."""

    def __init__(self, ledger: Ledger) -> None:
        """Start with what a ledger says."""
        self._ledger = ledger

    @property
    def labels_N(self) -> NDArray[np.int64]:
        """The label of every point, or -1."""
        return self._ledger.labels_N

    @property
    def askable_N(self) -> NDArray[np.bool_]:
        """Whether a point is of the pool and not excluded, labelled or not."""
        return self._ledger.askable_N

    @property
    def order(self) -> list[int]:
        """Labelled points in the order they were told."""
        return self._ledger.order

    @property
    def held_out(self) -> list[int]:
        """Labelled points that are kept from training, to calibrate on."""
        return self._ledger.held_out

    @property
    def unlabeled(self) -> NDArray[np.int64]:
        """Indices that may still be asked about, ascending; skipped ones among them."""
        return self._ledger.unlabeled

    @property
    def history(self) -> list[Step]:
        """All that was done so far, for `restore`."""
        return list(self._ledger.steps)

    def tell(self, indices: ArrayLike, labels: ArrayLike) -> None:
        """Add labels, of points that were asked for or any others that may be asked about.

        The next question is a new round, with random streams of its own, unless these are the first labels.

        Raises:
            ValueError: if an index is no whole number, repeated, out of range, outside the pool or already
                labelled, or a label is not a class; nothing is changed then.
        """
        self._do("tell", indices, labels)

    def follow(self, indices: ArrayLike, labels: ArrayLike) -> None:
        """Take over a round that was asked before, perhaps in another process, with the labels it got.

        As `tell`; the learner is, or will be, put where that round left it.

        Raises:
            ValueError: as `tell`.
        """
        through = self._through() if self.order else []
        self._do("tell", indices, labels)
        self._ledger.went_through(through)

    def hold_out(self, indices: ArrayLike, labels: ArrayLike) -> None:
        """Keep labels from training; from the next question on the learner's temperature is fitted on them.

        They count as labels.

        Raises:
            ValueError: as `tell`.
        """
        self._do("hold_out", indices, labels)

    def relabel(self, indices: ArrayLike, labels: ArrayLike) -> None:
        """Correct labels; the next question is that of a session that was told these in the first place.

        A learner that goes on from its last fit goes on from a fit on what was corrected.

        Raises:
            ValueError: if an index is not labelled, or as `tell`.
        """
        self._do("relabel", indices, labels)

    def skip(self, indices: ArrayLike) -> None:
        """Put points off until every point that was skipped less often is labelled or excluded.

        Raises:
            ValueError: if an index is no whole number, repeated, out of range, outside the pool or labelled.
        """
        self._do("skip", indices)

    def exclude(self, indices: ArrayLike) -> None:
        """Never ask about points, nor take labels of them.

        Raises:
            ValueError: as `skip`.
        """
        self._do("exclude", indices)

    def undo(self) -> Step:
        """Take back the last `tell`, `follow`, `hold_out`, `relabel`, `skip` or `exclude`.

        The session is then as if the call had never been made, and the next question the one it asked then.
        A learner that goes on from its last fit is trained again from the start, each round as it was then.

        Returns:
            what was taken back.

        Raises:
            ValueError: if there is nothing to take back.
        """
        steps = self._ledger.steps
        if not (end := told_until(steps)):
            raise ValueError("there is nothing to undo: the session was told nothing")
        # What the learner went through for the last question it goes through again when that is asked again.
        self._redo(steps[: told_until(steps[: end - 1])])
        return steps[end - 1]

    def restore(self, history: Iterable[Sequence[Any]]) -> Self:
        """Put the session where another of the same arguments was, from its `history`; returns the session.

        Raises:
            ValueError: if a step is none, or one that could not have been done; nothing is changed then.
        """
        steps = parsed(history)
        self._ledger.fresh().replay(steps)
        self._redo(steps[: told_until(steps)])
        return self

    @abstractmethod
    def _through(self) -> list[str]:
        """What a learner that goes on from its last fit goes through in a round: kinds of `TRAINED`."""

    @abstractmethod
    def _go_through(self, kind: str) -> None:
        """Go through one of these again."""

    @abstractmethod
    def _begin_again(self) -> None:
        """Leave the learner as it was before anything was told."""

    @abstractmethod
    def _after(self, kind: str, count: int) -> None:
        """Called after each step, with the number of its points: what was asked before no longer stands."""

    def _do(self, kind: str, indices: Any, labels: Any = None) -> None:
        self._after(kind, len(self._ledger.take(kind, indices, labels)))

    def _redo(self, steps: list[Step]) -> None:
        """Begin again and do all this."""
        self._ledger = self._ledger.fresh()
        self._begin_again()
        for kind, indices, labels in steps:
            if kind in TRAINED:
                self._go_through(kind)
            else:
                self._do(kind, indices, labels)
