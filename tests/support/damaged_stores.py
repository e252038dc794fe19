"""Making damaged stores, each kind of damage a function of a home folder and a random stream."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

_HOSTILE: tuple[Any, ...] = (
    *(None, "", "{", "[]", "null", "\x00", "'; DROP TABLE runs; --", "../../victim", "queued", "running"),
    *("9" * 5000, "[" * 100_000, "x" * 5_000_000, b"", b"\xff\xfe", b"\x93NUMPY\x01\x00"),
    *(0, -1, 2**62, float("inf"), float("-inf"), 1e308),
    *('{"rounds": 1e999}', '{"train": NaN}', '[{"run": "x"}]', '{"strategy": ["a"]}'),
)
_TABLES = {
    "runs.sqlite": {
        "runs": "id config state error record cancel place created started finished pause lineage digest record_digest",
        "rounds": "run_id round labels accuracy train_loss seconds stored arrays measures",
        "label_changes": "run_id round labels_per_round digest",
        "digests": "run_id round numbers measures arrays",
    },
    "tournament.sqlite": {"cells": "id config result error stored digest"},
}


def _edit(home: Path, file: str, statement: str, *values: Any) -> None:
    with closing(sqlite3.connect(home / file)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(statement, values)


def _flip(home: Path, rng: random.Random) -> None:
    path = home / rng.choice(["runs.sqlite"] * 5 + ["tournament.sqlite"])
    content = bytearray(path.read_bytes())
    for _ in range(rng.choice([1, 1, 3, 30])):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)


def _truncate(home: Path, rng: random.Random) -> None:
    path = home / rng.choice(list(_TABLES))
    content = path.read_bytes()
    path.write_bytes(content[: rng.randrange(len(content))])


def _hostile(home: Path, rng: random.Random) -> None:
    file = rng.choice(["runs.sqlite"] * 4 + ["tournament.sqlite"])
    table = rng.choice(list(_TABLES[file]))
    column = rng.choice(_TABLES[file][table].split())
    key = "run_id || round" if table == "digests" else "rowid"
    which = f"{key} = (SELECT {key} FROM {table} ORDER BY {key} LIMIT 1 OFFSET {rng.randrange(3)})"
    try:
        _edit(home, file, f"UPDATE {table} SET {column} = ? WHERE {which}", rng.choice(_HOSTILE))
    except sqlite3.IntegrityError:
        _edit(home, file, f"UPDATE {table} SET {column} = 'x' WHERE {which}")


def _hostile_unsealed(home: Path, rng: random.Random) -> None:
    """As rows of an earlier version, which have no digests."""
    for table, column in (("runs", "digest"), ("runs", "record_digest"), ("label_changes", "digest")):
        _edit(home, "runs.sqlite", f"UPDATE {table} SET {column} = NULL")
    table, column = rng.choice(
        [("runs", "config"), ("runs", "record"), ("runs", "lineage"), ("label_changes", "labels_per_round")]
    )
    _edit(home, "runs.sqlite", f"UPDATE {table} SET {column} = ? WHERE rowid = 1", rng.choice(_HOSTILE) or "x")


def _drop(home: Path, rng: random.Random) -> None:
    file = rng.choice(list(_TABLES))
    _edit(home, file, f"DROP TABLE {rng.choice(list(_TABLES[file]))}")


def _other_version(home: Path, rng: random.Random) -> None:
    _edit(home, rng.choice(list(_TABLES)), f"PRAGMA user_version = {rng.choice([-1, 0, 1, 2, 99, 2**31 - 1])}")


def _side_files(home: Path, rng: random.Random) -> None:
    """Writes that are still in the write-ahead log, and what becomes of that and its index."""
    connection = sqlite3.connect(home / "runs.sqlite", isolation_level=None)
    connection.execute("PRAGMA wal_autocheckpoint = 0").close()
    connection.execute("UPDATE runs SET place = place + 1").close()
    log, index = home / "runs.sqlite-wal", home / "runs.sqlite-shm"
    kept = {path: path.read_bytes() for path in (home / "runs.sqlite", log, index)}
    connection.close()
    for path, content in kept.items():
        path.write_bytes(content)
    path = rng.choice([log, index])
    how = rng.choice(["missing", "garbage", "short", "flipped", "folder"])
    path.unlink()
    if how == "garbage":
        path.write_bytes(rng.randbytes(5000))
    elif how == "short":
        path.write_bytes(kept[path][: len(kept[path]) // 2])
    elif how == "flipped":
        flipped = bytearray(kept[path])
        flipped[rng.randrange(len(flipped))] ^= 255
        path.write_bytes(flipped)
    elif how == "folder":
        path.mkdir()


def _replaced(home: Path, rng: random.Random) -> None:
    path = home / rng.choice(list(_TABLES))
    path.unlink()
    how = rng.choice(["empty", "garbage", "folder", "foreign", "gone"])
    if how == "empty":
        path.touch()
    elif how == "garbage":
        path.write_bytes(rng.randbytes(20_000))
    elif how == "folder":
        path.mkdir()
    elif how == "foreign":
        _edit(home, path.name, "CREATE TABLE runs (mine)")


def _read_only(home: Path, rng: random.Random) -> None:
    # Root may write all the same: then it is one more sound store.
    (home / "runs.sqlite").chmod(0o400)
    home.chmod(0o500)


def _ids(home: Path, rng: random.Random) -> None:
    state = rng.choice(["done", "running", "paused", "queued"])
    name = rng.choice(["../../victim", "../../victim/kept", "/etc/hostname", "..", "", "a" * 300, "victim\x00"])
    _edit(home, "runs.sqlite", "UPDATE runs SET id = ?, state = ?, digest = NULL WHERE rowid = 1", name, state)
    _edit(home, "runs.sqlite", "UPDATE rounds SET run_id = ? WHERE rowid < 3", name)


def _links(home: Path, rng: random.Random) -> None:
    folder = home / rng.choice(["logs", "locks", "checkpoints"])
    shutil.rmtree(folder, ignore_errors=True)
    folder.symlink_to(home.parents[1] / "victim")


def _rounds(home: Path, rng: random.Random) -> None:
    """A round gone, swapped with another, of another run, or with arrays that claim 800 GB."""
    with closing(sqlite3.connect(home / "runs.sqlite")) as connection:
        (run_id,), (other,) = connection.execute("SELECT id FROM runs ORDER BY place LIMIT 2").fetchall()
    how = rng.choice(["gone", "swapped", "foreign", "claims", "unsealed claims"])
    if how == "gone":
        _edit(home, "runs.sqlite", "DELETE FROM rounds WHERE run_id = ? AND round = 1", run_id)
    elif how == "swapped":
        for old, new in ((1, 9), (2, 1), (9, 2)):
            _edit(
                home,
                "runs.sqlite",
                "UPDATE rounds SET round = ? WHERE run_id = ? AND round = ?",
                new,
                run_id,
                old,
            )
    elif how == "foreign":
        query = (
            "UPDATE rounds SET (accuracy, arrays) = (SELECT accuracy, arrays FROM rounds"
            " WHERE run_id = ? AND round = 1) WHERE run_id = ? AND round = 1"
        )
        _edit(home, "runs.sqlite", query, other, run_id)
    else:
        header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (100000000000,), }".ljust(117) + b"\n"
        blob = b"1\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
        _edit(home, "runs.sqlite", "UPDATE rounds SET arrays = ? WHERE run_id = ? AND round = 1", blob, run_id)
        if how == "unsealed claims":
            _edit(home, "runs.sqlite", "DELETE FROM digests")


# As often as it stands here.
DAMAGES: tuple[Callable[[Path, random.Random], None], ...] = (
    *(_flip, _flip, _flip, _flip, _flip, _flip),
    *(_hostile, _hostile, _hostile, _hostile, _hostile, _hostile_unsealed, _hostile_unsealed),
    *(
        _truncate,
        _drop,
        _other_version,
        _side_files,
        _side_files,
        _replaced,
        _read_only,
        _ids,
        _links,
        _rounds,
    ),
)


def damage(home: Path, number: int) -> str:
    """Damage the stores of a home folder; equal numbers do equal damage.

    Args:
        home: with a store of runs in every state and one of cells.
        number: as many in a row as there are DAMAGES do each kind once.

    Returns:
        what was done, in a word.
    """
    kind = DAMAGES[number % len(DAMAGES)]
    kind(home, random.Random(number))
    return kind.__name__.strip("_")
