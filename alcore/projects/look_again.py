"""Labels that models contradict which have not seen them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alcore.projects.answers import ItemState
from alcore.projects.ledger import Ledger
from alcore.projects.model.out_of_fold import out_of_fold
from alcore.projects.project import Project


@dataclass(frozen=True)
class Contradiction:
    """A label that a model which has not seen it finds unlikely.

    Attributes:
        item: its id.
        label: by a person.
        predicted: the most probable class.
        label_probability: of the label.
        predicted_probability: of the predicted class.
    """

    item: str
    label: str
    predicted: str
    label_probability: float
    predicted_probability: float


@dataclass(frozen=True)
class Checked:
    """Labels against cross-validated models.

    Attributes:
        contradictions: the clearest first.
        accuracy: share of labels that were predicted: biased, since the items were picked; NaN without any.
        labels: how many were compared.
        left_out: classes with too few labels to be compared.
    """

    contradictions: tuple[Contradiction, ...]
    accuracy: float
    labels: int
    left_out: tuple[str, ...]


def compared_classes(states: Mapping[str, ItemState]) -> int:
    """Number of classes with two labels or more: two of them are needed for a comparison."""
    counts = Counter(state.label for state in states.values() if state.label is not None)
    return sum(count > 1 for count in counts.values())


def check_labels(project: Project, ledger: Ledger, confirmed: Sequence[Sequence[str]] = ()) -> Checked:
    """Compare each label with a model trained without it, in five folds.

    Args:
        project: with its features.
        ledger: its log.
        confirmed: pairs of an item and a label that a person has looked at again.

    Source: the ranking by self-confidence of confident learning, Northcutt, Jiang & Chuang (2021).
    """
    labels = {
        project.items.place_of[item]: state.label
        for item, state in ledger.states.items()
        if state.label is not None and item in project.items.place_of
    }
    judged = out_of_fold(project.features, labels, estimator=project.estimator(), seed=project.settings["seed"])
    if not judged.classes:
        return Checked((), float("nan"), 0, judged.left_out)
    classes, y, probs_M_C = judged.classes, judged.given_M, judged.probs_M_C
    best_M = probs_M_C.argmax(axis=1)
    seen = {tuple(one) for one in confirmed}
    found = [
        Contradiction(project.ids[place], labels[place], classes[best], float(probs_C[given]), float(probs_C[best]))
        for place, given, best, probs_C in zip(
            judged.places_M.tolist(), y.tolist(), best_M.tolist(), probs_M_C, strict=True
        )
        if best != given and (project.ids[place], labels[place]) not in seen
    ]
    found.sort(key=lambda one: one.label_probability - one.predicted_probability)
    return Checked(tuple(found), float(np.mean(best_M == y)), len(y), judged.left_out)
