"""1,000 generated uploads: what is read is what was written, or else a sentence or a question is given."""

import os
import resource
import time
from collections import Counter
from typing import Any, Literal

import numpy as np

from alcore.datasets.dataset import DatasetError
from alcore.datasets.tables.columns import cleaned
from alcore.datasets.tables.dataset import csv_dataset, read_csv, reading_of
from alcore.datasets.tables.question import Ambiguous
from alcore.datasets.tables.signs import decided_signs
from alcore.rng import rng_for
from tests.benchmarks.hostile.uploads import Upload, made
from tests.benchmarks.measure import Result, hardware

UPLOADS = 1_000
DAMAGED = 0.35


def run(uploads: int = UPLOADS) -> list[Result]:
    """Read them all; every other error than a sentence is counted as a traceback."""
    outcomes: Counter[str] = Counter()
    slowest, faults = 0.0, []
    load = os.getloadavg()[0]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for case in range(uploads):
        rng = rng_for(case, "uploads")
        upload = made(rng, damaged=bool(rng.random() < DAMAGED))
        started = time.perf_counter()
        outcome = outcome_of(upload)
        slowest = max(slowest, time.perf_counter() - started)
        outcomes[outcome.partition(":")[0]] += 1
        outcomes["whole refused"] += outcome.startswith("sentence") and not upload.damage
        if outcome.startswith(("wrong", "traceback")):
            faults.append(f"upload {case} ({upload.damage or 'whole'}, {upload.encoding}): {outcome}")
            print(faults[-1], flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = {
        "work": f"{uploads:,} generated uploads, {100 * DAMAGED:.0f} % of them damaged",
        "read_as_written": outcomes["right"],
        "asked_then_read_as_written": outcomes["asked"],
        "sentences": outcomes["sentence"],
        "sentences_about_undamaged_files": outcomes["whole refused"],
        "damaged_but_read": outcomes["damaged"],
        "wrong_without_a_word": outcomes["wrong"],
        "tracebacks": outcomes["traceback"],
        "faults": faults[:20],
        "slowest_seconds": round(slowest, 2),
        "peak_memory_MB": round(peak / 1e3),
        "memory_MB_before": round(before / 1e3),
        "load": round(load, 1),
        "hardware": hardware(),
    }
    print(result, flush=True)
    return [result]


def outcome_of(upload: Upload) -> str:
    """One word for what became of a file; for what should not be, what it is."""
    try:
        return _read(upload)
    except DatasetError as error:
        return f"sentence: {error}"
    except Exception as error:  # what is counted is that there is none
        return f"traceback: {error!r}"


def _read(upload: Upload) -> str:
    answers: dict[str, Any] = {}
    while True:
        try:
            table = read_csv(upload.data, "mine.csv", **answers)
            break
        except Ambiguous as asked:
            given = _answer(asked, upload)
            if given is None:
                return "damaged" if upload.damage else f"wrong: {asked} does not offer {upload.encoding}"
            answers[asked.question.argument] = given
    x, y, label = ("x", "y", "label") if {"x", "y", "label"} <= set(table.columns) else table.suggestion
    decimal: Literal[".", ","] | None = None
    try:
        csv_dataset(table, x=x, y=y, label=label, rng=rng_for(0))
    except Ambiguous:
        decimal = "," if upload.decimal == "," else "."
        answers["decimal"] = decimal
    data = csv_dataset(table, x=x, y=y, label=label, rng=rng_for(0), decimal=decimal)
    reading_of(table, x=x, y=y, decimal=decimal)
    if (x, y, label) == ("x", "y", "label"):
        columns = decided_signs(table, x, y, decimal).columns
        for name, written in (("x", upload.x), ("y", upload.y)):
            if (found := columns[name].numbers[: upload.sure].tolist()) != written[: upload.sure]:
                place = next(n for n, pair in enumerate(zip(found, written, strict=False)) if pair[0] != pair[1])
                return f"wrong: {name} {columns[name].cells[place]!r} is {found[place]}, not {written[place]}"
        said = [cleaned(one) for one in upload.labels[: upload.sure]]
        if list(columns[label].cells[: upload.sure]) != said:
            return "wrong: labels"
        if not upload.damage and set(data.class_names) != {one for one in said if one}:
            return f"wrong: classes {data.class_names}"
    if not np.isfinite(data.x_pool).all():
        return "wrong: coordinates that are no numbers"
    if upload.damage:
        return "damaged"
    return "asked" if answers else "right"


def _answer(asked: Ambiguous, upload: Upload) -> str | None:
    """The option under which the file says what was written."""
    for option in asked.question.options:
        if asked.question.argument == "separator":
            if option.value == upload.separator:
                return option.value
            continue
        if upload.data.decode(option.value, "replace") == upload.data.decode(upload.encoding, "replace"):
            return option.value
    return asked.question.options[0].value if upload.damage else None
