"""One pool and one model: batches of several strategies from the same scores."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from alcore.datasets.dataset import Dataset
from alcore.learners.committee import bootstrap_rows
from alcore.logistic.batched import predict, solve
from alcore.loops.ask import ask, rows_for, tie_order
from alcore.loops.get_strategy import get_strategy
from alcore.loops.races.grid import Grid
from alcore.loops.radius import radius_of
from alcore.loops.ready import ready
from alcore.loops.seed_set import seed_set_of
from alcore.rng import rng_for
from alcore.strategies.arrays import to_numpy
from alcore.strategies.batch import Batch
from alcore.strategies.batchbald import batchbald
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.gradient import expected_gradient_length_mlp
from alcore.strategies.information import Information, batch_information, information_of_prefixes
from alcore.strategies.pool_view import PoolView
from alcore.strategies.selection import hybrid
from alcore.strategies.strategy import Strategy
from alcore.strategies.uncertainty import least_confidence

# The information about a committee of so many is at most ln 20 = 3.0 nats.
MEMBERS = 20
# Outcomes that BatchBALD samples here, enough for the second decimal of the joint information of 100 labels.
OUTCOMES, BUDGET = 200, 100_000
# Lengths of the best batch whose information is measured; linear in between.
LENGTHS = 24
# A score that reads nothing else may be a function of the place alone, rather than of a point among others.
OF_A_PLACE = {"probs_N_C", "probs_N_K_C", "gradient_lengths_N"}

Surface = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BatchExperiment:
    """One model and its scores of one pool; all indices are those of the data set.

    Attributes:
        dataset: the points.
        seed: of every random stream.
        labeled: the labelled points, in the order of labelling.
        trained: how many of them the model is trained on, the first ones.
        unlabeled: the pool, ascending; the rows of what follows.
        coefs_K_P: the model, see `solve`.
        committee_K_K_P: the members of a bootstrap committee trained on the same labels.
        probs_N_C: the model's class probabilities.
        probs_N_K_C: those of the committee.
        scores_N: least confidence.
        distance_to_labeled_N: distance to the nearest labelled point.
        accuracy: the share of the test set that the model predicts correctly.
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
        """Rows of unlabelled points, given as indices of the data set, in the arrays above.

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
        """The view of the pool. Expected error reduction fits models of its own, on all labels.

        Args:
            points: unlabelled points, the rows of the view; all, ascending, if not given.
        """
        x, y = self.dataset.x_pool, self.dataset.y_pool
        points = self.unlabeled if points is None else points
        rows = slice(None) if points is self.unlabeled else self.rows(points)

        return PoolView(
            points,
            probs_N_C=lambda: self.probs_N_C[rows],
            probs_N_K_C=lambda: self.probs_N_K_C[rows],
            features_N_D=lambda: x[points],
            labeled_M_D=lambda: x[self.labeled],
            labeled_probs_M_C=lambda: predict(self.coefs_K_P[None], x[self.labeled])[0],
            labels_M=lambda: y[self.labeled],
            classes=lambda: self.dataset.classes,
            candidates=lambda: None,
            delta=lambda: radius_of(x, self.dataset.classes, seed=self.seed),
            gradient_lengths_N=lambda: expected_gradient_length_mlp(self.probs_N_C[rows], [x[points]], []),
        )


def run_batch_experiment(dataset: Dataset, *, seed: int, labeled: int, learned: float = 1.0) -> BatchExperiment:
    """Train logistic regression, scikit-learn's default, and a committee on a balanced seed set.

    Args:
        dataset: points in the plane.
        seed: decides which points are labelled, and the committee.
        labeled: how many are, from 1 to all but one.
        learned: the share of them that the model is trained on, above 0 to 1: scores as if computed before the other
            labels were added. Never less than one of each class while there are as many labels.

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
    """The same model after a query, not trained on its labels.

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
    """A strategy that fills a batch.

    Args:
        name: `top_k` (by least confidence) or a key of the catalogue.
        alpha: weight of uncertainty in `hybrid`, 0 (picks as `k_center`) to 1 (as `top_k`).

    Raises:
        ValueError: if there is none of that name.
    """
    if name == "top_k":
        description = "Takes the most uncertain points, wherever they are."
        return replace(STRATEGIES["least_confidence"], name="top_k", label="Top-k", description=description)
    if name == "batchbald":
        return replace(STRATEGIES["batchbald"], batch=_batchbald)
    if name != "hybrid":
        return get_strategy(name)
    return replace(STRATEGIES["hybrid"], batch=partial(_hybrid, alpha))


def _hybrid(alpha: float, view: PoolView, k: int, rng: np.random.Generator) -> Batch:
    return hybrid(least_confidence(view.probs_N_C), view.features_N_D, view.labeled_M_D, k, alpha=alpha)


def _batchbald(view: PoolView, k: int, rng: np.random.Generator) -> Batch:
    return batchbald(view.probs_N_K_C, k, rng=rng, num_samples=OUTCOMES, budget=BUDGET)


def select_batch(found: BatchExperiment, strategy: Strategy, k: int) -> Batch:
    """The batch of a strategy, in indices of the data set; the seed determines all random choices."""
    ties_N = tie_order(found.seed, len(found.dataset.y_pool))
    view = found.view(rows_for(strategy, found.unlabeled, ties_N))
    return ask(strategy, view, k, rng_for(found.seed, "acquisition", 0), ties_N).batch


def information_of(found: BatchExperiment, picks: NDArray[np.int64]) -> Information:
    """Joint and individual mutual information between the labels of a batch and the committee.

    Draws come from one stream for all batches, and the order of the picks does not count: two batches differ by their
    points alone.

    Args:
        found: the model and the pool.
        picks: indices of the data set.

    Raises:
        ValueError: if the batch is empty or a point is labelled.
    """
    probs_B_K_C = found.probs_N_K_C[np.sort(found.rows(picks))]
    return batch_information(probs_B_K_C, rng=rng_for(found.seed, "information"))


def best_joint_information(found: BatchExperiment, order: NDArray[np.int64]) -> NDArray[np.float64]:
    """Joint mutual information of the first 0, 1, ..., k labels in BatchBALD's order, in nats, never falling.

    The yardstick of a batch: it is worth as many labels as BatchBALD needs for equal information. Greedy selection
    reaches at least 1 - 1/e of the best information for its number of labels.

    Args:
        found: the model and the pool.
        order: BatchBALD's batch, indices of the data set in picking order.
    """
    lengths = np.unique(np.linspace(1, len(order), min(LENGTHS, len(order))).round().astype(np.int64))
    probs_B_K_C = found.probs_N_K_C[found.rows(order)]
    joint_L = information_of_prefixes(probs_B_K_C, lengths.tolist(), rng=rng_for(found.seed, "information"))
    # The whole batch is measured like any other.
    joint_L[-1] = information_of(found, order).joint
    return np.interp(np.arange(len(order) + 1), [0, *lengths], [0.0, *np.maximum.accumulate(joint_L)])


def accuracies_after(found: BatchExperiment, picks_B_k: NDArray[np.int64]) -> NDArray[np.float64]:
    """Shares of the test set that the model predicts correctly once trained on all labels and those of a batch.

    Args:
        found: the model and the pool.
        picks_B_k: indices of the data set, a batch a row; all are fitted at once.
    """
    data = found.dataset
    known_B_M = np.concatenate([np.tile(found.labeled, (len(picks_B_k), 1)), picks_B_k], axis=1)
    coefs_B_K_P = solve(data.x_pool[known_B_M], data.y_pool[known_B_M], classes=data.classes)
    return np.mean(predict(coefs_B_K_P, data.x_test).argmax(axis=2) == data.y_test, axis=1)


def accuracy_after(found: BatchExperiment, picks: NDArray[np.int64]) -> float:
    """The accuracy after one batch, see `accuracies_after`."""
    return float(accuracies_after(found, picks[None])[0])


def uncertainty_and_distance_surfaces(found: BatchExperiment, grid: Grid) -> tuple[Surface, Surface]:
    """Least confidence and the distance to the nearest labelled point, over a grid.

    Returns:
        two surfaces (Y, X).
    """
    unsure_P = least_confidence(predict(found.coefs_K_P[None], grid.points_P_2)[0])
    away_P = cdist(grid.points_P_2, found.dataset.x_pool[found.labeled]).min(axis=1)
    shape = len(grid.y), len(grid.x)
    return unsure_P.reshape(shape), away_P.reshape(shape)


def acquisition_surface(
    found: BatchExperiment, strategy: Strategy, grid: Grid, *, alpha: float = 0.5
) -> Surface | None:
    """The acquisition function of a strategy at its first pick, over a grid.

    Args:
        found: the model and the pool.
        strategy: from `batch_strategy`.
        grid: where to score.
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
    score = strategy.score

    def scores(points_P_2: Surface) -> Surface:
        """Points scored as if they were the pool."""
        probs_P_C = predict(found.coefs_K_P[None], points_P_2)[0]
        view = PoolView(
            np.arange(len(points_P_2)),
            probs_N_C=lambda: probs_P_C,
            probs_N_K_C=lambda: predict(found.committee_K_K_P, points_P_2).transpose(1, 0, 2),
            gradient_lengths_N=lambda: expected_gradient_length_mlp(probs_P_C, [points_P_2], []),
        )
        return to_numpy(score(view, rng_for(found.seed, "acquisition", 0)))

    half = len(grid.points_P_2) // 2
    scores_P = scores(grid.points_P_2)
    if not np.allclose(scores(grid.points_P_2[:half]), scores_P[:half], atol=1e-9):
        return None
    return scores_P.reshape(len(grid.y), len(grid.x)) - min(float(scores_P.min()), 0.0)
