"""A project's items in Hugging Face's own library."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from datasets import Dataset, Value, load_from_disk

from alcore.projects.export import batch_frame, exported, whole_frame
from alcore.projects.project import Project

WORDS = ["=1+1", "a,b", "line\nbreak", "<script>", "naïve ☕", "", "NA", "plain", "more", "last"]


def opened(frame: pd.DataFrame, folder: Path) -> Dataset:
    with zipfile.ZipFile(io.BytesIO(exported(frame, "hf"))) as archive:
        archive.extractall(folder)
    found = load_from_disk(folder)
    assert isinstance(found, Dataset)
    return found


@pytest.fixture
def project(home: Path) -> Project:
    path = home / "items.csv"
    pd.DataFrame({"key": [f"i{n}" for n in range(10)], "words": WORDS, "size": range(10)}).to_csv(path, index=False)
    made = Project.create(home, "mixed", path, ids="key", classes=("yes", "no"))
    made.tell({"i0": "yes", "i1": "no"}, "anna")
    return made


def test_every_item_opens_the_same(project: Project, tmp_path: Path) -> None:
    for folder, is_trained in (("before", False), ("after", True)):
        if is_trained:
            project.train()
        frame = whole_frame(project)
        found = opened(frame, tmp_path / folder)
        assert found.column_names == list(frame.columns)
        assert found.features["label"] == Value("string") and found.features["flagged"] == Value("bool")
        rows = [
            {name: None if cell is None or cell != cell else cell for name, cell in row.items()}
            for row in frame.to_dict("records")
        ]
        assert list(found) == rows
        assert found[1]["label"] == "no" and found[5]["label"] is None


def test_it_can_be_worked_with_and_saved_again(project: Project, tmp_path: Path) -> None:
    project.train()
    found = opened(whole_frame(project), tmp_path / "first")
    kept = found.filter(lambda row: row["label"] is not None).class_encode_column("label")
    kept.save_to_disk(tmp_path / "second")
    again = load_from_disk(tmp_path / "second")
    assert isinstance(again, Dataset)
    assert again["id"] == ["i0", "i1"]


def test_a_batch_has_numbers(project: Project, tmp_path: Path) -> None:
    found = opened(batch_frame(project, project.next(4)), tmp_path / "batch")
    assert list(found["priority"]) == [1, 2, 3, 4]


def test_a_hundred_thousand_rows_open_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    texts = rng.choice(WORDS, size=100_000).tolist()
    frame = pd.DataFrame({"id": [str(n) for n in range(100_000)], "text": texts, "probability": rng.random(100_000)})
    found = opened(frame, tmp_path / "long")
    assert found.data.column("text").to_pylist() == texts
    np.testing.assert_array_equal(found.data.column("probability").to_numpy(), frame["probability"])
