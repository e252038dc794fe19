"""Agreement between annotators."""

from math import nan

import numpy as np
from numpy.typing import ArrayLike


def krippendorff_alpha(ratings_A_N: ArrayLike) -> float:
    """Krippendorff's alpha for nominal labels: 1 - observed / expected disagreement.

    Each item with m >= 2 labels gives its ordered pairs the weight 1 / (m - 1); expected disagreement is that of all
    pairable labels shuffled.

    Args:
        ratings_A_N: one row an annotator, one column an item; class numbers, NaN where there is no label.

    Returns:
        1 for perfect agreement and where no disagreement is possible, 0 for that of chance, below 0 for less; NaN
        where no item has two labels.

    Raises:
        ValueError: if the ratings are no table.

    Source: Krippendorff (2004), Content Analysis, chapter 11.
    """
    ratings = np.asarray(ratings_A_N, dtype=np.float64)
    if ratings.ndim != 2:
        raise ValueError(f"ratings_A_N must be annotators x items, got shape {ratings.shape}")
    given = ~np.isnan(ratings)
    classes = np.unique(ratings[given])
    counts_N_C = np.stack([(ratings == label).sum(axis=0) for label in classes], axis=1) if len(classes) else None
    pairable_N = given.sum(axis=0) >= 2
    if counts_N_C is None or not pairable_N.any():
        return nan
    counts_N_C = counts_N_C[pairable_N].astype(np.float64)
    sizes_N = counts_N_C.sum(axis=1)
    unlike_N = sizes_N**2 - (counts_N_C**2).sum(axis=1)  # ordered pairs with different labels
    total, totals_C = sizes_N.sum(), counts_N_C.sum(axis=0)
    observed = float((unlike_N / (sizes_N - 1)).sum()) / total
    expected = float(total**2 - (totals_C**2).sum()) / (total * (total - 1))
    return 1.0 if expected == 0 else 1 - observed / expected
