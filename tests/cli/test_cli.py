"""The command line: what it prints, stores, exports, and says when a word is wrong."""

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from alcore.cli.main import main
from alcore.report.export.curves import FORMATS
from alcore.runs.presets import PRESETS
from alcore.runs.store.store import Store

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "alcore"]
SHORT = ["run", "blobs-arena", "--rounds", "3"]


def run_id_of(output: str) -> str:
    word, run_id = output.splitlines()[0].split()
    assert word == "run" and len(run_id) == 12
    return run_id


def test_presets_are_listed_without_anything_heavy(home: Path) -> None:
    code = (
        "import sys; from alcore.cli.main import main; main(['presets'])\n"
        "print([name for name in ('torch', 'sklearn', 'pandas', 'streamlit') if name in sys.modules])"
    )
    lines = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout.splitlines()
    assert lines[0].split() == ["preset", "data", "learner", "strategy", "labels"]
    assert [line.split()[0] for line in lines[1 : 1 + len(PRESETS)]] == list(PRESETS)
    assert lines[-1] == "[]"
    assert list(home.iterdir()) == []


def test_run_stores_what_it_prints(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SHORT, "--strategy", "random", "--seed", "3", "--set", "seed_labels=6", "carry_on=no"]) == 0
    output = capsys.readouterr()
    lines = output.out.splitlines()
    assert [line.split(":")[0] for line in lines[1:]] == ["round 0", "round 1", "round 2", "round 3"]
    with Store(home) as store:
        info, rounds = store.run(run_id_of(output.out)), store.rounds(run_id_of(output.out))
    assert info.state == "done" and info.config.strategy == "random" and info.config.seed == 3
    assert info.config.seed_labels == 6 and not info.config.carry_on
    for line, round_ in zip(lines[1:], rounds, strict=True):
        assert f"{round_.labels} labels, accuracy {round_.accuracy:.4f}" in line
    assert "Done: accuracy" in output.err
    # Again: nothing is computed, the same lines are shown.
    assert main([*SHORT, "--strategy", "random", "--seed", "3", "--set", "seed_labels=6", "carry_on=no"]) == 0
    again = capsys.readouterr()
    assert again.out == output.out and "done before" in again.err


def test_logistic_classification_gives_the_published_figures(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "logistic-classification"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "90 labels, accuracy 0.8800" in lines[1] and "110 labels, accuracy 0.9100" in lines[-1]


def test_home_argument(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SHORT, "--home", str(tmp_path / "elsewhere")]) == 0
    assert (tmp_path / "elsewhere" / "runs.sqlite").exists() and not (home / "runs.sqlite").exists()


@pytest.mark.parametrize("ending", list(FORMATS))
def test_export_in_every_format(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str) -> None:
    ids = []
    for strategy in ("random", "margin"):
        main([*SHORT, "--strategy", strategy])
        ids.append(run_id_of(capsys.readouterr().out))
    out = tmp_path / f"curve.{ending}"
    assert main(["export", *ids, "--out", str(out)]) == 0
    assert "8 rounds of 2 runs" in capsys.readouterr().out
    content = out.read_bytes()
    signs = {
        "png": b"\x89PNG",
        "pdf": b"%PDF",
        "svg": b"<svg",
        "html": b"<html",
        "json": b'"labels_per_round"',
    }
    if ending == "csv":
        rows = list(csv.DictReader(content.decode().splitlines()))
        assert [(row["run"], row["labels"]) for row in rows] == [
            (run_id, str(labels)) for run_id in ids for labels in (4, 5, 6, 7)
        ]
    else:
        assert signs[ending] in content


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["run", "blobs-area"], "There is no preset 'blobs-area'. Did you mean blobs-arena?"),
        (
            ["run", "blobs-arena", "--strategy", "margins"],
            "There is no strategy 'margins'. Did you mean margin?",
        ),
        (["run", "blobs-arena", "--seed", "one"], "seed was 'one'; expected a whole number"),
        (["run", "blobs-arena", "--device", "tpu"], "device was 'tpu'; expected auto, cpu or cuda."),
        (["run", "blobs-arena", "--set", "epochs"], "--set: was 'epochs'; expected key=value"),
        (["run", "blobs-arena", "--set", "epoch=1"], "There is no setting 'epoch'. Did you mean epochs?"),
        (["export", "abc", "--out", "x.csv"], "There is no run 'abc'. There are none."),
        (["export", "abc", "--out", "x.gif"], "a name that ends in .csv, .json, .html, .png, .svg, .pdf"),
    ],
)
def test_wrong_words(home: Path, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str) -> None:
    assert main(words) == 2
    output = capsys.readouterr()
    assert sentence in output.err and output.out == ""


def test_trouble_with_the_home(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "file").write_text("")
    assert main([*SHORT, "--home", str(home / "file")]) == 2
    assert "cannot be created" in capsys.readouterr().err
    (home / "runs.sqlite").write_bytes(b"garbage, " * 100)
    assert main(SHORT) == 2
    assert "is damaged" in capsys.readouterr().err


def test_export_trouble(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(SHORT)
    run_id = run_id_of(capsys.readouterr().out)
    assert main(["export", run_id, "--out", str(tmp_path / "no" / "folder.csv")]) == 2
    assert "cannot be written (No such file or directory)" in capsys.readouterr().err
    assert main(["export", run_id[:-2] + "zz", "--out", "x.csv"]) == 2
    assert f"Did you mean {run_id}?" in capsys.readouterr().err
    with Store(home) as store:
        empty = store.submit(PRESETS["cnn-mnist"].config)
    assert main(["export", empty.id, "--out", "x.csv"]) == 2
    assert "has no stored round yet" in capsys.readouterr().err


def test_absent_data_offers_a_way_out(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:9")
    assert main(["run", "mlp-1d-mnist"]) == 1
    error = capsys.readouterr().err
    assert "could not be downloaded" in error and "--set dataset=digits" in error


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_interrupt_cancels_cleanly(home: Path) -> None:
    words = ["run", "mlp-1d-mnist", "--set", "dataset=digits", "seed_labels=500", "labels_per_round=1"]
    with subprocess.Popen(
        [*COMMAND, *words, "--rounds", "900"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        run_id = run_id_of(process.stdout.readline())
        assert process.stdout.readline().startswith("round 0: 500 labels")
        os.kill(process.pid, signal.SIGINT)
        assert process.wait() == 130
        assert "Cancelled; " in process.stderr.read()
    with Store(home) as store:
        info = store.run(run_id)
    assert info.state == "cancelled" and info.rounds_done > 0


@pytest.mark.long
def test_cancelled_from_the_dashboard(home: Path) -> None:
    words = ["run", "mlp-1d-mnist", "--set", "dataset=digits", "seed_labels=500", "labels_per_round=1"]
    with subprocess.Popen(
        [*COMMAND, *words, "--rounds", "900"], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        run_id = run_id_of(process.stdout.readline())
        with Store(home) as store:
            deadline = time.monotonic() + 60
            while not [info for info in store.runs() if info.state == "running"]:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            # A second one cannot carry out the same run.
            second = subprocess.run([*COMMAND, *words, "--rounds", "900"], capture_output=True, text=True, cwd=ROOT)
            assert second.returncode == 2 and "carried out by another process" in second.stderr
            store.request_cancel(run_id)
            process.stdout.read()
            assert process.wait() == 1
            assert store.run(run_id).state == "cancelled"


def test_a_reader_who_leaves_does_not_end_the_run(home: Path) -> None:
    with subprocess.Popen([*COMMAND, *SHORT], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        run_id = run_id_of(process.stdout.readline())
        process.stdout.close()
        assert process.wait() == 0
    with Store(home) as store:
        assert store.run(run_id).state == "done"
