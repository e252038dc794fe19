"""Maps of a pool in the plane, one per round, turned so that points move as little as possible from round to round."""

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from alcore.loops.pool.pool_map import PoolMap, aligning_turn
from alcore.loops.steps import OnStep, ignored

Places = NDArray[np.float64]
NEIGHBOURS = 15  # of UMAP


def layout_name() -> str:
    """How points are laid out: by UMAP where `umap-learn` is installed, else by linear discriminants."""
    return "UMAP" if find_spec("umap") else "LDA"


def map_layouts(maps: Sequence[PoolMap], on_step: OnStep = ignored) -> list[Places]:
    """Places of the points of each map, centred, with a mean squared distance of 1 from the centre.

    Linear discriminants separate the predicted classes in the plane of their features; with fewer than three predicted
    classes, the places are those of the leading principal components.

    Args:
        maps: round by round.
        on_step: called with the share completed.

    Source: Fisher (1936); McInnes, Healy & Melville (2018); Schoenemann (1966) for the turn.
    """
    place: Callable[[PoolMap, Places | None], Places] = _umap if layout_name() == "UMAP" else _discriminants
    placed: list[Places] = []
    for number, one in enumerate(maps):
        before = None
        if placed:
            rows, there = maps[number - 1].rows(one.indices_P), np.isin(one.indices_P, maps[number - 1].indices_P)
            before = np.full((len(one.indices_P), 2), np.nan)
            before[there] = placed[-1][rows]
        at_P_2 = place(one, before).astype(np.float64)
        at_P_2 -= at_P_2.mean(axis=0)
        at_P_2 /= np.sqrt((at_P_2**2).sum(axis=1).mean()) or 1.0
        if before is not None:
            known = ~np.isnan(before[:, 0])
            at_P_2 = at_P_2 @ aligning_turn(at_P_2[known], before[known])
        placed.append(at_P_2)
        on_step((number + 1) / len(maps))
    return placed


def _discriminants(one: PoolMap, before: Places | None) -> Places:
    guesses_P = one.log_probs_P_C.argmax(axis=1)
    if len(np.unique(guesses_P)) < 3:
        return one.places_P_2.astype(np.float64)
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    features_P_D = one.features_P_D.astype(np.float64)
    # Shrinkage: without it, components that hardly vary would be divided by nearly nothing.
    found = LinearDiscriminantAnalysis(solver="eigen", shrinkage=0.05).fit(features_P_D, guesses_P)
    return np.asarray(found.transform(features_P_D)[:, :2])


def _umap(one: PoolMap, before: Places | None) -> Places:
    umap = import_module("umap")  # optional, without types

    start = "spectral" if before is None or np.isnan(before).any() else before * 10 / np.abs(before).max()
    reducer = umap.UMAP(n_neighbors=min(NEIGHBOURS, len(one.indices_P) - 1), init=start, random_state=0)
    return np.asarray(reducer.fit_transform(one.features_P_D.astype(np.float32)))
