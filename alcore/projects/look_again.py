"""Labels that models contradict which have not seen them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits

from alcore.projects.ledger import Ledger
from alcore.projects.model.models import estimator_for
from alcore.projects.project import Project

FOLDS = 5


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


@threadpool_limits.wrap(limits=1)
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
    counts = Counter(labels.values())
    left_out = tuple(name for name, count in counts.items() if count < 2)
    kept = {place: label for place, label in labels.items() if label not in left_out}
    classes = sorted(set(kept.values()))
    if len(classes) < 2:
        return Checked((), float("nan"), 0, left_out)
    places = np.fromiter(kept, np.int64, len(kept))
    y = np.array([classes.index(label) for label in kept.values()])
    folds = min(FOLDS, min(Counter(y.tolist()).values()))
    probs_M_C = cross_val_predict(
        estimator_for(project.settings["model"], project.features, project.settings["seed"]),
        project.features[places],
        y,
        cv=StratifiedKFold(folds, shuffle=True, random_state=project.settings["seed"]),
        method="predict_proba",
    )
    best_M = probs_M_C.argmax(axis=1)
    seen = {tuple(one) for one in confirmed}
    found = [
        Contradiction(project.ids[place], kept[place], classes[best], float(probs_C[given]), float(probs_C[best]))
        for place, given, best, probs_C in zip(places.tolist(), y.tolist(), best_M.tolist(), probs_M_C, strict=True)
        if best != given and (project.ids[place], kept[place]) not in seen
    ]
    found.sort(key=lambda one: one.label_probability - one.predicted_probability)
    return Checked(tuple(found), float(np.mean(best_M == y)), len(y), left_out)
