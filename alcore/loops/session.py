"""Ask and tell: the labelled set, and the queries that follow from it."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.learners.base import COMMITTEE, Learner, TooFewLabelsError
from alcore.learners.committee import committee_size
from alcore.learners.labels import whole_number
from alcore.loops.ask import ask, rows_for, tie_order
from alcore.loops.calibrated_learner import Calibrated
from alcore.loops.cold_start import needs_no_labels, reads_no_model
from alcore.loops.get_strategy import AnyStrategy, check_compatible, get_strategy
from alcore.loops.ledger import TRAINED, UNKNOWN, Ints, Ledger, Step, parsed, told_until
from alcore.loops.radius import RunRadius
from alcore.points import as_points, count, rows_of
from alcore.rng import rng_for
from alcore.strategies.arrays import to_numpy
from alcore.strategies.batch import Batch
from alcore.strategies.gradient import expected_gradient_length_mlp
from alcore.strategies.pool_view import PoolView
from alcore.strategies.remedies import candidate_subsample

__all__ = ["UNKNOWN", "Session", "Step"]


class Session:
    """The labelled set of a pool, a learner and a strategy that queries it.

    A simulation, a person and a replay all make the same two calls:

        indices = session.ask(5)
        session.tell(indices, labels)

    Indices are always those of the data set. A query is a function of the labels: `ask` again for as many points gives
    the same, and for another number the points that it would have returned at first. Labels are corrected by `relabel`,
    `undo`, `skip` and `exclude`. Equal scores are taken in a random order that the seed determines.

    A session can be pickled, data included. Without the data it is restored from its `history`, which JSON
    holds: `Session(the same arguments).restore(history)` makes the same next queries. A learner whose
    next fit starts from its last is trained again on the way, in every round that it was trained in.

    Attributes:
        batch: the last query, with its scores; None before the first and after `tell`.
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
                `alcore.points.as_points`.
            learner: the model.
            strategy: a key of `STRATEGIES`, a strategy, or a function `score(probs_N_C) -> scores_N`.
            seed: of every random stream.
            classes: how many classes there are, seen or not; as many as there are names if not given.
            class_names: one a class, if labels are given by name.
            pool: the indices that may be queried, or a mask of all points; all if not given.
            samples: committee members or dropout samples, 2 or more; the learner's default if not given.
            candidates: choose among so many points, drawn afresh each round; among all if not given. Expected
                error reduction tries these and still measures the error over the whole pool.

        Raises:
            ValueError: if the strategy is unknown, the learner does not give what it needs, or samples < 2; if
                points, pool or classes are not as above.
        """
        self.strategy = get_strategy(strategy)
        committee_size(samples, COMMITTEE)
        self.classes = len(class_names) if classes is None else classes
        if self.classes < 1:
            raise ValueError("say how many classes there are, classes=3, or name them, class_names=(...)")
        if class_names and len(set(class_names)) != self.classes:
            raise ValueError(
                f"class_names must be {self.classes} different names, one a class, got {tuple(class_names)}"
            )
        known = getattr(learner, "classes", self.classes)
        if known != self.classes:
            raise ValueError(
                f"the session has {self.classes} classes and its learner {known}: give both the same number"
            )
        self.samples = samples
        self.candidates = candidates
        self.seed = seed
        points = as_points(x_pool)
        self._ledger = Ledger(count(points), self.classes, pool, class_names)
        self._ties_N = tie_order(seed, count(points))
        self._given = learner
        self.learner: Learner = learner
        self.x = learner.prepare(points)
        # The outputs of some learners depend on the points.
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

    @property
    def labels_N(self) -> Ints:
        """The label of every point, or -1."""
        return self._ledger.labels_N

    @property
    def askable_N(self) -> NDArray[np.bool_]:
        """Whether a point is of the pool and not excluded, labelled or not."""
        return self._ledger.askable_N

    @property
    def order(self) -> list[int]:
        """Labelled points in the order of labelling."""
        return self._ledger.order

    @property
    def held_out(self) -> list[int]:
        """Labelled points that are kept from training, to calibrate on."""
        return self._ledger.held_out

    @property
    def unlabeled(self) -> Ints:
        """Indices that may still be queried, ascending; skipped ones among them."""
        return self._ledger.unlabeled

    @property
    def history(self) -> list[Step]:
        """All steps so far, for `restore`."""
        return list(self._ledger.steps)

    def tell(self, indices: ArrayLike, labels: ArrayLike) -> None:
        """Add labels, of points that were queried or any others of the pool.

        The next query is a new round, with random streams of its own, unless these are the first labels.

        Raises:
            ValueError: if an index is no whole number, repeated, out of range, outside the pool or already
                labelled, or a label is not a class; nothing is changed then.
        """
        self._do("tell", indices, labels)

    def follow(self, indices: ArrayLike, labels: ArrayLike, *, train: bool = False) -> None:
        """Add a round that was queried before, perhaps in another process, with its labels.

        Args:
            indices: the batch of the round.
            labels: its labels.
            train: whether to train as in that round; else the learner is, or will be, put into its state after it.

        Raises:
            ValueError: as `tell`.
        """
        kinds = ["fit", *["committee"] * ("probs_N_K_C" in self.strategy.needs)]
        kinds = kinds if self.order and self._goes_on else []
        if train:
            self.fit()
            if "probs_N_K_C" in self.strategy.needs:
                # The members of a committee are trained when they are read.
                _ = self.view().probs_N_K_C
        self._do("tell", indices, labels)
        self._ledger.went_through(kinds)

    def hold_out(self, indices: ArrayLike, labels: ArrayLike) -> None:
        """Keep labels from training; from the next query on the learner's temperature is fitted on them.

        They count as labels.

        Raises:
            ValueError: as `tell`.
        """
        self._do("hold_out", indices, labels)

    def relabel(self, indices: ArrayLike, labels: ArrayLike) -> None:
        """Correct labels; the next query is that of a session with these labels in the first place.

        A learner whose fits depend on one another starts the next from its last fit, on the uncorrected labels.

        Raises:
            ValueError: if an index is not labelled, or as `tell`.
        """
        self._do("relabel", indices, labels)

    def skip(self, indices: ArrayLike) -> None:
        """Put points off until every point that was skipped less often is labelled or excluded.

        Raises:
            ValueError: if an index is no whole number, repeated, out of range, outside the pool or labelled.
        """
        self._do("skip", indices)

    def exclude(self, indices: ArrayLike) -> None:
        """Never query points, nor take labels of them.

        Raises:
            ValueError: as `skip`.
        """
        self._do("exclude", indices)

    def undo(self) -> Step:
        """Take back the last `tell`, `follow`, `hold_out`, `relabel`, `skip` or `exclude`.

        The session is then as if the call had never been made, and its next query the same as then. A learner whose
        next fit starts from its last is trained again from the start, each round as it was then.

        Returns:
            the step that was taken back.

        Raises:
            ValueError: if there is nothing to take back.
        """
        steps = self._ledger.steps
        if not (end := told_until(steps)):
            raise ValueError("there is nothing to undo: the session was told nothing")
        # The training for the last query is repeated when that is queried again.
        self._redo(steps[: told_until(steps[: end - 1])])
        return steps[end - 1]

    def restore(self, history: Iterable[Sequence[Any]]) -> Self:
        """Repeat the `history` of a session of the same arguments; returns the session.

        Raises:
            ValueError: if a step is none, or could not have been done; nothing is changed then.
        """
        steps = parsed(history)
        self._ledger.fresh().replay(steps)
        self._redo(steps[: told_until(steps)])
        return self

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
            self.learner.calibrate(rows_of(self.x, held), self.labels_N[held])
            self._calibrated = True
        return self.train_loss

    @property
    def is_trained(self) -> bool:
        """Whether the learner has been fitted on the labels so far."""
        return self._trained or not self.order

    def training_data(self) -> tuple[Any, Ints, np.random.Generator]:
        """The labelled points, their labels, and the round's stream: the arguments of the learner's fit."""
        rows = np.asarray(self.order)
        return rows_of(self.x, rows), self.labels_N[rows], rng_for(self.seed, "train", self._ledger.round)

    def trained(self, loss: float, seconds: float, memory: float | None = None) -> None:
        """Note that the learner was fitted on `training_data`, alone or with other learners (peak in MiB)."""
        self.train_loss, self.train_memory = loss, memory
        self._trained, self._calibrated = True, False
        self.seconds = {"train": seconds, "score": 0.0, "select": 0.0}
        self._note("fit")

    def view(self) -> PoolView:
        """The pool of the next query, or the candidates drawn from it, through the learner in its present state.

        Rows ascend, except for a strategy that chooses whole batches: see `ask.rows_for`. Gradient lengths are there if
        the learner has them.
        """
        points = self._ledger.next_up
        if self.candidates is not None and "candidates" not in self.strategy.needs and len(points):
            rng = rng_for(self.seed, "candidates", self._ledger.round)
            points = points[candidate_subsample(len(points), self.candidates, rng=rng)]
        rows = rows_for(self.strategy, points, self._ties_N)
        labeled = np.asarray(self.order, dtype=np.int64)
        labels_M = self.labels_N[labeled]
        learner, x = self.learner, self.x
        posterior_rng = rng_for(self.seed, "posterior", self._ledger.round)

        def gradient_lengths() -> Any:
            layers = learner.layers(rows_of(x, rows))
            if layers is None:
                return learner.gradient_lengths(rows_of(x, rows))
            return expected_gradient_length_mlp(view.probs_N_C, *layers)

        def committee() -> Any:
            probs_N_K_C = learner.sample_probs(rows_of(x, rows), self.samples, rng=posterior_rng)
            self._note("committee")
            return probs_N_K_C

        def delta() -> float:
            # For all points that may be or have been queried.
            return self._radius.of(np.flatnonzero(self.askable_N), lambda points: learner.features(rows_of(x, points)))

        sources: dict[str, Callable[[], Any]] = {
            "probs_N_C": lambda: learner.predict_probs(rows_of(x, rows)),
            "probs_N_K_C": committee,
            "features_N_D": lambda: learner.features(rows_of(x, rows)),
            "labeled_M_D": lambda: learner.features(rows_of(x, labeled)),
            "labeled_probs_M_C": lambda: learner.predict_probs(rows_of(x, labeled)),
            "labels_M": lambda: labels_M,
            "classes": lambda: self.classes,
            "candidates": lambda: self.candidates,
            "delta": delta,
        }
        if "gradient_lengths_N" in learner.capabilities:
            sources["gradient_lengths_N"] = gradient_lengths
        if getattr(learner, "levels", None) is not None:
            sources["levels"] = lambda: (learner.levels, np.concatenate([rows, labeled]))  # type: ignore[attr-defined]
        view = PoolView(rows, **{name: self._timed(source) for name, source in sources.items()})
        return view

    def ask(self, k: int) -> Ints:
        """The next points to have labelled, in picking order.

        Fewer than k when the pool runs out: points that were skipped are queried only when no others are left. With
        nothing labelled, strategies that read no model are served.

        Raises:
            ValueError: if k < 1, the pool is empty, or nothing is labelled yet and the strategy reads a model.
            TooFewLabelsError: the strategy reads a model that cannot be fitted on so few labels.
        """
        k = whole_number(k, "k", least=1)
        if self.batch is None or self._asked != (self.strategy, k):
            cold = not self.order and needs_no_labels(self.strategy, self.learner, 0, self.classes)
            fits = not cold
            if fits:
                try:
                    self.fit()
                except TooFewLabelsError:
                    if not reads_no_model(self.strategy, len(self.order), self.classes):
                        raise
                    fits = False
            if not fits:
                self.seconds = {"train": 0.0, "score": 0.0, "select": 0.0}
            started, scored = time.perf_counter(), self.seconds["score"]
            if self._view is None or self._asked is None or self._asked[0] is not self.strategy:
                self._view = self.view()
            # The first labels begin no round: without a stream of its own, the first batch would be drawn twice.
            path = ("cold start",) if cold else ("acquisition", self._ledger.round)
            rng = rng_for(self.seed, *path)
            self.batch = ask(self.strategy, self._view, k, rng, self._ties_N).batch
            self._asked = (self.strategy, k)
            self.seconds["select"] += time.perf_counter() - started - (self.seconds["score"] - scored)
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
        """Note a training that must be repeated when the session is redone."""
        if self._goes_on:
            self._ledger.steps.append(Step(kind))

    def _redo(self, steps: list[Step]) -> None:
        """Start again with nothing labelled, and repeat these steps."""
        self._ledger = self._ledger.fresh()
        self.learner = self._given
        if isinstance(self.learner, Calibrated):
            self.learner.temperature = 1.0
        if self._goes_on:
            self.learner.forget()  # type: ignore[attr-defined]
        self.batch, self._asked, self._view, self._trained = None, None, None, False
        for kind, indices, labels in steps:
            if kind not in TRAINED:
                self._do(kind, indices, labels)
            elif self._goes_on and kind == "fit":
                self.fit()
            elif self._goes_on:
                _ = self.view().probs_N_K_C

    def _do(self, kind: str, indices: Any, labels: Any = None) -> None:
        changed = len(self._ledger.take(kind, indices, labels))
        # Without new training labels the learner is as it would be after a fit in the same round.
        stands = kind in ("hold_out", "skip", "exclude") or (kind == "tell" and not changed)
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
