"""Models with the gradient of their uncertainty, along which queries are synthesised."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.learners.base import Learner
from alcore.logistic.batched import probabilities, solve
from alcore.rng import rng_for
from alcore.strategies.arrays import to_numpy

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]

# A logit beyond this is certainty.
CERTAIN = 1e9


class QueryModel(Protocol):
    """S models of one kind, on points as rows of numbers.

    Attributes:
        models: coefs_S_K_P after each fit, of logistic regressions; empty of anything else.
    """

    models: list[Floats]

    def fit(self, x_S_M_D: Floats, y_S_M: Ints, number: int) -> None:
        """Train on the labels of a round."""

    def probs(self, x_S_N_D: Floats) -> Floats:
        """probs_S_N_C."""

    def entropies(self, x_S_N_D: Floats) -> tuple[Floats, Floats]:
        """entropies_S_N in nats and gradients_S_N_D."""


class LogisticModels:
    """Logistic regressions, scikit-learn's default, solved together."""

    def __init__(self, classes: int) -> None:
        """Nothing is fitted yet."""
        self.classes = classes
        self.models: list[Floats] = []

    def fit(self, x_S_M_D: Floats, y_S_M: Ints, number: int) -> None:
        """Fit, beginning from the last round's."""
        start = self.models[-1] if self.models else None
        self.models.append(solve(x_S_M_D, y_S_M, classes=self.classes, start=start))

    def probs(self, x_S_N_D: Floats) -> Floats:
        """probs_S_N_C."""
        coefs_S_K_P = self.models[-1]
        z_S_K_N = coefs_S_K_P[..., :-1] @ x_S_N_D.transpose(0, 2, 1) + coefs_S_K_P[..., -1:]
        return probabilities(z_S_K_N).transpose(0, 2, 1)

    def entropies(self, x_S_N_D: Floats) -> tuple[Floats, Floats]:
        """See `logistic_entropies`."""
        return logistic_entropies(self.models[-1], x_S_N_D)


class Network:
    """A network as a `QueryModel`, S = 1."""

    def __init__(self, learner: Learner, dataset: Dataset, *, seed: int) -> None:
        """Wrap a network.

        Args:
            learner: a network, not fitted yet.
            dataset: its points have the shape of one point.
            seed: of the training.

        Raises:
            ValueError: if the learner is not a network.
        """
        if not hasattr(learner, "entropy_gradients"):
            raise ValueError(f"gradients with respect to the input need a network, not {learner.title}")
        self.learner: Any = learner
        self.shape = dataset.x_pool.shape[1:]
        self.seed = seed
        self.models: list[Floats] = []

    def fit(self, x_S_M_D: Floats, y_S_M: Ints, number: int) -> None:
        """Train with the random stream that a session has in this round."""
        rng = rng_for(self.seed, "train", number)
        self.learner.fit(self._placed(x_S_M_D), y_S_M[0], rng=rng)

    def probs(self, x_S_N_D: Floats) -> Floats:
        """probs_S_N_C."""
        return to_numpy(self.learner.predict_probs(self._placed(x_S_N_D)))[None]

    def entropies(self, x_S_N_D: Floats) -> tuple[Floats, Floats]:
        """See `NetworkLearner.entropy_gradients`."""
        entropies_N, gradients_N = self.learner.entropy_gradients(self._shaped(x_S_N_D))
        return entropies_N[None], gradients_N.reshape(x_S_N_D.shape)

    def _shaped(self, x_S_N_D: Floats) -> NDArray[np.float32]:
        return x_S_N_D[0].reshape(-1, *self.shape).astype(np.float32)

    def _placed(self, x_S_N_D: Floats) -> Any:
        return self.learner.prepare(self._shaped(x_S_N_D))


def logistic_entropies(coefs_S_K_P: Floats, x_S_N_D: Floats) -> tuple[Floats, Floats]:
    """The entropy of each model's prediction and its gradient with respect to the point.

    With logits z and probabilities p the entropy H falls by p_c (ln p_c + H) for each unit of z_c.

    Args:
        coefs_S_K_P: models, see `solve`.
        x_S_N_D: points of each.

    Returns:
        entropies_S_N in nats and gradients_S_N_D.
    """
    if coefs_S_K_P.shape[1] == 1:
        coefs_S_K_P = np.concatenate([-coefs_S_K_P / 2, coefs_S_K_P / 2], axis=1)
    weights_S_K_D, bias_S_K = coefs_S_K_P[..., :-1], np.clip(coefs_S_K_P[..., -1], -CERTAIN, CERTAIN)
    z_S_N_K = x_S_N_D @ weights_S_K_D.transpose(0, 2, 1) + bias_S_K[:, None]
    z_S_N_K -= z_S_N_K.max(axis=2, keepdims=True)
    log_probs_S_N_K = z_S_N_K - np.log(np.exp(z_S_N_K).sum(axis=2, keepdims=True))
    probs_S_N_K = np.exp(log_probs_S_N_K)
    entropies_S_N_1 = -(probs_S_N_K * log_probs_S_N_K).sum(axis=2, keepdims=True)
    slopes_S_N_K = -probs_S_N_K * (log_probs_S_N_K + entropies_S_N_1)
    return entropies_S_N_1[..., 0], slopes_S_N_K @ weights_S_K_D
