"""`python -m alcore next`: files in, files out, sentences for mistakes, and a run that is killed goes on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from alcore.cli.arguments import UsageError
from alcore.cli.main import main
from alcore.cli.pool_commands import _content
from alcore.pools.pool import Pool, PoolBatch
from tests.pools.support import embeddings, saved, some_labels

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    x, codes = embeddings(20_000)
    saved(tmp_path, x)
    labels = some_labels(codes, 100)
    pd.DataFrame({"row": list(labels), "label": list(labels.values())}).to_csv(tmp_path / "labels.csv", index=False)
    return tmp_path


def words(folder: Path, **options: object) -> list[str]:
    given = {
        "pool": folder / "emb.npy",
        "labels": folder / "labels.csv",
        "k": 50,
        "out": folder / "batch.csv",
    } | options
    return ["next", *(str(word) for key, value in given.items() for word in (f"--{key.replace('_', '-')}", value))]


def test_the_batch_goes_back_as_labels(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(files, strategy="cluster_margin", shortlist=500)) == 0
    printed = capsys.readouterr()
    assert "batch.csv: 50 rows by cluster_margin; fill in the column label" in printed.out
    assert "chosen from 500 of 20,000 rows, of the highest margin" in printed.err
    batch = pd.read_csv(files / "batch.csv")
    assert list(batch.columns) == ["row", "label", "score"] and batch["label"].isna().all()
    labels = pd.read_csv(files / "labels.csv")
    batch["label"] = "a"
    pd.concat([labels, batch]).to_csv(files / "labels.csv", index=False)
    assert main(words(files, out=files / "second.csv")) == 0
    assert not set(pd.read_csv(files / "second.csv")["row"]) & {*batch["row"], *labels["row"]}


def test_a_score_that_is_no_number_is_empty_in_every_format(tmp_path: Path) -> None:
    batch = SimpleNamespace(ids=np.array([7, 3, 5]), scores=np.array([0.5, -np.inf, np.nan]))
    for ending in (".csv", ".jsonl", ".parquet"):
        (tmp_path / f"batch{ending}").write_bytes(_content(cast(PoolBatch, batch), "row", ending))
    lines = (tmp_path / "batch.jsonl").read_text().splitlines()
    assert [json.loads(line, parse_constant=pytest.fail)["score"] for line in lines] == [0.5, None, None]
    for frame in (pd.read_csv(tmp_path / "batch.csv"), pd.read_parquet(tmp_path / "batch.parquet")):
        assert frame["score"].fillna(-1).tolist() == [0.5, -1, -1]


def test_every_format_holds_the_rows_of_python(files: Path) -> None:
    expected = Pool(files / "emb.npy").next(50, files / "labels.csv", "entropy", seed=3).rows.tolist()
    for ending in ("csv", "tsv", "jsonl", "parquet"):
        out = files / f"batch.{ending}"
        assert main(words(files, strategy="entropy", seed=3, block_rows=2_000, workers=3, out=out)) == 0
        if ending == "jsonl":
            rows = [json.loads(line)["row"] for line in out.read_text().splitlines()]
        elif ending == "parquet":
            rows = pd.read_parquet(out)["row"].tolist()
        else:
            rows = pd.read_csv(out, sep="\t" if ending == "tsv" else ",")["row"].tolist()
        assert rows == expected
    assert not list(files.glob("*.progress*"))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"pool": "missing.npy"}, "missing.npy is not there"),
        ({"strategy": "margins"}, "unknown strategy 'margins'"),
        ({"out": "batch.txt"}, "must end in .csv, .tsv, .jsonl or .parquet"),
        ({"labels": "missing.csv"}, "missing.csv is not there"),
        ({"dask": "tcp://127.0.0.1:1"}, "No Dask scheduler answers at tcp://127.0.0.1:1"),
        ({"k": 0}, "k must be 1 or more"),
        ({"C": -1}, "C must be above 0"),
        ({"block_rows": -4}, "block_rows must be 1 or more"),
    ],
)
def test_mistakes_are_sentences(
    files: Path, options: dict, sentence: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alcore.pools.cluster._CONNECT_SECONDS", 1)
    assert main(words(files, **options)) == 2
    told = capsys.readouterr().err
    assert sentence in told and "Traceback" not in told


def test_a_file_is_replaced_only_by_force(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "batch.csv").write_text("mine")
    assert main(words(files)) == 2
    assert "batch.csv is there already" in capsys.readouterr().err
    assert (files / "batch.csv").read_text() == "mine"
    assert main([*words(files), "--force"]) == 0
    assert len(pd.read_csv(files / "batch.csv")) == 50


# Saves after every block, and takes half a second for each: time to be killed in the middle.
SLOWLY = """
import signal, sys, time
from alcore.cli.main import main
from alcore.pools import scan
best = scan.Scan.best
def slow(self, block):
    print("block", block[0], flush=True)
    time.sleep(float(sys.argv[1]))
    return best(self, block)
scan.Scan.best, scan.SAVE_SECONDS = slow, 0.0
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what runs in the background without it
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, pytest.param(signal.SIGINT, marks=pytest.mark.long)])
def test_a_killed_run_goes_on_with_the_same_result(files: Path, how: signal.Signals) -> None:
    arguments = words(files, block_rows=1_000, workers=1, strategy="k_center", shortlist=400)
    command = [sys.executable, "-c", SLOWLY, "0.4", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    progress = files / "batch.csv.progress"
    with subprocess.Popen(command, cwd=files, env=environment, stdout=subprocess.PIPE, text=True) as running:
        begun = time.monotonic()
        while not (progress.exists() and _done(progress) >= 5) and time.monotonic() - begun < 120:
            time.sleep(0.05)
        running.send_signal(how)
        running.wait(60)
    assert running.returncode in (-signal.SIGKILL, 130)
    assert not (files / "batch.csv").exists() and _done(progress) >= 5
    command[3] = "0"
    again = subprocess.run(command, cwd=files, env=environment, capture_output=True, text=True, timeout=120)
    assert again.returncode == 0, again.stderr
    assert 0 < again.stdout.count("block ") <= 15
    whole = words(files, strategy="k_center", shortlist=400, out=files / "whole.csv")
    assert main(whole) == 0
    assert (files / "batch.csv").read_bytes() == (files / "whole.csv").read_bytes()
    assert not progress.exists()


def _done(progress: Path) -> int:
    with np.load(progress) as saved_:
        return int(saved_["done"].sum())


def test_a_batch_that_cannot_be_written_is_not_scored_again(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise UsageError("no room")

    with monkeypatch.context() as patched:
        patched.setattr("alcore.cli.pool_commands.write_file", full)
        assert main(words(files)) == 2
    progress = files / "batch.csv.progress"
    assert progress.exists() and not (files / "batch.csv").exists()
    assert main(words(files)) == 0
    assert (files / "batch.csv").exists() and not progress.exists()
