"""The queue of a labelling project: purposes, the reserve, what comes back and what does not."""

import numpy as np
import pytest

from alcore.projects.answers import Answer, ItemState, states
from alcore.projects.items import Items, reserve_size
from alcore.projects.queue import Mix, Ranking, audit_interval, next_items, purposes

N = 60
IDS = [f"i{number}" for number in range(N)]
TURNS = np.random.default_rng(0).permutation(N)
ITEMS = Items(IDS, TURNS)
PLAIN = Mix()
RESERVE = {IDS[place] for place in range(N) if TURNS[place] < 20}


def queue(count: int, found: dict | None = None, *, answered: int = 0, mix: Mix = PLAIN, **ranking):
    return next_items(count, "anna", ITEMS, found or {}, ranking=Ranking(**ranking), mix=mix, answered=answered)


def test_the_reserve_is_a_third_and_at_most_2000() -> None:
    assert [reserve_size(n) for n in (2, 60, 5_999, 6_000, 10**6)] == [0, 20, 1999, 2000, 2000]
    assert ITEMS.reserve_N.sum() == 20


def test_every_fifth_item_is_an_audit_until_the_interval_is_narrow() -> None:
    assert [number for number, one in enumerate(purposes(0, 20, Mix()), 1) if one == "audit"] == [5, 10, 15, 20]
    assert purposes(3, 4, Mix()) == ["train", "audit", "train", "train"]
    # An audit that is late comes next; many answers at once do not call for many audits.
    assert purposes(503, 6, Mix(), since_audit=500) == ["audit", "train", "train", "train", "train", "audit"]
    assert audit_interval(None) == audit_interval(0.08) == 5
    assert audit_interval(0.05) == 10
    assert set(purposes(0, 50, Mix(audit_every=0))) == {"train"}


def test_controls_are_the_asked_share_and_do_not_depend_on_how_the_queue_is_cut() -> None:
    mix = Mix(audit_every=5, control_share=0.25, seed=3)
    whole = purposes(0, 4000, mix)
    assert whole == [one for start in range(0, 4000, 100) for one in purposes(start, 100, mix)]
    assert whole.count("control") / (4000 - whole.count("audit")) == pytest.approx(0.25, abs=0.03)


def test_training_follows_the_ranking_and_never_touches_the_reserve() -> None:
    ranked = list(np.random.default_rng(1).permutation(N))
    found = queue(50, places=ranked, suggestions=dict.fromkeys(range(N), "cat"), model_round=4)
    train = [one for one in found if one.purpose == "train"]
    assert [one.item for one in train] == [IDS[place] for place in ranked if IDS[place] not in RESERVE][: len(train)]
    assert all(one.suggestion == "cat" and one.model_round == 4 and one.probability is None for one in train)
    audits = [one for one in found if one.purpose == "audit"]
    assert [one.item for one in audits] == [IDS[place] for place in np.argsort(TURNS)[:10]]
    assert [one.probability for one in audits] == [1 / left for left in range(20, 10, -1)]
    assert all(one.suggestion is None for one in audits)
    assert len({one.item for one in found}) == 50


def test_the_queue_ends_with_the_data_only() -> None:
    found = queue(100)
    assert {one.item for one in found} == set(IDS)
    assert {one.item for one in found if one.purpose == "audit"} == RESERVE


def test_controls_are_uniform_draws_among_what_is_left() -> None:
    found = queue(10, mix=Mix(audit_every=0, control_share=1.0))
    order = [IDS[place] for place in np.argsort(TURNS) if IDS[place] not in RESERVE]
    assert [one.item for one in found] == order[:10]
    assert [one.probability for one in found] == [1 / left for left in range(40, 30, -1)]


def test_what_is_answered_does_not_come_back_and_skipped_items_come_last() -> None:
    train = [place for place in range(N) if IDS[place] not in RESERVE]
    skipped, unsure, labelled, excluded, alike, *_ = train
    rows = [
        Answer(1, IDS[skipped], "skip", annotator="anna"),
        Answer(2, IDS[unsure], "unsure", annotator="anna"),
        Answer(3, IDS[labelled], "label", "cat", annotator="ben"),
        Answer(4, IDS[excluded], "exclude", annotator="ben"),
    ]
    found = queue(100, states(rows), mix=Mix(audit_every=0), places=train, held_back=frozenset([alike]))
    items = [one.item for one in found if one.purpose == "train"]
    assert items[-2:] == [IDS[alike], IDS[skipped]]
    assert not {IDS[unsure], IDS[labelled], IDS[excluded]} & set(items)
    # What ben could not tell is still shown to anna, and a second annotator sees a labelled item.
    two = queue(100, states(rows), mix=Mix(audit_every=0, annotators_per_item=2), places=train)
    assert IDS[labelled] in {one.item for one in two}
    other = [Answer(1, IDS[unsure], "unsure", annotator="ben")]
    assert IDS[unsure] in {one.item for one in queue(100, states(other))}


def test_a_skipped_audit_comes_back_after_the_other_audits() -> None:
    first = IDS[int(np.argsort(TURNS)[0])]
    found = queue(100, {first: ItemState(skipped=1)})
    audits = [one.item for one in found if one.purpose == "audit"]
    assert audits[-1] == first and len(audits) == 20


def test_items_on_other_pages_are_left_out_unless_more_people_label_each() -> None:
    first = [one.item for one in queue(5)]
    others = dict.fromkeys(first, 1)
    found = next_items(5, "ben", ITEMS, {}, ranking=Ranking(), mix=PLAIN, answered=0, held=others)
    assert len(found) == 5 and not {one.item for one in found} & set(first)
    two = Mix(annotators_per_item=2)
    again = next_items(5, "ben", ITEMS, {}, ranking=Ranking(), mix=two, answered=0, held=others)
    assert [one.item for one in again] == first
