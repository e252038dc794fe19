"""The tables of the stored files, runs and the cells of tournaments, and their migrations.

Digests (see `digest_of`) are of values that are written once; rows of earlier versions have none.
"""

from alcore.storage.database import Schema

# `place` orders runs by submission. A round's arrays are stored as bytes (see packing.py), its numbers in columns, so
# that curves are read without the arrays.
_RUNS_1 = (
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
# `pause`: requested. `lineage`: ancestors as JSON (run_info.py). `label_changes`: labels per round from a round on.
_RUNS_2 = (
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
# Digests of a run's id, config and lineage, of its record, of each change of labels, and of each round. Those of rounds
# are in a separate table: stored behind a round's arrays they could not be read without them.
_RUNS_3 = (
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
RUNS = Schema("runs.sqlite", (_RUNS_1, _RUNS_2, _RUNS_3), logs="[0-9a-f]" * 12 + ".log")
# Order of queued runs: resumed runs before those that have not started.
TURN = "started IS NULL, place"

_CELLS_1 = (
    "CREATE TABLE cells (id TEXT PRIMARY KEY, config TEXT NOT NULL, result TEXT, "
    "error TEXT NOT NULL DEFAULT '', stored REAL NOT NULL)",
)
# Digest of id and result.
_CELLS_2 = ("ALTER TABLE cells ADD COLUMN digest TEXT",)
# A file of its own: damage of one file does not affect the other, screens of runs are not redrawn for each cell,
# and an earlier version can carry out tournaments on it at the same time.
CELLS = Schema("tournament.sqlite", (_CELLS_1, _CELLS_2), logs="tournament-*.log")
