"""The rounds of a run as rows of the store, and back."""

import io
import json
import sqlite3
import time

import numpy as np
from numpy.typing import NDArray

from alcore.loops.pool import Round
from alcore.runs.config import RunConfig
from alcore.runs.database import Database
from alcore.runs.errors import StoreError
from alcore.strategies.batch import Batch

_NOTHING: tuple[NDArray[np.int64], NDArray[np.float64]] = (np.zeros(0, np.int64), np.zeros(0))


def add_round(database: Database, run_id: str, round_: Round) -> None:
    """Store a round in one transaction."""
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO rounds (run_id, round, labels, accuracy, train_loss, seconds, stored, arrays)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run_id,
                int(round_.round),
                int(round_.labels),
                float(round_.accuracy),
                float(round_.train_loss),
                json.dumps({stage: float(spent) for stage, spent in round_.seconds.items()}),
                time.time(),
                _pack(round_),
            ),
        )


def rounds_after(database: Database, run_id: str, after: int) -> list[Round]:
    """The stored rounds numbered above `after`, in order, with their arrays."""
    rows = database.rows(
        "SELECT * FROM rounds WHERE run_id = ? AND round > ? ORDER BY round", (run_id, after)
    )
    try:
        return [_unpack(row) for row in rows]
    except (ValueError, EOFError) as error:
        raise StoreError(
            f"The store {database.path} is damaged (run {run_id}: {error}); nothing was deleted. "
            "Put back a copy of it, or delete this run and start it again."
        ) from error


def curve_rows(database: Database, run_id: str, config: RunConfig) -> list[dict[str, str | int | float]]:
    """One tidy row a round: run, strategy, seed, round, labels, accuracy, train_loss, seconds."""
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
        }
        for row in database.rows(
            "SELECT round, labels, accuracy, train_loss, seconds FROM rounds WHERE run_id = ? ORDER BY round",
            (run_id,),
        )
    ]


def _pack(round_: Round) -> bytes:
    # NumPy's own format, one array after the other; the first byte tells an empty batch from none.
    batch = round_.batch
    indices, scores = _NOTHING if batch is None else (batch.indices, batch.scores)
    file = io.BytesIO()
    file.write(b"0" if batch is None else b"1")
    # The whole labelled set is in every round: as the smallest integers it stays small.
    labeled = np.asarray(round_.labeled)
    labeled = labeled.astype(np.min_scalar_type(int(labeled.max(initial=0))))
    for array in (labeled, indices, scores, round_.batch_labels, round_.batch_probs_K_C):
        np.save(file, np.asarray(array), allow_pickle=False)
    return file.getvalue()


def _unpack(row: sqlite3.Row) -> Round:
    file = io.BytesIO(row["arrays"])
    asked = file.read(1) == b"1"
    labeled, indices, scores, labels, probs = (np.load(file, allow_pickle=False) for _ in range(5))
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
    )


def _number(stored: float | None) -> float:
    # SQLite keeps no NaN: it comes back as NULL.
    return float("nan") if stored is None else stored
