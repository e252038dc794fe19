"""The points of many regressions at once: how coefficients become logits and residuals become gradients."""

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

    def __init__(self, x_M_P: Floats, outer_M_PP: Floats | None = None) -> None:
        """Keep the points and the products of their features, (M, P^2)."""
        self.x_M_P = x_M_P
        self.width = x_M_P.shape[1]
        if outer_M_PP is None:
            outer_M_PP = (x_M_P[:, :, None] * x_M_P[:, None, :]).reshape(len(x_M_P), -1)
        self.outer_M_PP = outer_M_PP

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
        batch, r, _ = p_B_R_M.shape
        hessian = np.empty((batch, r, self.width, r, self.width))
        for i in range(r):
            for j in range(i + 1):
                block = _pair(p_B_R_M, weights_B_M, i, j) @ self.outer_M_PP
                hessian[:, i, :, j] = hessian[:, j, :, i] = block.reshape(batch, self.width, self.width)
        return hessian


class SeparatePoints:
    """Every problem has points of its own: stacked products, so that no problem touches another's numbers."""

    def __init__(self, x_B_M_P: Floats) -> None:
        """Keep the points, and their transpose."""
        self.x_B_M_P = x_B_M_P
        self.x_B_P_M = np.ascontiguousarray(x_B_M_P.transpose(0, 2, 1))
        self.width = x_B_M_P.shape[2]

    def subset(self, rows: NDArray[np.int64]) -> "SeparatePoints":
        """The points of some of the problems."""
        return SeparatePoints(self.x_B_M_P[rows])

    def logits(self, v_B_R_P: Floats) -> Floats:
        """z_B_R_M = v x."""
        return v_B_R_P @ self.x_B_P_M

    def gradient(self, r_B_R_M: Floats) -> Floats:
        """g_B_R_P = sum over points of r x'."""
        return r_B_R_M @ self.x_B_M_P

    def curvature(self, p_B_R_M: Floats, weights_B_M: Floats | None) -> Floats:
        """H_B_R_P_R_P = sum over points of weight (diag p - p p') x x'."""
        batch, r, _ = p_B_R_M.shape
        if r == 1:
            s_B_1_M = _pair(p_B_R_M, weights_B_M, 0, 0)[:, None]
            return ((s_B_1_M * self.x_B_P_M) @ self.x_B_M_P)[:, None, :, None]
        hessian = np.empty((batch, r, self.width, r, self.width))
        for i in range(r):
            for j in range(i + 1):
                s_B_1_M = _pair(p_B_R_M, weights_B_M, i, j)[:, None]
                hessian[:, i, :, j] = hessian[:, j, :, i] = (s_B_1_M * self.x_B_P_M) @ self.x_B_M_P
        return hessian


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


def _pair(p_B_R_M: Floats, weights_B_M: Floats | None, i: int, j: int) -> Floats:
    """An entry of weight (diag p - p p') at every point."""
    p_B_M = p_B_R_M[:, i]
    pair_B_M = p_B_M * (1 - p_B_M) if i == j else -p_B_M * p_B_R_M[:, j]
    return pair_B_M if weights_B_M is None else pair_B_M * weights_B_M
