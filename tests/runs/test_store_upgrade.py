"""A store written by an earlier version: brought up to date in one step, with everything that is in it."""

import dataclasses
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from alcore.runs.store import store as store_module
from alcore.runs.store.store import Store, StoreError
from alcore.runs.store.tables import RUNS
from tests.runs.test_store import CONFIG, ROOT, assert_same, make_round

# The tables as version 1 made them.
VERSION_1 = """
CREATE TABLE runs (
    id TEXT PRIMARY KEY, config TEXT NOT NULL, state TEXT NOT NULL, error TEXT NOT NULL DEFAULT '',
    record TEXT NOT NULL DEFAULT '{}', cancel INTEGER NOT NULL DEFAULT 0, place INTEGER NOT NULL,
    created REAL NOT NULL, started REAL, finished REAL
);
CREATE INDEX runs_by_state ON runs (state, place);
CREATE TABLE rounds (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, round INTEGER NOT NULL,
    labels INTEGER NOT NULL, accuracy REAL, train_loss REAL, seconds TEXT NOT NULL, stored REAL NOT NULL,
    arrays BLOB NOT NULL, PRIMARY KEY (run_id, round)
);
PRAGMA user_version = 1;
"""


@pytest.fixture
def old_home(home: Path) -> Path:
    """A home whose store is of version 1: one run that is done, of two rounds."""
    with Store(home) as store:
        store.claim(CONFIG)
        for number in (0, 1):
            store.add_round(CONFIG.run_id, make_round(number))
        store.finish(CONFIG.run_id, "done")
    new = sqlite3.connect(home / "runs.sqlite")
    columns = {
        "runs": "id, config, state, error, record, cancel, place, created, started, finished",
        "rounds": "run_id, round, labels, accuracy, train_loss, seconds, stored, arrays",
    }
    kept = {table: new.execute(f"SELECT {names} FROM {table}").fetchall() for table, names in columns.items()}
    new.close()
    (home / "runs.sqlite").unlink()
    old = sqlite3.connect(home / "runs.sqlite")
    old.execute("PRAGMA journal_mode = WAL")
    old.executescript(VERSION_1)
    for table, rows in kept.items():
        marks = ", ".join("?" * len(rows[0]))
        old.executemany(f"INSERT INTO {table} ({columns[table]}) VALUES ({marks})", rows)
    old.commit()
    old.close()
    return home


def version(home: Path) -> int:
    connection = sqlite3.connect(home / "runs.sqlite")
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def tables(home: Path) -> set[tuple[str, str, str]]:
    connection = sqlite3.connect(home / "runs.sqlite")
    try:
        return {
            (name, column[1], column[2])
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for column in connection.execute(f"PRAGMA table_info({name})").fetchall()
        }
    finally:
        connection.close()


def test_an_old_store_is_brought_up_to_date_with_all_that_is_in_it(old_home: Path, tmp_path: Path) -> None:
    with Store(old_home) as store:
        info = store.run(CONFIG.run_id)
        assert (info.state, info.rounds_done, info.config) == ("done", 2, CONFIG)
        for number, round_ in enumerate(store.rounds(CONFIG.run_id)):
            assert_same(round_, make_round(number))
    assert version(old_home) == len(RUNS.steps)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    Store(fresh).close()
    assert tables(old_home) == tables(fresh)


def test_an_upgrade_that_fails_changes_nothing(old_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tables(old_home)
    later = dataclasses.replace(RUNS, steps=(*RUNS.steps, ("CREATE TABLE later (x)", "not SQL")))
    monkeypatch.setattr(store_module, "RUNS", later)
    with pytest.raises(StoreError, match="could not be used"):
        Store(old_home)
    assert version(old_home) == 1 and tables(old_home) == before
    monkeypatch.undo()
    with Store(old_home) as store:
        assert store.run(CONFIG.run_id).rounds_done == 2


def test_many_processes_upgrade_at_once(old_home: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from alcore.runs.store.store import Store\n"
        "with Store(Path(sys.argv[1]), timeout=30) as store: assert store.runs()[0].rounds_done == 2"
    )
    command = [sys.executable, "-c", code, str(old_home)]
    processes = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    assert [process.wait() for process in processes] == [0] * 3
