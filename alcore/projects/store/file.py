"""The file of a labelling project: its tables, and what is read from them and written.

Every batch of operations is one transaction. An operation is made in a browser, or by a program, under its client's
name and number; the same operation sent again changes nothing. What an item was queried for, and with which
probability, is what was stored when it was handed out: it is never taken from the browser.
"""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from alcore.projects.answers import Answer
from alcore.projects.classes import as_now
from alcore.projects.store.records import Annotator, BulkStep, Handed, Operation, Receipt
from alcore.projects.store.taking import acked_of, add
from alcore.storage.database import Database, Schema
from alcore.storage.errors import StoreError

FILE = "project.sqlite"
# Seconds for which an item belongs to the page that shows it.
LEASE_SECONDS = 120.0
# For so long answers may be late: what an item was handed out for is then still known.
MEMORY_SECONDS = 7 * 24 * 3600.0
PATIENCE_SECONDS = 5.0

_FIRST = (
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # `place` is the row of the data; `turn` its place in the random permutation that audits follow.
    "CREATE TABLE items (place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, turn INTEGER NOT NULL UNIQUE)",
    """CREATE TABLE answers (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        client TEXT NOT NULL,
        seq INTEGER NOT NULL,
        item TEXT NOT NULL,
        kind TEXT NOT NULL,
        value TEXT,
        annotator TEXT NOT NULL,
        purpose TEXT NOT NULL,
        probability REAL,
        model_round INTEGER,
        suggestion TEXT,
        milliseconds INTEGER,
        time REAL NOT NULL,
        undoes INTEGER REFERENCES answers (number),
        machine INTEGER NOT NULL DEFAULT 0,
        refused TEXT NOT NULL DEFAULT '',
        UNIQUE (client, seq)
    )""",
    "CREATE INDEX answers_by_item ON answers (item, number)",
    # The last handing out of an item to a page; `base` is the last answer to the item at that moment.
    """CREATE TABLE handed_out (
        item TEXT NOT NULL,
        page TEXT NOT NULL,
        annotator TEXT NOT NULL,
        purpose TEXT NOT NULL,
        probability REAL,
        model_round INTEGER,
        suggestion TEXT,
        base INTEGER NOT NULL,
        time REAL NOT NULL,
        until REAL NOT NULL,
        PRIMARY KEY (item, page)
    ) WITHOUT ROWID""",
)
# Of what was handed out: whether no answer to it has come from there.
_WAITING = """NOT EXISTS (SELECT 1 FROM answers WHERE answers.item = handed_out.item AND answers.number > base
    AND answers.annotator = handed_out.annotator AND refused = '')"""
_SCHEMA = Schema(FILE, (_FIRST,), logs="*.log")


class ProjectStore:
    """A project's file, for one thread.

    Args:
        folder: the project's folder; the file is created if missing, readable by its owner only.

    Raises:
        StoreError: from every method, with a sentence; see `Database`.
    """

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder, _SCHEMA, PATIENCE_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    # Settings and items.

    def settings(self) -> dict[str, Any]:
        """The settings by name."""
        return {row["name"]: json.loads(row["value"]) for row in self._database.rows("SELECT * FROM settings")}

    def change(self, **settings: Any) -> None:
        """Set settings; other names keep their values."""
        rows = [(name, json.dumps(value)) for name, value in settings.items()]
        with self._database.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", rows)

    def add_items(self, ids: Sequence[str], turns: NDArray[np.int64]) -> None:
        """Add items that follow those there are.

        Args:
            ids: one an item, none known yet.
            turns: (N,) place of each in the random permutation, after those there are.

        Raises:
            StoreError: if an id is known.
        """
        known = self._database.rows("SELECT count(*) FROM items")[0][0]
        rows = zip(range(known, known + len(ids)), ids, map(int, turns), strict=True)
        with self._database.transaction() as connection:
            connection.executemany("INSERT INTO items VALUES (?, ?, ?)", rows)

    def items(self) -> tuple[list[str], NDArray[np.int64]]:
        """The ids in the order of the data, and the turn of each."""
        rows = self._database.rows("SELECT id, turn FROM items ORDER BY place")
        return [row["id"] for row in rows], np.array([row["turn"] for row in rows], dtype=np.int64)

    # Answers.

    def answers(self, *, after: int = 0) -> list[Answer]:
        """The log, without refused operations, from the answer behind this number on.

        Labels have the classes that are there now: see `alcore.projects.classes`.
        """
        query = "SELECT * FROM answers WHERE number > ? AND refused = '' ORDER BY number"
        found = [_answer(row) for row in self._database.rows(query, (after,))]
        aliases = self.aliases()
        return [as_now(one, aliases) for one in found] if aliases else found

    def extent(self) -> tuple[float, int]:
        """When the project was created, and the number of its last answer: what tells a log from its replacement."""
        rows = self._database.rows("SELECT value FROM settings WHERE name = 'created'")
        last = self._database.rows("SELECT MAX(number) AS last FROM answers")[0]["last"]
        return float(json.loads(rows[0]["value"])) if rows else 0.0, last or 0

    def aliases(self) -> dict[str, str | None]:
        """Class that is no more -> the class that its labels count as; None: they count no more."""
        rows = self._database.rows("SELECT value FROM settings WHERE name = 'aliases'")
        return json.loads(rows[0]["value"]) if rows else {}

    def bulk_steps(self) -> list[BulkStep]:
        """Steps on many items at once that are in force, the last first."""
        query = """SELECT client, kind, value, machine, count(*) AS items, min(number) AS first, min(time) AS time
            FROM answers WHERE client LIKE 'bulk-%' AND refused = '' AND kind != 'undo'
            AND number NOT IN (SELECT undoes FROM answers WHERE undoes IS NOT NULL AND refused = '')
            GROUP BY client ORDER BY first DESC"""
        return [
            BulkStep(row["client"], row["kind"], row["value"], row["items"], row["time"], bool(row["machine"]))
            for row in self._database.rows(query)
        ]

    def numbers_of(self, client: str) -> list[tuple[int, str]]:
        """Number and item of a client's answers that are in force."""
        query = """SELECT number, item FROM answers WHERE client = ? AND refused = '' AND kind != 'undo'
            AND number NOT IN (SELECT undoes FROM answers WHERE undoes IS NOT NULL AND refused = '') ORDER BY number"""
        return [(row["number"], row["item"]) for row in self._database.rows(query, (client,))]

    def take(self, operations: Iterable[Operation], by: Annotator, *, now: Callable[[], float] = time.time) -> Receipt:
        """Store operations in one transaction; those stored before are left as they are.

        An operation that cannot be accepted (an unknown item, a class that there is not, an item answered by another
        person since it was shown) is stored as refused: sending it again would not help.

        Args:
            operations: in the order in which they were made.
            by: who answers.
            now: seconds since 1970.
        """
        with self._database.transaction() as connection:
            refused: dict[tuple[str, int], str] = {}
            clients: dict[str, None] = {}
            for one in operations:
                clients[one.client] = None
                query = "SELECT refused FROM answers WHERE client = ? AND seq = ?"
                before = connection.execute(query, (one.client, one.seq)).fetchone()
                if reason := add(connection, one, by, now()) if before is None else before["refused"]:
                    refused[one.client, one.seq] = reason
            acked = {client: acked_of(connection, client) for client in clients}
            last = connection.execute("SELECT max(number) FROM answers").fetchone()[0] or 0
        return Receipt(acked, refused, last)

    # Handing out.

    def hand_out(
        self,
        page: str,
        annotator: str,
        items: Sequence[Handed],
        *,
        annotators_per_item: int = 1,
        seconds: float = LEASE_SECONDS,
        now: Callable[[], float] = time.time,
    ) -> list[Handed]:
        """Give items to a page for some time, without those that other pages hold.

        Args:
            page: a name of the page; what it held before is released.
            annotator: who answers there.
            items: in the order of the queue.
            annotators_per_item: how many pages may hold an item at a time.
            seconds: for which the page holds them.
            now: seconds since 1970.

        Returns:
            those handed out, with the number of the last answer to each.
        """
        with self._database.transaction() as connection:
            moment = now()
            connection.execute("DELETE FROM handed_out WHERE time < ?", (moment - MEMORY_SECONDS,))
            connection.execute("UPDATE handed_out SET until = 0 WHERE page = ?", (page,))
            held = dict(
                connection.execute(
                    f"SELECT item, count(*) FROM handed_out WHERE until > ? AND {_WAITING} GROUP BY item", (moment,)
                ).fetchall()
            )
            given = []
            for one in items:
                if held.get(one.item, 0) >= annotators_per_item:
                    continue
                query = "SELECT max(number) FROM answers WHERE item = ? AND refused = ''"
                base = connection.execute(query, (one.item,)).fetchone()[0] or 0
                connection.execute(
                    "INSERT OR REPLACE INTO handed_out VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        *(one.item, page, annotator, one.purpose, one.probability, one.model_round),
                        *(one.suggestion, base, moment, moment + seconds),
                    ),
                )
                given.append(Handed(one.item, one.purpose, one.probability, one.model_round, one.suggestion, base))
        return given

    def held(self, page: str, *, now: Callable[[], float] = time.time) -> dict[str, int]:
        """Items that other pages hold and have not answered, and how many hold each."""
        query = f"SELECT item, count(*) FROM handed_out WHERE page != ? AND until > ? AND {_WAITING} GROUP BY item"
        return dict(map(tuple, self._database.rows(query, (page, now()))))

    def shown_again(self, annotator: str) -> set[str]:
        """Items handed out to an annotator for a second, blind label, in a file or by Python, and not answered since.

        Those that a browser shows are left out: its answers say themselves what they answer.
        """
        query = f"""SELECT item FROM handed_out WHERE annotator = ? AND purpose = 'repeat' AND {_WAITING}
            AND (page LIKE 'file %' OR page LIKE 'batch %' OR page = 'python')"""
        return {row["item"] for row in self._database.rows(query, (annotator,))}

    def release(self, page: str) -> None:
        """Let other pages have what a page holds."""
        with suppress(StoreError), self._database.transaction() as connection:
            connection.execute("UPDATE handed_out SET until = 0 WHERE page = ?", (page,))


def _answer(row: Any) -> Answer:
    return Answer(
        *(row["number"], row["item"], row["kind"], row["value"], row["annotator"], row["purpose"]),
        *(row["probability"], row["model_round"], row["suggestion"], row["milliseconds"], row["time"]),
        *(row["undoes"], bool(row["machine"])),
    )
