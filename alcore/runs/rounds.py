"""The rounds of a run as rows of the store, and back."""

import io
import json
import sqlite3
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from alcore.loops.measures import Reliability
from alcore.loops.pool import Round
from alcore.loops.pool_map import PoolMap
from alcore.runs.config import RunConfig
from alcore.runs.database import Database
from alcore.runs.errors import StoreError
from alcore.strategies.batch import Batch

# Measures of the test set that a curve can be drawn of.
CURVES = ("balanced_accuracy", "nll", "ece")

_NOTHING: tuple[NDArray[np.int64], NDArray[np.float64]] = (np.zeros(0, np.int64), np.zeros(0))


def add_round(database: Database, run_id: str, round_: Round) -> None:
    """Store a round in one transaction."""
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO rounds"
            " (run_id, round, labels, accuracy, train_loss, seconds, measures, stored, arrays)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run_id,
                int(round_.round),
                int(round_.labels),
                float(round_.accuracy),
                float(round_.train_loss),
                json.dumps({stage: float(spent) for stage, spent in round_.seconds.items()}),
                json.dumps({name: float(value) for name, value in round_.measures.items()}),
                time.time(),
                _pack(round_),
            ),
        )


def rounds_after(database: Database, run_id: str, after: int) -> list[Round]:
    """The stored rounds numbered above `after`, in order, with their arrays."""
    rows = database.rows(
        "SELECT * FROM rounds WHERE run_id = ? AND round > ? ORDER BY round", (run_id, after)
    )
    return _rounds(database, run_id, rows)


def one_round(database: Database, run_id: str, number: int) -> Round | None:
    """The stored round of this number with its arrays; None if it is not there."""
    rows = database.rows("SELECT * FROM rounds WHERE run_id = ? AND round = ?", (run_id, number))
    return next(iter(_rounds(database, run_id, rows)), None)


def curve_rows(database: Database, run_id: str, config: RunConfig) -> list[dict[str, str | int | float]]:
    """One tidy row a round: run, strategy, seed, round, labels, accuracy, train_loss, seconds and `CURVES`.

    Rounds of an earlier version were not measured: what they lack is NaN.
    """
    return [
        {
            "run": run_id,
            "strategy": config.strategy,
            "seed": config.seed,
            "round": row["round"],
            "labels": row["labels"],
            "accuracy": _number(row["accuracy"]),
            "train_loss": _number(row["train_loss"]),
            "seconds": float(sum(json.loads(row["seconds"]).values())),
            **_measured(json.loads(row["measures"])),
        }
        for row in database.rows(
            "SELECT round, labels, accuracy, train_loss, seconds, measures FROM rounds"
            " WHERE run_id = ? ORDER BY round",
            (run_id,),
        )
    ]


def _measured(measures: dict[str, float]) -> dict[str, float]:
    return {name: measures.get(name, float("nan")) for name in CURVES}


def _rounds(database: Database, run_id: str, rows: list[sqlite3.Row]) -> list[Round]:
    try:
        return [_unpack(row) for row in rows]
    except (ValueError, EOFError) as error:
        raise StoreError(
            f"The store {database.path} is damaged (run {run_id}: {error}); nothing was deleted. "
            "Put back a copy of it, or delete this run and start it again."
        ) from error


def _pack(round_: Round) -> bytes:
    # NumPy's own format, one array after the other; the first byte tells an empty batch from none.
    batch = round_.batch
    indices, scores = _NOTHING if batch is None else (batch.indices, batch.scores)
    file = io.BytesIO()
    file.write(b"0" if batch is None else b"1")
    # The whole labelled set is in every round: as the smallest integers it stays small.
    for array in (_small(round_.labeled), indices, scores, round_.batch_labels, round_.batch_probs_K_C):
        np.save(file, np.asarray(array), allow_pickle=False)
    for part in _parts(round_):
        file.write(b"0" if part is None else b"1")
        for array in part or ():
            np.save(file, array, allow_pickle=False)
    return file.getvalue()


def _parts(round_: Round) -> Iterator[tuple[NDArray, ...] | None]:
    """What came after the first version, each there or not."""
    confusion, drawn = round_.confusion_C_C, round_.map
    yield None if confusion is None else (_small(confusion),)
    for one in (round_.reliability, round_.reliability_scaled):
        yield None if one is None else (_small(one.count_B), one.confidence_B, one.accuracy_B)
    yield None if drawn is None else (_small(drawn.indices_P), drawn.features_P_D, drawn.log_probs_P_C)
    yield None if round_.predicted_S is None else (_small(round_.predicted_S),)


def _unpack(row: sqlite3.Row) -> Round:
    file = io.BytesIO(row["arrays"])
    asked = file.read(1) == b"1"
    labeled, indices, scores, labels, probs = _arrays(file, 5)
    # A row of the first version ends here: nothing more is there.
    confusion, plain, scaled, drawn, predicted = (
        _arrays(file, count) if file.read(1) == b"1" else None for count in (1, 3, 3, 3, 1)
    )
    return Round(
        round=row["round"],
        labeled=labeled.astype(np.int64),
        accuracy=_number(row["accuracy"]),
        train_loss=_number(row["train_loss"]),
        batch=Batch(indices=indices, scores=scores) if asked else None,
        batch_labels=labels,
        batch_probs_K_C=probs,
        seconds=json.loads(row["seconds"]),
        held_out=row["labels"] - len(labeled),
        measures=json.loads(row["measures"]),
        confusion_C_C=None if confusion is None else confusion[0].astype(np.int64),
        reliability=_reliability(plain),
        reliability_scaled=_reliability(scaled),
        map=None if drawn is None else PoolMap(drawn[0].astype(np.int64), drawn[1], drawn[2]),
        predicted_S=None if predicted is None else predicted[0].astype(np.int64),
    )


def _arrays(file: io.BytesIO, count: int) -> list[NDArray]:
    return [np.load(file, allow_pickle=False) for _ in range(count)]


def _reliability(part: list[NDArray] | None) -> Reliability | None:
    return None if part is None else Reliability(part[0].astype(np.int64), part[1], part[2])


def _small(whole: NDArray[np.int64]) -> NDArray:
    """Whole numbers from 0 on as the smallest integers that hold them."""
    values = np.asarray(whole)
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))


def _number(stored: float | None) -> float:
    # SQLite keeps no NaN: it comes back as NULL.
    return float("nan") if stored is None else stored
