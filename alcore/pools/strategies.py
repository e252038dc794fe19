"""The query strategies of large pools: a score of every row, then for some a spread-out batch of a shortlist."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from alcore.strategies.batch import Batch
from alcore.strategies.cluster_margin import clusters_in_turn
from alcore.strategies.coverage import typiclust
from alcore.strategies.gradient import badge
from alcore.strategies.herding import max_herding, stochastic_max_herding, uherding
from alcore.strategies.selection import k_center

# Rows of a shortlist by default, whatever k, so that time grows with k alone; twice k if that is more.
SHORTLIST = 20_000
# The same of a random sample, for strategies that measure all its pairs.
SAMPLE = 10_000
MOST_SHORTLIST = 35_000


@dataclass(frozen=True, eq=False)
class Shortlist:
    """The rows that a spread-out batch is chosen from, best first.

    Attributes:
        features_S_D: float32.
        scores_S: by which they came on the list, 0 or more; zeros for a random sample.
        probs_S_C: class probabilities, the mean of all members; None without a model.
        labeled_M_D: the labelled rows; may be none.
        k: how many to choose.
        rng: for choices at random.
    """

    features_S_D: NDArray[np.float32] = field(repr=False)
    scores_S: NDArray[np.float64] = field(repr=False)
    probs_S_C: NDArray[np.floating] | None = field(repr=False)
    labeled_M_D: NDArray[np.float32] = field(repr=False)
    k: int
    rng: np.random.Generator


@dataclass(frozen=True)
class PoolStrategy:
    """How a batch of a large pool is chosen.

    Attributes:
        label: its name on screens and in tables.
        description: one plain sentence.
        score: a key of `alcore.pools.scan.SCORES`, or `random`; for a spread-out batch, that of the shortlist.
        noisy: whether rows are drawn with odds by score rather than in order of it.
        spread: chooses from a shortlist; None where the best k are the batch.
        needs_probs: whether `spread` reads class probabilities.
        needs_scores: whether `spread` weighs rows by their scores, which a random shortlist lacks.
    """

    label: str
    description: str
    score: str
    noisy: bool = False
    spread: Callable[[Shortlist], Batch] | None = None
    needs_probs: bool = False
    needs_scores: bool = False


def _badge(some: Shortlist) -> Batch:
    assert some.probs_S_C is not None
    return badge(some.probs_S_C, some.features_S_D, some.k, rng=some.rng)


def _cluster(some: Shortlist) -> Batch:
    rows = clusters_in_turn(some.features_S_D, some.k, rng=some.rng)
    return Batch(rows, some.scores_S[rows])


def _herd(some: Shortlist) -> Batch:
    if len(some.labeled_M_D):
        return max_herding(some.features_S_D, some.labeled_M_D, some.k)
    return stochastic_max_herding(some.features_S_D, some.labeled_M_D, some.k, rng=some.rng)


def _uherd(some: Shortlist) -> Batch:
    return uherding(some.scores_S, some.features_S_D, some.labeled_M_D, some.k)


STRATEGIES = {
    "random": PoolStrategy("Random", "Rows at random.", "random"),
    "margin": PoolStrategy("Margin", "Rows whose two most probable classes are nearly tied.", "margin"),
    "least_confidence": PoolStrategy(
        "Least confidence", "Rows whose most probable class is least probable.", "least_confidence"
    ),
    "entropy": PoolStrategy("Entropy", "Rows whose prediction is most spread over the classes.", "entropy"),
    "bald": PoolStrategy("BALD", "Rows on which a committee of linear heads disagrees most.", "bald"),
    "power_margin": PoolStrategy("Power margin", "Rows drawn with odds by margin.", "margin", noisy=True),
    "power_entropy": PoolStrategy("Power entropy", "Rows drawn with odds by entropy.", "entropy", noisy=True),
    "power_bald": PoolStrategy("Power BALD", "Rows drawn with odds by BALD.", "bald", noisy=True),
    "k_center": PoolStrategy(
        "k-center",
        "Of a shortlist by margin, each time the row farthest from all labelled and chosen ones.",
        "margin",
        spread=lambda some: k_center(some.features_S_D, some.labeled_M_D, some.k),
    ),
    "badge": PoolStrategy(
        "BADGE", "Of a shortlist by margin, rows whose gradients differ.", "margin", spread=_badge, needs_probs=True
    ),
    "cluster_margin": PoolStrategy(
        "Cluster-margin", "Of a shortlist by margin, a row of each cluster in turn.", "margin", spread=_cluster
    ),
    "uherding": PoolStrategy(
        "UHerding",
        "Of a shortlist by margin, rows that cover most uncertainty.",
        "margin",
        spread=_uherd,
        needs_scores=True,
    ),
    "max_herding": PoolStrategy(
        "MaxHerding", "Rows that cover a random sample of the pool best.", "random", spread=_herd
    ),
    "typiclust": PoolStrategy(
        "TypiClust",
        "The most typical rows of clusters without a label, of a random sample of the pool.",
        "random",
        spread=lambda some: typiclust(some.features_S_D, some.labeled_M_D, some.k, rng=some.rng),
    ),
}
