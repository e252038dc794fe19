"""Files of points as a user brings them, good and spoiled."""

import pytest

from alcore.datasets.dataset import Dataset, DatasetError
from alcore.datasets.tables.dataset import csv_dataset, read_csv
from alcore.rng import rng_for

GOOD = [["width", "height", "kind"], *[[f"{0.5 * n}", f"{n % 7 - 3}", "ab"[n % 2]] for n in range(40)]]


def file(rows: list[list[str]], separator: str = ",") -> bytes:
    return "".join(separator.join(row) + "\n" for row in rows).encode()


def spoiled(row: int, column: int, cell: str) -> bytes:
    """The good file with one cell changed; rows count from 1, the header, as in a sentence."""
    rows = [list(one) for one in GOOD]
    rows[row - 1][column] = cell
    return file(rows)


def points(data: bytes, *, seed: int = 0, x: str = "width", y: str = "height", label: str = "kind") -> Dataset:
    return csv_dataset(read_csv(data, "mine.csv"), x=x, y=y, label=label, rng=rng_for(seed, "split"))


def said_about(data: bytes, *, x: str = "width", y: str = "height", label: str = "kind") -> str:
    with pytest.raises(DatasetError) as caught:
        points(data, x=x, y=y, label=label)
    return str(caught.value)
