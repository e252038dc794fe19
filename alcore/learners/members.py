"""A committee of different models: its members are the posterior samples."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from alcore.learners.base import Learner, no_tick
from alcore.learners.registry import LEARNERS, make_learner
from alcore.learners.sklearn_learner import ClassifierLearner
from alcore.points import PlacedParts
from alcore.short import short

# Attributes of a learner that a scikit-learn classifier has not.
_OF_A_LEARNER = ("prepare", "fit", "predict_probs", "sample_probs", "capabilities")


class Committee:
    """Models of different kinds, fitted on the same labels; its probabilities are the mean of theirs.

    BALD, the votes of a committee and every other strategy of posterior samples compare the members.

    Attributes:
        members: as given.
    """

    def __init__(self, members: Sequence[Any]) -> None:
        """Take two or more models.

        Args:
            members: scikit-learn classifiers or pipelines, keys of `LEARNERS`, or objects with `make_learner`.

        Raises:
            ValueError: if they are no list, or fewer than two.
        """
        if isinstance(members, str) or not isinstance(members, Iterable) or hasattr(members, "fit"):
            raise ValueError(
                f"members must be a list of models, such as [GaussianNB(), LogisticRegression()], got {short(members)}"
            )
        self.members = tuple(members)
        if len(self.members) < 2:
            raise ValueError(f"a committee needs two members or more, got {len(self.members)}: one agrees with itself")

    def __repr__(self) -> str:
        return f"Committee([{', '.join(map(repr, self.members))}])"

    def make_learner(
        self, *, classes: int, seed: int, labels: Sequence[Any] = (), tick: Callable[[], None] = no_tick
    ) -> "CommitteeLearner":
        """A learner of all members.

        Args:
            classes: how many classes there are, seen or not.
            seed: of the first weights of networks.
            labels: of the classes, for scikit-learn classifiers; class numbers if not given.
            tick: called at every step.

        Raises:
            ValueError: if a member is no model.
        """
        return CommitteeLearner([learner_for(one, classes, seed, labels=labels, tick=tick) for one in self.members])


class CommitteeLearner(Learner):
    """Several learners as one: the mean of their probabilities; each member is one posterior sample."""

    def __init__(self, members: Sequence[Learner]) -> None:
        """Take learners with the same number of classes."""
        self.members = list(members)

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return self.members[0].classes  # type: ignore[attr-defined]

    @property
    def record(self) -> dict[str, str]:
        """How and where the members compute."""
        records = [member.record for member in self.members]
        return {key: ", ".join(dict.fromkeys(one[key] for one in records if key in one)) for key in records[0]}

    @property
    def title(self) -> str:
        """The members' names."""
        return f"a committee of {', '.join(member.title for member in self.members)}"

    @property
    def goes_on(self) -> bool:
        """Whether a member's next fit depends on its last one."""
        return any(getattr(member, "goes_on", False) for member in self.members)

    def forget(self) -> None:
        """Return to the state before the first fit."""
        for member in self.members:
            if hasattr(member, "forget"):
                member.forget()

    def prepare(self, x: Any) -> PlacedParts:
        """Points as each member places them."""
        return PlacedParts(tuple(member.prepare(x) for member in self.members))

    def fit(self, x_M: PlacedParts, y_M: Any, *, rng: np.random.Generator) -> float:
        """Fit every member, each on its own stream; returns their mean training loss in nats."""
        streams = rng.spawn(len(self.members))
        parts = zip(self.members, x_M.parts, streams, strict=True)
        return float(np.mean([member.fit(part, y_M, rng=stream) for member, part, stream in parts]))

    def predict_probs(self, x_N: PlacedParts) -> NDArray[Any]:
        """probs_N_C: the mean over the members."""
        return self._probs(x_N).mean(axis=1)

    def sample_probs(self, x_N: PlacedParts, samples: int | None, *, rng: np.random.Generator) -> NDArray[Any]:
        """probs_N_K_C: one sample a member.

        Raises:
            ValueError: if another number of samples is given.
        """
        if samples not in (None, len(self.members)):
            raise ValueError(f"a committee of {len(self.members)} members gives as many samples, not {samples}")
        return self._probs(x_N)

    def features(self, x_N: PlacedParts) -> NDArray[Any]:
        """features_N_D of the first member."""
        return _numpy(self.members[0].features(x_N.parts[0]))

    def _probs(self, x_N: PlacedParts) -> NDArray[Any]:
        parts = zip(self.members, x_N.parts, strict=True)
        return np.stack([_numpy(member.predict_probs(part)) for member, part in parts], axis=1)


def learner_for(
    estimator: Any,
    classes: int,
    seed: int,
    *,
    labels: Sequence[Any] = (),
    tick: Callable[[], None] = no_tick,
) -> Learner:
    """A learner of anything that can be trained.

    Args:
        estimator: a key of `LEARNERS`; a scikit-learn classifier or pipeline with `predict_proba`, which is cloned
            for each fit and never changed; an object with `make_learner(*, classes, seed, tick)`, such as a
            `Committee`; or a learner, which is returned unchanged.
        classes: how many classes there are, seen or not.
        seed: of first weights, where there are any.
        labels: of the classes, for scikit-learn classifiers; see `ClassifierLearner`.
        tick: called at every step of the computation; an exception from it stops the work.

    Raises:
        ValueError: a class in place of an object, a torch module without `TorchLearner`, a regressor, or anything
            without `fit`; the sentence gives the next step.
        MissingExtraError: the learner is a network, and torch is not installed.
    """
    if isinstance(estimator, type):
        name = estimator.__name__
        raise ValueError(f"the estimator must be an object, got the class {name}: write {name}() to make one")
    if isinstance(estimator, str):
        return make_learner(estimator, classes=classes, seed=seed, tick=tick)
    if isinstance(estimator, Committee):
        return estimator.make_learner(classes=classes, seed=seed, labels=labels, tick=tick)
    if hasattr(estimator, "make_learner"):
        return cast(Learner, estimator.make_learner(classes=classes, seed=seed, tick=tick))
    if hasattr(estimator, "forward") and hasattr(estimator, "state_dict"):
        raise ValueError(f"{type(estimator).__name__} is a torch module: give TorchLearner(module) in its place")
    if not hasattr(estimator, "fit"):
        raise ValueError(
            "the estimator must be a scikit-learn classifier or pipeline, a TorchLearner, a Committee or one of "
            f"{', '.join(LEARNERS)}, got {short(estimator)}"
        )
    if is_learner(estimator):
        return cast(Learner, estimator)
    return ClassifierLearner(estimator, classes, labels=labels, tick=tick)


def is_learner(estimator: Any) -> bool:
    """Whether this is a learner, not an estimator to make one of."""
    return all(hasattr(estimator, name) for name in _OF_A_LEARNER)


def _numpy(x: Any) -> NDArray[Any]:
    return np.asarray(x.cpu() if hasattr(x, "cpu") else x)
