"""A chat endpoint as the machine of a labelling project, on the command line: dry run, sending, guarantee, export."""

import csv
import json
import logging
from pathlib import Path

import pytest

from alcore.cli.main import main
from alcore.projects import delegation
from alcore.projects.annotators import chat
from alcore.projects.project import Project
from tests.support.chat_server import ChatServer, Made, chat_server, says

SECRET = "sk-never-to-be-seen"
N = 120


@pytest.fixture
def messages(home: Path) -> Path:
    path = home / "messages.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "message"])
        writer.writerows([f"m{n}", f"{('win cash', 'lunch home')[n % 2]} number {n}"] for n in range(N))
    return path


def truth(prompt: str) -> str:
    return "spam" if "win cash" in prompt else "ham"


def listed(home: Path, server: ChatServer) -> None:
    entry = {"base_url": server.url, "model": "small", "key": "ALCORE_TEST_KEY", "retries": 1, "price_in": 0.5}
    (home / "endpoints.json").write_text(json.dumps({"local": entry}), encoding="utf-8")


def test_nothing_is_sent_before_send_and_the_key_is_nowhere(
    messages: Path,
    home: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(chat, "FIRST_WAIT", 0.01)
    monkeypatch.setenv("ALCORE_TEST_KEY", SECRET)
    own = ["--home", str(home)]
    new = ["label", "new", str(messages), "--name", "mail", "--id", "key", "--text", "message", "--classes", "spam,ham"]
    assert main([*new, *own]) == 0
    route = ["label", "route", "mail", "--machine", "endpoint:local", "--draws", "90", *own]
    said = ""
    with chat_server() as server:
        assert main(route) == 2
        said += (error := capsys.readouterr().err)
        assert "there is no endpoint 'local'" in error
        listed(home, server)
        assert main(route) == 0
        said += (out := capsys.readouterr().out)
        assert f"{N} requests go to {server.url}, model small" in out and "nothing was sent; --send sends it" in out
        assert out.count("--- prompt") == 3 and "Text:\nwin cash number 0\n" in out and "number 3" not in out
        assert "cost below 0.01 USD" in out
        assert not server.prompts and delegation.current(Project.open(home, "mail")) is None

        def breaks(prompt: str, number: int) -> Made:
            return says(truth(prompt)) if number < 50 else (500, {}, f"wrong key {SECRET}".encode())

        server.answer = breaks
        assert main([*route, "--send"]) == 2
        said += (error := capsys.readouterr().err)
        assert "it answers 500" in error and "answers are kept" in error
        assert delegation.current(Project.open(home, "mail")) is None
        kept, asked = 50, len(server.prompts)

        def answers(prompt: str, number: int) -> Made:
            if prompt.endswith("number 100"):
                return says(f"the key is {SECRET}")
            return says(truth(prompt))

        server.answer = answers
        batch, labels = home / "calibration.csv", home / "labels.csv"
        assert main([*route, "--send", "--out", str(batch)]) == 0
        captured = capsys.readouterr()
        said += captured.out + captured.err
        assert len(server.prompts) - asked == N - kept
        assert f"{N - kept} answers" in captured.out and f"{N - kept} of {N - kept}" in captured.err
        assert f"{N - 1} of {N} items have a class; confidence: 1 for every answer" in captured.out
        assert "calibration items are to be labelled by a person" in captured.out
        total = len(server.prompts)
        with batch.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        with labels.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "label"])
            writer.writerows([row["id"], ("spam", "ham")[int(row["id"][1:]) % 2]] for row in rows)
        assert main(["label", "tell", "mail", str(labels), *own]) == 0
        assert main([*route, "--commit", "--epsilon", ".1"]) == 0
        captured = capsys.readouterr()
        said += captured.out + captured.err
        assert "at most 10 % of all 120 labels wrong, with 95 % certainty" in captured.out
        assert len(server.prompts) == total, "calibration and the labels ask nobody"
    for name in ("jsonl", "csv"):
        out_file = home / f"all.{name}"
        assert main(["label", "export", "mail", "--format", name, "--out", str(out_file), *own]) == 0
    found = [json.loads(line) for line in (home / "all.jsonl").read_text(encoding="utf-8").splitlines()]
    machine = {row["id"]: row["machine_label"] for row in found if row["machine_label"]}
    assert machine and all(label == ("spam", "ham")[int(item[1:]) % 2] for item, label in machine.items())
    assert "m100" not in machine
    assert SECRET not in said + caplog.text
    for path in home.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


def test_items_without_an_answer_can_be_left_to_the_person(
    messages: Path, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "FIRST_WAIT", 0.01)
    monkeypatch.setenv("ALCORE_TEST_KEY", SECRET)
    own = ["--home", str(home)]
    new = ["label", "new", str(messages), "--name", "mail", "--id", "key", "--text", "message", "--classes", "spam,ham"]
    assert main([*new, *own]) == 0
    (home / "prompt.txt").write_text("{classes}? {text}", encoding="utf-8")
    route = ["label", "route", "mail", "--machine", "endpoint:local", "--prompt", str(home / "prompt.txt"), *own]
    with chat_server() as server:
        listed(home, server)
        server.answer = lambda prompt, number: says(truth(prompt)) if number < 70 else (403, {}, b"")
        assert main([*route, "--partial"]) == 2
        assert "names one of the classes" in capsys.readouterr().err
        assert main([*route, "--draws", "5", "--send"]) == 2
        assert "calibration takes 30 to 2000 items" in capsys.readouterr().err and not server.prompts
        assert main([*route, "--send"]) == 2
        assert "it answers 403 (Forbidden). 70 of 120 answers are kept" in capsys.readouterr().err
        assert server.prompts[0].startswith("spam, ham? ")
        asked = len(server.prompts)
        assert main([*route, "--partial"]) == 0
        assert "70 of 120 items have a class" in capsys.readouterr().out and len(server.prompts) == asked
    found = delegation.current(Project.open(home, "mail"))
    assert found is not None and (found.labels_N != "").sum() == 70 and len(found.places) == N
