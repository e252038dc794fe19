"""What a batch's labels could turn out to be, and what each outcome would say about the model."""

from dataclasses import dataclass

import numpy as np
from array_api_compat import array_namespace, device
from numpy.typing import NDArray

from alcore.strategies.arrays import Array, to_numpy
from alcore.strategies.samples import entropies, safe_log

NEGLIGIBLE = 1e-18  # the square is above the smallest normal number of single precision


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Joint outcomes of the labels of the points picked so far: all of them, or a weighted sample.

    Attributes:
        odds_S: probability of each outcome; sums to 1.
        posterior_S_K: probability of each posterior sample given the outcome; each row sums to 1.
        exact: whether every outcome of any probability is there.
    """

    odds_S: Array
    posterior_S_K: Array
    exact: bool = True

    def __len__(self) -> int:
        """The number of outcomes."""
        return int(self.odds_S.shape[0])

    def trimmed(self, error: float) -> "Outcomes":
        """Without the outcomes that leave nothing to learn; no gain falls by more than `error`.

        An outcome adds to any gain at most its odds times the entropy of its posterior.
        """
        most_S = to_numpy(self.odds_S * entropies(self.posterior_S_K))
        order = np.argsort(most_S, kind="stable")
        left_out = int(np.searchsorted(np.cumsum(most_S[order]), error, side="right"))
        rows = np.sort(order[left_out:])
        index = array_namespace(self.odds_S).asarray(rows, device=device(self.odds_S))
        return Outcomes(self.odds_S[index], self.posterior_S_K[index, ...], self.exact)

    def single(self) -> "Outcomes":
        """In single precision."""
        return Outcomes(single(self.odds_S), single(self.posterior_S_K), self.exact)

    def gains(self, probs_N_K_C: Array, entropies_N_K: Array) -> Array:
        """Mutual information of each point's label and the model, given the picks' labels, in nats.

        Args:
            probs_N_K_C: distributions, in the precision of the outcomes.
            entropies_N_K: their entropies.

        Returns:
            gains_N, not negative beyond rounding.
        """
        xp = array_namespace(probs_N_K_C)
        _, samples, classes = probs_N_K_C.shape
        probs_K_NC = xp.reshape(xp.permute_dims(probs_N_K_C, (1, 0, 2)), (samples, -1))
        predicted_S_NC = self.posterior_S_K @ probs_K_NC
        logs_S_NC = safe_log(predicted_S_NC)
        logs_S_NC *= predicted_S_NC
        total_N_C = xp.reshape(-(self.odds_S @ logs_S_NC), (-1, classes))
        return xp.sum(total_N_C, axis=1) - entropies_N_K @ (self.odds_S @ self.posterior_S_K)

    def merged(self, groups: int) -> "Outcomes":
        """Neighbouring outcomes told apart no longer; by Jensen's inequality no gain becomes smaller."""
        xp = array_namespace(self.odds_S)
        joint_S_K = self.odds_S[:, None] * self.posterior_S_K
        edges = np.linspace(0, len(self), groups + 1).astype(int)
        joint_G_K = xp.stack([xp.sum(joint_S_K[a:b, :], axis=0) for a, b in zip(edges, edges[1:], strict=False)])
        odds_G = xp.sum(joint_G_K, axis=1)
        return Outcomes(odds_G, joint_G_K / odds_G[:, None], exact=False)

    def extended(self, probs_K_C: Array, largest: int, num_samples: int, rng: np.random.Generator) -> "Outcomes":
        """With one more pick; thinned to `num_samples` outcomes if there would be more than `largest`."""
        xp = array_namespace(self.odds_S)
        odds_S_C = self.odds_S[:, None] * (self.posterior_S_K @ probs_K_C)
        odds_SC = to_numpy(xp.reshape(odds_S_C, (-1,)))
        kept = np.nonzero(odds_SC > 0)[0]
        weights = odds_SC[kept]
        thin = len(kept) > max(num_samples, largest if self.exact else 0)
        if thin:
            chosen, weights = thinned(weights, num_samples, rng)
            kept = kept[chosen]
        where = device(self.odds_S)
        outcome, label = (xp.asarray(rows, device=where) for rows in divmod(kept, probs_K_C.shape[1]))
        joint_S_K = self.posterior_S_K[outcome, ...] * probs_K_C.T[label, ...]
        posterior_S_K = joint_S_K / xp.sum(joint_S_K, axis=1)[:, None]
        # Outcomes of one likeliest sample side by side: neighbours are alike, for merging and for thinning.
        order_S = xp.argsort(xp.argmax(posterior_S_K, axis=1), stable=True)
        odds_S = xp.asarray(weights / weights.sum(), device=where)
        return Outcomes(odds_S[order_S], posterior_S_K[order_S, ...], self.exact and not thin)


def single(x: Array) -> Array:
    """Probabilities in single precision; zero where products would be too small for fast arithmetic."""
    xp = array_namespace(x)
    return xp.astype(xp.where(x < NEGLIGIBLE, xp.zeros_like(x), x), xp.float32)


def thinned(
    weights_S: NDArray[np.float64], size: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """At most `size` of the weights, and new weights for them, so that any sum is right on average.

    Weights above a threshold stay as they are; the others are drawn systematically, at odds proportional to
    themselves, and raised to the threshold. The best unbiased choice there is, in mean squared error.

    Source: Fearnhead & Clifford (2003).
    """
    order = np.argsort(-weights_S, kind="stable")
    sorted_S = weights_S[order]
    tails = np.cumsum(sorted_S[::-1])[::-1][:size]
    thresholds = tails / (size - np.arange(size))
    whole = int(np.argmax(sorted_S[:size] <= thresholds))
    small = np.sort(order[whole:])
    steps = np.floor(np.cumsum(weights_S[small] / thresholds[whole]) + rng.random())
    drawn = small[np.diff(steps, prepend=0.0) > 0]
    chosen = np.sort(np.concatenate([order[:whole], drawn]))
    return chosen, np.maximum(thresholds[whole], weights_S[chosen])
