"""The queue and its limits, workers that do not start, and the files that a store leaves behind."""

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alcore.cli.main import main
from alcore.home import alcore_home
from alcore.runs.config import RunConfig
from alcore.runs.store.run_info import RunHistory
from alcore.runs.store.store import Store, StoreError
from alcore.runs.store.transitions import enqueue
from alcore.runs.tournament.cells import CellFailure, CellStore
from alcore.runs.worker import backoff, gpu_slots, launcher
from alcore.runs.worker.execute import execute
from alcore.runs.worker.main import drain
from alcore.storage import locks
from alcore.storage.errors import StoreFullError
from tests.runs.test_store import CONFIG, config, make_round
from tests.runs.test_store_damage import three
from tests.runs.test_worker import SMALL, state

__all__ = ["three"]
LEARNS = RunConfig(dataset="blobs", learner="mlp", seed_labels=4, labels_per_round=2, rounds=1, device="cpu")


def test_a_worker_that_cannot_start_is_not_started_at_every_look(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spawned: list[str] = []
    now = [1_000_000.0]
    monkeypatch.setattr(launcher, "spawn", lambda words, log, environment: spawned.append(words[-1]))
    monkeypatch.setattr(locks.time, "time", lambda: now[0])
    monkeypatch.setattr(locks, "is_starting", lambda home, name: False)  # it ended at once
    for _ in range(40):
        launcher.ensure_worker(three)
        now[0] += 1
    # After 0, 5, 15 and 35 seconds.
    assert len(spawned) == 4
    backoff.note_failure(three, gpu_slots.WORKER, "There is no memory left.")
    said = launcher.trouble(three)
    assert said is not None and "started 4 times" in said and "There is no memory left" in said
    drain(three)  # started by hand, it works
    assert launcher.trouble(three) is None and state(three, SMALL) == "done"


def test_many_queued_runs_and_a_limit(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alcore.runs.store.transitions.MOST_WAITING", 3)
    with Store(home) as store:
        store.claim(config(9))
        store.pause(config(9).run_id)
        store.finish(config(9).run_id, "paused")
        for seed in range(3):
            store.submit(config(seed))
        for act in (lambda: store.submit(config(4)), lambda: store.resume(config(9).run_id)):
            with pytest.raises(StoreError, match="3 runs wait in the queue, which takes 3; this one was not"):
                act()
        assert store.submit(config(0)).state == "queued"  # it waits already
        assert store.run(config(9).run_id).state == "paused"
        assert store.claim(config(5)).state == "running"  # it does not wait
        store.request_cancel(config(0).run_id)
        assert store.submit(config(4)).queue_position == 3


def test_ten_thousand_queued_runs_are_listed_without_reading_their_configs(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store(home) as store:
        with store._database.transaction() as connection:
            for seed in range(300):
                enqueue(connection, config(seed).run_id, RunHistory(config(seed)))
        read: list[str] = []
        monkeypatch.setattr("alcore.runs.store.run_info.config_of_text", lambda text: read.append(text))
        assert len(store.runs()) == len(store.queue()) == 300 and store.waiting(2) == 2
        assert read == []
        monkeypatch.undo()
    assert main(["queue", "--home", str(home)]) == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 100 and "And 200 more wait behind them." in said.err


def test_operations_on_a_run_deleted_meanwhile(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store(home) as store, Store(home) as other:
        look = Store.run

        def run_then_gone(self: Store, run_id: str) -> Any:
            info = look(self, run_id)
            if self is store:
                with other._database.transaction() as connection:
                    connection.execute("DELETE FROM runs WHERE id = ?", (run_id,))
            return info

        for act in (
            lambda: store.set_labels_per_round(CONFIG.run_id, 7),
            lambda: store.fork(CONFIG.run_id, 1, "random"),
            lambda: store.resume(CONFIG.run_id),
            lambda: store.pause(CONFIG.run_id),
            lambda: store.request_cancel(CONFIG.run_id),
            lambda: store.delete(CONFIG.run_id),
            lambda: store.claim_run(CONFIG.run_id),
        ):
            other.claim(CONFIG)
            for number in range(2):
                other.add_round(CONFIG.run_id, make_round(number))
            other.pause(CONFIG.run_id)
            other.finish(CONFIG.run_id, "paused")
            monkeypatch.setattr(Store, "run", run_then_gone)
            with pytest.raises(StoreError, match="deleted|There is no run"):
                act()
            monkeypatch.undo()
            assert other.runs() == []
        assert not np.any([path.suffix == ".lock" for path in (home / "locks").iterdir()])


@pytest.mark.skipif(sys.platform == "win32", reason="rights of files are POSIX")
def test_what_is_made_is_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        home = alcore_home(tmp_path / "new")
        with Store(home) as store, CellStore(home) as cells:
            info = store.claim(LEARNS)
            assert execute(store, info.id).state == "done"
            store.claim(config(1))
            store.add_round(config(1).run_id, make_round(0), b"carried")
            cells.add(CONFIG, CellFailure(CONFIG.run_id, "A sentence."))
            backoff.note_start(home, gpu_slots.WORKER)
            locks.mark_starting(home, gpu_slots.WORKER)
            found = {path: path.stat().st_mode & 0o777 for path in [home, *home.rglob("*")]}
    finally:
        os.umask(before)
    names = {path.name for path in found}
    assert {"runs.sqlite", "runs.sqlite-wal", "tournament.sqlite", f"{info.id}.log", "0.checkpoint"} <= names
    assert {path.name: oct(mode) for path, mode in found.items() if mode & 0o077} == {}


@pytest.mark.skipif(sys.platform == "win32", reason="rights of files are POSIX")
def test_a_home_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there").chmod(0o775)
    with Store(alcore_home(tmp_path / "there")) as store:
        store.submit(CONFIG)
    assert (tmp_path / "there").stat().st_mode & 0o777 == 0o775


def test_lock_files_do_not_pile_up(home: Path) -> None:
    with Store(home) as store:
        for seed in range(3):
            store.claim(config(seed))
        assert len(list((home / "locks").glob("*.lock"))) == 3
        for seed in range(2):
            store.finish(config(seed).run_id, "done")
        with Store(home) as other:
            assert other.runs()[0].state == "running"
    assert list((home / "locks").glob("*.lock")) == []
    with Store(home) as store:
        assert store.run(config(2).run_id).state == "failed"  # its process is gone
    assert list((home / "locks").glob("*.lock")) == []


def test_a_lock_whose_file_was_removed_is_not_held_twice(home: Path) -> None:
    """A process that waits for a lock whose file is removed on release must not get the removed file's."""
    first = locks.take(home, "name")
    assert first is not None
    waiting: list[Any] = []
    thread = threading.Thread(target=lambda: waiting.append(locks.take(home, "name", timeout=30.0)))
    thread.start()
    time.sleep(0.1)
    locks.release(first)
    thread.join()
    assert waiting[0] is not None and locks.take(home, "name") is None
    locks.release(waiting[0])
    assert locks.is_free(home, "name") and not (home / "locks" / "name.lock").exists()


def test_the_log_of_writes_removed_while_the_store_is_open(home: Path) -> None:
    with Store(home) as store:
        store.claim(CONFIG)
        store.add_round(CONFIG.run_id, make_round(0))
        (home / "runs.sqlite-wal").unlink()
        with (
            pytest.raises(StoreError, match="runs.sqlite-wal beside the store .* was removed") as caught,
            Store(home) as other,
        ):
            other.runs()
        assert not isinstance(caught.value, StoreFullError) and "full" not in str(caught.value)
        store.add_round(CONFIG.run_id, make_round(1))
    with Store(home) as store:  # as the sentence says: closed, and all of it is there
        assert len(store.rounds(CONFIG.run_id)) == 2
