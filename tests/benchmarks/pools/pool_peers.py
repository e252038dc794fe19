"""The same batch by scikit-activeml, modAL and small-text, from an environment of their own.

Install them there, and name its Python: `ALCORE_PEERS=/path/to/python python -m tests.benchmarks pool_peers`.
"""

import os
import tempfile
from pathlib import Path

from tests.benchmarks.child import Spent, measured
from tests.benchmarks.measure import Result, hardware
from tests.benchmarks.pools.process import batch, labels_of, make_pool

SIZES, DIMENSIONS, K = (100_000, 1_000_000), 384, 1_000
LONGEST = 300

START = """
import sys
import numpy as np
from sklearn.linear_model import LogisticRegression
pool, labels, k = sys.argv[1], sys.argv[2], int(sys.argv[3])
X = np.load(pool).astype(np.float32)
lines = [line.strip().split(",") for line in open(labels)][1:]
rows = np.array([int(row) for row, _ in lines])
codes = np.array([int(label.split()[1]) for _, label in lines])
head = LogisticRegression(max_iter=1000)
"""
PEERS = {
    "modAL, margin": """
from modAL.models import ActiveLearner
from modAL.uncertainty import margin_sampling
learner = ActiveLearner(head, query_strategy=margin_sampling, X_training=X[rows], y_training=codes)
print(len(learner.query(np.delete(X, rows, axis=0), n_instances=k)[0]))
""",
    "scikit-activeml, margin": """
from skactiveml.classifier import SklearnClassifier
from skactiveml.pool import UncertaintySampling
y = np.full(len(X), np.nan)
y[rows] = codes
strategy = UncertaintySampling(method="margin_sampling", random_state=0)
print(len(strategy.query(X, y, clf=SklearnClassifier(head, classes=range(10)), batch_size=k)))
""",
    "scikit-activeml, k-center": """
from skactiveml.pool import CoreSet
y = np.full(len(X), np.nan)
y[rows] = codes
print(len(CoreSet(random_state=0).query(X, y, batch_size=k)))
""",
    "small-text, margin": """
from small_text import BreakingTies, PoolBasedActiveLearner, SklearnClassifierFactory, SklearnDataset
from scipy.sparse import csr_matrix
y = np.zeros(len(X), dtype=int)
y[rows] = codes
data = SklearnDataset(csr_matrix(X), y, target_labels=np.arange(10))
learner = PoolBasedActiveLearner(SklearnClassifierFactory(head, 10), BreakingTies(), data)
learner.initialize_data(rows, y[rows])
print(len(learner.query(num_samples=k)))
""",
    "small-text, k-center": """
from small_text.query_strategies.coresets import greedy_coreset
open_ = np.setdiff1d(np.arange(len(X)), rows)
print(len(greedy_coreset(X, open_, rows, k)))
""",
}


def run() -> list[Result]:
    """Seconds and peak memory of whole processes, ours beside theirs; the error or the kill is an answer too."""
    python = os.environ.get("ALCORE_PEERS")
    if python is None:
        print("pool_peers: set ALCORE_PEERS to the Python of an environment with scikit-activeml, modAL and small-text")
        return []
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for rows in SIZES:
            pool = make_pool(Path(folder), rows, DIMENSIONS)
            ways = {f"alcore, {strategy}": batch(pool, strategy, K) for strategy in ("margin", "k_center")}
            for name, program in PEERS.items():
                words = [python, "-c", START + program, str(pool), str(labels_of(pool)), str(K)]
                ways[name] = measured(words, seconds=LONGEST)
            for name, spent in ways.items():
                answer = "" if spent.ended else _failure(spent)
                print(f"{name}, {rows:,}: {spent.seconds:.1f} s, {spent.megabytes:,.0f} MB {answer}", flush=True)
                results.append(
                    {
                        "work": f"{K:,} of {rows:,} x {DIMENSIONS} float16: {name}",
                        "seconds": round(spent.seconds, 1),
                        "peak_megabytes": round(spent.megabytes),
                        "ended": answer or "well",
                        "hardware": hardware(),
                    }
                )
    return results


def _failure(spent: Spent) -> str:
    """How a process failed, in a line."""
    if spent.killed:
        return f"killed after {LONGEST} s"
    lines = spent.answer.splitlines()
    return lines[-1][:200] if lines else "killed"
