"""What audits say beyond one accuracy: by class, calibration, and whether asking beats random labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm
from threadpoolctl import threadpool_limits

from alcore.projects.answers import ItemState
from alcore.projects.audit import wilson
from alcore.projects.model.training import ModelRound
from alcore.projects.project import Project
from alcore.projects.status import LOOK, audited_places
from alcore.report.phrases import format_signed

BINS = 5
# Control labels from which the two models are compared.
FEWEST_CONTROLS = 20


@dataclass(frozen=True)
class ClassEvidence:
    """How well a model finds a class, on audit items; shares are None where nothing was counted.

    Attributes:
        name: of the class.
        true: audit items of the class.
        predicted: audit items that the model took for it.
        precision: share of the predicted that are of the class, with its Wilson interval.
        recall: share of the class that was predicted, likewise.
    """

    name: str
    true: int
    predicted: int
    precision: tuple[float, float, float] | None
    recall: tuple[float, float, float] | None


@dataclass(frozen=True, eq=False)
class AuditReport:
    """The audit at its last look.

    Attributes:
        classes: of the rows and columns of `confusion`.
        confusion_C_C: audit items by their label (rows) and prediction (columns).
        by_class: precision and recall.
        bins: (mean confidence, share right, items) of up to five groups of equal size by confidence.
        right: whether the model is right on each audit item, in the order of the audit.
    """

    classes: tuple[str, ...]
    confusion_C_C: NDArray[np.int64]
    by_class: tuple[ClassEvidence, ...]
    bins: tuple[tuple[float, float, int], ...]
    right: tuple[bool, ...]


@dataclass(frozen=True)
class WorthAsking:
    """A model of strategy labels against one of as many random labels, on the same audit items.

    Attributes:
        labels: of each model.
        audits: items on which both are compared.
        asked: accuracy of the model of strategy labels.
        random: accuracy of the model of control labels.
        low: lower end of the 95 % interval of the difference.
        high: upper end.
    """

    labels: int
    audits: int
    asked: float
    random: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """One claim, one number, one interval."""
        points, low, high = (format_signed(100 * part, 1) for part in (self.asked - self.random, self.low, self.high))
        ends = f"95 % CI {low} to {high}, {self.audits} audit items"
        if self.low > 0:
            return f"The strategy beats random: {points} points ({ends}) at {self.labels} labels each."
        if self.high < 0:
            return f"The strategy is worse than random: {points} points ({ends}) at {self.labels} labels each."
        return f"No significant difference yet: {points} points ({ends}) at {self.labels} labels each."


def audit_report(project: Project, model: ModelRound, states: Mapping[str, ItemState]) -> AuditReport | None:
    """What the audits at the last look say; None before the first."""
    audits = audited_places(project.items, states)
    audits = audits[: len(audits) // LOOK * LOOK]
    if not audits or model.confidence_N is None:
        return None
    named = model.named_N
    true, predicted = [label for _, label in audits], [named[place] for place, _ in audits]
    classes = tuple(dict.fromkeys([*(one for one in project.classes if one in {*true, *predicted}), *true]))
    place_of = {name: number for number, name in enumerate(classes)}
    confusion = np.zeros((len(classes), len(classes)), dtype=np.int64)
    for label, guess in zip(true, predicted, strict=True):
        confusion[place_of[label], place_of[guess]] += 1
    by_class = tuple(
        ClassEvidence(
            name,
            int(confusion[number].sum()),
            int(confusion[:, number].sum()),
            _share(int(confusion[number, number]), int(confusion[:, number].sum())),
            _share(int(confusion[number, number]), int(confusion[number].sum())),
        )
        for number, name in enumerate(classes)
    )
    right = np.array([label == guess for label, guess in zip(true, predicted, strict=True)])
    sure = model.confidence_N[[place for place, _ in audits]].astype(np.float64)
    groups = np.array_split(np.argsort(sure, kind="stable"), BINS)
    bins = tuple((float(sure[rows].mean()), float(right[rows].mean()), len(rows)) for rows in groups if len(rows))
    return AuditReport(classes, confusion, by_class, bins, tuple(right.tolist()))


@threadpool_limits.wrap(limits=1)
def worth_asking(project: Project, states: Mapping[str, ItemState]) -> WorthAsking | None:
    """Compare asking with random labels at equal labels; None while there are fewer than 20 controls, or no audits.

    The model of strategy labels has the first ones by the strategy, the other all controls: as many of each.
    """
    asked, random = [], []
    for item, state in states.items():
        place = project.items.place_of.get(item)
        if place is None or state.label is None:
            continue
        if state.purpose == "train":
            asked.append((place, state.label))
        elif state.purpose == "control":
            random.append((place, state.label))
    audits = audited_places(project.items, states)
    labels = min(len(asked), len(random))
    if labels < FEWEST_CONTROLS or not audits:
        return None
    places = [place for place, _ in audits]
    truth = np.array([label for _, label in audits])
    right = [_predicted(project, some[:labels], places) == truth for some in (asked, random)]
    better, worse = int((right[0] & ~right[1]).sum()), int((~right[0] & right[1]).sum())
    low, high = paired_interval(better, worse, len(truth))
    return WorthAsking(labels, len(truth), float(right[0].mean()), float(right[1].mean()), low, high)


def paired_interval(better: int, worse: int, items: int, level: float = 0.95) -> tuple[float, float]:
    """Interval of the difference of two shares on the same items: Wald's after half an item is added to each cell.

    Args:
        better: items on which the first alone is right.
        worse: items on which the second alone is right.
        items: all items.
        level: confidence level.

    Source: Agresti & Min (2005), Statistics in Medicine 24.
    """
    b, c, n = better + 0.5, worse + 0.5, items + 2
    middle = (b - c) / n
    reach = float(norm.isf((1 - level) / 2)) * sqrt((b + c) / n - middle**2) / sqrt(n)
    return max(-1.0, middle - reach), min(1.0, middle + reach)


def _predicted(project: Project, some: Sequence[tuple[int, str]], places: Sequence[int]) -> NDArray[np.str_]:
    x, y = project.features, np.array([label for _, label in some])
    if len(set(y.tolist())) < 2:
        return np.full(len(places), y[0])
    estimator = project.estimator()
    return np.asarray(estimator.fit(x[[place for place, _ in some]], y).predict(x[list(places)]))


def _share(count: int, of: int) -> tuple[float, float, float] | None:
    return None if not of else (count / of, *wilson(count / of, of))
