"""Agreement of people with themselves: some items are shown again, blind, some time after they were labelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import ArrayLike

from alcore.projects.answers import Answer
from alcore.projects.audit import wilson
from alcore.projects.ledger import Ledger
from alcore.projects.stopping import kappa
from alcore.projects.store import Handed

# Own labels between an item's label and the second look at it.
DISTANCE = 20
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


def with_repeats(found: Sequence[Handed], ledger: Ledger, annotator: str, share: float, seed: int) -> list[Handed]:
    """A queue with items of the annotator's own that are due to be shown again.

    Of n own labels `share * (n - 20)` are repeated. Each is drawn, by a hash of its id, from those with 20 own labels
    or more behind them that were not repeated.

    Args:
        found: the queue.
        ledger: the log.
        annotator: who answers.
        share: of own labels, in [0, 1].
        seed: of the draw.
    """
    if share <= 0:
        return list(found)
    own = ledger.own(annotator, _ALL)
    labels = [one for one in own if one.kind == "label" and one.purpose not in ("repeat", "imported")]
    repeated = {one.item for one in own if one.purpose == "repeat"}
    old = {one.item for one in labels[: max(0, len(labels) - DISTANCE)]}
    drawn = iter(sorted(old - repeated - {one.item for one in found}, key=lambda item: _turn(item, seed)))
    mixed: list[Handed] = []
    again = len(repeated)
    for before, one in enumerate(found):
        if again < int(share * (len(labels) + before - DISTANCE)) and (item := next(drawn, None)) is not None:
            mixed.append(Handed(item, "repeat"))
            again += 1
        mixed.append(one)
    return mixed


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


def _turn(item: str, seed: int) -> bytes:
    return blake2b(f"{seed}:{item}".encode(), digest_size=8).digest()
