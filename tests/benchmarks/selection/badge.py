"""BADGE: factorised distances against gradient embeddings written down."""

import tracemalloc

import numpy as np

from alcore.strategies.gradient import badge
from tests.benchmarks.measure import Result, compare


def run() -> list[Result]:
    """10,000 x 64, 10 classes, k = 100; both ways must pick the same points from the same draws."""
    rng = np.random.default_rng(0)
    probs, features = rng.dirichlet(np.full(10, 0.4), size=10_000), rng.normal(size=(10_000, 64))
    picks: dict[str, list[int]] = {}

    def published() -> None:
        draws = np.random.default_rng(1)
        error = probs - np.eye(10)[probs.argmax(axis=1)]
        embeddings = (error[:, :, None] * features[:, None, :]).reshape(10_000, -1)
        chosen = [int((embeddings**2).sum(axis=1).argmax())]
        nearest = np.full(10_000, np.inf)
        while len(chosen) < 100:
            nearest = np.minimum(nearest, ((embeddings - embeddings[chosen[-1]]) ** 2).sum(axis=1))
            total = np.cumsum(nearest)
            chosen.append(int(np.searchsorted(total, draws.random() * total[-1], side="right")))
        picks["published"] = chosen

    def ours() -> None:
        picks["ours"] = badge(probs, features, 100, rng=np.random.default_rng(1)).indices.tolist()

    result = compare("BADGE, 10,000 x 64, 10 classes, k = 100", published, ours)
    if picks["published"] != picks["ours"]:
        raise AssertionError("the two ways picked different points")
    tracemalloc.start()
    ours()
    result["megabytes_at_most"] = round(tracemalloc.get_traced_memory()[1] / 1e6, 1)
    tracemalloc.stop()
    return [result]
