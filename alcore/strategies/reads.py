"""What a strategy needs: the properties of a view that it reads, found by a trial on a small example."""

from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from alcore.strategies.pool_view import PoolView

if TYPE_CHECKING:
    from alcore.strategies.strategy import Strategy


def properties_read(strategy: "Strategy") -> tuple[str, ...]:
    """Names of the properties that a strategy reads, in the order of the first reading.

    Args:
        strategy: it chooses 2 of 24 points of three classes, beside six labelled points, or as many as it takes for it
            not to be early.
    """
    labels = 6 if strategy.early is None else max(6, ceil(strategy.early.labels_per_class * 3))
    rng = np.random.default_rng(0)
    probs_N_K_C = rng.dirichlet(np.ones(3), size=(24, 4))
    values: dict[str, Any] = {
        "probs_N_C": probs_N_K_C.mean(axis=1),
        "probs_N_K_C": probs_N_K_C,
        "features_N_D": rng.normal(size=(24, 2)),
        "labeled_M_D": rng.normal(size=(labels, 2)),
        "labeled_probs_M_C": rng.dirichlet(np.ones(3), size=labels),
        "labels_M": np.arange(labels) % 3,
        "gradient_lengths_N": rng.random(24),
        "classes": 3,
        "candidates": None,
        "delta": 0.5,
    }
    read: dict[str, None] = {}

    def noted(name: str) -> Callable[[], Any]:
        def source() -> Any:
            read[name] = None
            return values[name]

        return source

    strategy.select(PoolView(np.arange(24), **{name: noted(name) for name in values}), 2, rng)
    return tuple(read)
