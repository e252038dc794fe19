"""What is known of a labelling project at a moment: counts, accuracy with an interval, and advice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.percent import level
from alcore.projects.answers import ItemState
from alcore.projects.audit import Estimate, more_labels, post_stratified
from alcore.projects.items import Items
from alcore.projects.model.training import ModelRound
from alcore.projects.stopping import Forecast, forecast, stable

# An interval is shown after every so many audit labels, so that it holds at its look.
LOOK = 20
# Half width for which the labels still needed are named.
WANTED = 0.03


@dataclass(frozen=True)
class Status:
    """A project at a moment.

    Attributes:
        items: of the project.
        labels: labelled items, audits included.
        per_class: labelled items of each class.
        audited: labelled audit items.
        accuracy: on items never offered to training, from the audits at the last look; None before the first.
        looked_at: audits that this is from.
        more_audits: labels that would narrow it to 3 points; None without it.
        kappas: agreement of successive models.
        curve: (labels, accuracy, low, high) of the models so far.
        is_stable: whether predictions have stabilised.
        forecast: labels to the target; None without a target.
        advice: one sentence.
    """

    items: int
    labels: int
    per_class: Mapping[str, int]
    audited: int
    accuracy: Estimate | None
    looked_at: int
    more_audits: int | None
    kappas: Sequence[float]
    curve: Sequence[tuple[float, ...]]
    is_stable: bool
    forecast: Forecast | None
    advice: str


def audited_places(items: Items, states: Mapping[str, ItemState]) -> list[tuple[int, str]]:
    """Labelled audit items of the reserve and their labels, in the order of the random permutation."""
    found = [
        (place, state.label)
        for item, state in states.items()
        if state.purpose == "audit"
        and state.label is not None
        and (place := items.place_of.get(item)) is not None
        and items.reserve_N[place]
    ]
    return sorted(found, key=lambda one: items.turns_N[one[0]])


def untouched_reserve(items: Items, states: Mapping[str, ItemState]) -> NDArray[np.bool_]:
    """The reserve without items that were labelled otherwise than by an audit: what the audits are drawn from."""
    reserve_N = items.reserve_N.copy()
    for item, state in states.items():
        if state.label is not None and state.purpose != "audit" and item in items.place_of:
            reserve_N[items.place_of[item]] = False
    return reserve_N


def accuracy_of(
    model: ModelRound, audits: Sequence[tuple[int, str]], reserve_N: NDArray[np.bool_]
) -> tuple[Estimate | None, int]:
    """The model's accuracy on new items, from the audits at the last look, and how many these are."""
    looked_at = len(audits) // LOOK * LOOK
    if not looked_at or model.confidence_N is None:
        return None, 0
    named_N = model.named_N
    places = [place for place, _ in audits[:looked_at]]
    right = [named_N[place] == label for place, label in audits[:looked_at]]
    return post_stratified(right, model.confidence_N[places], model.confidence_N[reserve_N], finite=False), looked_at


def status_of(
    items: Items,
    states: Mapping[str, ItemState],
    model: ModelRound | None,
    *,
    kappas: Sequence[float] = (),
    curve: Sequence[tuple[float, ...]] = (),
    target: float | None = None,
) -> Status:
    """The status of a project.

    Args:
        items: of the project.
        states: the log's state by id.
        model: the last; None before the first.
        kappas: agreement of each model with the one before, on unlabelled items.
        curve: (labels, audited accuracy, low, high) of the models so far, for the forecast.
        target: wanted accuracy.
    """
    labelled = [state.label for state in states.values() if state.label is not None]
    audits = audited_places(items, states)
    accuracy, looked_at = (None, 0)
    if model is not None and len(audits) >= LOOK:
        accuracy, looked_at = accuracy_of(model, audits, untouched_reserve(items, states))
    ahead = None
    if target is not None and curve:
        labels_T, accuracy_T = zip(*(one[:2] for one in curve), strict=True)
        ahead = forecast(labels_T, accuracy_T, target)
    more = None if accuracy is None else more_labels(accuracy, looked_at, WANTED)
    steady = stable(kappas)
    return Status(
        len(items),
        len(labelled),
        dict(Counter(labelled)),
        len(audits),
        accuracy,
        looked_at,
        more,
        tuple(kappas),
        tuple(curve),
        steady,
        ahead,
        _advice(accuracy, target, steady, len(audits)),
    )


def _advice(accuracy: Estimate | None, target: float | None, steady: bool, audits: int) -> str:
    if accuracy is None:
        left = LOOK - audits % LOOK
        return f"{left} more audit {'label' if left == 1 else 'labels'} until the accuracy is known with an interval."
    if target is not None and accuracy.low >= target:
        return f"You can stop: with 95 % certainty the accuracy on unseen items is at least {level(target)}."
    if steady:
        return "Successive models hardly change: more labels of this kind add little."
    return "Go on: successive models still change."
