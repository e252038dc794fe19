"""How few labelled messages for 90 % and 95 %? The SMS Spam Collection at 50 starts; the protocol is `sms.md`."""

import os
from collections.abc import Callable
from functools import lru_cache, partial
from itertools import product
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.stats import binom
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, recall_score

from alcore.active_learner import ActiveLearner
from alcore.datasets import sms_spam
from alcore.datasets.sms_spam import CLASS_NAMES, messages, spam_problem, split
from alcore.home import alcore_home
from alcore.rng import rng_for
from tests.benchmarks.kept import kept
from tests.benchmarks.measure import Result, hardware, write

# Labels do not depend on what else the machine does.
ANY_LOAD = True
STARTS = 50
TARGETS = (0.9, 0.95)
# Labels of the first query; then one at a time up to so many labels, and five at a time up to the end.
FIRST, SINGLY, MOST = 5, 100, 300
REPORTED = (5, 10, 20, 40, 60, 100, 200, 300)
STRATEGIES = ("margin", "random")
CONFIDENCE = 0.95


def words(texts: NDArray[np.str_], rows: NDArray[np.int64]) -> Any:
    """TF-IDF weights of the 1,000 words most frequent in the pool."""
    return TfidfVectorizer(max_features=1000, dtype=np.float32).fit(texts[rows]).transform(texts)


def characters(texts: NDArray[np.str_], rows: NDArray[np.int64]) -> Any:
    """TF-IDF weights of the 5,000 runs of 2 to 4 characters within a word that are most frequent in the pool."""
    found = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 4), max_features=5000, sublinear_tf=True, dtype=np.float32
    )
    return found.fit(texts[rows]).transform(texts)


def embedded(texts: NDArray[np.str_], rows: NDArray[np.int64]) -> Any:
    """The mean of the static embeddings of a message's words; which messages are in the pool plays no part."""
    return sp.csr_matrix(_embeddings())


def both(texts: NDArray[np.str_], rows: NDArray[np.int64]) -> Any:
    """Embeddings beside characters; rows of each have the same length, which is halved for the embeddings."""
    return sp.hstack([0.5 * embedded(texts, rows), characters(texts, rows)]).tocsr()


FEATURES: dict[str, Callable[[NDArray[np.str_], NDArray[np.int64]], Any]] = {
    "embeddings and characters": both,
    "characters": characters,
    "embeddings": embedded,
    "words": words,
}


def run() -> list[Result]:
    """All starts of all features and strategies; the results file is written after each cell."""
    if missing := spam_problem(alcore_home()):
        print(f"not run: {missing}")
        return []
    wanted = os.environ.get("ALCORE_SMS", "; ".join(FEATURES)).split("; ")
    rows: list[Result] = []
    for features, strategy in product(wanted, STRATEGIES):
        starts = [
            kept(
                "sms",
                {"features": features, "strategy": strategy, "start": start, "protocol": 1},
                partial(one_start, features, strategy, start),
            )
            for start in range(STARTS)
        ]
        rows.append(summary(features, strategy, starts))
        print(rows[-1], flush=True)
        write("sms", rows)
    return rows


def one_start(features: str, strategy: str, start: int) -> dict[str, list[float]]:
    """Balanced accuracy, and recall and precision of spam, after each query.

    Args:
        features: a key of `FEATURES`.
        strategy: of the catalogue; its first labels are a diverse seed set, those of random are random.
        start: of the split and of every choice.
    """
    texts, y = _read()
    pool, test = split(y, rng_for(start, "data"))
    x = FEATURES[features](texts, pool)
    learner = ActiveLearner(
        LogisticRegression(C=10, class_weight="balanced", max_iter=2000),
        x[pool],
        classes=CLASS_NAMES,
        strategy=strategy,
        seed=start,
        # Distances, which the seed set alone reads, are those of the embeddings where there are any.
        features=_embeddings()[pool] if features.startswith("embeddings") else None,
    )
    names = np.array(CLASS_NAMES)
    found: dict[str, list[float]] = {"labels": [], "balanced": [], "recall": []}
    while learner.n_labels < MOST:
        step = FIRST if learner.n_labels == 0 else 1 if learner.n_labels < SINGLY else 5
        rows = learner.ask(step)
        learner.tell(rows, names[y[pool[rows]]])
        predicted = learner.predict(x[test])
        found["labels"].append(learner.n_labels)
        found["balanced"].append(round(float(balanced_accuracy_score(names[y[test]], predicted)), 5))
        found["recall"].append(round(float(recall_score(names[y[test]], predicted, pos_label="spam")), 5))
    return found


def summary(features: str, strategy: str, starts: list[dict[str, list[float]]]) -> Result:
    """Labels to each target, first reached and kept from then on, with intervals of the median; and the curve."""
    labels = np.array(starts[0]["labels"])
    balanced_S_R = np.array([start["balanced"] for start in starts])
    return {
        "work": f"{strategy}, {features}",
        "starts": len(starts),
        **{
            f"{way}_{100 * target:.0f}": _described([reach(labels, curve, target) for curve in balanced_S_R])
            for target in TARGETS
            for way, reach in (("first", first_reached), ("kept", kept_from))
        },
        "balanced": {str(count): round(float(balanced_S_R[:, labels == count].mean()), 4) for count in REPORTED},
        "recall": {
            str(count): round(
                float(np.mean([start["recall"][int(np.flatnonzero(labels == count)[0])] for start in starts])), 4
            )
            for count in REPORTED
        },
        "hardware": hardware(),
    }


def first_reached(labels_R: NDArray[np.int64], curve_R: NDArray[np.float64], target: float) -> float:
    """The first number of labels with the target; infinite if there is none."""
    reached = labels_R[curve_R >= target]
    return float(reached[0]) if len(reached) else np.inf


def kept_from(labels_R: NDArray[np.int64], curve_R: NDArray[np.float64], target: float) -> float:
    """The first number of labels from which on the target is never lost again; infinite if it is lost at the end."""
    below = np.flatnonzero(curve_R < target)
    if not len(below):
        return float(labels_R[0])
    return float(labels_R[below[-1] + 1]) if below[-1] + 1 < len(labels_R) else np.inf


def median_interval(values: list[float], confidence: float = CONFIDENCE) -> tuple[float, float, float]:
    """The median and an interval of order statistics, which assumes nothing; infinite values may be among them."""
    ordered = sorted(values)
    n = len(ordered)
    # The largest rank k with P(fewer than k of n below the median) at most half of what may be missed.
    k = int(binom.ppf((1 - confidence) / 2, n, 0.5))
    return ordered[(n - 1) // 2], ordered[k - 1 if k else 0], ordered[n - k if k else n - 1]


def _described(values: list[float]) -> dict[str, Any]:
    median, low, high = (None if np.isinf(value) else int(value) for value in median_interval(values))
    return {
        "median": median,
        "interval": [low, high],
        "worst": None if np.isinf(max(values)) else int(max(values)),
        "reached": int(np.isfinite(values).sum()),
    }


@lru_cache(maxsize=1)
def _read() -> tuple[NDArray[np.str_], NDArray[np.int64]]:
    texts, labels = messages(alcore_home())
    return np.array(texts), labels


def _embeddings() -> NDArray[np.float32]:
    return sms_spam.embedded(tuple(_read()[0].tolist()))
