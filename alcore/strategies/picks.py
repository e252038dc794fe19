"""From the view to the pure functions: what each entry of the catalogue reads and calls."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from alcore.strategies import (
    bayesian,
    cluster_margin,
    coverage,
    expected_error_reduction,
    herding,
    remedies,
    selection,
    uncertainty,
)
from alcore.strategies.arrays import Array, floating, to_numpy
from alcore.strategies.batch import Batch
from alcore.strategies.batchbald import batchbald
from alcore.strategies.community import communities
from alcore.strategies.fisher import bait
from alcore.strategies.galaxy import galaxy
from alcore.strategies.geometry.distances import principal_components
from alcore.strategies.gradient import badge
from alcore.strategies.pool_view import PoolView
from alcore.strategies.strategy import Early, Score, SelectBatch

Rng = np.random.Generator

# Target points of EPIG, drawn each round.
TARGETS = 500
# Of BAIT: candidates, drawn where there are more, and coefficients of its model.
FISHER_CANDIDATES, FISHER_COEFFICIENTS = 5_000, 600
# Entries of one array of candidates x classes x classes, of which nine are in memory at a time: 300 MB.
FISHER_NUMBERS = 4_000_000
# Points of which a kernel is computed between all pairs, drawn where there are more; as published.
PAIRED_POINTS = 35_000
# Points of a neighbour graph, drawn where there are more: half a minute on two cores.
GRAPH_POINTS = 100_000


@dataclass(frozen=True)
class OfEachPoint:
    """A score of the model's probabilities in which a point's number depends on no other point.

    Attributes:
        score: a function of probs_N_C.
    """

    score: Callable[[Array], Array]

    def __call__(self, view: PoolView, rng: Rng) -> Array:
        """The scores of a view's points."""
        return self.score(view.probs_N_C)


def of_probs(score: Callable[[Array], Array]) -> Score:
    """A score of the model's probabilities."""
    return partial(_scored, "probs_N_C", score)


def of_samples(score: Callable[[Array], Array]) -> Score:
    """A score of the probabilities of several models."""
    return partial(_scored, "probs_N_K_C", score)


def _scored(name: str, score: Callable[[Array], Array], view: PoolView, rng: Rng) -> Array:
    return score(getattr(view, name))


def drawn(scores_N: Array, k: int, rng: Rng) -> Batch:
    """Random selection with probabilities proportional to the scores."""
    return bayesian.power_batch(scores_N, k, rng=rng)


def random_score(view: PoolView, rng: Rng) -> Array:
    """A number drawn for each point."""
    return rng.random(len(view.indices_N))


def gradient_length(view: PoolView, rng: Rng) -> Array:
    """The expected gradient length, as the learner's own parameters give it."""
    return view.gradient_lengths_N


def error_reduction(view: PoolView, rng: Rng) -> Array:
    """Expected error reduction of softmax regression on the learner's features."""
    return expected_error_reduction.expected_error_reduction(
        view.features_N_D, view.labeled_M_D, view.labels_M, view.classes, candidates=view.candidates, rng=rng
    )


def predictive_gain(view: PoolView, rng: Rng) -> Array:
    """EPIG with a sample of the pool as its targets."""
    return bayesian.epig(view.probs_N_K_C, sample=TARGETS, rng=rng)


def dense_uncertainty(view: PoolView, rng: Rng) -> Array:
    """Least confidence weighted by density."""
    scores_N = uncertainty.least_confidence(view.probs_N_C)
    return remedies.density_weight(scores_N, view.features_N_D, rng=rng)


def joint_information(view: PoolView, k: int, rng: Rng) -> Batch:
    """BatchBALD."""
    return batchbald(view.probs_N_K_C, k, rng=rng)


def gradient_diversity(view: PoolView, k: int, rng: Rng) -> Batch:
    """BADGE."""
    return badge(view.probs_N_C, view.features_N_D, k, rng=rng)


def coverage_radius(view: PoolView, k: int, rng: Rng) -> Batch:
    """k-center."""
    return selection.k_center(view.features_N_D, view.labeled_M_D, k)


def ball_coverage(view: PoolView, k: int, rng: Rng) -> Batch:
    """ProbCover with the run's radius; where the view has none, that of the points it shows."""
    if view.provides("delta"):
        delta = view.delta
    else:
        parts = (to_numpy(floating(part)) for part in (view.features_N_D, view.labeled_M_D))
        all_P_D = np.concatenate(list(parts))
        rows = remedies.candidate_subsample(len(all_P_D), coverage.RADIUS_POINTS, rng=rng)
        delta = coverage.pseudo_delta(all_P_D[rows], view.classes, rng=rng)
    return coverage.probcover(view.features_N_D, view.labeled_M_D, k, delta)


def kernel_coverage(view: PoolView, k: int, rng: Rng) -> Batch:
    """MaxHerding on at most 35,000 points."""
    features_N_D, rows = _paired(view, k, rng)
    return _of_rows(herding.max_herding(features_N_D, view.labeled_M_D, k), rows)


def uncertain_coverage(view: PoolView, k: int, rng: Rng) -> Batch:
    """UHerding by the margin on at most 35,000 points."""
    features_N_D, rows = _paired(view, k, rng)
    uncertainty_N = uncertainty.margin(view.probs_N_C)[rows]
    return _of_rows(herding.uherding(uncertainty_N, features_N_D, view.labeled_M_D, k), rows)


def _paired(view: PoolView, k: int, rng: Rng) -> tuple[Array, NDArray[np.int64]]:
    """Features of a sample of the view's points, or of all, and their rows."""
    rows = remedies.candidate_subsample(len(view.indices_N), max(PAIRED_POINTS, k), rng=rng)
    return view.features_N_D[rows], rows


def _of_rows(batch: Batch, rows: NDArray[np.int64]) -> Batch:
    return Batch(rows[batch.indices], batch.scores)


def hybrid_of(combine: Literal["sum", "product"]) -> SelectBatch:
    """Hybrid of least confidence and coverage."""
    return partial(_hybrid, combine)


def _hybrid(combine: Literal["sum", "product"], view: PoolView, k: int, rng: Rng) -> Batch:
    scores_N = uncertainty.least_confidence(view.probs_N_C)
    return selection.hybrid(scores_N, view.features_N_D, view.labeled_M_D, k, combine=combine)


def typical(view: PoolView, k: int, rng: Rng) -> Batch:
    """TypiClust."""
    return coverage.typiclust(view.features_N_D, view.labeled_M_D, k, rng=rng)


# TCM takes typical points up to so many labels a class.
TYPICAL_LABELS = 2.0
TYPICAL_FIRST = Early(TYPICAL_LABELS, ("features_N_D", "labeled_M_D"))


def typical_then_margin(view: PoolView, k: int, rng: Rng) -> Batch:
    """TCM: TypiClust while labels are few, then the smallest margins."""
    if TYPICAL_FIRST.lasts(len(view.labels_M), view.classes):
        return typical(view, k, rng)
    return selection.top_k(uncertainty.margin(view.probs_N_C), k)


# Communities are taken by size up to so many labels a class, then by the uncertainty that they hold.
SIZED_LABELS = 1.0
BY_SIZE_FIRST = Early(SIZED_LABELS, ("features_N_D", "labeled_M_D"))


def community_typical(view: PoolView, k: int, rng: Rng) -> Batch:
    """A typical point of each community: of the learner's own neighbour graph, or of at most 100,000 points."""
    by_size = BY_SIZE_FIRST.lasts(len(view.labels_M), view.classes)
    uncertainty_N = None if by_size else 1 - to_numpy(floating(view.probs_N_C)).max(axis=1)
    if view.provides("levels"):
        return communities(view.features_N_D, view.labeled_M_D, k, uncertainty_N=uncertainty_N, levels=view.levels)
    rows = remedies.candidate_subsample(len(view.indices_N), max(GRAPH_POINTS, k), rng=rng)
    some_N = None if uncertainty_N is None else uncertainty_N[rows]
    return _of_rows(communities(view.features_N_D[rows], view.labeled_M_D, k, uncertainty_N=some_N), rows)


def margins_by_cluster(view: PoolView, k: int, rng: Rng) -> Batch:
    """Cluster-margin."""
    return cluster_margin.cluster_margin(view.probs_N_C, view.features_N_D, k, rng=rng)


def bisected(view: PoolView, k: int, rng: Rng) -> Batch:
    """GALAXY."""
    return galaxy(view.probs_N_C, view.labeled_probs_M_C, view.labels_M, k)


def dropped_features(view: PoolView, k: int, rng: Rng) -> Batch:
    """DropQuery."""
    return cluster_margin.dropquery(view.features_N_D, view.labeled_M_D, view.labels_M, k, rng=rng)


def fisher_information(view: PoolView, k: int, rng: Rng) -> Batch:
    """BAIT, of at most 5,000 points and on so many principal components that there are at most 600 coefficients.

    Above 28 classes there are fewer candidates, so that an array of all pairs of classes of each fits into memory.

    Raises:
        ValueError: there are more than 300 classes.
    """
    parts = [to_numpy(floating(part)) for part in (view.features_N_D, view.labeled_M_D)]
    n, classes = len(view.indices_N), view.probs_N_C.shape[1]
    if classes > FISHER_COEFFICIENTS // 2:
        raise ValueError(f"BAIT is for at most {FISHER_COEFFICIENTS // 2} classes, got {classes}: choose BADGE")
    x_P_E = principal_components(np.concatenate(parts), FISHER_COEFFICIENTS // classes - 1)
    rows = remedies.candidate_subsample(n, max(min(FISHER_CANDIDATES, FISHER_NUMBERS // classes**2), k), rng=rng)
    return bait(view.probs_N_C, x_P_E[:n], view.labeled_probs_M_C, x_P_E[n:], k, rows=rows)


def ranked(view: PoolView, k: int, rng: Rng) -> Batch:
    """Ranked batch by least confidence."""
    scores_N = uncertainty.least_confidence(view.probs_N_C)
    return cluster_margin.ranked_batch(scores_N, view.features_N_D, view.labeled_M_D, k)
