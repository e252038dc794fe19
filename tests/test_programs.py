"""Whole programs as users write them, each run in a process of its own with warnings as errors."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score

from alcore.strategies.catalogue import STRATEGIES

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(__file__).resolve().parent / "programs"
# Read before any test changes the environment: where the SMS Spam Collection may lie.
OUTER_HOME = os.environ.get("ALCORE_HOME", "")
MESSAGES = Path(OUTER_HOME or "nowhere", "SMSSpamCollection").is_file()


def output(program: str | Path, folder: Path, **environment: str) -> str:
    """What a program prints when it is run in a folder; it writes nothing to stderr but a progress bar."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(PROGRAMS / program)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert not re.sub(r"Racing:[^\n]*", "", done.stderr).strip(), done.stderr
    return done.stdout


def curve_in(printed: str) -> pd.DataFrame:
    """The rounds of the learning curve that a program printed."""
    rows = re.findall(r"^ +(\d+) +(\d+) +([01]\.\d+)$", printed, re.MULTILINE)
    assert len(rows) > 4
    return pd.DataFrame(rows, columns=["round", "labels", "accuracy"]).astype(float)


def test_the_readme_shows_the_quick_start() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("## Your own data\n")[1].split("\n## ")[0]
    assert re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL) == [
        (PROGRAMS / "quick_start.py").read_text(encoding="utf-8")
    ]
    assert readme.index("## Run it") < readme.index("## Your own data") < readme.index("## The screens")


@pytest.fixture(scope="module")
def quick_start(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder in which the quick start was carried out, and what it printed."""
    folder = tmp_path_factory.mktemp("quick_start")
    return folder, output("quick_start.py", folder)


def test_quick_start_as_it_stands(quick_start: tuple[Path, str]) -> None:
    folder, printed = quick_start
    curve = pd.read_csv(folder / "curve.csv")
    assert curve["labels"].tolist() == list(range(5, 61, 5))
    assert curve["accuracy"].iloc[-1] > 0.9
    assert "[12 rows x 8 columns]" in printed
    assert "20 paired seeds" in printed
    assert all(name in printed for name in ("Random", "Margin", "BADGE"))
    assert (folder / "learner.alcore").read_bytes().startswith(b"PK")
    assert (folder / "curve.pdf").read_bytes().startswith(b"%PDF")
    assert (folder / "race.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_scores_of_a_program_are_those_of_scikit_learn(quick_start: tuple[Path, str]) -> None:
    """The last accuracy of the quick start, measured again from the file of the learner."""
    folder, _ = quick_start
    names: dict[str, object] = {}
    exec((PROGRAMS / "quick_start.py").read_text(encoding="utf-8").split("learner = ")[0], names)
    from alcore import ActiveLearner

    learner = ActiveLearner.load(folder / "learner.alcore", names["X_pool"])
    predicted = learner.model.predict(names["X_test"])
    saved = pd.read_csv(folder / "curve.csv")
    assert saved["accuracy"].iloc[-1] == pytest.approx(accuracy_score(names["y_test"], predicted), abs=1e-12)


def test_a_table_of_mixed_columns(tmp_path: Path) -> None:
    printed = output("mixed_columns.py", tmp_path)
    assert len(re.findall(r"^customer \d+ is the first of 5$", printed, re.MULTILINE)) == 8
    curve = curve_in(printed)
    assert curve["labels"].tolist() == list(range(5, 41, 5))
    assert curve["accuracy"].iloc[-1] > 0.75  # the larger class has 0.6
    table = printed.split("BADGE")[-1]
    assert "5 paired seeds" in printed.split("Mean accuracy: area")[1] and re.match(r" +\d\d\.\d +[+-]\d", table)


@pytest.mark.parametrize("home", [pytest.param("generated", marks=pytest.mark.long if MESSAGES else []), "real"])
def test_texts_stay_sparse_from_beginning_to_end(home: str, tmp_path: Path) -> None:
    if home == "real" and not MESSAGES:
        pytest.skip("no SMS Spam Collection: set ALCORE_HOME to a folder that holds it")
    printed = output("texts.py", tmp_path, ALCORE_HOME=OUTER_HOME if home == "real" else str(tmp_path))
    assert printed.startswith("5574 messages, 100 labels\n")
    peak = re.search(r"peak memory above the start: (\d+) MiB", printed)
    assert peak is not None and int(peak[1]) < 200  # written out, the weights of the words alone take 380 MiB
    share = re.search(r"spam among the labels: ([\d.]+)", printed)
    assert share is not None and float(share[1]) > 0.25  # of the messages 0.134 are spam
    curve = curve_in(printed)
    assert curve["labels"].tolist() == list(range(10, 101, 10))
    assert curve["accuracy"].iloc[-1] > 0.92


def test_a_network_of_ones_own_with_every_strategy(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    *lines, last = output("own_cnn.py", tmp_path).splitlines()
    assert [line.split()[0] for line in lines] == list(STRATEGIES)
    rows = {line.split()[0]: line.split()[1:] for line in lines}
    # The module ends in a dense layer and needs nothing special: no strategy is refused.
    assert all(words[0] == "18" and len(set(words[1:4])) == 3 for words in rows.values())
    assert np.median([float(words[4]) for words in rows.values()]) > 0.7  # of three classes
    assert re.fullmatch(r"SmallResNet \['\w+' '\w+' '\w+'\]", last)


def test_classes_that_appear_later(tmp_path: Path) -> None:
    printed = output("late_classes.py", tmp_path)
    said = dict(line.split(": ", 1) for line in printed.splitlines() if ": " in line)
    classes = said["in the end"].split()
    assert said["at first"].split() == classes[:2] and set(classes[2:]) == {"eco", "avería"}
    assert said["corrected"].split() == classes
    assert said["misspelt"].split()[0] == "sennal" and sorted(said["misspelt"].split()[1:]) == sorted(classes)
    assert "(2, 4) [1. 1.]\nTrue" in printed
    assert curve_in(printed)["accuracy"].iloc[-1] > 0.85  # the two common classes are 0.9


def test_saved_and_loaded_in_a_new_process(tmp_path: Path) -> None:
    *lines, alike, size = output("saved_and_loaded.py", tmp_path).splitlines()
    assert [line.split()[0] for line in lines] == list(STRATEGIES)
    assert all(len(set(line.split()[1:])) == 4 for line in lines)
    assert len({" ".join(line.split()[1:]) for line in lines}) > len(STRATEGIES) / 2
    assert alike == "loaded alike: True"
    assert int(size.split()[0]) < 10_000
    assert {path.stem for path in tmp_path.glob("*.alcore")} == set(STRATEGIES)


def test_the_readme_shows_a_large_pool(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("### Millions of rows\n")[1].split("\n## ")[0]
    program = (PROGRAMS / "large_pool.py").read_text(encoding="utf-8")
    assert re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL) == [program]
    assert section.count("\n") <= 25
    assert output("large_pool.py", tmp_path) == "60 chosen from 20,000 of 50,000 rows, of the highest margin\n"
