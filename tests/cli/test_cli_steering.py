"""Stored runs on the command line: resumed, paused, cancelled, changed, forked, queued, replayed."""

import io
import json
import sqlite3
import sys
from pathlib import Path

import pytest

from alcore.cli.main import main
from alcore.cli.terminal import CellProgress, Progress
from alcore.runs.presets import PRESETS
from alcore.runs.store.store import Store
from alcore.runs.tournament.cells import CellFailure
from tests.cli.test_cli import SHORT, run_id_of
from tests.runs.test_store import make_round

CONFIG = PRESETS["blobs-arena"].config.model_copy(update={"rounds": 3})


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[list[str], str]:
    assert main(words) == code
    output = capsys.readouterr()
    return output.out.splitlines(), output.err


def test_steering_a_queued_run(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Store(home) as store:
        first, second = (store.submit(CONFIG.model_copy(update={"seed": seed})).id for seed in (0, 1))
    assert [line.split()[:2] for line in said(capsys, "queue")[0]] == [["1.", first], ["2.", second]]
    assert said(capsys, "pause", first)[0][0].startswith(f"run {first} (paused), 1 labels a round: logistic")
    assert [line.split()[:2] for line in said(capsys, "queue")[0]] == [["1.", second]]
    assert "(queued), 3 labels a round" in said(capsys, "batch-size", second, "3")[0][0]
    assert "(queued), 4 labels a round" in said(capsys, "labels", second, "4")[0][0]  # its former name
    assert "(cancelled)" in said(capsys, "cancel", second)[0][0]
    assert said(capsys, "queue") == ([], "Nothing is running or queued.\n")
    lines, notes = said(capsys, "resume", first)
    assert [line.split(":")[0] for line in lines] == [f"run {first}", *(f"round {n}" for n in range(4))]
    assert "Done: accuracy" in notes
    lines, _ = said(capsys, "resume", second)
    assert [line.split()[2] for line in lines[1:]] == ["4", "8", "12", "16"]
    again, notes = said(capsys, "resume", second)
    assert again == lines and "done before" in notes


def test_what_was_left_goes_on_where_it_was(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = said(capsys, *SHORT, "--home", str(home / "whole"))[0]
    with Store(home) as store:
        store.claim(CONFIG)
        with Store(home / "whole") as other:
            for round_ in other.rounds(CONFIG.run_id)[:2]:
                store.add_round(CONFIG.run_id, round_)
        store.finish(CONFIG.run_id, "failed", "A sentence.")
    for words in (["resume", CONFIG.run_id], SHORT):
        lines, notes = said(capsys, *words)
        assert [line.rsplit(",", 1)[0] for line in lines] == [line.rsplit(",", 1)[0] for line in whole]
        assert ("Going on after 2 stored rounds." in notes) == (words[0] == "resume")


def test_fork(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines, _ = said(capsys, *SHORT)
    forked, _ = said(capsys, "fork", run_id_of("\n".join(lines)), "--round", "2", "--strategy", "random")
    assert forked[0] != lines[0] and forked[1:3] == lines[1:3] and len(forked) == 5
    assert said(capsys, "fork", lines[0][4:], "--round", "9", "--strategy", "random", code=2)[1].endswith(
        "choose a round from 0 to 2.\n"
    )


def test_replay_of_a_fork_with_a_change_is_the_same_bit_for_bit(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Store(home) as store:
        store.submit(CONFIG)
        store.set_labels_per_round(CONFIG.run_id, 3)
    said(capsys, "resume", CONFIG.run_id)
    fork = said(capsys, "fork", CONFIG.run_id, "--round", "2", "--strategy", "entropy")[0][0][4:]
    for run_id in (CONFIG.run_id, fork):
        lines, _ = said(capsys, "run", "--like", run_id)
        assert lines[0].startswith(f"like {run_id}: logistic on blobs")
        assert len(lines) == 6 and lines[-1] == "Bit for bit the same: all 4 rounds."


def test_replay_says_what_differs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, *SHORT)
    with sqlite3.connect(home / "runs.sqlite") as raw:
        raw.execute("UPDATE rounds SET accuracy = 0.125 WHERE round = 1")
        raw.execute("DELETE FROM digests")  # as of an earlier version: it is taken for what was written
        record = json.loads(raw.execute("SELECT record FROM runs").fetchone()[0])
        raw.execute(
            "UPDATE runs SET record_digest = NULL, record = ?",
            (json.dumps(record | {"numpy": "1.0", "threads": "3"}),),
        )
    raw.close()
    lines, _ = said(capsys, "run", "--like", CONFIG.run_id, code=1)
    told = [line for line in lines if line.startswith(("differs", "made"))]
    assert told[0].startswith("differs in round 1: accuracy 0.125 then, 0.")
    assert told[1] == f"made with numpy 1.0 then, {record['numpy']} now" and len(told) in (2, 3)
    assert "Bit for bit" not in "\n".join(lines)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["run"], "run needs a preset"),
        (["run", "blobs-arena", "--like", "abc"], "run needs a preset"),
        (["run", "--like", "abc"], "There is no run 'abc'"),
        (["run", "--like", "abc", "--seed", "1"], "leave seed out"),
        (["resume", "abc"], "There is no run 'abc'"),
        (["pause", "abc"], "There is no run 'abc'"),
        (["batch-size", "abc", "3"], "There is no run 'abc'"),
        (["fork", "abc", "--round", "1", "--strategy", "random"], "There is no run 'abc'"),
    ],
)
def test_wrong_words(home: Path, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str) -> None:
    assert sentence in said(capsys, *words, code=2)[1]


def test_a_run_without_rounds_cannot_be_replayed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Store(home) as store:
        store.submit(CONFIG)
    assert "nothing to replay" in said(capsys, "run", "--like", CONFIG.run_id, code=2)[1]


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_bar_on_a_terminal_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, is_terminal: bool
) -> None:
    errors = io.StringIO()
    monkeypatch.setattr(errors, "isatty", lambda: is_terminal)
    monkeypatch.setattr(sys, "stderr", errors)
    rounds = Progress(3)
    for number in range(3):
        rounds(make_round(number))
    cells = CellProgress(20, 10)
    for _ in range(2):
        cells(CONFIG, CellFailure(CONFIG.run_id, "A sentence."))
    told = errors.getvalue()
    assert [line[:7] for line in capsys.readouterr().out.splitlines()] == ["round 0", "round 1", "round 2"]
    assert told.count(f"failed: {CONFIG.title}: A sentence.\n") == 2
    assert ("2/3" in told and "11/20" in told) == is_terminal and ("12 of 20 cells, about" in told) != is_terminal
