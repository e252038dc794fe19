"""Items that are shown again, blind: when, to whom, and how far people agree with themselves."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from alcore.projects.answers import Answer
from alcore.projects.export import batch_frame, take_labels, to_csv
from alcore.projects.ledger import Ledger
from alcore.projects.people.repeats import kappa_interval, self_agreement
from alcore.projects.project import Project
from alcore.projects.queue import DISTANCE, with_repeats
from alcore.projects.store import Annotator, Handed, Operation, ProjectStore


def log_of(labels: int, repeated: int = 0, annotator: str = "ann") -> Ledger:
    log = [Answer(n + 1, f"i{n}", "label", "ab"[n % 2], annotator) for n in range(labels)]
    for n in range(repeated):
        log.append(Answer(len(log) + 1, f"i{n}", "label", "a", annotator, purpose="repeat"))
    return Ledger(log)


def queue(count: int) -> list[Handed]:
    return [Handed(f"new{n}") for n in range(count)]


def repeats(found: list[Handed]) -> list[str]:
    return [one.item for one in found if one.purpose == "repeat"]


def test_a_share_of_the_labels_is_repeated_with_a_distance() -> None:
    assert repeats(with_repeats(queue(30), log_of(10), "ann", 0.1, 0)) == []  # nothing is old enough
    found = with_repeats(queue(30), log_of(60), "ann", 0.1, 0)
    assert [one for one in found if one.purpose == "train"] == queue(30)
    # .1 (60 - 20) = 4 at once, then one after every ten.
    assert len(repeats(found)) == 6 and len(set(repeats(found))) == 6
    assert {int(item[1:]) for item in repeats(found)} <= set(range(60 - DISTANCE))
    assert len(repeats(with_repeats(queue(30), log_of(60, 4), "ann", 0.1, 0))) == 2
    assert not {f"i{n}" for n in range(4)} & set(repeats(with_repeats(queue(30), log_of(60, 4), "ann", 0.1, 0)))


def test_nobody_is_shown_another_persons_items_again() -> None:
    assert repeats(with_repeats(queue(30), log_of(100), "bob", 0.5, 0)) == []
    assert with_repeats(queue(5), log_of(100), "ann", 0.0, 0) == queue(5)


def test_the_draw_does_not_depend_on_the_order_of_the_log() -> None:
    drawn = np.zeros(80)
    for seed in range(300):
        for item in repeats(with_repeats(queue(1), log_of(100), "ann", 0.1, seed)):
            drawn[int(item[1:])] += 1
    assert drawn[:20].sum() / drawn.sum() == pytest.approx(0.25, abs=0.04)


def test_agreement_with_oneself_equals_scikit_learns_kappa() -> None:
    found = self_agreement(log_of(60, 30))
    first, second = ["ab"[n % 2] for n in range(30)], ["a"] * 30
    assert [(one.annotator, one.shown, one.same) for one in found] == [("ann", 30, 15)]
    assert found[0].kappa == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)
    assert self_agreement(log_of(60)) == []


def test_the_interval_covers() -> None:
    """2,000 simulations of 60 items that a person labels otherwise with 15 %: the true kappa is covered."""
    rng = np.random.default_rng(0)
    shares = np.array([[0.51, 0.09], [0.06, 0.34]])
    chance = float(shares.sum(axis=0) @ shares.sum(axis=1))
    truth = (np.trace(shares) - chance) / (1 - chance)
    covered = 0
    for _ in range(2000):
        cells = rng.choice(4, size=60, p=shares.ravel())
        _, low, high = kappa_interval(cells // 2, cells % 2)
        covered += low <= truth <= high
    assert covered / 2000 >= 0.93


def test_perfect_agreement_is_not_certain() -> None:
    value, low, high = kappa_interval(["a", "b"] * 10, ["a", "b"] * 10)
    assert value == high == 1.0 and 0.6 < low < 0.8


def test_a_repeat_changes_no_label_and_a_mended_label_is_no_repeat(home: Path) -> None:
    np.save(home / "p.npy", np.eye(6, dtype=np.float32))
    made = Project.create(home, "p", home / "p.npy", classes=("a", "b"))
    item = made.ids[0]
    made.tell({item: "a"}, "ann")
    by = Annotator("ann", "screen", made.classes)
    with ProjectStore(made.folder) as store:
        store.hand_out("screen", "ann", [Handed(item, "repeat")])
        store.take([Operation("c", 1, item, "label", "b", repeat=True)], by)
    assert made.states()[item].labels == {"ann": "a"} and made.states()[item].purpose == "train"
    assert [(one.shown, one.same) for one in self_agreement(made.ledger())] == [(1, 0)]
    assert made.ledger().answered == 1
    with ProjectStore(made.folder) as store:
        store.take([Operation("c", 2, item, "label", "b")], by)  # in the history, or in the table
    assert made.states()[item].labels == {"ann": "b"}
    with ProjectStore(made.folder) as store:
        store.take([Operation("c", 3, made.ids[1], "label", "b", repeat=True)], by)  # was not handed out for that
    assert made.states()[made.ids[1]].label == "b"


def test_a_batch_file_shows_items_again_and_does_not_say_which(home: Path) -> None:
    np.save(home / "p.npy", np.random.default_rng(0).normal(size=(90, 3)).astype(np.float32))
    made = Project.create(home, "p", home / "p.npy", classes=("a", "b"))
    made.change(mix={**made.settings["mix"], "repeat_share": 0.2})
    first = made.ids[:50]
    made.tell(dict.fromkeys(first, "a"), "ann")
    assert repeats(made.next(20, "bob", page="file bob.csv")) == []
    handed = made.next(20, "ann", page="file ann.csv")
    again = repeats(handed)
    assert len(handed) == 20 and len(again) == 8 and set(again) <= set(first[:30])  # .2 (50 - 20), and 2 for the others
    assert [one.probability for one in handed if one.purpose == "repeat"] == [1 / (30 - n) for n in range(8)]
    frame = batch_frame(made, handed)
    assert set(frame["purpose"]) == {"train", "audit"} and frame["pick_probability"][frame["purpose"] == "audit"].all()
    content = to_csv(frame.assign(label="b"))
    take_labels(made, content, "ann")
    take_labels(made, content, "ann")  # a second time changes nothing
    assert {made.states()[item].label for item in again} == {"a"}
    assert [(one.annotator, one.shown, one.same) for one in self_agreement(made.ledger())] == [("ann", 8, 0)]
    made.tell({again[0]: "b"}, "ann")  # not handed out again: a mended label
    assert made.states()[again[0]].label == "b"
    other = next(item for item in first if item not in again)
    take_labels(made, f"id,label\n{other},b\n".encode(), "ann")
    assert made.states()[other].label == "b" and self_agreement(made.ledger())[0].shown == 8
