"""What comes back from the store is what was written: digests, missing rounds and files, absurd arrays."""

import tracemalloc
from pathlib import Path

import pytest

from alcore.cli.main import main
from alcore.runs.errors import DamagedRunError
from alcore.runs.store.packing import pack, unpack
from alcore.runs.store.store import Store, StoreError
from alcore.runs.tournament.cells import CellResult, CellStore
from alcore.storage.paths import log_path
from tests.runs.test_store import CONFIG, config, edit, make_round


@pytest.mark.parametrize("column", ["labels", "accuracy", "train_loss", "seconds", "measures", "arrays"])
def test_a_round_that_is_not_what_was_written_is_refused(home: Path, column: str) -> None:
    with Store(home) as store:
        for seed in (0, 1):
            store.claim(config(seed))
            for number in range(3):
                store.add_round(config(seed).run_id, make_round(number))
        # What stands there is as sound as before, only of another round.
        edit(
            home,
            f"UPDATE rounds SET {column} = (SELECT {column} FROM rounds WHERE run_id = ?1 AND round = 2)"
            " WHERE run_id = ?1 AND round = 1"
            if column not in ("seconds", "measures")
            else f"UPDATE rounds SET {column} = '{{\"train\": 9.0}}' WHERE run_id = ? AND round = 1",
            config(0).run_id,
        )
        with pytest.raises(DamagedRunError, match="round 1 is not what was written"):
            store.rounds(config(0).run_id)
        if column != "arrays":
            with pytest.raises(DamagedRunError, match="round 1 is not what was written"):
                store.curve([config(0).run_id])
        with pytest.raises(DamagedRunError):
            store.fork(config(0).run_id, 2, "random")
        assert len(store.listing().runs) == 2 and len(store.rounds(config(1).run_id)) == 3


def test_labels_that_do_not_grow_are_a_sentence(home: Path) -> None:
    with Store(home) as store:
        store.claim(CONFIG)
        for number in range(3):
            store.add_round(CONFIG.run_id, make_round(number))
        store.finish(CONFIG.run_id, "done")
    edit(home, "DELETE FROM digests")
    edit(home, "UPDATE rounds SET labels = 3 WHERE round = 1")
    words = ["export", CONFIG.run_id, "--out", str(home / "curve.csv")]
    assert main(words) == 2 and not (home / "curve.csv").exists()


def test_a_missing_round_is_a_sentence(home: Path) -> None:
    with Store(home) as store:
        store.claim(CONFIG)
        for number in range(4):
            store.add_round(CONFIG.run_id, make_round(number))
        store.finish(CONFIG.run_id, "done")
        edit(home, "DELETE FROM rounds WHERE round = 1")
        (damaged,) = store.listing().damaged
        assert "one is missing" in damaged.reason
        with pytest.raises(DamagedRunError, match="round 1 is missing, round 2 is there"):
            store.rounds(CONFIG.run_id)


def test_arrays_that_claim_800_gb(home: Path) -> None:
    good = pack(make_round(0))
    header = good.index(b"'shape': (") + len(b"'shape': (")
    end = good.index(b",)", header)
    claim = b"100000000000"
    room = good.index(b"\n", end)
    bad = good[:header] + claim + good[end : room - len(claim) + end - header] + good[room:]
    tracemalloc.start()
    with pytest.raises(ValueError, match="claims .* bytes, and .* are there"):
        unpack(bad)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()
    with Store(home) as store:
        store.claim(CONFIG)
        store.add_round(CONFIG.run_id, make_round(0))
        edit(home, "UPDATE rounds SET arrays = ?", bad)
        edit(home, "DELETE FROM digests")
        with pytest.raises(DamagedRunError, match="claims .* bytes"):
            store.rounds(CONFIG.run_id)


def test_rounds_of_an_earlier_version_have_no_digest_and_are_read(home: Path) -> None:
    with Store(home) as store:
        store.claim(CONFIG)
        store.add_round(CONFIG.run_id, make_round(0))
        edit(home, "DELETE FROM digests")
        edit(home, "UPDATE runs SET digest = NULL, record_digest = NULL")
        assert len(store.rounds(CONFIG.run_id)) == 1 and store.run(CONFIG.run_id).accuracy == 0.5


def test_a_store_of_0_bytes_beside_old_logs(home: Path) -> None:
    with Store(home) as store:
        store.submit(CONFIG)
    path = home / "runs.sqlite"
    log_path(home, CONFIG.run_id).parent.mkdir()
    log_path(home, CONFIG.run_id).write_text("log")
    path.write_bytes(b"")
    for _ in range(2):
        with pytest.raises(StoreError, match="is empty, and 1 log of earlier work lies beside it"):
            Store(home)
        assert path.read_bytes() == b""
    path.unlink()  # what the sentence says
    with Store(home) as store:
        assert store.runs() == []


def test_a_log_of_writes_without_its_store(home: Path) -> None:
    (home / "runs.sqlite-wal").write_bytes(b"writes")
    with pytest.raises(StoreError, match="is gone, but runs.sqlite-wal beside it holds"):
        Store(home)
    assert (home / "runs.sqlite-wal").read_bytes() == b"writes" and not (home / "runs.sqlite").exists()


@pytest.mark.parametrize("table", ["runs", "rounds", "label_changes", "digests"])
def test_a_missing_table_is_a_sentence(home: Path, table: str) -> None:
    with Store(home) as store:
        store.submit(CONFIG)
    edit(home, f"DROP TABLE {table}")
    with pytest.raises(StoreError, match="is damaged .*no such table"), Store(home) as store:
        store.runs()


def test_a_store_with_triggers_is_refused(home: Path) -> None:
    with Store(home) as store:
        store.submit(CONFIG)
    edit(home, "CREATE TRIGGER mine AFTER DELETE ON runs BEGIN DELETE FROM rounds; END")
    with pytest.raises(StoreError, match="has views or triggers"):
        Store(home)


def test_a_damaged_cell_counts_as_not_there(home: Path) -> None:
    def result(seed: int) -> CellResult:
        return CellResult(config(seed).run_id, 100, (4, 6), (50, 60), (0.5, 0.25), 0.5)

    ids = [config(seed).run_id for seed in range(4)]
    with CellStore(home) as store:
        for seed in range(4):
            store.add(config(seed), result(seed))
        file = "tournament.sqlite"
        edit(home, "UPDATE cells SET result = '{' WHERE id = ?", ids[0], file=file)
        edit(home, "UPDATE cells SET result = replace(result, '60', '61') WHERE id = ?", ids[1], file=file)
        edit(home, "UPDATE cells SET digest = NULL, stored = 'x' WHERE id = ?", ids[2], file=file)
        edit(home, "UPDATE cells SET digest = NULL, result = x'ff' WHERE id = ?", ids[3], file=file)
        assert store.results(ids) == {ids[2]: result(2)} and store.failures(ids) == {}
        assert len(store.times(ids)) == 3
        store.add(config(0), result(0))
        assert set(store.results(ids)) == {ids[0], ids[2]}
