"""One pool, one model, several ways to choose a batch from the same scores."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from alcore.datasets.dataset import Dataset
from alcore.learners.committee import bootstrap_rows
from alcore.logistic.batched import predict, solve
from alcore.loops.ask import ask, rows_for, tie_order
from alcore.loops.learner_view import get_strategy
from alcore.loops.races.grid import Grid
from alcore.loops.radius import radius_of
from alcore.loops.ready import ready
from alcore.loops.seed_set import seed_set_of
from alcore.rng import rng_for
from alcore.strategies.arrays import Array, to_numpy
from alcore.strategies.batch import Batch
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.gradient import expected_gradient_length_mlp
from alcore.strategies.information import Information, batch_information
from alcore.strategies.pool_view import PoolView
from alcore.strategies.selection import hybrid
from alcore.strategies.strategy import Strategy
from alcore.strategies.uncertainty import least_confidence

# A committee of so many can be told apart by at most ln 20 = 3.0 nats.
MEMBERS = 20


@dataclass(frozen=True, eq=False)
class BatchExperiment:
    """What one model makes of one pool; all indices are those of the data set.

    Attributes:
        dataset: the points.
        seed: of every random stream.
        labeled: the labelled points, in the order they were labelled.
        trained: how many of them the model has learned from, the first ones.
        unlabeled: the pool, ascending; the rows of what follows.
        coefs_K_P: the model, see `newton.solve`.
        committee_K_K_P: the members of a bootstrap committee that has learned from the same labels.
        probs_N_C: its class probabilities.
        probs_N_K_C: those of the committee.
        scores_N: least confidence.
        away_N: distance to the nearest labelled point.
        accuracy: the share of the test set that the model gets right.
    """

    dataset: Dataset
    seed: int
    labeled: NDArray[np.int64]
    trained: int
    unlabeled: NDArray[np.int64]
    coefs_K_P: NDArray[np.float64]
    committee_K_K_P: NDArray[np.floating]
    probs_N_C: NDArray[np.float64]
    probs_N_K_C: NDArray[np.float64]
    scores_N: NDArray[np.float64]
    distance_to_labeled_N: NDArray[np.float64]
    accuracy: float

    def rows(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where unlabelled points, given as indices of the data set, stand in the arrays above.

        Raises:
            ValueError: if one of them is labelled or not in the data set.
        """
        rows = np.searchsorted(self.unlabeled, indices)
        known = np.append(self.unlabeled, -1)[rows] == indices
        if not known.all():
            raise ValueError(f"a batch must be of unlabelled points, got {np.asarray(indices)[~known].tolist()}")
        return rows

    def whole(self, values_N: NDArray[np.float64]) -> NDArray[np.float64]:
        """Numbers of the unlabelled points as numbers of the data set; NaN where labelled."""
        values = np.full(len(self.dataset.y_pool), np.nan)
        values[self.unlabeled] = values_N
        return values

    def view(self, points: NDArray[np.int64] | None = None) -> PoolView:
        """The pool as strategies see it. Expected error reduction fits models of its own, on all labels.

        Args:
            points: unlabelled points, the rows of the view; all, ascending, if not given.
        """
        x, y = self.dataset.x_pool, self.dataset.y_pool
        points = self.unlabeled if points is None else points
        rows = slice(None) if points is self.unlabeled else self.rows(points)

        def gradient_lengths() -> Array:
            return expected_gradient_length_mlp(self.probs_N_C[rows], [x[points]], [])

        return PoolView(
            points,
            probs_N_C=lambda: self.probs_N_C[rows],
            probs_N_K_C=lambda: self.probs_N_K_C[rows],
            features_N_D=lambda: x[points],
            labeled_M_D=lambda: x[self.labeled],
            labels_M=lambda: y[self.labeled],
            classes=lambda: self.dataset.classes,
            candidates=lambda: None,
            delta=lambda: radius_of(x, self.dataset.classes, seed=self.seed),
            gradient_lengths_N=gradient_lengths,
        )


def run_batch_experiment(dataset: Dataset, *, seed: int, labeled: int, learned: float = 1.0) -> BatchExperiment:
    """Train logistic regression, scikit-learn's default, and a committee on a balanced random start.

    Args:
        dataset: points in the plane.
        seed: decides which points are labelled, and the committee.
        labeled: how many are, from 1 to all but one.
        learned: the share of them that the model has learned from, above 0 to 1: scores as they would be if
            they had been computed before the other labels came in. Never less than one of each class while
            there are as many labels.

    Raises:
        ValueError: if a number is out of range.
    """
    if not 0 < learned <= 1:
        raise ValueError(f"learned must be a share above 0, at most 1, got {learned}")
    dataset = ready(dataset, numbers=True)
    x, y, classes = dataset.x_pool, dataset.y_pool, dataset.classes
    if not labeled < len(y):
        raise ValueError(f"labeled must leave a point of the {len(y):,} to ask about, got {labeled:,}")
    first = seed_set_of(dataset, labeled, seed=seed, seed_set="balanced")
    trained = min(labeled, max(classes, round(learned * labeled)))
    known = first[:trained]
    coefs_1_K_P = solve(x[known][None], y[known][None], classes=classes)
    members = bootstrap_rows(y[known], MEMBERS, rng=rng_for(seed, "posterior", 0))
    drawn_K_M = known[np.stack(members)]
    committee_K_K_P = solve(x[drawn_K_M], y[drawn_K_M], classes=classes)
    unlabeled = np.delete(np.arange(len(y)), first)
    probs_N_C = predict(coefs_1_K_P, x[unlabeled])[0]
    return BatchExperiment(
        dataset=dataset,
        seed=seed,
        labeled=first,
        trained=trained,
        unlabeled=unlabeled,
        coefs_K_P=coefs_1_K_P[0],
        committee_K_K_P=committee_K_K_P,
        probs_N_C=probs_N_C,
        probs_N_K_C=np.ascontiguousarray(predict(committee_K_K_P, x[unlabeled]).transpose(1, 0, 2)),
        scores_N=least_confidence(probs_N_C),
        distance_to_labeled_N=cdist(x[unlabeled], x[first]).min(axis=1),
        accuracy=float(np.mean(predict(coefs_1_K_P, dataset.x_test)[0].argmax(axis=1) == dataset.y_test)),
    )


def after_query(found: BatchExperiment, picks: NDArray[np.int64]) -> BatchExperiment:
    """The same model once labels of some points have been asked for: it has learned nothing from them yet.

    Raises:
        ValueError: if a point is labelled or not in the data set.
    """
    stay = np.delete(np.arange(len(found.unlabeled)), found.rows(picks))
    labeled = np.concatenate([found.labeled, np.asarray(picks, dtype=np.int64)])
    asked = found.dataset.x_pool[labeled[len(found.labeled) :]]
    away_N = found.distance_to_labeled_N[stay]
    if len(asked):
        away_N = np.minimum(away_N, cdist(found.dataset.x_pool[found.unlabeled[stay]], asked).min(axis=1))
    return replace(
        found,
        labeled=labeled,
        unlabeled=found.unlabeled[stay],
        probs_N_C=found.probs_N_C[stay],
        probs_N_K_C=found.probs_N_K_C[stay],
        scores_N=found.scores_N[stay],
        distance_to_labeled_N=away_N,
    )


def batch_strategy(name: str, *, alpha: float = 0.5) -> Strategy:
    """A way to fill a batch.

    Args:
        name: `top_k` (by least confidence) or a key of the catalogue.
        alpha: weight of uncertainty in `hybrid`, 0 (picks as `k_center`) to 1 (as `top_k`).

    Raises:
        ValueError: if there is none of that name.
    """
    if name == "top_k":
        return replace(
            STRATEGIES["least_confidence"],
            name="top_k",
            label="Top-k",
            description="Takes the most uncertain points, wherever they are.",
        )
    if name != "hybrid":
        return get_strategy(name)

    return replace(STRATEGIES["hybrid"], batch=partial(_hybrid, alpha))


def _hybrid(alpha: float, view: PoolView, k: int, rng: np.random.Generator) -> Batch:
    scores_N = least_confidence(view.probs_N_C)
    return hybrid(scores_N, view.features_N_D, view.labeled_M_D, k, alpha=alpha)


def select_batch(found: BatchExperiment, strategy: Strategy, k: int) -> Batch:
    """What a strategy asks for; indices are those of the data set. The seed decides what chance decides."""
    ties_N = tie_order(found.seed, len(found.dataset.y_pool))
    view = found.view(rows_for(strategy, found.unlabeled, ties_N))
    return ask(strategy, view, k, rng_for(found.seed, "acquisition", 0), ties_N).batch


def information_of(found: BatchExperiment, picks: NDArray[np.int64]) -> Information:
    """What the labels of a batch would tell the committee, together and one by one.

    Draws come from one stream for all batches, and the order of the picks does not count, so that two batches
    differ by what they are.

    Args:
        found: what the model makes of the pool.
        picks: indices of the data set.

    Raises:
        ValueError: if the batch is empty or a point is labelled.
    """
    probs_B_K_C = found.probs_N_K_C[np.sort(found.rows(picks))]
    return batch_information(probs_B_K_C, rng=rng_for(found.seed, "information"))


Surface = NDArray[np.float64]

# A score that reads nothing else may belong to a place, rather than to a point among others.
OF_A_PLACE = {"probs_N_C", "probs_N_K_C", "gradient_lengths_N"}


def uncertainty_and_distance_surfaces(found: BatchExperiment, grid: Grid) -> tuple[Surface, Surface]:
    """Over a grid: where the model is unsure, and how far it is to the nearest label.

    Returns:
        least confidence and distance, each (Y, X).
    """
    unsure_P = least_confidence(predict(found.coefs_K_P[None], grid.points_P_2)[0])
    away_P = cdist(grid.points_P_2, found.dataset.x_pool[found.labeled]).min(axis=1)
    shape = len(grid.y), len(grid.x)
    return unsure_P.reshape(shape), away_P.reshape(shape)


def acquisition_surface(
    found: BatchExperiment, strategy: Strategy, grid: Grid, *, alpha: float = 0.5
) -> Surface | None:
    """What a strategy looks for at its first pick.

    Args:
        found: what the model makes of the pool.
        strategy: from `explore.selector`.
        grid: where to look.
        alpha: weight of uncertainty in `hybrid`.

    Returns:
        (Y, X), nowhere below 0; None for a strategy that gives a place no score by itself, because it chooses
        whole batches or scores points by one another.
    """
    if strategy.name in ("k_center", "hybrid", "hybrid_product"):
        unsure, away = (
            surface / max(float(surface.max()), 1e-12) for surface in uncertainty_and_distance_surfaces(found, grid)
        )
        return {
            "k_center": away,
            "hybrid": alpha * unsure + (1 - alpha) * away,
            "hybrid_product": unsure * away,
        }[strategy.name]
    if strategy.score is None or not strategy.needs or not set(strategy.needs) <= OF_A_PLACE:
        return None
    half = len(grid.points_P_2) // 2
    scores_P = _scores(found, strategy, grid.points_P_2)
    if not np.allclose(_scores(found, strategy, grid.points_P_2[:half]), scores_P[:half], atol=1e-9):
        return None
    return scores_P.reshape(len(grid.y), len(grid.x)) - min(float(scores_P.min()), 0.0)


def _scores(found: BatchExperiment, strategy: Strategy, points_P_2: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points scored as if they were the pool."""
    assert strategy.score is not None
    probs_P_C = predict(found.coefs_K_P[None], points_P_2)[0]
    view = PoolView(
        np.arange(len(points_P_2)),
        probs_N_C=lambda: probs_P_C,
        probs_N_K_C=lambda: predict(found.committee_K_K_P, points_P_2).transpose(1, 0, 2),
        gradient_lengths_N=lambda: expected_gradient_length_mlp(probs_P_C, [points_P_2], []),
    )
    return to_numpy(strategy.score(view, rng_for(found.seed, "acquisition", 0)))
