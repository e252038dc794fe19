"""A user's table of cells. Its contents are read, never evaluated."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import DatasetError
from alcore.datasets.tables.numerals import Decimal, is_number, numbers_in, read_numbers

MAX_CLASSES = 10
# Longer cells are kept as they are, but are no labels: normalising takes more than linear time.
MAX_LABEL = 200
# What stands for a missing number, in lower case. A question mark is how the UCI repository writes it.
MISSING = frozenset({"", "na", "n/a", "nan", "null", "?"})


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table.

    Attributes:
        name: as the first row gives it; `column 3` where it gives none.
        cells: its N cells, see `cleaned`.
        numbers: (N,) the cells as numbers, NaN where a cell is none; read with a decimal point where
            `decimal` is None.
        decimal: the decimal sign that the cells show, None if none does.
        unclear: the place of the first cell whose value depends on the decimal sign, None if there is
            none.
    """

    name: str
    cells: tuple[str, ...]
    numbers: NDArray[np.float64]
    decimal: Decimal | None
    unclear: int | None

    @cached_property
    def is_numeric(self) -> bool:
        """Is at least half of what it holds numbers? The others are then mistakes, to be named."""
        held = sum(cell.lower() not in MISSING for cell in self.cells)
        return held > 0 and 2 * int(np.sum(~np.isnan(self.numbers))) >= held

    def read(self, decimal: Decimal) -> "Column":
        """The column with this decimal sign, if its cells leave that open."""
        if self.unclear is None:
            return self
        return Column(self.name, self.cells, numbers_in(self.cells, decimal), decimal, None)

    def at(self, places: NDArray[np.int64]) -> "Column":
        """Some of its cells; what the decimal sign is, all of them have shown."""
        cells = tuple(self.cells[place] for place in places)
        return Column(self.name, cells, self.numbers[places], self.decimal, None)


@dataclass(frozen=True)
class Reading:
    """How a file was read.

    Attributes:
        encoding: its name for people.
        separator: what separates the columns.
        header: the row with the columns' names.
        quotes: how quotation marks were read, see `rows_of`.
    """

    encoding: str
    separator: str
    header: int
    quotes: str = ""


@dataclass(frozen=True, eq=False)
class Table:
    """A file of at least three columns, of which at least two are of numbers.

    Attributes:
        name: the file's name.
        columns: by their names, as they stand in the file.
        rows: (N,) where each row stands in the file, as a spreadsheet counts: the header is row 1.
        reading: how the file was read.
    """

    name: str
    columns: dict[str, Column]
    rows: NDArray[np.int64]
    reading: Reading

    def column(self, name: str) -> Column:
        """A column by its name.

        Raises:
            DatasetError: there is none of this name.
        """
        if name not in self.columns:
            raise DatasetError(f"{self.name} has no column {quoted(name)}: choose one of those it has.")
        return self.columns[name]

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
            classes = len(set(column.cells) - {""})
            return takes_a_feature, not 2 <= classes <= MAX_CLASSES, column.is_numeric

        return tuple(sorted(reversed(self.columns), key=doubts))

    @property
    def suggestion(self) -> tuple[str, str, str]:
        """A first choice of x, y and label."""
        label = self.label_columns[0]
        x, y = [name for name in self.feature_columns if name != label][:2]
        return x, y, label


def column_of(name: str, cells: Sequence[str]) -> Column:
    """A column whose cells show its decimal sign, or leave it open."""
    return Column(name, tuple(cells), *read_numbers(cells))


def cleaned(cell: str) -> str:
    """A cell without spaces around it, equal to each that looks the same (Unicode's NFC)."""
    cell = cell.strip()
    return cell if cell.isascii() or len(cell) > MAX_LABEL else unicodedata.normalize("NFC", cell)


def is_formula(cell: str) -> bool:
    """Would a spreadsheet take this cell for a formula? Not a sign alone, such as the classes + and -."""
    return len(cell) > 1 and cell[0] in "=+-@" and not is_number(cell)


def quoted(text: str) -> str:
    """A name or a cell in a sentence: on one line, in quotes, cut if long."""
    line = " ".join(text[:1000].split())
    return f"'{line if len(line) <= 40 else line[:39] + '…'}'"
