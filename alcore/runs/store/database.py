"""The store's connection: reading rows, and transactions that happen wholly or not at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from alcore.runs.errors import sentences
from alcore.runs.store.schema import connect, store_path


class Database:
    """One connection to the store of a home folder, for one thread.

    Args:
        home: the home folder.
        timeout: seconds to wait while another process writes.

    Raises:
        StoreError: from every method, where the file cannot be used.
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
        """From now on wait this long while another process writes."""
        with sentences(self.path):
            self._connection.execute(f"PRAGMA busy_timeout = {int(1000 * seconds)}").close()

    def make_room(self) -> None:
        """Give back to a full disk what the write-ahead log takes, as far as that can be done."""
        with suppress(sqlite3.Error):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()

    def rows(self, query: str, values: tuple[object, ...] = ()) -> list[sqlite3.Row]:
        """All rows of a query; bytes that are no UTF-8 come as replacement characters."""
        with sentences(self.path):
            try:
                return self._fetched(query, values)
            except sqlite3.OperationalError as error:
                if "decode" not in str(error):
                    raise
            # Damage in one text must not keep all other rows away. Not the usual way: it is slower.
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
        """A transaction that may write: committed at the end of the block, undone by an exception."""
        with sentences(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk has already undone it.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "replace")
