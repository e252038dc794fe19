"""A map of the pool: its points in the plane of their first two principal components."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.strategies.arrays import to_numpy

COMPONENTS = 10


@dataclass(frozen=True, eq=False)
class PoolMap:
    """Points of the pool under one model; small enough to be stored for every round.

    Attributes:
        indices_P: the points, ascending, as indices of the data set.
        features_P_D: the leading principal components of the learner's features (10, or as many as there
            are), float16, the root of the mean squared distance from the centre of the first two being 1. The
            first two are turned to lie as in the map of the round before.
        log_probs_P_C: their class probabilities, natural logarithms, float16, which distinguish a probability of
            one in a million from zero.
    """

    indices_P: NDArray[np.int64]
    features_P_D: NDArray[np.float16]
    log_probs_P_C: NDArray[np.float16]

    @property
    def places_P_2(self) -> NDArray[np.float32]:
        """The points in the plane."""
        return self.features_P_D[:, :2].astype(np.float32)

    @property
    def probs_P_C(self) -> NDArray[np.float64]:
        """Class probabilities; rows sum to 1."""
        probs_P_C = np.exp(self.log_probs_P_C.astype(np.float64))
        return probs_P_C / probs_P_C.sum(axis=1, keepdims=True)

    def rows(self, indices: ArrayLike) -> NDArray[np.int64]:
        """Rows of the given points that are on the map, in their order."""
        asked = np.asarray(indices, dtype=np.int64)
        row = np.searchsorted(self.indices_P, asked)
        there = row < len(self.indices_P)
        there[there] = self.indices_P[row[there]] == asked[there]
        return row[there]


def map_points(
    pool: NDArray[np.int64], asked: NDArray[np.int64], size: int, *, rng: np.random.Generator
) -> NDArray[np.int64]:
    """The points of a map: the queried ones, and others drawn from the pool.

    With a stream of the run alone the others are the same in every round, fewer as more points are queried.

    Args:
        pool: the points that may be queried at all.
        asked: queried points in their order; where they are more than `size`, the latest.
        size: how many.
        rng: of the draw.

    Returns:
        their indices, ascending.
    """
    kept = asked[-size:]
    drawn = rng.permutation(pool)
    drawn = drawn[~np.isin(drawn, kept)]
    return np.sort(np.concatenate([kept, drawn[: size - len(kept)]]))


def pool_map(
    indices_P: NDArray[np.int64], features_P_E: ArrayLike, probs_P_C: ArrayLike, previous: PoolMap | None
) -> PoolMap:
    """Lay points out by the principal components of their features.

    Args:
        indices_P: which points, ascending.
        features_P_E: of the learner.
        probs_P_C: their class probabilities.
        previous: the map that this one is turned and mirrored to, if there is one. The two planes may still differ.

    Source: Pearson (1901); Schoenemann (1966) for the turn.
    """
    features_P_D = principal_components(to_numpy(features_P_E), COMPONENTS)
    spread = np.sqrt((features_P_D[:, :2] ** 2).sum(axis=1).mean())
    features_P_D /= spread or 1.0
    if previous is not None:
        before, now = previous.rows(indices_P), np.isin(indices_P, previous.indices_P)
        turn_2_2 = aligning_turn(features_P_D[now, :2], previous.places_P_2[before])
        features_P_D[:, :2] = features_P_D[:, :2] @ turn_2_2
    probs = to_numpy(probs_P_C).astype(np.float64)
    # float16 has no logarithm of 0.
    logs_P_C = np.log(np.maximum(probs, np.finfo(np.float64).tiny))
    return PoolMap(indices_P, features_P_D.astype(np.float16), logs_P_C.astype(np.float16))


def principal_components(features_P_E: NDArray, size: int) -> NDArray[np.float64]:
    """The points centred, along the `size` axes of largest variance: features_P_D.

    There are at least two columns, 0 where no feature is left for them. The sign of an axis is such that its
    largest weight is positive.
    """
    from scipy.linalg import eigh

    centred_P_E = features_P_E.astype(np.float64)
    centred_P_E -= centred_P_E.mean(axis=0)
    width = centred_P_E.shape[1]
    kept = min(size, width)
    _, axes_E_D = eigh(centred_P_E.T @ centred_P_E, subset_by_index=(width - kept, width - 1))
    axes_E_D = axes_E_D[:, ::-1]
    largest = np.abs(axes_E_D).argmax(axis=0)
    axes_E_D = axes_E_D * np.where(axes_E_D[largest, np.arange(kept)] < 0, -1.0, 1.0)
    found_P_D = centred_P_E @ axes_E_D
    return np.pad(found_P_D, ((0, 0), (0, max(0, 2 - kept))))


def aligning_turn(places_P_2: NDArray, onto_P_2: NDArray) -> NDArray[np.float64]:
    """The turn, or turn and mirroring, of the plane that brings places nearest to others in mean square."""
    if len(places_P_2) == 0:
        return np.eye(2)
    left, _, right = np.linalg.svd(places_P_2.T @ onto_P_2.astype(np.float64))
    return left @ right
