"""TypiClust and ProbCover against their plain implementations."""

import statistics
import time

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.cluster import MiniBatchKMeans

from alcore.strategies.coverage import probcover, pseudo_delta, typiclust
from tests.benchmarks.measure import Result, compare


def run() -> list[Result]:
    """10,000 x 64 in 20 groups, 100 labelled, k = 100; ProbCover must pick the same points both ways."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(20, 64))
    features, known = (centres[rng.integers(20, size=n)] + rng.normal(size=(n, 64)) for n in (10_000, 100))
    times, delta = [], 0.0
    for _ in range(3):
        started = time.perf_counter()
        delta = pseudo_delta(features, 20, rng=np.random.default_rng(0))
        times.append(time.perf_counter() - started)
    picks: dict[str, list[int]] = {}

    def published_cover() -> None:
        within = cdist(features, features) <= delta
        covered = (cdist(features, known) <= delta).any(axis=1)
        chosen: list[int] = []
        for _ in range(100):
            gains = (within & ~covered).sum(axis=1)
            gains[chosen] = -1
            chosen.append(int(gains.argmax()))
            covered |= within[chosen[-1]]
        picks["published"] = chosen

    def our_cover() -> None:
        picks["ours"] = probcover(features, known, 100, delta).indices.tolist()

    def published_typical() -> None:
        both = np.concatenate([known, features])
        labels = MiniBatchKMeans(200, n_init=1, batch_size=5000, random_state=0).fit_predict(both)
        sizes, covered = np.bincount(labels, minlength=200), np.bincount(labels[:100], minlength=200)
        order = [c for c in np.lexsort((-sizes, covered)) if sizes[c] > 5]
        labels[:100] = -1
        for turn in range(100):
            rows = np.flatnonzero(labels == order[turn % len(order)])
            nearest = min(20, max(1, len(rows) // 2))
            distances = np.sort(cdist(both[rows], both[rows]), axis=1)[:, 1 : nearest + 1]
            labels[rows[distances.mean(axis=1).argmin()]] = -1

    def our_typical() -> None:
        typiclust(features, known, 100, rng=np.random.default_rng(0))

    results = [
        compare(f"ProbCover, 10,000 x 64, 100 labelled, k = 100, delta = {delta:.2f}", published_cover, our_cover),
        compare("TypiClust, 10,000 x 64, 100 labelled, k = 100", published_typical, our_typical),
    ]
    if picks["published"] != picks["ours"]:
        raise AssertionError("the two ways picked different points")
    results[0]["seconds_to_choose_delta"] = round(statistics.median(times), 4)
    return results
