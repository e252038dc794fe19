"""Which items to show next: those of the strategy, with audit and control items mixed in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from alcore.projects.answers import ItemState, Purpose
from alcore.projects.items import Items
from alcore.projects.ledger import Ledger
from alcore.projects.store import Handed
from alcore.rng import rng_for

# Every so many answers one is an audit, until the interval is this narrow; then every so many.
AUDIT_EVERY, AUDIT_EVERY_LATER, NARROW = 5, 10, 0.05
# Own labels between an item's label and the second look at it.
DISTANCE = 20
_ALL = 2**31


@dataclass(frozen=True)
class Mix:
    """How the queue is mixed.

    Attributes:
        audit_every: each so-manieth item is an audit; 0 for none.
        control_share: share of the other items that are random controls, in [0, 1].
        annotators_per_item: how many people label each item.
        repeat_share: share of each person's labels that are checked by showing the item again, in [0, 1].
        seed: of the places of the controls.
    """

    audit_every: int = AUDIT_EVERY
    control_share: float = 0.0
    annotators_per_item: int = 1
    repeat_share: float = 0.0
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


def audit_interval(half_width: float | None) -> int:
    """Every how many answers one is an audit, by the half width of the accuracy's interval; None without one."""
    return AUDIT_EVERY if half_width is None or half_width > NARROW else AUDIT_EVERY_LATER


def purposes(answered: int, count: int, mix: Mix, since_audit: int | None = None) -> list[Purpose]:
    """What the next items are for, a function of the mix and of what was answered.

    Args:
        answered: answers to items so far.
        count: how many items.
        mix: the shares.
        since_audit: answers since the last audit; None: as if every audit had come in its turn.
    """
    found: list[Purpose] = []
    since = answered % mix.audit_every if since_audit is None and mix.audit_every else since_audit or 0
    for number in range(answered + 1, answered + count + 1):
        since += 1
        if mix.audit_every and since >= mix.audit_every:
            found.append("audit")
            since = 0
        else:
            control = mix.control_share > 0 and rng_for(mix.seed, "control", number).random() < mix.control_share
            found.append("control" if control else "train")
    return found


def next_items(
    count: int,
    annotator: str,
    items: Items,
    states: Mapping[str, ItemState],
    *,
    ranking: Ranking,
    mix: Mix,
    answered: int,
    since_audit: int | None = None,
    held: Mapping[str, int] = MappingProxyType({}),
) -> list[Handed]:
    """The next items for an annotator, in order; fewer than `count` only where the data run out.

    Audits are the reserve in the order of the permutation, controls the other items in that order: each is a uniform
    draw among those left. Where one purpose runs out the others fill its places, the reserve only ever as audits.
    Items that were skipped come after all others, near-duplicates of labelled ones just before them.

    Args:
        count: how many.
        annotator: who answers; items labelled by the annotator, or marked as unsure, do not come back.
        items: of the project.
        states: the log's state by id.
        ranking: of the training items.
        mix: shares of audits and controls.
        answered: answers so far.
        since_audit: see `purposes`.
        held: items that other pages show, and how many show each.
    """
    open_N = np.ones(len(items), dtype=bool)
    skips: dict[int, int] = {}
    for item in {*states, *held}:
        place, state = items.place_of.get(item), states.get(item, ItemState())
        if place is None:
            continue
        # What a machine labelled is asked of nobody, but audits draw from it as from all of the reserve.
        is_machines = state.machine_label is not None and not items.reserve_N[place]
        is_done = is_machines or len(state.labels) + held.get(item, 0) >= mix.annotators_per_item
        if is_done or state.excluded or annotator in state.labels or annotator in state.unsure:
            open_N[place] = False
        elif state.skipped:
            skips[place] = state.skipped
    drawn = items.order_N[open_N[items.order_N]]
    is_audit = items.reserve_N[drawn]
    audits, others = drawn[is_audit].tolist(), drawn[~is_audit].tolist()
    left = {"audit": len(audits), "control": len(others)}
    waiting: dict[Purpose, Iterator[int]] = {
        "audit": _skipped_last(audits, skips),
        "control": _skipped_last(others, skips),
        "train": _ranked(others, open_N & ~items.reserve_N, ranking, skips),
    }
    taken: set[int] = set()
    found: list[Handed] = []

    def take(purpose: Purpose) -> bool:
        place = next((one for one in waiting[purpose] if one not in taken), None)
        if place is None:
            return False
        pool = "audit" if items.reserve_N[place] else "control"
        suggestion = None if purpose == "audit" else ranking.suggestions.get(place)
        if purpose == "train":
            handed = Handed(items.ids[place], purpose, None, ranking.model_round, suggestion)
        else:
            handed = Handed(items.ids[place], purpose, 1 / left[pool], None, suggestion)
        left[pool] -= 1
        taken.add(place)
        found.append(handed)
        return True

    for purpose in purposes(answered, count, mix, since_audit):
        if not (take(purpose) or take("train") or take("audit")):
            break
    return found


def with_repeats(found: Sequence[Handed], ledger: Ledger, annotator: str, share: float, seed: int) -> list[Handed]:
    """A queue with items of the annotator's own that are due to be shown again.

    Of n own labels `share * (n - 20)` are repeated. Each is drawn, by a hash of its id, from those with 20 own labels
    or more behind them that were not repeated; its probability is one over their number.

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
    due = old - repeated - {one.item for one in found}
    drawn = iter(sorted(due, key=lambda item: _turn(item, seed)))
    left = len(due)
    mixed: list[Handed] = []
    again = len(repeated)
    for before, one in enumerate(found):
        if again < int(share * (len(labels) + before - DISTANCE)) and (item := next(drawn, None)) is not None:
            mixed.append(Handed(item, "repeat", 1 / left))
            again, left = again + 1, left - 1
        mixed.append(one)
    return mixed


def _skipped_last(places: Sequence[int], skips: Mapping[int, int]) -> Iterator[int]:
    """Places in their order, those that were skipped behind the others, the least often skipped first."""
    yield from (place for place in places if place not in skips)
    yield from sorted((place for place in places if place in skips), key=lambda place: skips[place])


def _ranked(
    others: Sequence[int], may_train_N: NDArray[np.bool_], ranking: Ranking, skips: Mapping[int, int]
) -> Iterator[int]:
    """Open training places: ranked ones first, then the others; near-duplicates and skipped ones behind them."""
    ranked = [place for place in dict.fromkeys(map(int, ranking.places)) if may_train_N[place]]
    first = set(ranked)
    whole = [*ranked, *(place for place in others if place not in first)]
    held_back = [place for place in whole if place in ranking.held_back]
    yield from (place for place in whole if place not in skips and place not in ranking.held_back)
    yield from (place for place in held_back if place not in skips)
    yield from sorted((place for place in whole if place in skips), key=lambda place: skips[place])


def _turn(item: str, seed: int) -> bytes:
    return blake2b(f"{seed}:{item}".encode(), digest_size=8).digest()
