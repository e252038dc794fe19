"""Expected error reduction: all refits in lockstep against one scikit-learn refit at a time."""

import numpy as np
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

from alcore.strategies.expected_error_reduction import expected_error_reduction
from tests.benchmarks.measure import Result, compare

CANDIDATES = 400


def run() -> list[Result]:
    """Three classes, 400 candidates: 1,200 refits, each measured on the pool of 400."""
    return [_case(labels=30, dimensions=2), _case(labels=100, dimensions=10)]


def _case(*, labels: int, dimensions: int) -> Result:
    x, y = make_classification(
        CANDIDATES + labels,
        dimensions,
        n_informative=min(dimensions, 5),
        n_redundant=0,
        n_classes=3,
        n_clusters_per_class=1,
        random_state=0,
    )
    pool, known, y_known = x[labels:], x[:labels], y[:labels]
    scores: dict[str, np.ndarray] = {}

    def published(**settings) -> None:
        now = LogisticRegression(**settings).fit(known, y_known).predict_proba(pool)
        errors = np.zeros((len(pool), 3))
        for i in range(len(pool)):
            for label in range(3):
                model = LogisticRegression(**settings)
                model.fit(np.concatenate([known, pool[i : i + 1]]), np.append(y_known, label))
                probs = model.predict_proba(pool)
                errors[i, label] = -(probs * np.log(probs)).sum(axis=1).mean()
        scores["published"] = -(now * errors).sum(axis=1)

    def ours() -> None:
        scores["ours"] = expected_error_reduction(pool, known, y_known, 3)

    work = f"expected error reduction, 3 classes, {labels} labels in {dimensions}-D, {CANDIDATES} candidates"
    result = compare(work, published, ours)
    published(tol=1e-10, max_iter=10_000)
    gap = float(np.abs(scores["published"] - scores["ours"]).max())
    if gap > 1e-6:
        raise AssertionError(f"scores differ by {gap} from refits at a tight tolerance")
    result["largest_difference_from_tight_refits"] = gap
    return result
