"""The log of answers and its state."""

from dataclasses import replace

import numpy as np
import pytest

from alcore.projects.answers import Answer, ItemState, Kind, in_force, last_of, states


def log(*rows: tuple) -> list[Answer]:
    """Answers (item, kind, value) of one annotator; (kind "undo", number) undoes."""
    return [
        Answer(number, item, kind, undoes=value, annotator="a")
        if kind == "undo"
        else Answer(number, item, kind, value, annotator="a")
        for number, (item, kind, value) in enumerate(rows, start=1)
    ]


def test_the_last_verdict_of_an_annotator_counts() -> None:
    found = states(
        log(
            ("1", "label", "cat"),
            ("2", "skip", None),
            ("3", "unsure", None),
            ("1", "label", "dog"),
            ("2", "skip", None),
            ("4", "exclude", None),
            ("5", "label", "cat"),
            ("5", "unsure", None),
        )
    )
    assert found["1"].label == "dog" and dict(found["1"].labels) == {"a": "dog"}
    assert found["2"].skipped == 2 and found["2"].label is None
    assert found["3"].unsure == {"a"}
    assert found["4"].excluded
    assert found["5"].label is None and found["5"].unsure == {"a"}


def test_flags_toggle_and_notes_add_up_without_touching_the_label() -> None:
    found = states(log(("1", "label", "cat"), ("1", "flag", None), ("1", "note", "odd"), ("1", "note", "very")))["1"]
    assert (found.label, found.flagged, found.notes) == ("cat", True, ("odd", "very"))
    assert not states(log(("1", "flag", None), ("1", "flag", None)))["1"].flagged


def test_the_majority_of_annotators_decides_and_of_equals_the_first() -> None:
    def by(name: str, value: str, number: int) -> Answer:
        return Answer(number, "1", "label", value, annotator=name)

    two = [by("a", "cat", 1), by("b", "dog", 2)]
    assert states(two)["1"].label == "cat"
    assert states([*two, by("c", "dog", 3)])["1"].label == "dog"
    machine = Answer(3, "1", "label", "fish", annotator="model", machine=True)
    assert states([*two, machine])["1"].label == "cat"
    assert states([machine])["1"] == ItemState(machine_label="fish")


def test_an_undo_takes_back_the_answer_it_names_and_shows_the_one_before() -> None:
    rows = log(("1", "label", "cat"), ("1", "label", "dog"), ("1", "undo", 2))
    assert states(rows)["1"].label == "cat"
    assert [one.number for one in in_force(rows)] == [1]
    assert last_of(rows, "a") == rows[0]
    assert last_of(rows, "b") is None


@pytest.mark.parametrize("seed", range(20))
def test_undoing_everything_equals_never_having_begun(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows: list[Answer] = []
    before: list[dict[str, ItemState]] = []
    for _ in range(30):
        before.append(states(rows))
        kind: Kind = rng.choice(["label", "skip", "unsure", "flag", "note", "exclude"]).item()
        value = str(rng.choice(["x", "y"])) if kind in ("label", "note") else None
        rows.append(Answer(len(rows) + 1, str(rng.integers(5)), kind, value, annotator=str(rng.choice(["a", "b"]))))
    for expected in reversed(before):
        last = in_force(rows)[-1]
        rows.append(Answer(len(rows) + 1, last.item, "undo", undoes=last.number, annotator=last.annotator))
        assert states(rows) == expected
    assert states(rows) == {}


def test_the_purpose_is_that_of_the_first_label() -> None:
    first = Answer(1, "1", "label", "cat", annotator="a", purpose="audit", probability=0.1)
    again = replace(first, number=2, value="dog", purpose="train", probability=None)
    assert states([first, again])["1"].purpose == "audit"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kind": "label"}, "a label needs a value"),
        ({"kind": "skip", "value": "x"}, "a value belongs to labels and notes"),
        ({"kind": "undo"}, "an undo names the answer"),
        ({"kind": "shout"}, "one of the kinds"),
        ({"kind": "skip", "item": ""}, "needs the id of an item"),
        ({"kind": "label", "value": "x", "probability": 0.0}, "above 0 and at most 1"),
        ({"kind": "skip", "machine": True}, "a machine gives labels only"),
        ({"kind": "label", "value": "x" * 10_001}, "at most 10,000 characters, got 10,001"),
    ],
)
def test_an_answer_that_does_not_hold_together_is_a_sentence(wrong: dict, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Answer(**({"number": 1, "item": "1"} | wrong))
