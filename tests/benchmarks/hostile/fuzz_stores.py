"""Damaged stores: every operation on each ends in an answer or a sentence, and no wrong round is shown."""

import os
import resource
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alcore.loops.pool.simulate import Round
from alcore.report.curves import curve_frame
from alcore.runs.config import ConfigError, RunConfig
from alcore.runs.store.run_info import RunInfo
from alcore.runs.store.store import Store
from alcore.runs.tournament.cells import CellResult, CellStore
from alcore.runs.worker import launcher
from alcore.runs.worker.execute import execute
from alcore.runs.worker.main import drain
from alcore.runs.worker.verify import verify
from alcore.storage.errors import StoreError
from pages.screens.mnist_lab import selection, texts
from pages.screens.mnist_lab.round import cached
from tests.benchmarks.measure import Result, hardware
from tests.runs.test_resume import bits
from tests.support.damaged_stores import DAMAGES, damage

STORES = 200
LIMIT_SECONDS = 10.0
_QUICK = RunConfig(dataset="blobs", learner="logistic", seed_labels=4, labels_per_round=2, rounds=3)
# Seeds of the runs of a store, by the state they are left in.
_DONE, _PAUSED, _QUEUED = range(3), (3, 4), (5, 6)


@dataclass
class Found:
    """What came of all operations on all stores."""

    answers: Counter[str] = field(default_factory=Counter)
    sentences: Counter[str] = field(default_factory=Counter)
    tracebacks: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    slowest: float = 0.0


def config(seed: int) -> RunConfig:
    """The config of one of the runs."""
    return _QUICK.model_copy(update={"seed": seed})


def run() -> list[Result]:
    """Damage `STORES` stores, one kind of damage after the other, and try everything on each."""
    found, started = Found(), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        whole, truth = _whole(Path(folder) / "whole")
        for number in range(STORES):
            home = Path(folder) / "outer" / "inner" / "home"
            shutil.copytree(whole, home)
            victim = home.parents[1] / "victim"
            victim.mkdir()
            (victim / "kept.log").write_text("kept")
            kind = damage(home, number)
            _try_all(home, truth, found, f"{number} {kind}")
            if [path.read_text() for path in victim.iterdir()] != ["kept"]:
                found.outside.append(f"{number} {kind}")
            if sorted(path.name for path in victim.parent.iterdir()) != ["inner", "victim"]:
                found.outside.append(f"{number} {kind}")
            os.chmod(home, 0o700)  # noqa: PTH101 - a folder that was made read-only
            shutil.rmtree(victim.parent)
    for line in (*found.tracebacks, *found.wrong, *found.outside):
        print(line, flush=True)
    return [
        {
            "work": f"{STORES} damaged stores x {len(found.answers | found.sentences)} operations",
            "kinds_of_damage": len(DAMAGES),
            "operations": found.answers.total() + found.sentences.total() + len(found.tracebacks),
            "answered": found.answers.total(),
            "sentences": found.sentences.total(),
            "tracebacks": len(found.tracebacks),
            "wrong_rounds": len(found.wrong),
            "files_touched_outside": len(found.outside),
            "slowest_seconds": round(found.slowest, 2),
            "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "seconds": round(time.perf_counter() - started),
            "hardware": hardware(),
        }
    ]


def _whole(home: Path) -> tuple[Path, dict[str, Any]]:
    """A home with runs in every state, and what their rounds are: those of undisturbed runs, to their end."""
    home.mkdir()
    truth: dict[str, Any] = {}
    other = home.parent / "undisturbed"
    other.mkdir()
    with Store(other) as store:
        for seed in (*_DONE, *_PAUSED, *_QUEUED):
            store.claim(config(seed))
            execute(store, config(seed).run_id)
            truth[config(seed).run_id] = bits(store.rounds(config(seed).run_id))
    with Store(home) as store:
        for seed in (*_DONE, *_PAUSED):
            run_id = store.claim(config(seed)).id
            seen: list[int] = []

            def stop(seen: list[int] = seen, pauses: bool = seed in _PAUSED) -> bool:
                return pauses and len(seen) > 1

            def note(round_: Round, seen: list[int] = seen) -> None:
                seen.append(round_.round)

            execute(store, run_id, on_round=note, interrupted=stop)
        for seed in _QUEUED:
            store.submit(config(seed))
        store.set_labels_per_round(config(_QUEUED[1]).run_id, 3)
    with CellStore(home) as cells:
        for seed in range(4):
            cells.add(config(seed), CellResult(config(seed).run_id, 100, (4, 6), (50, 60 + seed), (0.5, 0.25), 0.1))
    return home, truth


def _try_all(home: Path, truth: dict[str, Any], found: Found, what: str) -> None:
    ids = [config(seed).run_id for seed in (_DONE[0], _PAUSED[0], _QUEUED[0])]

    def on_store(action: Callable[[Store], Any]) -> Callable[[], Any]:
        def act() -> Any:
            with Store(home, timeout=1.0) as store:
                return action(store)

        return act

    def runs(store: Store) -> list[RunInfo]:
        # A fork stays where its files cannot be locked, and has rounds of its own.
        return [info for info in store.runs() if not info.lineage]

    def rounds(store: Store) -> None:
        for info in runs(store):
            _compare(info.id, store.rounds(info.id), truth, found, what)

    def curves(store: Store) -> None:
        for info in runs(store):
            frame = curve_frame(store.curve([info.id]))
            for row in frame.to_dict("records"):
                known = truth[info.id][int(row["round"])]
                if (row["accuracy"], row["labels"]) != (known[2], len(known[1]) // 8):
                    found.wrong.append(f"curve of {info.id}: {what}")

    def listed(store: Store) -> None:
        listing = store.listing()
        for info in listing.runs:
            if info.lineage:
                continue
            assert info.config.run_id == info.id and info.title and info.labels_per_round
            known = truth[info.id][info.rounds_done - 1] if info.rounds_done else None
            if known is not None and info.accuracy != known[2]:
                found.wrong.append(f"list of {info.id}: {what}")
        for damaged in listing.damaged:
            assert damaged.sentence

    def lab(store: Store) -> None:
        infos = store.runs()
        for info in infos:
            assert texts.run(info) and texts.moment(info.created)
            assert texts.legend(selection.race_of(info, infos))
            texts.way(info)
            texts.duration((info.finished or 0.0) - (info.started or 0.0))
            selection.seeds_of(info, infos)
            cached.slim_rounds(info, home)

    def cells() -> None:
        with CellStore(home) as store:
            known = {config(seed).run_id: seed for seed in range(4)}
            results = store.results(known)
            assert store.times(known) is not None and store.failures(known) is not None
        for cell, result in results.items():
            if result.hits != (50, 60 + known[cell]) or result.labels != (4, 6):
                found.wrong.append(f"cell {cell}: {what}")

    operations: dict[str, Callable[[], Any]] = {
        "list": on_store(listed),
        "queue": on_store(lambda store: [info.title for info in store.queue()]),
        "waiting": on_store(lambda store: store.waiting(2)),
        "rounds": on_store(rounds),
        "curve": on_store(curves),
        "lab page": on_store(lab),
        "cells": cells,
        "trouble": lambda: launcher.trouble(home),
        "replay": on_store(lambda store: verify(store, ids[0], on_round=print_nothing, on_wait=print_nothing)),
        "pause": on_store(lambda store: store.pause(ids[2])),
        "resume": on_store(lambda store: [store.resume(run_id) for run_id in ids]),
        "labels": on_store(lambda store: store.set_labels_per_round(ids[2], 3)),
        "labels back": on_store(lambda store: store.set_labels_per_round(ids[2], 2)),
        "fork": on_store(lambda store: store.delete(store.fork(ids[0], 2, "random").id)),
        "cancel": on_store(lambda store: store.request_cancel(config(_QUEUED[1]).run_id)),
        "submit": on_store(lambda store: store.submit(config(0))),
        "worker": lambda: drain(home),
        "rounds after the worker": on_store(rounds),
        "delete": on_store(lambda store: [store.delete(run_id, timeout=1.0) for run_id in ids]),
        "delete damaged": on_store(
            lambda store: [store.delete(one.name, timeout=1.0) for one in store.listing().damaged]
        ),
        "list in the end": on_store(listed),
    }
    for name, operation in operations.items():
        started = time.perf_counter()
        try:
            operation()
            found.answers[name] += 1
        except (StoreError, ConfigError) as error:
            found.sentences[name] += 1
            if "\n" in str(error) or len(str(error)) > 1000:
                found.tracebacks.append(f"{what}, {name}: a sentence of {len(str(error)):,} characters")
        except Exception as error:
            found.tracebacks.append(f"{what}, {name}: {type(error).__name__}: {str(error)[:200]}")
        spent = time.perf_counter() - started
        found.slowest = max(found.slowest, spent)
        if spent > LIMIT_SECONDS:
            found.tracebacks.append(f"{what}, {name}: {spent:.0f} s")


def print_nothing(_: object) -> None:
    """Drop what would be shown."""


def _compare(run_id: str, rounds: list, truth: dict[str, Any], found: Found, what: str) -> None:
    if run_id not in truth:
        found.wrong.append(f"{what}: a run {run_id} that never was")
    elif bits(rounds) != truth[run_id][: len(rounds)]:
        found.wrong.append(f"{what}: other rounds of {run_id}")
