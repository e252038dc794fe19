"""BatchBALD: bounds, and single precision where it decides, against every candidate for every pick."""

import statistics
import time
import tracemalloc

import numpy as np

from alcore.strategies.batchbald import batchbald
from tests.benchmarks.measure import Result, compare

POINTS, SAMPLES, CLASSES, PICKS = 10_000, 100, 10, 10
OUTCOMES = 4_000


def run() -> list[Result]:
    """10,000 points, K = 100, C = 10, k = 10, with functions as a model has them.

    Beside the ratio: the peak of memory over the probabilities themselves (from a run of its own), what both
    batches really hold (from 50,000 outcomes), and the worst cases, where all points tell equally much, so
    that no bound rules any of them out: every distribution drawn on its own, near copies of one informative
    point, and half of each.
    """
    probs_N_K_C = functions()
    picks: dict[str, list[int]] = {}

    def plain() -> None:
        picks["published"] = published(probs_N_K_C)

    def ours() -> None:
        picks["ours"] = chosen(probs_N_K_C)

    result = compare("BatchBALD, 10,000 points, K = 100, C = 10, k = 10", plain, ours)
    tracemalloc.start()
    ours()
    result["peak_megabytes"] = round(tracemalloc.get_traced_memory()[1] / 1e6)
    tracemalloc.stop()
    for way, rows in picks.items():
        batch = batchbald(probs_N_K_C[rows], PICKS, rng=np.random.default_rng(1), num_samples=50_000)
        result[f"joint_information_{way}"] = round(float(batch.scores[-1]), 4)
    result["worst_case_seconds"] = {}
    for case, probs in worst_cases().items():
        times = []
        for _ in range(3):
            started = time.perf_counter()
            chosen(probs)
            times.append(time.perf_counter() - started)
        result["worst_case_seconds"][case] = round(statistics.median(times), 4)
    print({key: result[key] for key in list(result)[5:]}, flush=True)
    return [result]


def chosen(probs_N_K_C: np.ndarray) -> list[int]:
    """The library's batch."""
    batch = batchbald(probs_N_K_C, PICKS, rng=np.random.default_rng(0), num_samples=OUTCOMES)
    return batch.indices.tolist()


def functions() -> np.ndarray:
    """K softmax regressions drawn around one another, over ten overlapping clusters."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(CLASSES, 32))
    x = centres[rng.integers(CLASSES, size=POINTS)] + rng.normal(size=(POINTS, 32))
    w = centres / 2 + rng.normal(size=(SAMPLES, CLASSES, 32)) / 4
    logits = x @ w.reshape(-1, 32).T
    odds = np.exp(logits.reshape(POINTS, SAMPLES, CLASSES))
    return (odds / odds.sum(axis=2, keepdims=True)).astype(np.float32)


def worst_cases() -> dict[str, np.ndarray]:
    """Pools in which every point tells as much as any other."""
    rng = np.random.default_rng(0)
    drawn = rng.dirichlet(np.full(CLASSES, 0.5), size=(POINTS, SAMPLES))
    copies = drawn[:1] * (1 + 1e-3 * rng.random(drawn.shape))
    copies /= copies.sum(axis=2, keepdims=True)
    half = np.concatenate([drawn[: POINTS // 2], copies[POINTS // 2 :]])
    cases = {"noise": drawn, "near copies": copies, "half noise, half near copies": half}
    return {case: probs.astype(np.float32) for case, probs in cases.items()}


def published(probs_N_K_C: np.ndarray) -> list[int]:
    """Kirsch, van Amersfoort & Gal: exact joint entropies, then outcomes drawn from every sample in turn."""
    rng = np.random.default_rng(0)
    within_N = -np.mean(np.sum(probs_N_K_C * np.log(np.maximum(probs_N_K_C, 1e-30)), axis=2), axis=1)
    joint_S_K, weights_S = np.ones((1, SAMPLES)), np.ones(1)
    picks: list[int] = []
    while True:
        entropy_N = np.empty(POINTS)
        for start in range(0, POINTS, 20):
            part_K_NC = probs_N_K_C[start : start + 20].transpose(1, 0, 2).reshape(SAMPLES, -1)
            p_S_NC = joint_S_K @ part_K_NC.astype(np.float64) / SAMPLES
            total_NC = -(weights_S @ (p_S_NC * np.log(np.maximum(p_S_NC, 1e-300))))
            entropy_N[start : start + 20] = total_NC.reshape(-1, CLASSES).sum(axis=1)
        score_N = entropy_N - within_N
        score_N[picks] = -np.inf
        picks.append(int(score_N.argmax()))
        if len(picks) == PICKS:
            return picks
        chosen_K_C = [probs_N_K_C[row].astype(np.float64) for row in picks]
        if len(joint_S_K) * CLASSES <= OUTCOMES and len(joint_S_K) == CLASSES ** (len(picks) - 1):
            joint_S_K = (joint_S_K[:, None] * chosen_K_C[-1].T).reshape(-1, SAMPLES)
            weights_S = np.ones(len(joint_S_K))
            continue
        joint_S_K = np.ones((OUTCOMES, SAMPLES))
        sample_S = np.arange(OUTCOMES) % SAMPLES
        for p_K_C in chosen_K_C:
            below_S_C = np.cumsum(p_K_C, axis=1)[sample_S] < rng.random((OUTCOMES, 1))
            joint_S_K *= p_K_C.T[np.minimum(below_S_C.sum(axis=1), CLASSES - 1)]
        weights_S = 1 / (OUTCOMES * joint_S_K.mean(axis=1))
