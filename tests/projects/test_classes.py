"""Classes renamed, merged, deleted and brought back: the log stays, what counts changes."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alcore.projects.answers import Answer
from alcore.projects.classes import Classes, as_now, now_called
from alcore.projects.project import Project

THREE = Classes(("cat", "dog", "bird"), {})


def test_chains_of_names_are_followed() -> None:
    changed = THREE.renamed("cat", "tiger").merged("tiger", "dog").renamed("dog", "animal")
    assert changed.names == ("animal", "bird")
    assert [now_called(one, changed.aliases) for one in ("cat", "tiger", "dog", "bird")] == ["animal"] * 3 + ["bird"]
    gone = changed.deleted("animal")
    assert gone.names == ("bird",) and now_called("cat", gone.aliases) is None
    assert now_called("a", {"a": "b", "b": "a"}) is not None  # a damaged store does not hang


def test_what_was_changed_can_be_brought_back() -> None:
    merged = THREE.merged("cat", "dog")
    assert merged.names == ("dog", "bird") and merged.brought_back("cat") == THREE
    assert THREE.deleted("dog").added("cow").brought_back("dog").names == ("cat", "dog", "bird", "cow")
    assert THREE.renamed("cat", "tiger").brought_back("cat").names == ("tiger", "dog", "bird", "cat")
    assert THREE.deleted("cat").brought_back("cat").aliases == {}
    with pytest.raises(ValueError, match="there was no class"):
        THREE.brought_back("cat")
    # Also where the class that its labels went to has another name now, or is gone.
    animal = THREE.merged("cat", "dog").renamed("dog", "animal")
    assert animal.brought_back("cat").names == ("cat", "animal", "bird")
    gone = THREE.renamed("cat", "tiger").deleted("tiger")
    assert "cat" in gone.brought_back("cat").names and "cat" not in gone.brought_back("cat").aliases


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("armdb"), st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_every_label_counts_as_a_class_that_is_there_or_as_none(steps: list[tuple[str, int, int]]) -> None:
    now, told, added = THREE, list(THREE.names), 0
    for what, one, other in steps:
        old = now.names[one % len(now.names)] if now.names else ""
        into = now.names[other % len(now.names)] if now.names else ""
        former = sorted(now.aliases)
        if what in "ar":
            added += 1
            told.append(f"new {added}")
        if what == "a":
            now = now.added(told[-1])
        elif what == "r" and old:
            now = now.renamed(old, told[-1])
        elif what == "m" and old != into:
            now = now.merged(old, into)
        elif what == "d" and old:
            now = now.deleted(old)
        elif what == "b" and former:
            now = now.brought_back(former[one % len(former)])
        assert len(set(now.names)) == len(now.names) and not set(now.names) & set(now.aliases)
        assert {now_called(name, now.aliases) for name in (*now.names, *now.aliases)} <= {*now.names, None}


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "dog", "cow"])
def test_names_that_cannot_be(name: str) -> None:
    with pytest.raises(ValueError):
        Classes(("cat", "dog"), {"cow": "cat"}).added(name)
    with pytest.raises(ValueError):
        Classes(("cat", "dog"), {"cow": "cat"}).renamed("cat", name)


def test_a_label_of_a_deleted_class_is_one_that_was_skipped() -> None:
    label = Answer(1, "i", "label", "cat", "anna", "audit")
    assert as_now(label, {"cat": "dog"}).value == "dog"
    assert as_now(label, {"cat": None}).kind == "skip"
    assert as_now(label, {"bird": None}) == label


def test_a_project_follows(home: Path) -> None:
    (home / "t.txt").write_text("\n".join(f"text number {n}" for n in range(12)), encoding="utf-8")
    project = Project.create(home, "texts", home / "t.txt", classes=("cat", "dog", "bird"))
    ids = project.ids
    project.tell({ids[0]: "cat", ids[1]: "dog", ids[2]: "bird"})
    now = Classes.of(project.classes, project.settings).merged("cat", "dog").deleted("bird")
    project.change(**now.settings())
    assert {item: one.label for item, one in project.states().items()} == {ids[0]: "dog", ids[1]: "dog", ids[2]: None}
    assert ids[2] in {one.item for one in project.next(12)}
    back = Classes.of(project.classes, project.settings).brought_back("bird").brought_back("cat")
    project.change(**back.settings())
    assert project.classes == ["cat", "dog", "bird"]
    assert {one.label for one in project.states().values()} == {"cat", "dog", "bird"}
