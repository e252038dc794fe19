"""A mixed table end to end on the command line: decimal commas, missing cells, "NA" that is a value, few labels."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alcore.cli.main import main
from alcore.projects.project import Project
from tests.support.mixed_table import mixed_table

ROWS, ROUNDS, K = 900, 8, 25


def test_a_mixed_table_from_a_file_to_an_accuracy_and_an_export(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame, truth = mixed_table(ROWS, seed=1)
    assert frame.shape == (ROWS, 20)
    own = ["--home", str(home)]
    of = dict(zip(frame["key"], truth, strict=True))
    # A few labels are there, as in most tables; the others are blank.
    frame["class"] = [label if number < 10 else "" for number, label in enumerate(truth)]
    frame.to_csv(home / "cases.csv", index=False, sep=";")
    command = ["label", "new", str(home / "cases.csv"), "--name", "cases", "--id", "key", "--label", "class"]
    assert main([*command, "--classes", "repair,refund,question", *own]) == 0
    assert f"project cases: {ROWS} items, 10 labelled" in capsys.readouterr().out
    for number in range(ROUNDS):
        batch, answers = home / f"batch{number}.csv", home / f"answers{number}.csv"
        assert main(["label", "next", "cases", "--k", str(K), "--out", str(batch), *own]) == 0
        with batch.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == K and all(row["label"] == "" for row in rows)
        with answers.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "label"])
            writer.writerows([row["id"], of[row["id"]]] for row in rows)
        assert main(["label", "tell", "cases", str(answers), *own]) == 0
    project = Project.open(home, "cases")
    model, states = project.train(), project.states()
    assert len(states) == 10 + ROUNDS * K and project.settings["classes"][:3] == ["repair", "refund", "question"]
    right = np.array(model.named_N) == np.array(truth)
    # Half of the rows are of the commonest class; 5,000 rows need 200 labels for 85 %, 400 for 91 %, 700 for 95 %.
    assert right[[item not in states for item in project.ids]].mean() > 0.82
    capsys.readouterr()
    assert main(["label", "status", "cases", *own]) == 0
    assert "95 % interval" in capsys.readouterr().out
    out = home / "cases.parquet"
    assert main(["label", "export", "cases", "--format", "parquet", "--out", str(out), *own]) == 0
    back = pd.read_parquet(out)
    assert back["id"].tolist() == frame["key"].tolist()
    for name in ("message", "amount", "country", "number 3"):
        assert back[name].fillna("").tolist() == frame[name].tolist()
    assert set(frame["country"]) == {"DE", "FR", "NA", "ES"}
