"""The rounds of a run as rows of the store; damaged rounds are rejected."""

import json
import math
import sqlite3
import time
from collections.abc import Mapping

from pydantic import ValidationError

from alcore.loops.pool.simulate import Round
from alcore.runs.config import RunConfig
from alcore.runs.errors import DamagedRunError
from alcore.runs.store.packing import pack, unpack
from alcore.runs.store.run_info import NUMBERS
from alcore.runs.store.run_rows import COLUMNS
from alcore.storage.database import Database, agrees, digest_of
from alcore.storage.errors import StoreError

# Test measures with curves.
CURVES = ("balanced_accuracy", "nll", "ece")
# Each digest of a round, and the columns it covers, after the run's id and the round.
DIGESTS: Mapping[str, tuple[str, ...]] = {"numbers": COLUMNS, "measures": ("measures",), "arrays": ("arrays",)}
_COLUMNS = [name for columns in DIGESTS.values() for name in columns]
_MOST_LABELS = 1 << 40


def add_round(database: Database, run_id: str, round_: Round) -> None:
    """Store a round in one transaction."""
    values = {
        "labels": int(round_.labels),
        "accuracy": float(round_.accuracy),
        "train_loss": float(round_.train_loss),
        "seconds": json.dumps({stage: float(spent) for stage, spent in round_.seconds.items()}),
        "stored": time.time(),
        "measures": json.dumps({name: float(value) for name, value in round_.measures.items()}),
        "arrays": pack(round_),
    }
    with database.transaction() as connection:
        _insert(connection, run_id, int(round_.round), values)


def copy_rounds(database: Database, connection: sqlite3.Connection, run_id: str, from_id: str, before: int) -> None:
    """Copy to a run the rounds of another run before this one.

    Raises:
        DamagedRunError: if a round is damaged or missing; nothing is copied.
    """
    for number in range(before):
        row = _row(database, from_id, number)
        if row is None:
            raise _damaged(database, from_id, f"round {number} is missing")
        _insert(connection, run_id, number, {name: row[name] for name in _COLUMNS})


def all_rounds(database: Database, run_id: str) -> list[Round]:
    """The stored rounds, in order, with their arrays.

    Raises:
        DamagedRunError: if a round is missing or damaged.
    """
    return [_round(database, run_id, row) for row in _rows(database, run_id, _COLUMNS)]


def one_round(database: Database, run_id: str, number: int) -> Round | None:
    """The stored round of this number with its arrays; None if there is none.

    Raises:
        DamagedRunError: if it is damaged.
    """
    row = _row(database, run_id, number)
    return None if row is None else _round(database, run_id, row)


def curve_rows(database: Database, run_id: str, config: RunConfig) -> list[dict[str, str | int | float]]:
    """Tidy rows, one per round: run, strategy, seed, round, labels, accuracy, train_loss, seconds and `CURVES`.

    Measures missing from rounds of earlier versions are NaN.

    Raises:
        DamagedRunError: if a round is missing or damaged.
    """
    rows = _rows(database, run_id, [name for name in _COLUMNS if name != "arrays"])
    found: list[dict[str, str | int | float]] = []
    for row in rows:
        numbers = _numbers(database, run_id, row)
        if found and row["labels"] <= found[-1]["labels"]:
            raise _damaged(database, run_id, f"round {row['round']} has no more labels than the one before it")
        found.append(
            {
                "run": run_id,
                "strategy": config.strategy,
                "seed": config.seed,
                "round": row["round"],
                "labels": row["labels"],
                "accuracy": numbers["accuracy"],
                "train_loss": numbers["train_loss"],
                "seconds": float(sum(numbers["seconds"].values())),
                **{name: numbers["measures"].get(name, math.nan) for name in CURVES},
            }
        )
    return found


def _insert(connection: sqlite3.Connection, run_id: str, number: int, values: Mapping) -> None:
    connection.execute(
        f"INSERT INTO rounds (run_id, round, {', '.join(values)}) VALUES (?, ?{', ?' * len(values)})",
        (run_id, number, *values.values()),
    )
    digests = [digest_of(run_id, number, *(values[name] for name in columns)) for columns in DIGESTS.values()]
    connection.execute(
        # Replaces a digest that outlived its round.
        f"INSERT OR REPLACE INTO digests (run_id, round, {', '.join(DIGESTS)}) VALUES (?, ?, ?, ?, ?)",
        (run_id, number, *digests),
    )


def _rows(database: Database, run_id: str, columns: list[str]) -> list[sqlite3.Row]:
    """These columns of all rounds of a run, in order and without gaps."""
    rows = _verified(database, run_id, columns, "rounds.round >= ?", 0)
    for number, row in enumerate(rows):
        if row["round"] != number:
            raise _damaged(database, run_id, f"round {number} is missing, round {_shown(row['round'])} is there")
    return rows


def _row(database: Database, run_id: str, number: int) -> sqlite3.Row | None:
    """All columns of a round; None if there is none."""
    return next(iter(_verified(database, run_id, _COLUMNS, "rounds.round = ?", number)), None)


def _verified(database: Database, run_id: str, columns: list[str], which: str, number: int) -> list[sqlite3.Row]:
    """These columns of some rounds of a run, in order, verified against their digests."""
    kept = {name: parts for name, parts in DIGESTS.items() if set(parts) <= set(columns)}
    selected = [f"rounds.{name}" for name in ("round", *columns)]
    selected += [f"digests.{name} AS {name}_digest" for name in kept]
    rows = database.rows(
        f"SELECT {', '.join(selected)} FROM rounds"
        " LEFT JOIN digests ON digests.run_id = rounds.run_id AND digests.round = rounds.round"
        f" WHERE rounds.run_id = ? AND {which} ORDER BY rounds.round",
        (run_id, number),
    )
    for row in rows:
        for name, parts in kept.items():
            if not agrees(row[f"{name}_digest"], (run_id, row["round"], *(row[part] for part in parts))):
                raise _damaged(database, run_id, f"round {_shown(row['round'])} is not what was written")
    return rows


def _numbers(database: Database, run_id: str, row: sqlite3.Row) -> dict:
    """Accuracy, training loss, seconds and measures of a row, converted and validated."""
    # SQLite returns NaN as NULL.
    found: dict = {name: math.nan if row[name] is None else row[name] for name in ("accuracy", "train_loss")}
    try:
        found |= {name: NUMBERS.validate_json(str(row[name]), strict=True) for name in ("seconds", "measures")}
    except ValidationError as error:
        raise _damaged(database, run_id, f"the seconds or measures of round {_shown(row['round'])} are none") from error
    labels, numbers = row["labels"], (found["accuracy"], found["train_loss"])
    sound = all(isinstance(one, float) for one in numbers) and not (numbers[0] < 0 or numbers[0] > 1)
    if not sound or type(labels) is not int or not 0 <= labels <= _MOST_LABELS:
        raise _damaged(database, run_id, f"a number of round {_shown(row['round'])} is no number")
    return found


def _round(database: Database, run_id: str, row: sqlite3.Row) -> Round:
    numbers = _numbers(database, run_id, row)
    try:
        if not isinstance(row["arrays"], bytes):
            raise ValueError("its arrays are none")
        arrays = unpack(row["arrays"])
    except ValueError as error:
        raise _damaged(database, run_id, f"round {row['round']}: {error}") from error
    return Round(
        round=row["round"],
        accuracy=numbers["accuracy"],
        train_loss=numbers["train_loss"],
        seconds=numbers["seconds"],
        held_out=row["labels"] - len(arrays["labeled"]),
        measures=numbers["measures"],
        **arrays,
    )


def _shown(number: object) -> str:
    return str(number)[:20]


def _damaged(database: Database, run_id: str, what: str) -> StoreError:
    return DamagedRunError(
        f"The store {database.path} is damaged (run {run_id}: {what}); nothing was deleted. "
        "Put back a copy of it, or delete this run and start it again."
    )
