"""Items of several classes as yes-or-no projects: labels that are there, one reserve, and one table in the end."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from alcore.cli.main import main
from alcore.datasets.dataset import DatasetError
from alcore.projects.multilabel import create_each, group_frame, group_of, several_of
from alcore.projects.project import Project
from alcore.projects.setup.names import names_of
from alcore.storage.errors import StoreError

TAGS = {"m0": "price; late", "m1": "late", "m2": "", "m3": "none of these"}


@pytest.fixture
def tickets(home: Path) -> Path:
    path = home / "tickets.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "message", "tags"])
        writer.writerows([f"m{n}", f"text {n} of ticket {n % 4}", TAGS.get(f"m{n}", "")] for n in range(40))
    return path


def test_cells_name_several_classes() -> None:
    assert several_of(["a; b;", "a", None, ";"], ";") == [{"a", "b"}, {"a"}, None, frozenset()]


def test_each_class_is_a_project_of_the_same_reserve(tickets: Path, home: Path) -> None:
    made = create_each(home, "tickets", tickets, classes=("late", "price"), label="tags", ids="key")
    assert names_of(home) == ["tickets-late", "tickets-none-of-these", "tickets-price"]
    assert [one.settings["name"] for one in group_of(home, "tickets")] == [one.settings["name"] for one in made]
    late = made[0]
    assert late.classes == ["late", "not late"]
    assert {item: state.label for item, state in late.states().items()} == {
        "m0": "late",
        "m1": "late",
        "m3": "not late",
    }
    assert all((one.turns_N == late.turns_N).all() for one in made)
    # One copy of the features for all, where the file system can link.
    assert {path.name for path in (made[1].folder / "features").iterdir()} == {
        path.name for path in (late.folder / "features").iterdir()
    }
    with pytest.raises(StoreError, match="choose another name"):
        create_each(home, "tickets", tickets, classes=("late",))


def test_the_table_holds_labels_and_predictions_of_every_class(tickets: Path, home: Path) -> None:
    made = create_each(home, "tickets", tickets, classes=("late", "price"), ids="key")
    late, price = made
    late.tell({"m0": "late", "m1": "not late", "m2": "late", "m3": "not late"})
    price.tell({"m0": "price", "m1": "not price"})
    frame = group_frame(made).set_index("id")
    assert frame[["late", "price", "labels"]].iloc[0].tolist() == [True, True, "late; price"]
    assert frame["labels"].isna().tolist()[:3] == [False, False, True]  # no price of m2, and no model yet
    assert frame["labels"].iloc[1] == ""
    for one in made:
        one.train()
    frame = group_frame(made).set_index("id")
    model = late.last_model()
    assert model is not None and model.probs_N_C is not None
    column = model.probs_N_C[:, list(model.classes).index("late")]
    assert frame["late probability"].astype(float).tolist() == pytest.approx(column.tolist(), abs=1e-6)
    assert (frame["late predicted"] == (column > 0.5)).all() and frame["labels"].notna().all()
    assert frame["message"].tolist() == [f"text {n} of ticket {n % 4}" for n in range(40)]


def test_nothing_is_left_of_a_group_that_fails(home: Path, tickets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="need 1 to 20 classes"):
        create_each(home, "tickets", tickets)
    monkeypatch.setattr(
        "alcore.projects.multilabel.Project.features",
        property(lambda project: (_ for _ in ()).throw(DatasetError("no"))),
    )
    with pytest.raises(DatasetError):
        create_each(home, "tickets", tickets, classes=("a", "b"))
    assert names_of(home) == []


def test_on_the_command_line(tickets: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = ["--home", str(home)]
    command = ["label", "new", str(tickets), "--name", "tickets", "--id", "key", "--text", "message", "--label", "tags"]
    assert main([*command, "--multi-label", *own]) == 0
    assert "project tickets-late: 40 items, 3 labelled, classes late, not late" in capsys.readouterr().out
    assert main(["label", "status", "tickets", *own]) == 0
    assert capsys.readouterr().out.count("3 of 40 items labelled") == 3
    out = home / "all.csv"
    assert main(["label", "export", "tickets", "--format", "csv", "--out", str(out), *own]) == 0
    rows = pd.read_csv(out, keep_default_na=False).set_index("id")
    assert rows[["late", "price"]].iloc[0].tolist() == ["True", "True"] and rows["late"].iloc[5] == ""
    assert main(["label", "export", "tickets", "--format", "prodigy", "--out", str(home / "x"), *own]) == 2
    assert "is 3 projects, one a class: export it as csv" in capsys.readouterr().err
    assert Project.open(home, "tickets-late").settings["features"]["method"] == "tfidf"
