"""The store's file: its tables and their migrations."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from alcore.runs.errors import sentences
from alcore.runs.paths import is_run_id
from alcore.runs.store.opening import Steps, opened

# `prepare` orders runs by submission. A round's arrays are stored as bytes (see packing.py), its numbers in columns, so
# that curves are read without the arrays.
_FIRST = (
    """CREATE TABLE runs (
        id TEXT PRIMARY KEY,
        config TEXT NOT NULL,
        state TEXT NOT NULL,
        error TEXT NOT NULL DEFAULT '',
        record TEXT NOT NULL DEFAULT '{}',
        cancel INTEGER NOT NULL DEFAULT 0,
        place INTEGER NOT NULL,
        created REAL NOT NULL,
        started REAL,
        finished REAL
    )""",
    "CREATE INDEX runs_by_state ON runs (state, place)",
    """CREATE TABLE rounds (
        run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        round INTEGER NOT NULL,
        labels INTEGER NOT NULL,
        accuracy REAL,
        train_loss REAL,
        seconds TEXT NOT NULL,
        stored REAL NOT NULL,
        arrays BLOB NOT NULL,
        PRIMARY KEY (run_id, round)
    )""",
)
# `pause`: requested. `lineage`: ancestors as JSON (run_history.py). `label_changes`: labels per round from a round on.
_SECOND = (
    "ALTER TABLE rounds ADD COLUMN measures TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE runs ADD COLUMN pause INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE runs ADD COLUMN lineage TEXT NOT NULL DEFAULT '[]'",
    """CREATE TABLE label_changes (
        run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        round INTEGER NOT NULL,
        labels_per_round INTEGER NOT NULL,
        PRIMARY KEY (run_id, round)
    )""",
)
# Digests (digests.py) of values written once: of a run's id, config and lineage, of its record, of each change of
# labels, and of each round. Those of rounds are in a separate table: stored behind a round's arrays they could not be
# read without them. Rows of earlier versions have none.
_THIRD = (
    "ALTER TABLE runs ADD COLUMN digest TEXT",
    "ALTER TABLE runs ADD COLUMN record_digest TEXT",
    "ALTER TABLE label_changes ADD COLUMN digest TEXT",
    """CREATE TABLE digests (
        run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        round INTEGER NOT NULL,
        numbers TEXT,
        measures TEXT,
        arrays TEXT,
        PRIMARY KEY (run_id, round)
    ) WITHOUT ROWID""",
    "DROP INDEX IF EXISTS runs_by_state",
    "CREATE INDEX runs_by_turn ON runs (state, started IS NULL, place)",
)
# Migrations from each version to the next; the first from an empty file.
STEPS: Steps = (_FIRST, _SECOND, _THIRD)
VERSION = len(STEPS)
# Order of queued runs: resumed runs before those that have not started.
TURN = "started IS NULL, place"


def store_path(home: Path) -> Path:
    """The store's file in the home folder."""
    return home / "runs.sqlite"


def connect(home: Path, timeout: float) -> sqlite3.Connection:
    """Open the store, creating it if it is missing.

    Args:
        home: the home folder.
        timeout: seconds to wait while another process writes.

    Raises:
        StoreError: if the file is not a store, is damaged or locked, or cannot be created.
    """
    return opened(store_path(home), STEPS, timeout, lambda: _logs(home))


def _logs(home: Path) -> int:
    """Number of runs with a log."""
    return sum(is_run_id(path.stem) for path in (home / "logs").glob("*.log"))


class Database:
    """One connection to the store of a home folder, for one thread.

    Args:
        home: the home folder.
        timeout: seconds to wait while another process writes.

    Raises:
        StoreError: from every method, if the file cannot be used.
    """

    def __init__(self, home: Path, timeout: float) -> None:
        self.home = home
        self.path = store_path(home)
        self._connection = connect(home, timeout)

    def close(self) -> None:
        """Close the file."""
        with sentences(self.path):
            self._connection.close()

    def wait_for_writers(self, seconds: float) -> None:
        """Set the time in seconds to wait while another process writes."""
        with sentences(self.path):
            self._connection.execute(f"PRAGMA busy_timeout = {int(1000 * seconds)}").close()

    def make_room(self) -> None:
        """Shrink the write-ahead log as far as possible, to free space on a full disk."""
        with suppress(sqlite3.Error):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()

    def rows(self, query: str, values: tuple[object, ...] = ()) -> list[sqlite3.Row]:
        """All rows of a query; invalid UTF-8 is decoded with replacement characters."""
        with sentences(self.path):
            try:
                return self._fetched(query, values)
            except sqlite3.OperationalError as error:
                if "decode" not in str(error):
                    raise
            # A damaged text must not block all other rows. Only as a fallback, since it is slower.
            self._connection.text_factory = _decoded
            try:
                return self._fetched(query, values)
            finally:
                self._connection.text_factory = str

    def _fetched(self, query: str, values: tuple[object, ...]) -> list[sqlite3.Row]:
        with closing(self._connection.execute(query, values)) as cursor:
            return cursor.fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A write transaction: committed at the end of the block, rolled back on an exception."""
        with sentences(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk has already rolled it back.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "replace")
