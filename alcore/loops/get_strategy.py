"""Strategies as users give them, and which of them a learner can serve."""

from collections.abc import Callable
from typing import Any

import numpy as np

from alcore.did_you_mean import one_of
from alcore.learners.base import Learner
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.picks import of_probs
from alcore.strategies.strategy import Strategy

Array = Any
ScoreOfProbs = Callable[[Array], Array]
AnyStrategy = str | Strategy | ScoreOfProbs


def get_strategy(strategy: AnyStrategy) -> Strategy:
    """A strategy by its name, unchanged, or made of a score of class probabilities.

    Args:
        strategy: a key of `STRATEGIES`, a strategy, or a function `score(probs_N_C) -> scores_N`, which is
            tried on a small example.

    Raises:
        ValueError: if there is none of that name (the sentence lists those there are), or the function does
            not give one finite number a point.
    """
    if isinstance(strategy, Strategy):
        return strategy
    if isinstance(strategy, str):
        if strategy not in STRATEGIES:
            raise ValueError(one_of("strategy", strategy, STRATEGIES))
        return STRATEGIES[strategy]
    if not callable(strategy):
        raise ValueError(
            "a strategy must be a key of STRATEGIES, such as 'margin', a Strategy, or a function of class "
            f"probabilities, got {strategy!r}"
        )
    name = getattr(strategy, "__name__", "your score")
    example_N_C = np.array([[0.5, 0.3, 0.2], [1.0, 0.0, 0.0], [1 / 3, 1 / 3, 1 / 3], [0.1, 0.1, 0.8]])
    try:
        scores_N = np.asarray(strategy(example_N_C.copy()), dtype=np.float64)
    except Exception as error:
        raise ValueError(
            f"{name} must take probs_N_C (points x classes) and give one score a point; on a small example "
            f"it stopped with {type(error).__name__}: {error}"
        ) from error
    if scores_N.shape != (4,) or not np.isfinite(scores_N).all():
        raise ValueError(
            f"{name} must give one finite score a point; on an example of 4 points it gave {scores_N.tolist()}"
        )

    return Strategy(
        name=name,
        label=name,
        description="Queries the points that your own function scores highest.",
        formula=r"\mathrm{score}(p(\cdot \mid x))",
        source="you",
        cost="yours",
        score=of_probs(strategy),
    )


def check_compatible(strategy: Strategy, learner: Learner) -> None:
    """Refuse a strategy that reads an output which the learner does not have.

    Raises:
        ValueError: naming both, and the reason or learners that can.
    """
    lacks: dict[str, str] = getattr(learner, "lacks", {})
    for name in strategy.needs + (("gradient_features",) if strategy.gradient_features else ()):
        if name in lacks:
            raise ValueError(
                f"{strategy.label} needs the gradient of the last dense layer, but {lacks[name]}. Or choose a strategy "
                "that needs probabilities alone, such as margin"
            )
    if "gradient_lengths_N" in strategy.needs and "gradient_lengths_N" not in learner.capabilities:
        raise ValueError(
            f"{strategy.label} needs the lengths of its gradients from its learner, which {learner.title} does not "
            "give; logistic regression, the mlp and both convolutional networks do"
        )
