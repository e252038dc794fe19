"""Queries without a model: with nothing labelled, or labels of a single class."""

import numpy as np

from alcore.strategies.batch import Batch
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.pool_view import PoolView
from alcore.strategies.remedies import diverse_seed
from alcore.strategies.strategy import Strategy

# Properties of a view that need no model, and those that need one but no label of the pool.
WITHOUT_MODEL = frozenset({"features_N_D", "labeled_M_D", "classes", "delta"})
OF_A_MODEL = frozenset({"probs_N_C", "gradient_lengths_N"})


def reads_no_model(strategy: Strategy, labels: int, classes: int) -> bool:
    """Whether a strategy reads features alone, or nothing, with so many labels."""
    return WITHOUT_MODEL.issuperset(strategy.needs_with(labels, classes))


def needs_no_labels(strategy: Strategy, learner: object, labels: int, classes: int) -> bool:
    """Whether a strategy can query without labels: it reads no model, or the learner is fitted elsewhere.

    Args:
        strategy: the strategy.
        learner: its learner.
        labels: how many points are labelled, of which some strategies make a difference.
        classes: how many classes there are.
    """
    if getattr(learner, "is_prefit", False):
        return (WITHOUT_MODEL | OF_A_MODEL).issuperset(strategy.needs_with(labels, classes))
    return reads_no_model(strategy, labels, classes)


def _diverse(view: PoolView, k: int, rng: np.random.Generator) -> Batch:
    rows = diverse_seed(view.features_N_D, k, rng=rng)
    return Batch(rows, np.full(len(rows), np.nan))


DIVERSE = Strategy(
    name="diverse_seed",
    label="Diverse seed set",
    description="Queries the point nearest the centre of each k-means cluster.",
    formula=r"\arg\min_{x \in c} \lVert x - \bar x_c \rVert",
    source="Kang, Ryu & Kwon (2004); Yuan, Lin & Boyd-Graber (2020)",
    cost="O(n k d) an iteration of k-means",
    batch=_diverse,
)


def strategy_now(strategy: Strategy, learner: object, *, labels: int, shown: int, classes: int) -> tuple[Strategy, str]:
    """The strategy that can query now, and a sentence where it is not the given one.

    Args:
        strategy: the wanted strategy.
        learner: its learner.
        labels: how many points are labelled.
        shown: how many classes these labels show.
        classes: how many there are.

    Returns:
        the strategy itself where it needs no labels or two classes are known; with nothing labelled a diverse
        seed set; with one class TypiClust, whose picks lie in clusters without a label.
    """
    if shown >= 2 or needs_no_labels(strategy, learner, labels, classes):
        return strategy, ""
    if not labels:
        return DIVERSE, f"Nothing is labelled yet: a diverse seed set is queried before {strategy.label} can choose."
    return (
        STRATEGIES["typiclust"],
        f"Labels show one class only: typical points (TypiClust) are queried until {strategy.label} can choose.",
    )


def typical_instead(strategy: Strategy, why: str) -> tuple[Strategy, str]:
    """TypiClust, while labels are too few for a model, and the sentence for the user."""
    return (
        STRATEGIES["typiclust"],
        f"Typical points (TypiClust) are queried before {strategy.label} can choose: {why}.",
    )


def random_instead(strategy: Strategy, why: str) -> tuple[Strategy, str]:
    """Random sampling, where even features are missing, and the sentence for the user."""
    return STRATEGIES["random"], f"Random points are queried before {strategy.label} can choose: {why}."
