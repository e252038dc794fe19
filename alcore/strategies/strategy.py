"""What a strategy is: a score, then a selection, its description, and what it needs, found by a trial."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Any

import numpy as np

from alcore.strategies import selection
from alcore.strategies.arrays import Array
from alcore.strategies.batch import Batch
from alcore.strategies.pool_view import PoolView

Rng = np.random.Generator
Score = Callable[[PoolView, Rng], Array]
SelectFromScores = Callable[[Array, int, Rng], Batch]
SelectBatch = Callable[[PoolView, int, Rng], Batch]


def highest(scores_N: Array, k: int, rng: Rng) -> Batch:
    """Selection by the highest scores."""
    return selection.top_k(scores_N, k)


@dataclass(frozen=True)
class Early:
    """A declaration: while labels are few, the strategy reads less.

    Attributes:
        labels_per_class: it is early while there are fewer labels than so many times the number of classes.
        reads: the properties of a view that it reads then, beside these two numbers.
    """

    labels_per_class: float
    reads: tuple[str, ...]

    def lasts(self, labels: int, classes: int) -> bool:
        """Whether it is early with so many labels."""
        return labels < self.labels_per_class * classes


@dataclass(frozen=True)
class Strategy:
    """A query strategy: a score, then a selection.

    Attributes:
        name: its key in the catalogue, on the command line and in links.
        label: its name for people.
        description: one plain sentence of which points it queries.
        formula: its score in LaTeX.
        source: where it was published.
        family: the kind of strategy, one of the catalogue's FAMILIES.
        strengths: when to use it.
        failures: when not to.
        cost: time of one batch in the pool size n, batch k, classes C, samples K, dimensions d and labelled
            points M.
        score: one number a point, where the strategy has one for each; else None.
        choose: from these scores to a batch.
        batch: for a strategy that chooses its batch as a whole: rows of the view in picking order, with
            scores.
        early: for a strategy that chooses in another way while labels are few; else None.
        gradient_features: whether its formula takes the features for the inputs of the layer that makes the logits.
    """

    name: str
    label: str
    description: str
    formula: str
    source: str
    cost: str
    score: Score | None = None
    choose: SelectFromScores = highest
    batch: SelectBatch | None = None
    family: str = "Other"
    strengths: str = "Not described yet."
    failures: str = "Not described yet."
    early: Early | None = None
    gradient_features: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError unless there is one way to choose."""
        if (self.score is None) == (self.batch is None):
            raise ValueError(f"strategy {self.name} needs a score or a batch, one of the two")

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """The properties of a view that it reads, with few labels or many."""
        return tuple(dict.fromkeys((*self._needs_later, *(self.early.reads if self.early else ()))))

    @cached_property
    def _needs_later(self) -> tuple[str, ...]:
        return properties_read(self)

    def needs_with(self, labels: int, classes: int) -> tuple[str, ...]:
        """The properties of a view that it reads with so many labels; without their number itself while it is early."""
        if self.early is not None and self.early.lasts(labels, classes):
            return self.early.reads
        return self._needs_later

    def pick(self, view: PoolView, k: int, rng: Rng) -> Batch:
        """Choose k points; indices are rows of the view. Otherwise as `select`."""
        if self.score is not None:
            return self.choose(self.score(view, rng), k, rng)
        assert self.batch is not None  # see __post_init__
        return self.batch(view, k, rng)

    def select(self, view: PoolView, k: int, rng: Rng) -> Batch:
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


def properties_read(strategy: Strategy) -> tuple[str, ...]:
    """Names of the properties that a strategy reads, in the order of the first reading.

    Args:
        strategy: it chooses 2 of 24 points of three classes, beside six labelled points, or as many as it takes for it
            not to be early.
    """
    labels = 6 if strategy.early is None else max(6, ceil(strategy.early.labels_per_class * 3))
    rng = np.random.default_rng(0)
    probs_N_K_C = rng.dirichlet(np.ones(3), size=(24, 4))
    values: dict[str, Any] = {
        "probs_N_C": probs_N_K_C.mean(axis=1),
        "probs_N_K_C": probs_N_K_C,
        "features_N_D": rng.normal(size=(24, 2)),
        "labeled_M_D": rng.normal(size=(labels, 2)),
        "labeled_probs_M_C": rng.dirichlet(np.ones(3), size=labels),
        "labels_M": np.arange(labels) % 3,
        "gradient_lengths_N": rng.random(24),
        "classes": 3,
        "candidates": None,
        "delta": 0.5,
    }
    read: dict[str, None] = {}

    def noted(name: str) -> Callable[[], Any]:
        def source() -> Any:
            read[name] = None
            return values[name]

        return source

    strategy.select(PoolView(np.arange(24), **{name: noted(name) for name in values}), 2, rng)
    return tuple(read)
