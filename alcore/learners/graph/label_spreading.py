"""Label spreading: the fixed point of label propagation over a neighbour graph."""

from collections.abc import Callable

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray


def similarity(graph_N_N: sparse.csr_array) -> sparse.csr_array:
    """The symmetrically normalised graph D^-1/2 W D^-1/2 of symmetric weights W, N x N in float32."""
    both = graph_N_N.tocoo()
    # Halves the memory that a product reads.
    row, column = (numbers.astype(np.int32) for numbers in both.coords)
    root_N = np.sqrt(both.sum(axis=1))
    normalised = (both.data / (root_N[row] * root_N[column])).astype(np.float32)
    return sparse.csr_array((normalised, (row, column)), shape=both.shape)


def label_spreading(
    similarity_N_N: sparse.csr_array,
    y_N_C: NDArray[np.float32],
    *,
    alpha: float = 0.99,
    tolerance: float = 1e-5,
    tick: Callable[[], None] = lambda: None,
) -> NDArray[np.float32]:
    """The fixed point of F <- alpha S F + Y: (I - alpha S)^-1 Y, by conjugate gradients.

    The iteration itself takes some ten times the products of S. Time O(edges x C) a product,
    about 70 of them for 60,000 digits.

    Args:
        similarity_N_N: S, symmetric with eigenvalues in [-1, 1], see `similarity`.
        y_N_C: the labels Y, by class.
        alpha: the share that a point takes from its neighbours, from 0 to below 1.
        tolerance: largest residual, relative to Y, in each class.
        tick: called before every product.

    Returns:
        f_N_C, nowhere negative; 0 where no label is connected.

    Source: Zhou, Bousquet, Lal, Weston & Schoelkopf (2004), up to the factor 1 - alpha.
    """
    f_N_C = np.zeros_like(y_N_C)
    rest_N_C = y_N_C.copy()
    direction_N_C = y_N_C.copy()
    left_C = _dots(rest_N_C, rest_N_C)
    enough_C = np.float32(tolerance**2) * left_C
    while (left_C > enough_C).any():
        tick()
        moved_N_C = direction_N_C - np.float32(alpha) * (similarity_N_N @ direction_N_C)
        step_C = _ratio(left_C, _dots(direction_N_C, moved_N_C))
        f_N_C += step_C * direction_N_C
        rest_N_C -= step_C * moved_N_C
        before_C, left_C = left_C, _dots(rest_N_C, rest_N_C)
        direction_N_C = rest_N_C + _ratio(left_C, before_C) * direction_N_C
    return np.maximum(f_N_C, 0)


def _dots(a_N_C: NDArray[np.float32], b_N_C: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.einsum("nc,nc->c", a_N_C, b_N_C)


def _ratio(over_C: NDArray[np.float32], under_C: NDArray[np.float32]) -> NDArray[np.float32]:
    # 0 for a class without a label, which has no residual.
    return np.divide(over_C, under_C, out=np.zeros_like(over_C), where=under_C > 0)
