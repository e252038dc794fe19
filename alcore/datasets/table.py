"""A table of cells that a user brought. Whatever it holds is read, never evaluated."""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

MAX_CLASSES = 10
# In lower case. A question mark is how the UCI repository writes it.
MISSING = frozenset({"", "na", "n/a", "nan", "null", "?"})

_FINITE = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
_INFINITE = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table.

    Attributes:
        name: as the first row gives it; `column 3` where it gives none.
        cells: its N cells, without the spaces around them.
        numbers: (N,) the cells as numbers, NaN where a cell is none.
    """

    name: str
    cells: tuple[str, ...]
    numbers: NDArray[np.float64]

    @cached_property
    def is_numeric(self) -> bool:
        """Is at least half of what it holds numbers? The others are then mistakes, to be named."""
        held = sum(cell.lower() not in MISSING for cell in self.cells)
        return held > 0 and 2 * int(np.sum(~np.isnan(self.numbers))) >= held


@dataclass(frozen=True, eq=False)
class Table:
    """A file of at least three columns, of which at least two are of numbers.

    Attributes:
        name: the file's name.
        columns: by their names, as they stand in the file.
        rows: (N,) where each row stands in the file, as a spreadsheet counts: the header is row 1.
    """

    name: str
    columns: dict[str, Column]
    rows: NDArray[np.int64]

    @cached_property
    def feature_columns(self) -> tuple[str, ...]:
        """The columns of numbers, those that only count the rows behind the others."""
        names = [name for name, column in self.columns.items() if column.is_numeric]

        def counts(name: str) -> bool:
            numbers = self.columns[name].numbers
            return np.array_equal(numbers, numbers[0] + np.arange(len(numbers)))

        return tuple(sorted(names, key=counts))

    @cached_property
    def label_columns(self) -> tuple[str, ...]:
        """All columns, the likeliest first: few classes, of words rather than numbers, late in the file."""
        features = self.feature_columns

        def doubts(name: str) -> tuple[bool, bool, bool]:
            column = self.columns[name]
            takes_a_feature = name in features and len(features) < 3
            return takes_a_feature, not 2 <= len(set(column.cells)) <= MAX_CLASSES, column.is_numeric

        return tuple(sorted(reversed(self.columns), key=doubts))

    @property
    def suggestion(self) -> tuple[str, str, str]:
        """A first choice of x, y and label."""
        label = self.label_columns[0]
        x, y = [name for name in self.feature_columns if name != label][:2]
        return x, y, label


def number_in(cell: str) -> float:
    """The number in a cell, infinite if it is too large for one; NaN if there is none."""
    return float(cell) if _FINITE.fullmatch(cell) or _INFINITE.fullmatch(cell) else np.nan


def is_formula(cell: str) -> bool:
    """Would a spreadsheet take this cell for a formula? Not a sign alone, such as the classes + and -."""
    return len(cell) > 1 and cell[0] in "=+-@" and np.isnan(number_in(cell))


def quoted(text: str) -> str:
    """A name or a cell in a sentence: on one line, in quotes, cut if long."""
    line = " ".join(text.split())
    return f"'{line if len(line) <= 40 else line[:39] + '…'}'"
