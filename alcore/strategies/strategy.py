"""What a strategy is: a score, then a selection, and what people want to know about it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from alcore.strategies import selection
from alcore.strategies.arrays import Array
from alcore.strategies.batch import Batch
from alcore.strategies.view import PoolView

Score = Callable[[PoolView, np.random.Generator], Array]
Pick = Callable[[PoolView, int, np.random.Generator], Batch]


@dataclass(frozen=True)
class Strategy:
    """A way to choose what to ask about: a score, then a selection.

    Attributes:
        name: its key in the catalogue, on the command line and in links.
        label: its name for people.
        description: one plain sentence of what it asks about.
        formula: its score in LaTeX.
        source: where it was published.
        needs: the names it reads from the view.
        cost: time of one batch in the pool size n, batch k, classes C, samples K, dimensions d and labelled
            points M.
        pick: rows of the view in picking order, with scores.
        score: one number a point where the strategy has one for the whole pool, else None.
    """

    name: str
    label: str
    description: str
    formula: str
    source: str
    needs: tuple[str, ...]
    cost: str
    pick: Pick
    score: Score | None = None

    def select(self, view: PoolView, k: int, rng: np.random.Generator) -> Batch:
        """Choose k points of the pool; indices are those of the data set.

        Args:
            view: the unlabelled pool through the current learner.
            k: labels to ask for; more than the pool holds means all of it.
            rng: the acquisition stream of this round.

        Raises:
            ValueError: if k < 1 or the view's arrays are not what the strategy expects.
        """
        batch = self.pick(view, k, rng)
        return Batch(view.indices_N[batch.indices], batch.scores)


def top_scoring(score: Score) -> Pick:
    """Selection by the highest scores."""
    return lambda view, k, rng: selection.top_k(score(view, rng), k)
