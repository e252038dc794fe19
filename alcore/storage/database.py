"""A SQLite file in the home folder: created, migrated, locked, read and checked in one way."""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from alcore.storage import locks
from alcore.storage.errors import StoreError, sentences
from alcore.storage.paths import keep_private, open_private

Value = str | bytes | int | float | None


@dataclass(frozen=True)
class Schema:
    """The tables of a file.

    Attributes:
        file: its name in the home folder.
        steps: statements that migrate each format from the one before; the first from an empty file.
        logs: pattern of the names in `logs/` that earlier contents left: if there are any, a file of 0 bytes has lost
            its contents, and is rejected instead of being initialised.
    """

    file: str
    steps: tuple[tuple[str, ...], ...]
    logs: str


class Database:
    """A connection to a file in its newest format, for one thread.

    Args:
        home: the home folder; the file is created if missing, readable by its owner only.
        schema: the tables.
        timeout: seconds to wait while another process writes.

    Raises:
        StoreError: from every method, if the file is not from this program, is damaged or locked, or cannot be created
            or written.
    """

    def __init__(self, home: Path, schema: Schema, timeout: float) -> None:
        self.home, self.path = home, home / schema.file
        self._schema, self._timeout = schema, timeout
        if self.path.exists() and not self.path.is_file():
            what = "a folder" if self.path.is_dir() else "something that is no file"
            raise StoreError(
                f"There is {what} where the store should be, {self.path}; nothing was changed. Move it away, then try "
                "again."
            )
        if not _has_content(self.path):
            self._create()
        self._connection = self._connect()
        try:
            if self._number("PRAGMA user_version") != len(schema.steps):
                self._bring_up_to_date()
            if self._number("SELECT count(*) FROM sqlite_master WHERE type IN ('view', 'trigger')"):
                raise StoreError(
                    f"The store {self.path} has views or triggers, which this program does not make; nothing was "
                    "changed. Put back a copy of it, or move it away to begin with an empty one."
                )
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        with sentences(self.path):
            self._connection.close()

    def wait_for_writers(self, seconds: float) -> None:
        """Set the time in seconds to wait while another process writes."""
        self.rows(f"PRAGMA busy_timeout = {int(1000 * seconds)}")

    def make_room(self) -> None:
        """Shrink the write-ahead log as far as possible, to free space on a full disk."""
        with suppress(StoreError):
            self.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def rows(self, query: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """All rows of a query; invalid UTF-8 is decoded with replacement characters."""
        with sentences(self.path):
            try:
                return self._fetched(query, values)
            except sqlite3.OperationalError as error:
                if "decode" not in str(error):
                    raise
            # A damaged text must not block all other rows. Only as a fallback, since it is slower.
            self._connection.text_factory = lambda text: text.decode("utf-8", "replace")
            try:
                return self._fetched(query, values)
            finally:
                self._connection.text_factory = str

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A write transaction: committed at the end of the block, rolled back on an exception."""
        with sentences(self.path), _transaction(self._connection):
            yield self._connection

    def _fetched(self, query: str, values: Sequence[object]) -> list[sqlite3.Row]:
        with closing(self._connection.execute(query, values)) as cursor:
            return cursor.fetchall()

    def _number(self, query: str) -> int:
        return int(self.rows(query)[0][0])

    def _connect(self) -> sqlite3.Connection:
        with sentences(self.path):
            # Autocommit: transactions are started explicitly.
            connection = sqlite3.connect(self.path, timeout=self._timeout, isolation_level=None)
            for setting in ("foreign_keys = ON", "trusted_schema = OFF", "cell_size_check = ON"):
                connection.execute(f"PRAGMA {setting}").close()
        connection.row_factory = sqlite3.Row
        return connection

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """A block that only one process at a time is in: it creates or migrates the file."""
        name = "store" if self.path.stem == "runs" else self.path.stem
        with locks.held(self.home, name, timeout=self._timeout) as alone:
            if not alone:
                raise StoreError(f"The store {self.path} is being made by another program; try again in a moment.")
            yield

    def _create(self) -> None:
        with self._alone():
            if _has_content(self.path):
                # Another process has created it meanwhile.
                return
            left = self.path.with_name(f"{self.path.name}-wal")
            if _has_content(left):
                state = "empty" if self.path.exists() else "gone"
                raise StoreError(
                    f"The store {self.path} is {state}, but {left.name} beside it holds what was written last; "
                    "nothing was changed. Put back a copy of the store, or move that file away to begin with an "
                    "empty one."
                )
            count = len(list((self.home / "logs").glob(self._schema.logs))) if self.path.exists() else 0
            if count:
                raise StoreError(
                    f"The store {self.path} is empty, and {count:,} {'log' if count == 1 else 'logs'} of earlier work "
                    f"{'lies' if count == 1 else 'lie'} beside it: its contents were lost. Put back a copy of it, or "
                    "delete the empty file to begin with an empty store."
                )
            try:
                # Permissions are set while the file is empty; SQLite copies them to -wal and -shm.
                open_private(self.path, "ab").close()
            except OSError as error:
                raise StoreError(
                    f"The store {self.path} cannot be made ({error.strerror or error}). Make its folder writable, or "
                    "set ALCORE_HOME to another folder."
                ) from error
            with closing(self._connect()) as connection, sentences(self.path):
                connection.execute("PRAGMA journal_mode = WAL").close()
                self._take_steps(connection, 0)

    def _bring_up_to_date(self) -> None:
        newest = len(self._schema.steps)
        with self._alone():
            version = self._number("PRAGMA user_version")
            if version == newest:
                # Another process has migrated it meanwhile.
                return
            if version > newest:
                raise StoreError(
                    f"The store {self.path} was written by a newer version of this program (format {version}, "
                    f"here {newest}); nothing was changed. Update, or set ALCORE_HOME to another folder."
                )
            # Format 0 without tables: created by a process that was killed before it wrote any.
            if version < 0 or (version == 0 and self._number("SELECT count(*) FROM sqlite_master")):
                raise StoreError(
                    f"The file {self.path} is a database, but not of this program; nothing was changed. "
                    "Move it away, or set ALCORE_HOME to another folder."
                )
            with sentences(self.path):
                self._take_steps(self._connection, version)
            # Earlier versions created them readable by all users.
            file = self.path.name
            for name in (file, f"{file}-wal", f"{file}-shm", "logs", "checkpoints", "locks"):
                keep_private(self.home / name)
            locks.sweep(self.home)

    def _take_steps(self, connection: sqlite3.Connection, version: int) -> None:
        """Apply all migrations from this format on in one transaction."""
        with _transaction(connection):
            for step in self._schema.steps[version:]:
                for statement in step:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(self._schema.steps)}")


def digest_of(*values: Value) -> str:
    """SHA-256 in hex digits over values and their types, as SQLite returns them.

    Args:
        values: columns of a row, in a fixed order. SQLite keeps neither NaN (None) nor the sign of zero.
    """
    return hashlib.sha256(b"".join(map(_bytes, values))).hexdigest()


def agrees(digest: object, values: Sequence[Value]) -> bool:
    """Whether values match this digest; True without a digest: rows of earlier versions have none."""
    return digest is None or digest == digest_of(*values)


def _bytes(value: Value) -> bytes:
    """A value prefixed with its type and length, so that different rows never encode to the same bytes."""
    if isinstance(value, str):
        content = value.encode("utf-8", "surrogatepass")
        return b"S%d:%b" % (len(content), content)
    if isinstance(value, bytes):
        return b"B%d:%b" % (len(value), value)
    if value is None or value != value:
        return b"N"
    if isinstance(value, float):
        return b"F%b:" % (value + 0.0).hex().encode()
    return b"I%d:" % value


def _has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk has already rolled it back.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
