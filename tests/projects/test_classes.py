"""Classes renamed, merged, deleted and brought back: the log stays, what counts changes."""

from pathlib import Path

import pytest

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
