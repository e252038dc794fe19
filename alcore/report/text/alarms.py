"""Alarms about a run in progress, in sentences with their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.report.phrases import capitalise, format_labels, format_number, join_names, percent, percentage_points
from alcore.report.statistics.run_quality import OneRound, asked_counts, class_shares

Kind = Literal["losing", "unasked", "falling", "overconfident"]

# Critical value and level of a two-sided test at 5 %.
_RARE = 1.96
_CHANCE = 0.05
# Factor for the variance of training beside that of the test set. Of 8 pairs of random runs (an MLP on MNIST, 100 to
# 300 labels) 7 differed by more than the noise of 10,000 test points in two consecutive rounds, none by twice it.
_TRAINING = 2
# Smallest relative growth of the negative log-likelihood that counts, since its error is unknown.
_GROWN = 1.05
# Rounds after the best from which growth is lasting.
_LASTING = 2


@dataclass(frozen=True)
class Alarm:
    """A problem of a run.

    Attributes:
        kind: type of the problem.
        round: last round that shows it: of queries, counted from 1, or of the model after them (0: of the seed set).
        sentence: its description with numbers.
    """

    kind: Kind
    round: int
    sentence: str


def alarms(
    rounds: Sequence[OneRound],
    random: Sequence[OneRound] = (),
    *,
    class_names: Sequence[str],
    share_C: ArrayLike | None = None,
    name: str = "This strategy",
) -> list[Alarm]:
    """Problems of a run after the last of these rounds.

    Differences of accuracy are compared with the noise of the test set for two equally good models, taking their errors
    as independent, which is an upper bound; for runs trained separately, with twice that. An alarm is a reason to look
    and to add seeds, not a verdict. A run without measurements (see `Round.confusion_C_C`) raises no alarms.

    Args:
        rounds: of the run, from round 0 on.
        random: rounds of the random run from the same start; empty if it did not run.
        class_names: one per class.
        share_C: share of each class in the pool; default: that of the test set.
        name: display name of the strategy in sentences.

    Returns:
        at most one alarm of each kind.
    """
    if not rounds or any(round_.confusion_C_C is None for round_ in rounds):
        return []
    confusion = rounds[-1].confusion_C_C
    assert confusion is not None  # see above
    pool_C = class_shares(confusion) if share_C is None else np.asarray(share_C, dtype=np.float64)
    found = (
        _losing(rounds, random, capitalise(name)),
        _unasked(rounds, class_names, pool_C),
        _falling(rounds),
        _overconfident(rounds),
    )
    return [alarm for alarm in found if alarm is not None]


def _losing(rounds: Sequence[OneRound], random: Sequence[OneRound], name: str) -> Alarm | None:
    """Far behind random in both of the last two common rounds, excluding the shared start."""
    by_labels = {one.labels: one for one in random}
    pairs = [(round_, by_labels[round_.labels]) for round_ in rounds[1:] if round_.labels in by_labels][-2:]
    behind = [other.accuracy - one.accuracy > _TRAINING * _luck(one, other) for one, other in pairs]
    if len(pairs) < 2 or not all(behind):
        return None
    one, other = pairs[-1]
    return Alarm(
        "losing",
        one.round,
        f"{name} is losing to random: with {format_labels(one.labels)} (round {one.round}) it has "
        f"{percent(one.accuracy)}, random {percent(other.accuracy)}, "
        f"{percentage_points(other.accuracy - one.accuracy)} more: for the second round in a row more than "
        f"twice what chance explains. {_by_luck(one, other)} One pair of runs is no evidence yet.",
    )


def _unasked(rounds: Sequence[OneRound], class_names: Sequence[str], share_C: NDArray[np.float64]) -> Alarm | None:
    """A class without a query, although random queries would very likely have found it."""
    asked_R_C = asked_counts(rounds, len(class_names))
    asked = int(asked_R_C.sum())
    missed_C = (asked_R_C.sum(axis=0) == 0) & (len(class_names) * (1 - share_C) ** asked < _CHANCE)
    if not missed_C.any():
        return None
    # The model after round i selects the queries of round i + 1.
    number = 1 + next(round_.round for round_ in reversed(rounds) if len(round_.batch_labels))
    names = join_names([class_names[int(i)] for i in np.flatnonzero(missed_C)])
    times = join_names([f"{asked * share:.0f}" for share in share_C[missed_C]])
    return Alarm(
        "unasked",
        number,
        f"No query has been of class {names}: of {asked:,} random queries up to round {number}, about "
        f"{times} would have been.",
    )


def _falling(rounds: Sequence[OneRound]) -> Alarm | None:
    """Below the best round so far by more than noise."""
    best, last = max(rounds, key=lambda one: one.accuracy), rounds[-1]
    lost = best.accuracy - last.accuracy
    if lost <= _luck(best, last):
        return None
    return Alarm(
        "falling",
        last.round,
        f"Accuracy has fallen: {percent(best.accuracy)} with {format_labels(best.labels)} (round {best.round}), "
        f"{percent(last.accuracy)} with {format_labels(last.labels)} (round {last.round}), "
        f"{percentage_points(lost)} less. {_by_luck(best, last)}",
    )


def _overconfident(rounds: Sequence[OneRound]) -> Alarm | None:
    """Both the likelihood and the calibration error worsened since the round of the best likelihood."""
    best, last = min(rounds, key=lambda one: one.measures["nll"]), rounds[-1]
    gap, sure = last.measures["overconfidence"], last.accuracy + last.measures["overconfidence"]
    grown = last.measures["ece"] - best.measures["ece"]
    if (
        last.round - best.round < _LASTING
        or gap <= 0
        or last.measures["nll"] <= _GROWN * best.measures["nll"]
        or grown <= _luck(best, last)
    ):
        return None
    return Alarm(
        "overconfident",
        last.round,
        f"Over-confidence grows: from round {best.round} to round {last.round} the calibration error went "
        f"from {_share(best.measures['ece'])} to {_share(last.measures['ece'])} and the negative "
        f"log-likelihood from {best.measures['nll']:.3f} to {last.measures['nll']:.3f} nats; mean "
        f"confidence is {_share(sure)}, accuracy {_share(last.accuracy)}.",
    )


def _share(share: float) -> str:
    return f"{format_number(100 * share, 1)} %"


def _luck(one: OneRound, other: OneRound) -> float:
    spread = sum(model.accuracy * (1 - model.accuracy) for model in (one, other))
    return _RARE * sqrt(spread / _test_points(one))


def _by_luck(one: OneRound, other: OneRound) -> str:
    luck = percentage_points(_luck(one, other))
    return f"With {_test_points(one):,} test points, chance makes {luck} or more one time in 20 at most."


def _test_points(one: OneRound) -> int:
    confusion = one.confusion_C_C
    assert confusion is not None  # see alarms
    return int(confusion.sum())
