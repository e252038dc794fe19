"""Projects renamed, backed up, restored and deleted."""

import io
import zipfile
from pathlib import Path

import pytest

from alcore.datasets.dataset import DatasetError
from alcore.projects.archive import back_up, delete, rename, restore
from alcore.projects.project import Project
from alcore.projects.setup.names import names_of
from alcore.storage.errors import StoreError


@pytest.fixture
def project(home: Path) -> Project:
    (home / "texts.txt").write_text("\n".join(f"text number {n}" for n in range(30)), encoding="utf-8")
    made = Project.create(home, "texts", home / "texts.txt", classes=("a", "b"))
    made.tell({made.ids[0]: "a", made.ids[1]: "b"})
    return made


def test_a_backup_comes_back_as_it_was(home: Path, project: Project) -> None:
    states = project.states()
    content = back_up(home, "texts")
    delete(home, "texts")
    assert names_of(home) == [] and not list((home / "projects").iterdir())
    again = restore(home, content, "again")
    assert names_of(home) == ["again"] and again.settings["name"] == "again"
    assert again.states() == states
    assert list(again.source.ids) == list(again.ids) == list(project.ids)
    again.train()
    with pytest.raises(StoreError, match="There is a project 'again' already"):
        restore(home, content, "again")


def test_a_renamed_project_keeps_its_answers(home: Path, project: Project) -> None:
    states = project.states()
    rename(home, "texts", "letters")
    assert Project.open(home, "letters").states() == states
    Project.create(home, "texts", home / "texts.txt", classes=("a", "b"))
    with pytest.raises(StoreError, match="There is a project 'letters' already"):
        rename(home, "texts", "letters")
    with pytest.raises(ValueError, match="a project's name"):
        rename(home, "texts", "../letters")


@pytest.mark.parametrize("names", [["other.txt"], ["project.sqlite", "../../evil"], ["project.sqlite", "logs/x"]])
def test_what_is_no_backup_is_a_sentence_and_leaves_nothing(home: Path, names: list[str]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    with pytest.raises(DatasetError, match="no backup of a labelling project"):
        restore(home, out.getvalue(), "new")
    with pytest.raises(DatasetError):
        restore(home, b"no archive", "new")
    assert names_of(home) == [] and not list((home / "projects").iterdir())
    assert not (home / "evil").exists()


def test_a_damaged_store_in_a_backup_is_a_sentence(home: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("project.sqlite", "no database at all")
    with pytest.raises(StoreError):
        restore(home, out.getvalue(), "new")
    assert names_of(home) == []
