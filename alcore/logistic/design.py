"""The points of many regressions at once: how coefficients become logits and residuals become gradients."""

from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


class Design(Protocol):
    """Points of B problems, each with a one as its last feature; R logits a point."""

    @property
    def width(self) -> int:
        """Features and the one: P."""

    def subset(self, rows: NDArray[np.int64]) -> "Design":
        """The same for some of the problems."""

    def logits(self, v_B_R_P: Floats) -> Floats:
        """z_B_R_M = v x."""

    def gradient(self, r_B_R_M: Floats) -> Floats:
        """g_B_R_P = sum over points of r x'."""

    def curvature(self, p_B_R_M: Floats, weights_B_M: Floats | None) -> Floats:
        """H_B_R_P_R_P = sum over points of weight (diag p - p p') x x'."""


class SharedPoints:
    """All problems see the same points: everything is one large matrix product."""

    def __init__(self, x_M_P: Floats) -> None:
        """Keep the points and the products of their features."""
        self.x_M_P = x_M_P
        self.width = x_M_P.shape[1]
        self.products_M_Q = _products(x_M_P.T)

    def subset(self, rows: NDArray[np.int64]) -> "SharedPoints":
        """The same points, whatever the problems."""
        return self

    def logits(self, v_B_R_P: Floats) -> Floats:
        """z_B_R_M = v x."""
        return (v_B_R_P.reshape(-1, self.width) @ self.x_M_P.T).reshape(*v_B_R_P.shape[:2], -1)

    def gradient(self, r_B_R_M: Floats) -> Floats:
        """g_B_R_P = sum over points of r x'."""
        return (r_B_R_M.reshape(-1, len(self.x_M_P)) @ self.x_M_P).reshape(*r_B_R_M.shape[:2], -1)

    def curvature(self, p_B_R_M: Floats, weights_B_M: Floats | None) -> Floats:
        """H_B_R_P_R_P = sum over points of weight (diag p - p p') x x'."""
        pairs_B_L_M = _pairs(p_B_R_M, weights_B_M)
        blocks_BL_Q = pairs_B_L_M.reshape(-1, len(self.x_M_P)) @ self.products_M_Q
        return _unfolded(blocks_BL_Q.reshape(*pairs_B_L_M.shape[:2], -1), p_B_R_M.shape[1], self.width)


class SeparatePoints:
    """Every problem has points of its own: stacked products, so that no problem touches another's numbers."""

    def __init__(self, x_B_M_P: Floats) -> None:
        """Keep the points, and their transpose."""
        self.x_B_M_P = x_B_M_P
        self.x_B_P_M = np.ascontiguousarray(x_B_M_P.transpose(0, 2, 1))
        self.width = x_B_M_P.shape[2]
        self._products_B_M_Q: Floats | None = None

    def subset(self, rows: NDArray[np.int64]) -> "SeparatePoints":
        """The points of some of the problems."""
        some = SeparatePoints(self.x_B_M_P[rows])
        if self._products_B_M_Q is not None:
            some._products_B_M_Q = self._products_B_M_Q[rows]
        return some

    def logits(self, v_B_R_P: Floats) -> Floats:
        """z_B_R_M = v x."""
        return v_B_R_P @ self.x_B_P_M

    def gradient(self, r_B_R_M: Floats) -> Floats:
        """g_B_R_P = sum over points of r x'."""
        return r_B_R_M @ self.x_B_M_P

    def curvature(self, p_B_R_M: Floats, weights_B_M: Floats | None) -> Floats:
        """H_B_R_P_R_P = sum over points of weight (diag p - p p') x x'."""
        if p_B_R_M.shape[1] == 1:
            return ((_pairs(p_B_R_M, weights_B_M) * self.x_B_P_M) @ self.x_B_M_P)[:, None, :, None]
        if self._products_B_M_Q is None:
            self._products_B_M_Q = _products(self.x_B_P_M)
        blocks_B_L_Q = _pairs(p_B_R_M, weights_B_M) @ self._products_B_M_Q
        return _unfolded(blocks_B_L_Q, p_B_R_M.shape[1], self.width)


class SharedAndSeparatePoints:
    """All problems see the same points, and each one point more, which comes last."""

    def __init__(self, shared: SharedPoints, own_B_P: Floats) -> None:
        """Keep both."""
        self.shared = shared
        self.own_B_P = own_B_P
        self.width = shared.width

    def subset(self, rows: NDArray[np.int64]) -> "SharedAndSeparatePoints":
        """The shared points and the own ones of some of the problems."""
        return SharedAndSeparatePoints(self.shared, self.own_B_P[rows])

    def logits(self, v_B_R_P: Floats) -> Floats:
        """z_B_R_M = v x."""
        z_B_R_M = np.empty((*v_B_R_P.shape[:2], len(self.shared.x_M_P) + 1))
        z_B_R_M[:, :, :-1] = self.shared.logits(v_B_R_P)
        z_B_R_M[:, :, -1] = (v_B_R_P * self.own_B_P[:, None]).sum(axis=2)
        return z_B_R_M

    def gradient(self, r_B_R_M: Floats) -> Floats:
        """g_B_R_P = sum over points of r x'."""
        return self.shared.gradient(r_B_R_M[:, :, :-1]) + r_B_R_M[:, :, -1:] * self.own_B_P[:, None]

    def curvature(self, p_B_R_M: Floats, weights_B_M: Floats | None) -> Floats:
        """H_B_R_P_R_P = sum over points of weight (diag p - p p') x x'."""
        weights_B_M = np.ones((1, 1)) if weights_B_M is None else weights_B_M
        last = SeparatePoints(self.own_B_P[:, None]).curvature(p_B_R_M[:, :, -1:], weights_B_M[:, -1:])
        return self.shared.curvature(p_B_R_M[:, :, :-1], weights_B_M[:, :-1]) + last


def _products(x___P_M: Floats) -> Floats:
    """products___M_Q of every two features a <= b of each point, Q = P (P + 1) / 2."""
    width = x___P_M.shape[-2]
    products___Q_M = np.empty((*x___P_M.shape[:-2], width * (width + 1) // 2, x___P_M.shape[-1]))
    first = 0
    for a in range(width):
        last = first + width - a
        np.multiply(x___P_M[..., a : a + 1, :], x___P_M[..., a:, :], out=products___Q_M[..., first:last, :])
        first = last
    return np.ascontiguousarray(products___Q_M.swapaxes(-1, -2))


def _pairs(p_B_R_M: Floats, weights_B_M: Floats | None) -> Floats:
    """pairs_B_L_M: the entries i <= j of weight (diag p - p p') at every point, L = R (R + 1) / 2."""
    batch, r, points = p_B_R_M.shape
    pairs_B_L_M = np.empty((batch, r * (r + 1) // 2, points))
    minus_B_R_M = -p_B_R_M if weights_B_M is None else -p_B_R_M * weights_B_M[:, None]
    first = 0
    for i in range(r):
        last = first + r - i
        np.multiply(p_B_R_M[:, i] - 1, minus_B_R_M[:, i], out=pairs_B_L_M[:, first])
        np.multiply(p_B_R_M[:, i : i + 1], minus_B_R_M[:, i + 1 :], out=pairs_B_L_M[:, first + 1 : last])
        first = last
    return pairs_B_L_M


def _unfolded(blocks_B_L_Q: Floats, r: int, width: int) -> Floats:
    """H_B_R_P_R_P of its entries i <= j and a <= b."""
    flat_B_LQ = blocks_B_L_Q.reshape(len(blocks_B_L_Q), -1)
    return flat_B_LQ.take(_places(r, width), axis=1).reshape(-1, r, width, r, width)


@lru_cache(maxsize=32)
def _places(r: int, width: int) -> NDArray[np.int64]:
    """Where among the entries i <= j and a <= b each of H_R_P_R_P is."""
    pair_R_R, product_P_P = (np.empty((size, size), dtype=np.int64) for size in (r, width))
    for place in (pair_R_R, product_P_P):
        i, j = np.triu_indices(len(place))
        place[i, j] = place[j, i] = np.arange(len(i))
    return ((product_P_P.max() + 1) * pair_R_R[:, None, :, None] + product_P_P[:, None, :]).ravel()
