"""Query policies of a stream: thresholds on uncertainty, and the budget they keep.

Uncertainty is one minus the probability of the most probable class. An arriving point is queried where its uncertainty
is at least the threshold and there is budget.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]

# The rounding error of a product of a share and a whole number.
DUST = 1e-9
# So low a threshold queries nearly every point, and rises again within some dozens of queries.
LOWEST_QUANTILE = 1e-6


class Randomness(NamedTuple):
    """The random numbers of one arrival in S streams.

    Attributes:
        uniform_S: in [0, 1).
        normal_S: standard normal.
        selection_probability_S: the probability of a query at which the budget is spent evenly.
    """

    uniform_S: Floats
    normal_S: Floats
    selection_probability_S: Floats


@dataclass(frozen=True)
class QueryPolicy:
    """A threshold on uncertainty and how it changes.

    The threshold changes at arrivals for which there was budget, and at no others.

    Attributes:
        name: its key.
        label: its name for people.
        description: one plain sentence of what it does.
        formula: in LaTeX, of the uncertainty u, the threshold t and the probability p of the likeliest class.
        source: where it was published.
        initial: the threshold before the first arrival.
        threshold: (state_S, chance) -> the threshold of this arrival, in [0, 1].
        update: (state_S, asked_S, share of the arrivals that the budget pays for) -> the next state.
    """

    name: str
    label: str
    description: str
    formula: str
    source: str
    initial: float
    threshold: Callable[[Floats, Randomness], Floats]
    update: Callable[[Floats, Bools, float], Floats]


@dataclass(frozen=True)
class Budget:
    """Labels that may be spent on a stream: a share of what has arrived, and a number never exceeded.

    After t arrivals at most ceil(share t) labels are spent, so that the first arrival may be queried;
    labels that are not spent are kept for later.

    Attributes:
        share: of the arrivals, above 0 to 1.
        limit: labels in all; None for no other limit than the share.

    Raises:
        ValueError: if the share or the limit is out of range.
    """

    share: float
    limit: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1 or (self.limit is not None and self.limit < 0):
            raise ValueError(
                f"a budget needs a share above 0, at most 1, and a limit of 0 or more, got {self.share} and "
                f"{self.limit}"
            )

    def earned(self, arrivals: int) -> int:
        """How many labels may be spent on so many arrivals."""
        by_share = math.ceil(self.share * arrivals - DUST)
        return by_share if self.limit is None else min(by_share, self.limit)

    def has_budget(self, arrivals: int, spent_S: NDArray[np.int64]) -> Floats:
        """The probability of a query at the arrival of that number with which each label is spent in time.

        A label is earned every 1 / share arrivals. Queries with this probability spend it on one of them, all equally
        likely (Knuth's selection sampling): the budget's own pace, whatever the points are.
        """
        earned = self.earned(arrivals)
        left = math.floor(earned / self.share + DUST) - arrivals + 1
        return np.clip((earned - spent_S) / max(left, 1), 0, 1)


def decide(
    policy: QueryPolicy, state_S: Floats, uncertainty_S: Floats, may_S: Bools, chance: Randomness, share: float
) -> tuple[Floats, Bools, Floats]:
    """One arrival of S streams.

    Args:
        policy: of all of them.
        state_S: their states so far.
        uncertainty_S: of the arriving points.
        may_S: whether there is budget.
        chance: the random numbers.
        share: of the arrivals that the budget pays for.

    Returns:
        the thresholds, whether to query, and the states for the next arrival.
    """
    threshold_S = policy.threshold(state_S, chance)
    asked_S = may_S & (uncertainty_S >= threshold_S)
    return threshold_S, asked_S, np.where(may_S, policy.update(state_S, asked_S, share), state_S)


def fixed(threshold: float = 0.3) -> QueryPolicy:
    """Query where the uncertainty is at least a constant threshold; 0 queries always, 1 never."""
    return QueryPolicy(
        "fixed",
        "Fixed threshold",
        "Queries every point whose uncertainty is at least a constant threshold.",
        r"u(x) = 1 - \max_y p(y \mid x) \ge t",
        "Zliobaite, Bifet, Pfahringer & Holmes (2014)",
        threshold,
        lambda threshold_S, chance: np.clip(threshold_S, 0, 1),
        lambda threshold_S, asked_S, share: threshold_S,
    )


def variable(step: float = 0.01) -> QueryPolicy:
    """Lower the threshold after each skip and raise it after each query, so that the budget is spent.

    Args:
        step: the share by which the largest probability that is still queried grows or shrinks.

    Raises:
        ValueError: if the step is not between 0 and 1.
    """
    return QueryPolicy(
        "variable",
        "Variable threshold",
        "Lowers its threshold after each skipped point and raises it after each query, so that the budget is "
        "spent on the points that are most uncertain lately.",
        r"\max_y p(y \mid x) < \theta, \qquad \theta \leftarrow \theta (1 \mp s)",
        "Zliobaite, Bifet, Pfahringer & Holmes (2014)",
        0.0,
        lambda threshold_S, chance: np.clip(threshold_S, 0, 1),
        _adapt(step),
    )


def randomised(step: float = 0.01, spread: float = 1.0) -> QueryPolicy:
    """The variable threshold, multiplied at each arrival by a normal number around 1.

    Some points of low uncertainty are queried too, so that change there is noticed.

    Args:
        step: as of `variable`.
        spread: standard deviation of the factor; 0 is `variable`.

    Raises:
        ValueError: if the step is not between 0 and 1, or the spread is negative.
    """
    if spread < 0:
        raise ValueError(f"the spread of a randomised threshold must be 0 or more, got {spread}")
    return QueryPolicy(
        "randomised",
        "Randomised variable threshold",
        "Multiplies the variable threshold by a random factor, so that some points of low uncertainty are queried too.",
        r"\max_y p(y \mid x) < \theta \eta, \qquad \eta \sim \mathcal{N}(1, \delta^2)",
        "Zliobaite, Bifet, Pfahringer & Holmes (2014)",
        0.0,
        lambda threshold_S, chance: np.clip(1 - (1 - threshold_S) * (1 + spread * chance.normal_S), 0, 1),
        _adapt(step),
    )


def quantile(step: float = 0.3) -> QueryPolicy:
    """Follow the quantile of uncertainty above which lie as many points as the budget pays for.

    Each query raises the threshold and each skip lowers it, in the proportion at which both cancel out where a share
    of the arrivals is queried. With the equal steps of `variable` they cancel out where half of them are: nearly any
    point is queried as soon as there is budget.

    Args:
        step: how fast it follows, as the logarithm of a factor.

    Raises:
        ValueError: if the step is not positive.
    """
    if step <= 0:
        raise ValueError(f"the step of a quantile threshold must be positive, got {step}")

    def adapt(threshold_S: Floats, asked_S: Bools, share: float) -> Floats:
        moved_S = threshold_S * np.exp(step * np.where(asked_S, 1 - share, -share))
        return np.clip(moved_S, LOWEST_QUANTILE, 1)

    return QueryPolicy(
        "quantile",
        "Quantile threshold",
        "Raises its threshold at each query and lowers it a little at each skip, so that the most uncertain points "
        "are queried, as many as the budget pays for.",
        r"u(x) \ge t, \qquad \ln t \leftarrow \ln t + s \, (\mathbb{1}[\text{queried}] - \text{share})",
        "stochastic approximation of a quantile (Robbins & Monro 1951)",
        0.1,
        lambda threshold_S, chance: threshold_S,
        adapt,
    )


def random_skipping() -> QueryPolicy:
    """Query at random, whatever the point: the baseline, which spends exactly the budget."""
    return QueryPolicy(
        "random",
        "Random sampling of the stream",
        "Queries at random, whatever the point, at the pace at which the budget is earned.",
        r"P(\text{query}) = \text{share}",
        "baseline",
        1.0,
        lambda threshold_S, chance: np.where(chance.uniform_S < chance.selection_probability_S, 0.0, 1.0),
        lambda threshold_S, asked_S, share: threshold_S,
    )


def _adapt(step: float) -> Callable[[Floats, Bools, float], Floats]:
    if not 0 < step < 1:
        raise ValueError(f"the step of a variable threshold must be between 0 and 1, got {step}")
    return lambda threshold_S, asked_S, share: 1 - (1 - threshold_S) * np.where(asked_S, 1 - step, 1 + step)


POLICIES: dict[str, Callable[[], QueryPolicy]] = {
    "fixed": fixed,
    "variable": variable,
    "randomised": randomised,
    "quantile": quantile,
    "random": random_skipping,
}
