"""Ask and tell: the labelled set, whoever answers."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.learners.learner import Learner
from alcore.rng import rng_for
from alcore.strategies.batch import Batch
from alcore.strategies.catalogue import STRATEGIES, Strategy
from alcore.strategies.view import PoolView

UNKNOWN = -1  # the label of a point that has none


class Session:
    """Owns what is labelled; asks by a strategy, learns from what it is told.

    A simulation, a person and a replay all drive the same two calls:

        indices = session.ask(5)
        session.tell(indices, labels)

    Indices are always those of the data set. Asking twice without telling returns the same points.

    Attributes:
        labels_N: the label of every point, or -1.
        order: labelled points in the order they were told.
        batch: what was asked for last, with its scores; None before the first question and after telling.
        seconds: of the last round, spent in train, score and select.
    """

    def __init__(
        self,
        x_pool: np.ndarray,
        learner: Learner,
        strategy: str | Strategy,
        *,
        seed: int,
        pool: NDArray[np.int64] | None = None,
    ) -> None:
        """Start with nothing labelled.

        Args:
            x_pool: the data set, points first.
            learner: what is trained.
            strategy: a key of `STRATEGIES`, or a strategy.
            seed: of every random stream.
            pool: the indices that may be asked about; all if not given.

        Raises:
            ValueError: if the strategy is unknown.
        """
        self.strategy = get_strategy(strategy) if isinstance(strategy, str) else strategy
        self.learner = learner
        self.seed = seed
        self.x = learner.place(x_pool)
        self.labels_N = np.full(len(x_pool), UNKNOWN, dtype=np.int64)
        self.askable_N = np.zeros(len(x_pool), dtype=bool)
        self.askable_N[slice(None) if pool is None else pool] = True
        self.order: list[int] = []
        self.batch: Batch | None = None
        self.seconds: dict[str, float] = {}
        self.train_loss = float("nan")
        self._round = 0
        self._fitted_on = 0

    @property
    def unlabeled(self) -> NDArray[np.int64]:
        """Indices that may still be asked about, ascending."""
        return np.flatnonzero(self.askable_N & (self.labels_N == UNKNOWN))

    def fit(self) -> float:
        """Train on the labels so far, unless that has been done; returns the mean training loss in nats.

        Raises:
            ValueError: if nothing is labelled.
        """
        if not self.order:
            raise ValueError(
                "nothing is labelled yet: tell the session at least one label before it can learn"
            )
        if self._fitted_on != len(self.order):
            started = time.perf_counter()
            rows = np.asarray(self.order)
            rng = rng_for(self.seed, "train", self._round)
            self.train_loss = self.learner.fit(self.x[rows], self.labels_N[rows], rng=rng)
            self._fitted_on = len(self.order)
            self.seconds = {"train": time.perf_counter() - started, "score": 0.0, "select": 0.0}
        return self.train_loss

    def view(self) -> PoolView:
        """The unlabelled pool through the learner as it is now."""
        unlabeled, labeled = self.unlabeled, np.asarray(self.order, dtype=np.int64)
        return PoolView(
            unlabeled,
            probs_N_C=self._timed(lambda: self.learner.predict_probs(self.x[unlabeled])),
            features_N_D=self._timed(lambda: self.learner.features(self.x[unlabeled])),
            labeled_M_D=self._timed(lambda: self.learner.features(self.x[labeled])),
        )

    def ask(self, k: int) -> NDArray[np.int64]:
        """The next points to have labelled, in picking order; fewer than k when the pool runs out.

        Raises:
            ValueError: if k < 1, nothing is labelled yet, or the pool is empty.
        """
        if self.batch is None:
            self.fit()
            started = time.perf_counter()
            rng = rng_for(self.seed, "acquisition", self._round)
            self.batch = self.strategy.select(self.view(), k, rng)
            self.seconds["select"] = time.perf_counter() - started - self.seconds["score"]
        return self.batch.indices

    def tell(self, indices: ArrayLike, labels: ArrayLike) -> None:
        """Add labels, of points that were asked for or any others that may be asked about.

        Raises:
            ValueError: if an index is repeated, out of range, outside the pool or already labelled, or a
                label is not a class.
        """
        rows, values = np.asarray(indices, dtype=np.int64), np.asarray(labels, dtype=np.int64)
        if rows.shape != values.shape or rows.ndim != 1:
            raise ValueError(
                f"tell needs one label an index, got {rows.shape} indices and {values.shape} labels"
            )
        if len(rows) and not (rows.min() >= 0 and rows.max() < len(self.labels_N)):
            raise ValueError(
                f"indices must be 0 to {len(self.labels_N) - 1}, got {rows.min()} to {rows.max()}"
            )
        if len(np.unique(rows)) != len(rows):
            raise ValueError("an index was told twice in one call")
        refused = rows[~self.askable_N[rows] | (self.labels_N[rows] != UNKNOWN)]
        if len(refused):
            raise ValueError(f"point {refused[0]} is already labelled or not in the pool")
        if np.any(values < 0):
            raise ValueError(f"labels must be class numbers from 0, got {values.min()}")
        self.labels_N[rows] = values
        self.order.extend(rows.tolist())
        if self.batch is not None:
            self._round += 1
        self.batch = None

    def _timed(self, compute: Callable[[], Any]) -> Callable[[], Any]:
        """The same computation, its duration added to this round's scoring time."""

        def run() -> Any:
            started = time.perf_counter()
            value = compute()
            self.seconds["score"] += time.perf_counter() - started
            return value

        return run


def get_strategy(name: str) -> Strategy:
    """A strategy by its name.

    Raises:
        ValueError: if there is none; the sentence lists those there are.
    """
    if name not in STRATEGIES:
        raise ValueError(f"unknown strategy {name!r}: choose one of {', '.join(STRATEGIES)}")
    return STRATEGIES[name]
