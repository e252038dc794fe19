"""Learners: scikit-learn classifiers, torch networks and label spreading behind one small interface."""

from typing import TYPE_CHECKING

from alcore.lazy import lazy_names

if TYPE_CHECKING:
    from alcore.learners.base import Learner
    from alcore.learners.members import Committee, learner_for
    from alcore.learners.registry import LEARNERS, make_learner
    from alcore.learners.sklearn_learner import ClassifierLearner
    from alcore.learners.torch.module import TorchLearner

__all__ = ["LEARNERS", "ClassifierLearner", "Committee", "Learner", "TorchLearner", "learner_for", "make_learner"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "alcore.learners.base": ("Learner",),
        "alcore.learners.members": ("Committee", "learner_for"),
        "alcore.learners.registry": ("LEARNERS", "make_learner"),
        "alcore.learners.sklearn_learner": ("ClassifierLearner",),
        "alcore.learners.torch.module": ("TorchLearner",),
    },
)
