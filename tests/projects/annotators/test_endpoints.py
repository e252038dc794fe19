"""The server's list of endpoints, prompts, and the classes that answers name."""

import json
from pathlib import Path
from typing import Any

import pytest

from alcore.datasets.dataset import DatasetError
from alcore.projects.annotators.endpoints import EndpointError, endpoint_of, key_of, read_endpoints
from alcore.projects.annotators.prompts import class_of, prompt_of, texts_of
from alcore.projects.examples import digits_project
from alcore.projects.project import Project

GOOD = {"base_url": "https://chat.example/v1", "model": "small"}
SECRET = "sk-never-to-be-seen"


def write(home: Path, entries: Any) -> None:
    (home / "endpoints.json").write_text(entries if isinstance(entries, str) else json.dumps(entries), encoding="utf-8")


def test_without_a_file_there_is_no_endpoint(home: Path) -> None:
    assert read_endpoints(home) == {}
    with pytest.raises(EndpointError, match="there is no endpoint 'a'"):
        endpoint_of(home, "a")


def test_an_endpoint_is_read_and_knows_its_price_but_no_key(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home, {"a": {**GOOD, "key": "ALCORE_A_KEY", "price_in": 2, "price_out": 8, "temperature": 0.5}})
    found = endpoint_of(home, "a")
    assert found.cost(1_000_000, 500_000) == 6.0
    with pytest.raises(EndpointError, match="set the environment variable ALCORE_A_KEY"):
        key_of(found)
    monkeypatch.setenv("ALCORE_A_KEY", SECRET)
    assert key_of(found) == SECRET and SECRET not in repr(found)
    monkeypatch.setenv("ALCORE_A_KEY", f"{SECRET}\r\nHost: elsewhere")
    with pytest.raises(EndpointError, match="cannot be sent") as caught:
        key_of(found)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ("{", "is no JSON"),
        ("[]", "must hold an object"),
        ({"a b": GOOD}, "is no name"),
        ({"a": 1}, "must be an object"),
        ({"a": {"model": "small"}}, "has no base_url"),
        ({"a": {"base_url": "https://x/v1"}}, "has no model"),
        ({"a": {**GOOD, "colour": 1}}, "'colour' that there is not"),
        ({"a": {**GOOD, "concurrency": 0}}, "concurrency must be of the type integer, 1 to 32"),
        ({"a": {**GOOD, "retries": True}}, "retries must be"),
        ({"a": {**GOOD, "timeout": "soon"}}, "timeout must be"),
        ({"a": {**GOOD, "options": []}}, "options must be"),
        ({"a": {**GOOD, "prompt": "Which class?"}}, "lacks {text}"),
        ({"a": {**GOOD, "base_url": "ftp://x/v1"}}, "base_url must be like"),
        ({"a": {**GOOD, "base_url": "https://anna:secret@x/v1"}}, "base_url must be like"),
        ({"a": {**GOOD, "base_url": "https://x:port/v1"}}, "base_url must be like"),
        ({"a": {**GOOD, "base_url": "http://x/v1", "key": "ALCORE_A_KEY"}}, "over https only"),
        ({"a": {**GOOD, "key": SECRET}}, "key must be the name of an environment variable"),
        ({"a": {**GOOD, "key": "HOME"}}, "key must be the name of an environment variable"),
        ({"a": {**GOOD, "key": "ALCORE_A_KEY\n"}}, "key must be the name of an environment variable"),
    ],
)
def test_what_is_no_entry_is_a_sentence(home: Path, entries: Any, sentence: str) -> None:
    write(home, entries)
    with pytest.raises(EndpointError) as caught:
        read_endpoints(home)
    assert sentence in str(caught.value) and SECRET not in str(caught.value)


def test_prompts_are_made_in_one_pass() -> None:
    assert prompt_of("{classes}|{text}|{other}", "a {classes} {text}", ("x", "y")) == "x, y|a {classes} {text}|{other}"


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("spam", "spam"),
        (' "Spam".\n', "spam"),
        ("**ham**", "ham"),
        ("<think>perhaps ham</think>\nspam", "spam"),
        ("not spam", ""),
        ("spam or ham", ""),
        ("", ""),
        ("A", "A"),
        ("a", "a"),
        ("B.", "B."),
    ],
)
def test_an_answer_is_a_class_or_none(answer: str, label: str) -> None:
    assert class_of(answer, ("spam", "ham", "A", "a", "B.")) == label


def test_neither_ids_nor_labels_are_sent(home: Path) -> None:
    (home / "t.csv").write_text("key,text,more,kind\nk1,win,now,spam\nk2,lunch,,\n", encoding="utf-8")
    project = Project.create(home, "t", home / "t.csv", ids="key", label="kind", classes=("spam", "ham"))
    assert texts_of(project.source) == ["text: win\nmore: now", "text: lunch"]
    assert texts_of(project.source, ("more", "kind", "key")) == ["now", ""]
    with pytest.raises((EndpointError, DatasetError)):
        texts_of(project.source, ("nothing",))
    with pytest.raises(EndpointError, match="reads texts and tables"):
        texts_of(digits_project(home).source)


@pytest.mark.parametrize("content", ["{", "[]", '{"a": 1}', '{"a": {"base_url": "x", "model": "m"}}', "{}"])
def test_no_sentence_names_the_folder(tmp_path: Path, content: str) -> None:
    (tmp_path / "endpoints.json").write_text(content)
    with pytest.raises(EndpointError, match=r"endpoints\.json") as caught:
        endpoint_of(tmp_path, "b")
    assert str(tmp_path) not in str(caught.value)
