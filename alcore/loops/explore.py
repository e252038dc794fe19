"""One pool, one model, several ways to choose a batch from the same scores."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.learners.learner import make_learner
from alcore.loops.race import Grid
from alcore.loops.session import Session
from alcore.loops.start import seed_indices
from alcore.loops.view import get_strategy
from alcore.rng import rng_for
from alcore.strategies.batch import Batch
from alcore.strategies.selection import hybrid, k_center, top_k
from alcore.strategies.uncertainty import least_confidence


@dataclass(frozen=True, eq=False)
class Exploration:
    """What one model makes of one pool.

    Attributes:
        labeled: indices of the labelled points.
        unlabeled: indices of the pool, ascending; scores are in this order.
        scores_N: least confidence of each unlabelled point.
        surface_Y_X: least confidence over the grid.
        batches: what each selector picks, by its key in the catalogue; indices are those of the data set.
    """

    labeled: NDArray[np.int64]
    unlabeled: NDArray[np.int64]
    scores_N: NDArray[np.float64]
    surface_Y_X: NDArray[np.float64]
    batches: dict[str, Batch]

    def scores_of(self, indices: NDArray[np.int64]) -> NDArray[np.float64]:
        """The uncertainty of unlabelled points, given as indices of the data set."""
        return self.scores_N[np.searchsorted(self.unlabeled, indices)]


def explore(
    dataset: Dataset,
    *,
    seed: int,
    labeled: int,
    batch_size: int,
    alpha: float,
    grid: Grid,
    another: str | None = None,
) -> Exploration:
    """Train logistic regression on a balanced random start and let every selector choose from its scores.

    Args:
        dataset: points in the plane.
        seed: decides which points are labelled.
        labeled: how many are, from 1 to all but one.
        batch_size: labels to ask for.
        alpha: weight of uncertainty in the hybrid sum, 0 to 1.
        grid: where to look at the model.
        another: a strategy of the catalogue to choose a batch beside them, by its key.

    Raises:
        ValueError: if a number is out of range, or the strategy is unknown.
    """
    learner = make_learner("logistic", classes=dataset.classes, seed=seed)
    session = Session(dataset.x_pool, learner, "least_confidence", seed=seed, classes=dataset.classes)
    first = seed_indices(dataset.y_pool, labeled, seed_set="balanced", rng=rng_for(seed, "seed set"))
    session.tell(first, dataset.y_pool[first])
    session.fit()
    view = session.view()
    scores_N = least_confidence(view.probs_N_C)
    spread = (view.features_N_D, view.labeled_M_D, batch_size)
    picked = {
        "top_k": top_k(scores_N, batch_size),
        "k_center": k_center(*spread),
        "hybrid": hybrid(scores_N, *spread, alpha=alpha),
        "hybrid_product": hybrid(scores_N, *spread, combine="product"),
    }
    if another is not None and another not in picked:
        picked[another] = get_strategy(another).pick(view, batch_size, rng_for(seed, "acquisition", 0))
    surface = least_confidence(learner.predict_probs(grid.points_P_2))
    return Exploration(
        labeled=first,
        unlabeled=view.indices_N,
        scores_N=scores_N,
        surface_Y_X=surface.reshape(len(grid.y), len(grid.x)),
        batches={name: Batch(view.indices_N[b.indices], b.scores) for name, b in picked.items()},
    )
