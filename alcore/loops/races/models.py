"""The models of one round of many races: their views for strategies, accuracies and losses."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.learners.base import COMMITTEE
from alcore.learners.committee import bootstrap_rows
from alcore.logistic.batched import probabilities, solve
from alcore.loops.radius import radius_of
from alcore.rng import rng_for
from alcore.strategies.gradient import expected_gradient_length_mlp
from alcore.strategies.pool_view import PoolView

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]

# A logit of probability 1, in single precision too.
CERTAIN = 1e30
LARGEST_LOSS = -np.log(np.finfo(np.float64).tiny)


@dataclass(frozen=True, eq=False)
class DatasetStack:
    """S data sets of the same sizes and classes, in double precision.

    Attributes:
        x_S_N_D: the pools.
        x_S_D_N: the same, feature by feature in memory.
        y_S_N: their labels.
        test_S_P_T: the test sets, feature by feature, with a one as their last.
        y_test_S_T: their labels.
        classes: how many classes there are.
        deltas: the radii of ProbCover's balls computed so far, by data set and seed.
    """

    x_S_N_D: Floats
    x_S_D_N: Floats
    y_S_N: Ints
    test_S_P_T: Floats
    y_test_S_T: Ints
    classes: int
    deltas: dict[tuple[int, int], float] = field(default_factory=dict, repr=False)

    @staticmethod
    def of(datasets: Sequence[Dataset]) -> "DatasetStack":
        """Stack data sets of arrays, see `ready`.

        Raises:
            ValueError: if there is none, points are no rows of finite numbers, or a data set differs from the
                first in the shape of its pool or test set or in its classes.
        """
        if not datasets:
            raise ValueError("a race needs a data set, got none")
        if datasets[0].x_pool.ndim != 2:
            raise ValueError(f"points must be rows of numbers, got shape {datasets[0].x_pool.shape}")
        shapes = [(data.x_pool.shape, data.x_test.shape, data.classes) for data in datasets]
        for number, shape in enumerate(shapes):
            if shape != shapes[0]:
                raise ValueError(
                    "data sets of one race must have pools, test sets and classes of one size: "
                    f"the first has {shapes[0]}, number {number + 1} has {shape}"
                )
        x_S_N_D = np.stack([data.x_pool for data in datasets]).astype(np.float64, copy=False)
        if not np.isfinite(x_S_N_D).all():
            raise ValueError("points must be finite, got NaN or infinity")
        test_S_D_T = np.stack([data.x_test.T for data in datasets]).astype(np.float64, copy=False)
        return DatasetStack(
            x_S_N_D,
            np.ascontiguousarray(x_S_N_D.transpose(0, 2, 1)),
            np.stack([data.y_pool for data in datasets]),
            np.ascontiguousarray(np.concatenate([test_S_D_T, np.ones_like(test_S_D_T[:, :1])], axis=1)),
            np.stack([data.y_test for data in datasets]),
            datasets[0].classes,
        )

    def extended(self, x_N_D: Floats) -> "DatasetStack":
        """With more points at the end of every pool, their labels 0."""
        more_S_N_D = np.broadcast_to(x_N_D, (len(self.x_S_N_D), *x_N_D.shape))
        x_S_N_D = np.concatenate([self.x_S_N_D, more_S_N_D], axis=1)
        return replace(
            self,
            x_S_N_D=x_S_N_D,
            x_S_D_N=np.ascontiguousarray(x_S_N_D.transpose(0, 2, 1)),
            y_S_N=np.pad(self.y_S_N, ((0, 0), (0, len(x_N_D)))),
            deltas={},
        )

    def delta(self, s: int, seed: int) -> float:
        """The radius of ProbCover's balls in a race on a data set, the same as in a session."""
        if (s, seed) not in self.deltas:
            self.deltas[s, seed] = radius_of(self.x_S_N_D[s], self.classes, seed=seed)
        return self.deltas[s, seed]


class FittedModels:
    """One round's models of S x R races; probabilities are computed for all seeds at the first reading.

    Attributes:
        stack: the data.
        coefs_S_R_K_P: the models, see `solve`.
        order_S_R_M: the labelled points.
        seeds: of the random streams.
        number: the round.
        seconds: spent computing probabilities.
    """

    def __init__(
        self, stack: DatasetStack, coefs_S_R_K_P: Floats, order_S_R_M: Ints, seeds: Sequence[int], number: int
    ) -> None:
        """Keep the arguments; nothing is computed yet."""
        self.stack = stack
        self.coefs_S_R_K_P = coefs_S_R_K_P
        self.order_S_R_M = order_S_R_M
        self.seeds = seeds
        self.number = number
        self.seconds = 0.0
        self._kept: dict[tuple[str, int], Floats] = {}

    def probs(self, r: int) -> Floats:
        """probs_S_C_N of the whole pools."""
        return self._once("probs", r, self._probs)

    def view(self, s: int, r: int, unlabeled: Ints) -> PoolView:
        """The unlabelled pool of one race through its model, as in a session's view."""
        x_N_D, labeled = self.stack.x_S_N_D[s], self.order_S_R_M[s, r]

        # Classes come first in memory: what a score reduces over classes is then as fast as can be.
        def probs() -> Floats:
            return self.probs(r)[s].take(unlabeled, axis=1).T

        def samples() -> Floats:
            return self._once("samples", r, self._samples)[s].take(unlabeled, axis=2).transpose(2, 0, 1)

        return PoolView(
            unlabeled,
            probs_N_C=probs,
            probs_N_K_C=samples,
            features_N_D=lambda: x_N_D[unlabeled],
            labeled_M_D=lambda: x_N_D[labeled],
            labeled_probs_M_C=lambda: self.probs(r)[s].take(labeled, axis=1).T,
            labels_M=lambda: self.stack.y_S_N[s, labeled],
            classes=lambda: self.stack.classes,
            candidates=lambda: None,
            delta=lambda: self.stack.delta(s, self.seeds[s]),
            gradient_lengths_N=lambda: expected_gradient_length_mlp(probs(), [x_N_D[unlabeled]], []),
        )

    def _once(self, what: str, r: int, compute: Callable[[int], Floats]) -> Floats:
        if (what, r) not in self._kept:
            started = time.perf_counter()
            self._kept[what, r] = compute(r)
            self.seconds += time.perf_counter() - started
        return self._kept[what, r]

    def _probs(self, r: int) -> Floats:
        """probs_S_C_N of the whole pool."""
        return probabilities(logits(self.coefs_S_R_K_P[:, r], self.stack.x_S_D_N))

    def _samples(self, r: int) -> Floats:
        """probs_S_K_C_N of every race's bootstrap committee, drawn from the stream of a session."""
        y_S_M = np.take_along_axis(self.stack.y_S_N, self.order_S_R_M[:, r], axis=1)
        rows_S_K_M = np.array(
            [
                bootstrap_rows(y_M, COMMITTEE, rng=rng_for(seed, "posterior", self.number))
                for seed, y_M in zip(self.seeds, y_S_M, strict=True)
            ]
        )
        count, members, m = rows_S_K_M.shape
        drawn_S_KM = rows_S_K_M.reshape(count, -1)
        points_S_KM = np.take_along_axis(self.order_S_R_M[:, r], drawn_S_KM, axis=1)
        x_S_KM_D = np.take_along_axis(self.stack.x_S_N_D, points_S_KM[:, :, None], axis=1)
        coefs = solve(
            x_S_KM_D.reshape(count * members, m, -1),
            np.take_along_axis(y_S_M, drawn_S_KM, axis=1).reshape(-1, m),
            classes=self.stack.classes,
            start=np.repeat(self.coefs_S_R_K_P[:, r], members, axis=0),
        )
        z = logits(coefs.reshape(count, members, *coefs.shape[1:]), self.stack.x_S_D_N[:, None])
        probs = probabilities(z.reshape(count * members, *z.shape[2:]))
        return probs.reshape(count, members, *probs.shape[1:])


def logits(coefs___K_P: Floats, x___D_N: Floats) -> Floats:
    """z___K_N, feature by feature: equal points have equal logits, in any order of points."""
    z___K_N = coefs___K_P[..., -1:] + coefs___K_P[..., :1] * x___D_N[..., None, 0, :]
    for d in range(1, x___D_N.shape[-2]):
        z___K_N += coefs___K_P[..., d : d + 1] * x___D_N[..., None, d, :]
    return z___K_N


def stacked_logits(coefs___K_P: Floats, x___P_N: Floats) -> Floats:
    """z___K_N as one matrix product: faster, but equal points may differ in the last digit.

    Args:
        coefs___K_P: the models.
        x___P_N: the points, feature by feature, with a one as their last.
    """
    # Infinite intercepts, of classes not shown, would make the product's unused lanes invalid.
    return np.minimum(np.maximum(coefs___K_P, -CERTAIN), CERTAIN) @ x___P_N


def accuracies(z___K_N: Floats, y___N: Ints) -> Floats:
    """The share of points whose label is the most probable class, the first of equals."""
    if z___K_N.shape[-2] == 1:
        right___N = (z___K_N[..., 0, :] > 0) == (y___N > 0)
    else:
        small = np.min_scalar_type(z___K_N.shape[-2])
        best___N = (z___K_N[..., 1, :] > z___K_N[..., 0, :]).astype(small)
        top = z___K_N[..., 0, :]
        for c in range(2, z___K_N.shape[-2]):
            top = np.maximum(top, z___K_N[..., c - 1, :])
            # The later class is the larger number.
            np.maximum(best___N, c * (z___K_N[..., c, :] > top).astype(small), out=best___N)
        right___N = best___N == y___N.astype(small)
    return right___N.sum(axis=-1) / y___N.shape[-1]


def losses(z___K_N: Floats, y___N: Ints) -> Floats:
    """The log loss of each point in nats; finite, as in `mean_log_loss`."""
    if z___K_N.shape[-2] == 1:
        z___N = z___K_N[..., 0, :]
        losses___N = np.log1p(np.exp(-np.abs(z___N))) + np.maximum(np.where(y___N == 1, -z___N, z___N), 0)
    else:
        z___K_N = z___K_N - z___K_N.max(axis=-2, keepdims=True)
        z_B_K_N, y_B_N = z___K_N.reshape(-1, *z___K_N.shape[-2:]), y___N.reshape(-1, y___N.shape[-1])
        own___N = z_B_K_N[np.arange(len(y_B_N))[:, None], y_B_N, np.arange(y_B_N.shape[1])].reshape(y___N.shape)
        losses___N = np.log(np.exp(z___K_N).sum(axis=-2)) - own___N
    return np.minimum(losses___N, LARGEST_LOSS)
