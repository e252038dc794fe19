"""How uncertain and how diverse the batch of a strategy is, measured over many pools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from scipy.stats import rankdata


@dataclass(frozen=True)
class Place:
    """A strategy among all others.

    Attributes:
        uncertainty: mean percentile, 0 to 1, of the picks' uncertainty in the pool; about one half for random picks.
        diversity: mean distance of a pick to the nearest other pick, divided by that of random picks in the same pool.
    """

    uncertainty: float
    diversity: float


def percentile_of(uncertainty_N: NDArray[np.floating], picks: NDArray[np.int64]) -> float:
    """Mean percentile of the picks' uncertainty among all points, 0 to 1; ties share theirs."""
    ranks_N = (rankdata(uncertainty_N) - 0.5) / len(uncertainty_N)
    return float(ranks_N[picks].mean())


def spacing_of(picked_K_D: NDArray[np.floating]) -> float:
    """Mean distance of a pick to the nearest other pick; at least two picks."""
    apart_K_K = cdist(picked_K_D, picked_K_D)
    np.fill_diagonal(apart_K_K, np.inf)
    return float(apart_K_K.min(axis=1).mean())


def places_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, Place]:
    """Places by strategy, from the rows of the benchmark `places`."""
    return {row["strategy"]: Place(row["uncertainty"], row["diversity"]) for row in rows}
