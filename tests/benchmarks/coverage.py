"""k-center: one distance column a pick against all distances again for every pick."""

import numpy as np
from scipy.spatial.distance import cdist

from alcore.strategies.selection import k_center
from tests.benchmarks.measure import Result, compare


def run() -> list[Result]:
    """10,000 x 64, 100 labelled, k = 100; both ways must pick the same points."""
    rng = np.random.default_rng(0)
    features, labeled = rng.normal(size=(10_000, 64)), rng.normal(size=(100, 64))
    picks: dict[str, list[int]] = {}

    def published() -> None:
        chosen: list[int] = []
        for _ in range(100):
            distance_N = cdist(features, np.concatenate([labeled, features[chosen]])).min(axis=1)
            distance_N[chosen] = -1
            chosen.append(int(distance_N.argmax()))
        picks["published"] = chosen

    def ours() -> None:
        picks["ours"] = k_center(features, labeled, 100).indices.tolist()

    result = compare("k-center, 10,000 x 64, 100 labelled, k = 100", published, ours, runs=5)
    if picks["published"] != picks["ours"]:
        raise AssertionError("the two ways picked different points")
    return [result]
