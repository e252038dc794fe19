"""Stores written by earlier versions: read, or brought up to date in one step, with everything that is in them."""

import dataclasses
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from alcore.runs.config import RunConfig
from alcore.runs.store import store as store_module
from alcore.runs.store.store import Store, StoreError
from alcore.runs.store.tables import CELLS, RUNS
from alcore.runs.tournament.cells import CellResult, CellStore
from tests.runs.test_store import CONFIG, ROOT, assert_same, make_round

# Files of the last version, as statements.
STORES = Path(__file__).parent / "stores"
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


def old_store(home: Path, file: str, statements: str) -> None:
    """Write a file of an earlier version from its statements."""
    with closing(sqlite3.connect(home / file)) as old:
        old.executescript(statements)


def test_stores_of_the_last_version_are_read_with_all_that_is_in_them(home: Path) -> None:
    old_store(home, "runs.sqlite", (STORES / "runs_format_3.sql").read_text())
    old_store(home, "tournament.sqlite", (STORES / "tournament_format_2.sql").read_text())
    config = RunConfig(dataset="digits", learner="logistic", seed_labels=2, labels_per_round=1, rounds=3)
    with Store(home) as store:
        assert store.listing().damaged == []
        info = store.run("a3ea7d085670")
        assert (info.config, info.state, info.changes, info.record) == (config, "paused", ((2, 4),), {"device": "cpu"})
        fork = store.run("ffd2dacc716a")
        assert fork.config.strategy == "random" and [one.run_id for one in fork.lineage] == ["a3ea7d085670"]
        assert [info.id for info in store.queue()] == [fork.id] and fork.rounds_done == 1
        rounds = store.rounds("a3ea7d085670")
        assert [one.labeled.tolist() for one in rounds] == [[3, 1], [3, 1, 4]]
        assert [(one.accuracy, one.train_loss, one.measures) for one in rounds] == [
            (0.5, 0.25, {"nll": 1.5}),
            (0.75, 0.25, {"nll": 1.5}),
        ]
        assert rounds[1].batch is not None and rounds[1].batch.indices.tolist() == [5]
        assert store.resume(info.id).state == "queued"
    ids = ["a3ea7d085670", "38316b400d9b"]
    result = CellResult(ids[0], 10, (2, 3), (5, 6), (0.5, 0.25), 0.125)
    with CellStore(home) as cells:
        assert cells.results(ids) == {ids[0]: result} and cells.failures(ids) == {ids[1]: "A sentence."}


def test_cells_without_digests_are_read_and_kept_by_the_upgrade(home: Path) -> None:
    text = (STORES / "tournament_format_2.sql").read_text()
    old_store(home, "tournament.sqlite", f"{text} ALTER TABLE cells DROP COLUMN digest; PRAGMA user_version = 1;")
    for _ in range(2):
        with CellStore(home) as cells:
            assert set(cells.results(["a3ea7d085670"])) == {"a3ea7d085670"}
    with closing(sqlite3.connect(home / "tournament.sqlite")) as raw:
        assert raw.execute("PRAGMA user_version").fetchone()[0] == len(CELLS.steps) == 2
