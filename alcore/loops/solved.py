"""A logistic regression that a race has solved, as strategies see it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.learners.committee import bootstrap_rows
from alcore.learners.learner import COMMITTEE
from alcore.strategies.newton import predict, solve


@dataclass(frozen=True, eq=False)
class SolvedLogistic:
    """One racer's model: what `alcore.learners` would give, without fitting one model at a time.

    Attributes:
        coefs_K_P: its coefficients, see `newton.solve`.
        x_M: the labelled points.
        y_M: their labels.
        classes: how many classes there are.
    """

    coefs_K_P: NDArray[np.float64]
    x_M: NDArray[np.float64]
    y_M: NDArray[np.int64]
    classes: int

    title = "logistic regression"
    provides = frozenset({"gradient_lengths_N"})

    @property
    def record(self) -> dict[str, str]:
        """How and where it computes."""
        return {"device": "cpu", "scoring": "float64"}

    def place(self, x: NDArray) -> NDArray:
        """The points themselves."""
        return x

    def fit(self, x_M: NDArray, y_M: NDArray, *, rng: np.random.Generator) -> float:
        """A race solves all its models together instead."""
        raise RuntimeError("a solved model is not fitted again")

    def predict_probs(self, x_N: NDArray) -> NDArray:
        """probs_N_C."""
        return predict(self.coefs_K_P[None], x_N)[0]

    def features(self, x_N: NDArray) -> NDArray:
        """The points themselves."""
        return x_N

    def sample_probs(self, x_N: NDArray, samples: int | None, *, rng: np.random.Generator) -> NDArray:
        """probs_N_K_C of a bootstrap committee, all members solved together."""
        rows_K_M = np.stack(bootstrap_rows(self.y_M, samples or COMMITTEE, rng=rng))
        members_B_K_P = solve(self.x_M[rows_K_M], self.y_M[rows_K_M], classes=self.classes)
        return predict(members_B_K_P, x_N).transpose(1, 0, 2)

    def layers(self, x_N: NDArray) -> tuple[list[NDArray], list[NDArray]]:
        """One layer, which the points themselves enter."""
        return [x_N], []

    def gradient_lengths(self, x_N: NDArray) -> NDArray:
        """Never asked for: see `layers`."""
        raise RuntimeError("gradient lengths of logistic regression come from its layers")
