"""The store of tournament results: each cell is stored as soon as it is finished."""

import json
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, fields
from pathlib import Path
from types import TracebackType
from typing import Any

from alcore.runs.config import RunConfig
from alcore.runs.errors import DamagedRunError, sentences
from alcore.runs.store.digests import agrees, digest_of
from alcore.runs.store.opening import Steps, opened
from alcore.runs.store.run_history import json_of
from alcore.runs.tournament.race import CellFailure, CellResult

# `digest`: of id and result; cells of the first version have none.
_FIRST = (
    "CREATE TABLE cells (id TEXT PRIMARY KEY, config TEXT NOT NULL, result TEXT, "
    "error TEXT NOT NULL DEFAULT '', stored REAL NOT NULL)",
)
_SECOND = ("ALTER TABLE cells ADD COLUMN digest TEXT",)
STEPS: Steps = (_FIRST, _SECOND)
VERSION = len(STEPS)
# Largest number of parameters in a statement that every SQLite build supports.
_VALUES = 500
# Largest numbers of characters read of a result and of an error.
_MOST_RESULT, _MOST_ERROR = 1_000_000, 2_000
_WAIT_SECONDS = 60.0


class CellStore:
    """Results of cells by the id of their config, shared by all tournaments.

    A context manager; use one per thread. A cell is committed before the next starts: a killed process loses only its
    current cells. Damaged cells count as missing, and are carried out again.

    Args:
        home: the home folder, from `alcore_home()`; the file is `tournament.sqlite` in it.

    Raises:
        StoreError: from every method, if the file cannot be used.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / "tournament.sqlite"
        self._connection = opened(self.path, STEPS, _WAIT_SECONDS, lambda: _logs(home))
        # A damaged text must not block all other rows.
        self._connection.text_factory = lambda text: text.decode("utf-8", "replace")

    def __enter__(self) -> "CellStore":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with sentences(self.path):
            self._connection.close()

    def add(self, config: RunConfig, outcome: CellResult | CellFailure) -> None:
        """Store the outcome of a cell, replacing an earlier one."""
        cell = config.run_id
        result = None if isinstance(outcome, CellFailure) else json.dumps(asdict(outcome))
        error = outcome.error if isinstance(outcome, CellFailure) else ""
        row = (cell, config.model_dump_json(), result, error, time.time(), digest_of(cell, result))
        with sentences(self.path):
            self._connection.execute(
                "INSERT OR REPLACE INTO cells (id, config, result, error, stored, digest) VALUES (?, ?, ?, ?, ?, ?)",
                row,
            ).close()

    def results(self, ids: Iterable[str]) -> dict[str, CellResult]:
        """The finished results among the cells of these ids."""
        rows = self._of(f"id, substr(result, 1, {_MOST_RESULT}), digest", list(ids), "result IS NOT NULL")
        found = ((cell, _result(cell, text)) for cell, text, digest in rows if agrees(digest, (cell, text)))
        return {cell: result for cell, result in found if result is not None}

    def failures(self, ids: Iterable[str]) -> dict[str, str]:
        """Errors of the failed cells among these."""
        rows = self._of(f"id, substr(error, 1, {_MOST_ERROR}), digest", list(ids), "result IS NULL")
        return {str(cell): str(error) for cell, error, digest in rows if agrees(digest, (cell, None))}

    def times(self, ids: Iterable[str]) -> list[float]:
        """Times at which the outcomes of these cells were stored, in order (seconds since 1970)."""
        rows = self._of("stored, id", list(ids), "1")
        return sorted(stored for stored, _ in rows if isinstance(stored, float) and 0 <= stored < 1e11)

    def _of(self, columns: str, ids: Sequence[str], where: str) -> Iterable[tuple[Any, ...]]:
        for first in range(0, len(ids), _VALUES):
            part = ids[first : first + _VALUES]
            marks = ", ".join("?" * len(part))
            query = f"SELECT {columns} FROM cells WHERE {where} AND id IN ({marks})"
            with sentences(self.path), closing(self._connection.execute(query, part)) as cursor:
                yield from map(tuple, cursor.fetchall())


def _result(cell: str, text: object) -> CellResult | None:
    """A stored result; None if it is invalid."""
    try:
        values = json_of(str(text), dict)
        names = {field.name for field in fields(CellResult)}
        lists = [values[name] for name in ("labels", "hits", "train_loss")]
        points = values["test_points"]
        sound = (
            set(values) == names
            and values["cell"] == cell
            and all(isinstance(one, list) and len(one) == len(lists[0]) > 0 for one in lists)
            and all(type(one) is int and 0 <= one < 1 << 40 for one in (points, *lists[0], *lists[1]))
            and all(one <= points for one in lists[1])
            and all(isinstance(one, float) for one in (values["seconds"], *lists[2]))
        )
    except (DamagedRunError, KeyError):
        return None
    if not sound:
        return None
    labels, hits, loss = map(tuple, lists)
    return CellResult(cell, points, labels, hits, loss, values["seconds"])


def _logs(home: Path) -> int:
    """Number of tournaments with a log."""
    return sum(1 for _ in (home / "logs").glob("tournament-*.log"))
