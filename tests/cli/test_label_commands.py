"""Labelling projects on the command line, from a file to an export."""

import csv
import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from datasets import load_from_disk
from skops.io import load

from alcore.cli.main import main
from alcore.projects.project import Project
from alcore.projects.store import Annotator, Operation, ProjectStore

WORDS = ("win cash prize", "lunch home later")


@pytest.fixture
def messages(home: Path) -> Path:
    path = home / "messages.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "message"])
        writer.writerows([f"m{n}", f"{WORDS[n % 2]} number {n % 7}"] for n in range(80))
    return path


def new(path: Path, home: Path, *more: str) -> int:
    command = ["label", "new", str(path), "--name", "mail", "--id", "key", "--text", "message"]
    return main([*command, "--classes", "spam,ham", "--home", str(home), *more])


def answer(batch: Path, to: Path, **wrong: str) -> None:
    with batch.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["label"] = wrong.get(row["id"], ("spam", "ham")[int(row["id"][1:]) % 2])
    with to.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_a_project_from_a_file_to_an_export(messages: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = ["--home", str(home)]
    assert new(messages, home) == 0
    assert "project mail: 80 items, 0 labelled, classes spam, ham" in capsys.readouterr().out
    for number in range(5):
        batch, answers = home / f"batch{number}.csv", home / f"answers{number}.csv"
        assert main(["label", "next", "mail", "--k", "12", "--out", str(batch), *own]) == 0
        answer(batch, answers)
        assert main(["label", "tell", "mail", str(answers), *own]) == 0
        assert main(["label", "tell", "mail", str(answers), *own]) == 0  # not taken twice
    capsys.readouterr()
    assert main(["label", "status", "mail", *own]) == 0
    said = capsys.readouterr().out
    assert "60 of 80 items labelled: " in said
    assert "8 more audit labels until the accuracy is known" in said  # every fifth of 60
    out = home / "all.jsonl"
    assert main(["label", "export", "mail", "--format", "jsonl", "--out", str(out), *own]) == 0
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == [f"m{n}" for n in range(80)]
    labelled = [row for row in rows if row["label"]]
    assert len(labelled) == 60 and sum(row["purpose"] == "audit" for row in labelled) == 12
    assert all(row["label"] == ("spam", "ham")[int(row["id"][1:]) % 2] for row in labelled)
    assert all(0 <= row["probability"] <= 1 for row in rows)
    assert main(["label", "list", *own]) == 0
    assert capsys.readouterr().out.endswith("mail\n")


def test_labels_that_cannot_be_taken_are_named(messages: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new(messages, home)
    batch, answers = home / "batch.csv", home / "answers.csv"
    main(["label", "next", "mail", "--k", "5", "--out", str(batch), "--home", str(home)])
    first = batch.read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    answer(batch, answers, **{first: "letter"})
    capsys.readouterr()
    assert main(["label", "tell", "mail", str(answers), "--home", str(home)]) == 1
    captured = capsys.readouterr()
    assert "4 labels taken, 1 not" in captured.out
    assert f"'{first}' ('letter'): there is no such class; not counted" in captured.err


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["status", "nothing"], "There is no project 'nothing'; there are: mail."),
        (["status", "../mail"], "a project's name has letters"),
        (["export", "mail", "--format", "xml", "--out", "x"], "There is no format xml: csv, jsonl"),
        (["export", "mail", "--out", "{home}/messages.csv"], "is there already"),
        (["tell", "mail", "{home}/missing.csv"], "cannot be read"),
        (["tell", "mail", "{home}/messages.csv"], "needs the columns id and label"),
        (["next", "mail", "--k", "0", "--out", "{home}/x.csv"], "k must be 1 or more"),
        (["new", "{home}/messages.csv", "--name", "mail"], "There is a project 'mail' already"),
        (["new", "{home}/missing.csv", "--name", "other"], "is not there"),
        (["new", "{home}/messages.csv", "--name", "other", "--id", "nothing"], "no column"),
    ],
)
def test_mistakes_are_sentences(
    messages: Path, home: Path, capsys: pytest.CaptureFixture[str], command: list[str], sentence: str
) -> None:
    new(messages, home)
    capsys.readouterr()
    given = [one.format(home=home) for one in command]
    assert main(["label", *given, "--home", str(home)]) == 2
    assert sentence in capsys.readouterr().err


def test_a_machine_is_calibrated_and_its_labels_are_written(
    messages: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = ["--home", str(home)]
    assert new(messages, home) == 0
    (home / "rules.txt").write_text("spam: win\nham: /lunch|home/\n", encoding="utf-8")
    batch, answers = home / "calibration.csv", home / "answers.csv"
    route = ["label", "route", "mail", "--machine", f"rules:{home / 'rules.txt'}", *own]
    assert main([*route, "--out", str(batch)]) == 0
    said = capsys.readouterr().out
    assert "calibration items are to be labelled by a person" in said
    answer(batch, answers)
    assert main(["label", "tell", "mail", str(answers), *own]) == 0
    assert main(route) == 0
    assert "at most 5 % of all 80 labels wrong, with 95 % certainty" in capsys.readouterr().out
    out = home / "before.jsonl"
    assert main([*route, "--commit"]) == 0
    assert "the machine's labels are written" in capsys.readouterr().out
    assert main(["label", "export", "mail", "--format", "jsonl", "--out", str(out), *own]) == 0
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    truth = ["spam" if int(row["id"][1:]) % 2 == 0 else "ham" for row in rows]
    assert [row["label"] or row["machine_label"] for row in rows] == truth
    assert {row["purpose"] for row in rows if row["label"]} == {"calibration"}
    capsys.readouterr()
    assert main(["label", "route", "mail", "--machine", "oracle", *own]) != 0
    assert "there is no machine 'oracle'" in capsys.readouterr().err


def test_the_next_batch_may_ask_again(messages: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = ["--home", str(home)]
    new(messages, home)
    batch, answers = home / "first.csv", home / "answers.csv"
    assert main(["label", "next", "mail", "--k", "30", "--annotator", "ann", "--out", str(batch), *own]) == 0
    answer(batch, answers, m0="ham", m1="spam", m2="ham", m3="spam")
    assert main(["label", "tell", "mail", str(answers), "--annotator", "ann", *own]) == 0
    again = home / "again.csv"
    command = ["label", "next", "mail", "--k", "60", "--ask-again", "--out", str(again), *own]
    assert main([*command, "--annotator", "bob"]) == 0
    with again.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["strategy"] for row in rows} == {"activelab: new", "activelab: again"}
    assert all(row["label"] == "" for row in rows)
    assert main([*command, "--annotator", "ann", "--force"]) == 0
    with again.open(newline="", encoding="utf-8") as file:
        assert {row["strategy"] for row in csv.DictReader(file)} <= {"activelab: new"}


def test_a_folder_for_datasets_and_the_model_are_exported(
    messages: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = ["--home", str(home)]
    new(messages, home)
    batch, answers, out = home / "first.csv", home / "answers.csv", home / "folder"
    main(["label", "next", "mail", "--k", "30", "--out", str(batch), *own])
    answer(batch, answers)
    main(["label", "tell", "mail", str(answers), *own])
    command = ["label", "export", "mail", "--format", "hf", "--out", str(out), *own]
    assert main(command) == 0
    assert load_from_disk(out)["id"] == [f"m{n}" for n in range(80)]
    assert main(command) == 2 and "--force" in capsys.readouterr().err
    assert main([*command, "--force"]) == 0
    (out / "other.txt").write_text("mine")
    assert main([*command, "--force"]) == 2 and (out / "other.txt").exists()
    model = home / "model.skops"
    assert main(["label", "export", "mail", "--format", "skops", "--out", str(model), *own]) == 0
    assert list(load(model).predict(["win cash prize", "lunch home later"])) == ["spam", "ham"]
    assert main(["label", "export", "mail", "--format", "python", "--out", str(home / "fit.py"), *own]) == 0
    assert main(["label", "export", "mail", "--format", "word", "--out", str(home / "x"), *own]) == 2


def test_every_answer_is_taken_home(messages: Path, home: Path) -> None:
    own = ["--home", str(home)]
    new(messages, home)
    project = Project.open(home, "mail")
    (handed,) = project.next(1, "ann")
    project.tell({handed.item: "spam"}, "ann")
    project.tell({handed.item: "ham"}, "ann")
    with ProjectStore(project.folder) as store:
        store.take([Operation("c", 1, handed.item, "undo", undoes_number=2)], Annotator("ann"))
    out = home / "answers.csv"
    assert main(["label", "export", "mail", "--format", "answers", "--out", str(out), *own]) == 0
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["kind"], row["value"], row["in_force"]) for row in rows] == [
        ("label", "spam", "True"),
        ("label", "ham", "False"),
        ("undo", "", "False"),
    ]
    assert {row["id"] for row in rows} == {handed.item} and rows[2]["undoes"] == "2"
    assert {row["annotator"] for row in rows} == {"ann"} and rows[0]["purpose"] == handed.purpose


@pytest.mark.parametrize(
    ("words", "method"),
    [
        (("--text", "message"), "tfidf"),
        (("--text", "message", "--features", "wordllama"), "wordllama"),
        (("--columns", "message", "--features", "table"), "table"),
    ],
)
def test_features_are_chosen_by_arguments(messages: Path, home: Path, words: tuple[str, ...], method: str) -> None:
    command = ["label", "new", str(messages), "--name", "mail", "--classes", "spam,ham", "--home", str(home)]
    assert main([*command, *words]) == 0
    choice = Project.open(home, "mail").choice
    assert (choice.method, choice.columns) == (method, ("message",))


def test_an_encoder_is_of_sentences_and_what_is_missing_leaves_no_project(
    messages: Path, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    for words in (("--features", "sentences"), ("--encoder", "folder")):
        assert new(messages, home, *words) == 2
        assert "[sentences]" in capsys.readouterr().err and not list((home / "projects").iterdir())
    package = ModuleType("sentence_transformers")
    package.SentenceTransformer = lambda name: SimpleNamespace(  # type: ignore[attr-defined]
        encode=lambda texts, **given: np.ones((len(texts), 3))
    )
    monkeypatch.setitem(sys.modules, "sentence_transformers", package)
    assert new(messages, home, "--encoder", "folder") == 0
    project = Project.open(home, "mail")
    assert (project.choice.method, project.choice.encoder, project.features.shape[1]) == ("sentences", "folder", 3)
    assert new(messages, home, "--encoder", "folder", "--features", "tfidf") == 2
    assert "--encoder is of the features sentences" in capsys.readouterr().err


def test_features_that_do_not_fit_are_a_sentence(
    messages: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new(messages, home, "--image", "edges") == 2
    assert "unknown features 'edges'" in capsys.readouterr().err
    assert new(messages, home, "--model", "cnn") == 2
    assert "the CNN takes images" in capsys.readouterr().err
