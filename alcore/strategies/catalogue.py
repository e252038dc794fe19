"""Every strategy by name. A new one is a function and an entry here."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from alcore.strategies import selection, uncertainty
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
        cost: time of one batch in the pool size n, batch k, classes C, dimensions d and labelled points M.
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


def _random_score(view: PoolView, rng: np.random.Generator) -> Array:
    return rng.random(len(view.indices_N))


def _least_confidence(view: PoolView, rng: np.random.Generator) -> Array:
    return uncertainty.least_confidence(view.probs_N_C)


def _margin(view: PoolView, rng: np.random.Generator) -> Array:
    return uncertainty.margin(view.probs_N_C)


def _entropy(view: PoolView, rng: np.random.Generator) -> Array:
    return uncertainty.entropy(view.probs_N_C)


def _k_center(view: PoolView, k: int, rng: np.random.Generator) -> Batch:
    return selection.k_center(view.features_N_D, view.labeled_M_D, k)


def _hybrid(view: PoolView, k: int, rng: np.random.Generator) -> Batch:
    return selection.hybrid(_least_confidence(view, rng), view.features_N_D, view.labeled_M_D, k)


def _hybrid_product(view: PoolView, k: int, rng: np.random.Generator) -> Batch:
    return selection.hybrid(
        _least_confidence(view, rng), view.features_N_D, view.labeled_M_D, k, combine="product"
    )


STRATEGIES: dict[str, Strategy] = {
    "random": Strategy(
        name="random",
        label="Random",
        description="Asks about points drawn at random: the baseline every other strategy has to beat.",
        formula=r"u \sim \mathrm{Uniform}(0, 1)",
        source="the control",
        needs=(),
        cost="O(n)",
        pick=top_scoring(_random_score),
        score=_random_score,
    ),
    "least_confidence": Strategy(
        name="least_confidence",
        label="Least confidence",
        description="Asks about points whose most probable class is the least probable.",
        formula=r"1 - \max_y p(y \mid x)",
        source="Lewis & Gale (1994)",
        needs=("probs_N_C",),
        cost="O(n C)",
        pick=top_scoring(_least_confidence),
        score=_least_confidence,
    ),
    "margin": Strategy(
        name="margin",
        label="Margin",
        description="Asks about points where the two most probable classes are nearly tied.",
        formula=r"1 - (p(y_1 \mid x) - p(y_2 \mid x))",
        source="Scheffer, Decomain & Wrobel (2001)",
        needs=("probs_N_C",),
        cost="O(n C log C)",
        pick=top_scoring(_margin),
        score=_margin,
    ),
    "entropy": Strategy(
        name="entropy",
        label="Entropy",
        description="Asks about points whose class probabilities are spread over the most classes.",
        formula=r"-\sum_y p(y \mid x) \ln p(y \mid x)",
        source="Dagan & Engelson (1995)",
        needs=("probs_N_C",),
        cost="O(n C)",
        pick=top_scoring(_entropy),
        score=_entropy,
    ),
    "k_center": Strategy(
        name="k_center",
        label="k-center",
        description="Asks about the point farthest from everything labelled, again and again: pure coverage.",
        formula=r"\max_x \min_{c \in L \cup B} \lVert x - c \rVert",
        source="Sener & Savarese (2018)",
        needs=("features_N_D", "labeled_M_D"),
        cost="O(n (M + k) d)",
        pick=_k_center,
    ),
    "hybrid": Strategy(
        name="hybrid",
        label="Hybrid, sum",
        description="Asks about points that are uncertain and far from what is labelled: half of each.",
        formula=r"\alpha\, s(x) + (1 - \alpha)\, d(x), \quad \alpha = 0.5",
        source="weighted sum of scaled uncertainty and distance, after Zhdanov (2019)",
        needs=("probs_N_C", "features_N_D", "labeled_M_D"),
        cost="O(n (C + (M + k) d))",
        pick=_hybrid,
    ),
    "hybrid_product": Strategy(
        name="hybrid_product",
        label="Hybrid, product",
        description="Asks about points that are uncertain and far from what is labelled: a product.",
        formula=r"s(x)\, d(x)",
        source="product of scaled uncertainty and distance",
        needs=("probs_N_C", "features_N_D", "labeled_M_D"),
        cost="O(n (C + (M + k) d))",
        pick=_hybrid_product,
    ),
}
