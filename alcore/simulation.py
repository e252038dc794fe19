"""A learning curve of one strategy: the labels are known beforehand and given as they are queried."""

from collections.abc import Iterator
from typing import Any

from alcore.datasets.arrays import Test, from_arrays
from alcore.datasets.dataset import Dataset
from alcore.learners.estimators import pool_learner
from alcore.loops.get_strategy import AnyStrategy
from alcore.loops.pool.simulate import Round
from alcore.loops.pool.simulate import simulate as run_pool_loop
from alcore.loops.seed_set import SeedSet

__all__ = ["Round", "simulate"]


def simulate(
    data: Dataset | tuple[Any, Any],
    learner: Any = "logistic",
    strategy: AnyStrategy = "margin",
    *,
    seed: int = 0,
    initial_labels: int = 10,
    labels_per_round: int = 10,
    rounds: int = 20,
    test: Test = 0.3,
    seed_set: SeedSet = "random",
    samples: int | None = None,
    candidates: int | None = None,
) -> Iterator[Round]:
    """Simulate active learning on labelled data, one round at a time.

    Args:
        data: a data set, or a pair (X, y) as `from_arrays` takes it.
        learner: a key of `LEARNERS`, a scikit-learn classifier or pipeline, or a TorchLearner; see `pool_learner`.
        strategy: a key of `STRATEGIES`, a strategy, or a function `score(probs_N_C) -> scores_N`.
        seed: of split, first labels and every other random stream: strategies with one seed are paired.
        initial_labels: labels before the first query.
        labels_per_round: labels of a query; fewer in the last if the pool runs out.
        rounds: queries; one round more is yielded, the model on all labels.
        test: of a pair (X, y), the share that becomes the test set, or (X_test, y_test); a `Dataset` has its own.
        seed_set: `random`, `balanced`, `diverse` or `published`, see `alcore.loops.seed_set`.
        samples: committee members or dropout samples; the learner's own number if None.
        candidates: choose among so many random points each round; among all if None.

    Yields:
        rounds + 1 rounds, fewer if the pool runs out; `Round.labels` and `Round.accuracy` are the learning curve.

    Raises:
        ValueError: at the first round, if the data cannot be split, the learner or strategy is unknown, or a number is
            out of range.
    """
    dataset = _dataset_of(data, test, seed)
    yield from run_pool_loop(
        dataset,
        pool_learner(learner, dataset.classes, seed, labels=dataset.labels),
        strategy,
        seed=seed,
        seed_labels=initial_labels,
        labels_per_round=labels_per_round,
        rounds=rounds,
        seed_set=seed_set,
        samples=samples,
        candidates=candidates,
    )


def _dataset_of(data: Any, test: Test, seed: int) -> Dataset:
    if isinstance(data, Dataset):
        return data
    if isinstance(data, tuple | list) and len(data) == 2:
        return from_arrays(data[0], data[1], test=test, seed=seed)
    raise ValueError(f"data must be a Dataset or a pair (X, y), got {type(data).__name__}: simulate((X, y), ...)")
