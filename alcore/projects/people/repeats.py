"""Agreement of people with themselves, on items that were shown again, blind; see `queue.with_repeats`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from alcore.projects.answers import Answer
from alcore.projects.audit import wilson
from alcore.projects.ledger import Ledger
from alcore.projects.stopping import kappa

_ALL = 2**31


@dataclass(frozen=True)
class SelfAgreement:
    """How far a person agrees with the own earlier labels.

    Attributes:
        annotator: the name.
        shown: items that were labelled a second time, blind.
        same: of them, how many had the same label.
        kappa: Cohen's, of the first and the second labels.
        low: lower end of its 95 % interval.
        high: upper end.
    """

    annotator: str
    shown: int
    same: int
    kappa: float
    low: float
    high: float


def self_agreement(ledger: Ledger) -> list[SelfAgreement]:
    """Each person's agreement with the own earlier labels, of those to whom items were shown again."""
    found = []
    for name in ledger.annotators():
        pairs = [pair for one in _last_repeats(ledger, name) if (pair := _pair(ledger, one)) is not None]
        if pairs:
            first, second = zip(*pairs, strict=True)
            same = sum(a == b for a, b in pairs)
            found.append(SelfAgreement(name, len(pairs), same, *kappa_interval(first, second)))
    return found


def kappa_interval(labels_a: ArrayLike, labels_b: ArrayLike, level: float = 0.95) -> tuple[float, float, float]:
    """Cohen's kappa and the ends of its interval: that of the share of equal labels, at the observed chance agreement.

    The share's interval is Wilson's, which is not empty where all labels are equal.

    Args:
        labels_a: one label an item.
        labels_b: other labels of the same items.
        level: confidence level.
    """
    a, b = np.asarray(labels_a), np.asarray(labels_b)
    value = kappa(a, b)
    chance = float(sum((a == one).mean() * (b == one).mean() for one in np.unique(np.concatenate([a, b]))))
    if chance == 1:
        return value, float("nan"), 1.0  # one class throughout: no disagreement was possible
    low, high = ((end - chance) / (1 - chance) for end in wilson(float((a == b).mean()), len(a), level))
    return value, low, high


def _last_repeats(ledger: Ledger, annotator: str) -> list[Answer]:
    repeats = [one for one in ledger.own(annotator, _ALL) if one.purpose == "repeat" and one.kind == "label"]
    return list({one.item: one for one in repeats}.values())


def _pair(ledger: Ledger, repeat: Answer) -> tuple[str, str] | None:
    """The label before a second look, and the second."""
    before = [
        one
        for one in ledger.of_item(repeat.item)
        if one.annotator == repeat.annotator
        and one.kind == "label"
        and one.purpose != "repeat"
        and one.number < repeat.number
    ]
    if not before or before[-1].value is None or repeat.value is None:
        return None
    return before[-1].value, repeat.value
