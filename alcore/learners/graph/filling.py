"""Communities filled with the labels in them, and smoothed over the graph."""

from collections.abc import Callable

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from alcore.neighbours import RESOLUTIONS, Levels

# The share that a point takes from its neighbours in each step of smoothing, and the steps.
SHARE, STEPS = 0.9, 30
# Communities at finer resolutions than the first five are hardly ever filled by the first dozens of labels.
FILLED = RESOLUTIONS[:5]


def filled(
    levels: Levels,
    ties_M_P: sparse.csr_array,
    y_M: NDArray[np.int64],
    classes: int,
    *,
    tick: Callable[[], None] = lambda: None,
) -> NDArray[np.float32]:
    """probs_P_C: each point has the labels of its community, smoothed by 30 steps of F <- .9 D^-1 W F + .1 F0.

    F0 is the label of the largest community of the point whose labels agree, of those at the resolutions .5, .7, 1, 1.5
    and 2.2; where they agree in none, the share of each class in the smallest that has labels; a labelled point has its
    own. Points in no community with a label start without one. Finer communities are found while labels disagree.
    Nothing is assumed of the size of the classes. Time O(edges x C) a step.

    Args:
        levels: the graph W.
        ties_M_P: each labelled point as a mean of points of the graph, see `GraphPoints`.
        y_M: its class.
        classes: C.
        tick: called before every step.

    Returns:
        rows that sum to 1; uniform where no label reaches.
    """
    told_P_C = ties_M_P.T @ np.eye(classes, dtype=np.float32)[y_M]
    first_P_C = np.zeros_like(told_P_C)
    itself_P = told_P_C.sum(axis=1) > 0
    open_P = np.ones(len(first_P_C), dtype=bool)
    for resolution in FILLED:
        tick()
        label_P = levels.communities(resolution)
        members = sparse.csr_array((np.ones(len(label_P), np.float32), (label_P, np.arange(len(label_P)))))
        held_K_C = members @ told_P_C
        there_P = open_P & (held_K_C.sum(axis=1) > 0)[label_P]
        first_P_C[there_P] = shares(held_K_C)[label_P[there_P]]
        open_P &= ((held_K_C > 0).sum(axis=1) != 1)[label_P]
        if not open_P[itself_P].any():
            break
    first_P_C[itself_P] = shares(told_P_C[itself_P])
    walk = levels.graph.astype(np.float32)
    degree_P_1 = np.maximum(levels.degrees, np.finfo(np.float32).tiny).astype(np.float32)[:, None]
    f_P_C = first_P_C
    for _ in range(STEPS):
        tick()
        f_P_C = np.float32(SHARE) * ((walk @ f_P_C) / degree_P_1) + np.float32(1 - SHARE) * first_P_C
    return shares(f_P_C)


def shares(f_N_C: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows over their sum; uniform where that is 0."""
    sums_N_1 = f_N_C.sum(axis=1, keepdims=True)
    even_N_C = np.full_like(f_N_C, 1 / f_N_C.shape[1])
    return np.divide(f_N_C, sums_N_1, out=even_N_C, where=sums_N_1 > 0)
