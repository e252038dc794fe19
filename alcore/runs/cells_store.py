"""Where the cells of tournaments are kept: each as soon as it is done, so that nothing done is lost."""

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from alcore.runs.cells import CellFailure, CellResult
from alcore.runs.config import RunConfig
from alcore.runs.errors import StoreError, sentences

VERSION = 1
# SQLite takes so many values in a statement everywhere.
_VALUES = 500


class CellStore:
    """Results of cells by the id of their config, whichever tournament asked for them.

    A context manager, one a thread. A cell is committed before the next is looked at: a killed process
    loses the cells it was at, and no others.

    Args:
        home: the home folder, from `alcore_home()`; the file is `tournament.sqlite` in it.

    Raises:
        StoreError: from every method, where the file cannot be used.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / "tournament.sqlite"
        with sentences(self.path):
            self._connection = sqlite3.connect(self.path, timeout=60.0, isolation_level=None)
        try:
            with sentences(self.path):
                self._make()
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> "CellStore":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with sentences(self.path):
            self._connection.close()

    def _make(self) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise StoreError(
                f"{self.path} was written by a newer version of this program (format {version}, here "
                f"{VERSION}); nothing was changed. Update, or set ALCORE_HOME to another folder."
            )
        if version == VERSION:
            return
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS cells (id TEXT PRIMARY KEY, config TEXT NOT NULL, "
            "result TEXT, error TEXT NOT NULL DEFAULT '', stored REAL NOT NULL)"
        )
        self._connection.execute(f"PRAGMA user_version = {VERSION}")

    def add(self, config: RunConfig, outcome: CellResult | CellFailure) -> None:
        """Keep the outcome of a cell, in place of an earlier one."""
        failed = isinstance(outcome, CellFailure)
        row = (
            config.run_id,
            config.model_dump_json(),
            None if failed else json.dumps(asdict(outcome)),
            outcome.error if isinstance(outcome, CellFailure) else "",
            time.time(),
        )
        with sentences(self.path):
            self._connection.execute("INSERT OR REPLACE INTO cells VALUES (?, ?, ?, ?, ?)", row).close()

    def results(self, ids: Iterable[str]) -> dict[str, CellResult]:
        """Those of the cells of these ids that are done."""
        rows = self._of("id, result", list(ids), "result IS NOT NULL")
        return {str(cell): _result(str(text)) for cell, text in rows}

    def failures(self, ids: Iterable[str]) -> dict[str, str]:
        """Why those of these cells failed that did."""
        rows = self._of("id, error", list(ids), "result IS NULL")
        return {str(cell): str(error) for cell, error in rows}

    def times(self, ids: Iterable[str]) -> list[float]:
        """When those of these cells that are kept were, done or failed, in order (seconds since 1970)."""
        rows = self._of("stored, id", list(ids), "1")
        return sorted(float(str(stored)) for stored, _ in rows)

    def _of(self, columns: str, ids: Sequence[str], where: str) -> Iterable[tuple[object, ...]]:
        for first in range(0, len(ids), _VALUES):
            part = ids[first : first + _VALUES]
            marks = ", ".join("?" * len(part))
            query = f"SELECT {columns} FROM cells WHERE {where} AND id IN ({marks})"
            with sentences(self.path), closing(self._connection.execute(query, part)) as cursor:
                yield from cursor.fetchall()


def _result(text: str) -> CellResult:
    values: dict[str, Any] = {
        key: tuple(one) if isinstance(one, list) else one for key, one in json.loads(text).items()
    }
    return CellResult(**values)
