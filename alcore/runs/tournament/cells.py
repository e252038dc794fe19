"""Results of the cells of a tournament, each a race of a strategy on a data set, and their store."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as validated

from alcore.runs.config import RunConfig
from alcore.runs.store.tables import CELLS
from alcore.storage.database import Database, agrees, digest_of

# Largest number of parameters in a statement that every SQLite build supports.
_VALUES = 500
# Largest numbers of characters read of a result and of an error.
_MOST_RESULT, _MOST_ERROR = 1_000_000, 2_000
# Seconds to wait while another process writes.
_WAIT_SECONDS = 60.0
Count = Annotated[int, Field(ge=0, lt=1 << 40)]


@validated(frozen=True, config=ConfigDict(strict=True, extra="forbid"))
class CellResult:
    """A learning curve. Results are equal if all their numbers except times are, bit by bit.

    Attributes:
        cell: id of the cell's config.
        test_points: size of the test set.
        labels: labels held after each round.
        hits: correctly predicted test points of each round's model.
        train_loss: of each round's model, in nats.
        seconds: time of selection, all rounds together; of cells carried out together an equal share each.
    """

    cell: str
    test_points: Count
    labels: tuple[Count, ...]
    hits: tuple[Count, ...]
    train_loss: tuple[float, ...]
    seconds: float = field(compare=False)


_RESULT = TypeAdapter(CellResult)


@dataclass(frozen=True)
class CellFailure:
    """A cell that failed.

    Attributes:
        cell: id of the cell's config.
        error: the reason, in a sentence.
    """

    cell: str
    error: str


class CellStore:
    """Results of cells by the id of their config, shared by all tournaments, in ALCORE_HOME/tournament.sqlite.

    A context manager; use one per thread. A cell is committed before the next starts: a killed process loses only its
    current cells. Damaged cells count as missing, and are carried out again.

    Args:
        home: the home folder, from `alcore_home()`.

    Raises:
        StoreError: from every method, if the file cannot be used.
    """

    def __init__(self, home: Path) -> None:
        self._database = Database(home, CELLS, _WAIT_SECONDS)

    def __enter__(self) -> "CellStore":
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def add(self, config: RunConfig, outcome: CellResult | CellFailure) -> None:
        """Store the outcome of a cell, replacing an earlier one."""
        self.add_all([(config, outcome)])

    def add_all(self, outcomes: Iterable[tuple[RunConfig, CellResult | CellFailure]]) -> None:
        """Store the outcomes of cells at once, all or none, replacing earlier ones."""
        rows, now = [], time.time()
        for config, outcome in outcomes:
            cell = config.run_id
            result = None if isinstance(outcome, CellFailure) else json.dumps(asdict(outcome))
            error = outcome.error if isinstance(outcome, CellFailure) else ""
            rows.append((cell, config.model_dump_json(), result, error, now, digest_of(cell, result)))
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO cells (id, config, result, error, stored, digest) VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )

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
        rows = self._of("stored", list(ids), "1")
        return sorted(stored for (stored,) in rows if isinstance(stored, float) and 0 <= stored < 1e11)

    def _of(self, columns: str, ids: Sequence[str], where: str) -> Iterator[tuple[Any, ...]]:
        for first in range(0, len(ids), _VALUES):
            part = ids[first : first + _VALUES]
            marks = ", ".join("?" * len(part))
            query = f"SELECT {columns} FROM cells WHERE {where} AND id IN ({marks})"
            yield from map(tuple, self._database.rows(query, part))


def _result(cell: str, text: object) -> CellResult | None:
    """A stored result; None if it is invalid."""
    try:
        found = _RESULT.validate_json(str(text))
    except ValidationError:
        return None
    whole = len(found.labels) == len(found.hits) == len(found.train_loss) > 0
    return found if whole and found.cell == cell and max(found.hits) <= found.test_points else None
