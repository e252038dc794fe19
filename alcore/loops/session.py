"""Ask and tell: the labelled set, whoever answers."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.learners.committee import committee_size
from alcore.learners.learner import COMMITTEE, Learner
from alcore.loops.calibrated import Calibrated
from alcore.loops.radius import RunRadius
from alcore.loops.view import AnyStrategy, get_strategy, learner_view, refuse_unless_served
from alcore.rng import rng_for
from alcore.strategies.batch import Batch
from alcore.strategies.remedies import candidate_subsample
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
        held_out: labelled points that are kept from training, to calibrate on.
        batch: what was asked for last, with its scores; None before the first question and after telling.
        seconds: of the last round, spent in train, score and select.
    """

    def __init__(
        self,
        x_pool: np.ndarray,
        learner: Learner,
        strategy: AnyStrategy,
        *,
        seed: int,
        classes: int,
        pool: NDArray[np.int64] | None = None,
        samples: int | None = None,
        candidates: int | None = None,
    ) -> None:
        """Start with nothing labelled.

        Args:
            x_pool: the data set, points first.
            learner: what is trained.
            strategy: a key of `STRATEGIES`, a strategy, or a function `score(probs_N_C) -> scores_N`.
            seed: of every random stream.
            classes: how many classes there are, seen or not.
            pool: the indices that may be asked about; all if not given.
            samples: committee members or dropout samples, 2 or more; the learner's default if not given.
            candidates: choose among so many points, drawn afresh each round; among all if not given. Expected
                error reduction tries these and still measures the error over the whole pool.

        Raises:
            ValueError: if the strategy is unknown, the learner cannot give what it needs, or samples < 2.
        """
        self.strategy = get_strategy(strategy)
        refuse_unless_served(self.strategy, learner)
        committee_size(samples, COMMITTEE)
        self.learner: Learner = learner
        self.classes = classes
        self.samples = samples
        self.candidates = candidates
        self.seed = seed
        self.x = learner.place(x_pool)
        self.labels_N = np.full(len(x_pool), UNKNOWN, dtype=np.int64)
        self.askable_N = np.zeros(len(x_pool), dtype=bool)
        self.askable_N[slice(None) if pool is None else pool] = True
        self.order: list[int] = []
        self.held_out: list[int] = []
        self.batch: Batch | None = None
        self.seconds: dict[str, float] = {}
        self.train_loss = float("nan")
        self.train_memory: float | None = None
        self._radius = RunRadius(seed, classes)
        self._round = 0
        self._fitted_on = 0
        self._calibrated_on = 0

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
        if not self.is_trained:
            started = time.perf_counter()
            x_M, y_M, rng = self.to_train()
            self.trained(self.learner.fit(x_M, y_M, rng=rng), time.perf_counter() - started)
        if isinstance(self.learner, Calibrated) and self._calibrated_on != len(self.held_out):
            held = np.asarray(self.held_out)
            self.learner.calibrate(self.x[held], self.labels_N[held])
            self._calibrated_on = len(self.held_out)
        return self.train_loss

    @property
    def is_trained(self) -> bool:
        """Whether the learner has been fitted on the labels so far."""
        return self._fitted_on == len(self.order)

    def to_train(self) -> tuple[Any, NDArray[np.int64], np.random.Generator]:
        """What the learner is to be fitted on: the labelled points, their labels, and the round's stream."""
        rows = np.asarray(self.order)
        return self.x[rows], self.labels_N[rows], rng_for(self.seed, "train", self._round)

    def trained(self, loss: float, seconds: float, memory: float | None = None) -> None:
        """The learner was fitted on `to_train`, here or with those of other sessions (peak in MiB)."""
        self.train_loss, self.train_memory = loss, memory
        self._fitted_on = len(self.order)
        self._calibrated_on = 0
        self.seconds = {"train": seconds, "score": 0.0, "select": 0.0}

    def view(self) -> PoolView:
        """The unlabelled pool, or the candidates drawn from it, through the learner as it is now."""
        rows = self.unlabeled
        if self.candidates is not None and "candidates" not in self.strategy.needs and len(rows):
            rng = rng_for(self.seed, "candidates", self._round)
            rows = rows[candidate_subsample(len(rows), self.candidates, rng=rng)]
        labeled = np.asarray(self.order, dtype=np.int64)
        return learner_view(
            self.learner,
            self.x,
            rows,
            labeled,
            self.labels_N[labeled],
            classes=self.classes,
            samples=self.samples,
            candidates=self.candidates,
            rng=rng_for(self.seed, "posterior", self._round),
            delta=self._delta,
            timed=self._timed,
        )

    def _delta(self) -> float:
        """The radius of ProbCover's balls, for all points that may be or have been asked about."""
        points = np.flatnonzero(self.askable_N)
        return self._radius.of(points, lambda rows: self.learner.features(self.x[rows]))

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
        rows = self._label(indices, labels)
        self.order.extend(rows.tolist())
        if self.batch is not None:
            self._round += 1
        self.batch = None

    def follow(self, indices: ArrayLike, labels: ArrayLike) -> None:
        """Take over a round that was asked before, perhaps in another process, with the labels it got.

        Raises:
            ValueError: as `tell`.
        """
        self.order.extend(self._label(indices, labels).tolist())
        self._round += 1
        self.batch = None

    def hold_out(self, indices: ArrayLike, labels: ArrayLike) -> None:
        """Keep labels from training; from the next question on the learner's temperature is fitted on them.

        They count as labels.

        Raises:
            ValueError: as `tell`.
        """
        rows = self._label(indices, labels)
        self.held_out.extend(rows.tolist())
        if self.held_out and not isinstance(self.learner, Calibrated):
            self.learner = Calibrated(self.learner)

    def _label(self, indices: ArrayLike, labels: ArrayLike) -> NDArray[np.int64]:
        """Write labels down; returns the points."""
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
        return rows

    def _timed(self, compute: Callable[[], Any]) -> Callable[[], Any]:
        """The same computation, its duration added to this round's scoring time."""

        def run() -> Any:
            started = time.perf_counter()
            value = compute()
            self.seconds["score"] += time.perf_counter() - started
            return value

        return run
