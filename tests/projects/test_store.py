"""The store of a labelling project: operations once and only once, conflicts, undo, leases, kills."""

import multiprocessing
import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alcore.projects.answers import Answer, states
from alcore.projects.store import FILE, Annotator, Handed, Operation, ProjectStore
from alcore.storage.errors import StoreError

ANNA = Annotator("anna", page="p1", classes=("cat", "dog"))
BEN = Annotator("ben", page="p2", classes=("cat", "dog"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProjectStore]:
    with ProjectStore(tmp_path / "project") as made:
        made.add_items([f"i{number}" for number in range(10)], np.random.default_rng(0).permutation(10))
        yield made


def labelled(answers: list[Answer]) -> dict[str, str]:
    return {item: state.label for item, state in states(answers).items() if state.label is not None}


def label(seq: int, item: str, value: str = "cat", client: str = "c", **more: Any) -> Operation:
    return Operation(client, seq, item, "label", value, **more)


def test_what_was_answered_is_not_held_any_more(store: ProjectStore) -> None:
    store.hand_out("file", "anna", [Handed("i0"), Handed("i1")], seconds=1000)
    assert store.held("other") == {"i0": 1, "i1": 1}
    store.take([label(1, "i0")], Annotator("anna", "file", ["cat"]))
    assert store.held("other") == {"i1": 1}
    assert [one.item for one in store.hand_out("other", "ben", [Handed("i0"), Handed("i1")])] == ["i0"]


def test_settings_and_items_come_back(store: ProjectStore) -> None:
    store.change(name="Mine", classes=["cat", "dog"])
    store.change(name="Yours")
    assert store.settings() == {"name": "Yours", "classes": ["cat", "dog"]}
    ids, turns = store.items()
    assert ids == [f"i{number}" for number in range(10)]
    assert turns.tolist() == np.random.default_rng(0).permutation(10).tolist()
    store.add_items(["more"], np.array([10]))
    assert store.items()[0][-1] == "more"
    with pytest.raises(StoreError):
        store.add_items(["i3"], np.array([11]))


def test_the_same_operation_twice_is_one_answer(store: ProjectStore) -> None:
    first = store.take([label(1, "i1"), label(2, "i2", "dog")], ANNA)
    again = store.take([label(1, "i1"), label(2, "i2", "dog"), label(3, "i3")], ANNA)
    assert (first.acked, again.acked) == ({"c": 2}, {"c": 3})
    assert [one.item for one in store.answers()] == ["i1", "i2", "i3"]
    assert labelled(store.answers()) == {"i1": "cat", "i2": "dog", "i3": "cat"}
    assert [one.item for one in store.answers(after=2)] == ["i3"]


def test_a_gap_is_not_acknowledged_until_it_is_closed(store: ProjectStore) -> None:
    assert store.take([label(1, "i1"), label(3, "i3")], ANNA).acked == {"c": 1}
    assert store.take([label(2, "i2")], ANNA).acked == {"c": 3}


def test_what_can_never_be_accepted_is_acknowledged_and_not_in_force(store: ProjectStore) -> None:
    found = store.take(
        [
            label(1, "nobody"),
            label(2, "i1", "fish"),
            Operation("c", 3, "i1", "dance"),
            Operation("c", 4, "i1", "undo", undoes=9),
            Operation("c", 5, "i1", "label"),
            label(6, "i1"),
        ],
        ANNA,
    )
    assert found.acked == {"c": 6}
    assert {seq: reason for (_, seq), reason in found.refused.items()} == {
        1: "there is no such item",
        2: "there is no such class",
        3: "an answer needs one of the kinds label, skip, unsure, flag, note, exclude, undo and purposes "
        "train, audit, control, calibration, imported, repeat",
        4: "there is no such answer to take back",
        5: "a label needs a value",
    }
    assert labelled(store.answers()) == {"i1": "cat"}
    assert store.take([label(2, "i1", "fish")], ANNA).refused == {("c", 2): "there is no such class"}


def test_an_undo_takes_back_ones_own_answer_or_one_of_the_log(store: ProjectStore) -> None:
    store.take([label(1, "i1"), label(2, "i1", "dog"), Operation("c", 3, "i1", "undo", undoes=2)], ANNA)
    assert labelled(store.answers()) == {"i1": "cat"}
    number = store.answers()[0].number
    after_reload = Operation("other", 1, "i1", "undo", undoes_number=number)
    assert store.take([after_reload], ANNA).refused == {}
    assert states(store.answers()) == {}


def test_a_late_answer_to_an_item_that_another_person_answered_is_a_conflict(store: ProjectStore) -> None:
    store.take([label(1, "i1", "dog")], BEN)
    base = store.answers()[-1].number
    late = store.take([label(1, "i1", "cat", "late", base=0)], ANNA)
    assert late.refused == {("late", 1): "ben answered this item meanwhile"}
    assert labelled(store.answers()) == {"i1": "dog"}
    assert store.take([label(2, "i1", "cat", "late", base=base)], ANNA).refused == {}
    # One's own earlier answer is no conflict.
    assert store.take([label(3, "i1", "dog", "late", base=base)], ANNA).refused == {}


def test_the_purpose_is_what_was_handed_out_also_when_the_answer_is_late(store: ProjectStore) -> None:
    clock = [1000.0]
    audit = Handed("i4", "audit", 0.1, 3)
    train = Handed("i5", "train", None, 3, "dog")
    store.hand_out("p1", "anna", [audit, train], now=lambda: clock[0])
    clock[0] += 3600
    store.hand_out("p1", "anna", [Handed("i6")], now=lambda: clock[0])
    store.take([label(1, "i4"), label(2, "i5"), label(3, "i7")], ANNA)
    found = {one.item: (one.purpose, one.probability, one.model_round, one.suggestion) for one in store.answers()}
    assert found == {"i4": ("audit", 0.1, 3, None), "i5": ("train", None, 3, "dog"), "i7": ("train", None, None, None)}
    # Also from another page: a file that was saved under another name.
    store.hand_out("p1", "anna", [Handed("i8", "audit", 0.2)], now=lambda: clock[0])
    store.take([label(1, "i8", client="file")], Annotator("anna", page="elsewhere"))
    assert (store.answers()[-1].purpose, store.answers()[-1].probability) == ("audit", 0.2)


def test_an_item_belongs_to_one_page_for_two_minutes(store: ProjectStore) -> None:
    clock = [0.0]

    def hand(page: str, *items: str, each: int = 1) -> list[str]:
        queue = [Handed(item) for item in items]
        return [one.item for one in store.hand_out(page, page, queue, annotators_per_item=each, now=lambda: clock[0])]

    assert hand("p1", "i1", "i2") == ["i1", "i2"]
    assert hand("p2", "i1", "i2", "i3") == ["i3"]
    assert store.held("p2", now=lambda: clock[0]) == {"i1": 1, "i2": 1}
    assert hand("p1", "i2", "i4") == ["i2", "i4"]  # i1 is released
    assert hand("p2", "i1", "i2") == ["i1"]
    clock[0] = 121
    assert hand("p3", "i2", "i4") == ["i2", "i4"]
    assert hand("p4", "i2", each=2) == ["i2"]
    store.release("p3")
    assert hand("p5", "i4") == ["i4"]


def test_the_base_of_an_item_is_its_last_answer(store: ProjectStore) -> None:
    store.take([label(1, "i1"), label(2, "i2"), label(3, "i1", "dog")], ANNA)
    assert [one.base for one in store.hand_out("p2", "ben", [Handed("i1"), Handed("i3")])] == [3, 0]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"client": "c", "seq": 0, "item": "i", "kind": "skip"},
        {"client": "c", "seq": True, "item": "i", "kind": "skip"},
        {"client": "c", "seq": 1.5, "item": "i", "kind": "skip"},
        {"client": "", "seq": 1, "item": "i", "kind": "skip"},
        {"client": "c" * 101, "seq": 1, "item": "i", "kind": "skip"},
        {"client": "c", "seq": 1, "item": 5, "kind": "skip"},
        {"client": "c", "seq": 1, "item": "i", "kind": "label", "value": 3},
        {"client": "c", "seq": 1, "item": "i", "kind": "skip", "base": -1},
        {"client": "c", "seq": 1, "item": "i", "kind": "skip", "surprise": 1},
    ],
)
def test_operations_of_other_types_are_refused_before_they_are_stored(wrong: dict) -> None:
    with pytest.raises(ValueError, match=r"operation|client"):
        Operation.of(wrong)


def test_an_operation_from_a_browser_is_read(store: ProjectStore) -> None:
    made = Operation.of({"client": "c", "seq": 1, "item": "i1", "kind": "label", "value": "cat", "milliseconds": 900})
    assert store.take([made], ANNA).acked == {"c": 1}
    assert store.answers()[0].milliseconds == 900


def test_the_file_is_its_owners_and_a_locked_one_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alcore.projects.store.file.PATIENCE_SECONDS", 0.1)
    with ProjectStore(tmp_path) as store:
        store.add_items(["i1"], np.array([0]))
        assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
        other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked by another program; nothing was lost"):
            store.take([label(1, "i1")], ANNA)
        other.execute("ROLLBACK")
        other.close()
        assert store.take([label(1, "i1")], ANNA).acked == {"c": 1}


def test_two_people_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    ids = [f"i{number}" for number in range(60)]
    with ProjectStore(tmp_path) as store:
        store.add_items(ids, np.arange(60))

    def work(name: str) -> None:
        by = Annotator(name, page=name)
        with ProjectStore(tmp_path) as own:
            for seq, item in enumerate(ids, start=1):
                own.take([label(seq, item, client=name)], by)
                own.take([label(seq, item, client=name)], by)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("anna", "ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ProjectStore(tmp_path) as store:
        answers = store.answers()
    assert sorted((one.annotator, one.item) for one in answers) == sorted(
        (name, item) for name in ("anna", "ben") for item in ids
    )


def _answer_for_ever(folder: Path, told: "multiprocessing.connection.Connection") -> None:
    with ProjectStore(folder) as store:
        seq = 0
        while True:
            seq += 1
            receipt = store.take([label(seq, f"i{seq % 10}", client="killed")], ANNA)
            told.send(receipt.acked["killed"])


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    with ProjectStore(tmp_path) as store:
        store.add_items([f"i{number}" for number in range(10)], np.arange(10))
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_answer_for_ever, args=(tmp_path, theirs), daemon=True)
    process.start()
    acked = 0
    while acked < 25:
        acked = ours.recv()
    process.kill()
    process.join()
    while ours.poll():
        try:
            acked = ours.recv()
        except EOFError:
            break
    with ProjectStore(tmp_path) as store:
        answers = store.answers()
        # The next number continues behind what is stored.
        assert store.take([label(len(answers) + 1, "i1", client="killed")], ANNA).acked == {"killed": len(answers) + 1}
    assert len(answers) >= acked
    assert [one.item for one in answers] == [f"i{seq % 10}" for seq in range(1, len(answers) + 1)]
