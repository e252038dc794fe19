"""Active learning with one's own model, data and labels."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from math import isfinite, nan
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.datasets.arrays import check_order
from alcore.learners.base import COMMITTEE, TooFewLabelsError
from alcore.learners.committee import committee_size
from alcore.learners.estimators import Estimator, Prefit, estimator_of, fitted_model
from alcore.learners.labels import (
    Label,
    as_array,
    check_one_kind,
    label_array,
    label_values,
    whole_number,
    whole_numbers,
)
from alcore.learners.pool_features import features_source
from alcore.learners.saved_estimators import (
    NotSavedError,
    estimator_from_json,
    estimator_from_skops,
    estimator_to_json,
    estimator_to_skops,
)
from alcore.learning_curve import LearningCurve
from alcore.loops.archive import read_archive, write_archive
from alcore.loops.get_strategy import AnyStrategy, get_strategy
from alcore.loops.label_history import (
    HistoryStep,
    classes_of,
    label_changes,
    labels_after,
    numbered,
    packed,
    round_ends,
    unpacked,
    without_last_training,
)
from alcore.loops.ledger import TRAINED
from alcore.loops.session import Session
from alcore.loops.start_queries import ask_at_any_time
from alcore.notebook import as_html, as_text
from alcore.points import as_points, count, points_digest, points_like
from alcore.query_batch import QueryBatch
from alcore.short import short
from alcore.strategies.arrays import to_numpy
from alcore.strategies.catalogue import STRATEGIES

_log = logging.getLogger("alcore")
_FORMAT, _VERSION = "alcore-learner", 1
_CLASSES_SHOWN = 20


class Labels(NamedTuple):
    """Labelled points in the order in which they were labelled.

    Attributes:
        rows: (M,) int64, rows of X.
        values: (M,) their labels, corrected ones as they are now.
    """

    rows: NDArray[np.int64]
    values: NDArray[Any]


class ActiveLearner:
    """Chooses the points of a pool that are worth labelling, for any model and any labels.

        learner = ActiveLearner(RandomForestClassifier(), X, strategy="margin", seed=0)
        rows = learner.ask(5)
        learner.tell(rows, ["cat", "dog", "cat", "cat", "bird"])

    Rows are positions in X, whatever its index. A batch is a function of the arguments and the history: a second
    call of `ask` gives the same rows. Before two classes are labelled, strategies that read a model have none:
    a diverse seed set and then typical points are queried in their place, which `note` and the logger "alcore"
    say; likewise while the labels are too few for the estimator, as for a grid search over five folds. Every fit
    is of a fresh clone on the labels as the user writes them; random states that are None are seeded.

    Attributes:
        strategy: what chooses.
        seed: of every random stream.
        note: a sentence, if the last batch was not chosen by the strategy; else "".
        batch: the last batch with its scores; None before the first and after every change of the labels.
    """

    def __init__(
        self,
        estimator: Any,
        X: Any,
        *,
        classes: Sequence[Any] | None = None,
        strategy: AnyStrategy = "margin",
        seed: int = 0,
        test: tuple[Any, Any] | None = None,
        features: Any = None,
        prefit: Prefit = False,
        samples: int | None = None,
        candidates: int | None = None,
    ) -> None:
        """Start with nothing labelled.

        Args:
            estimator: a scikit-learn classifier or pipeline with `predict_proba`, a key of `LEARNERS`, a
                `Committee`, or an object with `make_learner(classes=, seed=, tick=)`, such as a TorchLearner.
            X: the pool, one row a point: an array, a DataFrame, a sparse matrix, a list of texts, or images.
            classes: all labels there are; if not given, those labelled so far, in the order of their
                first label.
            strategy: a key of `STRATEGIES`, a strategy, or a function `score(probs_N_C) -> scores_N`.
            seed: of every random stream, 0 or more.
            test: (X_test, y_test) for the accuracy of each round; it chooses nothing.
            features: an array with one row a point, or a function of X that makes it, in which distances are
                measured. If not given: what the steps of a pipeline before its last give, fitted on all of X
                without labels; for other estimators X itself. Sparse features of more than 100 columns are
                reduced to 100 or fewer.
            prefit: True: the estimator is fitted, and used until a model fitted on the labels is more accurate
                on them in cross-validation, from 10 labels on (see `PrefitLearner`). "ask": it is never fitted
                again. A `FrozenEstimator` means "ask".
            samples: members of a bootstrap committee or dropout samples, for strategies that compare models.
            candidates: choose among so many points, drawn afresh each round; among all if not given.

        Raises:
            ValueError: if an argument is not what it should be; the sentence names it.
        """
        committee_size(samples, COMMITTEE)
        self.strategy = get_strategy(strategy)
        self.seed = whole_number(seed, "seed", least=0)
        self._arguments: dict[str, Any] = {
            "strategy": self.strategy.name,
            "seed": self.seed,
            "samples": None if samples is None else int(samples),
            "candidates": None if candidates is None else whole_number(candidates, "candidates", least=1),
        }
        self._x = as_points(X)
        if not count(self._x):
            raise ValueError("X must hold a point or more, got none: there is nothing to query")
        features = np.asarray(features) if isinstance(features, list | tuple) else features
        self._features = features
        given = None if features is None else features_source(features, X)
        self._setup: Estimator = estimator_of(estimator, seed=self.seed, prefit=prefit, features=given)
        self._arguments["prefit"] = False if self._setup.model is None else self._setup.refit or "ask"
        if self._setup.model is not None and not self._setup.refit and "probs_N_K_C" in self.strategy.needs:
            raise ValueError(
                f"{self.strategy.label} compares several models, and a model that is never fitted again is one: "
                "choose a strategy of its probabilities, such as margin, or prefit=True"
            )
        self._declared = None if classes is None else _declared(classes)
        self._known = classes_of(self._declared or [], self._setup.labels)
        check_one_kind(self._known, "classes and the classes of the fitted model")
        self._test = None if test is None else self._checked_test(test)
        self._history: list[HistoryStep] = []
        self._labels: dict[int, Label] = {}
        self._rows_of_curve: dict[int, dict[str, Any]] = {}
        self.note = ""
        self.batch: QueryBatch | None = None
        self._classes, self._codes, self._session = self._built([])

    # Queries and labels.

    def ask(self, k: int = 1) -> NDArray[np.int64]:
        """The rows to label next, in picking order; fewer than k where the pool runs out.

        Args:
            k: how many rows, 1 or more.

        Raises:
            ValueError: if k < 1, every point is labelled or excluded, or the strategy needs what the estimator
                or the points do not give.
        """
        k = whole_number(k, "k", least=1)
        if not len(self._session.unlabeled):
            raise ValueError("the pool is empty: every point is labelled or excluded, so there is nothing to query")
        rows, strategy, note = ask_at_any_time(self._session, k)
        if note and note != self.note:
            _log.info(note)
        assert self._session.batch is not None  # set by asking
        self.note = note
        self.batch = QueryBatch(rows, to_numpy(self._session.batch.scores), strategy.name, note)
        self._measure()
        return rows.copy()

    def tell(self, rows: ArrayLike, labels: Any) -> None:
        """Add labels of any rows, queried or not.

        Args:
            rows: rows of X that have no label yet.
            labels: one a row: words, numbers or booleans, all of one kind.

        Raises:
            ValueError: if a row is no row of X, given twice, excluded or labelled already; or a label is missing
                or none of `classes`. Nothing is changed then.
        """
        self._do("tell", rows, labels)

    def relabel(self, rows: ArrayLike, labels: Any) -> None:
        """Correct labels; the next batch is that of a learner with these labels in the first place.

        Raises:
            ValueError: if a row is not labelled, or as `tell`; nothing is changed then.
        """
        self._do("relabel", rows, labels)

    def skip(self, rows: ArrayLike) -> None:
        """Put rows off until every row that was skipped less often is labelled or excluded.

        Raises:
            ValueError: if a row is no row of X, given twice, excluded or labelled; nothing is changed then.
        """
        self._do("skip", rows)

    def exclude(self, rows: ArrayLike) -> None:
        """Never query rows, nor take labels of them.

        Raises:
            ValueError: as `skip`.
        """
        self._do("exclude", rows)

    def undo(self) -> HistoryStep:
        """Take back the last tell, relabel, skip or exclude, as if it had never been done.

        Returns:
            what was taken back.

        Raises:
            ValueError: if there is nothing to take back.
        """
        self._note_training()
        if not (history := without_last_training(self._history)):
            raise ValueError("there is nothing to undo: nothing was labelled, skipped or excluded")
        taken = history.pop()
        self._replace(history)
        changes = label_changes(self._history)
        self._rows_of_curve = {key: row for key, row in self._rows_of_curve.items() if key <= changes}
        return taken

    @property
    def n_labels(self) -> int:
        """How many rows are labelled."""
        return len(self._labels)

    @property
    def labels(self) -> Labels:
        """Rows and labels in the order in which they were labelled; corrected labels as they are now."""
        return Labels(np.array([*self._labels], dtype=np.int64), label_array([*self._labels.values()]))

    @property
    def history(self) -> list[HistoryStep]:
        """Every call that changed labels or rows, in order; and trainings that later fits depend on."""
        self._note_training()
        return list(self._history)

    @property
    def classes_(self) -> NDArray[Any]:
        """The classes: as given, or those of the fitted model; then the others in the order of their first label."""
        return label_array(self._classes)

    # The model.

    def fit(self) -> Self:
        """Fit the model on the labels so far, unless that has been done; returns the learner.

        Raises:
            ValueError: if nothing is labelled and there is no fitted model.
        """
        if self._labels:
            self._session.fit()
        elif not getattr(self._session.learner, "is_prefit", False):
            raise ValueError("nothing is labelled yet: tell the learner at least one label before it is fitted")
        self._measure()
        return self

    @property
    def model(self) -> Any:
        """The fitted estimator, of the kind that was given; it predicts the user's labels.

        Where labels are numbers with a fraction, which scikit-learn takes for a regression target, it predicts
        class numbers, ascending. Of a `Committee` the list of its fitted members; of a network the torch module,
        whose outputs are in the order of `classes_` for a TorchLearner.

        Raises:
            ValueError: if nothing is labelled, a classifier has seen one class only, or it cannot be fitted.
        """
        self.fit()
        found = fitted_model(self._session.learner)
        if found is None or (isinstance(found, list) and None in found):
            raise ValueError("labels show one class only: a classifier is fitted from two classes on")
        return found

    def predict_proba(self, X_new: Any = None) -> NDArray[Any]:
        """Class probabilities probs_N_C, columns in the order of `classes_`.

        Args:
            X_new: points as in X; X itself if not given. Columns of a table may be in any order.

        Raises:
            ValueError: as `fit`, or if the points are not like those of X.
        """
        self.fit()
        return self._probs(self._placed(X_new), self._session, self._codes, self._classes)

    def predict(self, X_new: Any = None) -> NDArray[Any]:
        """The most probable label of each point; of equals the first in ascending order, as in scikit-learn.

        Args:
            X_new: points as in X; X itself if not given. Columns of a table may be in any order.

        Raises:
            ValueError: as `fit`, or if the points are not like those of X.
        """
        self.fit()
        probs_N_C = self._probs(self._placed(X_new), self._session, self._codes, self._codes)
        return label_array(self._codes)[np.argmax(probs_N_C, axis=1)]

    def curve(self) -> LearningCurve:
        """The learning curve, one row a round: labels, and accuracy on the test set where one was given.

        A round ends when the next labels are added; corrections made until then belong to it. Test labels that
        no label or class has shown yet count as wrong. Rounds in which nothing was queried are fitted here. A round
        whose labels were too few for the estimator has no accuracy.
        """
        self._note_training()
        rows = []
        for number, end in enumerate(round_ends(self._history)):
            history = self._history[:end]
            key = label_changes(history)
            if self._test is not None and key not in self._rows_of_curve:
                last = key == label_changes(self._history)
                codes, session = (self._codes, self._session) if last else self._built(history)[1:]
                with suppress(TooFewLabelsError):
                    self._rows_of_curve[key] = self._row(codes, session)
                self._note_training()
            none = {"accuracy": nan, "train_loss": nan, "seconds": 0.0}
            labels = len(labels_after(history))
            rows.append({**none, **self._rows_of_curve.get(key, {}), "round": number, "labels": labels})
        return LearningCurve(rows, self._config(), label=self.strategy.label)

    # Files.

    def save(self, path: str | Path, *, skops: bool = False) -> Path:
        """Write the learner to one file, a zip of JSON and .npy: nothing is pickled, and no data are in it.

        It holds the arguments, the history, the classes, the rounds of the curve and a digest of X. A
        scikit-learn estimator is written as classes and parameters, a fitted or any other one not at all, unless by
        skops: `load` must be given it again.

        Args:
            path: of the file; one that is there is replaced.
            skops: write a fitted estimator, or one of another package, in the format of skops (extra `skops`).

        Returns:
            the path.

        Raises:
            MissingExtraError: skops is asked for and not installed.
            ValueError: skops cannot write the estimator.
        """
        self._note_training()
        estimator, missing = None, ""
        files: dict[str, NDArray[Any]] = {}
        try:
            if self._setup.model is not None:
                raise NotSavedError(f"{type(self._setup.model).__name__} was fitted before, and fits are not saved")
            estimator = {"estimator": estimator_to_json(self._setup.template)}
        except NotSavedError as error:
            missing = str(error)
            if skops:
                files["skops"] = np.frombuffer(estimator_to_skops(self._shown), dtype=np.uint8)
        history, arrays = packed(self._history)
        files |= arrays
        if isinstance(self._features, np.ndarray) and self._features.dtype.kind in "biuf":
            files["features"] = self._features
        content = {
            "format": _FORMAT,
            "version": _VERSION,
            "arguments": self._arguments,
            "strategy": self.strategy.name if STRATEGIES.get(self.strategy.name) is self.strategy else None,
            "features": self._features is not None,
            "estimator": estimator,
            "estimator_missing": missing,
            "declared": self._declared,
            "classes": self._classes,
            "points": count(self._x),
            "digest": points_digest(self._x),
            **history,
            "curve": [
                [key, {name: value if isfinite(value) else None for name, value in row.items()}]
                for key, row in self._rows_of_curve.items()
            ],
        }
        return write_archive(path, content, files)

    @classmethod
    def load(
        cls,
        path: str | Path,
        X: Any,
        *,
        estimator: Any = None,
        test: tuple[Any, Any] | None = None,
        strategy: AnyStrategy | None = None,
        features: Any = None,
        trusted: Sequence[str] = (),
    ) -> Self:
        """The learner that was saved; its next batch is the one the saved learner would have given.

        Args:
            path: of the file.
            X: the same pool.
            estimator: the same estimator, needed where it is not of scikit-learn alone or was fitted before.
            test: the test set, for the accuracy of further rounds; that of past rounds is in the file.
            strategy: the same strategy, needed where it is a function or an object of one's own.
            features: the same features, needed where they are a function.
            trusted: names of classes and functions of other packages that an estimator written by skops may import.

        Raises:
            ValueError: if the file is none of `save`, X is another pool, or one of these is needed and missing.
            MissingExtraError: the estimator was written by skops, which is not installed.
        """
        content, arrays = read_archive(path)
        if content.get("format") != _FORMAT or content.get("version") != _VERSION:
            raise ValueError(f"{path} holds no learner that this version reads: it was made by another program")
        digest = points_digest(X)
        if digest != content["digest"]:
            raise ValueError(
                f"X is not the pool that {path} was saved with, got {count(as_points(X)):,} points with the digest "
                f"{digest[:8]}, saved {content['points']:,} with {content['digest'][:8]}; give the same rows in the "
                "same order"
            )
        if estimator is None and "skops" in arrays:
            estimator = estimator_from_skops(arrays["skops"].tobytes(), trusted)
        if estimator is None:
            if content["estimator"] is None:
                raise ValueError(f"give estimator= again, the one that was saved: {content['estimator_missing']}")
            estimator = estimator_from_json(content["estimator"]["estimator"])
        arguments = dict(content["arguments"])
        name = arguments.pop("strategy")
        strategy = content["strategy"] if strategy is None else strategy
        if strategy is None:
            raise ValueError(f"give strategy= again: {name} is none of the catalogue, and functions are not saved")
        if features is None and content["features"]:
            features = arrays.get("features")
            if features is None:
                raise ValueError("give features= again: functions and tables of features are not saved")
        learner = cls(
            estimator, X, classes=content["declared"], strategy=strategy, test=test, features=features, **arguments
        )
        learner._replace(unpacked(content, arrays))
        learner._rows_of_curve = {
            int(key): {name: nan if value is None else value for name, value in row.items()}
            for key, row in content["curve"]
        }
        return learner

    def __repr__(self) -> str:
        return as_text(self._sentences(), {})

    def _repr_html_(self) -> str:
        counts = {label: 0 for label in self._classes[:_CLASSES_SHOWN]}
        for label in self._labels.values():
            if label in counts:
                counts[label] += 1
        return as_html(
            self._sentences(),
            {"class": [*map(str, counts)], "labels": [f"{number:,}" for number in counts.values()]},
        )

    def _sentences(self) -> list[str]:
        shown = ", ".join(str(label) for label in self._classes[:_CLASSES_SHOWN])
        classes = f"; classes {shown}{', ...' if len(self._classes) > _CLASSES_SHOWN else ''}" if shown else ""
        sentences = [
            f"ActiveLearner({short(self._shown, 34)}, strategy={self.strategy.name!r}, seed={self.seed})",
            f"{self.n_labels:,} of {count(self._x):,} points labelled{classes}.",
        ]
        return [*sentences, self.note] if self.note else sentences

    @property
    def _shown(self) -> Any:
        """What names the estimator."""
        return self._setup.template if self._setup.model is None else self._setup.model

    # How it works: a session of class numbers, made again whenever the classes change.

    def _built(self, history: list[HistoryStep]) -> tuple[list[Label], list[Label], Session]:
        """The classes, their labels by number, and the session after a history; a function of these alone."""
        classes = classes_of(labels_after(history).values(), self._known)
        # Numbered as scikit-learn orders classes, so that ties between classes fall as they do there. The outputs of
        # a module keep their classes: one that appears takes the next output.
        codes = classes if self._setup.in_order else sorted(classes)
        # Two classes at least: a strategy that needs no model serves a pool with fewer, and counts none.
        number = max(2, len(codes))
        session = Session(
            self._x,
            self._setup.learner(codes, number),
            self.strategy,
            seed=self.seed,
            classes=number,
            samples=self._arguments["samples"],
            candidates=self._arguments["candidates"],
        )
        return classes, codes, session.restore(numbered(history, codes))

    def _replace(self, history: list[HistoryStep]) -> None:
        history = without_last_training(history)
        built = self._built(history)
        self._history, self._labels = history, labels_after(history)
        self._classes, self._codes, self._session = built
        self.batch = None

    def _do(self, kind: str, rows: ArrayLike, labels: Any = None) -> None:
        found = self._rows(kind, rows)
        values = [] if labels is None and kind in ("skip", "exclude") else label_values(labels)
        if kind in ("tell", "relabel") and len(values) != len(found):
            raise ValueError(f"{kind} needs one label a row, got {len(found)} rows and {len(values)} labels")
        if not len(found):
            return
        if values:
            check_order(found.tolist(), labels, "rows", "labels")
            if hasattr(self._x, "iloc") and found.min() >= 0 and found.max() < count(self._x):
                check_order(self._x.iloc[found], labels, "rows", "labels")
        if self._declared is not None and (strange := [one for one in values if one not in self._known]):
            raise ValueError(f"labels must be one of {', '.join(map(repr, self._known))}, got {strange[0]!r}")
        check_one_kind([*self._classes, *values])
        self._note_training()
        step = HistoryStep(kind, tuple(found.tolist()), tuple(values))
        if self._keeps_classes(step):
            codes = [self._codes.index(label) for label in values]
            arguments = (found, codes) if values else (found,)
            getattr(self._session, kind)(*arguments)
            self._history.append(step)
            self._labels.update(zip(step.rows, step.labels, strict=False))
            self.batch = None
        else:
            self._replace([*self._history, step])

    def _rows(self, kind: str, rows: Any) -> NDArray[np.int64]:
        """Rows as numbers; the ledger checks that they are of the pool."""
        given = as_array(rows, "rows")
        first = given.ravel()[:1].tolist()
        if given.dtype.kind in "UO" and first and isinstance(first[0], str):
            hint = ": X.index.get_indexer gives those of names in its index" if hasattr(self._x, "iloc") else ""
            raise ValueError(
                f"rows must be whole numbers, positions in X from 0 to {count(self._x) - 1:,}, got {first[0]!r}{hint}"
            )
        found = whole_numbers(given, "rows")
        if found.ndim != 1:
            shown = found if found.ndim == 0 else f"shape {found.shape}"
            raise ValueError(f"{kind} takes a list of rows, such as [3], got {shown}")
        return found

    def _keeps_classes(self, step: HistoryStep) -> bool:
        if step.kind == "relabel":
            after = {**self._labels, **dict(zip(step.rows, step.labels, strict=True))}
            return classes_of(after.values(), self._known) == self._classes
        return set(step.labels) <= set(self._classes)

    def _note_training(self) -> None:
        """Keep what the session noted of a learner that goes on from its last fit."""
        done = self._session.history[len(self._history) :]
        self._history.extend(HistoryStep(step.kind) for step in done if step.kind in TRAINED)

    def _placed(self, x_new: Any) -> Any:
        session = self._session
        return session.x if x_new is None else session.learner.prepare(points_like(x_new, self._x, "X_new"))

    def _probs(self, placed: Any, session: Session, codes: list[Label], classes: list[Label]) -> NDArray[Any]:
        """probs_N_C in the order of classes; what a learner gives to numbers without a label is left out."""
        probs_N_C = to_numpy(session.learner.predict_probs(placed))[:, [codes.index(label) for label in classes]]
        if len(classes) < session.classes:
            probs_N_C = probs_N_C / probs_N_C.sum(axis=1, keepdims=True)
        return probs_N_C

    def _measure(self) -> None:
        """Keep the accuracy of this round, if it is not kept already."""
        self._note_training()
        key = label_changes(self._history)
        if self._test is not None and self._labels and key not in self._rows_of_curve:
            with suppress(TooFewLabelsError):
                self._rows_of_curve[key] = self._row(self._codes, self._session)
            self._note_training()

    def _row(self, codes: list[Label], session: Session) -> dict[str, Any]:
        assert self._test is not None  # see the callers
        session.fit()
        x_test, y_test = self._test
        predicted_T = np.argmax(self._probs(session.learner.prepare(x_test), session, codes, codes), axis=1)
        number: dict[Any, int] = {label: column for column, label in enumerate(codes)}
        true_T = np.array([number.get(label, -1) for label in y_test])
        return {
            "accuracy": float(np.mean(predicted_T == true_T)),
            "train_loss": float(session.train_loss),
            "seconds": float(session.seconds.get("train", 0.0)),
        }

    def _checked_test(self, test: Any) -> tuple[Any, list[Label]]:
        if not isinstance(test, tuple | list) or len(test) != 2:
            given = f"{len(test)} things" if isinstance(test, tuple | list) else type(test).__name__
            raise ValueError(f"test must be a pair (X_test, y_test), got {given}")
        x_test, y_test = test
        points = points_like(x_test, self._x, "X_test")
        labels = label_values(y_test, "test labels")
        if len(labels) != count(points) or not labels:
            raise ValueError(f"test needs one label a point, got {count(points):,} points and {len(labels):,} labels")
        check_order(x_test, y_test, "X_test", "y_test")
        check_one_kind([*self._known, *labels], "classes and test labels")
        return points, labels

    def _config(self) -> dict[str, Any]:
        return {
            **self._arguments,
            "estimator": short(self._shown, 500),
            "points": count(self._x),
            "classes": [str(label) for label in self._classes],
        }


def _declared(classes: Sequence[Any]) -> list[Label]:
    found = label_values(classes, "classes")
    if len(found) < 2 or len(set(found)) != len(found):
        raise ValueError(f"classes must be two or more different labels, got {found}")
    return found
