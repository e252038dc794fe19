"""Any word in any place of the command line: a sentence and an exit code, never a traceback."""

import argparse
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from alcore.cli import main as cli
from alcore.cli import report_commands, run_commands
from alcore.cli.arguments import WHOLE, cut
from alcore.cli.main import main
from alcore.runs.config import ConfigError
from alcore.runs.tournament.plan import plan_of
from alcore.runs.tournament.run import local_pool
from tests.cli.test_cli import COMMAND, ROOT, SHORT, run_id_of

WORDS = {
    "empty": "",
    "zero": "0",
    "minus one": "-1",
    "minus five": "-5",
    "fraction": "1.5",
    "exponent": "1e3",
    "nan": "nan",
    "infinity": "inf",
    "Unicode digits": "１２",
    "5,000 digits": "9" * 5000,
    "4,000 digits": "9" * 4000,
    "18 digits": "9" * 18,
    "a long name": "a" * 5000,
    "many names": "many names " * 500,
    "an accent": "é",
    "no UTF-8": "\udcff",
    "a control character": "\x1b[31m",
    "a line break": "x\ny",
    "a space": " ",
    "none": "None",
    "an equals sign": "=",
    "an unknown setting": "nonsense=1",
    "out of the folder": "../../x",
    "the root": "/",
    "a missing folder": "/nonexistent/x.csv",
    "an option": "--nonsense",
    "two dashes": "--",
}

# WORD is one of the above, ID a stored run.
LINES = [
    "WORD",
    "presets WORD",
    "run WORD",
    "run blobs-arena --strategy WORD",
    "run blobs-arena --seed WORD",
    "run blobs-arena --device WORD",
    "run blobs-arena --rounds WORD",
    "run blobs-arena --set WORD",
    "run blobs-arena --home WORD",
    "run --like WORD",
    "resume WORD",
    "pause WORD",
    "cancel WORD",
    "labels WORD 3",
    "labels ID WORD",
    "fork WORD --round 1 --strategy random",
    "fork ID --round WORD --strategy margin",
    "fork ID --round 1 --strategy WORD",
    "queue WORD",
    "queue --home WORD",
    "export WORD --out x.csv",
    "export ID --out WORD",
    "export ID --out WORD.csv",
    "tournament --strategies WORD",
    "tournament --datasets WORD",
    "tournament --learners WORD",
    "tournament --datasets blobs --seeds WORD",
    "tournament --datasets blobs --rounds WORD",
    "tournament --datasets blobs --jobs WORD",
    "tournament --datasets blobs --set WORD",
    "tournament --datasets blobs --out WORD",
    *(f"recommend --{name} WORD" for name in ("rows", "classes", "budget", "batch", "kind", "rarest", "learner")),
    *(
        f"run blobs-arena --set {name}=WORD"
        for name in (
            *("epochs", "learning_rate", "seed_labels", "labels_per_round", "pool_size", "samples", "widths"),
            *("stop_accuracy", "components", "steps", "batch_size", "learner", "dataset", "seed_set"),
            *("calibration", "committee", "carry_on", "candidates", "epsilon", "imbalance", "seed"),
        )
    ),
]


@pytest.fixture(scope="module")
def parser() -> argparse.ArgumentParser:
    """The command line's parser, which takes longer to make than to use."""
    return cli._parser()


@pytest.fixture
def stored(
    home: Path,
    tmp_path: Path,
    parser: argparse.ArgumentParser,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> str:
    """A stored run; from now on nothing is carried out, and files are written into a folder of the test."""
    assert main(["run", "blobs-arena", "--rounds", "1"]) == 0
    run_id = run_id_of(capsys.readouterr().out)
    folder = tmp_path / "here" / "below"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)

    def nothing(*_: Any, **__: Any) -> int:
        return 0

    for name in ("_carry_out", "_replay"):
        monkeypatch.setattr(run_commands, name, nothing)
    monkeypatch.setattr(report_commands, "carry_out", nothing)
    monkeypatch.setattr(cli, "_parser", lambda: parser)
    return run_id


@pytest.mark.parametrize("word", WORDS)
def test_any_word_anywhere(stored: str, capsys: pytest.CaptureFixture[str], word: str) -> None:
    for line in LINES:
        if (line, word) == ("queue --home WORD", "the root") or line.endswith(f"--out {word}"):
            continue  # would write there
        words = [part.replace("WORD", WORDS[word]).replace("ID", stored) for part in line.split(" ")]
        try:
            code: Any = main(words)
        except SystemExit as refused:  # argparse
            code = refused.code
        output = capsys.readouterr()
        assert code in (0, 1, 2), line
        assert bool(output.err) or code == 0, line
        assert len(output.err) < WHOLE + 1500, f"{line}: {output.err[:200]}"
        assert "Traceback" not in output.err, line


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("tournament --jobs 0", "jobs was 0; expected 1 to 1,024 processes, or -1 for one a core."),
        ("tournament --jobs 99999999", "jobs was 99,999,999; expected 1 to 1,024"),
        ("tournament --seeds 99999999", "Use up to 444 seeds."),
        ("tournament --seeds 0", "A tournament needs at least 1 seed, got 0."),
        ("tournament --set seed=3", "A tournament varies seed itself: use --seeds instead."),
        ("tournament --seeds " + "9" * 5000, "invalid int value: '" + "9" * 59 + "... (5,002 characters)"),
        ("run blobs-arena --seed " + "9" * 5000, "(5,003 characters) expected a whole number"),
        ("queue --home ", "--home: was empty; leave it out"),
        ("resume \udcff", "RUN_ID: '\\udcff' is not UTF-8 text"),
    ],
)
def test_what_is_refused_is_told(stored: str, capsys: pytest.CaptureFixture[str], line: str, sentence: str) -> None:
    try:
        code: Any = main(line.split(" "))
    except SystemExit as refused:
        code = refused.code
    assert code == 2 and sentence in capsys.readouterr().err


def test_export_writes_over_nothing_unless_told(stored: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = Path("curve.csv")
    out.write_text("mine")
    assert main(["export", stored, "--out", "curve.csv"]) == 2
    assert "curve.csv is there already." in capsys.readouterr().err and out.read_text() == "mine"
    assert main(["export", stored, "--out", "curve.csv", "--force"]) == 0
    assert out.read_text().startswith("run,")
    # A link that leads nowhere is somebody's as well.
    Path("link.csv").symlink_to("nowhere.csv")
    assert main(["export", stored, "--out", "link.csv"]) == 2 and not Path("nowhere.csv").exists()
    Path("folder.csv").mkdir()
    for words in ([], ["--force"]):
        assert main(["export", stored, "--out", "folder.csv", *words]) == 2
    assert capsys.readouterr().err.count("folder.csv is a folder.") == 2


def test_numbers_of_the_library_are_refused_as_well() -> None:
    with pytest.raises(ConfigError, match="jobs was 0"):
        local_pool(0)
    with pytest.raises(ConfigError, match="at most 100,000"):
        plan_of(["margin"], ["blobs"], seeds=50_001)
    cells = plan_of(["margin"], ["blobs", "moons"], seeds=3).cells()
    assert len(cells) == 12 and all(config.run_id == cell for cell, config in cells.items())
    assert [config.seed for config in cells.values()] == [0] * 4 + [1] * 4 + [2] * 4


def test_long_words_are_cut() -> None:
    assert cut("seed was '12'; expected less.") == "seed was '12'; expected less."
    assert cut(f"No run {'9' * 5000} there.") == f"No run {'9' * 60}... (5,000 characters) there."
    assert len(cut("word " * 5000)) < WHOLE + 30


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are POSIX")
def test_a_reader_who_leaves_the_presets_sees_no_fault() -> None:
    with subprocess.Popen(
        [*COMMAND, "presets"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == "" and process.wait() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="closed streams are POSIX")
def test_closed_streams(home: Path) -> None:
    words = " ".join([sys.executable, "-m", "alcore", *SHORT])
    for closed in (">&-", "2>&-"):
        done = subprocess.run(["sh", "-c", f"{words} {closed}"], capture_output=True, text=True, cwd=ROOT)
        assert done.returncode == 0 and "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_interrupting_a_tournament_says_nothing_wrong(home: Path) -> None:
    words = ["tournament", "--strategies", "margin", "--datasets", "blobs", "--seeds", "100", "--jobs", "1"]
    with subprocess.Popen(
        [*COMMAND, *words],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        # A shell starts what it runs in the background with the signal ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stderr is not None
        assert "of 200 cells" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=120)
    assert process.returncode == 130 and "Traceback" not in said
