"""k-center, TypiClust and BatchBALD against scikit-activeml, in turn in one process.

Install it beside the project: `pip install --no-deps scikit-activeml makefun iteration-utilities`.
"""

import warnings
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from alcore.strategies.batchbald import batchbald
from alcore.strategies.coverage import typiclust
from alcore.strategies.geometry.clusters import cluster_labels
from alcore.strategies.selection import k_center
from tests.benchmarks.measure import Result, compare

POINTS, DIMENSIONS, LABELED, K = 10_000, 64, 100, 100
# A committee rather than a posterior: few members, few classes, few picks.
MEMBERS, CLASSES, PICKS = 20, 4, 5


def run() -> list[Result]:
    """10,000 x 64 in 20 groups, 100 labelled, k = 100; and a committee of 20, 4 classes, 5 picks."""
    if find_spec("skactiveml") is None:
        print("peers: pip install --no-deps scikit-activeml makefun iteration-utilities")
        return []
    from skactiveml.pool import CoreSet, TypiClust, batch_bald

    warnings.filterwarnings("ignore", module="skactiveml")
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(20, DIMENSIONS))
    features, known = (centres[rng.integers(20, size=n)] + rng.normal(size=(n, DIMENSIONS)) for n in (POINTS, LABELED))
    both, y = np.concatenate([known, features]), np.full(LABELED + POINTS, np.nan)
    y[:LABELED] = 0
    probs_N_K_C = committee(rng)
    probs_K_N_C = np.ascontiguousarray(probs_N_K_C.transpose(1, 0, 2))
    picks: dict[str, list[int]] = {}

    def their_centres() -> None:
        picks["theirs"] = (CoreSet(random_state=0).query(both, y, batch_size=K) - LABELED).tolist()

    def our_centres() -> None:
        picks["ours"] = k_center(features, known, K).indices.tolist()

    results = [
        compare(f"k-center against scikit-activeml, {POINTS:,} x {DIMENSIONS}, k = {K}", their_centres, our_centres),
        compare(
            f"TypiClust against scikit-activeml, {POINTS:,} x {DIMENSIONS}, k = {K}",
            lambda: TypiClust(random_state=0).query(both, y, batch_size=K),
            lambda: typiclust(features, known, K, rng=np.random.default_rng(0)),
        ),
        compare(
            f"BatchBALD against scikit-activeml, {POINTS:,} points, K = {MEMBERS}, C = {CLASSES}, k = {PICKS}",
            lambda: batch_bald(probs_K_N_C, PICKS, random_state=0),
            lambda: batchbald(probs_N_K_C, PICKS, rng=np.random.default_rng(0)),
        ),
    ]
    if picks["ours"] != picks["theirs"]:
        raise AssertionError("the two ways picked different points")
    results[1] |= inertias(both)
    batch = batchbald(probs_N_K_C, PICKS, rng=np.random.default_rng(0))
    results[2] |= {"exact": all(batch.exact), "joint_information": round(float(batch.scores[-1]), 4)}
    return results


def committee(rng: np.random.Generator) -> NDArray[np.float64]:
    """Softmax regressions drawn around one another, over overlapping clusters: (points, members, classes)."""
    centres = rng.normal(size=(CLASSES, 32))
    x = centres[rng.integers(CLASSES, size=POINTS)] + rng.normal(size=(POINTS, 32))
    w = centres / 2 + rng.normal(size=(MEMBERS, CLASSES, 32)) / 4
    odds = np.exp((x @ w.reshape(-1, 32).T).reshape(POINTS, MEMBERS, CLASSES))
    return odds / odds.sum(axis=2, keepdims=True)


def inertias(x: NDArray[np.float64]) -> dict[str, float]:
    """Mean squared distance from the centres of 200 clusters: theirs (k-means to its end) and ours."""
    from sklearn.cluster import KMeans

    theirs, ours = (
        [inertia(x, labels(seed)) for seed in range(5)]
        for labels in (
            lambda seed: KMeans(LABELED + K, random_state=seed).fit_predict(x),
            lambda seed: cluster_labels(x, LABELED + K, rng=np.random.default_rng(seed)),
        )
    )
    return {"inertia_theirs": round(float(np.mean(theirs)), 3), "inertia_ours": round(float(np.mean(ours)), 3)}


def inertia(x: NDArray[np.float64], labels: NDArray) -> float:
    """The mean squared distance of the points from the means of their clusters."""
    means = np.stack([x[labels == one].mean(axis=0) for one in np.unique(labels)])
    return float(((x - means[np.searchsorted(np.unique(labels), labels)]) ** 2).sum(axis=1).mean())
