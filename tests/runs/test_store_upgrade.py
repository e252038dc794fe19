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
from alcore.runs.store.run_info import RunInfo
from alcore.runs.store.store import Store, StoreError
from alcore.runs.store.tables import CELLS, RUNS
from alcore.runs.tournament.cells import CellResult, CellStore
from alcore.storage import locks
from tests.runs.test_store import ROOT

# Files of the last version, as statements, and what turns them into those of earlier versions.
STORES = Path(__file__).parent / "stores"
TO_FORMAT_2 = """
ALTER TABLE runs DROP COLUMN digest;
ALTER TABLE runs DROP COLUMN record_digest;
ALTER TABLE label_changes DROP COLUMN digest;
DROP TABLE digests;
DROP INDEX runs_by_turn;
CREATE INDEX runs_by_state ON runs (state, place);
PRAGMA user_version = 2;
"""
TO_FORMAT_1 = f"""{TO_FORMAT_2}
DROP TABLE label_changes;
ALTER TABLE runs DROP COLUMN pause;
ALTER TABLE runs DROP COLUMN lineage;
ALTER TABLE rounds DROP COLUMN measures;
PRAGMA user_version = 1;
"""
CONFIG = RunConfig(dataset="digits", learner="logistic", seed_labels=2, labels_per_round=1, rounds=3)
RUN, FORK = "a3ea7d085670", "ffd2dacc716a"


def write(home: Path, schema: str, changes: str = "") -> None:
    """Write a file of the last version, changed by these statements."""
    with closing(sqlite3.connect(home / f"{schema.partition('_')[0]}.sqlite")) as old:
        old.executescript((STORES / f"{schema}.sql").read_text() + changes)


def tables(path: Path) -> tuple[int, set[tuple[str, str, str]]]:
    """The format of a file, and its tables and columns."""
    with closing(sqlite3.connect(path)) as raw:
        names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {(name, one[1], one[2]) for name in names for one in raw.execute(f"PRAGMA table_info({name})")}
        return raw.execute("PRAGMA user_version").fetchone()[0], columns


def assert_whole(store: Store, measures: dict[str, float]) -> RunInfo:
    """The run of the stored files is there with its two rounds."""
    assert store.listing().damaged == []
    info, rounds = store.run(RUN), store.rounds(RUN)
    assert (info.config, info.state, info.record, info.rounds_done) == (CONFIG, "paused", {"device": "cpu"}, 2)
    assert [one.labeled.tolist() for one in rounds] == [[3, 1], [3, 1, 4]]
    assert [(one.accuracy, one.train_loss, one.measures) for one in rounds] == [
        (0.5, 0.25, measures),
        (0.75, 0.25, measures),
    ]
    assert rounds[1].batch is not None and rounds[1].batch.indices.tolist() == [5]
    return info


def test_stores_of_the_last_version_are_read_with_all_that_is_in_them(home: Path) -> None:
    write(home, "runs_format_3")
    write(home, "tournament_format_2")
    with Store(home) as store:
        assert assert_whole(store, {"nll": 1.5}).changes == ((2, 4),)
        fork = store.run(FORK)
        assert fork.config.strategy == "random" and [one.run_id for one in fork.lineage] == [RUN]
        assert [info.id for info in store.queue()] == [FORK] and fork.rounds_done == 1
        assert store.resume(RUN).state == "queued"
    ids = [RUN, "38316b400d9b"]
    result = CellResult(RUN, 10, (2, 3), (5, 6), (0.5, 0.25), 0.125)
    with CellStore(home) as cells:
        assert cells.results(ids) == {RUN: result} and cells.failures(ids) == {ids[1]: "A sentence."}


@pytest.mark.parametrize(("changes", "measures"), [(TO_FORMAT_1, {}), (TO_FORMAT_2, {"nll": 1.5})])
def test_an_old_store_is_brought_up_to_date_with_all_that_is_in_it(
    home: Path, tmp_path: Path, changes: str, measures: dict[str, float]
) -> None:
    write(home, "runs_format_3", changes)
    with Store(home) as store:
        assert_whole(store, measures)
    (tmp_path / "fresh").mkdir()
    Store(tmp_path / "fresh").close()
    assert tables(home / "runs.sqlite") == tables(tmp_path / "fresh" / "runs.sqlite")
    assert tables(home / "runs.sqlite")[0] == len(RUNS.steps)


def test_cells_without_digests_are_read_and_kept_by_the_upgrade(home: Path) -> None:
    write(home, "tournament_format_2", "ALTER TABLE cells DROP COLUMN digest; PRAGMA user_version = 1;")
    for _ in range(2):
        with CellStore(home) as cells:
            assert set(cells.results([RUN])) == {RUN}
    assert tables(home / "tournament.sqlite")[0] == len(CELLS.steps) == 2


def test_an_upgrade_that_fails_changes_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home, "runs_format_3", TO_FORMAT_1)
    before = tables(home / "runs.sqlite")
    later = dataclasses.replace(RUNS, steps=(*RUNS.steps, ("CREATE TABLE later (x)", "not SQL")))
    monkeypatch.setattr(store_module, "RUNS", later)
    with pytest.raises(StoreError, match="could not be used"):
        Store(home)
    assert tables(home / "runs.sqlite") == before and before[0] == 1
    monkeypatch.undo()
    with Store(home) as store:
        assert_whole(store, {})


def test_many_processes_upgrade_at_once(home: Path) -> None:
    write(home, "runs_format_3", TO_FORMAT_1)
    code = (
        "import sys; from pathlib import Path; from alcore.runs.store.store import Store\n"
        f"with Store(Path(sys.argv[1]), timeout=30) as store: assert store.run('{RUN}').rounds_done == 2"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(home)], cwd=ROOT) for _ in range(3)]
    assert [process.wait() for process in processes] == [0] * 3


def test_a_store_whose_maker_was_killed_before_its_tables_is_made(home: Path) -> None:
    with closing(sqlite3.connect(home / "runs.sqlite")) as raw:
        raw.execute("PRAGMA journal_mode = WAL")
    assert (home / "runs.sqlite").stat().st_size and tables(home / "runs.sqlite") == (0, set())
    with Store(home) as store:
        assert store.submit(CONFIG).state == "queued"


def test_an_upgrade_sweeps_old_locks_and_closes_old_files(home: Path) -> None:
    write(home, "runs_format_3", TO_FORMAT_2)
    (home / "locks").mkdir()
    for number in range(5):
        (home / "locks" / f"{number:012x}.lock").touch()
    held = locks.take(home, "f" * 12)
    assert held is not None
    (home / "runs.sqlite").chmod(0o644)
    Store(home).close()
    assert [path.stem for path in (home / "locks").glob("*.lock")] == ["f" * 12]
    assert sys.platform == "win32" or (home / "runs.sqlite").stat().st_mode & 0o077 == 0
    held.release()
