"""Trouble with the store: dead processes, locks, damage and full disks, each told in a sentence."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from alcore.runs.store.store import Store, StoreError, StoreFullError
from tests.runs.test_store import CONFIG, ROOT, edit, make_round

HOLD_A_RUN = """
import sys
from pathlib import Path
from alcore.runs.store.store import Store
from tests.runs.test_store import CONFIG, make_round
store = Store(Path(sys.argv[1]))
store.claim(CONFIG)
store.add_round(CONFIG.run_id, make_round(0))
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("asked", "state", "words"), [(False, "failed", "1 stored round kept"), (True, "cancelled", "")]
)
def test_a_dead_process_is_recognised(home: Path, asked: bool, state: str, words: str) -> None:
    command = [sys.executable, "-c", HOLD_A_RUN, str(home)]
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as process,
        Store(home) as store,
    ):
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert store.run(CONFIG.run_id).state == "running"
        if asked:
            store.request_cancel(CONFIG.run_id)
        process.kill()
        process.wait()
        info = store.runs()[0]
        assert (info.state, info.rounds_done) == (state, 1)
        assert words in info.error and bool(words) == bool(info.error)
        assert len(store.rounds(info.id)) == 1
        assert store.submit(CONFIG).state == "queued"


def test_a_dead_run_shows_as_failed_where_that_cannot_be_written(home: Path) -> None:
    with Store(home) as worker:
        worker.claim(CONFIG)
    holder = sqlite3.connect(home / "runs.sqlite", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with Store(home, timeout=0.05) as store:
        assert store.run(CONFIG.run_id).state == "failed"
        assert "ended without a message" in store.runs()[0].error
    holder.close()


def test_locked(home: Path) -> None:
    Store(home).close()
    holder = sqlite3.connect(home / "runs.sqlite", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with Store(home, timeout=0.05) as store:
        assert store.runs() == []  # looking goes on
        with pytest.raises(StoreError, match="is locked by another program; nothing was lost. Close that"):
            store.submit(CONFIG)
        holder.execute("ROLLBACK")
        assert store.submit(CONFIG).state == "queued"
    holder.close()


@pytest.mark.parametrize("damage", ["garbage", "header", "short", "middle"])
def test_damaged_file(home: Path, damage: str) -> None:
    with Store(home) as store:
        store.claim(CONFIG)
        for number in range(20):
            store.add_round(CONFIG.run_id, make_round(number, points=50))
    path = home / "runs.sqlite"
    good = path.read_bytes()
    bad = {
        "garbage": b"not a database, " * 500,
        "header": b"SQLite format 3\0" + b"\xff" * 300 + good[316:],
        "short": good[:60],
        "middle": good[:100] + b"\xff" * (len(good) - 100),
    }[damage]
    path.write_bytes(bad)
    with (
        pytest.raises(StoreError, match="damaged .*nothing was deleted. Put back a copy"),
        Store(home) as store,
    ):
        store.rounds(CONFIG.run_id)
    assert path.read_bytes() == bad


def test_damaged_arrays(home: Path) -> None:
    store = Store(home)
    store.claim(CONFIG)
    store.add_round(CONFIG.run_id, make_round(0))
    edit(home, "UPDATE rounds SET arrays = substr(arrays, 1, 40)")
    with pytest.raises(StoreError, match="damaged .*nothing was deleted"):
        store.rounds(CONFIG.run_id)
    assert store.runs()[0].rounds_done == 1
    store.close()


def test_folder_foreign_and_newer_files(home: Path) -> None:
    path = home / "runs.sqlite"
    path.mkdir()
    with pytest.raises(StoreError, match="There is a folder where the store should be"):
        Store(home)
    path.rmdir()
    with sqlite3.connect(path) as foreign:
        foreign.execute("CREATE TABLE runs (mine)")
    with pytest.raises(StoreError, match="not of this program; nothing was changed"):
        Store(home)
    foreign.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="written by a newer version"):
        Store(home)
    foreign.close()


def test_full_disk(home: Path) -> None:
    store = Store(home)
    run_id = store.claim(CONFIG).id
    store.add_round(run_id, make_round(0))
    connection = store._database._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 2}").fetchall()
    with pytest.raises(StoreFullError, match="is full; what was stored before is kept. Make room") as caught:
        store.add_round(run_id, make_round(1, points=5000))
    assert [round_.round for round_ in store.rounds(run_id)] == [0]
    ended = store.finish(run_id, "failed", str(caught.value))
    assert ended.state == "failed" and "is full" in ended.error
    connection.execute("PRAGMA max_page_count = 1000000").fetchall()
    assert store.submit(CONFIG).state == "queued"
    store.close()
