"""Which items to show next: those of the strategy, with audit and control items mixed in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from alcore.projects.answers import ItemState, Purpose
from alcore.projects.store import Handed
from alcore.rng import rng_for

# The reserve that audits draw from: a third of the items, and no more than this many.
RESERVE_SHARE, LARGEST_RESERVE = 3, 2000
# Every so many answers one is an audit, until the interval is this narrow; then every so many.
AUDIT_EVERY, AUDIT_EVERY_LATER, NARROW = 5, 10, 0.05


@dataclass(frozen=True)
class Mix:
    """How the queue is mixed.

    Attributes:
        audit_every: each so-manieth item is an audit; 0 for none.
        control_share: share of the other items that are random controls, in [0, 1].
        annotators_per_item: how many people label each item.
        seed: of the places of the controls.
    """

    audit_every: int = AUDIT_EVERY
    control_share: float = 0.0
    annotators_per_item: int = 1
    seed: int = 0


@dataclass(frozen=True)
class Ranking:
    """What a model says of the items.

    Attributes:
        places: of training items, best first; items that are missing follow in random order.
        held_back: near-duplicates of labelled items: behind all others.
        suggestions: place -> class to suggest; never shown on audits.
        model_round: of the model; None without one.
    """

    places: Sequence[int] = ()
    held_back: frozenset[int] = frozenset()
    suggestions: Mapping[int, str] = field(default_factory=dict)
    model_round: int | None = None


def reserve_size(items: int) -> int:
    """Size of the reserve of so many items."""
    return min(items // RESERVE_SHARE, LARGEST_RESERVE)


def in_reserve(turns_N: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which items are of the reserve: never offered to training. The first of the random permutation.

    Args:
        turns_N: place of each item in the permutation of the items that were there at the start.
    """
    return turns_N < reserve_size(len(turns_N))


def audit_interval(half_width: float | None) -> int:
    """Every how many answers one is an audit, by the half width of the accuracy's interval; None without one."""
    return AUDIT_EVERY if half_width is None or half_width > NARROW else AUDIT_EVERY_LATER


def purposes(answered: int, count: int, mix: Mix) -> list[Purpose]:
    """What the next items are for, a function of the mix and of how many were answered.

    Args:
        answered: answers to items so far.
        count: how many items.
        mix: the shares.
    """
    found: list[Purpose] = []
    for number in range(answered + 1, answered + count + 1):
        if mix.audit_every and number % mix.audit_every == 0:
            found.append("audit")
        else:
            control = mix.control_share > 0 and rng_for(mix.seed, "control", number).random() < mix.control_share
            found.append("control" if control else "train")
    return found


def next_items(
    count: int,
    annotator: str,
    ids: Sequence[str],
    turns_N: NDArray[np.int64],
    states: Mapping[str, ItemState],
    *,
    ranking: Ranking,
    mix: Mix,
    answered: int,
    held: Mapping[str, int] = MappingProxyType({}),
) -> list[Handed]:
    """The next items for an annotator, in order; fewer than `count` only where the data run out.

    Audits are the reserve in the order of the permutation, controls the other items in that order: each is a uniform
    draw among those left. Where one purpose runs out the others fill its places, the reserve only ever as audits.
    Items that were skipped come after all others, near-duplicates of labelled ones just before them.

    Args:
        count: how many.
        annotator: who answers; items labelled by the annotator, or marked as unsure, do not come back.
        ids: of all items, by place.
        turns_N: place of each in the random permutation.
        states: the log's state by id.
        ranking: of the training items.
        mix: shares of audits and controls.
        answered: answers so far, which decide where the next audit falls.
        held: items that other pages show, and how many show each.
    """

    def is_open(place: int) -> bool:
        state, elsewhere = states.get(ids[place], ItemState()), held.get(ids[place], 0)
        is_done = len(state.labels) + elsewhere >= mix.annotators_per_item
        return not (is_done or state.excluded or annotator in state.labels or annotator in state.unsure)

    def skips(place: int) -> int:
        state = states.get(ids[place])
        return 0 if state is None else state.skipped

    reserve_N = in_reserve(turns_N)
    drawn = [place for place in np.argsort(turns_N, kind="stable").tolist() if is_open(place)]
    drawn.sort(key=skips)  # stable: the random order stays among equals
    audits = [place for place in drawn if reserve_N[place]]
    others = [place for place in drawn if not reserve_N[place]]
    is_other = set(others)
    ranked = [place for place in dict.fromkeys([*map(int, ranking.places), *others]) if place in is_other]
    ranked.sort(key=lambda place: (skips(place), place in ranking.held_back))
    waiting: dict[Purpose, Iterator[int]] = {"audit": iter(audits), "control": iter(others), "train": iter(ranked)}
    taken: set[int] = set()
    found: list[Handed] = []

    def take(purpose: Purpose) -> bool:
        place = next((one for one in waiting[purpose] if one not in taken), None)
        if place is None:
            return False
        if purpose == "train":
            handed = Handed(ids[place], purpose, None, ranking.model_round, ranking.suggestions.get(place))
        else:
            pool = audits if purpose == "audit" else others
            probability = 1 / (len(pool) - len(taken.intersection(pool)))
            suggestion = ranking.suggestions.get(place) if purpose == "control" else None
            handed = Handed(ids[place], purpose, probability, None, suggestion)
        taken.add(place)
        found.append(handed)
        return True

    for purpose in purposes(answered, count, mix):
        if not (take(purpose) or take("train") or take("audit")):
            break
    return found
