"""What leaves a labelling project, and comes back the same."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alcore.datasets.dataset import DatasetError
from alcore.projects.export import (
    FORMATS,
    Format,
    batch_frame,
    exported,
    from_csv,
    labels_of,
    take_labels,
    to_csv,
    whole_frame,
)
from alcore.projects.export.tasks import rows_of_tasks
from alcore.projects.model.features import FeatureChoice
from alcore.projects.project import Project

NASTY = ["=1+1", "+49 30", "-5", "@name", "'quoted", "a,b", 'say "hi"', "line\nbreak", "<script>", "naïve ☕", "", "NA"]


@pytest.fixture
def project(home: Path) -> Project:
    path = home / "items.csv"
    pd.DataFrame({"key": [f"i{n}" for n in range(len(NASTY))], "words": NASTY, "label": ""}).to_csv(path, index=False)
    made = Project.create(home, "nasty", path, ids="key", classes=("=yes", "no"))
    made.tell({"i0": "=yes", "i1": "no"}, "anna")
    made.train()
    return made


def test_every_item_is_there_once_with_its_label_and_prediction(project: Project) -> None:
    frame = whole_frame(project)
    assert frame["id"].tolist() == project.ids
    assert frame["label"].tolist()[:2] == ["=yes", "no"]
    assert frame["label"].isna().sum() == len(NASTY) - 2
    assert frame["words"].tolist() == NASTY
    assert "label_" in frame  # the file's own column of that name
    model = project.last_model()
    assert model is not None and model.confidence_N is not None
    assert frame["predicted"].tolist() == model.named_N
    np.testing.assert_allclose(frame["probability"], model.confidence_N)
    assert whole_frame(project, only_labelled=True)["id"].tolist() == ["i0", "i1"]


def test_csv_runs_no_formula_and_comes_back_the_same(project: Project) -> None:
    frame = whole_frame(project)
    content = to_csv(frame)
    cells = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    assert not [one for one in cells.to_numpy().ravel() if one.startswith(("=", "+", "-", "@"))]
    rows = from_csv(content)
    assert [row["words"] for row in rows] == NASTY
    assert labels_of(rows) == {"i0": "=yes", "i1": "no"}


def test_a_hundred_thousand_rows_come_back_the_same() -> None:
    rng = np.random.default_rng(0)
    letters = np.array(list("=+-@'\t,\"\n ab"))
    texts = ["".join(rng.choice(letters, size=rng.integers(0, 6))) for _ in range(100_000)]
    frame = pd.DataFrame({"id": [str(n) for n in range(100_000)], "words": texts, "label": "x"})
    assert [row["words"] for row in from_csv(to_csv(frame))] == texts
    found = [json.loads(line)["words"] for line in exported(frame, "jsonl").decode().split("\n")[:-1]]
    assert found == texts
    assert pd.read_parquet(io.BytesIO(exported(frame, "parquet")))["words"].tolist() == texts


@pytest.mark.parametrize("fmt", FORMATS)
def test_every_format_is_written(project: Project, fmt: Format) -> None:
    assert exported(whole_frame(project), fmt)


def test_label_studio_and_prodigy_tasks_have_their_shape(project: Project) -> None:
    frame = whole_frame(project).head(3)
    tasks = json.loads(exported(frame, "label-studio"))
    assert tasks[0]["annotations"] == [
        {"result": [{"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": ["=yes"]}}]}
    ]
    assert tasks[2]["data"] == {"id": "i2", "words": "-5", "label_": ""}
    assert "annotations" not in tasks[2]
    prediction = tasks[2]["predictions"][0]
    assert prediction["model_version"] == "alcore" and 0 <= prediction["score"] <= 1
    lines = [json.loads(line) for line in exported(frame, "prodigy").decode().splitlines()]
    assert lines[0]["accept"] == ["=yes"] and lines[0]["answer"] == "accept"
    assert "accept" not in lines[2] and lines[2]["meta"]["id"] == "i2"


def test_prodigys_text_is_the_item_and_not_a_column_of_that_name(home: Path) -> None:
    path = home / "letters.csv"
    words = ["win a prize", "lunch at home", "see you later"]
    frame = pd.DataFrame({"key": ["a", "b", "c"], "text": ["T1", "T2", "T3"], "message": words})
    frame.to_csv(path, index=False)

    def tasks(name: str, features: FeatureChoice) -> list[dict[str, Any]]:
        made = Project.create(home, name, path, ids="key", classes=("x", "y"), features=features)
        return [json.loads(line) for line in exported(whole_frame(made), "prodigy").decode().splitlines()]

    of_message = tasks("message", FeatureChoice("tfidf", ("message",)))
    assert [one["text"] for one in of_message] == words
    assert of_message[0]["meta"] == {"id": "a", "text": "T1"}
    of_rows = tasks("rows", FeatureChoice("table", ("text", "message")))
    assert of_rows[0]["text"].splitlines()[-2:] == ["text: T1", "message: win a prize"]
    assert of_rows[0]["meta"]["text"] == "T1"


def test_a_batch_says_why_each_item_is_queried(project: Project) -> None:
    handed = project.next(6)
    frame = batch_frame(project, handed)
    assert frame["id"].tolist() == [one.item for one in handed]
    assert set(frame["label"]) == {""}
    assert frame["priority"].tolist() == list(range(1, len(handed) + 1))
    for row, one in zip(frame.to_dict("records"), handed, strict=True):
        assert row["purpose"] == one.purpose
        assert row["strategy"] == ("margin" if one.purpose == "train" else "random")
    # Where everything is with others the file has its columns all the same.
    assert "label" in to_csv(batch_frame(project, [])).decode().splitlines()[0].split(",")


def test_answers_with_two_labels_or_without_columns_are_refused() -> None:
    with pytest.raises(DatasetError, match="Row 3 labels 'a' as 'y', an earlier row as 'x'"):
        labels_of([{"id": "a", "label": "x"}, {"id": "a", "label": "y"}])
    with pytest.raises(DatasetError, match="needs the columns id and label"):
        labels_of([{"name": "a"}])
    with pytest.raises(DatasetError, match=r"it has 'c0', .*'c5' and 9,994 more\.$"):
        labels_of([{f"c{number}": "1" for number in range(10_000)}])
    # Sentences name no error of Python's.
    for content in (b"id,label\n\xff\xfe,1\n", bytes(200_000)):
        with pytest.raises(DatasetError, match=r"cannot be read as CSV in UTF-8: save it as such and choose that\.$"):
            from_csv(content)
    with pytest.raises(DatasetError, match=r"export them anew\.$"):
        rows_of_tasks(b'[{"id": 1}]')
    assert labels_of([{"id": " a ", "label": " x "}, {"id": "b", "label": " "}]) == {"a": "x"}


@pytest.mark.parametrize("fmt", ["label-studio", "prodigy", "csv"])
def test_labels_come_back_by_id(project: Project, fmt: Format, home: Path) -> None:
    content = exported(whole_frame(project), fmt)
    again = Project.create(home, "again", project.folder / "source" / "items.csv", ids="key", classes=("=yes", "no"))
    assert take_labels(again, content) == take_labels(again, content)
    assert {item: one.label for item, one in again.states().items()} == {"i0": "=yes", "i1": "no"}
    assert len(again.ledger().of_item("i0")) == 1


@pytest.mark.parametrize("content", [b"[1]", b"{", b'[{"data": {}}]', b'{"text": "x"}', b"[" * 10_000, b"\xff\xfe["])
def test_tasks_that_are_none_are_a_sentence(project: Project, content: bytes) -> None:
    with pytest.raises(DatasetError):
        take_labels(project, content)
