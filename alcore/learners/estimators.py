"""A user's estimator, checked and cloned, and a learner made of it for any number of classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from alcore.learners.base import Learner
from alcore.learners.labels import Label, label_values
from alcore.learners.measured_learner import MeasuredLearner
from alcore.learners.members import Committee, CommitteeLearner, is_learner, learner_for
from alcore.learners.pool_features import PoolFeatures
from alcore.learners.prefit_learner import PrefitLearner
from alcore.learners.sklearn_learner import ClassifierLearner

Prefit = bool | Literal["ask"]


@dataclass(frozen=True, eq=False)
class Estimator:
    """The estimator of a session, from which learners for any number of classes are made.

    Attributes:
        template: an unfitted clone; an object with `make_learner`; or a key of `LEARNERS`.
        seed: of first weights.
        model: a fitted classifier that is used before any fit; None if there is none.
        refit: whether clones may take the place of `model`.
        features: of the pool; None where the learner has its own.
        member: of a committee, from which the features are computed.
        until_fitted: whether the features give way to the learner's own at its first fit.
    """

    template: Any
    seed: int
    model: Any = None
    refit: bool = True
    features: PoolFeatures | None = None
    member: int | None = None
    until_fitted: bool = False

    @property
    def in_order(self) -> bool:
        """Whether classes are numbered in the order of `classes_`, as the outputs of a module are; else ascending."""
        return hasattr(self.template, "make_learner") and not isinstance(self.template, Committee)

    @property
    def labels(self) -> list[Label]:
        """The classes of the fitted model, in its order."""
        return [] if self.model is None else label_values(self.model.classes_, "the classes of the fitted model")

    def learner(self, labels: Sequence[Label], classes: int) -> Learner:
        """A fresh learner.

        Args:
            labels: of class 0, 1, ...
            classes: how many there are, at least as many as labels.

        Raises:
            ValueError: if a class of the fitted model is none of the labels.
        """
        if strange := [label for label in self.labels if label not in labels]:
            raise ValueError(
                f"the fitted model predicts {strange[0]!r}, which is none of the labels "
                f"{', '.join(map(repr, labels[:9]))}: fit it on the same labels"
            )
        # A classifier of scikit-learn takes fractions for a regression target: it is fitted on class numbers.
        fitted = [] if any(isinstance(label, float) for label in labels) else labels
        learner = learner_for(self.template, classes, self.seed, labels=fitted)
        if self.model is not None:
            assert isinstance(learner, ClassifierLearner)  # see `estimator_of`
            learner = PrefitLearner(self.model, learner, labels, refit=self.refit)
        if self.features is None:
            return learner
        return MeasuredLearner(learner, self.features, member=self.member, until_fitted=self.until_fitted)


def estimator_of(estimator: Any, *, seed: int, prefit: Prefit = False, features: Any = None) -> Estimator:
    """Check and clone a user's estimator.

    Args:
        estimator: a scikit-learn classifier or pipeline with `predict_proba`, a key of `LEARNERS`, an object with
            `make_learner`, or a `Committee`.
        seed: of random states that are None, and of first weights.
        prefit: whether the estimator is fitted and used unchanged until a refitted clone is better (True), or
            always ("ask"). A `FrozenEstimator` is always used unchanged.
        features: the argument `given` of `PoolFeatures`; None for the estimator's own.

    Raises:
        ValueError: if it is none of these, or said to be fitted and is not.
        MissingExtraError: it is a network, and torch is not installed.
    """
    if prefit not in (False, True, "ask"):
        raise ValueError(f'prefit must be False, True or "ask", got {prefit!r}')
    if isinstance(estimator, FrozenEstimator):
        estimator, prefit = estimator.estimator, "ask"
    learner_for(estimator, 2, seed)
    if isinstance(estimator, str) or hasattr(estimator, "make_learner"):
        if prefit:
            raise ValueError("prefit is for a fitted scikit-learn classifier or pipeline, such as joblib.load gives")
        if isinstance(estimator, Committee):
            classifiers = [number for number, one in enumerate(estimator.members) if hasattr(one, "predict_proba")]
            pipelines = [number for number in classifiers if isinstance(estimator.members[number], Pipeline)]
            if classifiers:
                member = (pipelines or classifiers)[0]
                own = PoolFeatures(given=features, transformer=_steps(estimator.members[member]), seed=seed)
                return Estimator(estimator, seed, features=own, member=member)
        if estimator == "graph" and features is None:
            return Estimator(estimator, seed)
        # A network has no features before its first fit: the points themselves are used.
        own = PoolFeatures(given=features, seed=seed)
        return Estimator(estimator, seed, features=own, until_fitted=features is None)
    if prefit and not hasattr(estimator, "classes_"):
        raise ValueError(f"{type(estimator).__name__} is not fitted: fit it first, or leave prefit out")
    try:
        template = clone(estimator)
    except (TypeError, RuntimeError) as error:
        raise ValueError(f"{type(estimator).__name__} cannot be cloned by scikit-learn: {error}") from error
    own = PoolFeatures(
        given=features, transformer=_steps(estimator if prefit else template), fitted=bool(prefit), seed=seed
    )
    return Estimator(template, seed, estimator if prefit else None, prefit != "ask", own)


def pool_learner(estimator: Any, classes: int, seed: int, *, labels: Sequence[Label] = ()) -> Learner:
    """A learner for a pool that has labels from the start, with the features of an `ActiveLearner`.

    Args:
        estimator: as `learner_for` takes it, or a `FrozenEstimator`.
        classes: how many classes there are, seen or not.
        seed: of random states that are None, and of first weights.
        labels: of class 0, 1, ..., on which scikit-learn classifiers are fitted; class numbers if not given.

    Raises:
        ValueError: if it is none of these.
        MissingExtraError: it is a network, and torch is not installed.
    """
    own = hasattr(estimator, "make_learner") or is_learner(estimator)
    if isinstance(estimator, str) or (own and not isinstance(estimator, Committee)):
        return learner_for(estimator, classes, seed)
    found = estimator_of(estimator, seed=seed)
    return found.learner(labels or (() if found.model is None else range(classes)), classes)


def fitted_model(learner: Learner) -> Any:
    """The fitted estimator behind a learner, of the kind the user gave; of a committee a list.

    Returns:
        None where a classifier has not been fitted, as before two classes are labelled.
    """
    if isinstance(learner, MeasuredLearner):
        return fitted_model(learner.inner)
    if isinstance(learner, CommitteeLearner):
        return [fitted_model(member) for member in learner.members]
    if isinstance(learner, ClassifierLearner | PrefitLearner):
        return learner.fitted
    # Of a network its torch module; a module of the user's own is inside another.
    network = getattr(learner, "network", learner)
    return getattr(network, "module", network)


def _steps(estimator: Any) -> Any:
    """The steps of a pipeline before its last, or None."""
    return estimator[:-1] if isinstance(estimator, Pipeline) and len(estimator) > 1 else None
