"""Ask and tell: the labelled set, whoever answers."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.learners.base import COMMITTEE, Learner, TooFewLabelsError
from alcore.learners.committee import committee_size
from alcore.learners.labels import whole_number
from alcore.loops.ask import ask, rows_for, tie_order
from alcore.loops.calibrated_learner import Calibrated
from alcore.loops.cold_start import needs_no_labels, reads_no_model
from alcore.loops.labelled import Labelled
from alcore.loops.learner_view import AnyStrategy, check_compatible, get_strategy, learner_view
from alcore.loops.ledger import UNKNOWN, Ledger, Step
from alcore.loops.radius import RunRadius
from alcore.points import as_points, count
from alcore.rng import rng_for
from alcore.strategies.arrays import to_numpy
from alcore.strategies.batch import Batch
from alcore.strategies.pool_view import PoolView
from alcore.strategies.remedies import candidate_subsample

__all__ = ["UNKNOWN", "Session", "Step"]


class Session(Labelled):
    """Owns what is labelled; asks by a strategy, learns from what it is told.

    A simulation, a person and a replay all drive the same two calls:

        indices = session.ask(5)
        session.tell(indices, labels)

    Indices are always those of the data set. Asking is a function of what was told: asking twice for as many
    points returns the same points, and asking for another number returns what would have been returned had
    that been asked at first. What was told is corrected by `relabel`, `undo`, `skip` and `exclude`. Equal
    scores are taken in a random order that the seed decides.

    A session can be pickled, data included. Without the data it is restored from its `history`, which JSON
    holds: `Session(the same arguments).restore(history)` asks the same next questions. A learner that goes
    on from its last fit is trained again on the way, in every round that it was trained in.

    Attributes:
        batch: what was asked for last, with its scores; None before the first question and after telling.
        seconds: of the last round, spent in train, score and select.
    """

    def __init__(
        self,
        x_pool: Any,
        learner: Learner,
        strategy: AnyStrategy,
        *,
        seed: int,
        classes: int | None = None,
        class_names: Sequence[str] = (),
        pool: ArrayLike | None = None,
        samples: int | None = None,
        candidates: int | None = None,
    ) -> None:
        """Start with nothing labelled.

        Args:
            x_pool: the data set, points first: an array, a list, a table or a sparse matrix; see
                `learners.points.as_points`.
            learner: what is trained.
            strategy: a key of `STRATEGIES`, a strategy, or a function `score(probs_N_C) -> scores_N`.
            seed: of every random stream.
            classes: how many classes there are, seen or not; as many as there are names if not given.
            class_names: one a class, if labels are told by name.
            pool: the indices that may be asked about, or a mask of all points; all if not given.
            samples: committee members or dropout samples, 2 or more; the learner's default if not given.
            candidates: choose among so many points, drawn afresh each round; among all if not given. Expected
                error reduction tries these and still measures the error over the whole pool.

        Raises:
            ValueError: if the strategy is unknown, the learner cannot give what it needs, or samples < 2; if
                points, pool or classes are not what they should be.
        """
        self.strategy = get_strategy(strategy)
        committee_size(samples, COMMITTEE)
        self.classes = _classes(classes, class_names, learner)
        self.samples = samples
        self.candidates = candidates
        self.seed = seed
        points = as_points(x_pool)
        super().__init__(Ledger(count(points), self.classes, pool, class_names))
        self._ties_N = tie_order(seed, count(points))
        self._given = learner
        self.learner: Learner = learner
        self.x = learner.prepare(points)
        # Of some learners it is known what they give once they have seen the points.
        check_compatible(self.strategy, learner)
        self.batch: Batch | None = None
        self.seconds: dict[str, float] = {}
        self.train_loss = float("nan")
        self.train_memory: float | None = None
        self._radius = RunRadius(seed, self.classes)
        self._asked: tuple[Any, int] | None = None
        self._view: PoolView | None = None
        self._trained = False
        self._calibrated = False

    def fit(self) -> float:
        """Train on the labels so far, unless that has been done; returns the mean training loss in nats.

        Raises:
            ValueError: if nothing is labelled.
        """
        if not self.order:
            raise ValueError("nothing is labelled yet: tell the session at least one label before it can learn")
        if not self.is_trained:
            started = time.perf_counter()
            x_M, y_M, rng = self.training_data()
            self.trained(self.learner.fit(x_M, y_M, rng=rng), time.perf_counter() - started)
        if isinstance(self.learner, Calibrated) and self.held_out and not self._calibrated:
            held = np.asarray(self.held_out)
            self.learner.calibrate(self.x[held], self.labels_N[held])
            self._calibrated = True
        return self.train_loss

    @property
    def is_trained(self) -> bool:
        """Whether the learner has been fitted on the labels so far."""
        return self._trained or not self.order

    def training_data(self) -> tuple[Any, NDArray[np.int64], np.random.Generator]:
        """What the learner is to be fitted on: the labelled points, their labels, and the round's stream."""
        rows = np.asarray(self.order)
        return self.x[rows], self.labels_N[rows], rng_for(self.seed, "train", self._ledger.round)

    def trained(self, loss: float, seconds: float, memory: float | None = None) -> None:
        """The learner was fitted on `training_data`, here or with those of other sessions (peak in MiB)."""
        self.train_loss, self.train_memory = loss, memory
        self._trained, self._calibrated = True, False
        self.seconds = {"train": seconds, "score": 0.0, "select": 0.0}
        self._note("fit")

    def view(self) -> PoolView:
        """The pool that is asked about next, or the candidates drawn from it, through the learner.

        Rows ascend, but those of a strategy that chooses whole batches: see `ask.rows_for`.
        """
        rows = self._ledger.next_up
        if self.candidates is not None and "candidates" not in self.strategy.needs and len(rows):
            rng = rng_for(self.seed, "candidates", self._ledger.round)
            rows = rows[candidate_subsample(len(rows), self.candidates, rng=rng)]
        labeled = np.asarray(self.order, dtype=np.int64)
        return learner_view(
            self.learner,
            self.x,
            rows_for(self.strategy, rows, self._ties_N),
            labeled,
            self.labels_N[labeled],
            classes=self.classes,
            samples=self.samples,
            candidates=self.candidates,
            rng=rng_for(self.seed, "posterior", self._ledger.round),
            delta=self._delta,
            timed=self._timed,
            on_committee=lambda: self._note("committee"),
        )

    def _delta(self) -> float:
        """The radius of ProbCover's balls, for all points that may be or have been asked about."""
        points = np.flatnonzero(self.askable_N)
        return self._radius.of(points, lambda rows: self.learner.features(self.x[rows]))

    def ask(self, k: int) -> NDArray[np.int64]:
        """The next points to have labelled, in picking order.

        Fewer than k when the pool runs out: of points that are left, those that were skipped are asked about
        only once no others are. With nothing labelled, strategies that read no model are served.

        Raises:
            ValueError: if k < 1, the pool is empty, or nothing is labelled yet and the strategy reads a model.
            TooFewLabelsError: the strategy reads a model that cannot be fitted on so few labels.
        """
        k = whole_number(k, "k", least=1)
        if self.batch is None or self._asked != (self.strategy, k):
            cold = not self.order and needs_no_labels(self.strategy, self.learner)
            if cold:
                self.seconds = {"train": 0.0, "score": 0.0, "select": 0.0}
            else:
                try:
                    self.fit()
                except TooFewLabelsError:
                    if not reads_no_model(self.strategy):
                        raise
                    self.seconds = {"train": 0.0, "score": 0.0, "select": 0.0}
            started, scored = time.perf_counter(), self.seconds["score"]
            if self._view is None or self._asked is None or self._asked[0] is not self.strategy:
                self._view = self.view()
            # The first labels begin no round: without a stream of its own, the first batch would be drawn twice.
            path = ("cold start",) if cold else ("acquisition", self._ledger.round)
            rng = rng_for(self.seed, *path)
            self.batch = ask(self.strategy, self._view, k, rng, self._ties_N).batch
            self._asked = (self.strategy, k)
            spent = time.perf_counter() - started - (self.seconds["score"] - scored)
            self.seconds["select"] += spent
        return self.batch.indices

    def __getstate__(self) -> dict[str, Any]:
        """Without the view, which is computed again; a tensor as an array, for a machine without a GPU."""
        on_device = hasattr(self.x, "cpu")
        x = to_numpy(self.x) if on_device else self.x
        return {**self.__dict__, "_view": None, "x": x, "_on_device": on_device}

    def __setstate__(self, state: dict[str, Any]) -> None:
        on_device = state.pop("_on_device")
        self.__dict__.update(state)
        if on_device:
            self.x = self.learner.prepare(self.x)

    @property
    def _goes_on(self) -> bool:
        """Whether the learner's next fit depends on the last one."""
        return bool(getattr(self._given, "goes_on", False))

    def _note(self, kind: str) -> None:
        """Note what a learner went through, if it must go through it again when the session is redone."""
        if self._goes_on:
            self._ledger.steps.append(Step(kind))

    def _through(self) -> list[str]:
        return ["fit"] + ["committee"] * ("probs_N_K_C" in self.strategy.needs) if self._goes_on else []

    def _go_through(self, kind: str) -> None:
        if self._goes_on and kind == "fit":
            self.fit()
        elif self._goes_on:
            _ = self.view().probs_N_K_C

    def _begin_again(self) -> None:
        self.learner = self._given
        if isinstance(self.learner, Calibrated):
            self.learner.temperature = 1.0
        if self._goes_on:
            self.learner.forget()  # type: ignore[attr-defined]
        self.batch, self._asked, self._view, self._trained = None, None, None, False

    def _after(self, kind: str, count: int) -> None:
        # The learner stands where it would be fitted on the same labels in the same round.
        stands = kind in ("hold_out", "skip", "exclude") or (kind == "tell" and not count)
        self.batch, self._asked, self._view = None, None, None
        self._trained, self._calibrated = self._trained and stands, self._calibrated and kind != "hold_out"
        if self.held_out and not isinstance(self.learner, Calibrated):
            self.learner = Calibrated(self.learner)

    def _timed(self, compute: Callable[[], Any]) -> Callable[[], Any]:
        """The same computation, its duration added to this round's scoring time."""

        def run() -> Any:
            started = time.perf_counter()
            value = compute()
            self.seconds["score"] += time.perf_counter() - started
            return value

        return run


def _classes(classes: int | None, names: Sequence[str], learner: Learner) -> int:
    """How many classes there are.

    Raises:
        ValueError: if that is not said, or said in two ways.
    """
    found = len(names) if classes is None else classes
    if found < 1:
        raise ValueError("say how many classes there are, classes=3, or name them, class_names=(...)")
    if names and len(set(names)) != found:
        raise ValueError(f"class_names must be {found} different names, one a class, got {tuple(names)}")
    known = getattr(learner, "classes", found)
    if known != found:
        raise ValueError(f"the session has {found} classes and its learner {known}: give both the same number")
    return found
