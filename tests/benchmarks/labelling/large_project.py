"""Large and mixed projects end to end, headless: seconds and memory of `label new`, `next` and `tell`."""

import csv
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alcore.projects.project import Project
from tests.benchmarks.child import Spent, measured
from tests.benchmarks.measure import Result, hardware
from tests.support.mixed_table import mixed_table

ROWS, DIMENSIONS, CLASSES = 100_000, 384, 10
BATCHES, BATCH = 4, 100
TABLE_ROWS, TABLE_BATCHES, TABLE_BATCH = 5_000, 10, 40


def run() -> list[Result]:
    """Embeddings of 100,000 x 384, then a table of 5,000 x 20."""
    results = []
    for part in (_embeddings, _table):
        with tempfile.TemporaryDirectory() as folder:
            results += part(Path(folder))
    return results


def _command(home: Path, *words: str) -> Spent:
    """What a command of `alcore label` takes, its start and imports included."""
    spent = measured([sys.executable, "-m", "alcore", "label", *words, "--home", str(home)])
    if not spent.ended:
        raise SystemExit(f"{' '.join(words)}: {spent.answer}")
    return spent


def _tell(home: Path, name: str, batch: Path, labels: Mapping[str, str]) -> Spent:
    """Label a batch file by what is true, and give it back."""
    with batch.open(newline="", encoding="utf-8") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    with (home / "answers.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["id", "label"], *([item, labels[item]] for item in ids)])
    return _command(home, "tell", name, str(home / "answers.csv"))


def _points(path: Path) -> NDArray[np.int64]:
    """Write overlapping groups and give their numbers, block by block."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(CLASSES, DIMENSIONS)).astype(np.float32) * 4 / DIMENSIONS**0.5
    codes = rng.integers(CLASSES, size=ROWS)
    with path.open("wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": (ROWS, DIMENSIONS)}
        np.lib.format.write_array_header_1_0(file, header)
        for begin in range(0, ROWS, 5000):
            block = codes[begin : begin + 5000]
            noise = rng.standard_normal((len(block), DIMENSIONS), dtype=np.float32)
            file.write((centres[block] + noise).tobytes())
    return codes


def _embeddings(home: Path) -> list[Result]:
    codes = _points(home / "points.npy")
    names = ",".join(f"class {number}" for number in range(CLASSES))
    work = f"{ROWS:,} x {DIMENSIONS} embeddings, {CLASSES} classes"
    spent = _command(home, "new", str(home / "points.npy"), "--name", "points", "--classes", names)
    rows = [_row(f"{work}: label new", spent)]
    labels: dict[str, str] = {}
    for number in range(BATCHES):
        batch = home / f"batch{number}.csv"
        spent = _command(home, "next", "points", "--k", str(BATCH), "--out", str(batch))
        if not labels:
            ids = Project.open(home, "points").ids
            labels = {item: f"class {code}" for item, code in zip(ids, codes.tolist(), strict=True)}
        what = "the first, by TypiClust" if number == 0 else f"by margin after {number * BATCH} answers"
        rows.append(_row(f"{work}: label next, {BATCH} items, {what}", spent))
        told = _tell(home, "points", batch, labels)
    rows.append(_row(f"{work}: label tell, {BATCH} labels", told))
    return rows


def _table(home: Path) -> list[Result]:
    frame, truth = mixed_table(TABLE_ROWS, seed=0)
    frame.to_csv(home / "table.csv", index=False)
    work = f"a table of {frame.shape[0]:,} x {frame.shape[1]} mixed columns"
    names = ",".join(sorted(set(truth)))
    new = _command(home, "new", str(home / "table.csv"), "--name", "table", "--id", "key", "--classes", names)
    rows, every = [_row(f"{work}: label new", new)], []
    labels = dict(zip(frame["key"], truth, strict=True))
    for number in range(TABLE_BATCHES):
        batch = home / f"batch{number}.csv"
        every.append(_command(home, "next", "table", "--k", str(TABLE_BATCH), "--out", str(batch)))
        _tell(home, "table", batch, labels)
    middle = sorted(every, key=lambda one: one.processor_seconds)[len(every) // 2]
    rows.append(_row(f"{work}: label next, {TABLE_BATCH} items, median of {len(every)}", middle))
    project = Project.open(home, "table")
    named = np.array(project.train().named_N)
    states, status = project.states(), project.status()
    open_N = np.array([item not in states for item in project.ids])
    assert status.accuracy is not None
    found = status.accuracy
    answers = {
        "work": f"{work}: after {len(states)} answers, audits included",
        "accuracy_on_unlabelled": round(float((named == np.array(truth))[open_N].mean()), 4),
        "audited_accuracy": [round(float(one), 4) for one in (found.value, found.low, found.high)],
        "commonest_class": round(float(pd.Series(truth).value_counts(normalize=True).max()), 4),
        "hardware": hardware(),
    }
    print(answers, flush=True)
    return [*rows, answers]


def _row(work: str, spent: Spent) -> Result:
    row = {
        "work": work,
        "seconds": round(spent.seconds, 2),
        "processor_seconds": round(spent.processor_seconds, 2),
        "megabytes": round(spent.megabytes),
        "load": round(os.getloadavg()[0], 1),
        "hardware": hardware(),
    }
    print(row, flush=True)
    return row
