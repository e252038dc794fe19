"""Whatever a user names or brings, as a learner."""

from collections.abc import Callable
from typing import Any, cast

from alcore.learners.base import Learner, no_tick
from alcore.learners.registry import LEARNERS, make_learner

# What tells a learner from a scikit-learn classifier.
_OF_A_LEARNER = ("prepare", "fit", "predict_probs", "sample_probs", "capabilities")


def learner_for(estimator: Any, classes: int, seed: int, *, tick: Callable[[], None] = no_tick) -> Learner:
    """A learner of a name, a scikit-learn classifier, or an object that makes learners.

    Args:
        estimator: a key of `LEARNERS`; a scikit-learn classifier or pipeline with `predict_proba`, which is cloned
            for each fit and never changed; an object with `make_learner(*, classes, seed, tick)`; or a learner,
            which is returned as it is.
        classes: how many classes there are, seen or not.
        seed: decides first weights, where there are any.
        tick: called at every step of the computation; an exception from it stops the work.

    Raises:
        ValueError: if it is none of these; the sentence gives the next step.
        MissingExtraError: the learner is a network, and torch is not installed.
    """
    if isinstance(estimator, str):
        return make_learner(estimator, classes=classes, seed=seed, tick=tick)
    if isinstance(estimator, type):
        name = estimator.__name__
        raise ValueError(f"learner was the class {name}: give an instance of it, such as {name}()")
    if hasattr(estimator, "make_learner"):
        return cast(Learner, estimator.make_learner(classes=classes, seed=seed, tick=tick))
    if all(hasattr(estimator, name) for name in _OF_A_LEARNER):
        return cast(Learner, estimator)
    if not hasattr(estimator, "fit"):
        raise ValueError(
            f"learner must be one of {', '.join(LEARNERS)} or a scikit-learn classifier or pipeline, "
            f"got {_shown(estimator)}"
        )
    from alcore.learners.sklearn_learner import ClassifierLearner  # loads scikit-learn

    return ClassifierLearner(estimator, classes, tick=tick)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
