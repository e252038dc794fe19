"""Agreement between annotators."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import nan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.projects.answers import ItemState
from alcore.projects.stopping import kappa


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


def bootstrap_interval(
    statistic: Callable[[NDArray[np.float64]], float],
    ratings_A_N: ArrayLike,
    *,
    rng: np.random.Generator,
    level: float = 0.95,
    resamples: int = 500,
) -> tuple[float, float]:
    """Percentile interval of a statistic of annotators' labels, items drawn with replacement.

    Args:
        statistic: of a table as `krippendorff_alpha` takes it; NaN where it is not defined, which is left out.
        ratings_A_N: one row an annotator, one column an item, NaN where there is no label.
        rng: of the draws.
        level: confidence level.
        resamples: how many.

    Returns:
        the ends; NaN where the statistic was never defined.
    """
    ratings = np.asarray(ratings_A_N, dtype=np.float64)
    items = ratings.shape[1]
    found = [statistic(ratings[:, rng.integers(items, size=items)]) for _ in range(resamples)] if items else []
    kept = [one for one in found if not np.isnan(one)]
    if not kept:
        return nan, nan
    low, high = np.quantile(kept, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


@dataclass(frozen=True)
class Agreement:
    """How far annotators agree.

    Attributes:
        annotators: their names.
        shared: items with two labels or more.
        alpha: Krippendorff's alpha with the ends of its interval.
        pairs: (first, second, items that both labelled, Cohen's kappa) of each pair that shares items.
        disputed: items on which they differ, with the label of each.
    """

    annotators: tuple[str, ...]
    shared: int
    alpha: tuple[float, float, float]
    pairs: tuple[tuple[str, str, int, float], ...]
    disputed: tuple[tuple[str, Mapping[str, str]], ...]


def agreement_of(states: Mapping[str, ItemState], *, rng: np.random.Generator) -> Agreement:
    """Agreement of the people who labelled a project's items."""
    shared = {item: state.labels for item, state in states.items() if len(state.labels) >= 2}
    names = tuple(dict.fromkeys(name for state in states.values() for name in state.labels))
    classes = list(dict.fromkeys(label for labels in shared.values() for label in labels.values()))
    ratings = np.full((len(names), len(shared)), nan)
    for column, labels in enumerate(shared.values()):
        for name, label in labels.items():
            ratings[names.index(name), column] = classes.index(label)
    value = krippendorff_alpha(ratings) if shared else nan
    low, high = bootstrap_interval(krippendorff_alpha, ratings, rng=rng) if shared else (nan, nan)
    pairs = []
    for first, second in combinations(range(len(names)), 2):
        both = ~np.isnan(ratings[[first, second]]).any(axis=0)
        if both.any():
            kappa_of = kappa(ratings[first, both], ratings[second, both])
            pairs.append((names[first], names[second], int(both.sum()), kappa_of))
    disputed = tuple((item, labels) for item, labels in shared.items() if len(set(labels.values())) > 1)
    return Agreement(names, len(shared), (value, low, high), tuple(pairs), disputed)
